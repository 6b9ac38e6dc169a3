//! Tickets, their counters, and what each person has seen of them.

use super::entity::{delivery, mailbox, person, requester, ticket, ticket_count, ticket_seen};
use super::{Store, StoreError, Tx};
use domain::Time;
use domain::id::{MailboxId, MessageId, PersonId, TicketId};
use domain::ticket::TicketStatus;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    Select, Statement,
};
use std::collections::{HashMap, HashSet};

/// A ticket's row.
pub type Row = ticket::Model;

/// A ticket that begins now.
#[derive(Clone, Debug)]
pub struct New {
    pub subject: String,
    pub status: TicketStatus,
    pub mailbox: Option<MailboxId>,
    pub requester: i64,
    pub assignee: Option<PersonId>,
    /// When its first message came.
    pub at: Time,
    /// The own address that the customer wrote to.
    pub reply_from: Option<String>,
}

pub async fn insert(tx: &Tx, new: New, now: Time) -> Result<TicketId, StoreError> {
    let status = new.status;
    let id = add(tx, new, now).await?;
    count(tx, &[(status, 1)]).await?;
    Ok(id)
}

/// The same for those who [`count`] it themselves.
pub async fn add(tx: &Tx, new: New, now: Time) -> Result<TicketId, StoreError> {
    let row = ticket::ActiveModel {
        subject: Set(new.subject),
        status: Set(new.status.key().into()),
        mailbox_id: Set(new.mailbox.map(|m| m.0)),
        requester_id: Set(new.requester),
        assignee_id: Set(new.assignee.map(|p| p.0)),
        created_at: Set(now.0),
        updated_at: Set(new.at.0),
        reply_from: Set(new.reply_from),
        ..Default::default()
    };
    Ok(TicketId(ticket::Entity::insert(row).exec(tx).await?.last_insert_id))
}

pub async fn get(db: &impl ConnectionTrait, id: TicketId) -> Result<Option<Row>, StoreError> {
    Ok(ticket::Entity::find_by_id(id.0).one(db).await?)
}

/// Who began each of these.
pub async fn began_by(tx: &Tx, ids: &[TicketId]) -> Result<HashMap<TicketId, i64>, StoreError> {
    let found: Vec<(i64, i64)> = ticket::Entity::find()
        .select_only()
        .columns([ticket::Column::Id, ticket::Column::RequesterId])
        .filter(ticket::Column::Id.is_in(ids.iter().map(|id| id.0)))
        .into_tuple()
        .all(tx)
        .await?;
    Ok(found.into_iter().map(|(id, requester)| (TicketId(id), requester)).collect())
}

/// Moves a ticket up in the lists, never down.
pub async fn touch(tx: &Tx, id: TicketId, at: Time) -> Result<(), StoreError> {
    ticket::Entity::update_many()
        .col_expr(ticket::Column::UpdatedAt, Expr::value(at.0))
        .filter(ticket::Column::Id.eq(id.0))
        .filter(ticket::Column::UpdatedAt.lt(at.0))
        .exec(tx)
        .await?;
    Ok(())
}

/// Changes where a ticket stands, with its counters; `false`: it stands there already, or is gone.
pub async fn set_status(tx: &Tx, id: TicketId, to: TicketStatus) -> Result<bool, StoreError> {
    // Another transaction may move it between the question and the update.
    for _ in 0..5 {
        let Some(row) = get(tx, id).await? else { return Ok(false) };
        if row.status == to.key() {
            return Ok(false);
        }
        let done = ticket::Entity::update_many()
            .col_expr(ticket::Column::Status, Expr::value(to.key()))
            .filter(ticket::Column::Id.eq(id.0))
            .filter(ticket::Column::Status.eq(row.status.clone()))
            .exec(tx)
            .await?;
        if done.rows_affected == 1 {
            let from = TicketStatus::from_key(&row.status);
            let mut changes = vec![(to, 1)];
            changes.extend(from.map(|from| (from, -1)));
            count(tx, &changes).await?;
            return Ok(true);
        }
    }
    Ok(false)
}

pub async fn assign(tx: &Tx, id: TicketId, to: Option<PersonId>) -> Result<bool, StoreError> {
    let done = ticket::Entity::update_many()
        .col_expr(ticket::Column::AssigneeId, Expr::value(to.map(|p| p.0)))
        .filter(ticket::Column::Id.eq(id.0))
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Counts tickets. Always in the same order, so that two transactions don't wait for each other.
pub async fn count(tx: &Tx, changes: &[(TicketStatus, i64)]) -> Result<(), StoreError> {
    for status in TicketStatus::ALL {
        for (_, by) in changes.iter().filter(|(s, _)| *s == status) {
            let sql = format!(
                "INSERT INTO ticket_count (status, tickets) VALUES ('{}', {by}) \
                 ON CONFLICT (status) DO UPDATE SET tickets = ticket_count.tickets + excluded.tickets",
                status.key()
            );
            tx.execute_unprepared(&sql).await?;
        }
    }
    Ok(())
}

/// How many tickets stand where.
pub async fn counts(store: &Store) -> Result<HashMap<TicketStatus, u64>, StoreError> {
    let rows = ticket_count::Entity::find().all(store.read()).await?;
    let known = rows
        .into_iter()
        .filter_map(|row| Some((TicketStatus::from_key(&row.status)?, u64::try_from(row.tickets).unwrap_or(0))));
    Ok(known.collect())
}

/// Where a page of the list begins: behind the row with this time and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub updated_at: i64,
    pub id: i64,
}

impl Cursor {
    pub const FRONT: Cursor = Cursor { updated_at: i64::MAX, id: i64::MAX };
}

fn page_query(among: super::search::Among, after: Cursor, limit: u64) -> Select<ticket::Entity> {
    // A range over the index, from the front as well: no page counts or skips rows.
    let mut query = ticket::Entity::find()
        .filter(Expr::cust(format!("(updated_at, id) < ({}, {})", after.updated_at, after.id)))
        .order_by_desc(ticket::Column::UpdatedAt)
        .order_by_desc(ticket::Column::Id)
        .limit(limit);
    if let Some(status) = among.status {
        query = query.filter(ticket::Column::Status.eq(status.key()));
    }
    if let Some(mailbox) = among.mailbox {
        query = query.filter(ticket::Column::MailboxId.eq(mailbox));
    }
    if let Some(assignee) = among.assignee {
        query = query.filter(ticket::Column::AssigneeId.eq(assignee));
    }
    query
}

/// A page of the list, the last moved first.
pub async fn page(
    store: &Store,
    among: super::search::Among,
    after: Cursor,
    limit: u64,
) -> Result<Vec<Row>, StoreError> {
    Ok(page_query(among, after, limit).all(store.read()).await?)
}

/// How SQLite goes about a page of the list, for the test that reads query plans.
pub async fn page_plan(store: &Store, among: super::search::Among) -> Result<Vec<String>, StoreError> {
    explain(store, page_query(among, Cursor::FRONT, 50).build(store.backend())).await
}

/// How SQLite goes about a statement.
pub async fn explain(store: &Store, mut statement: Statement) -> Result<Vec<String>, StoreError> {
    statement.sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
    let rows = store.read().query_all_raw(statement).await?;
    Ok(rows.iter().filter_map(|row| row.try_get("", "detail").ok()).collect())
}

/// These tickets, in no order.
pub async fn some(store: &Store, ids: &[i64]) -> Result<Vec<Row>, StoreError> {
    Ok(ticket::Entity::find().filter(ticket::Column::Id.is_in(ids.iter().copied())).all(store.read()).await?)
}

/// The requester's other tickets, the last moved first.
pub async fn earlier(store: &Store, of: &Row, limit: u64) -> Result<Vec<Row>, StoreError> {
    Ok(ticket::Entity::find()
        .filter(ticket::Column::RequesterId.eq(of.requester_id))
        .filter(ticket::Column::Id.ne(of.id))
        .order_by_desc(ticket::Column::UpdatedAt)
        .limit(limit)
        .all(store.read())
        .await?)
}

/// The requesters of these tickets, by id.
pub async fn requesters(store: &Store, rows: &[Row]) -> Result<HashMap<i64, requester::Model>, StoreError> {
    let ids: Vec<i64> = rows.iter().map(|row| row.requester_id).collect();
    let found = requester::Entity::find().filter(requester::Column::Id.is_in(ids)).all(store.read()).await?;
    Ok(found.into_iter().map(|row| (row.id, row)).collect())
}

/// All people who may get a ticket, and those who had one, by id: name and whether disabled.
pub async fn people(store: &Store) -> Result<Vec<(PersonId, String, bool)>, StoreError> {
    let rows = person::Entity::find().order_by_asc(person::Column::Name).all(store.read()).await?;
    Ok(rows.into_iter().map(|row| (PersonId(row.id), row.name, row.disabled_at.is_some())).collect())
}

/// The mailboxes of these tickets, by id, deleted ones too: tickets outlive them.
pub async fn mailboxes(store: &Store, rows: &[Row]) -> Result<HashMap<i64, mailbox::Model>, StoreError> {
    let ids: HashSet<i64> = rows.iter().filter_map(|row| row.mailbox_id).collect();
    let rows = mailbox::Entity::find().filter(mailbox::Column::Id.is_in(ids)).all(store.read()).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Up to which message a person has seen these tickets.
pub async fn seen(store: &Store, person: PersonId, ids: &[i64]) -> Result<HashMap<i64, i64>, StoreError> {
    let rows = ticket_seen::Entity::find()
        .filter(ticket_seen::Column::PersonId.eq(person.0))
        .filter(ticket_seen::Column::TicketId.is_in(ids.iter().copied()))
        .all(store.read())
        .await?;
    Ok(rows.into_iter().map(|row| (row.ticket_id, row.message_id)).collect())
}

/// A person has the ticket open, up to this message.
pub async fn mark_seen(
    db: &impl ConnectionTrait,
    id: TicketId,
    person: PersonId,
    message: MessageId,
) -> Result<(), StoreError> {
    let row = ticket_seen::ActiveModel { ticket_id: Set(id.0), person_id: Set(person.0), message_id: Set(message.0) };
    let update = OnConflict::columns([ticket_seen::Column::TicketId, ticket_seen::Column::PersonId])
        .update_column(ticket_seen::Column::MessageId)
        .to_owned();
    ticket_seen::Entity::insert(row).on_conflict(update).exec_without_returning(db).await?;
    Ok(())
}

/// Replies of these tickets that have not simply left: ticket, mailbox, state, when they were written.
pub async fn open_replies(store: &Store, ids: &[i64]) -> Result<Vec<(TicketId, MailboxId, String, Time)>, StoreError> {
    let rows = delivery::Entity::find()
        .filter(delivery::Column::TicketId.is_in(ids.iter().copied()))
        .order_by_asc(delivery::Column::Id)
        .all(store.read())
        .await?;
    // Told apart here: asked for by state as well, SQLite reads all that were ever refused, for each page.
    let open = ["waiting", "sending", "handing_over", "uncertain", "refused"];
    Ok(rows
        .into_iter()
        .filter(|row| open.contains(&row.state.as_str()))
        .map(|row| (TicketId(row.ticket_id), MailboxId(row.mailbox_id), row.state, Time(row.created_at)))
        .collect())
}
