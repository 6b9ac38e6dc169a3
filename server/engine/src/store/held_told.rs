//! When somebody told the admins that replies of a mailbox are held.

use super::StoreError;
use super::entity::held_told;
use domain::Time;
use domain::id::{MailboxId, PersonId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

pub use super::entity::held_told::Model as Row;

/// The last time.
pub async fn last(db: &impl ConnectionTrait, mailbox: MailboxId) -> Result<Option<Row>, StoreError> {
    Ok(held_told::Entity::find()
        .filter(held_told::Column::MailboxId.eq(mailbox.0))
        .order_by_desc(held_told::Column::Id)
        .one(db)
        .await?)
}

/// Once more.
pub async fn add(db: &impl ConnectionTrait, mailbox: MailboxId, person: PersonId, at: Time) -> Result<(), StoreError> {
    let row = held_told::ActiveModel {
        mailbox_id: Set(mailbox.0),
        person_id: Set(person.0),
        at: Set(at.0),
        ..Default::default()
    };
    held_told::Entity::insert(row).exec(db).await?;
    Ok(())
}
