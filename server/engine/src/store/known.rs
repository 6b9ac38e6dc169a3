//! Message-IDs that tickets know: those of their messages, and those that their messages name.

use super::entity::known_id;
use super::{StoreError, Tx};
use domain::id::{MessageId, TicketId};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};
use std::collections::HashSet;
use std::fmt::Write as _;

/// A ticket that knows a Message-ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub key: String,
    pub ticket: TicketId,
    /// `None`: only named by a message of the ticket.
    pub message: Option<MessageId>,
    pub digest: Option<Vec<u8>>,
    /// We wrote it.
    pub ours: bool,
}

/// Who knows any of these, messages before mere mentions, the newest ticket first.
pub async fn find(tx: &Tx, keys: &[String]) -> Result<Vec<Known>, StoreError> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows = known_id::Entity::find()
        .filter(known_id::Column::MessageKey.is_in(keys.iter().map(String::as_str)))
        .order_by_desc(known_id::Column::TicketId)
        .all(tx)
        .await?;
    let mut found: Vec<Known> = rows
        .into_iter()
        .map(|row| Known {
            key: row.message_key,
            ticket: TicketId(row.ticket_id),
            message: row.message_id.map(MessageId),
            digest: row.digest,
            ours: row.ours,
        })
        .collect();
    found.sort_by_key(|known| known.message.is_none());
    Ok(found)
}

/// Forgets what stands for messages that are not there any more.
pub async fn forget_missing(tx: &Tx, keys: &[String]) -> Result<(), StoreError> {
    use super::entity::message;
    let there = message::Entity::find().select_only().column(message::Column::Id).into_query();
    known_id::Entity::delete_many()
        .filter(known_id::Column::MessageKey.is_in(keys.iter().map(String::as_str)))
        .filter(known_id::Column::MessageId.is_not_null())
        .filter(known_id::Column::MessageId.not_in_subquery(there))
        .exec(tx)
        .await?;
    Ok(())
}

/// Which of these keys are those of our own messages.
pub async fn ours(store: &super::Store, keys: &[String]) -> Result<HashSet<String>, StoreError> {
    let rows = known_id::Entity::find()
        .filter(known_id::Column::MessageKey.is_in(keys.iter().map(String::as_str)))
        .filter(known_id::Column::Ours.eq(true))
        .all(store.read())
        .await?;
    Ok(rows.into_iter().map(|row| row.message_key).collect())
}

/// The key under which a second message with the same Message-ID is kept in the same ticket.
pub fn second_key(key: &str, digest: &[u8]) -> String {
    digest.iter().take(8).fold(format!("{key}#"), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

/// Remembers a message that came. `StoreError::Taken`: another node settles the same message now.
pub async fn remember(
    tx: &Tx,
    key: &str,
    digest: &[u8],
    ticket: TicketId,
    message: MessageId,
) -> Result<(), StoreError> {
    let named = find(tx, &[key.to_owned()]).await?;
    let here = named.iter().find(|known| known.ticket == ticket);
    match here {
        Some(known) if known.message.is_none() => {
            known_id::Entity::update_many()
                .col_expr(known_id::Column::MessageId, Expr::value(message.0))
                .col_expr(known_id::Column::Digest, Expr::value(digest.to_vec()))
                .filter(known_id::Column::MessageKey.eq(key))
                .filter(known_id::Column::TicketId.eq(ticket.0))
                .exec(tx)
                .await?;
            Ok(())
        }
        Some(_) => insert(tx, &second_key(key, digest), Some(digest), ticket, Some(message), false).await,
        None => insert(tx, key, Some(digest), ticket, Some(message), false).await,
    }
}

/// Remembers a message of ours. Its digest is not known before the server has rendered it.
pub async fn remember_ours(tx: &Tx, key: &str, ticket: TicketId, message: MessageId) -> Result<(), StoreError> {
    insert(tx, key, None, ticket, Some(message), true).await
}

/// Remembers Message-IDs that a message names, so that siblings of an unseen root still meet. An
/// ID that already stands for a message is left to that message's ticket: a stranger who names it
/// can't draw others into his.
pub async fn remember_named(tx: &Tx, keys: &[String], ticket: TicketId) -> Result<(), StoreError> {
    let settled: HashSet<String> =
        find(tx, keys).await?.into_iter().filter(|k| k.message.is_some()).map(|k| k.key).collect();
    let rows: Vec<_> = keys
        .iter()
        .filter(|key| !settled.contains(*key))
        .map(|key| known_id::ActiveModel {
            message_key: Set(key.clone()),
            ticket_id: Set(ticket.0),
            message_id: Set(None),
            digest: Set(None),
            ours: Set(false),
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let kept = OnConflict::columns([known_id::Column::MessageKey, known_id::Column::TicketId]).do_nothing().to_owned();
    known_id::Entity::insert_many(rows).on_conflict(kept).exec_without_returning(tx).await?;
    Ok(())
}

async fn insert(
    tx: &Tx,
    key: &str,
    digest: Option<&[u8]>,
    ticket: TicketId,
    message: Option<MessageId>,
    ours: bool,
) -> Result<(), StoreError> {
    let row = known_id::ActiveModel {
        message_key: Set(key.into()),
        ticket_id: Set(ticket.0),
        message_id: Set(message.map(|m| m.0)),
        digest: Set(digest.map(<[u8]>::to_vec)),
        ours: Set(ours),
    };
    known_id::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}
