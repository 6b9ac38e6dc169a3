//! The ledger: compare now, import one mail now.

use super::ApiError;
use domain::id::{MailboxId, MessageId, TicketId};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use super::mailboxes::path;
#[cfg(feature = "ssr")]
use super::response::encode;
#[cfg(feature = "ssr")]
use super::{actor, console, submit};
#[cfg(feature = "ssr")]
use domain::console::ledger::{Imported, Spot, Whole};

/// Compares the mailbox with its ledger.
///
/// # Errors
/// Not an admin.
#[server(endpoint = "ledger/reconcile")]
pub async fn reconcile(id: MailboxId) -> Result<(), ApiError> {
    let page = format!("{}/ledger", path(id));
    submit(page.clone(), async move {
        console()?.ledger.reconcile(&actor().await?, id).await?;
        Ok(page)
    })
    .await
}

/// Fetches the whole of a message over the size limit, with its files.
///
/// # Errors
/// No such message.
#[server(endpoint = "ledger/fetch_whole")]
pub async fn fetch_whole(ticket: TicketId, message: MessageId) -> Result<(), ApiError> {
    submit(format!("/tickets/{ticket}"), async move {
        Ok(match console()?.ledger.fetch_whole(&actor().await?, message).await? {
            Whole::Here => format!("/tickets/{ticket}#m{message}"),
            Whole::Waits => format!("/tickets/{ticket}?whole=waits#m{message}"),
            Whole::Not => format!("/tickets/{ticket}?whole=not#m{message}"),
        })
    })
    .await
}

/// Makes a ticket of one mail, and goes there. `words`: what was looked for.
///
/// # Errors
/// Not an admin, or no such mail.
#[server(endpoint = "ledger/import")]
pub async fn import_mail(
    id: MailboxId,
    folder: String,
    uid_validity: u32,
    uid: u32,
    #[server(default)] words: String,
) -> Result<(), ApiError> {
    let page = format!("{}/lookup?words={}", path(id), encode(&words));
    submit(page.clone(), async move {
        let spot = Spot { folder, uid_validity, uid };
        Ok(match console()?.ledger.import(&actor().await?, id, spot).await? {
            Imported::Ticket(ticket) => format!("/tickets/{ticket}?done=imported"),
            Imported::Waits => format!("{page}&done=waits"),
            Imported::Gone => format!("{page}&done=gone"),
        })
    })
    .await
}
