//! Switches: prepared, done, returned or wiped, with the setup before each.
//!
//! Invariant: a credential that a switch replaced lies here, sealed as it was, until the switch's
//! time is over or a newer switch takes its place; nothing signs in with it meanwhile but *put back*.

mod left;

use super::entity::{former_direction, own_address, switch};
use super::{Store, StoreError, directions, mailboxes, set};
use domain::id::{MailboxId, PersonId};
use domain::switch::{Drained, Plan};
use domain::time::Span;
use domain::{Address, Time};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};

pub use super::entity::former_direction::Model as FormerRow;
pub use super::entity::switch::Model as Row;
pub use left::{leave_folders, left_folders, new_folders, recognised, resume_folders};

/// How long the setup before a switch can be put back.
pub const KEPT: Span = Span::days(30);

const PLANNED: &str = "planned";
const DONE: &str = "done";
const RETURNED: &str = "returned";
const WIPED: &str = "wiped";

/// A mailbox before a switch, beside its directions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    pub address: String,
    pub provider_key: String,
    pub import_mode: String,
    pub import_from: Option<i64>,
    /// Who signed in.
    pub account: Option<String>,
}

impl Row {
    pub fn plan(&self) -> Option<Plan> {
        serde_json::from_str(&self.plan).ok()
    }

    pub fn before(&self) -> Option<Before> {
        serde_json::from_str(self.former.as_deref()?).ok()
    }

    pub fn drained(&self) -> Option<Drained> {
        serde_json::from_str(self.drained.as_deref()?).ok()
    }

    /// Its setup is the one that can be put back.
    pub fn is_done(&self) -> bool {
        self.state == DONE
    }
}

fn json<T: Serialize>(value: &T) -> String {
    // Plain data of ours: it always serialises.
    serde_json::to_string(value).unwrap_or_default()
}

/// The prepared switch of a mailbox.
pub async fn planned(db: &impl ConnectionTrait, mailbox: MailboxId) -> Result<Option<(Row, Plan)>, StoreError> {
    let row = switch::Entity::find()
        .filter(switch::Column::MailboxId.eq(mailbox.0))
        .filter(switch::Column::State.eq(PLANNED))
        .one(db)
        .await?;
    Ok(row.and_then(|row| row.plan().map(|plan| (row, plan))))
}

/// Prepares a switch, in the place of one that was prepared before.
pub async fn prepare(
    tx: &impl ConnectionTrait,
    mailbox: MailboxId,
    plan: &Plan,
    by: PersonId,
    now: Time,
) -> Result<(), StoreError> {
    drop_plan(tx, mailbox).await?;
    let row = switch::ActiveModel {
        mailbox_id: set(mailbox.0),
        plan: set(json(plan)),
        state: set(PLANNED.to_owned()),
        made_at: set(now.0),
        made_by: set(Some(by.0)),
        ..Default::default()
    };
    switch::Entity::insert(row).exec(tx).await?;
    Ok(())
}

/// Whether exactly this switch is still prepared; it stays so until the transaction ends.
pub async fn still_planned(tx: &impl ConnectionTrait, mailbox: MailboxId, plan: &Plan) -> Result<bool, StoreError> {
    let held = switch::Entity::update_many()
        .col_expr(switch::Column::State, Expr::value(PLANNED))
        .filter(switch::Column::MailboxId.eq(mailbox.0))
        .filter(switch::Column::State.eq(PLANNED))
        .filter(switch::Column::Plan.eq(json(plan)))
        .exec(tx)
        .await?;
    Ok(held.rows_affected == 1)
}

/// Forgets a prepared switch.
pub async fn drop_plan(db: &impl ConnectionTrait, mailbox: MailboxId) -> Result<(), StoreError> {
    switch::Entity::delete_many()
        .filter(switch::Column::MailboxId.eq(mailbox.0))
        .filter(switch::Column::State.eq(PLANNED))
        .exec(db)
        .await?;
    Ok(())
}

/// A switch that happens now: the row of this very moment, the prepared one, or a new one.
pub struct Doing<'a> {
    pub mailbox: &'a mailboxes::Row,
    pub plan: &'a Plan,
    pub before: &'a Before,
    pub by: Option<PersonId>,
    pub stopped_since: Option<i64>,
    pub now: Time,
}

/// Notes that a switch happens, and wipes the credentials that older ones kept.
pub async fn begin(tx: &impl ConnectionTrait, doing: &Doing<'_>) -> Result<i64, StoreError> {
    let mailbox = doing.mailbox.id;
    let this = switch::Entity::find()
        .filter(switch::Column::MailboxId.eq(mailbox))
        .filter(switch::Column::SwitchedAt.eq(doing.now.0))
        .filter(switch::Column::State.eq(DONE))
        .one(tx)
        .await?;
    if let Some(this) = this {
        return Ok(this.id);
    }
    former_direction::Entity::update_many()
        .col_expr(former_direction::Column::PasswordSealed, Expr::value(None::<Vec<u8>>))
        .col_expr(former_direction::Column::GrantId, Expr::value(None::<i64>))
        .filter(former_direction::Column::MailboxId.eq(mailbox))
        .exec(tx)
        .await?;
    let planned = planned(tx, MailboxId(mailbox)).await?.filter(|(_, plan)| plan == doing.plan);
    let row = switch::ActiveModel {
        plan: set(json(doing.plan)),
        state: set(DONE.to_owned()),
        switched_at: set(Some(doing.now.0)),
        wipe_at: set(Some((doing.now + KEPT).0)),
        former: set(Some(json(doing.before))),
        stopped_since: set(doing.stopped_since),
        ..Default::default()
    };
    match planned {
        Some((planned, _)) => {
            switch::Entity::update(switch::ActiveModel { id: set(planned.id), ..row }).exec(tx).await?;
            Ok(planned.id)
        }
        None => {
            let row = switch::ActiveModel {
                mailbox_id: set(mailbox),
                made_at: set(doing.now.0),
                made_by: set(doing.by.map(|p| p.0)),
                ..row
            };
            Ok(switch::Entity::insert(row).exec(tx).await?.last_insert_id)
        }
    }
}

/// Keeps what a direction was set up with.
pub async fn keep_direction(
    tx: &impl ConnectionTrait,
    switch: i64,
    row: &directions::Row,
    last_success_at: Option<i64>,
) -> Result<(), StoreError> {
    let former = former_direction::ActiveModel {
        switch_id: set(switch),
        mailbox_id: set(row.mailbox_id),
        direction: set(row.direction.clone()),
        host: set(row.host.clone()),
        port: set(row.port),
        tls: set(row.tls.clone()),
        credential: set(row.credential.clone()),
        user_name: set(row.user_name.clone()),
        password_sealed: set(row.password_sealed.clone()),
        grant_id: set(row.grant_id),
        last_success_at: set(last_success_at),
    };
    former_direction::Entity::insert(former).exec_without_returning(tx).await?;
    Ok(())
}

/// What the directions were before a switch.
pub async fn directions_before(db: &impl ConnectionTrait, switch: i64) -> Result<Vec<FormerRow>, StoreError> {
    Ok(former_direction::Entity::find()
        .filter(former_direction::Column::SwitchId.eq(switch))
        .order_by_asc(former_direction::Column::Direction)
        .all(db)
        .await?)
}

/// Gives a mailbox another address; the old one stays an own address that receives only.
pub async fn rename(tx: &impl ConnectionTrait, row: &mailboxes::Row, to: &Address) -> Result<(), StoreError> {
    own_address::Entity::delete_many()
        .filter(own_address::Column::MailboxId.eq(row.id))
        .filter(own_address::Column::Address.is_in([to.to_string(), row.address.clone()]))
        .exec(tx)
        .await?;
    let old = own_address::ActiveModel {
        mailbox_id: set(row.id),
        address: set(row.address.clone()),
        receives_only: set(true),
        ..Default::default()
    };
    own_address::Entity::insert(old).exec_without_returning(tx).await?;
    let renamed = mailboxes::ActiveModel { id: set(row.id), address: set(to.to_string()), ..Default::default() };
    mailboxes::update(tx, renamed).await
}

/// The newest switches of a mailbox first: those that happened and are not wiped.
pub async fn done(db: &impl ConnectionTrait, mailbox: MailboxId) -> Result<Vec<Row>, StoreError> {
    Ok(switch::Entity::find()
        .filter(switch::Column::MailboxId.eq(mailbox.0))
        .filter(switch::Column::State.is_in([DONE, RETURNED]))
        .order_by_desc(switch::Column::SwitchedAt)
        .order_by_desc(switch::Column::Id)
        .all(db)
        .await?)
}

/// Its setup is put back: there is nothing left to return to. `false`: somebody was quicker, or a
/// newer switch happened.
pub async fn returned(tx: &impl ConnectionTrait, row: &Row) -> Result<bool, StoreError> {
    let taken = switch::Entity::update_many()
        .col_expr(switch::Column::State, Expr::value(RETURNED))
        .filter(switch::Column::Id.eq(row.id))
        .filter(switch::Column::State.eq(DONE))
        .exec(tx)
        .await?;
    let newest = done(tx, MailboxId(row.mailbox_id)).await?.into_iter().next();
    if taken.rows_affected != 1 || newest.is_none_or(|newest| newest.id != row.id) {
        return Ok(false);
    }
    forget_directions(tx, &[row.id]).await?;
    Ok(true)
}

async fn state(db: &impl ConnectionTrait, switches: &[i64], state: &str) -> Result<(), StoreError> {
    switch::Entity::update_many()
        .col_expr(switch::Column::State, Expr::value(state))
        .filter(switch::Column::Id.is_in(switches.to_vec()))
        .exec(db)
        .await?;
    Ok(())
}

async fn forget_directions(db: &impl ConnectionTrait, switches: &[i64]) -> Result<(), StoreError> {
    former_direction::Entity::delete_many()
        .filter(former_direction::Column::SwitchId.is_in(switches.to_vec()))
        .exec(db)
        .await?;
    Ok(())
}

/// The grants that a mailbox could go back to.
pub async fn grants_kept(db: &impl ConnectionTrait, mailbox: MailboxId) -> Result<Vec<i64>, StoreError> {
    let rows =
        former_direction::Entity::find().filter(former_direction::Column::MailboxId.eq(mailbox.0)).all(db).await?;
    Ok(rows.into_iter().filter_map(|row| row.grant_id).collect())
}

/// The mailbox ends: nothing is left to go back to, and nothing is prepared.
pub async fn end(tx: &impl ConnectionTrait, mailbox: MailboxId) -> Result<(), StoreError> {
    drop_plan(tx, mailbox).await?;
    let rows = switch::Entity::find()
        .filter(switch::Column::MailboxId.eq(mailbox.0))
        .filter(switch::Column::State.is_in([DONE, RETURNED]))
        .all(tx)
        .await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    forget_directions(tx, &ids).await?;
    state(tx, &ids, WIPED).await
}

/// Wipes the setups whose 30 days are over; their mailboxes, once for each switch.
pub async fn wipe_due(store: &Store, now: Time) -> Result<Vec<MailboxId>, StoreError> {
    let due = switch::Entity::find()
        .filter(switch::Column::State.is_in([DONE, RETURNED]))
        .filter(switch::Column::WipeAt.lte(now.0))
        .all(store.read())
        .await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = due.iter().map(|row| row.id).collect();
    let tx = store.begin().await?;
    forget_directions(&tx, &ids).await?;
    state(&tx, &ids, WIPED).await?;
    tx.commit().await?;
    Ok(due.into_iter().filter(|row| row.state == DONE).map(|row| MailboxId(row.mailbox_id)).collect())
}

/// Notes how the last look at the old side ended.
pub async fn note_drained(
    db: &impl ConnectionTrait,
    switch: i64,
    drained: &Drained,
    at: Time,
) -> Result<(), StoreError> {
    let row = switch::ActiveModel {
        id: set(switch),
        drained: set(Some(json(drained))),
        looked_at: set(Some(at.0)),
        ..Default::default()
    };
    switch::Entity::update(row).exec(db).await?;
    Ok(())
}

/// The newest switch of each mailbox that still keeps what it left.
pub async fn left(store: &Store, now: Time) -> Result<Vec<Row>, StoreError> {
    let rows = switch::Entity::find()
        .filter(switch::Column::State.eq(DONE))
        .filter(switch::Column::WipeAt.gt(now.0))
        .filter(switch::Column::Drained.is_not_null())
        .order_by_desc(switch::Column::SwitchedAt)
        .all(store.read())
        .await?;
    let mut seen = std::collections::HashSet::new();
    Ok(rows.into_iter().filter(|row| seen.insert(row.mailbox_id)).collect())
}

/// Notes how long nobody looked at the mailbox.
pub async fn note_pause(db: &impl ConnectionTrait, switch: i64, pause: Span) -> Result<(), StoreError> {
    let row = switch::ActiveModel { id: set(switch), incoming_pause: set(Some(pause.0)), ..Default::default() };
    switch::Entity::update(row).exec(db).await?;
    Ok(())
}

/// Adds, on the newest switch, how much of a folder of the new side is known from the old one.
pub async fn note_recognised(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    known: u32,
    fresh: u32,
) -> Result<(), StoreError> {
    let Some(newest) = done(db, mailbox).await?.into_iter().next() else { return Ok(()) };
    let row = switch::ActiveModel {
        id: set(newest.id),
        recognised: set(Some(newest.recognised.unwrap_or(0) + i64::from(known))),
        fresh: set(Some(newest.fresh.unwrap_or(0) + i64::from(fresh))),
        ..Default::default()
    };
    switch::Entity::update(row).exec(db).await?;
    Ok(())
}
