//! Browser sessions. The key is kept as its hash: a copy of the database signs nobody in.

use super::entity::session;
use super::{Store, StoreError};
use domain::Time;
use domain::id::{PersonId, SessionId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

pub use super::entity::session::Model as Row;

/// What the server keeps of a session.
pub struct Kept<'a> {
    pub key_hash: Vec<u8>,
    pub record: &'a str,
    pub person: Option<PersonId>,
    pub browser: &'a str,
    pub now: Time,
    pub expires_at: Time,
}

/// Writes a session that is new; false when the key is taken.
pub async fn create(store: &Store, kept: Kept<'_>) -> Result<bool, StoreError> {
    let row = session::ActiveModel {
        key_hash: Set(kept.key_hash),
        person_id: Set(kept.person.map(|p| p.0)),
        record: Set(kept.record.into()),
        browser: Set(kept.browser.into()),
        begun_at: Set(kept.now.0),
        seen_at: Set(kept.now.0),
        expires_at: Set(kept.expires_at.0),
        ..Default::default()
    };
    match session::Entity::insert(row).exec(store.write()).await.map_err(StoreError::from) {
        Ok(_) => Ok(true),
        Err(StoreError::Taken) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Writes a session that exists; nothing happens when it was ended meanwhile.
pub async fn save(store: &Store, kept: Kept<'_>) -> Result<(), StoreError> {
    session::Entity::update_many()
        .col_expr(session::Column::Record, Expr::value(kept.record))
        .col_expr(session::Column::PersonId, Expr::value(kept.person.map(|p| p.0)))
        .col_expr(session::Column::ExpiresAt, Expr::value(kept.expires_at.0))
        .col_expr(session::Column::SeenAt, Expr::value(kept.now.0))
        .filter(session::Column::KeyHash.eq(kept.key_hash))
        .exec(store.write())
        .await?;
    Ok(())
}

/// The session of a key, unless it ended.
pub async fn load(store: &Store, key_hash: &[u8], now: Time) -> Result<Option<Row>, StoreError> {
    Ok(session::Entity::find()
        .filter(session::Column::KeyHash.eq(key_hash.to_vec()))
        .filter(session::Column::ExpiresAt.gt(now.0))
        .one(store.read())
        .await?)
}

/// Notes that a session is in use.
pub async fn seen(store: &Store, id: SessionId, now: Time) -> Result<(), StoreError> {
    session::Entity::update_many()
        .col_expr(session::Column::SeenAt, Expr::value(now.0))
        .filter(session::Column::Id.eq(id.0))
        .exec(store.write())
        .await?;
    Ok(())
}

/// Ends the session of a key, and clears away those that are over.
pub async fn delete(store: &Store, key_hash: &[u8], now: Time) -> Result<(), StoreError> {
    session::Entity::delete_many()
        .filter(
            Condition::any()
                .add(session::Column::KeyHash.eq(key_hash.to_vec()))
                .add(session::Column::ExpiresAt.lte(now.0)),
        )
        .exec(store.write())
        .await?;
    Ok(())
}

/// A person's sessions, the last used first.
pub async fn of(store: &Store, person: PersonId, now: Time) -> Result<Vec<Row>, StoreError> {
    Ok(session::Entity::find()
        .filter(session::Column::PersonId.eq(person.0))
        .filter(session::Column::ExpiresAt.gt(now.0))
        .order_by_desc(session::Column::SeenAt)
        .all(store.read())
        .await?)
}

/// Ends a person's sessions: one, or all but one.
pub async fn end(
    db: &impl ConnectionTrait,
    person: PersonId,
    only: Option<SessionId>,
    but: Option<SessionId>,
) -> Result<u64, StoreError> {
    let mut ended = session::Entity::delete_many().filter(session::Column::PersonId.eq(person.0));
    if let Some(id) = only {
        ended = ended.filter(session::Column::Id.eq(id.0));
    }
    if let Some(id) = but {
        ended = ended.filter(session::Column::Id.ne(id.0));
    }
    Ok(ended.exec(db).await?.rows_affected)
}
