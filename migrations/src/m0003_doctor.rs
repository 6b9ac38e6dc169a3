//! The doctor's own mail: test mails to itself, and cards sent to whoever can help.

use super::dialect::run;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Step;

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, SCRIPT).await
    }
}

/// `kind` is `test` or `card`, `state` `sending`, `accepted`, `refused` or `unsure`. Where a test
/// mail came in is a receipt: folder, UIDVALIDITY and UID.
const SCRIPT: &str = "
CREATE TABLE posted (
  id {id}, mailbox_id BIGINT NOT NULL, through_id BIGINT NOT NULL, kind TEXT NOT NULL, header_id TEXT NOT NULL,
  to_address TEXT NOT NULL, person_id BIGINT, posted_at BIGINT NOT NULL, state TEXT NOT NULL,
  diagnosis TEXT, said TEXT, arrived_at BIGINT, folder_id BIGINT, uid_validity BIGINT, uid BIGINT);
CREATE UNIQUE INDEX posted_header ON posted (header_id);
CREATE INDEX posted_mailbox ON posted (mailbox_id, kind, id);
";
