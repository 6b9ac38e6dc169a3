//! The ledger as people read it: receipts with what became of them.

use super::entity::{message, receipt};
use super::{Store, StoreError};
use domain::Time;
use domain::id::MailboxId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

/// Receipts in a window, the newest first, each with its message's author and subject.
pub async fn in_window(
    store: &Store,
    mailbox: MailboxId,
    from: Option<Time>,
    until: Option<Time>,
    limit: u64,
) -> Result<Vec<(receipt::Model, Option<(String, String)>)>, StoreError> {
    let mut question = receipt::Entity::find().filter(receipt::Column::MailboxId.eq(mailbox.0));
    if let Some(from) = from {
        question = question.filter(receipt::Column::ArrivedAt.gte(from.0));
    }
    if let Some(until) = until {
        question = question.filter(receipt::Column::ArrivedAt.lte(until.0));
    }
    let rows = question
        .order_by_desc(receipt::Column::ArrivedAt)
        .order_by_desc(receipt::Column::Uid)
        .limit(limit)
        .all(store.read())
        .await?;
    let ids: Vec<i64> = rows.iter().filter_map(|row| row.message_id).collect();
    let messages: Vec<(i64, String, String)> = message::Entity::find()
        .select_only()
        .columns([message::Column::Id, message::Column::Author, message::Column::Subject])
        .filter(message::Column::Id.is_in(ids))
        .into_tuple()
        .all(store.read())
        .await?;
    let said: HashMap<i64, (String, String)> = messages.into_iter().map(|(id, who, what)| (id, (who, what))).collect();
    Ok(rows
        .into_iter()
        .map(|row| (row.message_id.and_then(|id| said.get(&id).cloned()), row))
        .map(|(s, r)| (r, s))
        .collect())
}
