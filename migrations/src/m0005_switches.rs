//! Switches: what a mailbox was set up as before, and what it is to become.

use crate::dialect;
use sea_orm_migration::prelude::*;

pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0005_switches"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, SWITCHES).await?;
        dialect::run(manager, OTHER_HALF).await
    }
}

/// A switch is planned, done, or wiped. A folder that a switch left keeps its receipts and cursor.
const SWITCHES: &str = "
CREATE TABLE switch (
  id {id}, mailbox_id BIGINT NOT NULL REFERENCES mailbox (id), plan TEXT NOT NULL, state TEXT NOT NULL,
  made_at BIGINT NOT NULL, made_by BIGINT, switched_at BIGINT, wipe_at BIGINT,
  former TEXT, stopped_since BIGINT, drained TEXT, looked_at BIGINT, incoming_pause BIGINT, recognised BIGINT,
  fresh BIGINT);
CREATE UNIQUE INDEX switch_planned ON switch (mailbox_id) WHERE state = 'planned';
CREATE INDEX switch_mailbox ON switch (mailbox_id, switched_at);

CREATE TABLE former_direction (
  switch_id BIGINT NOT NULL REFERENCES switch (id), mailbox_id BIGINT NOT NULL, direction TEXT NOT NULL,
  host TEXT, port BIGINT, tls TEXT, credential TEXT, user_name TEXT, password_sealed {bytes},
  grant_id BIGINT, last_success_at BIGINT, PRIMARY KEY (switch_id, direction));
CREATE INDEX former_direction_grant ON former_direction (grant_id);

ALTER TABLE folder ADD COLUMN former_switch_id BIGINT;
ALTER TABLE folder ADD COLUMN recognises BOOLEAN NOT NULL DEFAULT FALSE;
DROP INDEX folder_name;
CREATE UNIQUE INDEX folder_name ON folder (mailbox_id, name) WHERE former_switch_id IS NULL;

ALTER TABLE own_address ADD COLUMN receives_only BOOLEAN NOT NULL DEFAULT FALSE;
";

/// The half of a mailbox that is elsewhere: what its replies leave through, where its mail
/// arrives, and addresses that are forwarded to it, with the test mail that proves it.
const OTHER_HALF: &str = "
ALTER TABLE mailbox ADD COLUMN replies_through BIGINT;
ALTER TABLE mailbox ADD COLUMN arrives_at BIGINT;
ALTER TABLE own_address ADD COLUMN forwarded BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE own_address ADD COLUMN forward_sent_at BIGINT;
ALTER TABLE own_address ADD COLUMN forward_seen_at BIGINT;
";
