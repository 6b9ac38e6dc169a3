//! Support mailboxes: the list, one mailbox, setting one up.

use crate::address::Address;
use crate::console::people::Actor;
use crate::credential::CredentialKind;
use crate::diagnosis::Diagnosis;
use crate::direction::{Direction, State};
use crate::id::{MailboxId, PersonId};
use crate::mailbox::MailboxState;
use crate::probe::ProbeReport;
use crate::provider::{Endpoint, Provider, ProviderKind};
use crate::refusal::Answer;
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A row of *Support emails*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxRow {
    pub id: MailboxId,
    pub name: String,
    pub address: Address,
    pub provider_key: String,
    pub provider: ProviderKind,
    pub provider_name: String,
    pub provider_short: String,
    /// Who signed in, where it is somebody else than the address.
    pub signs_in_by: Option<String>,
    pub by_password: bool,
    pub state: MailboxState,
    pub incoming: State,
    pub outgoing: State,
    /// Replies held here, exactly.
    pub held: u32,
    /// Messages a day, as a habit, for what waits at a provider we can't log in to.
    pub usual_per_day: Option<u32>,
    pub last_message_at: Option<Time>,
    pub paused_by: Option<(String, Time)>,
    pub retires_at: Option<Time>,
}

/// *Support emails*: all of them, which pages of one moment share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailboxList {
    pub now: Time,
    pub rows: Arc<[MailboxRow]>,
}

/// One direction on the mailbox page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectionPage {
    pub direction: Direction,
    pub state: State,
    pub endpoint: Option<Endpoint>,
    pub user: Option<String>,
    pub credential: Option<CredentialKind>,
    /// Last time a session proved the credential.
    pub proved_at: Option<Time>,
    /// Incoming: last fetch; outgoing: last delivery.
    pub last_at: Option<Time>,
    /// Incoming: the highest UID seen.
    pub last_uid: Option<u32>,
    /// Outgoing: replies held.
    pub held: u32,
    /// Word for word, redacted.
    pub said: Option<String>,
    /// Attempts that failed since it failed first.
    pub failures: u32,
    /// When the credential was refused first.
    pub refused_at: Option<Time>,
}

/// One line of a mailbox's timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntry {
    pub at: Time,
    pub event: Event,
    /// Who did it, when a person did.
    pub by: Option<String>,
}

/// What the timeline tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    Created,
    Connected {
        account: Option<String>,
    },
    SignedIn {
        account: String,
    },
    PasswordGiven,
    MovedToSignIn {
        account: String,
        uid: Option<u32>,
    },
    /// An episode that still runs.
    Failed {
        direction: Direction,
        diagnosis: Diagnosis,
    },
    /// An episode that ended.
    Recovered {
        direction: Direction,
        diagnosis: Diagnosis,
        from: Time,
        to: Time,
        fetched: u32,
        sent: u32,
    },
    /// UIDVALIDITY changed; known messages were matched again.
    Renumbered {
        folder: String,
        known: u32,
        new: u32,
    },
    /// Tokens were refreshed; neighbouring days are summed up.
    Refreshed {
        /// Midnight UTC of the first day.
        from: Time,
        times: u32,
    },
    /// A test mail left for an address that an admin typed in.
    TestMail {
        to: String,
        sent: bool,
    },
    /// Another sign-in, address or provider is in use from now on.
    Switched {
        case: crate::switch::Case,
        /// The account or the user name.
        account: String,
        address: String,
        former_address: String,
        provider: String,
    },
    /// After a move: messages known from the old side, and new ones.
    Recognised {
        known: u32,
        new: u32,
    },
    /// The setup before a switch is in use again.
    PutBack,
    /// The setup before a switch was wiped after its 30 days.
    FormerWiped,
    Paused,
    Resumed,
    SettingsChanged,
    Disconnected,
    /// Somebody looked at the first import and let it begin.
    ImportBegun,
    /// Somebody who can't mend it told the admins that replies are held.
    AdminsTold,
}

/// An outage with its sum (R24, R25).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    pub from: Time,
    pub to: Option<Time>,
    pub diagnosis: Diagnosis,
    /// Incoming was down; else only sending was.
    pub incoming: bool,
    /// Messages that came in after it and had arrived during it, by disposition.
    pub arrived: u32,
    pub tickets: u32,
    pub replies: u32,
    pub automatic: u32,
    pub other: u32,
    /// Of them, stored and not yet looked at.
    pub waiting: u32,
    /// Of them, kept as they came because nobody can read them.
    pub unreadable: u32,
    /// The first and the last of their UIDs.
    pub uids: Option<(u32, u32)>,
    /// Held replies that left after it.
    pub released: u32,
}

/// Messages of one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayCount {
    /// Midnight UTC.
    pub day: Time,
    pub received: u32,
    /// Of them, fetched after an outage.
    pub late: u32,
}

/// What becomes of mail on the server once it is stored here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AfterFetch {
    /// Days that a message stays before it is deleted.
    pub grace_days: u32,
    pub tidy: Tidy,
}

/// What is done to mail that stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Tidy {
    #[default]
    Leave,
    MarkRead,
    /// To this folder, as the server writes it.
    MoveTo(String),
}

/// What the admin chose for a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    pub incoming: bool,
    pub outgoing: bool,
    pub delete_after_fetch: bool,
    pub after_fetch: AfterFetch,
    /// The folder that is watched first.
    pub folder: String,
    /// Further folders that are fetched.
    #[serde(default)]
    pub other_folders: Vec<String>,
    pub import: ImportFrom,
    /// Of one that only fetches: what its replies leave through (R4).
    pub replies_through: Option<Through>,
    /// Of one that only sends: the mailbox where its mail arrives.
    pub arrives_at: Option<MailboxId>,
}

/// What the replies of a mailbox leave through that only fetches (R4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Through {
    Mailbox(MailboxId),
    /// The SMTP server that notices leave by, from its own address.
    System,
}

/// From when on messages are fetched the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ImportFrom {
    /// Only what arrives from now on.
    Now,
    /// What arrived since this midnight UTC.
    Date(Time),
    Beginning,
}

/// The mailbox page and its wizard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxPage {
    pub now: Time,
    pub row: MailboxRow,
    pub draft: bool,
    pub provider: Provider,
    pub wanted: Use,
    pub incoming: DirectionPage,
    pub outgoing: DirectionPage,
    pub account: Option<String>,
    pub last_signed_in_at: Option<Time>,
    /// The sign-in's window ends then, unless a refresh pushes it on.
    pub sign_in_ends_at: Option<Time>,
    /// Refreshing works, so that no end is expected.
    pub refreshing: bool,
    /// Other mailboxes that one sign-in of this account repairs.
    pub same_account: Vec<String>,
    pub from_name: String,
    pub signature: String,
    /// New tickets are acknowledged automatically, with these words.
    pub acknowledge: bool,
    pub acknowledge_text: String,
    pub own_addresses: Vec<Address>,
    pub outage: Option<Outage>,
    /// Every day of the chart, oldest first.
    pub days: Vec<DayCount>,
    /// Times within these days in which nothing could be fetched.
    pub down: Vec<(Time, Time)>,
    /// From when on messages can be counted: the mailbox's beginning, or its oldest message.
    pub counted_since: Time,
    pub timeline: Vec<TimelineEntry>,
    /// An app registration for this provider is there.
    pub registered: bool,
    /// Other mailboxes that send, and others that fetch: for the half that is elsewhere.
    pub senders: Vec<(MailboxId, Address)>,
    pub receivers: Vec<(MailboxId, Address)>,
    /// The SMTP server that notices leave by, and the address it sends from.
    pub system_sender: Option<(String, Address)>,
}

/// Name and password with both servers, as the form gives them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordForm {
    pub user: String,
    /// Goes into the vault; never comes back out to a page.
    pub password: String,
    pub incoming: Option<Endpoint>,
    pub outgoing: Option<Endpoint>,
}

/// What came of giving a password or checking again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckResult {
    pub mailbox: MailboxId,
    pub at: Time,
    pub reports: Vec<ProbeReport>,
    /// Directions that now work with what was proved.
    pub swapped: Vec<Direction>,
}

/// Settings that can be changed at any time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxForm {
    pub name: String,
    pub from_name: String,
    pub signature: String,
    pub acknowledge: bool,
    pub acknowledge_text: String,
    pub wanted: Use,
}

#[async_trait]
pub trait Mailboxes: Send + Sync {
    async fn list(&self, actor: &Actor) -> Answer<MailboxList>;
    async fn show(&self, actor: &Actor, id: MailboxId) -> Answer<MailboxPage>;
    /// Providers to choose from.
    async fn providers(&self, actor: &Actor) -> Answer<Vec<Provider>>;

    /// Begins a mailbox as a draft, with the provider found by its domain.
    async fn start(&self, actor: &Actor, address: String, name: String) -> Answer<MailboxId>;
    async fn choose_provider(&self, actor: &Actor, id: MailboxId, provider_key: String) -> Answer<()>;
    async fn choose_use(&self, actor: &Actor, id: MailboxId, wanted: Use) -> Answer<()>;
    /// Proves a password per direction and swaps those that proved themselves, or were dead.
    async fn give_password(&self, actor: &Actor, id: MailboxId, form: PasswordForm) -> Answer<CheckResult>;
    /// *Check again*: probes with the kept sign-in, else with the current credential.
    async fn check(&self, actor: &Actor, id: MailboxId) -> Answer<CheckResult>;
    /// The last check, to show after a redirect.
    async fn last_check(&self, actor: &Actor, id: MailboxId) -> Answer<Option<CheckResult>>;

    async fn change(&self, actor: &Actor, id: MailboxId, form: MailboxForm) -> Answer<()>;
    async fn add_address(&self, actor: &Actor, id: MailboxId, address: String) -> Answer<()>;
    async fn pause(&self, actor: &Actor, id: MailboxId, paused: bool) -> Answer<()>;
    /// Ends the mailbox: credentials wiped, the address free again, tickets stay. Held replies go
    /// back to their writers' drafts, or are cancelled with a note in the ticket. `typed` is the
    /// address, as a confirmation.
    async fn delete(&self, actor: &Actor, id: MailboxId, typed: String) -> Answer<()>;
    /// Wipes the credentials; tickets stay.
    async fn disconnect(&self, actor: &Actor, id: MailboxId) -> Answer<()>;
    /// Throws a draft away.
    async fn discard(&self, actor: &Actor, id: MailboxId) -> Answer<()>;
    /// Names for the filter of the tickets page; agents may ask.
    async fn names(&self, actor: &Actor) -> Answer<Vec<(MailboxId, Address)>>;
    /// Who may be assigned.
    async fn agents(&self, actor: &Actor) -> Answer<Vec<(PersonId, String)>>;
}
