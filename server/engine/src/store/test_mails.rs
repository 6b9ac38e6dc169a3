//! The last test mail of each mailbox.

use super::entity::test_mail;
use super::{Store, StoreError};
use domain::Time;
use domain::id::MailboxId;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

/// Keeps a test mail in place of the one before.
pub async fn keep(db: &impl ConnectionTrait, id: MailboxId, at: Time, result: String) -> Result<(), StoreError> {
    let or_update = OnConflict::column(test_mail::Column::MailboxId)
        .update_columns([test_mail::Column::At, test_mail::Column::Result])
        .to_owned();
    let row = test_mail::ActiveModel { mailbox_id: Set(id.0), at: Set(at.0), result: Set(result) };
    test_mail::Entity::insert(row).on_conflict(or_update).exec_without_returning(db).await?;
    Ok(())
}

/// The last one.
pub async fn last(store: &Store, id: MailboxId) -> Result<Option<String>, StoreError> {
    Ok(test_mail::Entity::find_by_id(id.0).one(store.read()).await?.map(|row| row.result))
}
