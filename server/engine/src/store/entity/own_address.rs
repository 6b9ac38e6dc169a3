use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "own_address")]
pub struct Model {
    pub mailbox_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub address: String,
    /// Replies leave from the mailbox's present address all the same.
    pub receives_only: bool,
    /// It has no server of its own: its mail is forwarded here (R4).
    pub forwarded: bool,
    pub forward_sent_at: Option<i64>,
    pub forward_seen_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
