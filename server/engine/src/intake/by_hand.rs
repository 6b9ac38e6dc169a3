//! A ticket by hand of a message that nobody can read: it shows what can be shown, with the source
//! as its file.

use crate::store::touched::{self, Touched};
use crate::store::{StoreError, Tx, attachments, messages, requesters, tickets};
use domain::Time;
use domain::id::{MailboxId, MessageId, SourceId, TicketId};
use domain::ticket::{MessageKind, TicketStatus};

/// Writes the ticket. `salvage`: the first lines of the source, as they stand.
///
/// # Errors
/// The database's.
pub async fn by_hand(
    tx: &Tx,
    mailbox: MailboxId,
    source: SourceId,
    bytes: usize,
    salvage: String,
    at: Time,
    now: Time,
) -> Result<(TicketId, MessageId), StoreError> {
    let requester = requesters::of(tx, "", "").await?;
    let new = tickets::New {
        subject: String::new(),
        status: TicketStatus::Open,
        mailbox: Some(mailbox),
        requester: requester.id,
        assignee: None,
        at,
        reply_from: None,
    };
    let ticket = tickets::insert(tx, new, now).await?;
    let new =
        messages::New { kind: MessageKind::Incoming, source: Some(source), ..messages::New::note(ticket, salvage, at) };
    let message = messages::insert(tx, new, now).await?;
    attachments::insert_source(tx, message, bytes).await?;
    touched::one(tx, ticket, Touched::new(at, message, None, false)).await?;
    Ok((ticket, message))
}
