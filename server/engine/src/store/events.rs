//! Events of a mailbox's timeline, beside its episodes.

use super::entity::event;
use super::{Store, StoreError};
use domain::Time;
use domain::console::mailboxes::Event;
use domain::id::{MailboxId, PersonId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

pub use super::entity::event::Model as Row;

/// Notes an event.
pub async fn note(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    at: Time,
    event: &Event,
    by: Option<PersonId>,
) -> Result<(), StoreError> {
    let row = event::ActiveModel {
        mailbox_id: Set(mailbox.0),
        at: Set(at.0),
        // Plain data of ours: it always serialises.
        event: Set(serde_json::to_string(event).unwrap_or_default()),
        person_id: Set(by.map(|p| p.0)),
        ..Default::default()
    };
    event::Entity::insert(row).exec(db).await?;
    Ok(())
}

/// The newest events of a mailbox first.
pub async fn of(store: &Store, mailbox: MailboxId, limit: u64) -> Result<Vec<Row>, StoreError> {
    Ok(event::Entity::find()
        .filter(event::Column::MailboxId.eq(mailbox.0))
        .order_by_desc(event::Column::At)
        .limit(limit)
        .all(store.read())
        .await?)
}
