//! One attempt: written down before the network is touched, again right before the message is
//! handed over, and when it ended. Every write carries the epoch of the mailbox's lease.

use super::{RecipientState, queue};
use crate::smtp::RecipientAnswer;
use crate::store::entity::{delivery, delivery_attempt, delivery_recipient, mailbox};
use crate::store::{Store, StoreError, set};
use domain::id::{DeliveryId, MailboxId};
use domain::outbox::DeliveryState;
use domain::{Address, Time};
use sea_orm::sea_query::{Expr, ExprTrait as _, SimpleExpr};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, UpdateMany};

/// The node's claim on a mailbox, as it stood when the work began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    pub mailbox: MailboxId,
    pub node: Option<i64>,
    pub epoch: i64,
}

/// An attempt under way.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub id: i64,
    pub delivery: delivery::Model,
    pub lease: Lease,
    /// Those whom no server took yet.
    pub recipients: Vec<Address>,
    /// Some were taken by an earlier attempt.
    pub partial: bool,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it for everybody whom it had accepted; `later` for those put off.
    Sent { server: String, said: String, copy: bool, later: Time },
    /// Put off by the server; counts towards giving up.
    Later { due: Time, said: String },
    /// The session failed, not the message: it stays due.
    Fault { said: String },
    /// Refused for good.
    Refused { said: String },
    /// Handed over, and no answer came.
    Uncertain { said: String, check_at: Time },
}

impl Outcome {
    fn key(&self) -> &'static str {
        match self {
            Outcome::Sent { .. } => "sent",
            Outcome::Later { .. } => "later",
            Outcome::Fault { .. } => "fault",
            Outcome::Refused { .. } => "refused",
            Outcome::Uncertain { .. } => "uncertain",
        }
    }
}

/// The lease as it stands now; `None` for a mailbox that is not at work.
pub async fn lease(store: &Store, id: MailboxId) -> Result<Option<Lease>, StoreError> {
    let row = mailbox::Entity::find_by_id(id.0).one(store.read()).await?;
    let at_work = row.filter(|row| !row.draft && row.deleted_at.is_none());
    Ok(at_work.map(|row| Lease { mailbox: id, node: row.node_id, epoch: row.epoch }))
}

/// Only while the mailbox's epoch is still that of the lease.
fn fresh(lease: &Lease) -> SimpleExpr {
    let (id, epoch) = (lease.mailbox.0, lease.epoch);
    Expr::cust(format!("EXISTS (SELECT 1 FROM mailbox WHERE mailbox.id = {id} AND mailbox.epoch = {epoch})"))
}

fn rows(id: i64, lease: &Lease, from: &[DeliveryState], to: DeliveryState, now: Time) -> UpdateMany<delivery::Entity> {
    delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::value(to.key()))
        .col_expr(delivery::Column::StateAt, Expr::value(now.0))
        .filter(delivery::Column::Id.eq(id))
        .filter(delivery::Column::MailboxId.eq(lease.mailbox.0))
        .filter(delivery::Column::State.is_in(from.iter().map(|s| s.key())))
        .filter(fresh(lease))
}

/// Begins an attempt; `None` when the delivery does not wait any more, or has become useless by
/// waiting.
///
/// # Errors
/// The database's.
pub async fn claim(store: &Store, lease: &Lease, id: DeliveryId, now: Time) -> Result<Option<Attempt>, StoreError> {
    let tx = store.begin().await?;
    let late = rows(id.0, lease, &[DeliveryState::Waiting], DeliveryState::Cancelled, now)
        .filter(delivery::Column::DropAfter.lt(now.0))
        .exec(&tx)
        .await?;
    if late.rows_affected > 0 {
        tx.commit().await?;
        tracing::info!(mailbox = lease.mailbox.0, delivery = id.0, "an automatic reply came too late to be sent");
        return Ok(None);
    }
    let claimed = rows(id.0, lease, &[DeliveryState::Waiting], DeliveryState::Sending, now)
        .col_expr(delivery::Column::Attempts, Expr::col(delivery::Column::Attempts).add(1))
        .col_expr(delivery::Column::NodeId, Expr::value(lease.node))
        .col_expr(delivery::Column::Epoch, Expr::value(lease.epoch))
        .exec(&tx)
        .await?;
    if claimed.rows_affected == 0 {
        return Ok(None);
    }
    let Some(delivery) = delivery::Entity::find_by_id(id.0).one(&tx).await? else { return Ok(None) };
    let row = delivery_attempt::ActiveModel {
        delivery_id: set(id.0),
        began_at: set(now.0),
        node_id: set(lease.node),
        epoch: set(lease.epoch),
        ..Default::default()
    };
    let attempt = row.insert(&tx).await?;
    let all = queue::recipients(&tx, id.0).await?;
    tx.commit().await?;
    let recipients = all
        .iter()
        .filter(|r| RecipientState::from_key(&r.state) == RecipientState::Waiting)
        .filter_map(|r| Address::parse(&r.address).ok())
        .collect();
    let partial = all.iter().any(|r| RecipientState::from_key(&r.state) == RecipientState::Accepted);
    Ok(Some(Attempt { id: attempt.id, delivery, lease: *lease, recipients, partial }))
}

/// Writes down that the message is being handed over to these recipients: from here on it is
/// never resent by a timer.
///
/// # Errors
/// [`StoreError::StaleEpoch`]: another node has the mailbox; nothing may be handed over.
pub async fn hand_over(
    store: &Store,
    attempt: &Attempt,
    answers: &[RecipientAnswer],
    now: Time,
) -> Result<(), StoreError> {
    let id = attempt.delivery.id;
    let tx = store.begin().await?;
    let moved = rows(id, &attempt.lease, &[DeliveryState::Sending], DeliveryState::HandingOver, now).exec(&tx).await?;
    if moved.rows_affected == 0 {
        return Err(StoreError::StaleEpoch);
    }
    note_answers(&tx, attempt, answers, RecipientState::Handed).await?;
    let row =
        delivery_attempt::ActiveModel { id: set(attempt.id), handing_over_at: set(Some(now.0)), ..Default::default() };
    row.update(&tx).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes what the server said of each recipient.
async fn note_answers(
    db: &impl ConnectionTrait,
    attempt: &Attempt,
    answers: &[RecipientAnswer],
    accepted: RecipientState,
) -> Result<(), StoreError> {
    for (address, answer) in attempt.recipients.iter().zip(answers) {
        let (state, said) = match answer {
            RecipientAnswer::Accepted => (accepted, None),
            RecipientAnswer::Later(said) => (RecipientState::Waiting, Some(said.clone())),
            RecipientAnswer::Refused(said) => (RecipientState::Refused, Some(said.clone())),
        };
        let row = delivery_recipient::ActiveModel {
            delivery_id: set(attempt.delivery.id),
            address: set(address.as_str().to_owned()),
            state: set(state.key().to_owned()),
            said: set(said),
            ..Default::default()
        };
        row.update(db).await?;
    }
    Ok(())
}

/// Ends an attempt. `answers`: what was said of the recipients, when the message was not handed
/// over. Gives the delivery's new state.
///
/// # Errors
/// [`StoreError::StaleEpoch`]: another node settles it.
pub async fn settle(
    store: &Store,
    attempt: &Attempt,
    answers: &[RecipientAnswer],
    outcome: &Outcome,
    now: Time,
) -> Result<DeliveryState, StoreError> {
    let id = attempt.delivery.id;
    let tx = store.begin().await?;
    if !answers.is_empty() {
        note_answers(&tx, attempt, answers, RecipientState::Waiting).await?;
    }
    let said = match outcome {
        Outcome::Sent { said, .. } => {
            move_recipients(&tx, id, RecipientState::Handed, RecipientState::Accepted, Some(said)).await?;
            said
        }
        Outcome::Refused { said } => {
            move_recipients(&tx, id, RecipientState::Handed, RecipientState::Refused, Some(said)).await?;
            move_recipients(&tx, id, RecipientState::Waiting, RecipientState::Refused, Some(said)).await?;
            said
        }
        Outcome::Later { said, .. } | Outcome::Fault { said } => {
            move_recipients(&tx, id, RecipientState::Handed, RecipientState::Waiting, None).await?;
            said
        }
        Outcome::Uncertain { said, .. } => said,
    };
    let states: Vec<RecipientState> =
        queue::recipients(&tx, id).await?.iter().map(|r| RecipientState::from_key(&r.state)).collect();
    let state = match outcome {
        Outcome::Uncertain { .. } => DeliveryState::Uncertain,
        _ => conclude(&states),
    };
    let mut row = rows(id, &attempt.lease, &[DeliveryState::Sending, DeliveryState::HandingOver], state, now)
        .col_expr(delivery::Column::Said, Expr::value(Some(said.clone())));
    match outcome {
        Outcome::Sent { server, copy, later, .. } => {
            row = row.col_expr(delivery::Column::Server, Expr::value(Some(server.clone())));
            row = row.col_expr(delivery::Column::DueAt, Expr::value(later.0));
            if *copy && !attempt.partial {
                row = row.col_expr(delivery::Column::SentCopyDueAt, Expr::value(Some(now.0)));
            }
        }
        Outcome::Later { due, .. } => row = row.col_expr(delivery::Column::DueAt, Expr::value(due.0)),
        Outcome::Uncertain { check_at, .. } => {
            row = row
                .col_expr(delivery::Column::DueAt, Expr::value(check_at.0))
                .col_expr(delivery::Column::Checks, Expr::value(0_i64));
        }
        // A person's *now* was answered; it does not hammer.
        Outcome::Fault { .. } => row = row.col_expr(delivery::Column::DueAt, Expr::value(now.0)),
        Outcome::Refused { .. } => {}
    }
    if row.exec(&tx).await?.rows_affected == 0 {
        return Err(StoreError::StaleEpoch);
    }
    end(&tx, attempt.id, outcome.key(), said, now).await?;
    tx.commit().await?;
    Ok(state)
}

async fn end(db: &impl ConnectionTrait, attempt: i64, outcome: &str, said: &str, now: Time) -> Result<(), StoreError> {
    let row = delivery_attempt::ActiveModel {
        id: set(attempt),
        ended_at: set(Some(now.0)),
        outcome: set(Some(outcome.to_owned())),
        said: set(Some(said.to_owned())),
        ..Default::default()
    };
    row.update(db).await?;
    Ok(())
}

/// Moves recipients from one state to another.
pub(super) async fn move_recipients(
    db: &impl ConnectionTrait,
    id: i64,
    from: RecipientState,
    to: RecipientState,
    said: Option<&str>,
) -> Result<(), StoreError> {
    let mut update = delivery_recipient::Entity::update_many()
        .col_expr(delivery_recipient::Column::State, Expr::value(to.key()))
        .filter(delivery_recipient::Column::DeliveryId.eq(id))
        .filter(delivery_recipient::Column::State.eq(from.key()));
    if let Some(said) = said {
        update = update.col_expr(delivery_recipient::Column::Said, Expr::value(Some(said.to_owned())));
    }
    update.exec(db).await?;
    Ok(())
}

/// What a delivery's recipients make of it: sent when a server took it for everybody who was
/// not refused.
pub(super) fn conclude(recipients: &[RecipientState]) -> DeliveryState {
    let any = |state| recipients.contains(&state);
    if any(RecipientState::Handed) {
        DeliveryState::Uncertain
    } else if any(RecipientState::Waiting) {
        DeliveryState::Waiting
    } else if any(RecipientState::Accepted) {
        DeliveryState::Sent
    } else {
        DeliveryState::Refused
    }
}

/// Attempts that somebody left behind: a node that died, a task that broke. What was not yet
/// being handed over waits again; the rest is uncertain. Call it before the mailbox's own work.
///
/// # Errors
/// The database's.
pub async fn recover(store: &Store, lease: &Lease, now: Time) -> Result<u64, StoreError> {
    let tx = store.begin().await?;
    let mut found = 0;
    for left in [DeliveryState::Sending, DeliveryState::HandingOver] {
        let becomes = left.after_interruption();
        let orphans = delivery::Entity::find()
            .filter(delivery::Column::MailboxId.eq(lease.mailbox.0))
            .filter(delivery::Column::State.eq(left.key()))
            .all(&tx)
            .await?;
        for orphan in orphans {
            let row = rows(orphan.id, lease, &[left], becomes, now)
                .col_expr(delivery::Column::DueAt, Expr::value(now.0))
                .col_expr(delivery::Column::Checks, Expr::value(0_i64));
            if row.exec(&tx).await?.rows_affected == 0 {
                return Err(StoreError::StaleEpoch);
            }
            found += 1;
            delivery_attempt::Entity::update_many()
                .col_expr(delivery_attempt::Column::EndedAt, Expr::value(Some(now.0)))
                .col_expr(delivery_attempt::Column::Outcome, Expr::value(Some("interrupted".to_owned())))
                .filter(delivery_attempt::Column::DeliveryId.eq(orphan.id))
                .filter(delivery_attempt::Column::EndedAt.is_null())
                .exec(&tx)
                .await?;
        }
    }
    tx.commit().await?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recipients_make_the_delivery() {
        use RecipientState::{Accepted, Handed, Refused, Waiting};
        for (recipients, state) in [
            (vec![Accepted], DeliveryState::Sent),
            (vec![Accepted, Refused], DeliveryState::Sent),
            (vec![Refused, Refused], DeliveryState::Refused),
            (vec![Accepted, Waiting], DeliveryState::Waiting),
            (vec![Handed, Accepted], DeliveryState::Uncertain),
            (vec![], DeliveryState::Refused),
        ] {
            assert_eq!(conclude(&recipients), state, "{recipients:?}");
        }
    }
}
