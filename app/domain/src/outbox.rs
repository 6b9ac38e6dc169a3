//! A reply's way out.

use crate::time::{Span, Time};
use serde::{Deserialize, Serialize};

/// A reply that waited longer is released by a person who looked at it: the customer may have
/// written since, or somebody may have answered by another way.
pub const OLD: Span = Span::days(3);

/// Whether a waiting reply is not sent before somebody looks at it.
pub fn needs_look(written_at: Time, looked_at: Option<Time>, now: Time) -> bool {
    now.since(looked_at.map_or(written_at, |looked| looked.max(written_at))) > OLD
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waited_for_three_days_is_looked_at_first() {
        let written = Time(1_000_000_000);
        let day = |n: i64| written + Span::days(n);
        for (looked, now, needed) in [
            (None, written, false),
            (None, day(3), false),
            (None, day(3) + Span::millis(1), true),
            (Some(day(4)), day(5), false),
            (Some(day(4)), day(8), true),
            // A clock that went back.
            (None, written - Span::days(9), false),
            (Some(written - Span::days(9)), day(1), false),
        ] {
            assert_eq!(needs_look(written, looked, now), needed, "{looked:?} {now:?}");
        }
    }
}
