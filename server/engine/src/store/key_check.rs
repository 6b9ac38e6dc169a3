//! Whether the vault's key is the one that this database was sealed with.

use super::{Store, StoreError, entity::setting};
use crate::secret::Secret;
use crate::vault::Vault;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sea_orm::{ActiveValue::Set, EntityTrait};

const ROW: &str = "vault_check";

/// Whether anything here was sealed yet.
pub async fn holds_sealed(store: &Store) -> Result<bool, StoreError> {
    Ok(setting::Entity::find_by_id(ROW).one(store.read()).await?.is_some())
}

/// Whether the key fits. The first key that asks becomes the one that fits.
pub async fn fits(store: &Store, vault: &Vault) -> Result<bool, StoreError> {
    match setting::Entity::find_by_id(ROW).one(store.read()).await? {
        Some(row) => {
            let sealed = STANDARD.decode(row.value).unwrap_or_default();
            Ok(vault.open(ROW, &sealed).is_ok())
        }
        None => {
            let sealed = STANDARD.encode(vault.seal(ROW, &Secret::new("mailkeep")));
            let row = setting::ActiveModel { key: Set(ROW.into()), value: Set(sealed) };
            setting::Entity::insert(row).exec(store.write()).await?;
            Ok(true)
        }
    }
}
