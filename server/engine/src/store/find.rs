//! Receipts by what their messages say.

use super::entity::{message, receipt, ticket};
use super::{Store, StoreError};
use domain::id::{MailboxId, MessageId, TicketId};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LikeExpr};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

/// Receipts without a message that are looked into.
const WITHOUT: u64 = 300;
/// Messages looked at for their receipts.
const HITS: u64 = 200;

/// Receipts of a mailbox whose message was written by, or is about, or has the Message-ID; with
/// author and subject.
pub async fn messages(
    store: &Store,
    mailbox: MailboxId,
    words: &str,
    limit: u64,
) -> Result<Vec<(receipt::Model, String, String)>, StoreError> {
    let escaped = words.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    let like = |column: message::Column| {
        let pattern = LikeExpr::new(format!("%{escaped}%")).escape('\\');
        Expr::expr(Func::lower(Expr::col((message::Entity, column)))).like(pattern)
    };
    let found: Vec<(i64, String, Option<String>, String)> = message::Entity::find()
        .select_only()
        .columns([message::Column::Id, message::Column::Author, message::Column::FromAddress, message::Column::Subject])
        .filter(
            Condition::any()
                .add(like(message::Column::Author))
                .add(like(message::Column::FromAddress))
                .add(like(message::Column::Subject))
                .add(message::Column::HeaderId.eq(words)),
        )
        .order_by_desc(message::Column::Id)
        .limit(HITS)
        .into_tuple()
        .all(store.read())
        .await?;
    let said: HashMap<i64, (String, String)> = found
        .into_iter()
        .map(|(id, author, address, subject)| {
            let from = match address {
                Some(address) if address != author => format!("{author} <{address}>"),
                _ => author,
            };
            (id, (from, subject))
        })
        .collect();
    let rows = receipt::Entity::find()
        .filter(receipt::Column::MailboxId.eq(mailbox.0))
        .filter(receipt::Column::MessageId.is_in(said.keys().copied()))
        .order_by_desc(receipt::Column::ArrivedAt)
        .limit(limit)
        .all(store.read())
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let (from, subject) = said.get(&row.message_id?)?.clone();
            Some((row, from, subject))
        })
        .collect())
}

/// The newest receipts of a mailbox whose source is here and became no message.
pub async fn without_message(store: &Store, mailbox: MailboxId) -> Result<Vec<receipt::Model>, StoreError> {
    Ok(receipt::Entity::find()
        .filter(receipt::Column::MailboxId.eq(mailbox.0))
        .filter(receipt::Column::MessageId.is_null())
        .filter(receipt::Column::SourceId.is_not_null())
        .order_by_desc(receipt::Column::ArrivedAt)
        .limit(WITHOUT)
        .all(store.read())
        .await?)
}

/// The receipt of a mailbox under this key: the one that became something first.
pub async fn by_key(store: &Store, mailbox: MailboxId, key: &str) -> Result<Option<receipt::Model>, StoreError> {
    let rows = receipt::Entity::find()
        .filter(receipt::Column::MailboxId.eq(mailbox.0))
        .filter(receipt::Column::MessageKey.eq(key))
        .all(store.read())
        .await?;
    Ok(rows.into_iter().max_by_key(|row| (row.ticket_id.is_some(), row.arrived_at)))
}

/// The receipt of a message of which only the beginning is here.
pub async fn too_large(store: &Store, id: MessageId) -> Result<Option<receipt::Model>, StoreError> {
    let rows = receipt::Entity::find().filter(receipt::Column::MessageId.eq(id.0)).all(store.read()).await?;
    Ok(rows.into_iter().find(|row| row.reason.as_deref() == Some("too_large")))
}

/// The ticket of a receipt, if it is there: that of its message, which may have been moved.
pub async fn ticket(store: &Store, row: &receipt::Model) -> Result<Option<TicketId>, StoreError> {
    let of_message = match row.message_id {
        Some(id) => message::Entity::find_by_id(id).one(store.read()).await?.map(|m| m.ticket_id),
        None => row.ticket_id,
    };
    let Some(id) = of_message else { return Ok(None) };
    Ok(ticket::Entity::find_by_id(id).one(store.read()).await?.map(|t| TicketId(t.id)))
}
