//! How a delivery is settled by something else than its own attempt: the Sent folder, a person.

use super::RecipientState;
use super::attempt::{Lease, conclude, move_recipients};
use super::queue;
use crate::store::entity::{delivery, draft, mailbox, message, ticket, upload};
use crate::store::{Store, StoreError, set};
use domain::Time;
use domain::id::{DeliveryId, PersonId};
use domain::outbox::DeliveryState;
use sea_orm::sea_query::{Expr, ExprTrait as _, LockType, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

/// An uncertain reply did arrive: found in Sent, by whoever has this lease, or a person says so.
/// `false` when it is not uncertain any more.
///
/// # Errors
/// [`StoreError::StaleEpoch`]: another node looks now.
pub async fn found(
    store: &Store,
    lease: Option<&Lease>,
    id: DeliveryId,
    said: &str,
    now: Time,
) -> Result<bool, StoreError> {
    let tx = store.begin().await?;
    hold(&tx, lease).await?;
    if !leave(&tx, id, DeliveryState::Uncertain, DeliveryState::Sent, now, now).await? {
        return Ok(false);
    }
    move_recipients(&tx, id.0, RecipientState::Handed, RecipientState::Accepted, Some(said)).await?;
    conclude_row(&tx, id, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// A person says that an uncertain reply did not arrive: it is due again.
///
/// # Errors
/// The database's.
pub async fn send_again(store: &Store, id: DeliveryId, now: Time) -> Result<bool, StoreError> {
    let tx = store.begin().await?;
    if !leave(&tx, id, DeliveryState::Uncertain, DeliveryState::Waiting, Time(0), now).await? {
        return Ok(false);
    }
    move_recipients(&tx, id.0, RecipientState::Handed, RecipientState::Waiting, None).await?;
    tx.commit().await?;
    Ok(true)
}

/// Looks into Sent again then, or never (`None`): a person decides. A look that could not be made does
/// not count.
///
/// # Errors
/// The database's.
pub async fn check_again(
    store: &Store,
    lease: &Lease,
    id: DeliveryId,
    looked: bool,
    at: Option<Time>,
) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    hold(&tx, Some(lease)).await?;
    delivery::Entity::update_many()
        .col_expr(delivery::Column::Checks, Expr::col(delivery::Column::Checks).add(i64::from(looked)))
        .col_expr(delivery::Column::DueAt, Expr::value(at.map_or(i64::MAX, |at| at.0)))
        .filter(delivery::Column::Id.eq(id.0))
        .filter(delivery::Column::State.eq(DeliveryState::Uncertain.key()))
        .exec(&tx)
        .await?;
    Ok(tx.commit().await?)
}

/// When the copy in Sent is to be filed; `None`: it is there, or never will be.
///
/// # Errors
/// The database's.
pub async fn copy_due(store: &Store, lease: &Lease, id: DeliveryId, at: Option<Time>) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    hold(&tx, Some(lease)).await?;
    delivery::Entity::update_many()
        .col_expr(delivery::Column::SentCopyDueAt, Expr::value(at.map(|at| at.0)))
        .filter(delivery::Column::Id.eq(id.0))
        .exec(&tx)
        .await?;
    Ok(tx.commit().await?)
}

/// Keeps the mailbox from moving to another node until the transaction ends.
async fn hold(tx: &impl ConnectionTrait, lease: Option<&Lease>) -> Result<(), StoreError> {
    let Some(lease) = lease else { return Ok(()) };
    let held = mailbox::Entity::find_by_id(lease.mailbox.0)
        .filter(mailbox::Column::Epoch.eq(lease.epoch))
        .lock(LockType::Share)
        .one(tx)
        .await?;
    held.map(|_| ()).ok_or(StoreError::StaleEpoch)
}

/// A person wants a waiting reply tried now, whatever the pause.
///
/// # Errors
/// The database's.
pub async fn retry(store: &Store, id: DeliveryId) -> Result<bool, StoreError> {
    let changed = delivery::Entity::update_many()
        .col_expr(delivery::Column::DueAt, Expr::value(0_i64))
        .filter(delivery::Column::Id.eq(id.0))
        .filter(delivery::Column::State.eq(DeliveryState::Waiting.key()))
        .exec(store.write())
        .await?;
    Ok(changed.rows_affected > 0)
}

/// A person takes a waiting reply back: its text and files become that person's draft on the
/// ticket. Text that stands there already stays, below. `false` when it has left, or is leaving.
///
/// # Errors
/// The database's.
pub async fn cancel(store: &Store, id: DeliveryId, by: PersonId, now: Time) -> Result<bool, StoreError> {
    let tx = store.begin().await?;
    let Some(row) = delivery::Entity::find_by_id(id.0).one(&tx).await? else { return Ok(false) };
    // Part of it is with somebody already: that can't be taken back.
    let some_accepted = queue::recipients(&tx, id.0)
        .await?
        .iter()
        .any(|r| RecipientState::from_key(&r.state) == RecipientState::Accepted);
    if some_accepted || !leave(&tx, id, DeliveryState::Waiting, DeliveryState::Cancelled, now, now).await? {
        return Ok(false);
    }
    back_to_draft(&tx, &row, by, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// A reply's text and files become this person's draft on the ticket.
pub(super) async fn back_to_draft(
    tx: &impl ConnectionTrait,
    row: &delivery::Model,
    by: PersonId,
    now: Time,
) -> Result<(), StoreError> {
    if let Some(written) = message::Entity::find_by_id(row.message_id).one(tx).await? {
        let before = draft::Entity::find_by_id((row.ticket_id, by.0)).one(tx).await?;
        let text = match before.map(|d| d.text).filter(|t| !t.trim().is_empty()) {
            Some(before) => format!("{}\n\n{before}", written.text),
            None => written.text,
        };
        let kept = draft::ActiveModel {
            ticket_id: set(row.ticket_id),
            person_id: set(by.0),
            text: set(text),
            to_list: set(written.to_list),
            cc_list: set(written.cc_list),
            kept_at: set(now.0),
            ..Default::default()
        };
        let or_update = OnConflict::columns([draft::Column::TicketId, draft::Column::PersonId])
            .update_columns([draft::Column::Text, draft::Column::ToList, draft::Column::CcList, draft::Column::KeptAt])
            .to_owned();
        draft::Entity::insert(kept).on_conflict(or_update).exec_without_returning(tx).await?;
        upload::Entity::update_many()
            .col_expr(upload::Column::MessageId, Expr::value(None::<i64>))
            .col_expr(upload::Column::PersonId, Expr::value(by.0))
            .filter(upload::Column::MessageId.eq(row.message_id))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// The ticket and the mailbox of a delivery that may still be there.
pub(super) async fn beside(
    db: &impl ConnectionTrait,
    row: &delivery::Model,
) -> Result<(Option<ticket::Model>, Option<mailbox::Model>), StoreError> {
    Ok((
        ticket::Entity::find_by_id(row.ticket_id).one(db).await?,
        mailbox::Entity::find_by_id(row.mailbox_id).one(db).await?,
    ))
}

pub(super) async fn leave(
    db: &impl ConnectionTrait,
    id: DeliveryId,
    from: DeliveryState,
    to: DeliveryState,
    due: Time,
    now: Time,
) -> Result<bool, StoreError> {
    let changed = delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::value(to.key()))
        .col_expr(delivery::Column::StateAt, Expr::value(now.0))
        .col_expr(delivery::Column::DueAt, Expr::value(due.0))
        .filter(delivery::Column::Id.eq(id.0))
        .filter(delivery::Column::State.eq(from.key()))
        .exec(db)
        .await?;
    Ok(changed.rows_affected > 0)
}

/// After the recipients moved: recipients that were put off keep the delivery waiting.
async fn conclude_row(db: &impl ConnectionTrait, id: DeliveryId, now: Time) -> Result<(), StoreError> {
    let states: Vec<RecipientState> =
        queue::recipients(db, id.0).await?.iter().map(|r| RecipientState::from_key(&r.state)).collect();
    if conclude(&states) == DeliveryState::Waiting {
        leave(db, id, DeliveryState::Sent, DeliveryState::Waiting, now, now).await?;
    }
    Ok(())
}
