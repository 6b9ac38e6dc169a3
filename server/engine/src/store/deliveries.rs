//! Deliveries: written with the reply, claimed by the outbox, settled by a server's answer.
//!
//! Invariant: a delivery leaves `waiting` only by a statement that still finds it there, so two
//! nodes never hand the same reply over.

mod attempt;
mod queue;
mod release;
mod settle;
mod view;
mod withdraw;

pub use attempt::{Attempt, Lease, Outcome, claim, hand_over, lease, recover, settle};
pub use queue::{Due, Waiting, due_mailboxes, line_up, next, next_due_at, plans, recent_hand_overs};
pub use release::{newer, release, send_through};
pub use settle::{cancel, check_again, copy_due, found, retry, send_again};
pub use view::{Beside, Parts, Shown, of_messages, parts, put_off, recent, recent_plans, shown, with_beside};
pub use withdraw::{Withdrawn, withdraw};

use super::StoreError;
use super::entity::{delivery, delivery_recipient};
use domain::id::{DeliveryId, MailboxId, MessageId, TicketId};
use domain::outbox::DeliveryState;
use domain::{Address, Time};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use std::collections::HashSet;

/// What became of one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecipientState {
    /// Not taken by a server yet.
    Waiting,
    /// Part of a message that is, or was, being handed over.
    Handed,
    Accepted,
    /// For good.
    Refused,
}

impl RecipientState {
    /// The word in the database.
    pub fn key(self) -> &'static str {
        match self {
            RecipientState::Waiting => "waiting",
            RecipientState::Handed => "handed",
            RecipientState::Accepted => "accepted",
            RecipientState::Refused => "refused",
        }
    }

    pub fn from_key(key: &str) -> Self {
        match key {
            "handed" => RecipientState::Handed,
            "accepted" => RecipientState::Accepted,
            "refused" => RecipientState::Refused,
            _ => RecipientState::Waiting,
        }
    }
}

/// In which header a recipient stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecipientKind {
    To,
    Cc,
}

impl RecipientKind {
    /// The word in the database.
    pub fn key(self) -> &'static str {
        match self {
            RecipientKind::To => "to",
            RecipientKind::Cc => "cc",
        }
    }
}

/// Somebody whom a reply goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    pub address: Address,
    pub kind: RecipientKind,
}

/// A Message-ID for a new reply, without angle brackets (RFC 5322 3.6.4): final, so that a second
/// attempt sends the same message and the Sent folder can be asked for it.
pub fn fresh_header_id(from: &Address) -> String {
    format!("{}@{}", crate::vault::token(), crate::compose::ascii_domain(from.domain()))
}

/// Gives a delivery a time after which it is of no use: it is dropped when its turn comes later.
pub async fn drop_after(tx: &impl ConnectionTrait, id: DeliveryId, at: Time) -> Result<(), StoreError> {
    delivery::Entity::update_many()
        .col_expr(delivery::Column::DropAfter, Expr::value(at.0))
        .filter(delivery::Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Writes a reply's delivery, due at once, in the transaction that writes its message.
/// An address that stands twice gets one row. Ring `wake.outbox` after the commit.
///
/// # Errors
/// Whatever the database says.
pub async fn create(
    tx: &impl ConnectionTrait,
    message: MessageId,
    ticket: TicketId,
    mailbox: MailboxId,
    header_id: &str,
    recipients: &[Recipient],
    now: Time,
) -> Result<DeliveryId, StoreError> {
    let row = delivery::ActiveModel {
        message_id: Set(message.0),
        ticket_id: Set(ticket.0),
        mailbox_id: Set(mailbox.0),
        state: Set(DeliveryState::Waiting.key().into()),
        header_id: Set(header_id.into()),
        due_at: Set(now.0),
        attempts: Set(0),
        state_at: Set(now.0),
        created_at: Set(now.0),
        epoch: Set(0),
        checks: Set(0),
        ..Default::default()
    };
    let delivery = row.insert(tx).await?;
    let mut seen = HashSet::new();
    let rows: Vec<_> = recipients
        .iter()
        .filter(|recipient| seen.insert(recipient.address.as_str()))
        .map(|recipient| delivery_recipient::ActiveModel {
            delivery_id: Set(delivery.id),
            address: Set(recipient.address.as_str().into()),
            kind: Set(recipient.kind.key().into()),
            state: Set(RecipientState::Waiting.key().into()),
            said: Set(None),
        })
        .collect();
    if !rows.is_empty() {
        delivery_recipient::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(DeliveryId(delivery.id))
}
