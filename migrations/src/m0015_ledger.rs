//! The ledger: what was compared with the servers and what could not be explained, what people
//! asked a mailbox's watcher for, and what becomes of mail on the server after it is fetched.

use crate::dialect;
use sea_orm_migration::prelude::*;

pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0015_ledger"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, LEDGER).await?;
        dialect::run(manager, AFTER).await
    }
}

/// `wish.kind`: reconcile, import or whole. `folder.seen_next`: the UID below which every number
/// is accounted for. `receipt.parser`: the version of the parser that gave up on it.
/// `message.shortened`: it is over the size limit, and only its beginning is here.
const LEDGER: &str = "
CREATE TABLE wish (
  id {id}, mailbox_id BIGINT NOT NULL, kind TEXT NOT NULL, folder TEXT NOT NULL, uid_validity BIGINT NOT NULL,
  uid BIGINT NOT NULL, person_id BIGINT, asked_at BIGINT NOT NULL, done_at BIGINT, said TEXT);
CREATE INDEX wish_open ON wish (mailbox_id, id) WHERE done_at IS NULL;

CREATE TABLE reconciliation (
  id {id}, mailbox_id BIGINT NOT NULL, began_at BIGINT NOT NULL, ended_at BIGINT, person_id BIGINT,
  report TEXT, said TEXT);
CREATE INDEX reconciliation_mailbox ON reconciliation (mailbox_id, id);

CREATE TABLE ledger_alert (
  id {id}, mailbox_id BIGINT NOT NULL, reconciliation_id BIGINT NOT NULL, folder_id BIGINT NOT NULL,
  uid_validity BIGINT NOT NULL, uid BIGINT NOT NULL, gap TEXT NOT NULL, found_at BIGINT NOT NULL, closed_at BIGINT);
CREATE UNIQUE INDEX ledger_alert_open ON ledger_alert (folder_id, uid_validity, uid, gap) WHERE closed_at IS NULL;

CREATE TABLE vanished (
  id {id}, mailbox_id BIGINT NOT NULL, folder_id BIGINT NOT NULL, uid_validity BIGINT NOT NULL,
  first_uid BIGINT NOT NULL, last_uid BIGINT NOT NULL, noticed_at BIGINT NOT NULL);
CREATE INDEX vanished_mailbox ON vanished (mailbox_id, noticed_at);

ALTER TABLE folder ADD COLUMN seen_next BIGINT;
ALTER TABLE folder ADD COLUMN moved_at BIGINT;
ALTER TABLE receipt ADD COLUMN parser BIGINT NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN shortened BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX receipt_quarantined ON receipt (mailbox_id, settled_at) WHERE disposition = 'quarantined';
";

/// `mailbox.after_fetch`: leave, read or move. `receipt.tidy`: still to be marked or moved.
/// `folder.left_there`: what the server can't do, so that mail stays.
const AFTER: &str = "
ALTER TABLE mailbox ADD COLUMN after_fetch TEXT NOT NULL DEFAULT 'leave';
ALTER TABLE mailbox ADD COLUMN after_fetch_folder TEXT NOT NULL DEFAULT '';
ALTER TABLE mailbox ADD COLUMN grace_days BIGINT NOT NULL DEFAULT 0;
ALTER TABLE receipt ADD COLUMN tidy TEXT;
CREATE INDEX receipt_tidy ON receipt (folder_id) WHERE tidy IS NOT NULL;
ALTER TABLE folder ADD COLUMN left_there TEXT;
";
