use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "posted")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub mailbox_id: i64,
    pub through_id: i64,
    pub kind: String,
    pub header_id: String,
    pub to_address: String,
    pub person_id: Option<i64>,
    pub posted_at: i64,
    pub state: String,
    pub diagnosis: Option<String>,
    pub said: Option<String>,
    pub arrived_at: Option<i64>,
    pub folder_id: Option<i64>,
    pub uid_validity: Option<i64>,
    pub uid: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
