//! What a delivery report says about a delivery of ours.

use super::entity::{delivery, delivery_recipient};
use super::{StoreError, Tx};
use domain::Time;
use domain::id::{DeliveryId, MailboxId, MessageId, TicketId};
use domain::outbox::DeliveryState;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// The last delivery of a message.
pub async fn delivery_of(tx: &Tx, message: MessageId) -> Result<Option<DeliveryId>, StoreError> {
    let found = delivery::Entity::find()
        .filter(delivery::Column::MessageId.eq(message.0))
        .order_by_desc(delivery::Column::Id)
        .one(tx)
        .await?;
    Ok(found.map(|row| DeliveryId(row.id)))
}

/// The last reply that left a mailbox for this address since a time.
pub async fn last_to(
    tx: &Tx,
    mailbox: MailboxId,
    address: &str,
    since: Time,
) -> Result<Option<(TicketId, MessageId)>, StoreError> {
    let ids: Vec<i64> = delivery_recipient::Entity::find()
        .select_only()
        .column(delivery_recipient::Column::DeliveryId)
        .filter(delivery_recipient::Column::Address.eq(address))
        .order_by_desc(delivery_recipient::Column::DeliveryId)
        .limit(20)
        .into_tuple()
        .all(tx)
        .await?;
    let left = [DeliveryState::Sent.key(), DeliveryState::Uncertain.key()];
    let found = delivery::Entity::find()
        .filter(delivery::Column::Id.is_in(ids))
        .filter(delivery::Column::MailboxId.eq(mailbox.0))
        .filter(delivery::Column::CreatedAt.gte(since.0))
        .filter(delivery::Column::State.is_in(left))
        .order_by_desc(delivery::Column::Id)
        .one(tx)
        .await?;
    Ok(found.map(|row| (TicketId(row.ticket_id), MessageId(row.message_id))))
}

/// A recipient that a server gave up on: its addresses, and why in plain words.
pub struct Refused<'a> {
    pub addresses: [&'a str; 2],
    pub said: String,
}

/// Marks recipients refused. A delivery whose every recipient is refused becomes refused; one that
/// was uncertain has proved to have left.
pub async fn refuse(tx: &Tx, id: DeliveryId, refused: &[Refused<'_>], now: Time) -> Result<(), StoreError> {
    let recipients =
        delivery_recipient::Entity::find().filter(delivery_recipient::Column::DeliveryId.eq(id.0)).all(tx).await?;
    let mut down = recipients.iter().filter(|r| r.state == "refused").count();
    for one in refused {
        let named = recipients.iter().find(|r| one.addresses.iter().any(|a| r.address.eq_ignore_ascii_case(a)));
        // A forward on the way may name somebody we never wrote to.
        let meant = named.or(match recipients.as_slice() {
            [only] => Some(only),
            _ => None,
        });
        let Some(recipient) = meant else { continue };
        delivery_recipient::Entity::update_many()
            .col_expr(delivery_recipient::Column::State, Expr::value("refused"))
            .col_expr(delivery_recipient::Column::Said, Expr::value(one.said.clone()))
            .filter(delivery_recipient::Column::DeliveryId.eq(id.0))
            .filter(delivery_recipient::Column::Address.eq(recipient.address.clone()))
            .exec(tx)
            .await?;
        down += usize::from(recipient.state != "refused");
    }
    let settled = if down >= recipients.len() { DeliveryState::Refused } else { DeliveryState::Sent };
    let from = match settled {
        DeliveryState::Refused => vec![DeliveryState::Sent.key(), DeliveryState::Uncertain.key()],
        _ => vec![DeliveryState::Uncertain.key()],
    };
    let moved = delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::value(settled.key()))
        .col_expr(delivery::Column::StateAt, Expr::value(now.0))
        .filter(delivery::Column::Id.eq(id.0))
        .filter(delivery::Column::State.is_in(from))
        .exec(tx)
        .await?;
    if moved.rows_affected == 1 {
        // What was handed over had been taken: else no report would have come.
        delivery_recipient::Entity::update_many()
            .col_expr(delivery_recipient::Column::State, Expr::value("accepted"))
            .filter(delivery_recipient::Column::DeliveryId.eq(id.0))
            .filter(delivery_recipient::Column::State.eq("handed"))
            .exec(tx)
            .await?;
    }
    Ok(())
}
