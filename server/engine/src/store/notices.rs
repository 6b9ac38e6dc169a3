//! Notices and their deliveries. A notice is written down, with everybody it goes to, before any of
//! it is sent; a delivery is claimed before the network is touched and marked right before it is
//! handed over. What was being handed over when the lights went out is never sent again.

use super::entity::{notice, notice_delivery as delivery, notice_quiet as quiet};
use super::{Store, StoreError, Tx};
use domain::Time;
use domain::id::PersonId;
use domain::time::Span;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

pub use super::entity::notice::Model as Row;
pub use super::entity::notice_delivery::Model as Delivery;
pub use super::entity::notice_quiet::Model as Quiet;

pub const EMAIL: &str = "email";
pub const WEBHOOK: &str = "webhook";

pub const WAITING: &str = "waiting";
pub const SENDING: &str = "sending";
pub const HANDING_OVER: &str = "handing_over";
pub const SENT: &str = "sent";
pub const UNCERTAIN: &str = "uncertain";
pub const FAILED: &str = "failed";
/// It was over before it could leave.
pub const DROPPED: &str = "dropped";

/// Whom a notice goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct To {
    pub channel: &'static str,
    pub recipient: String,
    /// `admin`, `owner`; empty for the webhook.
    pub audience: String,
    pub header_id: String,
}

/// A notice to be written down.
pub struct New<'a> {
    pub subject: &'a str,
    pub step: &'a str,
    pub content: String,
    /// Over already: a test, a recovery.
    pub closed: bool,
}

/// Notices whose cause is not over, oldest first.
pub async fn open(store: &Store) -> Result<Vec<Row>, StoreError> {
    Ok(notice::Entity::find()
        .filter(notice::Column::ClosedAt.is_null())
        .order_by_asc(notice::Column::Id)
        .all(store.read())
        .await?)
}

/// Writes a notice with its deliveries down; `None` when it stands there already.
pub async fn write(store: &Store, new: &New<'_>, to: &[To], now: Time) -> Result<Option<i64>, StoreError> {
    let tx = store.begin().await?;
    if !new.closed {
        let there = notice::Entity::find()
            .filter(notice::Column::Subject.eq(new.subject))
            .filter(notice::Column::Step.eq(new.step))
            .filter(notice::Column::ClosedAt.is_null())
            .one(&tx)
            .await?;
        if there.is_some() {
            return Ok(None);
        }
    }
    // Another node that was quicker breaks the unique index: nothing was written then.
    let id = insert(&tx, new, to, now).await?;
    tx.commit().await?;
    Ok(Some(id))
}

async fn insert(tx: &Tx, new: &New<'_>, to: &[To], now: Time) -> Result<i64, StoreError> {
    let row = notice::ActiveModel {
        subject: Set(new.subject.into()),
        step: Set(new.step.into()),
        content: Set(new.content.clone()),
        made_at: Set(now.0),
        closed_at: Set(new.closed.then_some(now.0)),
        ..Default::default()
    };
    let id = notice::Entity::insert(row).exec(tx).await?.last_insert_id;
    for to in to {
        let row = delivery::ActiveModel {
            notice_id: Set(id),
            channel: Set(to.channel.into()),
            recipient: Set(to.recipient.clone()),
            audience: Set(to.audience.clone()),
            state: Set(WAITING.into()),
            header_id: Set(to.header_id.clone()),
            due_at: Set(now.0),
            attempts: Set(0),
            state_at: Set(now.0),
            ..Default::default()
        };
        delivery::Entity::insert(row).exec(tx).await?;
    }
    Ok(id)
}

/// That it works again, for whomever the notice of the trouble reached.
pub struct Recovered<'a> {
    /// The notice of the trouble.
    pub notice: i64,
    pub content: String,
    /// A Message-ID for each.
    pub header_id: &'a (dyn Fn() -> String + Sync),
}

/// What a subject's notices told of is over: they are closed, what did not leave yet is dropped, and whom
/// the trouble reached is told that it works, all at once. `false`: somebody else was quicker, or nothing was open.
pub async fn over(
    store: &Store,
    subject: &str,
    recovered: Option<Recovered<'_>>,
    now: Time,
) -> Result<bool, StoreError> {
    let tx = store.begin().await?;
    let open = notice::Entity::find()
        .select_only()
        .column(notice::Column::Id)
        .filter(notice::Column::Subject.eq(subject))
        .filter(notice::Column::ClosedAt.is_null());
    let ids: Vec<i64> = open.into_tuple().all(&tx).await?;
    let closed = notice::Entity::update_many()
        .col_expr(notice::Column::ClosedAt, Expr::value(Some(now.0)))
        .filter(notice::Column::Id.is_in(ids.clone()))
        .filter(notice::Column::ClosedAt.is_null())
        .exec(&tx)
        .await?;
    if closed.rows_affected == 0 {
        return Ok(false);
    }
    delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::value(DROPPED))
        .col_expr(delivery::Column::StateAt, Expr::value(now.0))
        .filter(delivery::Column::NoticeId.is_in(ids))
        .filter(delivery::Column::State.eq(WAITING))
        .exec(&tx)
        .await?;
    quiet::Entity::delete_many().filter(quiet::Column::Subject.eq(subject)).exec(&tx).await?;
    if let Some(Recovered { notice, content, header_id }) = recovered {
        let to: Vec<To> = reached(&tx, notice)
            .await?
            .into_iter()
            .map(|reached| To {
                channel: if reached.channel == WEBHOOK { WEBHOOK } else { EMAIL },
                recipient: reached.recipient,
                audience: reached.audience,
                header_id: header_id(),
            })
            .collect();
        if !to.is_empty() {
            insert(&tx, &New { subject, step: "recovered", content, closed: true }, &to, now).await?;
        }
    }
    tx.commit().await?;
    Ok(true)
}

/// Whom a notice went to, or may have gone to.
pub async fn reached(db: &impl ConnectionTrait, notice: i64) -> Result<Vec<Delivery>, StoreError> {
    Ok(delivery::Entity::find()
        .filter(delivery::Column::NoticeId.eq(notice))
        .filter(delivery::Column::State.is_in([SENDING, HANDING_OVER, SENT, UNCERTAIN]))
        .all(db)
        .await?)
}

/// Deliveries that are due, with their notices, oldest first.
pub async fn due(store: &Store, now: Time) -> Result<Vec<(Delivery, Row)>, StoreError> {
    let found = delivery::Entity::find()
        .filter(delivery::Column::State.eq(WAITING))
        .filter(Condition::any().add(delivery::Column::DueAt.lte(now.0)).add(
            // Further off than any pause: a clock that was set back.
            delivery::Column::DueAt.gt(now.0 + Span::hours(3).0),
        ))
        .order_by_asc(delivery::Column::Id)
        .limit(200)
        .all(store.read())
        .await?;
    with_notices(store, found).await
}

/// The newest deliveries with their notices.
pub async fn newest(store: &Store, limit: u64) -> Result<Vec<(Delivery, Row)>, StoreError> {
    let found = delivery::Entity::find().order_by_desc(delivery::Column::Id).limit(limit).all(store.read()).await?;
    with_notices(store, found).await
}

async fn with_notices(store: &Store, found: Vec<Delivery>) -> Result<Vec<(Delivery, Row)>, StoreError> {
    let ids: Vec<i64> = found.iter().map(|d| d.notice_id).collect();
    let notices = notice::Entity::find().filter(notice::Column::Id.is_in(ids)).all(store.read()).await?;
    Ok(found
        .into_iter()
        .filter_map(|d| {
            let notice = notices.iter().find(|n| n.id == d.notice_id)?.clone();
            Some((d, notice))
        })
        .collect())
}

/// When the next delivery is due.
pub async fn next_due(store: &Store) -> Result<Option<Time>, StoreError> {
    let due: Option<i64> = delivery::Entity::find()
        .select_only()
        .column(delivery::Column::DueAt)
        .filter(delivery::Column::State.eq(WAITING))
        .order_by_asc(delivery::Column::DueAt)
        .limit(1)
        .into_tuple()
        .one(store.read())
        .await?;
    Ok(due.map(Time))
}

/// Makes what waits due at once: there may be a way out now.
pub async fn hasten(store: &Store, now: Time) -> Result<(), StoreError> {
    delivery::Entity::update_many()
        .col_expr(delivery::Column::DueAt, Expr::value(now.0))
        .filter(delivery::Column::State.eq(WAITING))
        .exec(store.write())
        .await?;
    Ok(())
}

/// Claims a delivery for one attempt; `false` when somebody else has it.
pub async fn claim(store: &Store, id: i64, owner: &str, now: Time) -> Result<bool, StoreError> {
    let updated = delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::value(SENDING))
        .col_expr(delivery::Column::Owner, Expr::value(Some(owner)))
        .col_expr(delivery::Column::Attempts, Expr::col(delivery::Column::Attempts).add(1))
        .col_expr(delivery::Column::StateAt, Expr::value(now.0))
        .filter(delivery::Column::Id.eq(id))
        .filter(delivery::Column::State.eq(WAITING))
        .exec(store.write())
        .await?;
    Ok(updated.rows_affected == 1)
}

/// How an attempt goes on.
pub struct Turn<'a> {
    pub state: &'static str,
    pub via: Option<&'a str>,
    pub said: Option<&'a str>,
    /// For what waits again.
    pub due_at: Option<Time>,
}

/// Writes down how a claimed delivery goes on; `false` when it is not ours any more.
pub async fn turn(store: &Store, id: i64, owner: &str, turn: &Turn<'_>, now: Time) -> Result<bool, StoreError> {
    let mut update = delivery::Entity::update_many()
        .col_expr(delivery::Column::State, Expr::value(turn.state))
        .col_expr(delivery::Column::StateAt, Expr::value(now.0));
    if let Some(via) = turn.via {
        update = update.col_expr(delivery::Column::Via, Expr::value(Some(via)));
    }
    if turn.said.is_some() || turn.state == SENT {
        update = update.col_expr(delivery::Column::Said, Expr::value(turn.said));
    }
    if let Some(due) = turn.due_at {
        update = update.col_expr(delivery::Column::DueAt, Expr::value(due.0));
    }
    let updated = update
        .filter(delivery::Column::Id.eq(id))
        .filter(delivery::Column::Owner.eq(owner))
        .filter(delivery::Column::State.is_in([SENDING, HANDING_OVER]))
        .exec(store.write())
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Settles what a process left that is gone: what was not handed over waits again, the rest is
/// uncertain. `before`: only what has not moved since then. What `owner` itself has under way is left
/// too: it asks between its turns, so that a turn broke off.
pub async fn recover(store: &Store, owner: &str, before: Time, now: Time) -> Result<(), StoreError> {
    for (from, to) in [(SENDING, WAITING), (HANDING_OVER, UNCERTAIN)] {
        delivery::Entity::update_many()
            .col_expr(delivery::Column::State, Expr::value(to))
            .col_expr(delivery::Column::StateAt, Expr::value(now.0))
            .filter(delivery::Column::State.eq(from))
            .filter(
                Condition::any().add(delivery::Column::Owner.eq(owner)).add(delivery::Column::StateAt.lte(before.0)),
            )
            .exec(store.write())
            .await?;
    }
    Ok(())
}

/// How people treat open notices.
pub async fn quiets(db: &impl ConnectionTrait) -> Result<Vec<Quiet>, StoreError> {
    Ok(quiet::Entity::find().order_by_asc(quiet::Column::At).all(db).await?)
}

/// Acknowledges or puts off, for one person.
pub async fn put_off(
    store: &Store,
    person: PersonId,
    notice: &Row,
    kind: &str,
    until: Option<Time>,
    now: Time,
) -> Result<(), StoreError> {
    let row = quiet::ActiveModel {
        person_id: Set(person.0),
        subject: Set(notice.subject.clone()),
        step: Set(notice.step.clone()),
        kind: Set(kind.into()),
        until_at: Set(until.map(|t| t.0)),
        at: Set(now.0),
    };
    let again = OnConflict::columns([quiet::Column::PersonId, quiet::Column::Subject])
        .update_columns([quiet::Column::Step, quiet::Column::Kind, quiet::Column::UntilAt, quiet::Column::At])
        .to_owned();
    quiet::Entity::insert(row).on_conflict(again).exec_without_returning(store.write()).await?;
    Ok(())
}
