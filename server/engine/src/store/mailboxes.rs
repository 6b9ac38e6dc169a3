//! Mailbox rows and their own addresses.

use super::entity::{account, delivery, folder, grants, mailbox, own_address, receipt};
use super::{Store, StoreError};
use domain::Address;
use domain::id::MailboxId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::HashMap;

pub use super::entity::mailbox::{ActiveModel, Model as Row};

/// One mailbox that was not deleted.
pub async fn get(store: &Store, id: MailboxId) -> Result<Option<Row>, StoreError> {
    Ok(mailbox::Entity::find_by_id(id.0)
        .filter(mailbox::Column::DeletedAt.is_null())
        .one(store.read())
        .await?)
}

/// All mailboxes that were not deleted, by address.
pub async fn all(store: &Store) -> Result<Vec<Row>, StoreError> {
    Ok(mailbox::Entity::find()
        .filter(mailbox::Column::DeletedAt.is_null())
        .order_by_asc(mailbox::Column::Address)
        .all(store.read())
        .await?)
}

/// Every address that is one of ours, with its mailbox.
pub async fn own_addresses(store: &Store) -> Result<HashMap<Address, MailboxId>, StoreError> {
    let mut own = HashMap::new();
    for row in all(store).await? {
        if let Ok(address) = Address::parse(&row.address) {
            own.insert(address, MailboxId(row.id));
        }
    }
    for row in own_address::Entity::find().all(store.read()).await? {
        if let Ok(address) = Address::parse(&row.address) {
            own.entry(address).or_insert(MailboxId(row.mailbox_id));
        }
    }
    Ok(own)
}

/// The further addresses of one mailbox.
pub async fn addresses_of(store: &Store, id: MailboxId) -> Result<Vec<Address>, StoreError> {
    let rows = own_address::Entity::find()
        .filter(own_address::Column::MailboxId.eq(id.0))
        .order_by_asc(own_address::Column::Address)
        .all(store.read())
        .await?;
    Ok(rows.iter().filter_map(|row| Address::parse(&row.address).ok()).collect())
}

/// Writes the given columns of one mailbox.
pub async fn update(db: &impl ConnectionTrait, row: ActiveModel) -> Result<(), StoreError> {
    mailbox::Entity::update(row).exec(db).await?;
    Ok(())
}

/// The account behind each grant.
pub async fn accounts_by_grant(store: &Store) -> Result<HashMap<i64, account::Model>, StoreError> {
    let accounts: HashMap<i64, account::Model> =
        account::Entity::find().all(store.read()).await?.into_iter().map(|a| (a.id, a)).collect();
    Ok(grants::Entity::find()
        .all(store.read())
        .await?
        .into_iter()
        .filter_map(|grant| Some((grant.id, accounts.get(&grant.account_id)?.clone())))
        .collect())
}

/// Replies that wait to leave, by mailbox.
pub async fn due_replies(store: &Store) -> Result<HashMap<i64, u32>, StoreError> {
    let rows: Vec<(i64, i64)> = delivery::Entity::find()
        .select_only()
        .column(delivery::Column::MailboxId)
        .column_as(delivery::Column::Id.count(), "replies")
        .filter(delivery::Column::State.eq("waiting"))
        .group_by(delivery::Column::MailboxId)
        .into_tuple()
        .all(store.read())
        .await?;
    Ok(rows.into_iter().map(|(mailbox, n)| (mailbox, u32::try_from(n).unwrap_or(u32::MAX))).collect())
}

/// The first import of a mailbox: messages stored and found, while it is not complete.
pub async fn importing(store: &Store, mailbox: MailboxId) -> Result<Option<(u64, u64)>, StoreError> {
    let folder = folder::Entity::find()
        .filter(folder::Column::MailboxId.eq(mailbox.0))
        .filter(folder::Column::FetchedAt.is_null())
        .filter(folder::Column::Found.gt(0))
        .one(store.read())
        .await?;
    let Some(folder) = folder else { return Ok(None) };
    let done = receipt::Entity::find().filter(receipt::Column::FolderId.eq(folder.id)).count(store.read()).await?;
    let found = u64::try_from(folder.found.unwrap_or(0)).unwrap_or(0);
    Ok((done < found).then_some((done, found)))
}
