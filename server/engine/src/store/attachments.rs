//! Files of messages: which part of the source, or which upload, holds their bytes.

use super::entity::attachment;
use super::{Store, StoreError, Tx};
use crate::mime::Part;
use domain::id::{AttachmentId, MessageId};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

/// A file's row.
pub type Row = attachment::Model;

/// In place of a part's index: the whole source.
pub const WHOLE: i64 = -1;

/// Lists the files of a message that came.
pub async fn insert_parts(tx: &Tx, parts: &[(MessageId, Part)]) -> Result<(), StoreError> {
    // SQLite binds at most 32766 values; a few rows a statement keep the lock short as well.
    for some in parts.chunks(50) {
        let rows = some.iter().map(|(message, part)| attachment::ActiveModel {
            message_id: Set(message.0),
            name: Set(part.name.clone()),
            mime: Set(part.mime.clone()),
            bytes: Set(i64::try_from(part.bytes).unwrap_or(i64::MAX)),
            content_id: Set(part.content_id.clone()),
            inline: Set(part.inline),
            part: Set(Some(part.index.into())),
            ..Default::default()
        });
        attachment::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Hangs the whole source on a message that can't be read.
pub async fn insert_source(tx: &Tx, message: MessageId, bytes: usize) -> Result<(), StoreError> {
    let row = attachment::ActiveModel {
        message_id: Set(message.0),
        name: Set("message.eml".into()),
        mime: Set("message/rfc822".into()),
        bytes: Set(i64::try_from(bytes).unwrap_or(i64::MAX)),
        inline: Set(false),
        part: Set(Some(WHOLE)),
        ..Default::default()
    };
    attachment::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Name and size of each file of a message.
pub async fn names(tx: &Tx, message: MessageId) -> Result<Vec<(String, u64)>, StoreError> {
    let rows = attachment::Entity::find().filter(attachment::Column::MessageId.eq(message.0)).all(tx).await?;
    Ok(rows.into_iter().map(|row| (row.name, u64::try_from(row.bytes).unwrap_or(0))).collect())
}

pub async fn get(store: &Store, id: AttachmentId) -> Result<Option<Row>, StoreError> {
    Ok(attachment::Entity::find_by_id(id.0).one(store.read()).await?)
}

/// The files of these messages, in order.
pub async fn of_messages(store: &Store, messages: &[MessageId]) -> Result<Vec<Row>, StoreError> {
    let mut rows = Vec::new();
    for some in messages.chunks(500) {
        rows.extend(
            attachment::Entity::find()
                .filter(attachment::Column::MessageId.is_in(some.iter().map(|m| m.0)))
                .order_by_asc(attachment::Column::Id)
                .all(store.read())
                .await?,
        );
    }
    Ok(rows)
}
