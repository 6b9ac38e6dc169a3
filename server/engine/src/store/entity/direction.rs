use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "direction")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub mailbox_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub direction: String,
    pub used: bool,
    pub host: Option<String>,
    pub port: Option<i64>,
    pub tls: Option<String>,
    pub credential: Option<String>,
    pub user_name: Option<String>,
    pub password_sealed: Option<Vec<u8>>,
    pub grant_id: Option<i64>,
    pub proved_at: Option<i64>,
    pub failing_since: Option<i64>,
    pub failing_diagnosis: Option<String>,
    pub failing_definite: bool,
    pub failing_said: Option<String>,
    pub failures: i64,
    pub refused_at: Option<i64>,
    pub next_attempt_at: Option<i64>,
    pub last_at: Option<i64>,
    pub kept_grant_id: Option<i64>,
    pub kept_user_name: Option<String>,
    pub kept_until: Option<i64>,
    pub basic_retires_at: Option<i64>,
    pub generation: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
