//! A second secret beside the first, the last test of a registration, and approvals by an organisation's admin.

use crate::dialect;
use sea_orm_migration::prelude::*;

pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0008_registrations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, REGISTRATION).await?;
        dialect::run(manager, APPROVAL).await
    }
}

/// `next_*`: the new secret, until it has proved itself. `redirect`: the address that the provider knows.
const REGISTRATION: &str = "
ALTER TABLE registration ADD COLUMN next_secret_sealed {bytes};
ALTER TABLE registration ADD COLUMN next_secret_ends_at BIGINT;
ALTER TABLE registration ADD COLUMN next_secret_at BIGINT;
ALTER TABLE registration ADD COLUMN next_refused TEXT;
ALTER TABLE registration ADD COLUMN audience TEXT;
ALTER TABLE registration ADD COLUMN redirect TEXT;
ALTER TABLE registration ADD COLUMN test TEXT;
";

/// One per request to an admin; `shown` is what the provider showed to somebody who never came back.
const APPROVAL: &str = "
CREATE TABLE approval (
  id {id}, mailbox_id BIGINT NOT NULL, registration_id BIGINT NOT NULL, state_hash {bytes} NOT NULL,
  state_sealed {bytes} NOT NULL, asked_at BIGINT NOT NULL, asked_by BIGINT, answered_at BIGINT,
  approved BOOLEAN NOT NULL, said TEXT, closed_at BIGINT);
CREATE UNIQUE INDEX approval_state ON approval (state_hash);
CREATE INDEX approval_mailbox ON approval (mailbox_id);

CREATE TABLE shown (
  mailbox_id BIGINT PRIMARY KEY, sign_in_id BIGINT NOT NULL, at BIGINT NOT NULL, said TEXT NOT NULL,
  diagnosis TEXT NOT NULL, code TEXT, known BOOLEAN NOT NULL);
";
