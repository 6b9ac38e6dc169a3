//! By which ways notices leave, and who gets them: one row.

use super::entity::notice_way as way;
use super::{Store, StoreError};
use sea_orm::sea_query::OnConflict;
use sea_orm::{EntityTrait, IntoActiveModel, Iterable};

pub use super::entity::notice_way::Model as Row;

/// The row; what nobody set is at its default.
pub async fn get(store: &Store) -> Result<Row, StoreError> {
    Ok(way::Entity::find_by_id(1).one(store.read()).await?.unwrap_or_else(|| Row {
        id: 1,
        host: None,
        port: None,
        tls: None,
        user_name: None,
        password_sealed: None,
        from_address: None,
        mailbox_id: None,
        webhook_url: None,
        webhook_sealed: None,
        tell_owner: true,
        more_addresses: String::new(),
        not_told: String::new(),
        changed_at: 0,
    }))
}

/// Writes the whole row.
pub async fn put(store: &Store, row: Row) -> Result<(), StoreError> {
    let columns: Vec<way::Column> = way::Column::iter().filter(|c| !matches!(c, way::Column::Id)).collect();
    let again = OnConflict::column(way::Column::Id).update_columns(columns).to_owned();
    let row = row.into_active_model();
    way::Entity::insert(row).on_conflict(again).exec_without_returning(store.write()).await?;
    Ok(())
}
