//! Stored raw messages, in chunk rows of at most a mebibyte.

use super::entity::{source, source_chunk, unfinished};
use super::{Store, StoreError};
use domain::Time;
use domain::id::{FolderId, SourceId};
use domain::time::Span;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};
use std::collections::HashMap;

/// Bytes of a chunk row.
pub const CHUNK: usize = 1 << 20;
/// Of one statement; the driver holds them more than once. Bytes.
const AT_ONCE: usize = 2 << 20;

/// Stores a whole source.
pub async fn store(
    db: &impl ConnectionTrait,
    bytes: &[u8],
    digest: Vec<u8>,
    arrived_at: Time,
    now: Time,
) -> Result<SourceId, StoreError> {
    let row = whole_row(bytes.len(), digest, arrived_at, now);
    let id = SourceId(source::Entity::insert(row).exec(db).await?.last_insert_id);
    for (place, chunk) in (0..).zip(bytes.chunks(CHUNK)) {
        add_chunk(db, id, place, chunk.to_vec()).await?;
    }
    Ok(id)
}

/// A source that is stored with others.
pub struct Whole {
    pub bytes: Vec<u8>,
    pub digest: Vec<u8>,
    pub arrived_at: Time,
}

/// Stores whole sources in few statements; their numbers, in the order given.
pub async fn store_all(db: &impl ConnectionTrait, whole: Vec<Whole>, now: Time) -> Result<Vec<SourceId>, StoreError> {
    let mut ids = Vec::with_capacity(whole.len());
    let mut rest = &whole[..];
    while !rest.is_empty() {
        let (some, others) = rest.split_at(super::rows_at_once(rest.len()));
        rest = others;
        let rows = some.iter().map(|one| whole_row(one.bytes.len(), one.digest.clone(), one.arrived_at, now));
        let made = source::Entity::insert_many(rows).exec_with_returning(db).await?;
        // RETURNING promises no order: rows are told by what they hold, and equal ones are equal.
        let mut free: HashMap<(Vec<u8>, i64), Vec<i64>> = HashMap::with_capacity(made.len());
        for row in made.into_iter().rev() {
            free.entry((row.digest.unwrap_or_default(), row.arrived_at)).or_default().push(row.id);
        }
        for one in some {
            let id = free.get_mut(&(one.digest.clone(), one.arrived_at.0)).and_then(Vec::pop);
            ids.push(SourceId(id.ok_or(StoreError::Taken)?));
        }
    }
    let mut chunks = Vec::with_capacity(whole.len());
    for (id, one) in ids.iter().zip(whole) {
        if one.bytes.len() <= CHUNK {
            // The usual case gives its bytes away.
            chunks.extend((!one.bytes.is_empty()).then(|| chunk_row(*id, 0, one.bytes)));
        } else {
            chunks.extend((0..).zip(one.bytes.chunks(CHUNK)).map(|(place, part)| chunk_row(*id, place, part.to_vec())));
        }
    }
    while !chunks.is_empty() {
        let mut bytes = 0;
        let fit = chunks.iter().take_while(|chunk| {
            bytes += chunk.bytes.try_as_ref().map_or(0, Vec::len);
            bytes <= AT_ONCE
        });
        let count = super::rows_at_once(fit.count().max(1));
        let some: Vec<_> = chunks.drain(..count).collect();
        source_chunk::Entity::insert_many(some).exec_without_returning(db).await?;
    }
    Ok(ids)
}

fn whole_row(bytes: usize, digest: Vec<u8>, arrived_at: Time, now: Time) -> source::ActiveModel {
    source::ActiveModel {
        digest: Set(Some(digest)),
        bytes: Set(i64::try_from(bytes).unwrap_or(i64::MAX)),
        complete: Set(true),
        arrived_at: Set(arrived_at.0),
        stored_at: Set(now.0),
        ..Default::default()
    }
}

fn chunk_row(id: SourceId, place: i64, bytes: Vec<u8>) -> source_chunk::ActiveModel {
    source_chunk::ActiveModel { source_id: Set(id.0), place: Set(place), bytes: Set(bytes) }
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
    source_chunk::Entity::insert(chunk_row(id, place, bytes)).exec_without_returning(db).await?;
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
    unfinished::Entity::delete_by_id(id.0).exec(db).await?;
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

/// Which message a begun source is of: its numbers, its size, and the digest of its header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    pub folder: FolderId,
    pub uid_validity: u32,
    pub uid: u32,
    pub size: u64,
    pub digest: &'a [u8],
}

/// Notes of which message a begun source is, so that it can go on after an interruption. The
/// former begun source of that UID goes.
pub async fn mark_unfinished(tx: &impl ConnectionTrait, id: SourceId, of: &Message<'_>) -> Result<(), StoreError> {
    let former = unfinished::Entity::find().filter(same_place(of)).all(tx).await?;
    for row in former {
        // Its chunks and its mark go with it.
        drop_unfinished(tx, SourceId(row.source_id)).await?;
    }
    let row = unfinished::ActiveModel {
        source_id: Set(id.0),
        folder_id: Set(of.folder.0),
        uid_validity: Set(of.uid_validity.into()),
        uid: Set(of.uid.into()),
        size: Set(i64::try_from(of.size).unwrap_or(i64::MAX)),
        digest: Set(of.digest.to_vec()),
    };
    unfinished::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The begun source of exactly this message.
pub async fn unfinished(store: &Store, of: &Message<'_>) -> Result<Option<SourceId>, StoreError> {
    let row = unfinished::Entity::find()
        .filter(same_place(of))
        .filter(unfinished::Column::Size.eq(i64::try_from(of.size).unwrap_or(i64::MAX)))
        .filter(unfinished::Column::Digest.eq(of.digest.to_vec()))
        .one(store.read())
        .await?;
    Ok(row.map(|row| SourceId(row.source_id)))
}

fn same_place(of: &Message<'_>) -> Condition {
    Condition::all()
        .add(unfinished::Column::FolderId.eq(of.folder.0))
        .add(unfinished::Column::UidValidity.eq(i64::from(of.uid_validity)))
        .add(unfinished::Column::Uid.eq(i64::from(of.uid)))
}

/// One chunk of a source, complete or not.
pub async fn chunk(store: &Store, id: SourceId, place: i64) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(source_chunk::Entity::find_by_id((id.0, place)).one(store.read()).await?.map(|row| row.bytes))
}

/// Throws away what was begun before this time and can't go on: a process died over it. What can
/// go on is kept for a week.
pub async fn drop_abandoned(store: &Store, before: Time, now: Time) -> Result<u64, StoreError> {
    let resumable = unfinished::Entity::find().select_only().column(unfinished::Column::SourceId).into_query();
    let stale = Condition::any()
        .add(
            Condition::all()
                .add(source::Column::StoredAt.lt(before.0))
                .add(source::Column::Id.not_in_subquery(resumable)),
        )
        .add(source::Column::StoredAt.lt((now - Span::days(7)).0));
    let done = source::Entity::delete_many()
        .filter(source::Column::Complete.eq(false))
        .filter(stale)
        .exec(store.write())
        .await?;
    Ok(done.rows_affected)
}
