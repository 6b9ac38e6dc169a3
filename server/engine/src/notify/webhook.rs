//! Notices by webhook: JSON, signed, to an address that the network rules allow.

use super::sign;
use crate::Engine;
use crate::clock;
use crate::config::NetworkRules;
use crate::store::notice_way::Row as Ways;
use crate::store::notices::Delivery;
use domain::notice::{Content, Event, Letter};
use domain::{Fault, Time};
use std::net::IpAddr;
use std::time::Duration;
use url::{Host, Url};

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

/// Whether notices may be posted there: https, or a host that the operator allows; never a private
/// address by number that was not allowed. Names are judged when they are looked up.
pub fn allowed(rules: &NetworkRules, text: &str) -> Result<String, Fault> {
    let url = Url::parse(text.trim()).map_err(|_| Fault::UrlMalformed)?;
    let host = url.host_str().unwrap_or_default().to_owned();
    if !matches!(url.scheme(), "https" | "http")
        || host.is_empty()
        || !url.username().is_empty()
        || url.password().is_some()
    {
        return Err(Fault::UrlMalformed);
    }
    if text.len() > 2_000 {
        return Err(Fault::TextTooLong);
    }
    let address = match url.host() {
        Some(Host::Ipv4(v4)) => Some(IpAddr::V4(v4)),
        Some(Host::Ipv6(v6)) => Some(IpAddr::V6(v6)),
        _ => None,
    };
    let reached = address.is_none_or(|address| rules.reaches(&host, address));
    // In plain text anybody on the way reads it.
    let safe = url.scheme() == "https" || rules.allows(&host);
    if reached && safe { Ok(url.to_string()) } else { Err(Fault::HostNotAllowed) }
}

/// Posts it; what the server said either way.
pub async fn post(engine: &Engine, ways: &Ways, told: &Told<'_>) -> Result<String, String> {
    let url = allowed(&engine.config.network, &told.delivery.recipient)
        .map_err(|_| "this server's settings do not allow the address".to_owned())?;
    let sealed = ways.webhook_sealed.as_deref().ok_or("its secret is missing")?;
    let secret = engine.vault.open(SECRET, sealed).map_err(|_| "its secret does not open".to_owned())?;
    let body = body(told).to_string();
    let at = clock::now().0 / 1_000;
    let signature = sign::hmac(secret.reveal().as_bytes(), format!("{at}.{body}").as_bytes());
    let request = engine
        .net
        .http()
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
        Event::Lost { diagnosis, since, .. } => (Some(diagnosis.name()), Some(since.0), None),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_does_not_lead_inside() {
        let rules = NetworkRules { allow: vec!["hooks.inside.example".into(), "10.0.0.5".into()] };
        for (url, fine) in [
            ("https://hooks.example.com/a?b=c", true),
            ("http://hooks.example.com/a", false),
            ("https://127.0.0.1/a", false),
            ("https://[::1]/a", false),
            ("https://[::ffff:10.0.0.9]/a", false),
            ("https://169.254.169.254/latest", false),
            ("https://0x7f000001/", false),
            ("https://2130706433/", false),
            ("http://hooks.inside.example/a", true),
            ("http://10.0.0.5/a", true),
            ("https://10.0.0.6/a", false),
            ("https://user:pass@hooks.example.com/", false),
            ("ftp://hooks.example.com/", false),
            ("hooks.example.com", false),
            ("", false),
        ] {
            assert_eq!(allowed(&rules, url).is_ok(), fine, "{url}");
        }
    }
}
