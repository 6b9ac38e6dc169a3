//! How long sign-ins last: learned from refusals, or entered by an admin.

use super::entity::sign_in_rule as rule;
use super::{Store, StoreError};
use domain::Time;
use domain::id::{MailboxId, PersonId, RegistrationId};
use domain::time::Span;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};

pub use super::entity::sign_in_rule::Model as Row;

/// Whose sign-ins a rule is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    Tenant(String),
    Mailbox(MailboxId),
    /// Its platform is SPA.
    Registration(RegistrationId),
}

pub const LEARNED: &str = "learned";
pub const ENTERED: &str = "entered";

pub async fn all(store: &Store) -> Result<Vec<Row>, StoreError> {
    Ok(rule::Entity::find().order_by_asc(rule::Column::Id).all(store.read()).await?)
}

/// Puts a rule in place of the one of its kind; `None` removes it.
pub async fn set(
    store: &Store,
    kind: &str,
    of: &Of,
    life: Option<Span>,
    by: Option<PersonId>,
    now: Time,
) -> Result<(), StoreError> {
    let same = match of {
        Of::Tenant(tenant) => rule::Column::TenantId.eq(tenant.clone()),
        Of::Mailbox(mailbox) => rule::Column::MailboxId.eq(mailbox.0),
        Of::Registration(registration) => rule::Column::RegistrationId.eq(registration.0),
    };
    let tx = store.begin().await?;
    let old = Condition::all().add(rule::Column::Kind.eq(kind)).add(same);
    rule::Entity::delete_many().filter(old).exec(&tx).await?;
    if let Some(life) = life {
        let mut row = rule::ActiveModel {
            kind: Set(kind.into()),
            life_ms: Set(life.0),
            noted_at: Set(now.0),
            person_id: Set(by.map(|p| p.0)),
            ..Default::default()
        };
        match of {
            Of::Tenant(tenant) => row.tenant_id = Set(Some(tenant.clone())),
            Of::Mailbox(mailbox) => row.mailbox_id = Set(Some(mailbox.0)),
            Of::Registration(registration) => row.registration_id = Set(Some(registration.0)),
        }
        rule::Entity::insert(row).exec(&tx).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// A new secret or platform may end what was learned of a registration.
pub async fn forget_registration(store: &Store, id: RegistrationId) -> Result<(), StoreError> {
    rule::Entity::delete_many().filter(rule::Column::RegistrationId.eq(id.0)).exec(store.write()).await?;
    Ok(())
}
