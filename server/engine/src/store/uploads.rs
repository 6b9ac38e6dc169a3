//! Files that wait to be sent, in chunks; sent ones stay as the bytes of their attachment.

use super::entity::{attachment, upload, upload_chunk};
use super::{Store, StoreError, Tx};
use domain::Time;
use domain::id::{MessageId, PersonId, TicketId, UploadId};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
};

/// An upload's row.
pub type Row = upload::Model;

/// Bytes of one chunk.
pub const CHUNK: usize = 256 << 10;

/// Marks an upload whose last chunk is not written: its message can't exist.
const UNFINISHED: i64 = -1;

/// Begins an upload; it is not listed before [`finish`].
pub async fn begin(
    store: &Store,
    ticket: TicketId,
    person: PersonId,
    name: &str,
    mime: &str,
    now: Time,
) -> Result<UploadId, StoreError> {
    let row = upload::ActiveModel {
        ticket_id: Set(ticket.0),
        person_id: Set(person.0),
        name: Set(name.into()),
        mime: Set(mime.into()),
        bytes: Set(0),
        created_at: Set(now.0),
        message_id: Set(Some(UNFINISHED)),
        ..Default::default()
    };
    Ok(UploadId(row.insert(store.write()).await?.id))
}

pub async fn add_chunk(store: &Store, upload: UploadId, place: i64, bytes: Vec<u8>) -> Result<(), StoreError> {
    let row = upload_chunk::ActiveModel { upload_id: Set(upload.0), place: Set(place), bytes: Set(bytes) };
    upload_chunk::Entity::insert(row).exec_without_returning(store.write()).await?;
    Ok(())
}

pub async fn finish(store: &Store, upload: UploadId, bytes: u64) -> Result<(), StoreError> {
    upload::Entity::update_many()
        .col_expr(upload::Column::Bytes, Expr::value(i64::try_from(bytes).unwrap_or(i64::MAX)))
        .col_expr(upload::Column::MessageId, Expr::value(None::<i64>))
        .filter(upload::Column::Id.eq(upload.0))
        .exec(store.write())
        .await?;
    Ok(())
}

/// Throws away one upload of this person that was not sent; `false`: there is none.
pub async fn forget(store: &Store, ticket: TicketId, person: PersonId, upload: UploadId) -> Result<bool, StoreError> {
    let done = upload::Entity::delete_many()
        .filter(upload::Column::Id.eq(upload.0))
        .filter(upload::Column::TicketId.eq(ticket.0))
        .filter(upload::Column::PersonId.eq(person.0))
        .filter(upload::Column::MessageId.is_null().or(upload::Column::MessageId.eq(UNFINISHED)))
        .exec(store.write())
        .await?;
    Ok(done.rows_affected > 0)
}

/// Files of this person that wait at this ticket.
pub async fn waiting(
    db: &impl sea_orm::ConnectionTrait,
    ticket: TicketId,
    person: PersonId,
) -> Result<Vec<Row>, StoreError> {
    Ok(upload::Entity::find()
        .filter(upload::Column::TicketId.eq(ticket.0))
        .filter(upload::Column::PersonId.eq(person.0))
        .filter(upload::Column::MessageId.is_null())
        .order_by_asc(upload::Column::Id)
        .all(db)
        .await?)
}

/// Those of this person's waiting files that the composer showed.
pub async fn shown(
    db: &impl sea_orm::ConnectionTrait,
    ticket: TicketId,
    person: PersonId,
    files: &[UploadId],
) -> Result<Vec<Row>, StoreError> {
    let mut rows = waiting(db, ticket, person).await?;
    rows.retain(|row| files.contains(&UploadId(row.id)));
    Ok(rows)
}

/// Hangs those of this person's waiting files that the composer showed on a message.
pub async fn attach(
    tx: &Tx,
    ticket: TicketId,
    person: PersonId,
    files: &[UploadId],
    message: MessageId,
) -> Result<(), StoreError> {
    for row in shown(tx, ticket, person, files).await? {
        let file = attachment::ActiveModel {
            message_id: Set(message.0),
            name: Set(row.name),
            mime: Set(row.mime),
            bytes: Set(row.bytes),
            inline: Set(false),
            upload_id: Set(Some(row.id)),
            ..Default::default()
        };
        attachment::Entity::insert(file).exec_without_returning(tx).await?;
        upload::Entity::update_many()
            .col_expr(upload::Column::MessageId, Expr::value(message.0))
            .filter(upload::Column::Id.eq(row.id))
            .exec(tx)
            .await?;
    }
    Ok(())
}

/// The bytes of an upload.
pub async fn bytes(store: &Store, upload: UploadId) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::new();
    let mut after = i64::MIN;
    loop {
        let chunk = upload_chunk::Entity::find()
            .filter(upload_chunk::Column::UploadId.eq(upload.0))
            .filter(upload_chunk::Column::Place.gt(after))
            .order_by_asc(upload_chunk::Column::Place)
            .limit(1)
            .one(store.read())
            .await?;
        let Some(chunk) = chunk else { return Ok(bytes) };
        after = chunk.place;
        bytes.extend_from_slice(&chunk.bytes);
    }
}
