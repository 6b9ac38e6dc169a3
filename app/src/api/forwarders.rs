//! Who may forward mail to a mailbox.

use super::ApiError;
use domain::id::MailboxId;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::mailboxes::path;
#[cfg(feature = "ssr")]
use super::{actor, console, submit};

/// Puts an address on the list.
///
/// # Errors
/// Not an admin, or not an address.
#[server(endpoint = "forwarders/allow")]
pub async fn allow_forwarder(id: MailboxId, forwarder: String) -> Result<(), ApiError> {
    submit(format!("{}/edit?form=forwarder", path(id)), async move {
        console()?.forwarders.allow(&actor().await?, id, forwarder).await?;
        Ok(format!("{}/edit?done=forwarder#forwarders", path(id)))
    })
    .await
}

/// Takes an address off the list.
///
/// # Errors
/// Not an admin.
#[server(endpoint = "forwarders/forbid")]
pub async fn forbid_forwarder(id: MailboxId, forwarder: String) -> Result<(), ApiError> {
    submit(format!("{}/edit?form=forwarder", path(id)), async move {
        console()?.forwarders.forbid(&actor().await?, id, forwarder).await?;
        Ok(format!("{}/edit?done=forwarder#forwarders", path(id)))
    })
    .await
}
