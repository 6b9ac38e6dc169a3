//! Sign-ins at a provider, from the button to the result.

use crate::console::people::Actor;
use crate::diagnosis::Diagnosis;
use crate::direction::Direction;
use crate::id::{AccountId, MailboxId, SignInId};
use crate::probe::ProbeReport;
use crate::refusal::Answer;
use crate::signin::{CallbackRefusal, Intent, SignInState};
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// What the provider sent back in the browser's address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Callback {
    pub state: Option<String>,
    pub code: Option<String>,
    pub error: Option<String>,
    pub error_description: Option<String>,
}

/// Where the callback ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arrival {
    /// Show this sign-in's result.
    Result(SignInId),
    /// The same for a sign-in that began by a link, in the words of whoever got it.
    ByLink(SignInId),
    /// No sign-in of ours, or not one that may be shown: say why and what to do.
    Refused(CallbackRefusal),
}

/// One direction of a sign-in's result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectionResult {
    pub report: ProbeReport,
    /// The new sign-in is in use for this direction.
    pub swapped: bool,
    /// It failed, but the sign-in is kept sealed until this time, so that *Check again* suffices.
    pub kept_until: Option<Time>,
}

/// A mailbox of the same account that a sign-in did not get to work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotRepaired {
    pub mailbox: MailboxId,
    pub address: String,
    pub direction: Direction,
    pub diagnosis: Diagnosis,
}

/// A repair by a sign-in: who did it, when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repaired {
    pub at: Time,
    /// The admin; `None`: by a link.
    pub by: Option<String>,
    /// The account that signed in.
    pub account: String,
}

/// One account's sign-in and what it got on, for the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairedAccount {
    pub repaired: Repaired,
    /// Mailboxes with what came in and what left since.
    pub mailboxes: Vec<(MailboxId, String, u32, u32)>,
}

/// The result page of one sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInResult {
    pub id: SignInId,
    pub mailbox: MailboxId,
    pub mailbox_address: String,
    pub provider_key: String,
    pub provider_name: String,
    pub provider_short: String,
    pub intent: Intent,
    pub state: SignInState,
    /// Who signed in.
    pub account: Option<String>,
    /// Who was expected (R28).
    pub expected: Option<String>,
    pub refused: Option<CallbackRefusal>,
    /// What the provider said on refusal, redacted.
    pub said: Option<String>,
    pub directions: Vec<DirectionResult>,
    /// Messages found waiting in the mailbox.
    pub backlog: Option<u64>,
    /// Held replies that leave now.
    pub released: u32,
    /// Other mailboxes of the same account that this sign-in repaired.
    pub also_repaired: Vec<String>,
    /// Other mailboxes of it that were proved too and do not work, each with its own reason.
    #[serde(default)]
    pub not_repaired: Vec<NotRepaired>,
    /// Who was quicker, where the mailbox was repaired already.
    #[serde(default)]
    pub repaired: Option<Repaired>,
    /// R28: the other account, if the admin may use it from now on.
    pub adopt: Option<AccountId>,
}

#[async_trait]
pub trait SignIns: Send + Sync {
    /// Sets out: records the sign-in, bound to the browser, and gives the provider's address to
    /// redirect to. `pick` forces the provider's account picker.
    async fn begin(
        &self,
        actor: &Actor,
        browser: String,
        mailbox: MailboxId,
        intent: Intent,
        pick: bool,
    ) -> Answer<String>;
    /// Comes back: exchanges, checks, probes, swaps.
    async fn complete(&self, browser: String, callback: Callback) -> Answer<Arrival>;
    async fn result(&self, actor: &Actor, id: SignInId) -> Answer<SignInResult>;
    /// R28, *Use X from now on*: swaps to the account that a refused sign-in showed.
    async fn adopt(&self, actor: &Actor, id: SignInId) -> Answer<SignInId>;
    /// Whether a mailbox that a page still shows as stopped was repaired by a sign-in meanwhile.
    async fn repaired(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Option<Repaired>>;
    /// Repairs of the last hours by account, newest first.
    async fn lately(&self, actor: &Actor) -> Answer<Vec<RepairedAccount>>;
}
