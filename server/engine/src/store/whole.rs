//! A message of which only the beginning was here gets its whole.

use super::entity::{attachment, message, receipt};
use super::{StoreError, Tx, attachments, search};
use crate::mime::Mail;
use domain::id::{MessageId, SourceId};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// Only the beginning of this message is here.
pub async fn shortened(tx: &Tx, id: MessageId) -> Result<(), StoreError> {
    let row = message::ActiveModel { id: Set(id.0), shortened: Set(true), ..Default::default() };
    message::Entity::update(row).exec(tx).await?;
    Ok(())
}

/// Source, text and files of the whole take the place of those of its beginning.
pub async fn put(
    tx: &Tx,
    of: &receipt::Model,
    id: MessageId,
    source: SourceId,
    mail: Option<&Mail>,
) -> Result<(), StoreError> {
    receipt::Entity::update_many()
        .col_expr(receipt::Column::SourceId, Expr::value(source.0))
        .filter(receipt::Column::FolderId.eq(of.folder_id))
        .filter(receipt::Column::UidValidity.eq(of.uid_validity))
        .filter(receipt::Column::Uid.eq(of.uid))
        .exec(tx)
        .await?;
    let mut update = message::Entity::update_many()
        .col_expr(message::Column::SourceId, Expr::value(source.0))
        .col_expr(message::Column::Shortened, Expr::value(false))
        .filter(message::Column::Id.eq(id.0));
    if let Some(mail) = mail {
        update = update
            .col_expr(message::Column::Text, Expr::value(mail.text.clone()))
            .col_expr(message::Column::Quoted, Expr::value(mail.quoted.clone()))
            .col_expr(message::Column::Html, Expr::value(mail.html.clone()));
    }
    update.exec(tx).await?;
    attachment::Entity::delete_many().filter(attachment::Column::MessageId.eq(id.0)).exec(tx).await?;
    if let Some(mail) = mail {
        let parts: Vec<_> = mail.parts.iter().map(|part| (id, part.clone())).collect();
        attachments::insert_parts(tx, &parts).await?;
    }
    search::due(tx, &[id]).await
}
