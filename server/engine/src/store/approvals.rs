//! Approvals that an organisation's admin was asked for, and what providers' pages showed.

use super::entity::{approval, mailbox, shown, sign_in};
use super::{Store, StoreError};
use domain::Time;
use domain::id::{MailboxId, PersonId, RegistrationId};
use domain::signin::SignInState;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

pub use super::entity::approval::Model as Row;
pub use super::entity::shown::Model as ShownRow;

/// A request that sets out.
pub struct New {
    pub mailbox: MailboxId,
    pub registration: RegistrationId,
    pub state_hash: Vec<u8>,
    pub state_sealed: Vec<u8>,
    pub asked_at: Time,
    pub asked_by: PersonId,
}

/// Writes a new request; an older one of the mailbox is over.
pub async fn add(store: &Store, new: New) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    approval::Entity::update_many()
        .col_expr(approval::Column::ClosedAt, Expr::value(new.asked_at.0))
        .filter(approval::Column::MailboxId.eq(new.mailbox.0))
        .filter(approval::Column::ClosedAt.is_null())
        .exec(&tx)
        .await?;
    let row = approval::ActiveModel {
        mailbox_id: Set(new.mailbox.0),
        registration_id: Set(new.registration.0),
        state_hash: Set(new.state_hash),
        state_sealed: Set(new.state_sealed),
        asked_at: Set(new.asked_at.0),
        asked_by: Set(Some(new.asked_by.0)),
        approved: Set(false),
        ..Default::default()
    };
    approval::Entity::insert(row).exec_with_returning(&tx).await?;
    tx.commit().await?;
    Ok(())
}

/// The request of this state, open or over.
pub async fn by_state(store: &Store, state_hash: &[u8]) -> Result<Option<Row>, StoreError> {
    Ok(approval::Entity::find().filter(approval::Column::StateHash.eq(state_hash.to_vec())).one(store.read()).await?)
}

/// The mailbox's open request: not withdrawn, and nobody has signed in since it was asked for.
pub async fn open(store: &Store, mailbox: MailboxId) -> Result<Option<Row>, StoreError> {
    let row = approval::Entity::find()
        .filter(approval::Column::MailboxId.eq(mailbox.0))
        .filter(approval::Column::ClosedAt.is_null())
        .order_by_desc(approval::Column::Id)
        .one(store.read())
        .await?;
    let Some(row) = row else { return Ok(None) };
    let signed_in = sign_in::Entity::find()
        .filter(sign_in::Column::MailboxId.eq(mailbox.0))
        .filter(sign_in::Column::State.eq(SignInState::Completed.key()))
        .filter(sign_in::Column::CreatedAt.gte(row.asked_at))
        .one(store.read())
        .await?;
    Ok(Some(row).filter(|_| signed_in.is_none()))
}

/// All open requests of living mailboxes with their addresses, the oldest first.
pub async fn all_open(store: &Store) -> Result<Vec<(Row, mailbox::Model)>, StoreError> {
    let rows = approval::Entity::find()
        .filter(approval::Column::ClosedAt.is_null())
        .order_by_asc(approval::Column::Id)
        .all(store.read())
        .await?;
    let mut list = Vec::new();
    for row in rows {
        let id = MailboxId(row.mailbox_id);
        if let (Some(mailbox), Some(row)) = (super::mailboxes::get(store, id).await?, open(store, id).await?) {
            list.push((row, mailbox));
        }
    }
    Ok(list)
}

/// Writes the admin's answer down. A later answer counts: who declined may approve after all.
pub async fn answer(store: &Store, id: i64, approved: bool, said: Option<String>, now: Time) -> Result<(), StoreError> {
    let row = approval::ActiveModel {
        id: Set(id),
        answered_at: Set(Some(now.0)),
        approved: Set(approved),
        said: Set(said),
        ..Default::default()
    };
    approval::Entity::update(row).exec(store.write()).await?;
    Ok(())
}

/// Ends what is open for a mailbox.
pub async fn close(store: &Store, mailbox: MailboxId, now: Time) -> Result<(), StoreError> {
    approval::Entity::update_many()
        .col_expr(approval::Column::ClosedAt, Expr::value(now.0))
        .filter(approval::Column::MailboxId.eq(mailbox.0))
        .filter(approval::Column::ClosedAt.is_null())
        .exec(store.write())
        .await?;
    Ok(())
}

/// The mailbox's newest sign-in, if it set out since `since` and nobody came back from it: id and time.
pub async fn unreturned(store: &Store, mailbox: MailboxId, since: Time) -> Result<Option<(i64, Time)>, StoreError> {
    let newest = sign_in::Entity::find()
        .filter(sign_in::Column::MailboxId.eq(mailbox.0))
        .order_by_desc(sign_in::Column::Id)
        .one(store.read())
        .await?;
    let out = |row: &sign_in::Model| {
        [SignInState::Created.key(), SignInState::Expired.key()].contains(&&*row.state)
            && row.settled_at.is_none()
            && row.created_at >= since.0
    };
    Ok(newest.filter(out).map(|row| (row.id, Time(row.created_at))))
}

/// What was shown to whoever did not come back.
pub async fn shown(store: &Store, mailbox: MailboxId) -> Result<Option<ShownRow>, StoreError> {
    Ok(shown::Entity::find_by_id(mailbox.0).one(store.read()).await?)
}

/// Keeps the last one per mailbox.
pub async fn note_shown(store: &Store, row: ShownRow) -> Result<(), StoreError> {
    let or_update = OnConflict::column(shown::Column::MailboxId)
        .update_columns([
            shown::Column::SignInId,
            shown::Column::At,
            shown::Column::Said,
            shown::Column::Diagnosis,
            shown::Column::Code,
            shown::Column::Known,
        ])
        .to_owned();
    let row = shown::ActiveModel {
        mailbox_id: Set(row.mailbox_id),
        sign_in_id: Set(row.sign_in_id),
        at: Set(row.at),
        said: Set(row.said),
        diagnosis: Set(row.diagnosis),
        code: Set(row.code),
        known: Set(row.known),
    };
    shown::Entity::insert(row).on_conflict(or_update).exec_without_returning(store.write()).await?;
    Ok(())
}
