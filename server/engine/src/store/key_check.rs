//! Whether the vault's keys fit this database, and which of them seals: the one that sealed this
//! file's row. A rotation begins when that row changes.

use super::{Store, StoreError, entity::setting};
use crate::secret::Secret;
use crate::vault::Vault;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};

const ROW: &str = "vault_check";
/// The seed of what is signed, since the first rotation: it must outlive a key.
const SIGNING: &str = "vault_signing";

/// Whether anything here was sealed yet.
pub async fn holds_sealed(store: &Store) -> Result<bool, StoreError> {
    Ok(setting::Entity::find_by_id(ROW).one(store.read()).await?.is_some())
}

/// Whether one of the keys fits; it seals from now on. The first key that asks becomes the one
/// that fits.
pub async fn fits(store: &Store, vault: &Vault) -> Result<bool, StoreError> {
    let Some(row) = setting::Entity::find_by_id(ROW).one(store.read()).await? else {
        let sealed = STANDARD.encode(vault.seal(ROW, &Secret::new("mailkeep")));
        let row = setting::ActiveModel { key: Set(ROW.into()), value: Set(sealed) };
        setting::Entity::insert(row).exec(store.write()).await?;
        return Ok(true);
    };
    if let Some(row) = setting::Entity::find_by_id(SIGNING).one(store.read()).await?
        && let Ok(seed) = vault.open(SIGNING, &STANDARD.decode(row.value).unwrap_or_default())
    {
        vault.sign_with(&seed);
    }
    let sealed = STANDARD.decode(row.value).unwrap_or_default();
    Ok(vault.open(ROW, &sealed).is_ok() && vault.settle_on(&sealed))
}

/// Lets the key after the present one seal from now on, here and at every node that looks. What is
/// signed stays signed by the same seed.
///
/// # Errors
/// The database's. `false`: there is no further key, or somebody was quicker.
pub async fn switch(store: &Store, vault: &Vault) -> Result<bool, StoreError> {
    let Some(check) = vault.seal_with_next(ROW, &Secret::new("mailkeep")) else { return Ok(false) };
    let seed = vault.signing_seed();
    let Some(signing) = vault.seal_with_next(SIGNING, &seed) else { return Ok(false) };
    let tx = store.begin().await?;
    let Some(was) = setting::Entity::find_by_id(ROW).one(&tx).await? else { return Ok(false) };
    if !vault.is_present(&STANDARD.decode(&was.value).unwrap_or_default()) {
        return Ok(false);
    }
    let row = setting::ActiveModel { key: Set(SIGNING.into()), value: Set(STANDARD.encode(signing)) };
    let or_update = OnConflict::column(setting::Column::Key).update_column(setting::Column::Value).to_owned();
    setting::Entity::insert(row).on_conflict(or_update).exec_without_returning(&tx).await?;
    setting::Entity::update_many()
        .col_expr(setting::Column::Value, Expr::value(STANDARD.encode(&check)))
        .filter(setting::Column::Key.eq(ROW))
        .filter(setting::Column::Value.eq(was.value))
        .exec(&tx)
        .await?;
    super::commit(tx).await?;
    vault.sign_with(&seed);
    Ok(vault.settle_on(&check))
}
