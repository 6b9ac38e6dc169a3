use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "switch")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub mailbox_id: i64,
    /// `domain::switch::Plan`, as JSON.
    pub plan: String,
    /// `planned`, `done`, `returned` or `wiped`.
    pub state: String,
    pub made_at: i64,
    pub made_by: Option<i64>,
    pub switched_at: Option<i64>,
    pub wipe_at: Option<i64>,
    /// `store::switches::Before`, as JSON.
    pub former: Option<String>,
    pub stopped_since: Option<i64>,
    /// `domain::switch::Drained`, as JSON.
    pub drained: Option<String>,
    /// When the side that was left was looked at last.
    pub looked_at: Option<i64>,
    pub incoming_pause: Option<i64>,
    pub recognised: Option<i64>,
    pub fresh: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
