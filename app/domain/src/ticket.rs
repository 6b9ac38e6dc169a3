//! Tickets: their states and kinds of messages.

use serde::{Deserialize, Serialize};

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketStatus {
    /// The help desk's turn.
    Open,
    /// The customer's turn.
    Waiting,
    Closed,
}

impl TicketStatus {
    pub const ALL: [TicketStatus; 3] = [TicketStatus::Open, TicketStatus::Waiting, TicketStatus::Closed];

    pub fn key(self) -> &'static str {
        match self {
            TicketStatus::Open => "open",
            TicketStatus::Waiting => "waiting",
            TicketStatus::Closed => "closed",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.key() == key)
    }
}

/// What a message of a ticket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// From the customer.
    Incoming,
    /// From an agent, by us.
    Reply,
    /// For colleagues only.
    Note,
    /// From staff, by another program.
    Outside,
    /// Automatic mail that joined the ticket.
    Automatic,
    /// A delivery report.
    Bounce,
}

impl MessageKind {
    pub const ALL: [MessageKind; 6] = [
        MessageKind::Incoming,
        MessageKind::Reply,
        MessageKind::Note,
        MessageKind::Outside,
        MessageKind::Automatic,
        MessageKind::Bounce,
    ];

    pub fn key(self) -> &'static str {
        match self {
            MessageKind::Incoming => "incoming",
            MessageKind::Reply => "reply",
            MessageKind::Note => "note",
            MessageKind::Outside => "outside",
            MessageKind::Automatic => "automatic",
            MessageKind::Bounce => "bounce",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.key() == key)
    }
}
