//! Who may forward mail to a mailbox beside agents and the owners of sign-ins.

use crate::address::Address;
use crate::console::people::Actor;
use crate::id::MailboxId;
use crate::refusal::Answer;
use async_trait::async_trait;

#[async_trait]
pub trait Forwarders: Send + Sync {
    /// A mailbox's own list.
    async fn list(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Vec<Address>>;
    /// What this address forwards becomes tickets of the original senders from now on.
    async fn allow(&self, actor: &Actor, mailbox: MailboxId, address: String) -> Answer<()>;
    /// What it forwards is its own mail again.
    async fn forbid(&self, actor: &Actor, mailbox: MailboxId, address: String) -> Answer<()>;
}
