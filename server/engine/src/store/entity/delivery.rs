use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "delivery")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub message_id: i64,
    pub ticket_id: i64,
    pub mailbox_id: i64,
    pub state: String,
    pub header_id: String,
    pub due_at: i64,
    pub attempts: i64,
    pub state_at: i64,
    pub created_at: i64,
    pub said: Option<String>,
    pub server: Option<String>,
    pub node_id: Option<i64>,
    pub epoch: i64,
    pub sent_copy_due_at: Option<i64>,
    pub checks: i64,
    pub drop_after: Option<i64>,
    pub looked_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
