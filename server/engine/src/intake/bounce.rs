//! A delivery report on a reply of ours.

use super::Told;
use super::settle::Context;
use crate::mime::{Action, FailedRecipient, Mail};
use crate::store::known::Known;
use crate::store::touched::Touched;
use crate::store::{StoreError, bounces};
use domain::id::{MessageId, TicketId};
use domain::receipt::Disposition;
use domain::ticket::MessageKind;
use domain::time::Span;

/// Servers try for five days at most (RFC 5321 4.5.4.1).
const RECENT: Span = Span::days(6);

/// The reply of ours that a report names.
pub fn about<'a>(mail: &Mail, known: &'a [Known]) -> Option<&'a Known> {
    let named = mail.report.iter().flat_map(|report| &report.about).chain(&mail.ancestors);
    named.into_iter().find_map(|key| known.iter().find(|k| k.ours && k.message.is_some() && k.key == *key))
}

/// The last reply that went to a recipient whom a report names, for reports that name no message:
/// some servers only say who it was.
pub async fn by_recipient(cx: &Context<'_>, mail: &Mail) -> Result<Option<(TicketId, MessageId)>, StoreError> {
    let Some(report) = mail.report.as_ref().filter(|report| report.about.is_empty()) else { return Ok(None) };
    for one in &report.recipients {
        let found = bounces::last_to(cx.tx, cx.waiting.mailbox, &one.address, cx.now - RECENT).await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Keeps the report with its ticket and marks who never got the reply.
pub async fn keep(
    cx: &Context<'_>,
    mail: &Mail,
    ticket: TicketId,
    reply: MessageId,
    told: &mut Told,
) -> Result<(MessageId, Disposition), StoreError> {
    let message = cx.write(mail, ticket, MessageKind::Bounce).await?;
    let failed: Vec<&FailedRecipient> =
        mail.report.iter().flat_map(|r| &r.recipients).filter(|r| r.action == Action::Failed).collect();
    if !failed.is_empty() {
        if let Some(delivery) = bounces::delivery_of(cx.tx, reply).await? {
            let refused: Vec<_> = failed
                .iter()
                .map(|one| bounces::Refused { addresses: [&one.address, &one.last], said: plain_reason(one) })
                .collect();
            bounces::refuse(cx.tx, delivery, &refused, cx.now).await?;
            told.outbox = true;
        }
        // The customer has no answer: it is our turn again, and somebody should see it.
        cx.memo.touch(ticket, Touched::new(cx.at(mail), message, None, true));
    }
    Ok((message, Disposition::Bounce))
}

/// Why, in plain words, with the server's behind them (RFC 3463).
fn plain_reason(one: &FailedRecipient) -> String {
    let plain = by_status(&one.status).or_else(|| by_words(&one.said)).unwrap_or(OTHERWISE);
    if one.said.is_empty() { plain.to_owned() } else { format!("{plain} {}", one.said) }
}

const NO_ADDRESS: &str = "There is no such address.";
const NO_DOMAIN: &str = "There is no such mail domain.";
const DISABLED: &str = "The mailbox is disabled.";
const FULL: &str = "The mailbox is full.";
const TOO_LARGE: &str = "The message is too large for the recipient.";
const NO_ANSWER: &str = "The recipient's server did not answer for days.";
const NOT_ALLOWED: &str = "The recipient's server does not allow it.";
const OTHERWISE: &str = "The recipient's server returned it.";

fn by_status(status: &str) -> Option<&'static str> {
    Some(match status {
        "5.1.1" | "5.1.10" | "5.1.6" | "5.1.3" => NO_ADDRESS,
        "5.1.2" | "5.4.4" => NO_DOMAIN,
        "5.2.1" => DISABLED,
        "5.2.2" | "4.2.2" => FULL,
        "5.2.3" | "5.3.4" => TOO_LARGE,
        "4.4.7" | "5.4.7" | "4.4.1" => NO_ANSWER,
        status if status.starts_with("5.7") => NOT_ALLOWED,
        _ => return None,
    })
}

/// By the words of servers that give no status, or only `5.0.0`.
fn by_words(said: &str) -> Option<&'static str> {
    let said = said.to_lowercase();
    let table: [(&str, &[&str]); 7] = [
        (
            FULL,
            &[
                "mailbox full",
                "mailbox is full",
                "over quota",
                "overquota",
                "quota exceeded",
                "exceeded storage",
                "insufficient storage",
            ],
        ),
        (TOO_LARGE, &["too large", "size limit", "message size exceeds", "too big"]),
        (
            NO_DOMAIN,
            &[
                "host not found",
                "domain not found",
                "no such domain",
                "unrouteable",
                "unroutable",
                "couldn't find any host",
                "name or service not known",
                "domain name not found",
            ],
        ),
        (DISABLED, &["disabled", "inactive", "suspended"]),
        (
            NO_ADDRESS,
            &[
                "user unknown",
                "unknown user",
                "no such user",
                "does not exist",
                "doesn't exist",
                "no mailbox",
                "unknown recipient",
                "recipient unknown",
                "invalid recipient",
                "address rejected",
                "mailbox unavailable",
                "not found",
                "no such recipient",
                "user doesn't",
            ],
        ),
        (
            NO_ANSWER,
            &[
                "timed out",
                "timeout",
                "connection refused",
                "could not connect",
                "not been able to connect",
                "too long in the queue",
                "in the queue too long",
            ],
        ),
        (NOT_ALLOWED, &["spam", "blocked", "blacklist", "blocklist", "policy", "denied", "not allowed", "rejected"]),
    ];
    table.iter().find(|(_, words)| words.iter().any(|word| said.contains(word))).map(|(plain, _)| *plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_a_plain_reason() {
        for (status, said, expected) in [
            ("5.1.1", "550 5.1.1 User unknown", NO_ADDRESS),
            ("5.2.2", "552 5.2.2 over quota", FULL),
            ("4.4.7", "message expired", NO_ANSWER),
            ("5.7.1", "550 5.7.1 rejected", NOT_ALLOWED),
            ("5.0.0", "550 No such user here", NO_ADDRESS),
            ("", "Unrouteable address", NO_DOMAIN),
            ("", "Sorry, I couldn't find any host by that name", NO_DOMAIN),
            ("", "mailbox is full: retry timeout exceeded", FULL),
            ("", "552 message too large", TOO_LARGE),
            ("", "This account has been disabled", DISABLED),
            ("", "connection timed out", NO_ANSWER),
            ("", "blocked by our policy", NOT_ALLOWED),
            ("", "who knows", OTHERWISE),
            ("", "", OTHERWISE),
        ] {
            let one = FailedRecipient {
                address: "a@x.example".into(),
                last: "a@x.example".into(),
                action: Action::Failed,
                status: status.into(),
                said: said.into(),
            };
            assert_eq!(plain_reason(&one), format!("{expected} {said}").trim(), "{status} {said}");
        }
    }
}
