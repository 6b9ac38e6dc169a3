//! The first import of a mailbox.

use super::ApiError;
use super::mailboxes::path;
use domain::id::MailboxId;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::mailboxes::import_from;
#[cfg(feature = "ssr")]
use super::{actor, console, submit};

/// Where it is looked at.
pub fn page(id: MailboxId) -> String {
    format!("{}/set-up/import", path(id))
}

/// Another beginning; it is counted anew.
///
/// # Errors
/// Not an admin, no such day, or nothing waits.
#[server(endpoint = "imports/change")]
pub async fn change_import(
    id: MailboxId,
    #[server(default)] import: String,
    #[server(default)] import_date: String,
) -> Result<(), ApiError> {
    submit(page(id), async move {
        let from = import_from(&import, &import_date)?;
        console()?.imports.change(&actor().await?, id, from).await?;
        Ok(page(id))
    })
    .await
}

/// Lets it begin.
///
/// # Errors
/// Not an admin, or nothing waits.
#[server(endpoint = "imports/begin")]
pub async fn begin_import(id: MailboxId) -> Result<(), ApiError> {
    submit(page(id), async move {
        console()?.imports.begin(&actor().await?, id).await?;
        Ok(format!("{}?done=import", path(id)))
    })
    .await
}
