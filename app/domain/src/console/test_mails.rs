//! *Send a test mail*: from a mailbox to an address typed in, with its outcome.

use crate::console::people::Actor;
use crate::diagnosis::Diagnosis;
use crate::id::MailboxId;
use crate::refusal::Answer;
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// What came of a test mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// This server took it, in its own words.
    Accepted { server: String, said: String },
    /// It is on its way at this moment.
    Sending,
    /// The server refused the recipient, the sender or the message.
    Refused { diagnosis: Diagnosis, said: String },
    /// There was no session to send over.
    NotSent { diagnosis: Diagnosis, said: String },
    /// Handed over, and the answer was lost: it may have arrived.
    Uncertain,
    /// The direction is not used, paused or not set up.
    NotUsed,
}

/// The last test mail of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestMail {
    pub to: String,
    pub at: Time,
    pub millis: u32,
    pub outcome: Outcome,
}

#[async_trait]
pub trait TestMails: Send + Sync {
    /// Sends one now and waits for the server's answer.
    async fn send(&self, actor: &Actor, mailbox: MailboxId, to: String) -> Answer<TestMail>;
    /// Sends the words of the automatic reply, as they are saved, to the person who asks.
    async fn acknowledgement(&self, actor: &Actor, mailbox: MailboxId) -> Answer<TestMail>;
    /// The last one, to show after a redirect.
    async fn last(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Option<TestMail>>;
}
