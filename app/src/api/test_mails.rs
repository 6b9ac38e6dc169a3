//! *Send a test mail*.

use super::ApiError;
use domain::id::MailboxId;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::mailboxes::path;
#[cfg(feature = "ssr")]
use super::{actor, console, submit};

/// Sends one now; the mailbox's page shows the outcome.
///
/// # Errors
/// Not an admin, or not an address. A server's refusal is an outcome.
#[server(endpoint = "test_mails/send")]
pub async fn send_test_mail(id: MailboxId, to: String) -> Result<(), ApiError> {
    submit(format!("{}?form=test", path(id)), async move {
        console()?.test_mails.send(&actor().await?, id, to).await?;
        Ok(format!("{}?done=tested#test", path(id)))
    })
    .await
}

/// Sends the automatic reply to whoever is signed in; the mailbox's page shows the outcome.
///
/// # Errors
/// Not an admin. A server's refusal is an outcome.
#[server(endpoint = "test_mails/acknowledgement")]
pub async fn send_acknowledgement(id: MailboxId) -> Result<(), ApiError> {
    submit(format!("{}/edit?form=acknowledgement", path(id)), async move {
        console()?.test_mails.acknowledgement(&actor().await?, id).await?;
        Ok(format!("{}?done=tested#test", path(id)))
    })
    .await
}
