//! What the outbox asks before every reply is answered by an index, however long its history.

use crate::dialect;
use sea_orm_migration::prelude::*;

pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0016_outbox_indexes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, INDEXES).await
    }
}

/// `delivery_open` could not be used: its condition was never that of a question.
const INDEXES: &str = "
DROP INDEX delivery_open;
CREATE INDEX delivery_unsettled ON delivery (mailbox_id, id)
  WHERE state IN ('waiting', 'sending', 'handing_over', 'uncertain');
CREATE INDEX delivery_copy ON delivery (mailbox_id, sent_copy_due_at) WHERE sent_copy_due_at IS NOT NULL;
CREATE INDEX delivery_attempt_handed ON delivery_attempt (handing_over_at) WHERE handing_over_at IS NOT NULL;
";
