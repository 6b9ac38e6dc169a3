//! The ledger's half of intake: receipts that wait, their sources, and how they are settled.
//!
//! Invariant: a receipt leaves `stored` once, in the transaction that writes what it became. Two
//! nodes that read the same receipt can't both settle it: [`settle`] finds one of them too late.

use super::entity::{folder, mailbox, receipt, source, source_chunk};
use super::receipts::Claim;
use super::{Store, StoreError, Tx, values};
use domain::folder::FolderRole;
use domain::id::{MailboxId, MessageId, SourceId, TicketId};
use domain::receipt::Disposition;
use domain::{Time, id};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, ConnectionTrait as _, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Statement,
};
use std::collections::HashMap;

/// A receipt that intake has not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub folder: i64,
    pub uid_validity: i64,
    pub uid: i64,
    pub mailbox: MailboxId,
    pub source: Option<SourceId>,
    /// When the server got it.
    pub arrived_at: Time,
    /// As the column: see [`in_hand`].
    tries: i64,
    /// A word of the fetch, such as `too_large`.
    pub reason: Option<String>,
    /// Its source is complete, and no larger than [`SMALL`].
    pub small: bool,
    /// It lies in the folder of sent mail.
    pub sent: bool,
}

/// What is read with others. Bytes.
const SMALL: i64 = 256 << 10;
/// Receipts that one statement settles.
const SETTLED_AT_ONCE: usize = 50;
/// In hand together at most where one of the next is larger.
const FEW: usize = 16;

impl Waiting {
    /// How often it was in hand alone, and nothing came of it.
    pub fn tries_alone(&self) -> i64 {
        (self.tries - 1).max(0)
    }
}

/// What a receipt became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    pub disposition: Disposition,
    pub reason: Option<String>,
    pub ticket: Option<TicketId>,
    pub message: Option<MessageId>,
}

/// SQLite uses a partial index only where its condition stands in the statement, not in a binding.
fn is_stored() -> Expr {
    Expr::cust("disposition = 'stored'")
}

/// The next of a node's mailboxes with waiting receipts, after this one and then from the front.
pub async fn next_mailbox(store: &Store, node: i64, after: MailboxId) -> Result<Option<MailboxId>, StoreError> {
    let held = || {
        mailbox::Entity::find()
            .select_only()
            .column(mailbox::Column::Id)
            .filter(mailbox::Column::NodeId.eq(node))
            .into_query()
    };
    for above in [after.0, i64::MIN] {
        let found = receipt::Entity::find()
            .select_only()
            .column(receipt::Column::MailboxId)
            .filter(is_stored())
            .filter(receipt::Column::MailboxId.gt(above))
            .filter(receipt::Column::MailboxId.in_subquery(held()))
            .order_by_asc(receipt::Column::MailboxId)
            .limit(1)
            .into_tuple::<i64>()
            .one(store.read())
            .await?;
        if let Some(id) = found {
            return Ok(Some(MailboxId(id)));
        }
    }
    Ok(None)
}

/// A mailbox's waiting receipts, oldest first.
async fn waiting(store: &Store, mailbox: MailboxId, limit: u64) -> Result<Vec<Waiting>, StoreError> {
    let rows = receipt::Entity::find()
        .filter(is_stored())
        .filter(receipt::Column::MailboxId.eq(mailbox.0))
        .order_by_asc(receipt::Column::StoredAt)
        .order_by_asc(receipt::Column::FolderId)
        .order_by_asc(receipt::Column::Uid)
        .limit(limit)
        .all(store.read())
        .await?;
    let small: Vec<i64> = source::Entity::find()
        .select_only()
        .column(source::Column::Id)
        .filter(source::Column::Id.is_in(rows.iter().filter_map(|row| row.source_id)))
        .filter(source::Column::Complete.eq(true))
        .filter(source::Column::Bytes.lte(SMALL))
        .into_tuple()
        .all(store.read())
        .await?;
    let sent: Vec<i64> = folder::Entity::find()
        .select_only()
        .column(folder::Column::Id)
        .filter(folder::Column::MailboxId.eq(mailbox.0))
        .filter(folder::Column::Role.eq(FolderRole::Sent.key()))
        .into_tuple()
        .all(store.read())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Waiting {
            small: row.source_id.is_some_and(|id| small.contains(&id)),
            sent: sent.contains(&row.folder_id),
            folder: row.folder_id,
            uid_validity: row.uid_validity,
            uid: row.uid,
            mailbox: MailboxId(row.mailbox_id),
            source: row.source_id.map(id::SourceId),
            arrived_at: Time(row.arrived_at),
            tries: row.tries,
            reason: row.reason,
        })
        .collect())
}

fn one(waiting: &Waiting) -> sea_orm::Condition {
    sea_orm::Condition::all()
        .add(receipt::Column::FolderId.eq(waiting.folder))
        .add(receipt::Column::UidValidity.eq(waiting.uid_validity))
        .add(receipt::Column::Uid.eq(waiting.uid))
}

/// Takes the mailbox's next receipts in hand, and writes that down before they are read: many together,
/// and each alone that was in hand before. If the process dies over several, nobody knows over which: only
/// a try alone counts against a message.
///
/// The column says 0: never in hand, 1: only beside others, 1 + n: n times alone.
///
/// # Errors
/// The database's; nothing is in hand then.
pub async fn in_hand(store: &Store, claim: Claim, limit: u64) -> Result<Vec<Waiting>, StoreError> {
    let mut batch = waiting(store, claim.mailbox, limit).await?;
    if batch.iter().take(FEW).any(|w| !w.small) {
        // Each of those takes its time alone, and other mailboxes have their turn, too.
        batch.truncate(FEW);
    }
    if let Some(first) = batch.iter().position(|w| w.tries > 0) {
        batch.truncate(first.max(1));
    }
    let Some(first) = batch.first() else { return Ok(batch) };
    let tries = if batch.len() == 1 { first.tries.max(1) + 1 } else { 1 };
    let mut folders: HashMap<(i64, i64), Vec<i64>> = HashMap::new();
    for waiting in &batch {
        folders.entry((waiting.folder, waiting.uid_validity)).or_default().push(waiting.uid);
    }
    let any = folders.into_iter().fold(sea_orm::Condition::any(), |any, ((folder, uid_validity), uids)| {
        any.add(
            sea_orm::Condition::all()
                .add(receipt::Column::FolderId.eq(folder))
                .add(receipt::Column::UidValidity.eq(uid_validity))
                .add(receipt::Column::Uid.is_in(uids)),
        )
    });
    let tx = store.begin().await?;
    super::receipts::hold_for_intake(&tx, claim).await?;
    receipt::Entity::update_many().col_expr(receipt::Column::Tries, Expr::value(tries)).filter(any).exec(&tx).await?;
    super::commit(tx).await?;
    Ok(batch)
}

/// How often it counts as having been in hand alone.
///
/// # Errors
/// The database's; it stays as it was counted before.
pub async fn count(store: &Store, claim: Claim, waiting: &Waiting, alone: i64) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    super::receipts::hold_for_intake(&tx, claim).await?;
    receipt::Entity::update_many()
        .col_expr(receipt::Column::Tries, Expr::value(1 + alone))
        .filter(one(waiting))
        .filter(is_stored())
        .exec(&tx)
        .await?;
    super::commit(tx).await
}

/// Writes what receipts became. `false`: somebody else settled one of them, and nothing of this transaction may be
/// committed.
pub async fn settle(tx: &Tx, settled: &[(Waiting, Settlement)], now: Time) -> Result<bool, StoreError> {
    for some in settled.chunks(SETTLED_AT_ONCE) {
        let mut bound: Vec<sea_orm::Value> = vec![now.0.into(), crate::mime::PARSER.into()];
        let rows = some.iter().map(|(waiting, settlement)| {
            [
                waiting.folder.into(),
                waiting.uid_validity.into(),
                waiting.uid.into(),
                settlement.disposition.key().into(),
                settlement.reason.clone().into(),
                settlement.ticket.map(|t| t.0).into(),
                settlement.message.map(|m| m.0).into(),
            ]
        });
        let types = ["BIGINT", "BIGINT", "BIGINT", "TEXT", "TEXT", "BIGINT", "BIGINT"];
        let rows = values::list(&mut bound, types, rows);
        let sql = format!(
            "WITH became (folder_id, uid_validity, uid, disposition, reason, ticket_id, message_id) AS (VALUES {rows}) \
             UPDATE receipt SET disposition = became.disposition, reason = became.reason, \
             ticket_id = became.ticket_id, message_id = became.message_id, settled_at = $1, parser = $2 FROM became \
             WHERE receipt.folder_id = became.folder_id AND receipt.uid_validity = became.uid_validity \
             AND receipt.uid = became.uid AND receipt.disposition = 'stored'"
        );
        let done = tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, bound)).await?;
        if done.rows_affected() != some.len() as u64 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// How many bytes a stored message has.
pub async fn source_size(store: &Store, id: i64) -> Result<Option<u64>, StoreError> {
    let row = source::Entity::find_by_id(id).one(store.read()).await?;
    Ok(row.and_then(|row| u64::try_from(row.bytes).ok()))
}

/// Forgets the bytes of a settled message that is nothing to us.
pub async fn forget_source(tx: &Tx, waiting: &Waiting) -> Result<(), StoreError> {
    let Some(source) = waiting.source else { return Ok(()) };
    receipt::Entity::update_many()
        .col_expr(receipt::Column::SourceId, Expr::value(None::<i64>))
        .filter(one(waiting))
        .exec(tx)
        .await?;
    source::Entity::delete_by_id(source.0).exec(tx).await?;
    Ok(())
}

/// The bytes of small sources in one statement: what most mail is.
pub async fn small_sources(store: &Store, ids: &[SourceId]) -> Result<HashMap<SourceId, Vec<u8>>, StoreError> {
    let chunks = source_chunk::Entity::find()
        .filter(source_chunk::Column::SourceId.is_in(ids.iter().map(|id| id.0)))
        .order_by_asc(source_chunk::Column::SourceId)
        .order_by_asc(source_chunk::Column::Place)
        .all(store.read())
        .await?;
    let mut found: HashMap<SourceId, Vec<u8>> = HashMap::with_capacity(ids.len());
    for mut chunk in chunks {
        found.entry(SourceId(chunk.source_id)).or_default().append(&mut chunk.bytes);
    }
    Ok(found)
}

/// The stored bytes, `None` while they are not complete. Read chunk by chunk: no second copy.
pub async fn source_bytes(store: &Store, id: SourceId) -> Result<Option<Vec<u8>>, StoreError> {
    let Some(row) = source::Entity::find_by_id(id.0).one(store.read()).await? else { return Ok(None) };
    if !row.complete {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(row.bytes).unwrap_or(0));
    let mut after = i64::MIN;
    loop {
        let chunk = source_chunk::Entity::find()
            .filter(source_chunk::Column::SourceId.eq(id.0))
            .filter(source_chunk::Column::Place.gt(after))
            .order_by_asc(source_chunk::Column::Place)
            .limit(1)
            .one(store.read())
            .await?;
        let Some(chunk) = chunk else { return Ok(Some(bytes)) };
        after = chunk.place;
        bytes.extend_from_slice(&chunk.bytes);
    }
}

/// Whether the bytes of a stored message are there.
pub async fn is_whole(store: &Store, id: Option<i64>) -> Result<bool, StoreError> {
    let Some(id) = id else { return Ok(false) };
    let Some(row) = source::Entity::find_by_id(id).filter(source::Column::Complete.eq(true)).one(store.read()).await?
    else {
        return Ok(false);
    };
    let chunk = source_chunk::Entity::find().filter(source_chunk::Column::SourceId.eq(id)).one(store.read()).await?;
    Ok(row.bytes == 0 || chunk.is_some())
}

/// Whether a message lay there before the mailbox was connected, or comes from a folder that is
/// not watched and was asked for by a person.
pub async fn is_imported(tx: &Tx, waiting: &Waiting) -> Result<bool, StoreError> {
    let Some(folder) = folder::Entity::find_by_id(waiting.folder).one(tx).await? else { return Ok(true) };
    let mailbox = mailbox::Entity::find_by_id(waiting.mailbox.0).one(tx).await?;
    // "From now on" begins at the connection: nothing of it is older.
    let from_now = mailbox.is_some_and(|row| row.import_mode == "now");
    let lay_there =
        folder.uid_validity == Some(waiting.uid_validity) && folder.import_upto.is_some_and(|upto| waiting.uid <= upto);
    Ok(!folder.watched || (lay_there && !from_now))
}
