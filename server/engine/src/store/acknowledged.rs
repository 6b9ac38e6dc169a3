//! Which automatic replies of ours went where: by those who got them, and by those whose tickets
//! they were about.

use super::entity::{delivery, delivery_recipient, message, requester, ticket};
use super::{StoreError, Tx};
use domain::ticket::MessageKind;
use domain::{Address, Time};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};

/// Deliveries to one address that are looked at, the newest first.
const NEWEST: u64 = 200;

/// Our own automatic messages since a time: what came from outside has a source.
fn ours(since: Time) -> Select<message::Entity> {
    message::Entity::find()
        .filter(message::Column::Kind.eq(MessageKind::Automatic.key()))
        .filter(message::Column::SourceId.is_null())
        .filter(message::Column::CreatedAt.gte(since.0))
}

/// Whether one went to this address, under any of its plus addresses (RFC 5233), or about a ticket
/// that this sender began.
pub async fn lately(tx: &Tx, to: &Address, sender: Option<&str>, since: Time) -> Result<bool, StoreError> {
    let base = to.local().split('+').next().unwrap_or_default();
    let column = delivery_recipient::Column::Address;
    // A wildcard in an address only finds more, and more silence.
    let addresses = Condition::any()
        .add(column.eq(to.as_str()))
        .add(column.eq(format!("{base}@{}", to.domain())))
        .add(column.like(format!("{base}+%@{}", to.domain())));
    let deliveries: Vec<i64> = delivery_recipient::Entity::find()
        .select_only()
        .column(delivery_recipient::Column::DeliveryId)
        .filter(addresses)
        .order_by_desc(delivery_recipient::Column::DeliveryId)
        .limit(NEWEST)
        .into_tuple()
        .all(tx)
        .await?;
    let of_deliveries = delivery::Entity::find()
        .select_only()
        .column(delivery::Column::MessageId)
        .filter(delivery::Column::Id.is_in(deliveries))
        .into_query();
    if ours(since).filter(message::Column::Id.in_subquery(of_deliveries)).one(tx).await?.is_some() {
        return Ok(true);
    }
    let Some(sender) = sender else { return Ok(false) };
    let whose = requester::Entity::find()
        .select_only()
        .column(requester::Column::Id)
        .filter(requester::Column::Address.eq(sender))
        .into_query();
    let tickets = ticket::Entity::find()
        .select_only()
        .column(ticket::Column::Id)
        .filter(ticket::Column::RequesterId.in_subquery(whose))
        .filter(ticket::Column::UpdatedAt.gte(since.0))
        .into_query();
    Ok(ours(since).filter(message::Column::TicketId.in_subquery(tickets)).one(tx).await?.is_some())
}

/// How many went to addresses of a mail domain since a time.
pub async fn to_domain(tx: &Tx, domain: &str, since: Time) -> Result<u64, StoreError> {
    let rows: Vec<(i64, i64)> = delivery::Entity::find()
        .select_only()
        .column(delivery::Column::Id)
        .column(delivery::Column::MessageId)
        .filter(delivery::Column::CreatedAt.gte(since.0))
        .order_by_desc(delivery::Column::CreatedAt)
        .limit(2_000)
        .into_tuple()
        .all(tx)
        .await?;
    let mut count = 0;
    for some in rows.chunks(500) {
        let messages: Vec<i64> = ours(since)
            .select_only()
            .column(message::Column::Id)
            .filter(message::Column::Id.is_in(some.iter().map(|(_, message)| *message)))
            .into_tuple()
            .all(tx)
            .await?;
        let deliveries = some.iter().filter(|(_, message)| messages.contains(message)).map(|(id, _)| *id);
        let addresses: Vec<String> = delivery_recipient::Entity::find()
            .select_only()
            .column(delivery_recipient::Column::Address)
            .filter(delivery_recipient::Column::DeliveryId.is_in(deliveries))
            .into_tuple()
            .all(tx)
            .await?;
        let there = |address: &&String| address.rsplit_once('@').is_some_and(|(_, d)| d.eq_ignore_ascii_case(domain));
        count += addresses.iter().filter(there).count() as u64;
    }
    Ok(count)
}
