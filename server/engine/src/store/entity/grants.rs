use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "grants")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub registration_id: i64,
    pub account_id: i64,
    pub generation: i64,
    pub refresh_sealed: Option<Vec<u8>>,
    pub access_sealed: Option<Vec<u8>>,
    pub access_expires_at: i64,
    pub scopes: String,
    pub granted_at: i64,
    pub refreshed_at: i64,
    pub window_ends_at: Option<i64>,
    /// An end that the provider told at the sign-in and that no refresh pushes.
    pub fixed_end_at: Option<i64>,
    pub refresh_due_at: i64,
    pub failed_refreshes: i64,
    pub lost_at: Option<i64>,
    pub lost_diagnosis: Option<String>,
    pub lost_said: Option<String>,
    pub lease_owner: Option<String>,
    pub lease_until: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
