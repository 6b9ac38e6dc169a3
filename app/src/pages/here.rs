//! What every page knows: who reads it, the frame around it, the clock, the address it stands at.

use crate::api::context::{actor, console, location, offset_minutes};
use crate::api::error::from_code;
use crate::api::response::{go, query, to_sign_in_from_here};
use crate::pages::error;
use crate::wording::times::Clock;
use domain::console::desk::Frame;
use domain::console::{Actor, Console, Role};
use domain::{Answer, Refusal};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use leptos_router::params::ParamsMap;
use std::str::FromStr;

/// A signed-in person on a page.
#[derive(Clone)]
pub struct Here {
    pub console: Console,
    pub actor: Actor,
    pub frame: Frame,
    pub clock: Clock,
    pub place: Address,
}

/// The page's path, the parts of it that are parameters, and its query.
#[derive(Clone)]
pub struct Address {
    pub path: String,
    params: ParamsMap,
    query: Vec<(String, String)>,
}

impl Address {
    /// Of this request; to be called before the first await.
    pub fn of_request() -> Self {
        Self { path: location().0, params: use_params_map().get_untracked(), query: query() }
    }

    /// Of a request that no route matched: there are no parameters to ask for.
    pub fn unmatched() -> Self {
        Self { path: location().0, params: ParamsMap::new(), query: query() }
    }

    /// A part of the path.
    pub fn param(&self, name: &str) -> Option<String> {
        self.params.get(name)
    }

    /// A part of the path that is an id.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when it is none.
    pub fn id<T: FromStr>(&self, name: &str) -> Answer<T> {
        self.param(name).and_then(|text| text.parse().ok()).ok_or(Refusal::NotFound)
    }

    /// A value of the query; empty is none.
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).filter(|v| !v.is_empty())
    }

    /// Why the form on this page was refused a moment ago.
    pub fn refused(&self) -> Option<Refusal> {
        match self.query("refused") {
            Some(code) => from_code(code),
            // A form that did not even parse: the framework's own mark.
            None => self.query("__err").map(|_| Refusal::Unavailable),
        }
    }

    /// The same, for one of several forms on a page, named by `form=`.
    pub fn refused_at(&self, form: &str) -> Option<Refusal> {
        self.refused().filter(|_| self.query("form").is_none_or(|at| at == form))
    }
}

impl Here {
    pub fn is_admin(&self) -> bool {
        self.actor.role == Role::Admin
    }
}

async fn here(place: Address) -> Answer<Here> {
    let console = console()?;
    let offset = offset_minutes();
    let actor = actor().await?;
    let frame = console.desk.frame(&actor).await?;
    let clock = Clock { now: frame.now, offset };
    Ok(Here { console, actor, frame, clock, place })
}

/// A page for people who are signed in. A refusal becomes a page of its own.
pub fn page<F, Fut>(build: F) -> AnyView
where
    F: FnOnce(Here) -> Fut + Send + 'static,
    Fut: Future<Output = Answer<AnyView>> + Send + 'static,
{
    page_at(Address::of_request(), build)
}

/// The same at an address that was taken apart already.
pub fn page_at<F, Fut>(place: Address, build: F) -> AnyView
where
    F: FnOnce(Here) -> Fut + Send + 'static,
    Fut: Future<Output = Answer<AnyView>> + Send + 'static,
{
    Suspend::new(async move {
        let here = match here(place).await {
            Ok(here) => here,
            Err(refusal) => return turned_away(refusal).await,
        };
        match build(here.clone()).await {
            Ok(view) => view,
            Err(Refusal::SignedOut) => turned_away(Refusal::SignedOut).await,
            Err(refusal) => error::inside(here, refusal),
        }
    })
    .into_any()
}

/// A page for anybody: sign-in, first start, a link from an invitation.
pub fn open<F, Fut>(build: F) -> AnyView
where
    F: FnOnce(Address) -> Fut + Send + 'static,
    Fut: Future<Output = Answer<AnyView>> + Send + 'static,
{
    let place = Address::of_request();
    Suspend::new(async move {
        match build(place).await {
            Ok(view) => view,
            Err(refusal) => turned_away(refusal).await,
        }
    })
    .into_any()
}

/// Nobody is signed in: to the sign-in page, or on the very first start to that of the first admin.
async fn turned_away(refusal: Refusal) -> AnyView {
    if refusal != Refusal::SignedOut {
        return error::outside(refusal);
    }
    let first = match console() {
        Ok(console) => console.people.first_start().await.unwrap_or(false),
        Err(_) => false,
    };
    if first {
        go("/first-start");
    } else {
        go(&to_sign_in_from_here());
    }
    ().into_any()
}
