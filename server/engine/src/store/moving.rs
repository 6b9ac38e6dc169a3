//! A message moves from one ticket to another, with all by which its answers find it.

use super::entity::{forwarded, known_id, message, receipt};
use super::{StoreError, Tx, known, search};
use domain::id::{MessageId, TicketId};
use domain::ticket::MessageKind;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};

/// What came from outside; our own words stay where they were written.
const FROM_OUTSIDE: [MessageKind; 4] =
    [MessageKind::Incoming, MessageKind::Outside, MessageKind::Automatic, MessageKind::Bounce];

/// Whether a message may move: it came from outside, and is no automatic reply of ours.
pub fn movable(row: &message::Model) -> bool {
    let kind = MessageKind::from_key(&row.kind);
    let ours = kind == Some(MessageKind::Automatic) && row.source_id.is_none();
    !ours && kind.is_some_and(|kind| FROM_OUTSIDE.contains(&kind))
}

/// Moves it: the message, the Message-IDs by which it is known, its ledger rows, its place in the
/// search. `false`: somebody else moved it meanwhile, and nothing is changed.
pub async fn to(tx: &Tx, id: MessageId, from: TicketId, to: TicketId) -> Result<bool, StoreError> {
    let moved = message::Entity::update_many()
        .col_expr(message::Column::TicketId, Expr::value(to.0))
        .filter(message::Column::Id.eq(id.0))
        .filter(message::Column::TicketId.eq(from.0))
        .exec(tx)
        .await?;
    if moved.rows_affected == 0 {
        return Ok(false);
    }
    let known = known_id::Entity::find()
        .filter(known_id::Column::MessageId.eq(id.0))
        .filter(known_id::Column::TicketId.eq(from.0))
        .all(tx)
        .await?;
    for row in known {
        // The other ticket may have named it before it was there.
        known_id::Entity::delete_many()
            .filter(known_id::Column::MessageKey.eq(row.message_key.as_str()))
            .filter(known_id::Column::TicketId.eq(to.0))
            .filter(known_id::Column::MessageId.is_null())
            .exec(tx)
            .await?;
        // Or has a message of the same Message-ID and other content.
        let taken = known_id::Entity::find_by_id((row.message_key.clone(), to.0)).one(tx).await?.is_some();
        let key = match &row.digest {
            Some(digest) if taken => known::second_key(&row.message_key, digest),
            _ => row.message_key.clone(),
        };
        known_id::Entity::update_many()
            .col_expr(known_id::Column::TicketId, Expr::value(to.0))
            .col_expr(known_id::Column::MessageKey, Expr::value(key))
            .filter(known_id::Column::MessageKey.eq(row.message_key.as_str()))
            .filter(known_id::Column::TicketId.eq(from.0))
            .exec(tx)
            .await?;
    }
    forwarded::Entity::update_many()
        .col_expr(forwarded::Column::TicketId, Expr::value(to.0))
        .filter(forwarded::Column::MessageId.eq(id.0))
        .exec(tx)
        .await?;
    receipt::Entity::update_many()
        .col_expr(receipt::Column::TicketId, Expr::value(to.0))
        .filter(receipt::Column::TicketId.eq(from.0))
        .filter(receipt::Column::MessageId.eq(id.0))
        .exec(tx)
        .await?;
    search::moved(tx, id).await?;
    Ok(true)
}

/// Whether anything of a conversation is left in a ticket: mail from outside, or a reply of ours.
pub async fn is_left(tx: &Tx, ticket: TicketId) -> Result<bool, StoreError> {
    let left = message::Entity::find()
        .filter(message::Column::TicketId.eq(ticket.0))
        .filter(
            message::Column::Kind
                .is_in([MessageKind::Incoming, MessageKind::Outside, MessageKind::Reply].map(MessageKind::key)),
        )
        .count(tx)
        .await?;
    Ok(left > 0)
}
