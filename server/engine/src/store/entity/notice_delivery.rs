use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notice_delivery")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub notice_id: i64,
    pub channel: String,
    pub recipient: String,
    pub audience: String,
    pub state: String,
    pub header_id: String,
    pub due_at: i64,
    pub attempts: i64,
    pub state_at: i64,
    pub owner: Option<String>,
    pub via: Option<String>,
    pub said: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
