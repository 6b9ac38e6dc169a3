use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "former_direction")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub switch_id: i64,
    pub mailbox_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub direction: String,
    pub host: Option<String>,
    pub port: Option<i64>,
    pub tls: Option<String>,
    pub credential: Option<String>,
    pub user_name: Option<String>,
    pub password_sealed: Option<Vec<u8>>,
    pub grant_id: Option<i64>,
    pub last_success_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
