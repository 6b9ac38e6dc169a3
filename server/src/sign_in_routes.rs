//! The way to a provider and back: plain requests, so that they work without a script.

use crate::visit::Browser;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::console::approvals::{Answered, Stage};
use domain::console::links::By;
use domain::console::signins::{Arrival, Callback};
use domain::console::{Actor, Console, Visit};
use domain::id::{MailboxId, SignInId};
use domain::signin::{CallbackRefusal, Intent};
use domain::{Answer, Refusal};
use serde::Deserialize;

/// The form behind *Sign in with ...*.
#[derive(Deserialize)]
pub struct Begin {
    mailbox: i64,
    intent: String,
    /// Forces the provider's account picker.
    #[serde(default)]
    pick: String,
    /// The page showed the mailbox as stopped: where somebody repaired it meanwhile, say so.
    #[serde(default)]
    needed: String,
}

/// Who asks, by the request's session.
pub async fn actor(console: &Console, browser: &Browser) -> Answer<Actor> {
    let person = browser.person().await.ok_or(Refusal::SignedOut)?;
    console.people.actor(person).await
}

/// POST /oauth/begin: records the sign-in and leads to the provider.
pub async fn begin(State(console): State<Console>, browser: Browser, Form(form): Form<Begin>) -> Response {
    let answer = async {
        let actor = actor(&console, &browser).await?;
        let intent = Intent::from_key(&form.intent).ok_or(Refusal::NotFound)?;
        let pick = !matches!(form.pick.as_str(), "" | "0" | "false");
        let mailbox = MailboxId(form.mailbox);
        if !form.needed.is_empty() && console.signins.repaired(&actor, mailbox).await?.is_some() {
            return Ok(format!("/admin/channels/email/{mailbox}?done=repaired"));
        }
        let binding = browser.browser().await?;
        console.signins.begin(&actor, binding, mailbox, intent, pick).await
    };
    match answer.await {
        Ok(url) => Redirect::to(&url).into_response(),
        Err(Refusal::SignedOut) => {
            let back = app::api::response::to_sign_in(&format!("/admin/channels/email/{}", form.mailbox));
            Redirect::to(&back).into_response()
        }
        // H1: a guide, not an error.
        Err(Refusal::Invalid(domain::Fault::RegistrationMissing)) => {
            Redirect::to(&guide(&console, &form).await).into_response()
        }
        Err(refusal @ Refusal::Invalid(domain::Fault::RegistrationNotPersonal)) => {
            Redirect::to(&format!("/admin/registrations?refused={}", app::api::error::code(refusal))).into_response()
        }
        Err(refusal) => {
            tracing::warn!(mailbox = form.mailbox, ?refusal, "a sign-in did not begin");
            Redirect::to(&format!("/admin/channels/email/{}?refused={}", form.mailbox, app::api::error::code(refusal)))
                .into_response()
        }
    }
}

/// The guide to a registration at the mailbox's provider.
async fn guide(console: &Console, form: &Begin) -> String {
    let id = MailboxId(form.mailbox);
    let key = console
        .registrations
        .needed_by(id, Intent::from_key(&form.intent).unwrap_or(Intent::Connect))
        .await
        .unwrap_or_else(|_| "microsoft".into());
    format!("/admin/registrations/guide/{key}?mailbox={id}")
}

/// The form behind a sign-in link's button: the link, or a refused try of this browser.
#[derive(Deserialize)]
pub struct BeginByLink {
    #[serde(default)]
    token: String,
    again: Option<i64>,
}

/// POST /oauth/link: the same for whoever has a sign-in link. Nobody need be signed in here.
pub async fn begin_by_link(
    State(console): State<Console>,
    browser: Browser,
    Form(form): Form<BeginByLink>,
) -> Response {
    // Back to the page that asked; what is no token of ours stays out of the address.
    let sound = form.token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let (back, by) = match form.again {
        Some(id) => (format!("/sign-in-link/{id}"), By::Again(SignInId(id))),
        None => (format!("/s/{}", if sound { form.token.as_str() } else { "-" }), By::Token(form.token.clone())),
    };
    let answer = async { console.links.begin(browser.browser().await?, by).await };
    let mut response = match answer.await {
        Ok(url) => Redirect::to(&url).into_response(),
        Err(Refusal::NotFound | Refusal::Invalid(domain::Fault::LinkEnded)) => Redirect::to(&back).into_response(),
        Err(refusal) => {
            tracing::warn!(?refusal, "a sign-in by a link did not begin");
            Redirect::to(&format!("{back}?refused={}", app::api::error::code(refusal))).into_response()
        }
    };
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// GET /oauth/callback: what the provider sent is used up here and leaves the address bar at once.
pub async fn callback(
    State(console): State<Console>,
    browser: Browser,
    Query(answered): Query<Answered>,
    Query(callback): Query<Callback>,
) -> Response {
    // An organisation's admin comes back to the same registered address, in a browser without a session here.
    if let Ok(Some(stage)) = console.approvals.answered(answered).await {
        let to = if stage == Stage::Approved { "/approval/approved" } else { "/approval/declined" };
        return quiet(to);
    }
    let answer = async {
        let binding = browser.browser().await?;
        console.signins.complete(binding, callback).await
    };
    let to = match answer.await {
        Ok(Arrival::ByLink(id)) => format!("/sign-in-link/{id}"),
        Ok(Arrival::Result(id)) => format!("/admin/sign-ins/{id}"),
        Ok(Arrival::Refused(reason)) => format!("/sign-in-refused/{}", reason.key()),
        Err(_) => format!("/sign-in-refused/{}", CallbackRefusal::ProviderFailed.key()),
    };
    quiet(&to)
}

/// To a page of ours, without the address that carried the answer.
fn quiet(to: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
