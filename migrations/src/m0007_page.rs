//! The mailbox page, forwards, and drafts of new tickets.

use crate::dialect;
use sea_orm_migration::prelude::*;

pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0007_page"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, PAGE).await?;
        dialect::run(manager, FORWARDS).await?;
        dialect::run(manager, DRAFTS).await
    }
}

/// Refreshes of a grant summed up by day (midnight UTC), and a mailbox's last test mail.
const PAGE: &str = "
CREATE TABLE grant_refresh (
  grant_id BIGINT NOT NULL, day BIGINT NOT NULL, times BIGINT NOT NULL, last_at BIGINT NOT NULL,
  PRIMARY KEY (grant_id, day));

CREATE TABLE test_mail (mailbox_id BIGINT PRIMARY KEY, at BIGINT NOT NULL, result TEXT NOT NULL);
";

/// Who may forward beside agents and owners; messages that came inside a forward, by what they
/// say; and what else is known of the way a message came.
const FORWARDS: &str = "
CREATE TABLE forwarder (
  mailbox_id BIGINT NOT NULL REFERENCES mailbox (id), address TEXT NOT NULL,
  PRIMARY KEY (mailbox_id, address));

CREATE TABLE forwarded (
  message_id BIGINT PRIMARY KEY REFERENCES message (id), ticket_id BIGINT NOT NULL,
  alike {bytes} NOT NULL, written_at BIGINT NOT NULL, zoned BOOLEAN NOT NULL);
CREATE INDEX forwarded_alike ON forwarded (alike);
CREATE INDEX message_from ON message (from_address, at);

CREATE TABLE message_way (message_id BIGINT PRIMARY KEY REFERENCES message (id), way TEXT NOT NULL);
";

/// A draft of a ticket that is not there yet has ticket 0, and these beside its text.
const DRAFTS: &str = "
ALTER TABLE draft ADD COLUMN subject TEXT;
ALTER TABLE draft ADD COLUMN mailbox_id BIGINT;
";
