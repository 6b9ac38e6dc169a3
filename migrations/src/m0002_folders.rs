//! Folders besides the first: chosen, listed, sent; large messages that were begun; automatic
//! acknowledgements.

use crate::dialect;
use sea_orm_migration::prelude::*;

pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0002_folders"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, FOLDERS).await
    }
}

const FOLDERS: &str = "
ALTER TABLE folder ADD COLUMN watched BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE folder ADD COLUMN place BIGINT NOT NULL DEFAULT 0;
ALTER TABLE folder ADD COLUMN said TEXT;
ALTER TABLE folder ADD COLUMN import_until BIGINT;

CREATE TABLE listed_folder (
  mailbox_id BIGINT NOT NULL REFERENCES mailbox (id), name TEXT NOT NULL, role TEXT NOT NULL,
  listed_at BIGINT NOT NULL, missed BIGINT, missed_from BIGINT, missed_to BIGINT, imported_at BIGINT,
  PRIMARY KEY (mailbox_id, name));

CREATE TABLE unfinished (
  source_id BIGINT PRIMARY KEY REFERENCES source (id) ON DELETE CASCADE, folder_id BIGINT NOT NULL,
  uid_validity BIGINT NOT NULL, uid BIGINT NOT NULL, size BIGINT NOT NULL, digest {bytes} NOT NULL);
CREATE UNIQUE INDEX unfinished_message ON unfinished (folder_id, uid_validity, uid);

ALTER TABLE mailbox ADD COLUMN acknowledge BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE mailbox ADD COLUMN acknowledge_text TEXT NOT NULL DEFAULT '';
";
