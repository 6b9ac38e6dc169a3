//! Reconciliations: what was compared, and what could not be explained.
//!
//! Invariant: only a comparison that went through as a whole changes what is known of gaps.

use super::entity::{folder, ledger_alert, receipt, reconciliation};
use super::{Store, StoreError, Tx};
use domain::Time;
use domain::console::ledger::Report;
use domain::id::{FolderId, MailboxId, PersonId};
use domain::ledger::{Entry, Gap};
use domain::mailbox::Unexplained;
use domain::receipt::Disposition;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
};
use std::collections::HashMap;

pub use super::entity::reconciliation::Model as Row;

/// Read at a time.
const PAGE: i64 = 10_000;

/// A gap as it is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Found {
    pub folder: FolderId,
    pub uid_validity: u32,
    pub uid: u32,
    pub gap: Gap,
}

/// Writes down that a comparison begins.
pub async fn begin(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    by: Option<PersonId>,
    now: Time,
) -> Result<i64, StoreError> {
    let row = reconciliation::ActiveModel {
        mailbox_id: Set(mailbox.0),
        began_at: Set(now.0),
        person_id: Set(by.map(|p| p.0)),
        ..Default::default()
    };
    Ok(reconciliation::Entity::insert(row).exec(db).await?.last_insert_id)
}

/// It broke off; nothing of what it saw counts.
pub async fn broke_off(db: &impl ConnectionTrait, id: i64, said: &str) -> Result<(), StoreError> {
    reconciliation::Entity::update_many()
        .col_expr(reconciliation::Column::Said, Expr::value(said))
        .filter(reconciliation::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}

/// It went through: what it found stands, and what it did not find any more is over. `compared`: the folders
/// that it looked at, with their numbering; what was found under an earlier one is found under this, or is over.
pub async fn finish(
    tx: &Tx,
    id: i64,
    mailbox: MailboxId,
    report: &Report,
    found: &[Found],
    compared: &[(FolderId, u32)],
    now: Time,
) -> Result<(), StoreError> {
    let open = ledger_alert::Entity::find()
        .filter(ledger_alert::Column::MailboxId.eq(mailbox.0))
        .filter(ledger_alert::Column::ClosedAt.is_null())
        .all(tx)
        .await?;
    let of = |row: &ledger_alert::Model| {
        Some(Found {
            folder: FolderId(row.folder_id),
            uid_validity: u32::try_from(row.uid_validity).ok()?,
            uid: u32::try_from(row.uid).ok()?,
            gap: Gap::from_key(&row.gap)?,
        })
    };
    for row in &open {
        let seen = of(row);
        let stands = seen.is_some_and(|seen| found.contains(&seen));
        // A folder that could not be compared this time explains nothing.
        let looked = seen.is_none_or(|seen| compared.iter().any(|(folder, _)| *folder == seen.folder));
        if !stands && looked {
            let closed =
                ledger_alert::ActiveModel { id: Set(row.id), closed_at: Set(Some(now.0)), ..Default::default() };
            ledger_alert::Entity::update(closed).exec(tx).await?;
        }
    }
    let rows: Vec<_> = found
        .iter()
        .map(|one| ledger_alert::ActiveModel {
            mailbox_id: Set(mailbox.0),
            reconciliation_id: Set(id),
            folder_id: Set(one.folder.0),
            uid_validity: Set(one.uid_validity.into()),
            uid: Set(one.uid.into()),
            gap: Set(one.gap.key().into()),
            found_at: Set(now.0),
            ..Default::default()
        })
        .collect();
    for part in rows.chunks(500) {
        let known = OnConflict::new().do_nothing().to_owned();
        ledger_alert::Entity::insert_many(part.to_vec()).on_conflict(known).exec_without_returning(tx).await?;
    }
    let done = reconciliation::ActiveModel {
        id: Set(id),
        ended_at: Set(Some(now.0)),
        report: Set(Some(serde_json::to_string(report).unwrap_or_default())),
        ..Default::default()
    };
    reconciliation::Entity::update(done).exec(tx).await?;
    Ok(())
}

/// The newest of a mailbox that went through, and the newest at all.
pub async fn last(store: &Store, mailbox: MailboxId) -> Result<(Option<Row>, Option<Row>), StoreError> {
    let newest = || {
        reconciliation::Entity::find()
            .filter(reconciliation::Column::MailboxId.eq(mailbox.0))
            .order_by_desc(reconciliation::Column::Id)
            .limit(1)
    };
    let done = newest().filter(reconciliation::Column::EndedAt.is_not_null()).one(store.read()).await?;
    Ok((done, newest().one(store.read()).await?))
}

/// Open gaps of all mailboxes, by mailbox: which comparison found them, when, and the UIDs.
pub async fn unexplained(store: &Store) -> Result<HashMap<i64, Vec<(i64, Time, Vec<Unexplained>)>>, StoreError> {
    let rows = ledger_alert::Entity::find()
        .filter(ledger_alert::Column::ClosedAt.is_null())
        .order_by_asc(ledger_alert::Column::Id)
        .limit(1_000)
        .all(store.read())
        .await?;
    let mut all: HashMap<i64, Vec<(i64, Time, Vec<Unexplained>)>> = HashMap::new();
    if rows.is_empty() {
        return Ok(all);
    }
    let ids: Vec<i64> = rows.iter().map(|row| row.folder_id).collect();
    let names: HashMap<i64, String> = folder::Entity::find()
        .filter(folder::Column::Id.is_in(ids))
        .all(store.read())
        .await?
        .into_iter()
        .map(|row| (row.id, row.name))
        .collect();
    for row in rows {
        let Some(gap) = Gap::from_key(&row.gap) else { continue };
        let one = (names.get(&row.folder_id).cloned().unwrap_or_default(), u32::try_from(row.uid).unwrap_or(0), gap);
        let of = all.entry(row.mailbox_id).or_default();
        match of.iter_mut().find(|(id, ..)| *id == row.reconciliation_id) {
            Some((_, _, what)) => what.push(one),
            None => of.push((row.reconciliation_id, Time(row.found_at), vec![one])),
        }
    }
    Ok(all)
}

/// Messages that can't be read, by mailbox: how many, and since when.
pub async fn unreadable(store: &Store) -> Result<HashMap<i64, (Time, u32)>, StoreError> {
    let rows: Vec<(i64, i64, Option<i64>)> = receipt::Entity::find()
        .select_only()
        .column(receipt::Column::MailboxId)
        .column_as(receipt::Column::Uid.count(), "messages")
        .column_as(receipt::Column::SettledAt.min(), "since")
        // Written out, so that SQLite sees that its partial index fits.
        .filter(Expr::cust("disposition = 'quarantined'"))
        .filter(receipt::Column::TicketId.is_null())
        .group_by(receipt::Column::MailboxId)
        .into_tuple()
        .all(store.read())
        .await?;
    let one = |(id, n, since): (i64, i64, Option<i64>)| {
        (id, (Time(since.unwrap_or(0)), u32::try_from(n).unwrap_or(u32::MAX)))
    };
    Ok(rows.into_iter().map(one).collect())
}

/// All receipts of one numbering of a folder, by UID, with what is left of what they name.
pub async fn entries(store: &Store, folder: FolderId, uid_validity: u32) -> Result<Vec<Entry>, StoreError> {
    let mut all = Vec::new();
    let mut after = -1_i64;
    loop {
        // A source is whole when it is complete and has a chunk, or needs none.
        let sql = format!(
            "SELECT r.uid, r.disposition, r.stored_at, r.deleted_at, r.source_id, r.ticket_id, r.message_id, \
             CASE WHEN s.complete AND (s.bytes = 0 OR EXISTS (SELECT 1 FROM source_chunk c WHERE c.source_id = s.id)) \
             THEN 1 ELSE 0 END AS source_there, \
             CASE WHEN t.id IS NOT NULL AND (r.message_id IS NULL OR m.id IS NOT NULL) THEN 1 ELSE 0 END AS ticket_there \
             FROM receipt r LEFT JOIN source s ON s.id = r.source_id LEFT JOIN message m ON m.id = r.message_id \
             LEFT JOIN ticket t ON t.id = COALESCE(m.ticket_id, r.ticket_id) \
             WHERE r.folder_id = {} AND r.uid_validity = {uid_validity} AND r.uid > {after} ORDER BY r.uid LIMIT {PAGE}",
            folder.0
        );
        let rows = store.read().query_all_raw(Statement::from_string(store.backend(), sql)).await?;
        let read = rows.len();
        for row in rows {
            let number = |name: &str| row.try_get::<Option<i64>>("", name);
            let there = |name: &str| Ok::<bool, sea_orm::DbErr>(row.try_get::<i32>("", name)? == 1);
            let uid: i64 = row.try_get("", "uid")?;
            let disposition: String = row.try_get("", "disposition")?;
            after = uid;
            let named = number("ticket_id")?.or(number("message_id")?);
            all.push(Entry {
                uid: u32::try_from(uid).unwrap_or(0),
                disposition: Disposition::from_key(&disposition).unwrap_or(Disposition::Stored),
                source: number("source_id")?.map(|_| there("source_there")).transpose()?,
                ticket: named.map(|_| there("ticket_there")).transpose()?,
                stored_at: Time(row.try_get("", "stored_at")?),
                deleted: number("deleted_at")?.is_some(),
            });
        }
        if (read as i64) < PAGE {
            return Ok(all);
        }
    }
}

/// How many messages of a mailbox can't be read.
pub async fn unreadable_of(store: &Store, mailbox: MailboxId) -> Result<u32, StoreError> {
    let n = receipt::Entity::find()
        .filter(receipt::Column::MailboxId.eq(mailbox.0))
        .filter(Expr::cust("disposition = 'quarantined'"))
        .filter(receipt::Column::TicketId.is_null())
        .count(store.read())
        .await?;
    Ok(u32::try_from(n).unwrap_or(u32::MAX))
}
