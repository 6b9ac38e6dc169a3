//! What the doctor posted: written down before the network is touched, settled afterwards.

use super::entity::{posted, receipt};
use super::settling::Waiting;
use super::{Store, StoreError, Tx};
use domain::Time;
use domain::id::{MailboxId, PersonId};
use domain::receipt::Disposition;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

pub use super::entity::posted::Model as Row;

/// What it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// From a mailbox to itself.
    Test,
    /// The diagnosis, to whoever can help.
    Card,
}

impl Kind {
    fn key(self) -> &'static str {
        match self {
            Kind::Test => "test",
            Kind::Card => "card",
        }
    }
}

/// A mail that is about to be sent.
pub struct New<'a> {
    /// The mailbox it is about.
    pub mailbox: MailboxId,
    /// The mailbox that sends it.
    pub through: MailboxId,
    pub kind: Kind,
    pub header_id: &'a str,
    pub to: &'a str,
    pub person: PersonId,
    pub at: Time,
}

/// Notes it; gives its row's number.
pub async fn begin(store: &Store, new: New<'_>) -> Result<i64, StoreError> {
    let row = posted::ActiveModel {
        mailbox_id: Set(new.mailbox.0),
        through_id: Set(new.through.0),
        kind: Set(new.kind.key().into()),
        header_id: Set(new.header_id.into()),
        to_address: Set(new.to.into()),
        person_id: Set(Some(new.person.0)),
        posted_at: Set(new.at.0),
        state: Set("sending".into()),
        ..Default::default()
    };
    Ok(posted::Entity::insert(row).exec(store.write()).await?.last_insert_id)
}

/// What came of it: `accepted`, `refused` or `unsure`.
pub async fn settle(
    store: &Store,
    id: i64,
    state: &str,
    diagnosis: Option<&str>,
    said: Option<&str>,
) -> Result<(), StoreError> {
    posted::Entity::update_many()
        .col_expr(posted::Column::State, Expr::value(state))
        .col_expr(posted::Column::Diagnosis, Expr::value(diagnosis))
        .col_expr(posted::Column::Said, Expr::value(said))
        .filter(posted::Column::Id.eq(id))
        .exec(store.write())
        .await?;
    Ok(())
}

/// The last one of a mailbox.
pub async fn last(store: &Store, mailbox: MailboxId, kind: Kind) -> Result<Option<Row>, StoreError> {
    Ok(posted::Entity::find()
        .filter(posted::Column::MailboxId.eq(mailbox.0))
        .filter(posted::Column::Kind.eq(kind.key()))
        .order_by_desc(posted::Column::Id)
        .one(store.read())
        .await?)
}

/// When a test mail that came in was removed on the server.
pub async fn removed_at(store: &Store, row: &Row) -> Result<Option<Time>, StoreError> {
    let (Some(folder), Some(validity), Some(uid)) = (row.folder_id, row.uid_validity, row.uid) else {
        return Ok(None);
    };
    let receipt = receipt::Entity::find_by_id((folder, validity, uid)).one(store.read()).await?;
    Ok(receipt.and_then(|receipt| receipt.deleted_at).map(Time))
}

/// Takes a message for an announced test mail of ours, in whichever mailbox it arrives: the one it
/// is about, the one where that one's mail arrives (R4), or one that gets a copy. It is removed on
/// the server. Nobody can guess its Message-ID. Gives the mailbox it is about; `None`: it is none.
pub async fn recognise(
    tx: &Tx,
    waiting: &Waiting,
    header_id: &str,
    now: Time,
) -> Result<Option<MailboxId>, StoreError> {
    let row = posted::Entity::find()
        .filter(posted::Column::HeaderId.eq(header_id))
        .filter(posted::Column::Kind.eq(Kind::Test.key()))
        .one(tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    posted::Entity::update_many()
        .col_expr(posted::Column::ArrivedAt, Expr::value(now.0))
        .col_expr(posted::Column::FolderId, Expr::value(waiting.folder))
        .col_expr(posted::Column::UidValidity, Expr::value(waiting.uid_validity))
        .col_expr(posted::Column::Uid, Expr::value(waiting.uid))
        .filter(posted::Column::Id.eq(row.id))
        .filter(posted::Column::ArrivedAt.is_null())
        .exec(tx)
        .await?;
    receipt::Entity::update_many()
        .col_expr(receipt::Column::DeleteDueAt, Expr::value(now.0))
        .filter(receipt::Column::FolderId.eq(waiting.folder))
        .filter(receipt::Column::UidValidity.eq(waiting.uid_validity))
        .filter(receipt::Column::Uid.eq(waiting.uid))
        .exec(tx)
        .await?;
    Ok(Some(MailboxId(row.mailbox_id)))
}

/// The disposition of what is removed whether or not fetched mail is deleted.
pub fn removable() -> &'static str {
    Disposition::Own.key()
}
