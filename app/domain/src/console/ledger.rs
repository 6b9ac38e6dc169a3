//! Whether all mail is here: what was compared with the server, what can't be explained, what
//! vanished before it was seen, and why a mail is not a ticket.

use crate::address::Address;
use crate::console::people::Actor;
use crate::folder::FolderRole;
use crate::id::{MailboxId, MessageId, TicketId};
use crate::ledger::{Gap, Sum};
use crate::receipt::Disposition;
use crate::refusal::Answer;
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// A folder that is fetched from, compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderSum {
    /// As the server writes it.
    pub name: String,
    /// `None`: the server numbered it anew, or it was not fetched yet, or it can't be opened.
    pub sum: Option<Sum>,
}

/// What a comparison found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub folders: Vec<FolderSum>,
    /// Folders that are not fetched from, and how many messages lie there.
    pub elsewhere: Vec<(String, FolderRole, u32)>,
}

/// A finished comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reconciled {
    pub at: Time,
    /// Who asked; `None`: it was the nightly one.
    pub by: Option<String>,
    pub report: Report,
}

/// One UID that can't be explained.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    pub folder: String,
    pub uid: u32,
    pub gap: Gap,
    pub found_at: Time,
}

/// UIDs that the server gave out and that were gone before anybody here saw them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vanished {
    pub folder: String,
    pub first: u32,
    pub last: u32,
    pub messages: u32,
    pub noticed_at: Time,
}

/// *Is all mail here?*
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerPage {
    pub address: Address,
    pub now: Time,
    /// The newest that went through.
    pub last: Option<Reconciled>,
    /// A newer one that broke off: when, and what the server said.
    pub broken_off: Option<(Time, String)>,
    /// Somebody asked for one that has not run yet.
    pub asked: Option<Time>,
    pub alerts: Vec<Alert>,
    /// Of the last 30 days.
    pub vanished: Vec<Vanished>,
    /// Messages that can't be read.
    pub unreadable: u32,
    /// Folders where the server can't do what is wanted of fetched mail, with the sweep's word.
    pub stays: Vec<(String, String)>,
    /// When the next one runs by itself.
    pub next_at: Time,
}

/// Where a message lies on the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    pub folder: String,
    pub uid_validity: u32,
    pub uid: u32,
}

/// Why a mail is, or is not, a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Why {
    /// The ledger has it.
    Receipt { disposition: Disposition, reason: Option<String> },
    /// It came before the date from which mail is imported.
    BeforeImport,
    /// It lies in a folder that is not fetched from.
    NotWatched { role: FolderRole },
    /// It is fetched with the next pass.
    OnItsWay,
    /// It should have a receipt, and has none.
    Unexplained,
}

/// A mail that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    pub from: String,
    pub subject: String,
    pub at: Time,
    /// Where it lies on the server; `None`: it is not there any more.
    pub spot: Option<Spot>,
    pub why: Why,
    pub ticket: Option<TicketId>,
    /// *Import now* makes a ticket of it.
    pub importable: bool,
}

/// What a search over the ledger and all folders found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lookup {
    pub address: Address,
    pub found: Vec<Found>,
    /// There are more than these.
    pub more: bool,
    /// How many folders were searched on the server.
    pub folders: u32,
    /// Why the server could not be searched, in its own words or ours.
    pub not_searched: Option<String>,
}

/// What came of *Import now*.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Imported {
    Ticket(TicketId),
    /// Asked for; the mailbox's next session brings it.
    Waits,
    /// The server does not hand it out any more.
    Gone,
}

/// What came of fetching a whole message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whole {
    Here,
    /// Asked for; the mailbox's next session brings it.
    Waits,
    /// It is not on the server any more, or larger than can be kept.
    Not,
}

#[async_trait]
pub trait Ledger: Send + Sync {
    async fn page(&self, actor: &Actor, mailbox: MailboxId) -> Answer<LedgerPage>;
    /// Compares now; answers when it is done, or after some seconds.
    async fn reconcile(&self, actor: &Actor, mailbox: MailboxId) -> Answer<()>;
    /// Looks for a mail by sender, subject or Message-ID: here, and live in all folders.
    async fn look_up(&self, actor: &Actor, mailbox: MailboxId, words: &str) -> Answer<Lookup>;
    /// Fetches the whole of a message over the size limit. Whoever works the ticket may.
    async fn fetch_whole(&self, actor: &Actor, message: MessageId) -> Answer<Whole>;
    /// Makes a ticket of one message, wherever it lies.
    async fn import(&self, actor: &Actor, mailbox: MailboxId, spot: Spot) -> Answer<Imported>;
}
