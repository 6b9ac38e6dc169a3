//! Deliveries to be shown, and the parts that a message is composed of.

use super::settle::beside;
use super::{RecipientState, queue};
use crate::store::entity::{attachment, delivery, delivery_attempt, delivery_recipient, mailbox, message, ticket};
use crate::store::tickets::explain;
use crate::store::{Store, StoreError, messages};
use domain::Time;
use domain::id::DeliveryId;
use domain::outbox::DeliveryState;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select};
use std::collections::{HashMap, HashSet};

/// A delivery with its recipients.
#[derive(Clone, Debug)]
pub struct Shown {
    pub row: delivery::Model,
    pub recipients: Vec<delivery_recipient::Model>,
}

impl Shown {
    pub fn state(&self) -> DeliveryState {
        DeliveryState::from_key(&self.row.state).unwrap_or(DeliveryState::Uncertain)
    }

    /// A server took it for some recipients in an earlier attempt.
    pub fn partly_taken(&self) -> bool {
        self.recipients.iter().any(|r| RecipientState::from_key(&r.state) == RecipientState::Accepted)
    }

    /// Addresses refused for good, with the server's words.
    pub fn refused(&self) -> Vec<(String, String)> {
        self.recipients
            .iter()
            .filter(|r| RecipientState::from_key(&r.state) == RecipientState::Refused)
            .map(|r| (r.address.clone(), r.said.clone().unwrap_or_default()))
            .collect()
    }
}

/// Everything that a delivery's message is composed of; files without their bytes.
#[derive(Clone, Debug)]
pub struct Parts {
    pub delivery: delivery::Model,
    pub message: message::Model,
    pub ticket: ticket::Model,
    pub mailbox: mailbox::Model,
    pub files: Vec<attachment::Model>,
    /// The ticket's earlier messages with a Message-ID, oldest first: kind and id.
    pub earlier: Vec<(String, String)>,
}

/// One delivery.
pub async fn shown(store: &Store, id: DeliveryId) -> Result<Option<Shown>, StoreError> {
    let Some(row) = delivery::Entity::find_by_id(id.0).one(store.read()).await? else { return Ok(None) };
    let recipients = queue::recipients(store.read(), id.0).await?;
    Ok(Some(Shown { row, recipients }))
}

/// The deliveries of these messages.
pub async fn of_messages(store: &Store, messages: &[i64]) -> Result<Vec<Shown>, StoreError> {
    let rows = delivery::Entity::find()
        .filter(delivery::Column::MessageId.is_in(messages.iter().copied()))
        .order_by_asc(delivery::Column::Id)
        .all(store.read())
        .await?;
    with_recipients(store, rows).await
}

/// A delivery with its message, ticket and mailbox, as far as they are still there.
pub type Beside = (Shown, Option<message::Model>, Option<ticket::Model>, Option<mailbox::Model>);

/// One of them.
pub async fn with_beside(store: &Store, id: DeliveryId) -> Result<Option<Beside>, StoreError> {
    match shown(store, id).await? {
        Some(shown) => Ok(Some(put_beside(store, shown).await?)),
        None => Ok(None),
    }
}

async fn put_beside(store: &Store, shown: Shown) -> Result<Beside, StoreError> {
    let message = message::Entity::find_by_id(shown.row.message_id).one(store.read()).await?;
    let (ticket, mailbox) = beside(store.read(), &shown.row).await?;
    Ok((shown, message, ticket, mailbox))
}

fn open() -> Select<delivery::Entity> {
    // Named one by one: by what it is not, no index finds it, and those that left are nearly all.
    let open = DeliveryState::ALL.into_iter().filter(|s| !matches!(s, DeliveryState::Sent | DeliveryState::Cancelled));
    delivery::Entity::find()
        .filter(delivery::Column::State.is_in(open.map(DeliveryState::key)))
        .order_by_desc(delivery::Column::Id)
        .limit(1_000)
}

fn left(most: u64) -> Select<delivery::Entity> {
    delivery::Entity::find()
        .filter(delivery::Column::State.eq(DeliveryState::Sent.key()))
        .order_by_desc(delivery::Column::StateAt)
        .limit(most)
}

/// How SQLite goes about the outbox, for the test that reads query plans.
pub async fn recent_plans(store: &Store) -> Result<Vec<Vec<String>>, StoreError> {
    let mut plans = Vec::new();
    for question in [open(), left(100)] {
        plans.push(explain(store, question.build(store.backend())).await?);
    }
    Ok(plans)
}

/// Those that are not settled, and the last that left; messages without their formatted bodies.
pub async fn recent(store: &Store, settled: u64) -> Result<Vec<Beside>, StoreError> {
    let mut rows = open().all(store.read()).await?;
    let left = left(settled).all(store.read()).await?;
    // One that left between the two questions is among both answers: it is as the later one says.
    rows.retain(|row| left.iter().all(|sent| sent.id != row.id));
    rows.extend(left);
    let ids = |of: fn(&delivery::Model) -> i64| rows.iter().map(of).collect::<HashSet<i64>>();
    let wanted: Vec<i64> = ids(|row| row.message_id).into_iter().collect();
    let (tickets, mailboxes) = (ids(|row| row.ticket_id), ids(|row| row.mailbox_id));
    let messages = messages::some(store, &wanted).await?;
    let tickets = ticket::Entity::find().filter(ticket::Column::Id.is_in(tickets)).all(store.read()).await?;
    let mailboxes = mailbox::Entity::find().filter(mailbox::Column::Id.is_in(mailboxes)).all(store.read()).await?;
    let tickets: HashMap<i64, ticket::Model> = tickets.into_iter().map(|row| (row.id, row)).collect();
    let mailboxes: HashMap<i64, mailbox::Model> = mailboxes.into_iter().map(|row| (row.id, row)).collect();
    let shown = with_recipients(store, rows).await?.into_iter().map(|shown| {
        let (ticket, mailbox) = (tickets.get(&shown.row.ticket_id), mailboxes.get(&shown.row.mailbox_id));
        let message = messages.get(&shown.row.message_id).cloned();
        (shown, message, ticket.cloned(), mailbox.cloned())
    });
    Ok(shown.collect())
}

async fn with_recipients(store: &Store, rows: Vec<delivery::Model>) -> Result<Vec<Shown>, StoreError> {
    let mut by_delivery: HashMap<i64, Vec<delivery_recipient::Model>> = HashMap::new();
    let all = delivery_recipient::Entity::find()
        .filter(delivery_recipient::Column::DeliveryId.is_in(rows.iter().map(|r| r.id)))
        .all(store.read())
        .await?;
    for recipient in all {
        by_delivery.entry(recipient.delivery_id).or_default().push(recipient);
    }
    Ok(rows.into_iter().map(|row| Shown { recipients: by_delivery.remove(&row.id).unwrap_or_default(), row }).collect())
}

/// What the message of a delivery is composed of.
pub async fn parts(store: &Store, id: DeliveryId) -> Result<Option<Parts>, StoreError> {
    let db = store.read();
    let Some(delivery) = delivery::Entity::find_by_id(id.0).one(db).await? else { return Ok(None) };
    let Some(message) = message::Entity::find_by_id(delivery.message_id).one(db).await? else { return Ok(None) };
    let (Some(ticket), Some(mailbox)) = beside(db, &delivery).await? else { return Ok(None) };
    let files = attachment::Entity::find()
        .filter(attachment::Column::MessageId.eq(message.id))
        .order_by_asc(attachment::Column::Id)
        .all(db)
        .await?;
    let earlier: Vec<(String, Option<String>)> = message::Entity::find()
        .select_only()
        .column(message::Column::Kind)
        .column(message::Column::HeaderId)
        .filter(message::Column::TicketId.eq(ticket.id))
        .filter(message::Column::Id.lt(message.id))
        .filter(message::Column::HeaderId.is_not_null())
        .order_by_asc(message::Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let earlier = earlier.into_iter().filter_map(|(kind, id)| Some((kind, id?))).collect();
    Ok(Some(Parts { delivery, message, ticket, mailbox, files, earlier }))
}

/// When a server first put this delivery off, and how often it did.
pub async fn put_off(store: &Store, id: i64) -> Result<(Option<Time>, u32), StoreError> {
    let ended: Vec<Option<i64>> = delivery_attempt::Entity::find()
        .select_only()
        .column(delivery_attempt::Column::EndedAt)
        .filter(delivery_attempt::Column::DeliveryId.eq(id))
        .filter(delivery_attempt::Column::Outcome.is_in(["later", "sent"]))
        .order_by_asc(delivery_attempt::Column::Id)
        .into_tuple()
        .all(store.read())
        .await?;
    let ended: Vec<Time> = ended.into_iter().flatten().map(Time).collect();
    Ok((ended.first().copied(), u32::try_from(ended.len()).unwrap_or(u32::MAX)))
}
