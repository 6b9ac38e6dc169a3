use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "message")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub ticket_id: i64,
    pub kind: String,
    pub person_id: Option<i64>,
    pub author: String,
    pub from_address: Option<String>,
    pub to_list: String,
    pub cc_list: String,
    pub subject: String,
    pub text: String,
    pub quoted: Option<String>,
    pub html: Option<String>,
    pub remote_images: i64,
    pub source_id: Option<i64>,
    pub at: i64,
    pub created_at: i64,
    pub header_id: Option<String>,
    pub in_reply_to: Option<String>,
    pub reference_list: Option<String>,
    pub reply_to: Option<String>,
    pub once_hash: Option<Vec<u8>>,
    pub shortened: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
