//! The ledger as fetching writes it: one receipt per UID.

use super::entity::{mailbox, receipt};
use super::{Store, StoreError};
use domain::Time;
use domain::id::{FolderId, MailboxId, SourceId};
use domain::receipt::Disposition;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, LockType, OnConflict};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use std::collections::HashSet;

pub use super::entity::receipt::Model as Row;

/// The words of [`New::tidy`].
pub const MARK_READ: &str = "read";
pub const MOVE: &str = "move";

/// Who may write for a mailbox: the node that claimed it, in the epoch of its claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub mailbox: MailboxId,
    pub node: i64,
    pub epoch: i64,
}

/// Keeps a claim from moving until the transaction ends.
///
/// # Errors
/// [`StoreError::StaleEpoch`]: another node has the mailbox; write nothing.
pub async fn hold(tx: &impl ConnectionTrait, claim: Claim) -> Result<(), StoreError> {
    held(tx, claim).await?.filter(|row| row.deleted_at.is_none()).map(|_| ()).ok_or(StoreError::StaleEpoch)
}

/// The same for taking in what was fetched, which a deleted mailbox does to its last message.
///
/// # Errors
/// As [`hold`].
pub async fn hold_for_intake(tx: &impl ConnectionTrait, claim: Claim) -> Result<(), StoreError> {
    held(tx, claim).await?.map(|_| ()).ok_or(StoreError::StaleEpoch)
}

async fn held(tx: &impl ConnectionTrait, claim: Claim) -> Result<Option<mailbox::Model>, StoreError> {
    Ok(mailbox::Entity::find_by_id(claim.mailbox.0)
        .filter(mailbox::Column::NodeId.eq(claim.node))
        .filter(mailbox::Column::Epoch.eq(claim.epoch))
        .lock(LockType::Share)
        .one(tx)
        .await?)
}

/// A receipt about to be written.
#[derive(Clone, Debug)]
pub struct New {
    pub folder: FolderId,
    pub uid_validity: u32,
    pub uid: u32,
    pub mailbox: MailboxId,
    pub source: Option<SourceId>,
    pub disposition: Disposition,
    pub reason: Option<&'static str>,
    pub arrived_at: Time,
    pub late: bool,
    pub delete_due_at: Option<Time>,
    pub message_key: Option<String>,
    pub header_digest: Option<Vec<u8>>,
    /// Still to be done to the message on the server: `read` or `move`.
    pub tidy: Option<&'static str>,
}

/// Writes a receipt; the first one of a UID stands.
pub async fn write(tx: &impl ConnectionTrait, new: New, now: Time) -> Result<(), StoreError> {
    write_all(tx, vec![new], now).await
}

/// Writes receipts in few statements; the first one of a UID stands.
pub async fn write_all(tx: &impl ConnectionTrait, new: Vec<New>, now: Time) -> Result<(), StoreError> {
    let mut rows: Vec<_> = new.into_iter().map(|new| row(new, now)).collect();
    while !rows.is_empty() {
        let some: Vec<_> = rows.drain(..super::rows_at_once(rows.len())).collect();
        let key = [receipt::Column::FolderId, receipt::Column::UidValidity, receipt::Column::Uid];
        receipt::Entity::insert_many(some)
            .on_conflict(OnConflict::columns(key).do_nothing().to_owned())
            .exec_without_returning(tx)
            .await?;
    }
    Ok(())
}

fn row(new: New, now: Time) -> receipt::ActiveModel {
    let stored = new.disposition == Disposition::Stored;
    receipt::ActiveModel {
        folder_id: Set(new.folder.0),
        uid_validity: Set(new.uid_validity.into()),
        uid: Set(new.uid.into()),
        mailbox_id: Set(new.mailbox.0),
        source_id: Set(new.source.map(|s| s.0)),
        disposition: Set(new.disposition.key().into()),
        reason: Set(new.reason.map(str::to_owned)),
        ticket_id: Set(None),
        message_id: Set(None),
        arrived_at: Set(new.arrived_at.0),
        stored_at: Set(now.0),
        settled_at: Set((!stored).then_some(now.0)),
        late: Set(new.late),
        tries: Set(0),
        delete_due_at: Set(new.delete_due_at.map(|t| t.0)),
        deleted_at: Set(None),
        message_key: Set(new.message_key),
        header_digest: Set(new.header_digest),
        parser: Set(0),
        tidy: Set(new.tidy.map(str::to_owned)),
    }
}

/// Forgets the receipts in whose place these are to be written: a person wants the messages.
pub async fn forget(tx: &impl ConnectionTrait, new: &[New]) -> Result<(), StoreError> {
    for one in new {
        receipt::Entity::delete_many()
            .filter(receipt::Column::FolderId.eq(one.folder.0))
            .filter(receipt::Column::UidValidity.eq(i64::from(one.uid_validity)))
            .filter(receipt::Column::Uid.eq(i64::from(one.uid)))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// One receipt.
pub async fn get(store: &Store, folder: FolderId, uid_validity: u32, uid: u32) -> Result<Option<Row>, StoreError> {
    Ok(receipt::Entity::find_by_id((folder.0, i64::from(uid_validity), i64::from(uid))).one(store.read()).await?)
}

/// Lets intake read a stored message again, for the given reason.
pub async fn reopen(tx: &impl ConnectionTrait, row: &Row, reason: Option<&str>) -> Result<(), StoreError> {
    receipt::Entity::update_many()
        .col_expr(receipt::Column::Disposition, Expr::value(Disposition::Stored.key()))
        .col_expr(receipt::Column::Reason, Expr::value(reason.map(str::to_owned)))
        .col_expr(receipt::Column::SettledAt, Expr::value(None::<i64>))
        .col_expr(receipt::Column::TicketId, Expr::value(None::<i64>))
        .col_expr(receipt::Column::MessageId, Expr::value(None::<i64>))
        .col_expr(receipt::Column::Tries, Expr::value(0_i64))
        .filter(receipt::Column::FolderId.eq(row.folder_id))
        .filter(receipt::Column::UidValidity.eq(row.uid_validity))
        .filter(receipt::Column::Uid.eq(row.uid))
        .filter(receipt::Column::Disposition.eq(row.disposition.as_str()))
        .exec(tx)
        .await?;
    Ok(())
}

/// The UIDs above `after` that have a receipt.
pub async fn uids_after(
    store: &Store,
    folder: FolderId,
    uid_validity: u32,
    after: u32,
) -> Result<HashSet<u32>, StoreError> {
    let uids: Vec<i64> = receipt::Entity::find()
        .select_only()
        .column(receipt::Column::Uid)
        .filter(receipt::Column::FolderId.eq(folder.0))
        .filter(receipt::Column::UidValidity.eq(i64::from(uid_validity)))
        .filter(receipt::Column::Uid.gt(i64::from(after)))
        .into_tuple()
        .all(store.read())
        .await?;
    Ok(uids.into_iter().filter_map(|uid| u32::try_from(uid).ok()).collect())
}

/// How many messages of a mailbox were stored since a time.
pub async fn stored_since(store: &Store, mailbox: MailboxId, since: Time) -> Result<u32, StoreError> {
    let n = receipt::Entity::find()
        .filter(receipt::Column::MailboxId.eq(mailbox.0))
        .filter(receipt::Column::StoredAt.gte(since.0))
        .filter(receipt::Column::SourceId.is_not_null())
        .count(store.read())
        .await?;
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
}

/// Receipts of other folders under one of these keys.
pub async fn by_keys_in(db: &impl ConnectionTrait, folders: &[i64], keys: &[String]) -> Result<Vec<Row>, StoreError> {
    Ok(receipt::Entity::find()
        .filter(receipt::Column::FolderId.is_in(folders.to_vec()))
        .filter(receipt::Column::MessageKey.is_in(keys.iter().map(String::as_str)))
        .all(db)
        .await?)
}

/// Receipts of older numberings of a folder under one of these keys.
pub async fn by_keys(
    db: &impl ConnectionTrait,
    folder: FolderId,
    uid_validity: u32,
    keys: &[String],
) -> Result<Vec<Row>, StoreError> {
    Ok(receipt::Entity::find()
        .filter(receipt::Column::FolderId.eq(folder.0))
        .filter(receipt::Column::UidValidity.ne(i64::from(uid_validity)))
        .filter(receipt::Column::MessageKey.is_in(keys.iter().map(String::as_str)))
        .all(db)
        .await?)
}

/// Forgets what was left out as older than the import: the next pass looks at it anew.
pub async fn forget_left_out(tx: &impl ConnectionTrait, folder: FolderId, uid_validity: u32) -> Result<(), StoreError> {
    receipt::Entity::delete_many()
        .filter(receipt::Column::FolderId.eq(folder.0))
        .filter(receipt::Column::UidValidity.eq(i64::from(uid_validity)))
        .filter(receipt::Column::Disposition.eq(Disposition::BeforeImport.key()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Gives a known message its new number.
pub async fn remap(tx: &impl ConnectionTrait, old: &Row, uid_validity: u32, uid: u32) -> Result<(), StoreError> {
    receipt::Entity::update_many()
        .col_expr(receipt::Column::UidValidity, Expr::value(i64::from(uid_validity)))
        .col_expr(receipt::Column::Uid, Expr::value(i64::from(uid)))
        .filter(receipt::Column::FolderId.eq(old.folder_id))
        .filter(receipt::Column::UidValidity.eq(old.uid_validity))
        .filter(receipt::Column::Uid.eq(old.uid))
        .exec(tx)
        .await?;
    Ok(())
}

/// UIDs that may be deleted on the server now, oldest first; without `all` only our own test mails.
pub async fn deletable(
    store: &Store,
    folder: FolderId,
    uid_validity: u32,
    all: bool,
    now: Time,
) -> Result<Vec<u32>, StoreError> {
    let own = receipt::Column::Disposition.eq(super::posted::removable());
    let uids: Vec<i64> = receipt::Entity::find()
        .select_only()
        .column(receipt::Column::Uid)
        .filter(receipt::Column::FolderId.eq(folder.0))
        .filter(receipt::Column::UidValidity.eq(i64::from(uid_validity)))
        .filter(receipt::Column::DeleteDueAt.lte(now.0))
        .filter(if all { Condition::all() } else { Condition::all().add(own) })
        // Written out, so that SQLite sees that its partial index fits.
        .filter(Expr::cust("delete_due_at IS NOT NULL AND deleted_at IS NULL"))
        .limit(1_000)
        .into_tuple()
        .all(store.read())
        .await?;
    Ok(in_order(uids))
}

fn in_order(uids: Vec<i64>) -> Vec<u32> {
    let mut uids: Vec<u32> = uids.into_iter().filter_map(|uid| u32::try_from(uid).ok()).collect();
    uids.sort_unstable();
    uids
}

/// UIDs that are still to be marked, or moved, in order.
pub async fn untidy(store: &Store, folder: FolderId, uid_validity: u32, word: &str) -> Result<Vec<u32>, StoreError> {
    let uids: Vec<i64> = receipt::Entity::find()
        .select_only()
        .column(receipt::Column::Uid)
        .filter(receipt::Column::FolderId.eq(folder.0))
        .filter(receipt::Column::UidValidity.eq(i64::from(uid_validity)))
        .filter(receipt::Column::Tidy.eq(word))
        // Written out, so that SQLite sees that its partial index fits.
        .filter(Expr::cust("tidy IS NOT NULL"))
        .limit(1_000)
        .into_tuple()
        .all(store.read())
        .await?;
    Ok(in_order(uids))
}

/// They are marked, or moved.
pub async fn tidied(
    tx: &impl ConnectionTrait,
    folder: FolderId,
    uid_validity: u32,
    uids: &[u32],
    moved_at: Option<Time>,
) -> Result<(), StoreError> {
    for part in uids.chunks(200) {
        let mut update = receipt::Entity::update_many().col_expr(receipt::Column::Tidy, Expr::value(None::<String>));
        if let Some(at) = moved_at {
            update = update.col_expr(receipt::Column::DeletedAt, Expr::value(at.0));
        }
        update
            .filter(receipt::Column::FolderId.eq(folder.0))
            .filter(receipt::Column::UidValidity.eq(i64::from(uid_validity)))
            .filter(receipt::Column::Uid.is_in(part.iter().map(|uid| i64::from(*uid))))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// They can't be deleted now: again at `until`, or never.
pub async fn put_off(
    tx: &impl ConnectionTrait,
    folder: FolderId,
    uid_validity: u32,
    uids: &[u32],
    until: Option<Time>,
) -> Result<(), StoreError> {
    for part in uids.chunks(200) {
        receipt::Entity::update_many()
            .col_expr(receipt::Column::DeleteDueAt, Expr::value(until.map(|at| at.0)))
            .filter(receipt::Column::FolderId.eq(folder.0))
            .filter(receipt::Column::UidValidity.eq(i64::from(uid_validity)))
            .filter(receipt::Column::Uid.is_in(part.iter().map(|uid| i64::from(*uid))))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// They are gone on the server.
pub async fn deleted(
    tx: &impl ConnectionTrait,
    folder: FolderId,
    uid_validity: u32,
    uids: &[u32],
    now: Time,
) -> Result<(), StoreError> {
    for part in uids.chunks(200) {
        receipt::Entity::update_many()
            .col_expr(receipt::Column::DeletedAt, Expr::value(now.0))
            .filter(receipt::Column::FolderId.eq(folder.0))
            .filter(receipt::Column::UidValidity.eq(i64::from(uid_validity)))
            .filter(receipt::Column::Uid.is_in(part.iter().map(|uid| i64::from(*uid))))
            .exec(tx)
            .await?;
    }
    Ok(())
}
