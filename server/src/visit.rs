//! One request's browser session, as the console's port sees it.

use crate::session_store::{BROWSER, PERSON, ROW};
use async_trait::async_trait;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use domain::console::Visit;
use domain::id::{PersonId, SessionId};
use domain::{Answer, Refusal};
use engine::vault;
use std::net::{IpAddr, SocketAddr};
use tower_sessions::Session;

/// What a sign-in at a provider is bound to.
const BINDING: &str = "binding";

/// The proxy whose word on the peer is believed.
#[derive(Clone, Copy)]
pub struct Proxy(pub Option<IpAddr>);

#[derive(Clone)]
pub struct Browser {
    session: Session,
    peer: String,
    words: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Browser {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let session = Session::from_request_parts(parts, state).await?;
        let proxy = parts.extensions.get::<Proxy>().copied().unwrap_or(Proxy(None));
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip());
        Ok(Self { session, peer: peer(parts, address, proxy), words: browser_words(parts) })
    }
}

/// The peer's address, or the one that the named proxy saw last.
fn peer(parts: &Parts, address: Option<IpAddr>, proxy: Proxy) -> String {
    let forwarded = || {
        let header = parts.headers.get("x-forwarded-for")?.to_str().ok()?;
        header.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    let believed = address.is_some() && address == proxy.0;
    let seen = if believed { forwarded().or(address) } else { address };
    seen.map(|ip| ip.to_string()).unwrap_or_default()
}

/// "Firefox on Windows": enough to tell one's sessions apart.
fn browser_words(parts: &Parts) -> String {
    let agent = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let first =
        |pairs: &[(&str, &'static str)]| pairs.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.into(),
        (None, None) => "Unknown browser".into(),
    }
}

fn broken(error: tower_sessions::session::Error) -> Refusal {
    tracing::error!(%error, "the session store refused");
    Refusal::Unavailable
}

#[async_trait]
impl Visit for Browser {
    async fn person(&self) -> Option<PersonId> {
        self.session.get::<i64>(PERSON).await.ok().flatten().map(PersonId)
    }

    async fn session(&self) -> Option<SessionId> {
        self.session.get::<i64>(ROW).await.ok().flatten().map(SessionId)
    }

    async fn begin(&self, person: PersonId) -> Answer<()> {
        self.session.cycle_id().await.map_err(broken)?;
        let _ = self.session.remove::<String>(BINDING).await;
        self.session.insert(BROWSER, &self.words).await.map_err(broken)?;
        self.session.insert(PERSON, person.0).await.map_err(broken)
    }

    async fn end(&self) -> Answer<()> {
        self.session.flush().await.map_err(broken)
    }

    async fn browser(&self) -> Answer<String> {
        if let Some(known) = self.session.get::<String>(BINDING).await.map_err(broken)? {
            return Ok(known);
        }
        let fresh = vault::token();
        self.session.insert(BINDING, &fresh).await.map_err(broken)?;
        Ok(fresh)
    }

    fn peer(&self) -> String {
        self.peer.clone()
    }
}
