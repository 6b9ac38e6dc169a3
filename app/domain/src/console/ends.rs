//! When sign-ins end, and what an admin knows of it.

use crate::address::Address;
use crate::console::people::Actor;
use crate::diagnosis::Diagnosis;
use crate::expiry::Expected;
use crate::id::MailboxId;
use crate::refusal::Answer;
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum What {
    SignIn(MailboxId),
    Password(MailboxId),
    AppSecret,
}

/// One sign-in, password or secret, and what is expected of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndLine {
    pub what: What,
    /// Account, address or registration.
    pub title: String,
    pub provider_short: String,
    /// What stops with it.
    pub mailboxes: Vec<Address>,
    pub expected: Expected,
    /// Why it ended, where it has.
    pub cause: Option<Diagnosis>,
}

/// For whom days are entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whom {
    Mailbox(MailboxId),
    /// A provider's id of an organisation.
    Tenant(String),
}

/// Days that an admin entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lasting {
    pub whom: Whom,
    pub name: String,
    pub days: u32,
    pub by: Option<String>,
    pub at: Time,
}

/// *Sign-in ends*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndsPage {
    pub now: Time,
    /// The soonest end first; those without one last.
    pub lines: Vec<EndLine>,
    pub lasting: Vec<Lasting>,
    /// Whom days may be entered for, in words.
    pub whom: Vec<(Whom, String)>,
}

#[async_trait]
pub trait Ends: Send + Sync {
    async fn page(&self, actor: &Actor) -> Answer<EndsPage>;
    /// Says how many days a sign-in lasts; `None`: nobody knows any more.
    async fn enter(&self, actor: &Actor, whom: Whom, days: Option<u32>) -> Answer<()>;
}
