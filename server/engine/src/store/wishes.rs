//! What people want of a mailbox's errand session: written down, done by the node that has the
//! mailbox, and answered.

use super::entity::wish;
use super::{Store, StoreError};
use domain::Time;
use domain::console::ledger::Spot;
use domain::id::{MailboxId, PersonId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

pub use super::entity::wish::Model as Row;

/// Done in one turn of the errand session.
const AT_ONCE: u64 = 20;

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Compare the ledger with the server.
    Reconcile,
    /// Make a ticket of one message.
    Import,
    /// Fetch the whole of a message that was over the size limit.
    Whole,
}

impl Kind {
    pub fn key(self) -> &'static str {
        match self {
            Kind::Reconcile => "reconcile",
            Kind::Import => "import",
            Kind::Whole => "whole",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        [Kind::Reconcile, Kind::Import, Kind::Whole].into_iter().find(|kind| kind.key() == key)
    }
}

/// Writes a wish down; one that is open already is the same wish.
pub async fn ask(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    kind: Kind,
    spot: &Spot,
    by: PersonId,
    now: Time,
) -> Result<i64, StoreError> {
    let open = wish::Entity::find()
        .filter(wish::Column::MailboxId.eq(mailbox.0))
        .filter(wish::Column::DoneAt.is_null())
        .filter(wish::Column::Kind.eq(kind.key()))
        .filter(wish::Column::Folder.eq(spot.folder.as_str()))
        .filter(wish::Column::UidValidity.eq(i64::from(spot.uid_validity)))
        .filter(wish::Column::Uid.eq(i64::from(spot.uid)))
        .one(db)
        .await?;
    if let Some(row) = open {
        return Ok(row.id);
    }
    let row = wish::ActiveModel {
        mailbox_id: Set(mailbox.0),
        kind: Set(kind.key().into()),
        folder: Set(spot.folder.clone()),
        uid_validity: Set(spot.uid_validity.into()),
        uid: Set(spot.uid.into()),
        person_id: Set(Some(by.0)),
        asked_at: Set(now.0),
        ..Default::default()
    };
    Ok(wish::Entity::insert(row).exec(db).await?.last_insert_id)
}

/// What a mailbox's errand session has to do, oldest first.
pub async fn open(store: &Store, mailbox: MailboxId) -> Result<Vec<Row>, StoreError> {
    Ok(wish::Entity::find()
        .filter(wish::Column::MailboxId.eq(mailbox.0))
        .filter(wish::Column::DoneAt.is_null())
        .order_by_asc(wish::Column::Id)
        .limit(AT_ONCE)
        .all(store.read())
        .await?)
}

pub async fn get(store: &Store, id: i64) -> Result<Option<Row>, StoreError> {
    Ok(wish::Entity::find_by_id(id).one(store.read()).await?)
}

/// It was done, or could not be: `said` tells why.
pub async fn done(db: &impl ConnectionTrait, id: i64, said: Option<&str>, now: Time) -> Result<(), StoreError> {
    wish::Entity::update_many()
        .col_expr(wish::Column::DoneAt, Expr::value(now.0))
        .col_expr(wish::Column::Said, Expr::value(said.map(str::to_owned)))
        .filter(wish::Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}
