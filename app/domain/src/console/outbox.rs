//! The outbox: replies on their way out.

use crate::address::Address;
use crate::console::people::Actor;
use crate::console::tickets::File;
use crate::diagnosis::Diagnosis;
use crate::id::{DeliveryId, MailboxId, TicketId};
use crate::outbox::DeliveryState;
use crate::refusal::Answer;
use crate::time::{Span, Time};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// What a reply's line under the message says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveryLine {
    pub id: DeliveryId,
    pub state: DeliveryState,
    /// Due, but the outgoing direction needs a person: since then, for this reason.
    pub held: Option<(Time, Diagnosis)>,
    /// It waits, and leaves only after somebody looked at it: it was written long ago.
    pub look: bool,
    /// When the state was reached.
    pub at: Time,
    pub next_at: Option<Time>,
    pub attempts: u32,
    /// The server that took it.
    pub server: Option<String>,
    /// Recipients refused for good, with the server's words.
    pub refused: Vec<(String, String)>,
    /// How many recipients there are.
    pub recipients: u32,
    /// The last answer that put it off.
    pub said: Option<String>,
}

/// Where a waiting reply stands among those of its mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Queue {
    /// So many leave before it.
    pub ahead: u32,
    /// What the provider takes from a mailbox in a minute.
    pub per_minute: Option<u32>,
    /// When it leaves at that pace, if that is not now.
    pub leaves_at: Option<Time>,
}

/// A row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    pub line: DeliveryLine,
    /// For one that waits for its turn and for nothing else.
    pub queue: Option<Queue>,
    pub ticket: TicketId,
    pub subject: String,
    pub to: Vec<String>,
    pub mailbox: Option<(MailboxId, Address)>,
    pub author: String,
    pub written_at: Time,
}

/// The outbox page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxPage {
    pub now: Time,
    /// Those that need a person first, then held, then on their way, then the last that left.
    pub rows: Vec<OutboxRow>,
}

/// What came to the ticket after a reply was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Newer {
    pub author: String,
    pub at: Time,
    pub text: String,
}

/// A waiting reply, to be read before something is done about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitingReply {
    pub row: OutboxRow,
    /// Mail of the customer since, and answers from elsewhere, newest first.
    pub newer: Vec<Newer>,
    pub text: String,
    pub files: Vec<File>,
    /// Other mailboxes that send at the moment.
    pub through: Vec<(MailboxId, Address)>,
}

/// What a person decides about an uncertain reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It arrived.
    Arrived,
    /// It did not: send it again.
    SendAgain,
}

/// After one person told the admins, nobody tells them again of the same mailbox for so long.
pub const AGAIN: Span = Span::hours(1);

/// When the admins were told last that a mailbox's replies are held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// `None`: no notice has reached anybody.
    pub at: Option<Time>,
    /// The person who told them; `None`: a notice by itself.
    pub by: Option<String>,
    /// Not before this time again.
    pub again_at: Option<Time>,
}

#[async_trait]
pub trait Outbox: Send + Sync {
    async fn page(&self, actor: &Actor) -> Answer<OutboxPage>;
    /// A waiting reply; [`crate::Refusal::NotFound`] when it waits no more.
    async fn waiting(&self, actor: &Actor, id: DeliveryId) -> Answer<WaitingReply>;
    /// Somebody looked at an old reply: it leaves as soon as it can.
    async fn release(&self, actor: &Actor, id: DeliveryId) -> Answer<()>;
    /// Sends a waiting reply through another mailbox, from its address. The answers still come to
    /// the ticket's.
    async fn send_through(&self, actor: &Actor, id: DeliveryId, mailbox: MailboxId) -> Answer<()>;
    /// Settles an uncertain reply.
    async fn settle(&self, actor: &Actor, id: DeliveryId, verdict: Verdict) -> Answer<()>;
    /// Takes a waiting reply back: its text becomes the ticket's draft again.
    async fn cancel(&self, actor: &Actor, id: DeliveryId) -> Answer<TicketId>;
    /// Tries a waiting reply now.
    async fn retry(&self, actor: &Actor, id: DeliveryId) -> Answer<()>;
    /// When the admins were told last about this mailbox.
    async fn told(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Told>;
    /// Tells them again that this reply is held: once in [`AGAIN`] for a mailbox.
    async fn tell_admins(&self, actor: &Actor, id: DeliveryId) -> Answer<()>;
}
