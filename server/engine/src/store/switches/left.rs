//! Folders that a switch left, and those in their place.

use super::super::entity::folder;
use super::super::{StoreError, set};
use domain::folder::FolderRole;
use domain::id::{FolderId, MailboxId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

/// The folders in use become those that this switch left.
pub async fn leave_folders(tx: &impl ConnectionTrait, mailbox: MailboxId, switch: i64) -> Result<(), StoreError> {
    folder::Entity::update_many()
        .col_expr(folder::Column::FormerSwitchId, Expr::value(switch))
        .filter(folder::Column::MailboxId.eq(mailbox.0))
        .filter(folder::Column::FormerSwitchId.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// The folders that a switch left are in use again, where they stopped.
pub async fn resume_folders(tx: &impl ConnectionTrait, mailbox: MailboxId, switch: i64) -> Result<(), StoreError> {
    folder::Entity::update_many()
        .col_expr(folder::Column::FormerSwitchId, Expr::value(None::<i64>))
        .filter(folder::Column::MailboxId.eq(mailbox.0))
        .filter(folder::Column::FormerSwitchId.eq(switch))
        .exec(tx)
        .await?;
    Ok(())
}

/// The folders on the new side. Where the mail was copied, those that were chosen on the side
/// that this switch left; they begin by recognising what is known.
pub async fn new_folders(
    tx: &impl ConnectionTrait,
    mailbox: MailboxId,
    switch: i64,
    recognises: bool,
) -> Result<(), StoreError> {
    let mut chosen: Vec<(String, String, i64)> = Vec::new();
    if recognises {
        let left = folder::Entity::find()
            .filter(folder::Column::MailboxId.eq(mailbox.0))
            .filter(folder::Column::FormerSwitchId.eq(switch))
            .filter(folder::Column::Watched.eq(true))
            // The new server says which folder its sent mail is in.
            .filter(folder::Column::Role.ne(FolderRole::Sent.key()))
            .order_by_asc(folder::Column::Place)
            .order_by_asc(folder::Column::Id)
            .all(tx)
            .await?;
        chosen.extend(left.into_iter().map(|row| (row.name, row.role, row.place)));
    }
    if chosen.is_empty() {
        chosen.push(("INBOX".to_owned(), FolderRole::Inbox.key().to_owned(), 0));
    }
    for (name, role, place) in chosen {
        let row = folder::ActiveModel {
            mailbox_id: set(mailbox.0),
            name: set(name),
            role: set(role),
            cursor: set(0),
            import_before: set(0),
            recognises: set(recognises),
            watched: set(true),
            place: set(place),
            ..Default::default()
        };
        folder::Entity::insert(row).exec(tx).await?;
    }
    Ok(())
}

/// The folders of a mailbox that switches left.
pub async fn left_folders(db: &impl ConnectionTrait, mailbox: MailboxId) -> Result<Vec<folder::Model>, StoreError> {
    Ok(folder::Entity::find()
        .filter(folder::Column::MailboxId.eq(mailbox.0))
        .filter(folder::Column::FormerSwitchId.is_not_null())
        .order_by_desc(folder::Column::Id)
        .all(db)
        .await?)
}

/// A folder has been matched with what is known.
pub async fn recognised(db: &impl ConnectionTrait, id: FolderId) -> Result<(), StoreError> {
    let row = folder::ActiveModel { id: set(id.0), recognises: set(false), ..Default::default() };
    folder::Entity::update(row).exec(db).await?;
    Ok(())
}
