//! How many tickets stand where, kept by counter so that no page counts rows.

use super::entity::ticket_count;
use super::{Store, StoreError};
use domain::ticket::TicketStatus;
use sea_orm::EntityTrait;

/// Tickets whose turn is ours.
pub async fn open(store: &Store) -> Result<u64, StoreError> {
    let row = ticket_count::Entity::find_by_id(TicketStatus::Open.key()).one(store.read()).await?;
    Ok(row.map_or(0, |row| u64::try_from(row.tickets).unwrap_or(0)))
}
