//! Own addresses that are forwarded to their mailbox, and the test mails that prove it.

use super::entity::own_address;
use super::{Store, StoreError, set};
use domain::id::MailboxId;
use domain::{Address, Time};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

pub use super::entity::own_address::Model as Row;

/// The addresses that are forwarded to a mailbox.
pub async fn of(store: &Store, mailbox: MailboxId) -> Result<Vec<Row>, StoreError> {
    Ok(own_address::Entity::find()
        .filter(own_address::Column::MailboxId.eq(mailbox.0))
        .filter(own_address::Column::Forwarded.eq(true))
        .order_by_asc(own_address::Column::Address)
        .all(store.read())
        .await?)
}

/// Adds an address; replies to it leave from the mailbox's own, whose server would not let it send.
pub async fn add(tx: &impl ConnectionTrait, mailbox: MailboxId, address: &Address) -> Result<(), StoreError> {
    let row = own_address::ActiveModel {
        mailbox_id: set(mailbox.0),
        address: set(address.to_string()),
        receives_only: set(true),
        forwarded: set(true),
        ..Default::default()
    };
    own_address::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// It is not forwarded here any more.
pub async fn remove(tx: &impl ConnectionTrait, mailbox: MailboxId, address: &Address) -> Result<(), StoreError> {
    own_address::Entity::delete_many()
        .filter(own_address::Column::MailboxId.eq(mailbox.0))
        .filter(own_address::Column::Address.eq(address.as_str()))
        .filter(own_address::Column::Forwarded.eq(true))
        .exec(tx)
        .await?;
    Ok(())
}

/// A test mail is about to leave for it.
pub async fn sent(db: &impl ConnectionTrait, address: &Address, at: Time) -> Result<(), StoreError> {
    own_address::Entity::update_many()
        .col_expr(own_address::Column::ForwardSentAt, Expr::value(at.0))
        .col_expr(own_address::Column::ForwardSeenAt, Expr::value(None::<i64>))
        .filter(own_address::Column::Address.eq(address.as_str()))
        .exec(db)
        .await?;
    Ok(())
}

/// A test mail for one of these addresses arrived in the mailbox.
pub async fn seen(
    tx: &impl ConnectionTrait,
    mailbox: MailboxId,
    addresses: Vec<String>,
    at: Time,
) -> Result<(), StoreError> {
    own_address::Entity::update_many()
        .col_expr(own_address::Column::ForwardSeenAt, Expr::value(at.0))
        .filter(own_address::Column::MailboxId.eq(mailbox.0))
        .filter(own_address::Column::Address.is_in(addresses))
        .filter(own_address::Column::Forwarded.eq(true))
        .filter(own_address::Column::ForwardSentAt.is_not_null())
        .exec(tx)
        .await?;
    Ok(())
}
