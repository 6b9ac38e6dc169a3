use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "registration")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub provider_key: String,
    pub name: String,
    pub client_id: String,
    pub tenant: String,
    pub secret_sealed: Option<Vec<u8>>,
    pub secret_ends_at: Option<i64>,
    pub is_default: bool,
    pub failing_diagnosis: Option<String>,
    pub failing_since: Option<i64>,
    pub created_at: i64,
    /// The new secret, until it has proved itself; the present one stays meanwhile.
    pub next_secret_sealed: Option<Vec<u8>>,
    pub next_secret_ends_at: Option<i64>,
    pub next_secret_at: Option<i64>,
    /// What the provider said against the new secret.
    pub next_refused: Option<String>,
    /// Whose mailboxes: `one`, `several`, `personal`.
    pub audience: Option<String>,
    /// The redirect address that was entered at the provider.
    pub redirect: Option<String>,
    /// The last test, as JSON.
    pub test: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
