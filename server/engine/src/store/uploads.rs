//! Files that wait to be sent with a reply: kept in chunks beside the draft, and after the reply
//! was written as the bytes of its attachments.

use super::entity::{attachment, upload, upload_chunk};
use super::{Store, StoreError, set};
use domain::Time;
use domain::id::{MessageId, PersonId, TicketId, UploadId};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

pub use super::deliveries::upload_bytes as bytes;
pub use super::entity::upload::Model as Row;

/// The largest piece that [`add`] should be given, in bytes.
pub const CHUNK: usize = 256 * 1024;

/// Begins an upload; [`add`] brings its bytes.
///
/// # Errors
/// The database's.
pub async fn begin(store: &Store, ticket: TicketId, person: PersonId, name: &str, mime: &str, now: Time) -> Result<UploadId, StoreError> {
    let row = upload::ActiveModel {
        ticket_id: set(ticket.0),
        person_id: set(person.0),
        name: set(name.to_owned()),
        mime: set(mime.to_owned()),
        bytes: set(0_i64),
        created_at: set(now.0),
        message_id: set(None::<i64>),
        ..Default::default()
    };
    Ok(UploadId(row.insert(store.write()).await?.id))
}

/// Adds the piece at this place, counted from 0. Pieces of at most [`CHUNK`] bytes.
///
/// # Errors
/// The database's.
pub async fn add(store: &Store, id: UploadId, place: i64, piece: Vec<u8>) -> Result<(), StoreError> {
    let bytes = i64::try_from(piece.len()).unwrap_or(i64::MAX);
    let tx = store.begin().await?;
    let row = upload_chunk::ActiveModel { upload_id: set(id.0), place: set(place), bytes: set(piece) };
    upload_chunk::Entity::insert(row).exec_without_returning(&tx).await?;
    upload::Entity::update_many()
        .col_expr(upload::Column::Bytes, Expr::col(upload::Column::Bytes).add(bytes))
        .filter(upload::Column::Id.eq(id.0))
        .exec(&tx)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// The files of a person's draft on a ticket.
///
/// # Errors
/// The database's.
pub async fn of_draft(db: &impl ConnectionTrait, ticket: TicketId, person: PersonId) -> Result<Vec<Row>, StoreError> {
    Ok(upload::Entity::find()
        .filter(upload::Column::TicketId.eq(ticket.0))
        .filter(upload::Column::PersonId.eq(person.0))
        .filter(upload::Column::MessageId.is_null())
        .order_by_asc(upload::Column::Id)
        .all(db)
        .await?)
}

/// Throws a file of a draft away. `false` when it is not there, not this person's, or sent.
///
/// # Errors
/// The database's.
pub async fn discard(store: &Store, ticket: TicketId, person: PersonId, id: UploadId) -> Result<bool, StoreError> {
    let gone = upload::Entity::delete_many()
        .filter(upload::Column::Id.eq(id.0))
        .filter(upload::Column::TicketId.eq(ticket.0))
        .filter(upload::Column::PersonId.eq(person.0))
        .filter(upload::Column::MessageId.is_null())
        .exec(store.write())
        .await?;
    Ok(gone.rows_affected > 0)
}

/// Makes a draft's files the attachments of the message that was written from it, in that
/// message's transaction. Gives their bytes together.
///
/// # Errors
/// The database's.
pub async fn attach(tx: &impl ConnectionTrait, ticket: TicketId, person: PersonId, message: MessageId) -> Result<u64, StoreError> {
    let files = of_draft(tx, ticket, person).await?;
    let mut total = 0;
    for file in files {
        let row = attachment::ActiveModel {
            message_id: set(message.0),
            name: set(file.name.clone()),
            mime: set(file.mime.clone()),
            bytes: set(file.bytes),
            inline: set(false),
            upload_id: set(Some(file.id)),
            ..Default::default()
        };
        row.insert(tx).await?;
        upload::Entity::update_many()
            .col_expr(upload::Column::MessageId, Expr::value(Some(message.0)))
            .filter(upload::Column::Id.eq(file.id))
            .exec(tx)
            .await?;
        total += u64::try_from(file.bytes).unwrap_or(0);
    }
    Ok(total)
}
