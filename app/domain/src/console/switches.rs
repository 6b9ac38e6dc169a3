//! Switching a mailbox to another sign-in, address or provider, and back.

use crate::console::mailboxes::{CheckResult, ImportFrom, PasswordForm};
use crate::console::people::Actor;
use crate::credential::CredentialKind;
use crate::direction::Direction;
use crate::id::MailboxId;
use crate::provider::Endpoint;
use crate::refusal::Answer;
use crate::switch::{Case, Drained, Plan};
use crate::time::{Span, Time};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// One direction of a setup that is no longer in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerDirection {
    pub direction: Direction,
    pub endpoint: Option<Endpoint>,
    pub user: Option<String>,
    pub credential: Option<CredentialKind>,
    /// Last time it fetched or sent, else when it proved itself last.
    pub last_success_at: Option<Time>,
}

/// The setup before a switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    pub case: Case,
    pub address: String,
    pub provider_name: String,
    /// Who signed in.
    pub account: Option<String>,
    pub switched_at: Time,
    /// Until then it can be put back; then it is wiped.
    pub wiped_at: Time,
    pub directions: Vec<FormerDirection>,
    /// It is the last one, and its credentials are still there.
    pub can_return: bool,
}

impl Former {
    /// Whether it signed in by password anywhere (R9).
    pub fn by_password(&self) -> bool {
        self.directions.iter().any(|d| d.credential == Some(CredentialKind::Password))
    }
}

/// What the last switch did, for its confirmation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitchReport {
    pub case: Case,
    pub at: Time,
    pub address: String,
    pub former_address: String,
    pub provider_name: String,
    pub former_provider_name: String,
    pub by_password_before: bool,
    /// How long nobody was looking at the mailbox; `None` while that is not known, or where
    /// fetching had stopped before.
    pub incoming_pause: Option<Span>,
    /// Fetching had stopped before the switch, since then.
    pub stopped_since: Option<Time>,
    /// Of a mailbox that moved.
    pub drained: Option<Drained>,
    /// Of a mailbox that moved: messages recognised on the new side, and new ones.
    pub recognised: Option<(u32, u32)>,
    /// The directions that were switched.
    pub directions: Vec<Direction>,
    pub wiped_at: Time,
}

/// What the switch form gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitchForm {
    pub case: Case,
    pub provider_key: String,
    pub address: String,
    pub import: ImportFrom,
}

#[async_trait]
pub trait Switches: Send + Sync {
    /// The prepared switch.
    async fn plan(&self, actor: &Actor, id: MailboxId) -> Answer<Option<Plan>>;
    /// Prepares a switch; nothing changes before its sign-in or password proved itself.
    async fn prepare(&self, actor: &Actor, id: MailboxId, form: SwitchForm) -> Answer<Plan>;
    /// Forgets a prepared switch.
    async fn drop_plan(&self, actor: &Actor, id: MailboxId) -> Answer<()>;
    /// Proves a password for the prepared switch, which then happens as a whole or not at all.
    async fn give_password(&self, actor: &Actor, id: MailboxId, form: PasswordForm) -> Answer<CheckResult>;
    /// Setups before the switches of the last 30 days, the newest first.
    async fn former(&self, actor: &Actor, id: MailboxId) -> Answer<Vec<Former>>;
    /// The newest switch's report.
    async fn report(&self, actor: &Actor, id: MailboxId) -> Answer<Option<SwitchReport>>;
    /// Proves the former setup and puts it back, per direction.
    async fn put_back(&self, actor: &Actor, id: MailboxId) -> Answer<CheckResult>;
}
