//! The first schema.

use crate::dialect;
use sea_orm_migration::prelude::*;

pub struct Step;

impl MigrationName for Step {
    fn name(&self) -> &str {
        "m0001_first"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for script in [DESK, ACCESS, MAILBOXES, LEDGER, TICKETS, OUTBOX] {
            dialect::run(manager, script).await?;
        }
        let search = if dialect::is_sqlite(manager) { SEARCH_SQLITE } else { SEARCH_POSTGRES };
        dialect::run(manager, search).await
    }
}

/// The desk itself: settings, people, sessions, nodes.
const DESK: &str = "
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE person (
  id {id}, name TEXT NOT NULL, email TEXT NOT NULL, role TEXT NOT NULL,
  password_hash TEXT, created_at BIGINT NOT NULL, disabled_at BIGINT, seen_at BIGINT);
CREATE UNIQUE INDEX person_email ON person (email);

CREATE TABLE person_link (
  id {id}, person_id BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE, kind TEXT NOT NULL,
  token_hash {bytes} NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT);
CREATE UNIQUE INDEX person_link_token ON person_link (token_hash);

CREATE TABLE session (
  id {id}, key_hash {bytes} NOT NULL, person_id BIGINT REFERENCES person (id) ON DELETE CASCADE,
  record TEXT NOT NULL, browser TEXT NOT NULL, begun_at BIGINT NOT NULL, seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL);
CREATE UNIQUE INDEX session_key ON session (key_hash);
CREATE INDEX session_person ON session (person_id);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE node (
  id {id}, name TEXT NOT NULL, epoch BIGINT NOT NULL, lease_until BIGINT NOT NULL,
  started_at BIGINT NOT NULL);
";

/// Registrations, accounts, grants, sign-ins.
const ACCESS: &str = "
CREATE TABLE registration (
  id {id}, provider_key TEXT NOT NULL, name TEXT NOT NULL, client_id TEXT NOT NULL,
  tenant TEXT NOT NULL, secret_sealed {bytes}, secret_ends_at BIGINT, is_default BOOLEAN NOT NULL,
  failing_diagnosis TEXT, failing_since BIGINT, created_at BIGINT NOT NULL);

CREATE TABLE account (
  id {id}, provider_key TEXT NOT NULL, tenant_id TEXT NOT NULL, object_id TEXT NOT NULL,
  login TEXT NOT NULL, name TEXT NOT NULL, signed_in_at BIGINT NOT NULL);
CREATE UNIQUE INDEX account_identity ON account (provider_key, tenant_id, object_id);

CREATE TABLE grants (
  id {id}, registration_id BIGINT NOT NULL REFERENCES registration (id),
  account_id BIGINT NOT NULL REFERENCES account (id), generation BIGINT NOT NULL,
  refresh_sealed {bytes}, access_sealed {bytes}, access_expires_at BIGINT NOT NULL,
  scopes TEXT NOT NULL, granted_at BIGINT NOT NULL, refreshed_at BIGINT NOT NULL,
  window_ends_at BIGINT, fixed_end_at BIGINT, refresh_due_at BIGINT NOT NULL, failed_refreshes BIGINT NOT NULL,
  lost_at BIGINT, lost_diagnosis TEXT, lost_said TEXT,
  lease_owner TEXT, lease_until BIGINT);
CREATE INDEX grants_due ON grants (refresh_due_at) WHERE lost_at IS NULL;
CREATE INDEX grants_account ON grants (account_id);

CREATE TABLE sign_in (
  id {id}, state_hash {bytes} NOT NULL, browser_hash {bytes} NOT NULL, intent TEXT NOT NULL,
  state TEXT NOT NULL, mailbox_id BIGINT NOT NULL, registration_id BIGINT NOT NULL,
  person_id BIGINT, expected_account_id BIGINT, verifier_sealed {bytes}, nonce_hash {bytes} NOT NULL,
  created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, settled_at BIGINT,
  account_id BIGINT, grant_id BIGINT, refused TEXT, said TEXT, result TEXT);
CREATE UNIQUE INDEX sign_in_state ON sign_in (state_hash);
CREATE INDEX sign_in_mailbox ON sign_in (mailbox_id, created_at);
";

/// Mailboxes, their directions and their history.
const MAILBOXES: &str = "
CREATE TABLE mailbox (
  id {id}, address TEXT NOT NULL, name TEXT NOT NULL, provider_key TEXT NOT NULL,
  draft BOOLEAN NOT NULL, created_at BIGINT NOT NULL, created_by BIGINT,
  paused_at BIGINT, paused_by BIGINT, delete_after_fetch BOOLEAN NOT NULL,
  import_mode TEXT NOT NULL, import_from BIGINT, from_name TEXT NOT NULL, signature TEXT NOT NULL,
  thread_key_sealed {bytes}, node_id BIGINT, epoch BIGINT NOT NULL, deleted_at BIGINT);
CREATE UNIQUE INDEX mailbox_address ON mailbox (address) WHERE deleted_at IS NULL;

CREATE TABLE own_address (
  mailbox_id BIGINT NOT NULL REFERENCES mailbox (id), address TEXT NOT NULL,
  PRIMARY KEY (address));

CREATE TABLE direction (
  mailbox_id BIGINT NOT NULL REFERENCES mailbox (id), direction TEXT NOT NULL,
  used BOOLEAN NOT NULL, host TEXT, port BIGINT, tls TEXT,
  credential TEXT, user_name TEXT, password_sealed {bytes}, grant_id BIGINT,
  proved_at BIGINT, failing_since BIGINT, failing_diagnosis TEXT, failing_definite BOOLEAN NOT NULL,
  failing_said TEXT, failures BIGINT NOT NULL, refused_at BIGINT, next_attempt_at BIGINT, last_at BIGINT,
  kept_grant_id BIGINT, kept_user_name TEXT, kept_until BIGINT, basic_retires_at BIGINT,
  generation BIGINT NOT NULL,
  PRIMARY KEY (mailbox_id, direction));
CREATE INDEX direction_grant ON direction (grant_id);

CREATE TABLE episode (
  id {id}, mailbox_id BIGINT NOT NULL, direction TEXT NOT NULL, began_at BIGINT NOT NULL,
  ended_at BIGINT, diagnosis TEXT NOT NULL, definite BOOLEAN NOT NULL, said TEXT,
  ended_by BIGINT, account TEXT);
CREATE INDEX episode_mailbox ON episode (mailbox_id, began_at);
CREATE UNIQUE INDEX episode_running ON episode (mailbox_id, direction) WHERE ended_at IS NULL;

CREATE TABLE event (
  id {id}, mailbox_id BIGINT NOT NULL, at BIGINT NOT NULL, event TEXT NOT NULL, person_id BIGINT);
CREATE INDEX event_mailbox ON event (mailbox_id, at);

CREATE TABLE mailbox_check (mailbox_id BIGINT PRIMARY KEY, at BIGINT NOT NULL, result TEXT NOT NULL);
";

/// What the mailboxes hold, and what became of it.
const LEDGER: &str = "
CREATE TABLE folder (
  id {id}, mailbox_id BIGINT NOT NULL REFERENCES mailbox (id), name TEXT NOT NULL,
  role TEXT NOT NULL, uid_validity BIGINT, cursor BIGINT NOT NULL, import_before BIGINT NOT NULL,
  import_since BIGINT, import_upto BIGINT, found BIGINT, fetched_at BIGINT);
CREATE UNIQUE INDEX folder_name ON folder (mailbox_id, name);

CREATE TABLE source (
  id {id}, digest {bytes}, bytes BIGINT NOT NULL, complete BOOLEAN NOT NULL,
  arrived_at BIGINT NOT NULL, stored_at BIGINT NOT NULL);
CREATE INDEX source_digest ON source (digest);

CREATE TABLE source_chunk (
  source_id BIGINT NOT NULL REFERENCES source (id) ON DELETE CASCADE, place BIGINT NOT NULL,
  bytes {bytes} NOT NULL, PRIMARY KEY (source_id, place));

CREATE TABLE receipt (
  folder_id BIGINT NOT NULL REFERENCES folder (id), uid_validity BIGINT NOT NULL, uid BIGINT NOT NULL,
  mailbox_id BIGINT NOT NULL, source_id BIGINT, disposition TEXT NOT NULL, reason TEXT,
  ticket_id BIGINT, message_id BIGINT, arrived_at BIGINT NOT NULL, stored_at BIGINT NOT NULL,
  settled_at BIGINT, late BOOLEAN NOT NULL, tries BIGINT NOT NULL,
  delete_due_at BIGINT, deleted_at BIGINT, message_key TEXT, header_digest {bytes},
  PRIMARY KEY (folder_id, uid_validity, uid));
CREATE INDEX receipt_key ON receipt (folder_id, message_key);
CREATE INDEX receipt_stored ON receipt (mailbox_id, stored_at) WHERE disposition = 'stored';
CREATE INDEX receipt_mailbox ON receipt (mailbox_id, arrived_at);
CREATE INDEX receipt_source ON receipt (source_id);
CREATE INDEX receipt_delete ON receipt (folder_id, delete_due_at) WHERE delete_due_at IS NOT NULL AND deleted_at IS NULL;
";

/// Tickets and their messages.
const TICKETS: &str = "
CREATE TABLE requester (id {id}, address TEXT NOT NULL, name TEXT NOT NULL);
CREATE UNIQUE INDEX requester_address ON requester (address);

CREATE TABLE ticket (
  id {id}, subject TEXT NOT NULL, status TEXT NOT NULL, mailbox_id BIGINT, requester_id BIGINT NOT NULL,
  assignee_id BIGINT, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
  customer_at BIGINT, reply_from TEXT, customer_message_id BIGINT);
CREATE INDEX ticket_status ON ticket (status, updated_at, id);
CREATE INDEX ticket_status_mailbox ON ticket (status, mailbox_id, updated_at, id);
CREATE INDEX ticket_status_assignee ON ticket (status, assignee_id, updated_at, id);
CREATE INDEX ticket_updated ON ticket (updated_at, id);
CREATE INDEX ticket_requester ON ticket (requester_id, updated_at);

CREATE TABLE ticket_count (status TEXT PRIMARY KEY, tickets BIGINT NOT NULL);

CREATE TABLE message (
  id {id}, ticket_id BIGINT NOT NULL REFERENCES ticket (id), kind TEXT NOT NULL, person_id BIGINT,
  author TEXT NOT NULL, from_address TEXT, to_list TEXT NOT NULL, cc_list TEXT NOT NULL,
  subject TEXT NOT NULL, text TEXT NOT NULL, quoted TEXT, html TEXT, remote_images BIGINT NOT NULL,
  source_id BIGINT, at BIGINT NOT NULL, created_at BIGINT NOT NULL,
  header_id TEXT, in_reply_to TEXT, reference_list TEXT, reply_to TEXT, once_hash {bytes});
CREATE INDEX message_ticket ON message (ticket_id, id);
CREATE UNIQUE INDEX message_once ON message (person_id, once_hash) WHERE once_hash IS NOT NULL;
CREATE INDEX message_source ON message (source_id);

CREATE TABLE known_id (
  message_key TEXT NOT NULL, ticket_id BIGINT NOT NULL, message_id BIGINT, digest {bytes},
  ours BOOLEAN NOT NULL, PRIMARY KEY (message_key, ticket_id));
CREATE UNIQUE INDEX known_id_message ON known_id (message_key, digest)
  WHERE message_id IS NOT NULL AND digest IS NOT NULL;

CREATE TABLE attachment (
  id {id}, message_id BIGINT NOT NULL REFERENCES message (id), name TEXT NOT NULL, mime TEXT NOT NULL,
  bytes BIGINT NOT NULL, content_id TEXT, inline BOOLEAN NOT NULL, part BIGINT, upload_id BIGINT);
CREATE INDEX attachment_message ON attachment (message_id);

CREATE TABLE upload (
  id {id}, ticket_id BIGINT NOT NULL, person_id BIGINT NOT NULL, name TEXT NOT NULL, mime TEXT NOT NULL,
  bytes BIGINT NOT NULL, created_at BIGINT NOT NULL, message_id BIGINT);
CREATE INDEX upload_ticket ON upload (ticket_id, person_id);
CREATE TABLE upload_chunk (
  upload_id BIGINT NOT NULL REFERENCES upload (id) ON DELETE CASCADE, place BIGINT NOT NULL,
  bytes {bytes} NOT NULL, PRIMARY KEY (upload_id, place));

CREATE TABLE draft (
  ticket_id BIGINT NOT NULL, person_id BIGINT NOT NULL, text TEXT NOT NULL, to_list TEXT NOT NULL,
  cc_list TEXT NOT NULL, kept_at BIGINT NOT NULL, PRIMARY KEY (ticket_id, person_id));

CREATE TABLE ticket_seen (
  ticket_id BIGINT NOT NULL, person_id BIGINT NOT NULL, message_id BIGINT NOT NULL,
  PRIMARY KEY (ticket_id, person_id));
";

/// Replies on their way.
const OUTBOX: &str = "
CREATE TABLE delivery (
  id {id}, message_id BIGINT NOT NULL REFERENCES message (id), ticket_id BIGINT NOT NULL,
  mailbox_id BIGINT NOT NULL, state TEXT NOT NULL, header_id TEXT NOT NULL, due_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL, state_at BIGINT NOT NULL, created_at BIGINT NOT NULL, said TEXT,
  server TEXT, node_id BIGINT, epoch BIGINT NOT NULL, sent_copy_due_at BIGINT, checks BIGINT NOT NULL);
CREATE INDEX delivery_open ON delivery (mailbox_id, due_at)
  WHERE state IN ('waiting', 'sending', 'handing_over', 'uncertain');
CREATE INDEX delivery_message ON delivery (message_id);
CREATE INDEX delivery_ticket ON delivery (ticket_id);
CREATE INDEX delivery_state ON delivery (state, state_at);

CREATE TABLE delivery_recipient (
  delivery_id BIGINT NOT NULL REFERENCES delivery (id) ON DELETE CASCADE, address TEXT NOT NULL,
  kind TEXT NOT NULL, state TEXT NOT NULL, said TEXT, PRIMARY KEY (delivery_id, address));

CREATE TABLE delivery_attempt (
  id {id}, delivery_id BIGINT NOT NULL REFERENCES delivery (id) ON DELETE CASCADE,
  began_at BIGINT NOT NULL, handing_over_at BIGINT, ended_at BIGINT, outcome TEXT, said TEXT,
  node_id BIGINT, epoch BIGINT NOT NULL);
CREATE INDEX delivery_attempt_delivery ON delivery_attempt (delivery_id);
";

/// The search index, filled beside intake from `search_due`.
const SEARCH_SQLITE: &str = "
CREATE TABLE search_due (message_id BIGINT PRIMARY KEY);
CREATE VIRTUAL TABLE search USING fts5 (
  subject, text, people, ticket_id UNINDEXED, tokenize = 'unicode61 remove_diacritics 2');
";

const SEARCH_POSTGRES: &str = "
CREATE TABLE search_due (message_id BIGINT PRIMARY KEY);
CREATE TABLE search (
  message_id BIGINT PRIMARY KEY, ticket_id BIGINT NOT NULL, words TSVECTOR NOT NULL, text TEXT NOT NULL);
CREATE INDEX search_words ON search USING GIN (words);
CREATE INDEX search_ticket ON search (ticket_id);
";
