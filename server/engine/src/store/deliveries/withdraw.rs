//! Replies of a mailbox that is deleted: those that have not left go back to their writers.

use super::RecipientState;
use super::queue;
use super::settle::{back_to_draft, leave};
use crate::store::entity::{delivery, message, person};
use crate::store::{StoreError, Tx};
use domain::Time;
use domain::id::{DeliveryId, MailboxId, PersonId, TicketId};
use domain::outbox::DeliveryState;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

/// A reply that does not leave any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    pub ticket: TicketId,
    /// Whose draft it is again.
    pub draft_of: Option<PersonId>,
    /// Some of its recipients have it.
    pub partly: bool,
}

/// Takes back whatever of a mailbox is not being handed over, oldest first.
pub async fn withdraw(tx: &Tx, mailbox: MailboxId, now: Time) -> Result<Vec<Withdrawn>, StoreError> {
    let open = [DeliveryState::Waiting, DeliveryState::Sending];
    let rows = delivery::Entity::find()
        .filter(delivery::Column::MailboxId.eq(mailbox.0))
        .filter(delivery::Column::State.is_in(open.map(DeliveryState::key)))
        .order_by_asc(delivery::Column::Id)
        .all(tx)
        .await?;
    let mut withdrawn = Vec::new();
    for row in rows {
        let from = DeliveryState::from_key(&row.state).unwrap_or(DeliveryState::Waiting);
        let partly = queue::recipients(tx, row.id)
            .await?
            .iter()
            .any(|r| RecipientState::from_key(&r.state) == RecipientState::Accepted);
        // To the recipients that have it, it was sent.
        let to = if partly { DeliveryState::Sent } else { DeliveryState::Cancelled };
        if !leave(tx, DeliveryId(row.id), from, to, now, now).await? {
            continue;
        }
        let writer = match message::Entity::find_by_id(row.message_id).one(tx).await?.and_then(|m| m.person_id) {
            Some(id) => person::Entity::find_by_id(id).filter(person::Column::DisabledAt.is_null()).one(tx).await?,
            None => None,
        };
        let draft_of = writer.map(|p| PersonId(p.id)).filter(|_| !partly);
        if let Some(writer) = draft_of {
            back_to_draft(tx, &row, writer, now).await?;
        }
        withdrawn.push(Withdrawn { ticket: TicketId(row.ticket_id), draft_of, partly });
    }
    Ok(withdrawn)
}
