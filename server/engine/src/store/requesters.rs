//! Requesters: the people outside who write.

use super::entity::requester;
use super::{StoreError, Tx};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use std::collections::HashSet;

/// A requester's row.
pub type Row = requester::Model;

/// The row of an address, made if need be. A name is taken where none was known.
///
/// # Errors
/// The database's.
pub async fn of(tx: &Tx, address: &str, name: &str) -> Result<Row, StoreError> {
    let find = || requester::Entity::find().filter(requester::Column::Address.eq(address)).one(tx);
    let found = match find().await? {
        Some(row) => Some(row),
        None => {
            let row =
                requester::ActiveModel { address: Set(address.into()), name: Set(name.into()), ..Default::default() };
            // Another node may make it at the same moment.
            let kept = OnConflict::column(requester::Column::Address).do_nothing().to_owned();
            requester::Entity::insert(row).on_conflict(kept).exec_without_returning(tx).await?;
            find().await?
        }
    };
    let mut row = found.ok_or(StoreError::Taken)?;
    if row.name.is_empty() && !name.is_empty() {
        requester::Entity::update_many()
            .col_expr(requester::Column::Name, Expr::value(name))
            .filter(requester::Column::Id.eq(row.id))
            .exec(tx)
            .await?;
        row.name = name.into();
    }
    Ok(row)
}

/// The row of an address that nobody has, made while nobody else writes.
///
/// # Errors
/// The database's.
pub async fn add(tx: &Tx, address: &str, name: &str) -> Result<Row, StoreError> {
    let row = requester::ActiveModel { address: Set(address.into()), name: Set(name.into()), ..Default::default() };
    let id = requester::Entity::insert(row).exec(tx).await?.last_insert_id;
    Ok(Row { id, address: address.into(), name: name.into() })
}

/// Who has one of these addresses.
pub async fn by_addresses(tx: &Tx, addresses: &HashSet<&str>) -> Result<Vec<Row>, StoreError> {
    if addresses.is_empty() {
        return Ok(Vec::new());
    }
    let any = requester::Column::Address.is_in(addresses.iter().copied());
    Ok(requester::Entity::find().filter(any).all(tx).await?)
}

impl Row {
    /// The name, or else the address.
    pub fn label(&self) -> &str {
        if self.name.is_empty() { &self.address } else { &self.name }
    }
}
