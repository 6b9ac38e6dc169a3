//! Approval by an organisation's admin: asked for, waited for, come back. And what a provider's page showed to
//! somebody whose sign-in never came back.

use crate::console::people::Actor;
use crate::diagnosis::Diagnosis;
use crate::id::MailboxId;
use crate::provider::ProviderKind;
use crate::refusal::Answer;
use crate::signin::Intent;
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// A request to an organisation's admin. It is over as soon as somebody has signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// To send: the provider's own page, where the admin approves. It holds no secret of ours.
    pub link: String,
    pub asked_at: Time,
    pub answered_at: Option<Time>,
    pub approved: bool,
    /// What the provider said when it was declined, redacted.
    pub said: Option<String>,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    Waiting,
    Approved,
    Declined,
}

impl Approval {
    pub fn stage(&self) -> Stage {
        match self.answered_at {
            None => Stage::Waiting,
            Some(_) if self.approved => Stage::Approved,
            Some(_) => Stage::Declined,
        }
    }
}

/// What somebody copied from the provider's page, and what it means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    pub at: Time,
    /// As it was pasted, redacted.
    pub said: String,
    pub diagnosis: Diagnosis,
    /// The number that decided, as in `AADSTS90094`.
    pub code: Option<String>,
    /// Otherwise only rules spoke, not a known text.
    pub known: bool,
}

/// The page of a mailbox's approval.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalPage {
    pub mailbox: MailboxId,
    pub address: String,
    pub provider_key: String,
    pub provider_kind: ProviderKind,
    pub provider_short: String,
    pub desk_name: String,
    /// The intent of a sign-in from here.
    pub intent: Intent,
    /// The provider has a page where an admin approves for all.
    pub can_ask: bool,
    pub approval: Option<Approval>,
    /// When the sign-in set out that never came back.
    pub unreturned: Option<Time>,
    pub shown: Option<Shown>,
}

/// One line of the list: a mailbox that waits, or is approved and waits for the sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Awaited {
    pub mailbox: MailboxId,
    pub address: String,
    pub provider_short: String,
    pub asked_at: Time,
    pub stage: Stage,
}

/// What came back in an admin's browser.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    pub state: Option<String>,
    /// `True` where the provider says so.
    pub admin_consent: Option<String>,
    pub error: Option<String>,
    pub error_description: Option<String>,
}

#[async_trait]
pub trait Approvals: Send + Sync {
    async fn page(&self, actor: &Actor, mailbox: MailboxId) -> Answer<ApprovalPage>;
    /// Every mailbox whose approval is open, the oldest first.
    async fn awaited(&self, actor: &Actor) -> Answer<Vec<Awaited>>;
    /// Makes the link; a mailbox has one at a time.
    async fn ask(&self, actor: &Actor, mailbox: MailboxId) -> Answer<()>;
    /// Nobody waits for it any more; the link says so.
    async fn withdraw(&self, actor: &Actor, mailbox: MailboxId) -> Answer<()>;
    /// *What did the provider show you?*
    async fn shown(&self, actor: &Actor, mailbox: MailboxId, text: String) -> Answer<Shown>;
    /// The admin comes back from the provider, without an account here. `None`: no approval of ours.
    async fn answered(&self, answer: Answered) -> Answer<Option<Stage>>;
}
