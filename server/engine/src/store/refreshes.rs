//! Refreshes of grants, summed up by day: a refresh every few minutes is no event of its own.

use super::entity::grant_refresh;
use super::{Store, StoreError};
use domain::Time;
use domain::id::GrantId;
use domain::time::Span;
use sea_orm::sea_query::{Expr, ExprTrait as _, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

pub use super::entity::grant_refresh::Model as Row;

/// Counts one refresh.
pub async fn count(db: &impl ConnectionTrait, grant: GrantId, now: Time) -> Result<(), StoreError> {
    let row = grant_refresh::ActiveModel {
        grant_id: Set(grant.0),
        day: Set(now.0 - now.0.rem_euclid(Span::days(1).0)),
        times: Set(1),
        last_at: Set(now.0),
    };
    let times = Expr::col((grant_refresh::Entity, grant_refresh::Column::Times)).add(1);
    let add = OnConflict::columns([grant_refresh::Column::GrantId, grant_refresh::Column::Day])
        .update_column(grant_refresh::Column::LastAt)
        .value(grant_refresh::Column::Times, times)
        .to_owned();
    grant_refresh::Entity::insert(row).on_conflict(add).exec_without_returning(db).await?;
    Ok(())
}

/// The days of these grants, the newest first.
pub async fn of(store: &Store, grants: &[i64], limit: u64) -> Result<Vec<Row>, StoreError> {
    if grants.is_empty() {
        return Ok(Vec::new());
    }
    Ok(grant_refresh::Entity::find()
        .filter(grant_refresh::Column::GrantId.is_in(grants.iter().copied()))
        .order_by_desc(grant_refresh::Column::Day)
        .limit(limit)
        .all(store.read())
        .await?)
}
