//! What the outbox has to do, and when.

use crate::store::entity::{delivery, delivery_attempt, delivery_recipient, direction};
use crate::store::tickets::explain;
use crate::store::{Store, StoreError};
use domain::backoff::{OUTBOX, PASSWORD, SESSION};
use domain::id::{DeliveryId, MailboxId};
use domain::outbox::{DeliveryState, needs_look};
use domain::time::Span;
use domain::{Direction, Time};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use std::collections::{BTreeSet, HashSet};

/// A reply that waits, as far as its turn is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub id: i64,
    pub ticket: i64,
    /// 0: a person said *now*, whatever the direction's pause.
    pub due_at: i64,
    /// Written so long ago that a person looks at it first.
    pub look: bool,
}

impl Waiting {
    fn of(row: &delivery::Model, now: Time) -> Self {
        // One that a server put off for some is under way, for two days at most.
        let look = row.server.is_none() && needs_look(Time(row.created_at), row.looked_at.map(Time), now);
        Self { id: row.id, ticket: row.ticket_id, due_at: row.due_at, look }
    }
}

/// What a mailbox has to do at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// A reply may be sent; `pressed` when a person said *now*.
    Send { id: DeliveryId, pressed: bool },
    /// An uncertain reply may be looked for in Sent.
    Check(DeliveryId),
    /// A copy is to be filed in Sent.
    Copy(DeliveryId),
    /// Nothing until then.
    Nothing(Option<Time>),
}

/// Not settled. The condition of the index `delivery_unsettled`, word by word: SQLite uses a partial
/// index only where its condition stands in the statement, not in a binding.
fn is_open() -> Expr {
    Expr::cust("state IN ('waiting', 'sending', 'handing_over', 'uncertain')")
}

/// The condition of the index `delivery_copy`, as above.
fn has_copy_due() -> Expr {
    Expr::cust("sent_copy_due_at IS NOT NULL")
}

/// Mailboxes that have something to do now: a reply to send or to look for, a copy to file, an
/// attempt that somebody left behind, a failing outgoing direction whose next attempt is due.
pub async fn due_mailboxes(store: &Store, now: Time) -> Result<Vec<MailboxId>, StoreError> {
    let found: Vec<i64> = due(now).into_tuple().all(store.read()).await?;
    let copies: Vec<i64> = copies_due(now).into_tuple().all(store.read()).await?;
    let failing: Vec<i64> = direction::Entity::find()
        .select_only()
        .column(direction::Column::MailboxId)
        .filter(direction::Column::Direction.eq(Direction::Outgoing.key()))
        .filter(direction::Column::Used.eq(true))
        .filter(direction::Column::FailingSince.is_not_null())
        .filter(
            Condition::any()
                .add(direction::Column::NextAttemptAt.lte(now.0))
                .add(direction::Column::NextAttemptAt.gt((now + PASSWORD.longest).0))
                // Perhaps written by a clock that was ahead: whoever works there knows what was asked for.
                .add(
                    Condition::all()
                        .add(direction::Column::FailingDefinite.eq(false))
                        .add(direction::Column::RefusedAt.is_null())
                        .add(direction::Column::NextAttemptAt.gt((now + SESSION.longest).0)),
                ),
        )
        .into_tuple()
        .all(store.read())
        .await?;
    let all: BTreeSet<i64> = found.into_iter().chain(copies).chain(failing).collect();
    Ok(all.into_iter().map(MailboxId).collect())
}

fn due(now: Time) -> Select<delivery::Entity> {
    let jumped = (now + OUTBOX.longest).0;
    let due = Condition::any()
        .add(delivery::Column::DueAt.lte(now.0))
        .add(Condition::all().add(delivery::Column::DueAt.gt(jumped)).add(delivery::Column::DueAt.lt(i64::MAX)))
        .add(delivery::Column::State.is_in([DeliveryState::Sending.key(), DeliveryState::HandingOver.key()]));
    delivery::Entity::find().select_only().column(delivery::Column::MailboxId).distinct().filter(is_open()).filter(due)
}

fn copies_due(now: Time) -> Select<delivery::Entity> {
    let at = delivery::Column::SentCopyDueAt;
    delivery::Entity::find()
        .select_only()
        .column(delivery::Column::MailboxId)
        .distinct()
        .filter(has_copy_due())
        .filter(Condition::any().add(at.lte(now.0)).add(at.gt((now + OUTBOX.longest).0)))
}

/// When the next of them will be due.
pub async fn next_due_at(store: &Store, now: Time) -> Result<Option<Time>, StoreError> {
    let first: Option<Option<i64>> = delivery::Entity::find()
        .select_only()
        .column_as(delivery::Column::DueAt.min(), "first")
        .filter(is_open())
        .filter(delivery::Column::State.is_in([DeliveryState::Waiting.key(), DeliveryState::Uncertain.key()]))
        .filter(delivery::Column::DueAt.gt(now.0))
        .into_tuple()
        .one(store.read())
        .await?;
    Ok(first.flatten().map(Time))
}

/// Replies read at once.
const PAGE: u64 = 2_000;
/// The same where the first one mostly has its turn.
const FEW: u64 = 20;

/// A mailbox's replies that wait, in the order in which they were written, from the one after this on.
fn to_send(mailbox: MailboxId, after: i64, limit: u64) -> Select<delivery::Entity> {
    of_mailbox(mailbox)
        .filter(is_open())
        .filter(delivery::Column::State.eq(DeliveryState::Waiting.key()))
        .filter(delivery::Column::Id.gt(after))
        .order_by_asc(delivery::Column::Id)
        .limit(limit)
}

/// One of which a person said *now*.
fn pressed(mailbox: MailboxId) -> Select<delivery::Entity> {
    to_send(mailbox, 0, 1).filter(delivery::Column::DueAt.eq(0))
}

/// Its uncertain replies, the one that is looked for next first.
fn to_check(mailbox: MailboxId) -> Select<delivery::Entity> {
    of_mailbox(mailbox)
        .filter(is_open())
        .filter(delivery::Column::State.eq(DeliveryState::Uncertain.key()))
        .filter(delivery::Column::DueAt.lt(i64::MAX))
        .order_by_asc(delivery::Column::DueAt)
        .limit(1)
}

/// Its copies that are to be filed, the next first.
fn to_copy(mailbox: MailboxId) -> Select<delivery::Entity> {
    of_mailbox(mailbox).filter(has_copy_due()).order_by_asc(delivery::Column::SentCopyDueAt).limit(1)
}

fn of_mailbox(mailbox: MailboxId) -> Select<delivery::Entity> {
    delivery::Entity::find().filter(delivery::Column::MailboxId.eq(mailbox.0))
}

/// How SQLite goes about what is asked before every reply, for the test that reads query plans.
pub async fn plans(store: &Store, mailbox: MailboxId, now: Time) -> Result<Vec<Vec<String>>, StoreError> {
    let backend = store.backend();
    let questions = [
        to_send(mailbox, 0, FEW).build(backend),
        pressed(mailbox).build(backend),
        to_check(mailbox).build(backend),
        to_copy(mailbox).build(backend),
        due(now).build(backend),
        copies_due(now).build(backend),
        handed_over(mailbox, now).build(backend),
    ];
    let mut plans = Vec::new();
    for question in questions {
        plans.push(explain(store, question).await?);
    }
    Ok(plans)
}

/// What this mailbox does next.
pub async fn next(store: &Store, mailbox: MailboxId, now: Time) -> Result<Due, StoreError> {
    let check = to_check(mailbox).one(store.read()).await?;
    if let Some(row) = check.as_ref().filter(|row| OUTBOX.is_due(Time(row.due_at), now)) {
        return Ok(Due::Check(DeliveryId(row.id)));
    }
    // Before every reply: where thousands wait, few of them are looked at, unless somebody is in a hurry.
    let first = if pressed(mailbox).one(store.read()).await?.is_some() { PAGE } else { FEW };
    let waiting = waiting(store, mailbox, now, first, |read| choose(read, now).is_some()).await?;
    if let Some(turn) = choose(&waiting, now) {
        return Ok(Due::Send { id: DeliveryId(turn.id), pressed: turn.due_at == 0 });
    }
    let copy = to_copy(mailbox).one(store.read()).await?;
    let copy_at = copy.as_ref().and_then(|row| row.sent_copy_due_at);
    if let (Some(row), Some(at)) = (&copy, copy_at)
        && OUTBOX.is_due(Time(at), now)
    {
        return Ok(Due::Copy(DeliveryId(row.id)));
    }
    let later = waiting.iter().map(|w| w.due_at).filter(|&at| at > now.0);
    let later = later.chain(check.map(|row| row.due_at)).chain(copy_at);
    Ok(Due::Nothing(later.min().map(Time)))
}

/// Those that wait, page by page until there are enough: the first thousands may wait for a person, or for
/// their time, and hold nobody else back.
async fn waiting(
    store: &Store,
    mailbox: MailboxId,
    now: Time,
    first: u64,
    enough: impl Fn(&[Waiting]) -> bool,
) -> Result<Vec<Waiting>, StoreError> {
    let mut read: Vec<Waiting> = Vec::new();
    let mut limit = first;
    loop {
        let page = to_send(mailbox, read.last().map_or(0, |row| row.id), limit).all(store.read()).await?;
        read.extend(page.iter().map(|row| Waiting::of(row, now)));
        if (page.len() as u64) < limit || enough(&read) {
            return Ok(read);
        }
        limit = PAGE;
    }
}

/// Whose turn it is: replies of one ticket leave in the order in which they were written, so one
/// that was put off keeps the later ones of its ticket back, and no others. Where a person said
/// *now*, it is that ticket's turn.
fn choose(waiting: &[Waiting], now: Time) -> Option<Waiting> {
    let turns = turns(waiting, now);
    let pressed = turns.iter().find(|row| row.due_at == 0).map(|row| row.ticket);
    turns.iter().find(|row| pressed.is_none_or(|ticket| row.ticket == ticket)).copied()
}

/// The deliveries of a mailbox that may leave now, in the order of their turns: the first page of them at least.
pub async fn line_up(store: &Store, mailbox: MailboxId, now: Time) -> Result<Vec<i64>, StoreError> {
    let waiting = waiting(store, mailbox, now, PAGE, |read| !turns(read, now).is_empty()).await?;
    Ok(turns(&waiting, now).iter().map(|row| row.id).collect())
}

/// Those that may leave, in order: whoever waits keeps the later ones of its ticket back.
fn turns(waiting: &[Waiting], now: Time) -> Vec<Waiting> {
    let mut order = Vec::new();
    let mut kept_back = HashSet::new();
    for row in waiting {
        if !kept_back.contains(&row.ticket) && !row.look && OUTBOX.is_due(Time(row.due_at), now) {
            order.push(*row);
        } else {
            kept_back.insert(row.ticket);
        }
    }
    order
}

/// When this mailbox handed messages over within the last minute, and to how many recipients
/// each, from the attempts: the provider's limit holds over a restart, too.
pub async fn recent_hand_overs(store: &Store, mailbox: MailboxId, now: Time) -> Result<Vec<Time>, StoreError> {
    let at: Vec<Option<i64>> = handed_over(mailbox, now).into_tuple().all(store.read()).await?;
    Ok(at.into_iter().flatten().map(Time).collect())
}

fn handed_over(mailbox: MailboxId, now: Time) -> Select<delivery_attempt::Entity> {
    delivery_attempt::Entity::find()
        .select_only()
        .column(delivery_attempt::Column::HandingOverAt)
        .join(
            JoinType::InnerJoin,
            delivery_attempt::Entity::belongs_to(delivery::Entity)
                .from(delivery_attempt::Column::DeliveryId)
                .to(delivery::Column::Id)
                .into(),
        )
        .filter(delivery::Column::MailboxId.eq(mailbox.0))
        .filter(Expr::cust("handing_over_at IS NOT NULL"))
        .filter(delivery_attempt::Column::HandingOverAt.gt((now - Span::minutes(1)).0))
        .order_by_asc(delivery_attempt::Column::HandingOverAt)
}

/// The recipients of one delivery.
pub(super) async fn recipients(
    db: &impl sea_orm::ConnectionTrait,
    id: i64,
) -> Result<Vec<delivery_recipient::Model>, StoreError> {
    Ok(delivery_recipient::Entity::find()
        .filter(delivery_recipient::Column::DeliveryId.eq(id))
        .order_by_asc(delivery_recipient::Column::Address)
        .all(db)
        .await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_keeps_its_order_and_holds_nobody_else_up() {
        let now = Time(100_000_000);
        let row = |id, ticket, due: i64| Waiting { id, ticket, due_at: now.0 + due, look: false };
        for (waiting, turn) in [
            (vec![], None),
            (vec![row(1, 7, 0), row(2, 7, 0)], Some(1)),
            (vec![row(1, 7, 60_000), row(2, 7, 0)], None),
            (vec![row(1, 7, 60_000), row(2, 7, 0), row(3, 8, -5)], Some(3)),
            // A due time beyond the longest pause comes from a clock that jumped.
            (vec![row(1, 7, 86_400_000)], Some(1)),
            (vec![Waiting { id: 4, ticket: 9, due_at: 0, look: false }], Some(4)),
            // Somebody said *now*: it leaves before the others, behind those of its ticket.
            (vec![row(1, 7, 0), Waiting { id: 4, ticket: 9, due_at: 0, look: false }], Some(4)),
            (vec![row(1, 7, 0), row(3, 9, 0), Waiting { id: 4, ticket: 9, due_at: 0, look: false }], Some(3)),
            (vec![row(1, 7, 0), row(3, 9, 60_000), Waiting { id: 4, ticket: 9, due_at: 0, look: false }], Some(1)),
            // One that wants to be looked at keeps the later ones of its ticket back.
            (vec![Waiting { look: true, ..row(1, 7, 0) }, row(2, 7, 0), row(3, 8, 0)], Some(3)),
        ] {
            assert_eq!(choose(&waiting, now).map(|w| w.id), turn, "{waiting:?}");
        }
    }
}
