//! Folders as the server last listed them, and what an outage left in those that are not watched.

use super::entity::{folder, listed_folder};
use super::{Store, StoreError};
use domain::Time;
use domain::folder::FolderRole;
use domain::id::MailboxId;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::HashSet;

pub use super::entity::listed_folder::Model as Row;

/// Folders kept of one mailbox; nobody chooses among more.
const MOST: usize = 500;

/// What the server listed; folders that are gone go.
pub async fn replace(
    tx: &impl ConnectionTrait,
    mailbox: MailboxId,
    listed: &[(String, FolderRole)],
    now: Time,
) -> Result<(), StoreError> {
    // PostgreSQL takes no row twice in one statement, and some servers list a folder twice.
    let mut named = HashSet::new();
    let rows: Vec<_> = listed
        .iter()
        .filter(|(name, _)| named.insert(name))
        .take(MOST)
        .map(|(name, role)| listed_folder::ActiveModel {
            mailbox_id: Set(mailbox.0),
            name: Set(name.clone()),
            role: Set(role.key().into()),
            listed_at: Set(now.0),
            ..Default::default()
        })
        .collect();
    let again = OnConflict::columns([listed_folder::Column::MailboxId, listed_folder::Column::Name])
        .update_columns([listed_folder::Column::Role, listed_folder::Column::ListedAt])
        .to_owned();
    for part in rows.chunks(100) {
        listed_folder::Entity::insert_many(part.to_vec()).on_conflict(again.clone()).exec_without_returning(tx).await?;
    }
    listed_folder::Entity::delete_many()
        .filter(listed_folder::Column::MailboxId.eq(mailbox.0))
        .filter(listed_folder::Column::ListedAt.lt(now.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// All folders of a mailbox, by name.
pub async fn of(store: &Store, mailbox: MailboxId) -> Result<Vec<Row>, StoreError> {
    Ok(listed_folder::Entity::find()
        .filter(listed_folder::Column::MailboxId.eq(mailbox.0))
        .order_by_asc(listed_folder::Column::Name)
        .all(store.read())
        .await?)
}

/// How many messages arrived in a folder during an outage.
pub async fn missed(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    name: &str,
    messages: u32,
    from: Time,
    to: Time,
) -> Result<(), StoreError> {
    listed_folder::Entity::update_many()
        .col_expr(listed_folder::Column::Missed, Expr::value(i64::from(messages)))
        .col_expr(listed_folder::Column::MissedFrom, Expr::value(from.0))
        .col_expr(listed_folder::Column::MissedTo, Expr::value(to.0))
        .col_expr(listed_folder::Column::ImportedAt, Expr::value(None::<i64>))
        .filter(listed_folder::Column::MailboxId.eq(mailbox.0))
        .filter(listed_folder::Column::Name.eq(name))
        .exec(db)
        .await?;
    Ok(())
}

/// A person wants that mail.
pub async fn imported(db: &impl ConnectionTrait, mailbox: MailboxId, name: &str, at: Time) -> Result<(), StoreError> {
    listed_folder::Entity::update_many()
        .col_expr(listed_folder::Column::ImportedAt, Expr::value(at.0))
        .filter(listed_folder::Column::MailboxId.eq(mailbox.0))
        .filter(listed_folder::Column::Name.eq(name))
        .exec(db)
        .await?;
    Ok(())
}

/// The folders whose receipts are not mail from outside.
pub(super) fn of_ours() -> sea_orm::sea_query::SelectStatement {
    use sea_orm::{QuerySelect as _, QueryTrait as _};
    folder::Entity::find()
        .select_only()
        .column(folder::Column::Id)
        .filter(folder::Column::Role.eq(FolderRole::Sent.key()))
        .into_query()
}
