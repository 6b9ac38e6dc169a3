//! Accounts: identities at providers, known by tenant and object id.

use super::entity::account;
use super::{Store, StoreError};
use domain::Time;
use domain::id::AccountId;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};

pub use super::entity::account::Model as Row;

/// Who signed in, as the id_token said.
pub struct Identity<'a> {
    pub provider_key: &'a str,
    pub tenant_id: &'a str,
    pub object_id: &'a str,
    pub login: &'a str,
    pub name: &'a str,
    /// The object id alone is the identity (Google: the hosted domain may change).
    pub tenant_may_change: bool,
}

/// Finds the account or makes it; a renamed person is the same account under a new name.
pub async fn note(db: &impl ConnectionTrait, who: &Identity<'_>, now: Time) -> Result<Row, StoreError> {
    let mut found = account::Entity::find()
        .filter(account::Column::ProviderKey.eq(who.provider_key))
        .filter(account::Column::ObjectId.eq(who.object_id));
    if !who.tenant_may_change {
        found = found.filter(account::Column::TenantId.eq(who.tenant_id));
    }
    let mut row = account::ActiveModel {
        tenant_id: Set(who.tenant_id.into()),
        login: Set(who.login.into()),
        name: Set(who.name.into()),
        signed_in_at: Set(now.0),
        ..Default::default()
    };
    match found.limit(1).one(db).await? {
        Some(old) => {
            row.id = Set(old.id);
            Ok(account::Entity::update(row).exec(db).await?)
        }
        None => {
            row.provider_key = Set(who.provider_key.into());
            row.object_id = Set(who.object_id.into());
            Ok(account::Entity::insert(row).exec_with_returning(db).await?)
        }
    }
}

/// One account.
pub async fn get(store: &Store, id: AccountId) -> Result<Option<Row>, StoreError> {
    Ok(account::Entity::find_by_id(id.0).one(store.read()).await?)
}
