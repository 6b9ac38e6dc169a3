//! Providers that an admin added.

use super::entity::{mailbox, own_provider, registration};
use super::{Store, StoreError};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

use super::entity::own_provider::ActiveModel;
pub use super::entity::own_provider::Model as Row;

/// All of them, oldest first.
pub async fn all(store: &Store) -> Result<Vec<Row>, StoreError> {
    Ok(own_provider::Entity::find().order_by_asc(own_provider::Column::Id).all(store.read()).await?)
}

/// One of them.
pub async fn get(store: &Store, id: i64) -> Result<Option<Row>, StoreError> {
    Ok(own_provider::Entity::find_by_id(id).one(store.read()).await?)
}

/// Keeps what an issuer publishes. One that is known keeps its name, its servers and its permissions for mail.
pub async fn found(store: &Store, new: Row) -> Result<Row, StoreError> {
    let tx = store.begin().await?;
    let known = own_provider::Entity::find().filter(own_provider::Column::Issuer.eq(&*new.issuer)).one(&tx).await?;
    let published = ActiveModel {
        issuer: Set(new.issuer),
        authorize_url: Set(new.authorize_url),
        token_url: Set(new.token_url),
        userinfo_url: Set(new.userinfo_url),
        revoke_url: Set(new.revoke_url),
        identity_scopes: Set(new.identity_scopes),
        basic_auth: Set(new.basic_auth),
        found_at: Set(new.found_at),
        found_by: Set(new.found_by),
        ..Default::default()
    };
    let row = match known {
        Some(known) => own_provider::Entity::update(ActiveModel { id: Set(known.id), ..published }).exec(&tx).await?,
        None => {
            let first = ActiveModel {
                name: Set(new.name),
                mail_scopes: Set(new.mail_scopes),
                incoming: Set(new.incoming),
                outgoing: Set(new.outgoing),
                ..published
            };
            own_provider::Entity::insert(first).exec_with_returning(&tx).await?
        }
    };
    super::commit(tx).await?;
    Ok(row)
}

/// What an admin says of one: its name, its permissions for mail, its servers as JSON.
pub async fn describe(
    store: &Store,
    id: i64,
    name: String,
    mail_scopes: String,
    [incoming, outgoing]: [Option<String>; 2],
) -> Result<Row, StoreError> {
    let row = ActiveModel {
        id: Set(id),
        name: Set(name),
        mail_scopes: Set(mail_scopes),
        incoming: Set(incoming),
        outgoing: Set(outgoing),
        ..Default::default()
    };
    Ok(own_provider::Entity::update(row).exec(store.write()).await?)
}

/// Removes one that neither a registration nor a mailbox names. Whether it was removed.
pub async fn forget(store: &Store, id: i64, key: &str) -> Result<bool, StoreError> {
    let tx = store.begin().await?;
    let registered = registration::Entity::find().filter(registration::Column::ProviderKey.eq(key)).count(&tx).await?;
    let used = mailbox::Entity::find()
        .filter(mailbox::Column::ProviderKey.eq(key))
        .filter(mailbox::Column::DeletedAt.is_null())
        .count(&tx)
        .await?;
    if registered + used > 0 {
        return Ok(false);
    }
    own_provider::Entity::delete_by_id(id).exec(&tx).await?;
    super::commit(tx).await?;
    Ok(true)
}
