//! People and the links handed to them.

use super::entity::{person, person_link};
use super::{Store, StoreError};
use domain::Time;
use domain::id::PersonId;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};

pub use super::entity::person::{ActiveModel, Model as Row};

/// What a link is for.
pub const INVITE: &str = "invite";
pub const RESET: &str = "reset";

pub async fn count(db: &impl ConnectionTrait) -> Result<u64, StoreError> {
    Ok(person::Entity::find().count(db).await?)
}

pub async fn get(db: &impl ConnectionTrait, id: PersonId) -> Result<Option<Row>, StoreError> {
    Ok(person::Entity::find_by_id(id.0).one(db).await?)
}

pub async fn by_email(store: &Store, email: &str) -> Result<Option<Row>, StoreError> {
    Ok(person::Entity::find().filter(person::Column::Email.eq(email)).one(store.read()).await?)
}

/// The same within a transaction, and only who still works here.
pub async fn by_email_in(db: &impl ConnectionTrait, email: &str) -> Result<Option<Row>, StoreError> {
    let found = person::Entity::find().filter(person::Column::Email.eq(email));
    Ok(found.filter(person::Column::DisabledAt.is_null()).one(db).await?)
}

pub async fn all(store: &Store) -> Result<Vec<Row>, StoreError> {
    Ok(person::Entity::find().order_by_asc(person::Column::Name).all(store.read()).await?)
}

/// Adds a person; `Taken` when the email is.
pub async fn insert(
    db: &impl ConnectionTrait,
    name: &str,
    email: &str,
    role: &str,
    password_hash: Option<String>,
    now: Time,
) -> Result<PersonId, StoreError> {
    let row = ActiveModel {
        name: Set(name.into()),
        email: Set(email.into()),
        role: Set(role.into()),
        password_hash: Set(password_hash),
        created_at: Set(now.0),
        ..Default::default()
    };
    Ok(PersonId(person::Entity::insert(row).exec(db).await?.last_insert_id))
}

/// Writes the given columns of one person.
pub async fn update(db: &impl ConnectionTrait, row: ActiveModel) -> Result<(), StoreError> {
    person::Entity::update(row).exec(db).await?;
    Ok(())
}

/// Admins that may sign in, other than this one.
pub async fn other_admins(db: &impl ConnectionTrait, than: PersonId) -> Result<u64, StoreError> {
    Ok(person::Entity::find()
        .filter(person::Column::Role.eq("admin"))
        .filter(person::Column::DisabledAt.is_null())
        .filter(person::Column::PasswordHash.is_not_null())
        .filter(person::Column::Id.ne(than.0))
        .count(db)
        .await?)
}

/// Makes a link, in place of older ones of the same person.
pub async fn add_link(
    db: &impl ConnectionTrait,
    person: PersonId,
    kind: &str,
    token_hash: Vec<u8>,
    expires_at: Time,
) -> Result<(), StoreError> {
    person_link::Entity::delete_many().filter(person_link::Column::PersonId.eq(person.0)).exec(db).await?;
    let row = person_link::ActiveModel {
        person_id: Set(person.0),
        kind: Set(kind.into()),
        token_hash: Set(token_hash),
        expires_at: Set(expires_at.0),
        ..Default::default()
    };
    person_link::Entity::insert(row).exec(db).await?;
    Ok(())
}

/// A link that is neither used nor old: the person and what it is for.
pub async fn link(
    db: &impl ConnectionTrait,
    token_hash: &[u8],
    now: Time,
) -> Result<Option<(PersonId, String)>, StoreError> {
    Ok(person_link::Entity::find()
        .filter(person_link::Column::TokenHash.eq(token_hash.to_vec()))
        .filter(person_link::Column::UsedAt.is_null())
        .filter(person_link::Column::ExpiresAt.gt(now.0))
        .one(db)
        .await?
        .map(|row| (PersonId(row.person_id), row.kind)))
}

/// Uses a link up; false when somebody was quicker.
pub async fn use_link(db: &impl ConnectionTrait, token_hash: &[u8], now: Time) -> Result<bool, StoreError> {
    let updated = person_link::Entity::update_many()
        .col_expr(person_link::Column::UsedAt, Expr::value(now.0))
        .filter(person_link::Column::TokenHash.eq(token_hash.to_vec()))
        .filter(person_link::Column::UsedAt.is_null())
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}
