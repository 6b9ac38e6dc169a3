//! App registrations: our client id and secret at a provider.

use super::entity::{account, direction, grants, mailbox, registration};
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
    /// Whose mailboxes; `None` leaves what was known.
    pub audience: Option<String>,
    /// The redirect address that the provider was told.
    pub redirect: String,
    /// A given secret goes beside the present one, with its end, until it has proved itself.
    pub beside: bool,
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
    let ends_at = change.secret_ends_at.map(|t| t.0);
    let mut row = ActiveModel {
        name: Set(change.name),
        client_id: Set(change.client_id),
        tenant: Set(change.tenant),
        redirect: Set(Some(change.redirect)),
        test: Set(None),
        ..Default::default()
    };
    if change.audience.is_some() {
        row.audience = Set(change.audience);
    }
    if !change.beside {
        row.secret_ends_at = Set(ends_at);
    }
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
        if change.beside {
            row.next_secret_sealed = Set(Some(sealed));
            row.next_secret_ends_at = Set(ends_at);
            row.next_secret_at = Set(Some(now.0));
        } else {
            row.secret_sealed = Set(Some(sealed));
            row.next_secret_sealed = Set(None);
        }
        row.next_refused = Set(None);
    }
    registration::Entity::update(row).exec(&tx).await?;
    tx.commit().await?;
    Ok(id)
}

/// The new secret proved itself: it takes the present one's place, which is wiped. Whether it still was the new one.
pub async fn promote(store: &Store, row: &Row) -> Result<bool, StoreError> {
    let Some(sealed) = &row.next_secret_sealed else { return Ok(false) };
    let updated = registration::Entity::update_many()
        .col_expr(registration::Column::SecretSealed, Expr::col(registration::Column::NextSecretSealed))
        .col_expr(registration::Column::SecretEndsAt, Expr::col(registration::Column::NextSecretEndsAt))
        .filter(registration::Column::Id.eq(row.id))
        .filter(registration::Column::NextSecretSealed.eq(sealed.clone()))
        .exec(store.write())
        .await?;
    if updated.rows_affected == 0 {
        return Ok(false);
    }
    drop_next(store, RegistrationId(row.id), Some(sealed)).await?;
    Ok(true)
}

/// Takes the new secret away; `only` as long as it is this one.
pub async fn drop_next(store: &Store, id: RegistrationId, only: Option<&[u8]>) -> Result<(), StoreError> {
    let mut update = registration::Entity::update_many()
        .col_expr(registration::Column::NextSecretSealed, Expr::value(None::<Vec<u8>>))
        .col_expr(registration::Column::NextSecretEndsAt, Expr::value(None::<i64>))
        .col_expr(registration::Column::NextSecretAt, Expr::value(None::<i64>))
        .col_expr(registration::Column::NextRefused, Expr::value(None::<String>))
        .filter(registration::Column::Id.eq(id.0));
    if let Some(sealed) = only {
        update = update.filter(registration::Column::NextSecretSealed.eq(sealed.to_vec()));
    }
    update.exec(store.write()).await?;
    Ok(())
}

/// The provider refuses the new secret; the present one goes on.
pub async fn next_refused(store: &Store, row: &Row, diagnosis: &str) -> Result<(), StoreError> {
    let Some(sealed) = &row.next_secret_sealed else { return Ok(()) };
    registration::Entity::update_many()
        .col_expr(registration::Column::NextRefused, Expr::value(diagnosis))
        .filter(registration::Column::Id.eq(row.id))
        .filter(registration::Column::NextSecretSealed.eq(sealed.clone()))
        .exec(store.write())
        .await?;
    Ok(())
}

/// Keeps the last test, as JSON.
pub async fn note_test(store: &Store, id: RegistrationId, test: String) -> Result<(), StoreError> {
    let row = ActiveModel { id: Set(id.0), test: Set(Some(test)), ..Default::default() };
    registration::Entity::update(row).exec(store.write()).await?;
    Ok(())
}

/// A tenant in which somebody signed in by this registration; newest first.
pub async fn known_tenant(store: &Store, id: RegistrationId) -> Result<Option<String>, StoreError> {
    let db = store.read();
    let Some(grant) = grants::Entity::find()
        .filter(grants::Column::RegistrationId.eq(id.0))
        .order_by_desc(grants::Column::Id)
        .one(db)
        .await?
    else {
        return Ok(None);
    };
    Ok(account::Entity::find_by_id(grant.account_id).one(db).await?.map(|a| a.tenant_id).filter(|t| !t.is_empty()))
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
