use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "approval")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub mailbox_id: i64,
    pub registration_id: i64,
    pub state_hash: Vec<u8>,
    pub state_sealed: Vec<u8>,
    pub asked_at: i64,
    pub asked_by: Option<i64>,
    pub answered_at: Option<i64>,
    pub approved: bool,
    pub said: Option<String>,
    /// Over: a sign-in came through, or it was withdrawn.
    pub closed_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
