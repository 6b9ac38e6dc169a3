//! What the outbox has to do, and when.

use crate::store::entity::{delivery, delivery_attempt, delivery_recipient, direction};
use crate::store::{Store, StoreError};
use domain::backoff::OUTBOX;
use domain::id::{DeliveryId, MailboxId};
use domain::outbox::{DeliveryState, needs_look};
use domain::time::Span;
use domain::{Direction, Time};
use sea_orm::{ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};
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

/// Rows that want something by and by.
fn open() -> Condition {
    Condition::any()
        .add(delivery::Column::State.is_in([
            DeliveryState::Waiting.key(),
            DeliveryState::Sending.key(),
            DeliveryState::HandingOver.key(),
        ]))
        .add(
            Condition::all()
                .add(delivery::Column::State.eq(DeliveryState::Uncertain.key()))
                .add(delivery::Column::DueAt.lt(i64::MAX)),
        )
        .add(delivery::Column::SentCopyDueAt.is_not_null())
}

/// Mailboxes that have something to do now: a reply to send or to look for, a copy to file, an
/// attempt that somebody left behind, a failing outgoing direction whose next attempt is due.
pub async fn due_mailboxes(store: &Store, now: Time) -> Result<Vec<MailboxId>, StoreError> {
    let jumped = (now + OUTBOX.longest).0;
    let due = Condition::any()
        .add(delivery::Column::DueAt.lte(now.0))
        .add(Condition::all().add(delivery::Column::DueAt.gt(jumped)).add(delivery::Column::DueAt.lt(i64::MAX)))
        .add(delivery::Column::SentCopyDueAt.lte(now.0))
        .add(delivery::Column::State.is_in([DeliveryState::Sending.key(), DeliveryState::HandingOver.key()]));
    let found: Vec<i64> = delivery::Entity::find()
        .select_only()
        .column(delivery::Column::MailboxId)
        .distinct()
        .filter(open())
        .filter(due)
        .into_tuple()
        .all(store.read())
        .await?;
    let failing: Vec<i64> = direction::Entity::find()
        .select_only()
        .column(direction::Column::MailboxId)
        .filter(direction::Column::Direction.eq(Direction::Outgoing.key()))
        .filter(direction::Column::Used.eq(true))
        .filter(direction::Column::FailingSince.is_not_null())
        .filter(direction::Column::NextAttemptAt.lte(now.0))
        .into_tuple()
        .all(store.read())
        .await?;
    let all: BTreeSet<i64> = found.into_iter().chain(failing).collect();
    Ok(all.into_iter().map(MailboxId).collect())
}

/// When the next of them will be due.
pub async fn next_due_at(store: &Store, now: Time) -> Result<Option<Time>, StoreError> {
    let first: Option<Option<i64>> = delivery::Entity::find()
        .select_only()
        .column_as(delivery::Column::DueAt.min(), "first")
        .filter(open())
        .filter(delivery::Column::State.is_in([DeliveryState::Waiting.key(), DeliveryState::Uncertain.key()]))
        .filter(delivery::Column::DueAt.gt(now.0))
        .into_tuple()
        .one(store.read())
        .await?;
    Ok(first.flatten().map(Time))
}

/// What this mailbox does next.
pub async fn next(store: &Store, mailbox: MailboxId, now: Time) -> Result<Due, StoreError> {
    let rows: Vec<delivery::Model> = delivery::Entity::find()
        .filter(delivery::Column::MailboxId.eq(mailbox.0))
        .filter(open())
        .order_by_asc(delivery::Column::Id)
        .limit(2_000)
        .all(store.read())
        .await?;
    let state = |row: &delivery::Model, state: DeliveryState| row.state == state.key();
    let waiting: Vec<Waiting> =
        rows.iter().filter(|row| state(row, DeliveryState::Waiting)).map(|row| Waiting::of(row, now)).collect();
    let checking = rows.iter().filter(|row| state(row, DeliveryState::Uncertain));
    let mut later: Vec<i64> = waiting.iter().map(|w| w.due_at).filter(|&at| at > now.0).collect();
    for row in checking {
        if row.due_at <= now.0 {
            return Ok(Due::Check(DeliveryId(row.id)));
        }
        later.push(row.due_at);
    }
    if let Some(turn) = choose(&waiting, now) {
        return Ok(Due::Send { id: DeliveryId(turn.id), pressed: turn.due_at == 0 });
    }
    for row in &rows {
        match row.sent_copy_due_at {
            Some(at) if at <= now.0 => return Ok(Due::Copy(DeliveryId(row.id))),
            Some(at) => later.push(at),
            None => {}
        }
    }
    Ok(Due::Nothing(later.into_iter().min().map(Time)))
}

/// Whose turn it is: replies of one ticket leave in the order in which they were written, so one
/// that was put off keeps the later ones of its ticket back, and no others.
fn choose(waiting: &[Waiting], now: Time) -> Option<Waiting> {
    let mut kept_back = HashSet::new();
    for row in waiting {
        if kept_back.contains(&row.ticket) {
            continue;
        }
        if !row.look && OUTBOX.is_due(Time(row.due_at), now) {
            return Some(*row);
        }
        kept_back.insert(row.ticket);
    }
    None
}

/// The deliveries of a mailbox that may leave now, in the order of their turns.
pub async fn line_up(store: &Store, mailbox: MailboxId, now: Time) -> Result<Vec<i64>, StoreError> {
    let rows = delivery::Entity::find()
        .filter(delivery::Column::MailboxId.eq(mailbox.0))
        .filter(delivery::Column::State.eq(DeliveryState::Waiting.key()))
        .order_by_asc(delivery::Column::Id)
        .limit(2_000)
        .all(store.read())
        .await?;
    Ok(turns(rows.iter().map(|row| Waiting::of(row, now)).collect(), now))
}

/// Those that may leave, in order: whoever waits keeps the later ones of its ticket back.
fn turns(waiting: Vec<Waiting>, now: Time) -> Vec<i64> {
    let mut order = Vec::new();
    let mut kept_back = HashSet::new();
    for row in waiting {
        if !kept_back.contains(&row.ticket) && !row.look && OUTBOX.is_due(Time(row.due_at), now) {
            order.push(row.id);
        } else {
            kept_back.insert(row.ticket);
        }
    }
    order
}

/// When this mailbox handed messages over within the last minute, and to how many recipients
/// each, from the attempts: the provider's limit holds over a restart, too.
pub async fn recent_hand_overs(store: &Store, mailbox: MailboxId, now: Time) -> Result<Vec<Time>, StoreError> {
    let at: Vec<Option<i64>> = delivery_attempt::Entity::find()
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
        .filter(delivery_attempt::Column::HandingOverAt.gt((now - Span::minutes(1)).0))
        .order_by_asc(delivery_attempt::Column::HandingOverAt)
        .into_tuple()
        .all(store.read())
        .await?;
    Ok(at.into_iter().flatten().map(Time).collect())
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
            // One that wants to be looked at keeps the later ones of its ticket back.
            (vec![Waiting { look: true, ..row(1, 7, 0) }, row(2, 7, 0), row(3, 8, 0)], Some(3)),
        ] {
            assert_eq!(choose(&waiting, now).map(|w| w.id), turn, "{waiting:?}");
            assert_eq!(turns(waiting.clone(), now).first().copied(), turn, "{waiting:?}");
        }
    }
}
