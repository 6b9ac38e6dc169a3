use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_in_link")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub token_hash: Vec<u8>,
    pub mailbox_id: i64,
    /// `same`, `named` or `anyone`.
    pub who: String,
    /// The login of `named`.
    pub named: Option<String>,
    /// The account of `same`.
    pub account_id: Option<i64>,
    pub email: Option<String>,
    /// Who made it; `None`: the desk by itself.
    pub person_id: Option<i64>,
    pub created_at: i64,
    pub expires_at: i64,
    pub sent_at: Option<i64>,
    pub not_sent: bool,
    pub opened_at: Option<i64>,
    pub refused_at: Option<i64>,
    pub refused: Option<String>,
    /// Who signed in by it last.
    pub account: Option<String>,
    pub completed_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub ended: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
