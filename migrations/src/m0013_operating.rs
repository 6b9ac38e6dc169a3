//! Which vault keys a node knows, for a key's rotation under several processes.

use crate::dialect;
use sea_orm_migration::prelude::*;

pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0013_operating"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, KEYS).await
    }
}

/// Ids of keys, the one it seals with first.
const KEYS: &str = "
ALTER TABLE node ADD COLUMN vault_keys TEXT NOT NULL DEFAULT '';
";
