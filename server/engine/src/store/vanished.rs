//! UIDs that a server gave out and that were gone before anybody here saw them.

use super::entity::{folder, receipt, vanished};
use super::{Store, StoreError};
use domain::Time;
use domain::console::ledger::Vanished;
use domain::id::{FolderId, MailboxId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

/// Ranges kept of one look: a server that skips every second number is told of in one.
const MOST: usize = 100;

/// Notes ranges, and that every number below `next` is accounted for. Nothing where somebody else
/// noted it.
pub async fn note(
    tx: &impl ConnectionTrait,
    of: &folder::Model,
    uid_validity: u32,
    next: u32,
    ranges: &[(u32, u32)],
    now: Time,
) -> Result<bool, StoreError> {
    let before = match of.seen_next {
        Some(seen) => folder::Column::SeenNext.eq(seen),
        None => folder::Column::SeenNext.is_null(),
    };
    let done = folder::Entity::update_many()
        .col_expr(folder::Column::SeenNext, Expr::value(i64::from(next)))
        .filter(folder::Column::Id.eq(of.id))
        .filter(folder::Column::UidValidity.eq(i64::from(uid_validity)))
        .filter(before)
        .exec(tx)
        .await?;
    if done.rows_affected == 0 || ranges.is_empty() {
        return Ok(false);
    }
    let rows = ranges.iter().take(MOST).map(|(first, last)| vanished::ActiveModel {
        mailbox_id: Set(of.mailbox_id),
        folder_id: Set(of.id),
        uid_validity: Set(uid_validity.into()),
        first_uid: Set((*first).into()),
        last_uid: Set((*last).into()),
        noticed_at: Set(now.0),
        ..Default::default()
    });
    vanished::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(true)
}

/// The newest of a mailbox since a time, less what came late after all.
pub async fn since(store: &Store, mailbox: MailboxId, since: Time) -> Result<Vec<Vanished>, StoreError> {
    let rows = vanished::Entity::find()
        .filter(vanished::Column::MailboxId.eq(mailbox.0))
        .filter(vanished::Column::NoticedAt.gte(since.0))
        .order_by_desc(vanished::Column::Id)
        .limit(MOST as u64)
        .all(store.read())
        .await?;
    let mut found = Vec::new();
    for row in rows {
        let Some(of) = super::folders::get(store, FolderId(row.folder_id)).await? else { continue };
        let late = receipt::Entity::find()
            .filter(receipt::Column::FolderId.eq(row.folder_id))
            .filter(receipt::Column::UidValidity.eq(row.uid_validity))
            .filter(receipt::Column::Uid.between(row.first_uid, row.last_uid))
            .count(store.read())
            .await?;
        let messages = (row.last_uid - row.first_uid + 1).saturating_sub_unsigned(late);
        if messages > 0 {
            found.push(Vanished {
                folder: of.name,
                first: u32::try_from(row.first_uid).unwrap_or(0),
                last: u32::try_from(row.last_uid).unwrap_or(0),
                messages: u32::try_from(messages).unwrap_or(u32::MAX),
                noticed_at: Time(row.noticed_at),
            });
        }
    }
    Ok(found)
}
