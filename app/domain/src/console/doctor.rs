//! The doctor's own acts: the announced test mail, the card sent to whoever can help, and which
//! mailboxes one cause has stopped.

use crate::address::Address;
use crate::console::people::Actor;
use crate::diagnosis::Diagnosis;
use crate::id::MailboxId;
use crate::refusal::Answer;
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// A mail from a mailbox to itself: the only proof that an account may send as the address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestMail {
    pub at: Time,
    pub outcome: TestOutcome,
    /// When it came in and was recognised; no ticket was made of it.
    pub arrived_at: Option<Time>,
    /// When it was removed on the server.
    pub removed_at: Option<Time>,
}

/// What the outgoing server did with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TestOutcome {
    /// Still being handed over, or the process ended meanwhile.
    Sending,
    /// Taken, by the server of this name.
    Accepted { server: String },
    /// Refused, in the server's words, redacted.
    Refused { diagnosis: Diagnosis, said: String },
    /// Handed over, but no answer came.
    Unsure { said: String },
}

/// A letter of the desk's own: plain text, no secrets in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    pub subject: String,
    pub text: String,
}

/// A card that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentCard {
    pub to: String,
    pub at: Time,
}

#[async_trait]
pub trait Doctor: Send + Sync {
    /// Sends the announced test mail and writes down what the server did with it.
    async fn send_test(&self, actor: &Actor, mailbox: MailboxId, letter: Card) -> Answer<()>;
    /// The last test mail of a mailbox.
    async fn last_test(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Option<TestMail>>;
    /// Sends the card through a mailbox that works, to one address; gives the address it left from.
    async fn send_card(&self, actor: &Actor, mailbox: MailboxId, to: String, card: Card) -> Answer<Address>;
    /// The last card that was sent about a mailbox.
    async fn last_card(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Option<SentCard>>;
    /// The other mailboxes that the same cause has stopped: one remedy mends them all.
    async fn same_cause(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Vec<Address>>;
}
