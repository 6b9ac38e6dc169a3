//! Approval by an organisation's admin, and what a provider's page showed.

use super::ApiError;
use domain::id::MailboxId;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::{actor, console, submit};

/// Where a mailbox's approval stands.
pub fn path(id: MailboxId) -> String {
    format!("{}/approval", super::mailboxes::path(id))
}

/// Makes the link to send.
///
/// # Errors
/// Not an admin, no registration yet, or a provider without such a link.
#[server(endpoint = "approvals/ask")]
pub async fn ask(id: MailboxId) -> Result<(), ApiError> {
    submit(path(id), async move {
        console()?.approvals.ask(&actor().await?, id).await?;
        Ok(path(id))
    })
    .await
}

/// Nobody waits for it any more.
///
/// # Errors
/// Not an admin.
#[server(endpoint = "approvals/withdraw")]
pub async fn withdraw(id: MailboxId) -> Result<(), ApiError> {
    submit(path(id), async move {
        console()?.approvals.withdraw(&actor().await?, id).await?;
        Ok(path(id))
    })
    .await
}

/// *What did Microsoft show you?* The answer stands on the page; nothing that was pasted stands in its address.
///
/// # Errors
/// Not an admin, or nothing was entered.
#[server(endpoint = "approvals/shown")]
pub async fn shown(id: MailboxId, text: String) -> Result<(), ApiError> {
    submit(format!("{}#shown", path(id)), async move {
        console()?.approvals.shown(&actor().await?, id, text).await?;
        Ok(format!("{}#shown", path(id)))
    })
    .await
}
