use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "folder")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub mailbox_id: i64,
    pub name: String,
    pub role: String,
    pub uid_validity: Option<i64>,
    pub cursor: i64,
    pub import_before: i64,
    pub import_since: Option<i64>,
    pub import_upto: Option<i64>,
    pub found: Option<i64>,
    pub fetched_at: Option<i64>,
    /// The switch that left it; `None`: in use.
    pub former_switch_id: Option<i64>,
    /// What is known from the folders before it is matched first.
    pub recognises: bool,
    pub watched: bool,
    pub place: i64,
    pub said: Option<String>,
    pub import_until: Option<i64>,
    /// Below this UID every number is accounted for; `None`: not looked at since it was numbered.
    pub seen_next: Option<i64>,
    /// When the cursor last moved.
    pub moved_at: Option<i64>,
    /// What the server can't do, so that its mail stays: a word of the sweep.
    pub left_there: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
