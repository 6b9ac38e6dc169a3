//! Tickets that customers' messages moved, written for several at once.

use super::entity::ticket;
use super::{StoreError, Tx, tickets, values};
use domain::Time;
use domain::id::{MessageId, TicketId};
use domain::ticket::TicketStatus;
use sea_orm::{ColumnTrait, ConnectionTrait as _, EntityTrait, QueryFilter, QuerySelect, Statement};
use std::collections::BTreeMap;

/// What a customer wrote to one ticket, the last message counting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    pub at: Time,
    pub message: MessageId,
    /// The own address that the customer wrote to; `None`: as before.
    pub reply_from: Option<String>,
    /// The latest time of them all: when the ticket moved.
    pub latest: Time,
    /// It is open from now on: the customer answered.
    pub opens: bool,
}

impl Touched {
    pub fn new(at: Time, message: MessageId, reply_from: Option<String>, opens: bool) -> Self {
        Self { at, message, reply_from, latest: at, opens }
    }

    /// One that came after this one.
    pub fn and(self, next: Self) -> Self {
        Self {
            reply_from: next.reply_from.or(self.reply_from),
            latest: self.latest.max(next.latest),
            opens: self.opens || next.opens,
            ..next
        }
    }
}

/// Tickets that one statement writes.
const AT_ONCE: usize = 50;

/// A customer wrote: see [`write`].
pub async fn one(tx: &Tx, ticket: TicketId, touched: Touched) -> Result<(), StoreError> {
    write(tx, &BTreeMap::from([(ticket, touched)])).await
}

/// The customers wrote: their tickets move up, and are unread.
pub async fn write(tx: &Tx, touched: &BTreeMap<TicketId, Touched>) -> Result<(), StoreError> {
    let all: Vec<_> = touched.iter().collect();
    for some in all.chunks(AT_ONCE) {
        let mut bound = Vec::new();
        let rows = some.iter().map(|(id, one)| {
            [id.0.into(), one.at.0.into(), one.message.0.into(), one.reply_from.clone().into(), one.latest.0.into()]
        });
        let rows = values::list(&mut bound, ["BIGINT", "BIGINT", "BIGINT", "TEXT", "BIGINT"], rows);
        let sql = format!(
            "WITH wrote (id, at, message_id, reply_from, latest) AS (VALUES {rows}) \
             UPDATE ticket SET customer_at = wrote.at, customer_message_id = wrote.message_id, \
             reply_from = COALESCE(wrote.reply_from, ticket.reply_from), \
             updated_at = CASE WHEN ticket.updated_at < wrote.latest THEN wrote.latest ELSE ticket.updated_at END \
             FROM wrote WHERE ticket.id = wrote.id"
        );
        tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, bound)).await?;
    }
    open(tx, touched.iter().filter(|(_, one)| one.opens).map(|(id, _)| id.0).collect()).await
}

/// They are open, which they mostly were.
async fn open(tx: &Tx, answered: Vec<i64>) -> Result<(), StoreError> {
    if answered.is_empty() {
        return Ok(());
    }
    let closed: Vec<i64> = ticket::Entity::find()
        .select_only()
        .column(ticket::Column::Id)
        .filter(ticket::Column::Id.is_in(answered))
        .filter(ticket::Column::Status.ne(TicketStatus::Open.key()))
        .into_tuple()
        .all(tx)
        .await?;
    for id in closed {
        tickets::set_status(tx, TicketId(id), TicketStatus::Open).await?;
    }
    Ok(())
}
