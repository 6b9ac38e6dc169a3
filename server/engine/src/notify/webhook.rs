//! Notices by webhook: JSON, signed, to an address that the network rules allow.

use super::sign;
use crate::Engine;
use crate::clock;
use crate::store::notice_way::Row as Ways;
use crate::store::notices::Delivery;
use domain::Time;
use domain::notice::{Content, Event, Letter};
use std::time::Duration;

/// What the secret is sealed for.
pub const SECRET: &str = "notices:webhook:secret";
/// For the whole request.
const DEADLINE: Duration = Duration::from_secs(10);

/// One notice on its way to the webhook.
pub struct Told<'a> {
    pub delivery: &'a Delivery,
    pub made_at: Time,
    pub content: &'a Content,
    pub letter: &'a Letter,
    pub address: &'a str,
}

/// Posts it; what the server said either way.
pub async fn post(engine: &Engine, ways: &Ways, told: &Told<'_>) -> Result<String, String> {
    let url = engine
        .config
        .network
        .web_address(&told.delivery.recipient)
        .map_err(|_| "this server's settings do not allow the address".to_owned())?;
    let sealed = ways.webhook_sealed.as_deref().ok_or("its secret is missing")?;
    let secret = engine.vault.open(SECRET, sealed).map_err(|_| "its secret does not open".to_owned())?;
    let body = body(told).to_string();
    let at = clock::now().0 / 1_000;
    let signature = sign::hmac(secret.reveal().as_bytes(), format!("{at}.{body}").as_bytes());
    let request = engine
        .net
        .http()
        .ok_or(crate::net::SHUT)?
        .post(url)
        .timeout(DEADLINE)
        .header("content-type", "application/json")
        .header("user-agent", "Mailkeep")
        .header("mailkeep-delivery", told.delivery.header_id.clone())
        .header("mailkeep-signature", format!("t={at},v1={signature}"))
        .body(body);
    let answer = tokio::time::timeout(DEADLINE, request.send()).await.map_err(|_| late())?;
    // Its own words may hold the address, which may hold a secret.
    let answer =
        answer.map_err(|error| if error.is_timeout() { late() } else { "the server can't be reached".into() })?;
    let status = answer.status();
    if status.is_success() { Ok(format!("HTTP {}", status.as_u16())) } else { Err(format!("HTTP {}", status.as_u16())) }
}

fn late() -> String {
    format!("no answer within {} s", DEADLINE.as_secs())
}

fn body(told: &Told<'_>) -> serde_json::Value {
    let Content { event, mailboxes, account, provider_name, .. } = told.content;
    let (cause, since, ends_at) = match event {
        Event::Ends { end, .. } => (None, None, Some(end.at.0)),
        Event::Lost { diagnosis, since, .. } | Event::Held { diagnosis, since, .. } => {
            (Some(diagnosis.name()), Some(since.0), None)
        }
        Event::Silent { since, .. }
        | Event::Unexplained { since, .. }
        | Event::Unreadable { since, .. }
        | Event::Recovered { since } => (None, Some(since.0), None),
        Event::Test => (None, None, None),
    };
    let event = match event {
        Event::Ends { .. } => "ends",
        other => other.step(),
    };
    serde_json::json!({
        "id": told.delivery.header_id,
        "event": event,
        "at": told.made_at.0,
        "mailboxes": mailboxes.iter().map(|(_, address)| address.as_str()).collect::<Vec<_>>(),
        "account": account,
        "provider": provider_name,
        "cause": cause,
        "since": since,
        "ends_at": ends_at,
        "title": told.letter.subject,
        "text": told.letter.text,
        "desk": told.address,
    })
}
