use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub state_hash: Vec<u8>,
    pub browser_hash: Vec<u8>,
    pub intent: String,
    pub state: String,
    pub mailbox_id: i64,
    pub registration_id: i64,
    pub person_id: Option<i64>,
    pub expected_account_id: Option<i64>,
    pub verifier_sealed: Option<Vec<u8>>,
    pub nonce_hash: Vec<u8>,
    pub created_at: i64,
    pub expires_at: i64,
    pub settled_at: Option<i64>,
    pub account_id: Option<i64>,
    pub grant_id: Option<i64>,
    pub refused: Option<String>,
    pub said: Option<String>,
    pub result: Option<String>,
    /// It began by a link.
    pub link_id: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
