//! Stored raw messages, in chunk rows of at most a mebibyte.

use super::entity::{source, source_chunk};
use super::{Store, StoreError};
use domain::Time;
use domain::id::SourceId;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

/// Bytes of a chunk row.
pub const CHUNK: usize = 1 << 20;

/// Stores a whole source.
pub async fn store(
    db: &impl ConnectionTrait,
    bytes: &[u8],
    digest: Vec<u8>,
    arrived_at: Time,
    now: Time,
) -> Result<SourceId, StoreError> {
    let row = source::ActiveModel {
        digest: Set(Some(digest)),
        bytes: Set(i64::try_from(bytes.len()).unwrap_or(i64::MAX)),
        complete: Set(true),
        arrived_at: Set(arrived_at.0),
        stored_at: Set(now.0),
        ..Default::default()
    };
    let id = SourceId(source::Entity::insert(row).exec(db).await?.last_insert_id);
    for (place, chunk) in (0..).zip(bytes.chunks(CHUNK)) {
        add_chunk(db, id, place, chunk.to_vec()).await?;
    }
    Ok(id)
}

/// Begins a source that comes in parts: nobody reads it until it is complete.
pub async fn begin(db: &impl ConnectionTrait, arrived_at: Time, now: Time) -> Result<SourceId, StoreError> {
    let row = source::ActiveModel {
        digest: Set(None),
        bytes: Set(0),
        complete: Set(false),
        arrived_at: Set(arrived_at.0),
        stored_at: Set(now.0),
        ..Default::default()
    };
    Ok(SourceId(source::Entity::insert(row).exec(db).await?.last_insert_id))
}

/// Writes one part, at most [`CHUNK`] bytes.
pub async fn add_chunk(db: &impl ConnectionTrait, id: SourceId, place: i64, bytes: Vec<u8>) -> Result<(), StoreError> {
    let row = source_chunk::ActiveModel { source_id: Set(id.0), place: Set(place), bytes: Set(bytes) };
    source_chunk::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// All parts are there.
pub async fn complete(db: &impl ConnectionTrait, id: SourceId, bytes: u64, digest: Vec<u8>) -> Result<(), StoreError> {
    let row = source::ActiveModel {
        id: Set(id.0),
        digest: Set(Some(digest)),
        bytes: Set(i64::try_from(bytes).unwrap_or(i64::MAX)),
        complete: Set(true),
        ..Default::default()
    };
    source::Entity::update(row).exec(db).await?;
    Ok(())
}

/// Throws an unfinished source away.
pub async fn drop_unfinished(db: &impl ConnectionTrait, id: SourceId) -> Result<(), StoreError> {
    source::Entity::delete_many()
        .filter(source::Column::Id.eq(id.0))
        .filter(source::Column::Complete.eq(false))
        .exec(db)
        .await?;
    Ok(())
}

/// Throws away what was begun before this time and never completed: a process died over it.
pub async fn drop_abandoned(store: &Store, before: Time) -> Result<u64, StoreError> {
    let done = source::Entity::delete_many()
        .filter(source::Column::Complete.eq(false))
        .filter(source::Column::StoredAt.lt(before.0))
        .exec(store.write())
        .await?;
    Ok(done.rows_affected)
}
