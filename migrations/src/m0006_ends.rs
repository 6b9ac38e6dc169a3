//! How long sign-ins last, as learned or entered; and notices: their ways out, what was told to
//! whom, and who put what off.

use crate::dialect;
use sea_orm_migration::prelude::*;

pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0006_ends"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        dialect::run(manager, ENDS).await?;
        dialect::run(manager, NOTICES).await
    }
}

/// `kind`: learned or entered; of a tenant, a mailbox, or a registration (SPA).
const ENDS: &str = "
CREATE TABLE sign_in_rule (
  id {id}, kind TEXT NOT NULL, tenant_id TEXT, registration_id BIGINT, mailbox_id BIGINT,
  life_ms BIGINT NOT NULL, noted_at BIGINT NOT NULL, person_id BIGINT);
";

/// `notice_way` has one row. A notice is open until what it tells of is over.
const NOTICES: &str = "
CREATE TABLE notice_way (
  id BIGINT PRIMARY KEY, host TEXT, port BIGINT, tls TEXT, user_name TEXT, password_sealed {bytes},
  from_address TEXT, mailbox_id BIGINT, webhook_url TEXT, webhook_sealed {bytes}, tell_owner BOOLEAN NOT NULL,
  more_addresses TEXT NOT NULL, not_told TEXT NOT NULL, changed_at BIGINT NOT NULL);

CREATE TABLE notice (
  id {id}, subject TEXT NOT NULL, step TEXT NOT NULL, content TEXT NOT NULL, made_at BIGINT NOT NULL,
  closed_at BIGINT);
CREATE UNIQUE INDEX notice_open ON notice (subject, step) WHERE closed_at IS NULL;
CREATE INDEX notice_made ON notice (made_at);

CREATE TABLE notice_delivery (
  id {id}, notice_id BIGINT NOT NULL REFERENCES notice (id) ON DELETE CASCADE, channel TEXT NOT NULL,
  recipient TEXT NOT NULL, audience TEXT NOT NULL, state TEXT NOT NULL, header_id TEXT NOT NULL,
  due_at BIGINT NOT NULL, attempts BIGINT NOT NULL, state_at BIGINT NOT NULL, owner TEXT, via TEXT, said TEXT);
CREATE UNIQUE INDEX notice_delivery_once ON notice_delivery (notice_id, channel, recipient);
CREATE INDEX notice_delivery_due ON notice_delivery (due_at) WHERE state IN ('waiting', 'sending', 'handing_over');

CREATE TABLE notice_quiet (
  person_id BIGINT NOT NULL, subject TEXT NOT NULL, step TEXT NOT NULL, kind TEXT NOT NULL,
  until_at BIGINT, at BIGINT NOT NULL, PRIMARY KEY (person_id, subject));
";
