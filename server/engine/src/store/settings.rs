//! The desk's own settings: a key and a value.

use super::{Store, StoreError, entity::setting};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, EntityTrait};

/// What the desk is called.
pub const DESK_NAME: &str = "desk_name";
/// Under which address browsers reach it.
pub const PUBLIC_ADDRESS: &str = "public_address";
/// A public address that no browser has been seen at yet.
pub const ADDRESS_CANDIDATE: &str = "address_candidate";
/// When a browser was seen at the public address, and the address: `MILLISECONDS ADDRESS`.
pub const ADDRESS_CHECKED: &str = "address_checked";
/// The hash of the token that makes the first admin.
pub const FIRST_TOKEN: &str = "first_token";

pub async fn get(store: &Store, key: &str) -> Result<Option<String>, StoreError> {
    Ok(setting::Entity::find_by_id(key).one(store.read()).await?.map(|row| row.value))
}

pub async fn set(store: &Store, key: &str, value: &str) -> Result<(), StoreError> {
    let row = setting::ActiveModel { key: Set(key.into()), value: Set(value.into()) };
    let or_update = OnConflict::column(setting::Column::Key).update_column(setting::Column::Value).to_owned();
    setting::Entity::insert(row).on_conflict(or_update).exec_without_returning(store.write()).await?;
    Ok(())
}

pub async fn remove(store: &Store, key: &str) -> Result<(), StoreError> {
    setting::Entity::delete_by_id(key).exec(store.write()).await?;
    Ok(())
}
