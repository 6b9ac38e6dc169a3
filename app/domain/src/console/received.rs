//! The ledger of a mailbox: every message that came, and what became of it.

use crate::address::Address;
use crate::console::people::Actor;
use crate::id::{MailboxId, TicketId};
use crate::receipt::Disposition;
use crate::refusal::Answer;
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// One message that a mailbox held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    pub uid: u32,
    pub arrived_at: Time,
    /// When we stored it.
    pub stored_at: Time,
    /// It had waited for an outage to end.
    pub late: bool,
    pub disposition: Disposition,
    /// Why, in the engine's plain words.
    pub reason: Option<String>,
    /// Who wrote it and about what, where it became a message.
    pub from: Option<String>,
    pub subject: Option<String>,
    pub ticket: Option<TicketId>,
}

/// *Received messages*, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedPage {
    pub address: Address,
    pub rows: Vec<Received>,
    /// There are older ones than these.
    pub more: bool,
}

/// Which of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    pub from: Option<Time>,
    pub until: Option<Time>,
}

#[async_trait]
pub trait Receipts: Send + Sync {
    /// What arrived in this window, at most a hundred.
    async fn received(&self, actor: &Actor, mailbox: MailboxId, window: Window) -> Answer<ReceivedPage>;
}
