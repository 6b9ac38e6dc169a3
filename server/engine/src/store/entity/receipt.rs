use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "receipt")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub folder_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub uid_validity: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub uid: i64,
    pub mailbox_id: i64,
    pub source_id: Option<i64>,
    pub disposition: String,
    pub reason: Option<String>,
    pub ticket_id: Option<i64>,
    pub message_id: Option<i64>,
    pub arrived_at: i64,
    pub stored_at: i64,
    pub settled_at: Option<i64>,
    pub late: bool,
    pub tries: i64,
    pub delete_due_at: Option<i64>,
    pub deleted_at: Option<i64>,
    pub message_key: Option<String>,
    pub header_digest: Option<Vec<u8>>,
    /// The version of the parser that gave up on it.
    pub parser: i64,
    /// Still to be marked or moved on the server: `read`, or `move`.
    pub tidy: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
