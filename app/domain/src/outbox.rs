//! A reply's way out.

use serde::{Deserialize, Serialize};

/// What is known of one delivery. *Held* is not among them: it is derived from a due delivery
/// whose outgoing direction needs a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Due, or due later.
    Waiting,
    /// An attempt runs, the message is not handed over yet.
    Sending,
    /// The message is being handed over: whoever dies now leaves it uncertain.
    HandingOver,
    /// A server took it for every recipient that was not refused.
    Sent,
    /// Handed over without an answer: being checked, else for a person to decide.
    Uncertain,
    /// Refused for good, for every recipient.
    Refused,
    /// A person took it back.
    Cancelled,
}

impl DeliveryState {
    pub const ALL: [DeliveryState; 7] = [
        DeliveryState::Waiting,
        DeliveryState::Sending,
        DeliveryState::HandingOver,
        DeliveryState::Sent,
        DeliveryState::Uncertain,
        DeliveryState::Refused,
        DeliveryState::Cancelled,
    ];

    /// The word in the database.
    pub fn key(self) -> &'static str {
        match self {
            DeliveryState::Waiting => "waiting",
            DeliveryState::Sending => "sending",
            DeliveryState::HandingOver => "handing_over",
            DeliveryState::Sent => "sent",
            DeliveryState::Uncertain => "uncertain",
            DeliveryState::Refused => "refused",
            DeliveryState::Cancelled => "cancelled",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.key() == key)
    }

    /// What an attempt found unfinished after a restart or takeover becomes: never resent by a
    /// timer once it was being handed over.
    pub fn after_interruption(self) -> Self {
        match self {
            DeliveryState::Sending => DeliveryState::Waiting,
            DeliveryState::HandingOver => DeliveryState::Uncertain,
            settled => settled,
        }
    }
}
