//! What became of our deliveries, as a ticket shows it and as delivery reports say it.

use super::entity::{delivery, delivery_recipient};
use super::{Store, StoreError, Tx};
use domain::Time;
use domain::console::outbox::DeliveryLine;
use domain::id::{DeliveryId, MailboxId, MessageId, TicketId};
use domain::outbox::DeliveryState;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

/// The last delivery of a message.
pub async fn delivery_of(tx: &Tx, message: MessageId) -> Result<Option<DeliveryId>, StoreError> {
    let found = delivery::Entity::find()
        .filter(delivery::Column::MessageId.eq(message.0))
        .order_by_desc(delivery::Column::Id)
        .one(tx)
        .await?;
    Ok(found.map(|row| DeliveryId(row.id)))
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
    delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::value(settled.key()))
        .col_expr(delivery::Column::StateAt, Expr::value(now.0))
        .filter(delivery::Column::Id.eq(id.0))
        .filter(delivery::Column::State.is_in(from))
        .exec(tx)
        .await?;
    Ok(())
}

/// The lines of a ticket's deliveries, with message and mailbox, oldest first.
pub async fn lines(store: &Store, ticket: TicketId) -> Result<Vec<(MessageId, MailboxId, DeliveryLine)>, StoreError> {
    let rows = delivery::Entity::find()
        .filter(delivery::Column::TicketId.eq(ticket.0))
        .order_by_asc(delivery::Column::Id)
        .all(store.read())
        .await?;
    let recipients = delivery_recipient::Entity::find()
        .filter(delivery_recipient::Column::DeliveryId.is_in(rows.iter().map(|row| row.id)))
        .all(store.read())
        .await?;
    let line = |row: delivery::Model| {
        let of_this = || recipients.iter().filter(|r| r.delivery_id == row.id);
        let state = DeliveryState::from_key(&row.state).unwrap_or(DeliveryState::Uncertain);
        let line = DeliveryLine {
            id: DeliveryId(row.id),
            state,
            held: None,
            at: Time(row.state_at),
            next_at: (state == DeliveryState::Waiting && row.attempts > 0).then_some(Time(row.due_at)),
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            server: row.server,
            refused: of_this()
                .filter(|r| r.state == "refused")
                .map(|r| (r.address.clone(), r.said.clone().unwrap_or_default()))
                .collect(),
            recipients: u32::try_from(of_this().count()).unwrap_or(u32::MAX),
            said: row.said,
        };
        (MessageId(row.message_id), MailboxId(row.mailbox_id), line)
    };
    Ok(rows.into_iter().map(line).collect())
}
