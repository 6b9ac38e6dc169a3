use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "listed_folder")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub mailbox_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub role: String,
    pub listed_at: i64,
    pub missed: Option<i64>,
    pub missed_from: Option<i64>,
    pub missed_to: Option<i64>,
    pub imported_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
