//! App registrations: our client id and secret at a provider.

use super::entity::{direction, grants, mailbox, registration};
use super::{Store, StoreError};
use domain::Time;
use domain::id::RegistrationId;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait as _, Func};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use std::collections::{HashMap, HashSet};

use super::entity::registration::ActiveModel;
pub use super::entity::registration::Model as Row;

/// One registration.
pub async fn get(store: &Store, id: RegistrationId) -> Result<Option<Row>, StoreError> {
    Ok(registration::Entity::find_by_id(id.0).one(store.read()).await?)
}

/// All of them, oldest first.
pub async fn all(store: &Store) -> Result<Vec<Row>, StoreError> {
    Ok(registration::Entity::find().order_by_asc(registration::Column::Id).all(store.read()).await?)
}

/// The one that a provider's new sign-ins use.
pub async fn default_of(store: &Store, provider_key: &str) -> Result<Option<Row>, StoreError> {
    Ok(registration::Entity::find()
        .filter(registration::Column::ProviderKey.eq(provider_key))
        .order_by_desc(registration::Column::IsDefault)
        .order_by_asc(registration::Column::Id)
        .one(store.read())
        .await?)
}

/// What a form says of a registration.
pub struct Change {
    pub name: String,
    pub client_id: String,
    pub tenant: String,
    pub secret_ends_at: Option<Time>,
}

/// Adds or changes one; the first of its provider becomes the default. `seal` gives the new secret
/// sealed for the row's id, or nothing: the old one stays.
pub async fn save(
    store: &Store,
    id: Option<RegistrationId>,
    provider_key: &str,
    change: Change,
    seal: impl FnOnce(RegistrationId) -> Option<Vec<u8>>,
    now: Time,
) -> Result<RegistrationId, StoreError> {
    let tx = store.begin().await?;
    let mut row = ActiveModel {
        name: Set(change.name),
        client_id: Set(change.client_id),
        tenant: Set(change.tenant),
        secret_ends_at: Set(change.secret_ends_at.map(|t| t.0)),
        ..Default::default()
    };
    let id = match id {
        Some(id) => id,
        None => {
            let default = registration::Entity::find()
                .filter(registration::Column::ProviderKey.eq(provider_key))
                .filter(registration::Column::IsDefault.eq(true))
                .one(&tx)
                .await?;
            row.provider_key = Set(provider_key.into());
            row.is_default = Set(default.is_none());
            row.created_at = Set(now.0);
            let added = registration::Entity::insert(row).exec_with_returning(&tx).await?;
            row = ActiveModel { name: Set(added.name), ..Default::default() };
            RegistrationId(added.id)
        }
    };
    row.id = Set(id.0);
    if let Some(sealed) = seal(id) {
        row.secret_sealed = Set(Some(sealed));
    }
    registration::Entity::update(row).exec(&tx).await?;
    tx.commit().await?;
    Ok(id)
}

/// Makes one the default of its provider.
pub async fn make_default(db: &impl ConnectionTrait, row: &Row) -> Result<(), StoreError> {
    registration::Entity::update_many()
        .col_expr(registration::Column::IsDefault, Expr::col(registration::Column::Id).eq(row.id))
        .filter(registration::Column::ProviderKey.eq(&*row.provider_key))
        .exec(db)
        .await?;
    Ok(())
}

/// Removes one with the grants that nothing uses; the oldest of the rest becomes the default.
pub async fn remove(store: &Store, row: &Row) -> Result<(), StoreError> {
    let tx = store.begin().await?;
    let db = &tx;
    grants::Entity::delete_many().filter(grants::Column::RegistrationId.eq(row.id)).exec(db).await?;
    registration::Entity::delete_by_id(row.id).exec(db).await?;
    if row.is_default {
        let heir = registration::Entity::find()
            .filter(registration::Column::ProviderKey.eq(&*row.provider_key))
            .order_by_asc(registration::Column::Id)
            .one(db)
            .await?;
        if let Some(heir) = heir {
            make_default(db, &heir).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

/// Notes what the provider refuses; the first time counts. Whether this is news.
pub async fn mark_failing(store: &Store, id: RegistrationId, diagnosis: &str, now: Time) -> Result<bool, StoreError> {
    let updated = registration::Entity::update_many()
        .col_expr(registration::Column::FailingDiagnosis, Expr::value(diagnosis))
        .col_expr(
            registration::Column::FailingSince,
            Expr::from(Func::coalesce([Expr::col(registration::Column::FailingSince), Expr::value(now.0)])),
        )
        .filter(registration::Column::Id.eq(id.0))
        .filter(
            Condition::any()
                .add(registration::Column::FailingDiagnosis.is_null())
                .add(registration::Column::FailingDiagnosis.ne(diagnosis)),
        )
        .exec(store.write())
        .await?;
    Ok(updated.rows_affected > 0)
}

/// The provider takes it again. Whether it was failing.
pub async fn mark_working(store: &Store, id: RegistrationId) -> Result<bool, StoreError> {
    let updated = registration::Entity::update_many()
        .col_expr(registration::Column::FailingDiagnosis, Expr::value(None::<String>))
        .col_expr(registration::Column::FailingSince, Expr::value(None::<i64>))
        .filter(registration::Column::Id.eq(id.0))
        .filter(registration::Column::FailingSince.is_not_null())
        .exec(store.write())
        .await?;
    Ok(updated.rows_affected > 0)
}

/// How many mailboxes sign in by each registration, kept sign-ins included.
pub async fn uses(store: &Store) -> Result<HashMap<i64, u32>, StoreError> {
    let db = store.read();
    let by_grant: HashMap<i64, i64> =
        grants::Entity::find().all(db).await?.into_iter().map(|g| (g.id, g.registration_id)).collect();
    let living: HashSet<i64> = mailbox::Entity::find()
        .filter(mailbox::Column::DeletedAt.is_null())
        .all(db)
        .await?
        .into_iter()
        .map(|m| m.id)
        .collect();
    let mut mailboxes: HashMap<i64, HashSet<i64>> = HashMap::new();
    for row in direction::Entity::find().all(db).await? {
        for grant in [row.grant_id, row.kept_grant_id].into_iter().flatten() {
            if let Some(registration) = by_grant.get(&grant).filter(|_| living.contains(&row.mailbox_id)) {
                mailboxes.entry(*registration).or_default().insert(row.mailbox_id);
            }
        }
    }
    Ok(mailboxes.into_iter().map(|(id, set)| (id, u32::try_from(set.len()).unwrap_or(u32::MAX))).collect())
}
