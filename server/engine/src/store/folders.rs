//! Folders of a mailbox: UIDVALIDITY, cursor, and where the import began.

use super::entity::folder;
use super::{Store, StoreError};
use domain::Time;
use domain::folder::FolderRole;
use domain::id::{FolderId, MailboxId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::HashMap;

pub use super::entity::folder::Model as Row;

/// One folder, in use or not.
pub async fn get(store: &Store, id: FolderId) -> Result<Option<Row>, StoreError> {
    Ok(folder::Entity::find_by_id(id.0).one(store.read()).await?)
}

/// The chosen folders of a mailbox that no switch has left, the first being the one that is watched.
pub async fn of(store: &Store, mailbox: MailboxId) -> Result<Vec<Row>, StoreError> {
    Ok(folder::Entity::find()
        .filter(folder::Column::MailboxId.eq(mailbox.0))
        .filter(folder::Column::FormerSwitchId.is_null())
        .filter(folder::Column::Watched.eq(true))
        .filter(folder::Column::Role.ne(FolderRole::Sent.key()))
        .order_by_asc(folder::Column::Place)
        .order_by_asc(folder::Column::Id)
        .all(store.read())
        .await?)
}

/// All rows of a mailbox that no switch has left: chosen, sent, chosen once, imported once.
pub async fn all(store: &Store, mailbox: MailboxId) -> Result<Vec<Row>, StoreError> {
    Ok(folder::Entity::find()
        .filter(folder::Column::MailboxId.eq(mailbox.0))
        .filter(folder::Column::FormerSwitchId.is_null())
        .order_by_asc(folder::Column::Place)
        .order_by_asc(folder::Column::Id)
        .all(store.read())
        .await?)
}

/// The names of a mailbox's folders of sent mail, as far as they are known.
pub async fn sent(store: &Store, mailbox: MailboxId) -> Result<Vec<String>, StoreError> {
    let mut all = all(store, mailbox).await?;
    all.retain(|row| row.role == FolderRole::Sent.key());
    Ok(all.into_iter().map(|row| row.name).collect())
}

async fn named(db: &impl ConnectionTrait, mailbox: MailboxId, name: &str) -> Result<Option<Row>, StoreError> {
    Ok(folder::Entity::find()
        .filter(folder::Column::MailboxId.eq(mailbox.0))
        .filter(folder::Column::Name.eq(name))
        .filter(folder::Column::FormerSwitchId.is_null())
        .one(db)
        .await?)
}

/// The folder's row, made if it is not there, to be fetched from.
pub async fn ensure(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    name: &str,
    role: FolderRole,
) -> Result<Row, StoreError> {
    named_or_made(db, mailbox, name, role, true).await
}

/// The row of a folder that is not fetched from, for what a person wants of it.
pub async fn ensure_unwatched(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    name: &str,
    role: FolderRole,
) -> Result<Row, StoreError> {
    named_or_made(db, mailbox, name, role, false).await
}

async fn named_or_made(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    name: &str,
    role: FolderRole,
    watched: bool,
) -> Result<Row, StoreError> {
    if let Some(row) = named(db, mailbox, name).await? {
        return Ok(row);
    }
    let row = folder::ActiveModel {
        mailbox_id: Set(mailbox.0),
        name: Set(name.into()),
        role: Set(role.key().into()),
        cursor: Set(0),
        import_before: Set(0),
        recognises: Set(false),
        watched: Set(watched),
        place: Set(0),
        ..Default::default()
    };
    Ok(folder::Entity::insert(row).exec_with_returning(db).await?)
}

/// Watches exactly these folders, the first of them by IDLE. One that is chosen later brings what
/// arrives from `now` on; `None` while the mailbox is set up: as the mailbox's import says.
pub async fn choose(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    names: &[String],
    now: Option<Time>,
) -> Result<(), StoreError> {
    folder::Entity::update_many()
        .col_expr(folder::Column::Watched, Expr::value(false))
        .filter(folder::Column::MailboxId.eq(mailbox.0))
        .filter(folder::Column::FormerSwitchId.is_null())
        .filter(folder::Column::Role.ne(FolderRole::Sent.key()))
        .filter(folder::Column::Name.is_not_in(names.iter().map(String::as_str)))
        .exec(db)
        .await?;
    for (place, name) in (0_i64..).zip(names) {
        let role = if name.eq_ignore_ascii_case("INBOX") { FolderRole::Inbox } else { FolderRole::Chosen };
        let before = named(db, mailbox, name).await?;
        let fresh = !before.as_ref().is_some_and(|row| row.watched);
        // An import that is still due goes on: from its time on, and now without an end.
        let due = before.filter(|row| row.import_until.is_some()).and_then(|row| row.import_since);
        let row = ensure(db, mailbox, name, role).await?;
        let mut chosen = folder::ActiveModel {
            id: Set(row.id),
            role: Set(role.key().into()),
            watched: Set(true),
            place: Set(place),
            ..Default::default()
        };
        if let (Some(now), true) = (now, fresh) {
            chosen.uid_validity = Set(None);
            chosen.seen_next = Set(None);
            chosen.cursor = Set(0);
            chosen.import_since = Set(Some(due.unwrap_or(now.0 - now.0.rem_euclid(1_000))));
            chosen.import_until = Set(None);
        }
        folder::Entity::update(chosen).exec(db).await?;
    }
    Ok(())
}

/// What arrived in a folder between two times is to come in. One that is watched stays so, and
/// is read from the earlier time on: what came since is known by its receipts.
pub async fn import(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    name: &str,
    role: FolderRole,
    from: Time,
    to: Time,
) -> Result<(), StoreError> {
    let watched = named(db, mailbox, name).await?.is_some_and(|row| row.watched);
    let row = ensure(db, mailbox, name, role).await?;
    let due = folder::ActiveModel {
        id: Set(row.id),
        watched: Set(watched),
        uid_validity: Set(None),
        cursor: Set(0),
        import_since: Set(Some(from.0 - from.0.rem_euclid(1_000))),
        import_until: Set((!watched).then_some(to.0)),
        ..Default::default()
    };
    folder::Entity::update(due).exec(db).await?;
    Ok(())
}

/// A folder's import is done.
pub async fn imported(db: &impl ConnectionTrait, id: FolderId) -> Result<(), StoreError> {
    let row = folder::ActiveModel { id: Set(id.0), import_until: Set(None), ..Default::default() };
    folder::Entity::update(row).exec(db).await?;
    Ok(())
}

/// Why a folder can't be opened, in the server's words; `None`: it can.
pub async fn note(db: &impl ConnectionTrait, id: FolderId, said: Option<&str>) -> Result<(), StoreError> {
    let row = folder::ActiveModel { id: Set(id.0), said: Set(said.map(str::to_owned)), ..Default::default() };
    folder::Entity::update(row).exec(db).await?;
    Ok(())
}

/// What the server can't do here, by the sweep's word; `None`: it can.
pub async fn left_there(db: &impl ConnectionTrait, id: FolderId, word: Option<&str>) -> Result<(), StoreError> {
    let row = folder::ActiveModel { id: Set(id.0), left_there: Set(word.map(str::to_owned)), ..Default::default() };
    folder::Entity::update(row).exec(db).await?;
    Ok(())
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

/// As `import_since`: all there is.
pub const FROM_THE_BEGINNING: i64 = 0;

/// Notes where the import begins; `false` where it was begun anew since `read` was read: somebody
/// chose another beginning meanwhile, and that one counts.
pub async fn begin(db: &impl ConnectionTrait, read: &Row, beginning: Beginning) -> Result<bool, StoreError> {
    let row = folder::ActiveModel {
        uid_validity: Set(Some(beginning.uid_validity.into())),
        cursor: Set(beginning.before.into()),
        seen_next: Set(None),
        import_before: Set(beginning.before.into()),
        import_since: Set(beginning.since.map(|t| t.0)),
        import_upto: Set(Some(beginning.upto.into())),
        found: Set(Some(beginning.found.into())),
        ..Default::default()
    };
    number(db, read, row).await
}

/// After UIDVALIDITY changed and known messages were matched: everything else is looked at anew.
/// `false` as at [`begin`].
pub async fn renumber(db: &impl ConnectionTrait, read: &Row, uid_validity: u32) -> Result<bool, StoreError> {
    let row = folder::ActiveModel {
        uid_validity: Set(Some(uid_validity.into())),
        seen_next: Set(None),
        cursor: Set(0),
        import_before: Set(0),
        import_upto: Set(Some(0)),
        ..Default::default()
    };
    number(db, read, row).await
}

async fn number(db: &impl ConnectionTrait, read: &Row, row: folder::ActiveModel) -> Result<bool, StoreError> {
    let same = |column: folder::Column, value: Option<i64>| match value {
        Some(value) => column.eq(value),
        None => column.is_null(),
    };
    let changed = folder::Entity::update_many()
        .set(row)
        .filter(folder::Column::Id.eq(read.id))
        .filter(same(folder::Column::UidValidity, read.uid_validity))
        .filter(same(folder::Column::ImportSince, read.import_since))
        .exec(db)
        .await?;
    Ok(changed.rows_affected == 1)
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
        .col_expr(folder::Column::MovedAt, Expr::value(crate::clock::now().0))
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

/// When the last pass of each mailbox went through, or last moved on: of its folders in use.
pub async fn passed(store: &Store) -> Result<HashMap<i64, Time>, StoreError> {
    let rows = folder::Entity::find()
        .filter(folder::Column::FormerSwitchId.is_null())
        .filter(folder::Column::Watched.eq(true))
        .filter(folder::Column::Role.ne(FolderRole::Sent.key()))
        .all(store.read())
        .await?;
    let mut passed = HashMap::new();
    for row in rows {
        let Some(at) = row.fetched_at.max(row.moved_at).map(Time) else { continue };
        passed.entry(row.mailbox_id).and_modify(|last: &mut Time| *last = at.max(*last)).or_insert(at);
    }
    Ok(passed)
}
