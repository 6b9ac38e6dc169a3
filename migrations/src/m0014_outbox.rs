//! Replies that waited for days leave after a look.

use crate::dialect;
use sea_orm_migration::prelude::*;

pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0014_outbox"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, LOOKED).await
    }
}

/// When a person last looked at a waiting reply and let it go.
const LOOKED: &str = "
ALTER TABLE delivery ADD COLUMN looked_at BIGINT;
";
