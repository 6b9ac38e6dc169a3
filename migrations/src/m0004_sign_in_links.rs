//! Sign-in links: somebody without an account here signs in for a mailbox.

use crate::dialect;
use sea_orm_migration::prelude::*;

pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0004_sign_in_links"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, LINKS).await
    }
}

/// The token itself is nowhere: whoever reads the database can't sign in by it.
const LINKS: &str = "
CREATE TABLE sign_in_link (
  id {id}, token_hash {bytes} NOT NULL, mailbox_id BIGINT NOT NULL REFERENCES mailbox (id),
  who TEXT NOT NULL, named TEXT, account_id BIGINT, email TEXT, person_id BIGINT,
  created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, sent_at BIGINT, not_sent BOOLEAN NOT NULL,
  opened_at BIGINT, refused_at BIGINT, refused TEXT, account TEXT, completed_at BIGINT,
  ended_at BIGINT, ended TEXT);
CREATE UNIQUE INDEX sign_in_link_token ON sign_in_link (token_hash);
CREATE INDEX sign_in_link_mailbox ON sign_in_link (mailbox_id, created_at);

ALTER TABLE sign_in ADD COLUMN link_id BIGINT;
CREATE INDEX sign_in_link_tries ON sign_in (link_id) WHERE link_id IS NOT NULL;
";
