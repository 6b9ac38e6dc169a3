//! Sign-ins at a provider, from the button to the result.

use crate::console::people::Actor;
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
}
