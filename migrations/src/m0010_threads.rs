//! Forwards that have found their original, and replies that are of no use when they are late.

use crate::dialect;
use sea_orm_migration::prelude::*;

pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0010_threads"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, FORWARDS).await?;
        dialect::run(manager, DELIVERIES).await
    }
}

/// The forwarder's clock in minutes east of UTC, where it is known, and whether clocks may have
/// been changed between the message and its forward; when the original came.
const FORWARDS: &str = "
ALTER TABLE forwarded ADD COLUMN zone BIGINT;
ALTER TABLE forwarded ADD COLUMN clock_changed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE forwarded ADD COLUMN adopted_at BIGINT;
";

/// An automatic reply that has not left by then never does.
const DELIVERIES: &str = "
ALTER TABLE delivery ADD COLUMN drop_after BIGINT;
CREATE INDEX delivery_created ON delivery (created_at);
CREATE INDEX delivery_recipient_address ON delivery_recipient (address);
";
