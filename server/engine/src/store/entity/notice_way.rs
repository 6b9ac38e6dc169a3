use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice_way")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    pub host: Option<String>,
    pub port: Option<i64>,
    pub tls: Option<String>,
    pub user_name: Option<String>,
    pub password_sealed: Option<Vec<u8>>,
    pub from_address: Option<String>,
    pub mailbox_id: Option<i64>,
    pub webhook_url: Option<String>,
    pub webhook_sealed: Option<Vec<u8>>,
    pub tell_owner: bool,
    pub more_addresses: String,
    pub not_told: String,
    pub changed_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
