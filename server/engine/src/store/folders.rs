//! Folders of a mailbox: UIDVALIDITY, cursor, and where the import began.

use super::entity::folder;
use super::{Store, StoreError};
use domain::Time;
use domain::id::{FolderId, MailboxId};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

pub use super::entity::folder::Model as Row;

/// One folder, in use or not.
pub async fn get(store: &Store, id: FolderId) -> Result<Option<Row>, StoreError> {
    Ok(folder::Entity::find_by_id(id.0).one(store.read()).await?)
}

/// The folders of a mailbox that no switch has left, the first being the one that is watched.
pub async fn of(store: &Store, mailbox: MailboxId) -> Result<Vec<Row>, StoreError> {
    Ok(folder::Entity::find()
        .filter(folder::Column::MailboxId.eq(mailbox.0))
        .filter(folder::Column::FormerSwitchId.is_null())
        .order_by_asc(folder::Column::Id)
        .all(store.read())
        .await?)
}

/// The folder's row, made if it is not there.
pub async fn ensure(store: &Store, mailbox: MailboxId, name: &str, role: &str) -> Result<Row, StoreError> {
    let found = || {
        folder::Entity::find()
            .filter(folder::Column::MailboxId.eq(mailbox.0))
            .filter(folder::Column::Name.eq(name))
            .filter(folder::Column::FormerSwitchId.is_null())
            .one(store.write())
    };
    if let Some(row) = found().await? {
        return Ok(row);
    }
    let row = folder::ActiveModel {
        mailbox_id: Set(mailbox.0),
        name: Set(name.into()),
        role: Set(role.into()),
        cursor: Set(0),
        import_before: Set(0),
        recognises: Set(false),
        ..Default::default()
    };
    Ok(folder::Entity::insert(row).exec_with_returning(store.write()).await?)
}

/// Where an import begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beginning {
    pub uid_validity: u32,
    /// UIDs up to this one are older than what is imported: one mark for all of them.
    pub before: u32,
    /// Of the UIDs that were there at the beginning, ...
    pub upto: u32,
    /// ... those that arrived before this time are not imported either.
    pub since: Option<Time>,
    /// How many messages are to be imported.
    pub found: u32,
}

/// Notes where the import begins.
pub async fn begin(db: &impl ConnectionTrait, id: FolderId, beginning: Beginning) -> Result<(), StoreError> {
    let row = folder::ActiveModel {
        id: Set(id.0),
        uid_validity: Set(Some(beginning.uid_validity.into())),
        cursor: Set(beginning.before.into()),
        import_before: Set(beginning.before.into()),
        import_since: Set(beginning.since.map(|t| t.0)),
        import_upto: Set(Some(beginning.upto.into())),
        found: Set(Some(beginning.found.into())),
        ..Default::default()
    };
    folder::Entity::update(row).exec(db).await?;
    Ok(())
}

/// After UIDVALIDITY changed and known messages were matched: everything else is looked at anew.
pub async fn renumber(db: &impl ConnectionTrait, id: FolderId, uid_validity: u32) -> Result<(), StoreError> {
    let row = folder::ActiveModel {
        id: Set(id.0),
        uid_validity: Set(Some(uid_validity.into())),
        cursor: Set(0),
        import_before: Set(0),
        import_upto: Set(Some(0)),
        ..Default::default()
    };
    folder::Entity::update(row).exec(db).await?;
    Ok(())
}

/// Moves the cursor forward; never back.
pub async fn advance(
    db: &impl ConnectionTrait,
    id: FolderId,
    uid_validity: u32,
    cursor: u32,
) -> Result<(), StoreError> {
    folder::Entity::update_many()
        .col_expr(folder::Column::Cursor, cursor_value(cursor))
        .filter(folder::Column::Id.eq(id.0))
        .filter(folder::Column::UidValidity.eq(i64::from(uid_validity)))
        .filter(folder::Column::Cursor.lt(i64::from(cursor)))
        .exec(db)
        .await?;
    Ok(())
}

fn cursor_value(cursor: u32) -> sea_orm::sea_query::SimpleExpr {
    sea_orm::sea_query::Expr::value(i64::from(cursor))
}

/// A pass went through.
pub async fn fetched(db: &impl ConnectionTrait, id: FolderId, at: Time) -> Result<(), StoreError> {
    let row = folder::ActiveModel { id: Set(id.0), fetched_at: Set(Some(at.0)), ..Default::default() };
    folder::Entity::update(row).exec(db).await?;
    Ok(())
}
