//! The outbox: what a person decides about a reply on its way out.

use super::ApiError;
use domain::console::outbox::Verdict;
use domain::id::{DeliveryId, MailboxId, TicketId};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{actor, console, submit, tickets};

/// The page that the button stood on: the ticket's, else the outbox.
#[cfg(feature = "ssr")]
fn page(ticket: Option<TicketId>) -> String {
    ticket.map_or_else(|| "/outbox".to_owned(), tickets::path)
}

/// Settles an uncertain reply.
///
/// # Errors
/// The console's refusal.
#[server(endpoint = "outbox/settle")]
pub async fn settle(
    delivery: DeliveryId,
    verdict: Verdict,
    #[server(default)] ticket: Option<TicketId>,
) -> Result<(), ApiError> {
    submit(page(ticket), async {
        console()?.outbox.settle(&actor().await?, delivery, verdict).await?;
        Ok(page(ticket))
    })
    .await
}

/// Takes a waiting reply back; its text stands in the composer again.
///
/// # Errors
/// The console's refusal.
#[server(endpoint = "outbox/take_back")]
pub async fn take_back(delivery: DeliveryId, #[server(default)] ticket: Option<TicketId>) -> Result<(), ApiError> {
    submit(page(ticket), async {
        let ticket = console()?.outbox.cancel(&actor().await?, delivery).await?;
        Ok(format!("{}#composer", tickets::path(ticket)))
    })
    .await
}

/// Tells the admins again that a reply is held.
///
/// # Errors
/// The console's refusal: not held any more, or told a moment ago.
#[server(endpoint = "outbox/tell_admins")]
pub async fn tell_admins(delivery: DeliveryId, #[server(default)] ticket: Option<TicketId>) -> Result<(), ApiError> {
    submit(page(ticket), async {
        console()?.outbox.tell_admins(&actor().await?, delivery).await?;
        Ok(page(ticket))
    })
    .await
}

/// The page of one waiting reply.
#[cfg(feature = "ssr")]
fn waiting(delivery: DeliveryId) -> String {
    format!("/outbox/{delivery}")
}

/// Somebody looked at an old reply: it goes.
///
/// # Errors
/// The console's refusal.
#[server(endpoint = "outbox/release")]
pub async fn release(delivery: DeliveryId) -> Result<(), ApiError> {
    submit(waiting(delivery), async {
        console()?.outbox.release(&actor().await?, delivery).await?;
        Ok(page(None))
    })
    .await
}

/// Sends a waiting reply through another mailbox.
///
/// # Errors
/// The console's refusal.
#[server(endpoint = "outbox/send_through")]
pub async fn send_through(delivery: DeliveryId, mailbox: MailboxId) -> Result<(), ApiError> {
    submit(waiting(delivery), async {
        console()?.outbox.send_through(&actor().await?, delivery, mailbox).await?;
        Ok(page(None))
    })
    .await
}

/// Tries a waiting reply now.
///
/// # Errors
/// The console's refusal.
#[server(endpoint = "outbox/retry")]
pub async fn retry(delivery: DeliveryId, #[server(default)] ticket: Option<TicketId>) -> Result<(), ApiError> {
    submit(page(ticket), async {
        console()?.outbox.retry(&actor().await?, delivery).await?;
        Ok(page(ticket))
    })
    .await
}
