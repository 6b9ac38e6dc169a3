//! Message-IDs that tickets know: those of their messages, and those that their messages name.

use super::entity::known_id;
use super::{StoreError, Tx};
use crate::mime::Identity;
use domain::id::{MessageId, TicketId};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use std::cmp::Reverse;
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
    sort(&mut found);
    Ok(found)
}

/// Messages before mere mentions, the newest ticket first.
pub fn sort(known: &mut [Known]) {
    known.sort_by_key(|known| (known.message.is_none(), Reverse(known.ticket)));
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

/// What is to be remembered of a message that came: its identity, and the Message-IDs that it names, so that siblings
/// of an unseen root still meet; and whether its identity was named before ([`came`]). `known`: what was known of all
/// of them. An ID that already stands for a message is left to that message's ticket: a stranger who names it can't
/// draw others into his.
pub fn new_of(
    known: &[Known],
    identity: &Identity,
    names: &[String],
    (ticket, message): (TicketId, MessageId),
) -> (Vec<Known>, Option<Known>) {
    let (key, digest) = (identity.key.as_str(), &identity.digest);
    let itself =
        |key: String| Known { key, ticket, message: Some(message), digest: Some(digest.to_vec()), ours: false };
    let mut new = Vec::new();
    let mut named = None;
    match known.iter().find(|known| known.key == key && known.ticket == ticket) {
        Some(known) if known.message.is_none() => named = Some(itself(key.to_owned())),
        Some(_) => new.push(itself(second_key(key, digest))),
        None => new.push(itself(key.to_owned())),
    }
    for name in names {
        let there = known.iter().any(|known| known.key == *name && (known.message.is_some() || known.ticket == ticket));
        if !there && name != key && !new.iter().any(|known| known.key == *name) {
            new.push(Known { key: name.clone(), ticket, message: None, digest: None, ours: false });
        }
    }
    (new, named)
}

/// A message came that was only named before.
pub async fn came(tx: &Tx, known: &Known) -> Result<(), StoreError> {
    known_id::Entity::update_many()
        .col_expr(known_id::Column::MessageId, Expr::value(known.message.map(|m| m.0)))
        .col_expr(known_id::Column::Digest, Expr::value(known.digest.clone()))
        .filter(known_id::Column::MessageKey.eq(known.key.as_str()))
        .filter(known_id::Column::TicketId.eq(known.ticket.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Remembers a message of ours. Its digest is not known before the server has rendered it.
pub async fn remember_ours(tx: &Tx, key: &str, ticket: TicketId, message: MessageId) -> Result<(), StoreError> {
    insert(tx, &[Known { key: key.into(), ticket, message: Some(message), digest: None, ours: true }]).await
}

/// Remembers what nobody knew.
///
/// # Errors
/// [`StoreError::Taken`]: another node settles the same message, or another of its ticket, now.
pub async fn insert(tx: &Tx, new: &[Known]) -> Result<(), StoreError> {
    // SQLite binds at most 32766 values; a few rows a statement keep the lock short as well.
    for some in new.chunks(100) {
        let rows = some.iter().map(|known| known_id::ActiveModel {
            message_key: Set(known.key.clone()),
            ticket_id: Set(known.ticket.0),
            message_id: Set(known.message.map(|m| m.0)),
            digest: Set(known.digest.clone()),
            ours: Set(known.ours),
        });
        known_id::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}
