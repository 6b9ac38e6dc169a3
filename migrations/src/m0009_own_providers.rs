//! Providers that an admin added by OpenID discovery, the import that waits for a look, and when an admin was
//! told again that replies are held.

use crate::dialect;
use sea_orm_migration::prelude::*;

pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0009_own_providers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, OWN_PROVIDER).await?;
        dialect::run(manager, IMPORT).await?;
        dialect::run(manager, TOLD).await
    }
}

/// Scopes stand apart by spaces; `incoming` and `outgoing` are servers as JSON.
const OWN_PROVIDER: &str = "
CREATE TABLE own_provider (
  id {id}, issuer TEXT NOT NULL, name TEXT NOT NULL, authorize_url TEXT NOT NULL, token_url TEXT NOT NULL,
  userinfo_url TEXT, revoke_url TEXT, identity_scopes TEXT NOT NULL, mail_scopes TEXT NOT NULL,
  basic_auth BOOLEAN NOT NULL, incoming TEXT, outgoing TEXT, found_at BIGINT NOT NULL, found_by BIGINT);
CREATE UNIQUE INDEX own_provider_issuer ON own_provider (issuer);
";

/// `import_asked_at`: until somebody has looked at the count and the sample, `import_count` as JSON, only new mail
/// comes in.
const IMPORT: &str = "
ALTER TABLE mailbox ADD COLUMN import_asked_at BIGINT;
ALTER TABLE mailbox ADD COLUMN import_count TEXT;
";

/// One row each time that an agent told the admins.
const TOLD: &str = "
CREATE TABLE held_told (
  id {id}, mailbox_id BIGINT NOT NULL, person_id BIGINT NOT NULL, at BIGINT NOT NULL);
CREATE INDEX held_told_mailbox ON held_told (mailbox_id, at);
";
