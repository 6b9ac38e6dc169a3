//! A delivery report on a reply of ours.

use super::Told;
use super::settle::Context;
use crate::mime::{Action, FailedRecipient, Mail};
use crate::store::known::Known;
use crate::store::{StoreError, bounces, tickets};
use domain::id::{MessageId, TicketId};
use domain::receipt::Disposition;
use domain::ticket::{MessageKind, TicketStatus};

/// The reply of ours that a report names.
pub fn about<'a>(mail: &Mail, known: &'a [Known]) -> Option<&'a Known> {
    let named = mail.report.iter().flat_map(|report| &report.about).chain(&mail.ancestors);
    named.into_iter().find_map(|key| known.iter().find(|k| k.ours && k.message.is_some() && k.key == *key))
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
        tickets::set_status(cx.tx, ticket, TicketStatus::Open).await?;
        tickets::customer_wrote(cx.tx, ticket, message, cx.at(mail), None).await?;
    }
    Ok((message, Disposition::Bounce))
}

/// Why, in plain words, with the server's behind them (RFC 3463).
fn plain_reason(one: &FailedRecipient) -> String {
    let plain = match one.status.as_str() {
        "5.1.1" | "5.1.10" | "5.1.6" => "There is no such address.",
        "5.1.2" | "5.4.4" => "There is no such mail domain.",
        "5.2.1" => "The mailbox is disabled.",
        "5.2.2" | "4.2.2" => "The mailbox is full.",
        "5.2.3" | "5.3.4" => "The message is too large for the recipient.",
        "4.4.7" | "5.4.7" => "The recipient's server did not answer for days.",
        status if status.starts_with("5.7") => "The recipient's server does not allow it.",
        _ => "The recipient's server returned it.",
    };
    if one.said.is_empty() { plain.to_owned() } else { format!("{plain} {}", one.said) }
}
