//! Mailbox rows and their own addresses.

use super::entity::{account, delivery, direction, folder, grants, mailbox, mailbox_check, own_address, receipt};
use super::{Store, StoreError, set};
use domain::console::mailboxes::Through;
use domain::console::mailboxes::{AfterFetch, Tidy};
use domain::id::{MailboxId, PersonId};
use domain::provider::Endpoint;
use domain::{Address, Direction, Time};
use sea_orm::sea_query::{LockType, OnConflict};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use std::collections::{HashMap, HashSet};

pub use super::entity::mailbox::{ActiveModel, Model as Row};

impl Row {
    /// What becomes of mail on the server once it is stored here.
    pub fn after_fetch(&self) -> AfterFetch {
        let tidy = match self.after_fetch.as_str() {
            "read" => Tidy::MarkRead,
            "move" => Tidy::MoveTo(self.after_fetch_folder.clone()),
            _ => Tidy::Leave,
        };
        AfterFetch { grace_days: u32::try_from(self.grace_days).unwrap_or(0), tidy }
    }
}

/// One mailbox that was not deleted.
pub async fn get(store: &Store, id: MailboxId) -> Result<Option<Row>, StoreError> {
    Ok(mailbox::Entity::find_by_id(id.0).filter(mailbox::Column::DeletedAt.is_null()).one(store.read()).await?)
}

/// The same, inside a transaction.
pub async fn in_tx(tx: &impl ConnectionTrait, id: MailboxId) -> Result<Option<Row>, StoreError> {
    Ok(mailbox::Entity::find_by_id(id.0).filter(mailbox::Column::DeletedAt.is_null()).one(tx).await?)
}

/// Lets transactions that change a mailbox's credentials stand in line: whoever comes second goes
/// on when the first has committed. On SQLite all writing transactions do.
pub async fn in_line(tx: &impl ConnectionTrait, id: MailboxId) -> Result<(), StoreError> {
    mailbox::Entity::find_by_id(id.0).lock(LockType::Update).one(tx).await?;
    Ok(())
}

/// When the last pass over a mailbox's folders in use ended.
pub async fn fetched_at(db: &impl ConnectionTrait, id: MailboxId) -> Result<Option<i64>, StoreError> {
    let folders = folder::Entity::find()
        .filter(folder::Column::MailboxId.eq(id.0))
        .filter(folder::Column::FormerSwitchId.is_null())
        .all(db)
        .await?;
    Ok(folders.into_iter().filter_map(|f| f.fetched_at).max())
}

/// Own addresses that replies do not leave from: mailboxes had them before a switch.
pub async fn receives_only(store: &Store) -> Result<HashSet<Address>, StoreError> {
    let rows = own_address::Entity::find().filter(own_address::Column::ReceivesOnly.eq(true)).all(store.read()).await?;
    Ok(rows.iter().filter_map(|row| Address::parse(&row.address).ok()).collect())
}

/// All mailboxes that were not deleted, by address.
pub async fn all(store: &Store) -> Result<Vec<Row>, StoreError> {
    Ok(mailbox::Entity::find()
        .filter(mailbox::Column::DeletedAt.is_null())
        .order_by_asc(mailbox::Column::Address)
        .all(store.read())
        .await?)
}

/// Those of these mailboxes that were not deleted.
pub async fn some(store: &Store, ids: impl IntoIterator<Item = MailboxId>) -> Result<Vec<Row>, StoreError> {
    Ok(mailbox::Entity::find()
        .filter(mailbox::Column::Id.is_in(ids.into_iter().map(|id| id.0)))
        .filter(mailbox::Column::DeletedAt.is_null())
        .all(store.read())
        .await?)
}

/// What taking in asks of every mailbox.
#[derive(FromQueryResult)]
pub struct Brief {
    pub id: i64,
    pub address: String,
    pub arrives_at: Option<i64>,
    pub acknowledge: bool,
}

/// The same of all mailboxes that were not deleted: few of many columns.
pub async fn brief(store: &Store) -> Result<Vec<Brief>, StoreError> {
    use mailbox::Column::{Acknowledge, Address, ArrivesAt, DeletedAt, Id};
    let columns = mailbox::Entity::find().select_only().columns([Id, Address, ArrivesAt, Acknowledge]);
    Ok(columns.filter(DeletedAt.is_null()).into_model().all(store.read()).await?)
}

/// Every address that is one of ours, with its mailbox.
pub async fn own_addresses(store: &Store) -> Result<HashMap<Address, MailboxId>, StoreError> {
    own_addresses_of(store, &brief(store).await?).await
}

/// The same where the mailboxes are read already.
pub async fn own_addresses_of(store: &Store, mailboxes: &[Brief]) -> Result<HashMap<Address, MailboxId>, StoreError> {
    let mut own = HashMap::new();
    for row in mailboxes {
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

/// The first imports that are not complete, by mailbox: messages stored and found.
pub async fn importing(store: &Store) -> Result<HashMap<i64, (u64, u64)>, StoreError> {
    let folders = folder::Entity::find()
        .filter(folder::Column::FormerSwitchId.is_null())
        .filter(folder::Column::FetchedAt.is_null())
        .filter(folder::Column::Found.gt(0))
        .filter(folder::Column::Watched.eq(true))
        .filter(folder::Column::Role.ne("sent"))
        .order_by_asc(folder::Column::MailboxId)
        .order_by_asc(folder::Column::Place)
        .order_by_asc(folder::Column::Id)
        .all(store.read())
        .await?;
    let (mut all, mut looked) = (HashMap::new(), HashSet::new());
    // One folder speaks for its mailbox.
    for folder in folders.into_iter().filter(|folder| looked.insert(folder.mailbox_id)) {
        let done = receipt::Entity::find().filter(receipt::Column::FolderId.eq(folder.id)).count(store.read()).await?;
        let found = u64::try_from(folder.found.unwrap_or(0)).unwrap_or(0);
        if done < found {
            all.insert(folder.mailbox_id, (done, found));
        }
    }
    Ok(all)
}

/// In `replies_through`: the SMTP server that notices leave by. No mailbox has this id.
pub const SYSTEM: i64 = 0;

/// What the column says.
pub fn through(column: i64) -> Through {
    if column == SYSTEM { Through::System } else { Through::Mailbox(MailboxId(column)) }
}

/// The same as a column.
pub fn through_column(through: Through) -> i64 {
    match through {
        Through::Mailbox(id) => id.0,
        Through::System => SYSTEM,
    }
}

/// A new mailbox: a draft with both directions, waiting for its admin.
pub struct NewMailbox<'a> {
    pub address: &'a Address,
    pub name: &'a str,
    pub provider_key: &'a str,
    pub endpoints: [Option<Endpoint>; 2],
    pub by: PersonId,
    pub now: Time,
}

/// Adds a draft; `Taken` when the address belongs to a mailbox already.
pub async fn insert(tx: &impl ConnectionTrait, new: NewMailbox<'_>) -> Result<MailboxId, StoreError> {
    let row = ActiveModel {
        address: set(new.address.to_string()),
        name: set(new.name.to_owned()),
        provider_key: set(new.provider_key.to_owned()),
        draft: set(true),
        created_at: set(new.now.0),
        created_by: set(Some(new.by.0)),
        delete_after_fetch: set(false),
        import_mode: set("now".to_owned()),
        from_name: set(new.name.to_owned()),
        signature: set(String::new()),
        epoch: set(0),
        ..Default::default()
    };
    let id = MailboxId(mailbox::Entity::insert(row).exec(tx).await?.last_insert_id);
    for (direction, endpoint) in Direction::BOTH.into_iter().zip(new.endpoints) {
        let row = super::directions::ActiveModel {
            used: set(true),
            generation: set(0),
            ..super::directions::cleared(id, direction)
        };
        direction::Entity::insert(super::directions::at(row, endpoint)).exec(tx).await?;
    }
    Ok(id)
}

/// Frees the address of a draft or a disconnected mailbox; tickets keep pointing at the row.
pub async fn mark_deleted(db: &impl ConnectionTrait, id: MailboxId, at: Time) -> Result<(), StoreError> {
    own_address::Entity::delete_many().filter(own_address::Column::MailboxId.eq(id.0)).exec(db).await?;
    update(db, ActiveModel { id: set(id.0), deleted_at: set(Some(at.0)), ..Default::default() }).await
}

/// Adds a further address; `Taken` when it is one of ours already.
pub async fn add_address(db: &impl ConnectionTrait, id: MailboxId, address: &Address) -> Result<(), StoreError> {
    let row = own_address::ActiveModel {
        mailbox_id: set(id.0),
        address: set(address.to_string()),
        receives_only: set(false),
        ..Default::default()
    };
    own_address::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

/// The watched folder of a mailbox and its highest UID seen.
pub async fn folder(store: &Store, id: MailboxId) -> Result<Option<folder::Model>, StoreError> {
    Ok(folder::Entity::find()
        .filter(folder::Column::MailboxId.eq(id.0))
        .filter(folder::Column::FormerSwitchId.is_null())
        .filter(folder::Column::Watched.eq(true))
        .filter(folder::Column::Role.ne("sent"))
        .order_by_asc(folder::Column::Place)
        .order_by_asc(folder::Column::Id)
        .one(store.read())
        .await?)
}

/// Keeps the result of the last check.
pub async fn keep_check(store: &Store, id: MailboxId, at: Time, result: String) -> Result<(), StoreError> {
    let or_update = OnConflict::column(mailbox_check::Column::MailboxId)
        .update_columns([mailbox_check::Column::At, mailbox_check::Column::Result])
        .to_owned();
    let row = mailbox_check::ActiveModel { mailbox_id: set(id.0), at: set(at.0), result: set(result) };
    mailbox_check::Entity::insert(row).on_conflict(or_update).exec_without_returning(store.write()).await?;
    Ok(())
}

/// The result of the last check.
pub async fn last_check(store: &Store, id: MailboxId) -> Result<Option<String>, StoreError> {
    Ok(mailbox_check::Entity::find_by_id(id.0).one(store.read()).await?.map(|row| row.result))
}
