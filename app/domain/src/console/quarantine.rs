//! Messages that nobody can read: kept as they came, to be tried again, made a ticket by hand, or
//! set aside.

use crate::address::Address;
use crate::console::people::Actor;
use crate::id::{FolderId, MailboxId, TicketId};
use crate::refusal::Answer;
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Which receipt: `12.3.4`, as in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbers {
    pub folder: FolderId,
    pub uid_validity: u32,
    pub uid: u32,
}

impl fmt::Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.folder.0, self.uid_validity, self.uid)
    }
}

impl FromStr for Numbers {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.split('.');
        let numbers = Self {
            folder: FolderId(parts.next().and_then(|p| p.parse().ok()).ok_or(())?),
            uid_validity: parts.next().and_then(|p| p.parse().ok()).ok_or(())?,
            uid: parts.next().and_then(|p| p.parse().ok()).ok_or(())?,
        };
        if parts.next().is_some() { Err(()) } else { Ok(numbers) }
    }
}

/// A message that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    pub numbers: Numbers,
    pub mailbox: MailboxId,
    pub address: Address,
    /// As the server writes it.
    pub folder: String,
    pub arrived_at: Time,
    pub tried_at: Time,
    /// In the engine's plain words.
    pub reason: String,
    /// Of the stored message; `None`: the server never handed it out.
    pub bytes: Option<u64>,
    /// Its first lines, as far as they are text.
    pub beginning: String,
    /// Where its bytes can be had for a while.
    pub raw: Option<String>,
}

/// *Unreadable mail*, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantinePage {
    pub rows: Vec<Unreadable>,
    /// There are more than these.
    pub more: bool,
}

/// What came of trying again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Replayed {
    Ticket(TicketId),
    /// It was read, and became no ticket of its own.
    Read,
    Still,
    /// It is read in a moment.
    Waits,
}

#[async_trait]
pub trait Quarantine: Send + Sync {
    async fn page(&self, actor: &Actor) -> Answer<QuarantinePage>;
    /// Reads it again, or fetches it again where it was never handed out.
    async fn replay(&self, actor: &Actor, numbers: Numbers) -> Answer<Replayed>;
    /// A ticket that shows what can be shown, with the message as its file.
    async fn by_hand(&self, actor: &Actor, numbers: Numbers) -> Answer<TicketId>;
    /// Nobody needs it. It stays stored.
    async fn set_aside(&self, actor: &Actor, numbers: Numbers) -> Answer<()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back() {
        let numbers = Numbers { folder: FolderId(12), uid_validity: 3, uid: u32::MAX };
        assert_eq!(numbers.to_string().parse(), Ok(numbers));
        for text in ["", "1.2", "1.2.3.4", "1.2.x", "1.2.-3"] {
            assert_eq!(text.parse::<Numbers>(), Err(()), "{text}");
        }
    }
}
