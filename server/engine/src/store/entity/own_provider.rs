use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "own_provider")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub issuer: String,
    pub name: String,
    pub authorize_url: String,
    pub token_url: String,
    pub userinfo_url: Option<String>,
    pub revoke_url: Option<String>,
    /// Apart by spaces, as `mail_scopes`.
    pub identity_scopes: String,
    pub mail_scopes: String,
    /// The secret goes into the header (RFC 6749 2.3.1), not into the body.
    pub basic_auth: bool,
    /// A server as JSON, as `outgoing`.
    pub incoming: Option<String>,
    pub outgoing: Option<String>,
    pub found_at: i64,
    pub found_by: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
