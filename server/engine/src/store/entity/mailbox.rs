use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mailbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub address: String,
    pub name: String,
    pub provider_key: String,
    pub draft: bool,
    pub created_at: i64,
    pub created_by: Option<i64>,
    pub paused_at: Option<i64>,
    pub paused_by: Option<i64>,
    pub delete_after_fetch: bool,
    pub import_mode: String,
    pub import_from: Option<i64>,
    pub from_name: String,
    pub signature: String,
    pub thread_key_sealed: Option<Vec<u8>>,
    pub node_id: Option<i64>,
    pub epoch: i64,
    pub deleted_at: Option<i64>,
    /// Of a mailbox that only fetches: the one that its replies leave through.
    pub replies_through: Option<i64>,
    /// Of a mailbox that only sends: the one where its mail arrives.
    pub arrives_at: Option<i64>,
    pub acknowledge: bool,
    pub acknowledge_text: String,
    /// What becomes of mail that stays on the server: leave, read or move.
    pub after_fetch: String,
    pub after_fetch_folder: String,
    /// Days that mail stays before it is deleted.
    pub grace_days: i64,
    /// Since then its first import waits for somebody to look at it.
    pub import_asked_at: Option<i64>,
    /// What that import would bring, as JSON.
    pub import_count: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
