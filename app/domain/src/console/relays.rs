//! Addresses without a server of their own, whose mail is forwarded to a mailbox (R4).

use crate::address::Address;
use crate::console::people::Actor;
use crate::id::MailboxId;
use crate::refusal::Answer;
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// One address that is forwarded to a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relay {
    pub address: Address,
    /// A test mail left for it.
    pub sent_at: Option<Time>,
    /// It arrived in the mailbox: forwarding works.
    pub seen_at: Option<Time>,
}

#[async_trait]
pub trait Relays: Send + Sync {
    async fn list(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Vec<Relay>>;
    /// A draft's address gets no server of its own: it becomes an address of another mailbox.
    async fn forward(&self, actor: &Actor, draft: MailboxId, to: MailboxId) -> Answer<()>;
    /// Sends a test mail to the address; it proves itself when it arrives in the mailbox.
    async fn check(&self, actor: &Actor, mailbox: MailboxId, address: Address) -> Answer<()>;
    /// The address gets a server of its own after all: a draft to set up.
    async fn own_server(&self, actor: &Actor, mailbox: MailboxId, address: Address) -> Answer<MailboxId>;
}
