//! What a person decides about a waiting reply after a look: that it goes, or goes another way.

use super::RecipientState;
use super::queue;
use crate::store::entity::{delivery, message};
use crate::store::{Store, StoreError};
use domain::id::{DeliveryId, MailboxId, MessageId, TicketId};
use domain::outbox::DeliveryState;
use domain::ticket::MessageKind;
use domain::{Address, Time};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Somebody looked at it. `false` when it waits no more.
///
/// # Errors
/// The database's.
pub async fn release(store: &Store, id: DeliveryId, now: Time) -> Result<bool, StoreError> {
    let changed = delivery::Entity::update_many()
        .col_expr(delivery::Column::LookedAt, Expr::value(Some(now.0)))
        .filter(delivery::Column::Id.eq(id.0))
        .filter(delivery::Column::State.eq(DeliveryState::Waiting.key()))
        .exec(store.write())
        .await?;
    Ok(changed.rows_affected > 0)
}

/// Gives a waiting reply to another mailbox, whose address it is from then; it was looked at with
/// that. `false` when it waits no more, or when a server took it for somebody already: nobody gets
/// two different ones.
///
/// # Errors
/// The database's.
pub async fn send_through(
    store: &Store,
    id: DeliveryId,
    mailbox: MailboxId,
    from: &Address,
    now: Time,
) -> Result<bool, StoreError> {
    let tx = store.begin().await?;
    let taken = queue::recipients(&tx, id.0)
        .await?
        .iter()
        .any(|r| RecipientState::from_key(&r.state) == RecipientState::Accepted);
    let moved = delivery::Entity::update_many()
        .col_expr(delivery::Column::MailboxId, Expr::value(mailbox.0))
        .col_expr(delivery::Column::LookedAt, Expr::value(Some(now.0)))
        .col_expr(delivery::Column::DueAt, Expr::value(now.0))
        .filter(delivery::Column::Id.eq(id.0))
        .filter(delivery::Column::State.eq(DeliveryState::Waiting.key()))
        .exec(&tx)
        .await?;
    if taken || moved.rows_affected == 0 {
        return Ok(false);
    }
    let Some(row) = delivery::Entity::find_by_id(id.0).one(&tx).await? else { return Ok(false) };
    message::Entity::update_many()
        .col_expr(message::Column::FromAddress, Expr::value(Some(from.as_str().to_owned())))
        .filter(message::Column::Id.eq(row.message_id))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(true)
}

/// What came to a ticket after this message, newest first: mail, and answers from elsewhere.
///
/// # Errors
/// The database's.
pub async fn newer(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    after: MessageId,
    most: u64,
) -> Result<Vec<message::Model>, StoreError> {
    let kinds = [MessageKind::Incoming.key(), MessageKind::Outside.key()];
    Ok(message::Entity::find()
        .filter(message::Column::TicketId.eq(ticket.0))
        .filter(message::Column::Id.gt(after.0))
        .filter(message::Column::Kind.is_in(kinds))
        .order_by_desc(message::Column::Id)
        .limit(most)
        .all(db)
        .await?)
}
