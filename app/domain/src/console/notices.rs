//! Notices: by which ways they leave, who gets them, what was told.

use crate::address::Address;
use crate::console::people::Actor;
use crate::id::{MailboxId, PersonId};
use crate::notice::{Audience, Event};
use crate::provider::{Endpoint, Tls};
use crate::refusal::Answer;
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// The SMTP server of this installation, for notices alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SystemSmtp {
    pub endpoint: Endpoint,
    pub user: String,
    pub from: String,
}

/// The same as a form gives it. An empty password leaves the present one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SmtpForm {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    pub user: String,
    pub password: String,
    pub from: String,
}

/// A mailbox that notices may leave through.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    pub mailbox: MailboxId,
    pub address: Address,
    pub works: bool,
    pub chosen: bool,
}

/// Where notices are posted to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    pub url: String,
    /// Since when, and what it said.
    pub failing: Option<(Time, String)>,
    pub delivered_at: Option<Time>,
}

/// An admin, and whether notices go there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    pub person: PersonId,
    pub name: String,
    pub email: String,
    pub told: bool,
}

/// How a person treats an open notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Quiet {
    /// Seen; it comes back with the next step.
    Acknowledged,
    /// Not now; it comes back after a day, or with the next step.
    Snoozed,
}

impl Quiet {
    pub fn key(self) -> &'static str {
        match self {
            Quiet::Acknowledged => "acknowledged",
            Quiet::Snoozed => "snoozed",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        [Quiet::Acknowledged, Quiet::Snoozed].into_iter().find(|quiet| quiet.key() == key)
    }
}

/// A notice whose cause is not over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenNotice {
    pub subject: String,
    pub event: Event,
    pub mailboxes: Vec<Address>,
    pub provider_short: String,
    pub made_at: Time,
    /// What I did about it, until when.
    pub mine: Option<(Quiet, Option<Time>)>,
    /// Who else has seen it.
    pub seen_by: Vec<String>,
}

/// How far a notice is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Progress {
    Waiting,
    Sending,
    Sent,
    /// Handed over when something broke: perhaps it went. Never sent again.
    Uncertain,
    Failed,
    /// Over before it could leave.
    Dropped,
}

/// One notice to one recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentLine {
    pub at: Time,
    pub event: Event,
    pub provider_short: String,
    pub mailboxes: Vec<Address>,
    pub recipient: String,
    /// `None`: the webhook.
    pub audience: Option<Audience>,
    pub progress: Progress,
    /// Through which way it left.
    pub via: Option<String>,
    pub said: Option<String>,
}

/// The page of notices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticesPage {
    pub now: Time,
    pub smtp: Option<SystemSmtp>,
    pub ways: Vec<Way>,
    pub webhook: Option<Webhook>,
    pub admins: Vec<Told>,
    pub more: Vec<String>,
    pub tell_owner: bool,
    /// Mailboxes whose failure nobody could be told of by email.
    pub untold: Vec<Address>,
    pub open: Vec<OpenNotice>,
    pub sent: Vec<SentLine>,
}

/// Who gets notices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeopleForm {
    pub told: Vec<PersonId>,
    pub more: String,
    pub tell_owner: bool,
}

#[async_trait]
pub trait Notices: Send + Sync {
    async fn page(&self, actor: &Actor) -> Answer<NoticesPage>;
    async fn save_smtp(&self, actor: &Actor, form: SmtpForm) -> Answer<()>;
    async fn remove_smtp(&self, actor: &Actor) -> Answer<()>;
    /// Prefers a mailbox; `None`: any that works.
    async fn prefer(&self, actor: &Actor, mailbox: Option<MailboxId>) -> Answer<()>;
    async fn save_people(&self, actor: &Actor, form: PeopleForm) -> Answer<()>;
    /// Posts notices there from now on; gives the secret they are signed with, this once.
    async fn save_webhook(&self, actor: &Actor, url: String) -> Answer<String>;
    async fn remove_webhook(&self, actor: &Actor) -> Answer<()>;
    /// Sends a test notice to the asker, and to the webhook.
    async fn test(&self, actor: &Actor) -> Answer<()>;
    /// Acknowledges an open notice or puts it off, for oneself.
    async fn put_off(&self, actor: &Actor, subject: String, quiet: Quiet) -> Answer<()>;
    /// Whether somebody can be told by email if this mailbox fails.
    async fn can_tell(&self, actor: &Actor, mailbox: MailboxId) -> Answer<bool>;
}
