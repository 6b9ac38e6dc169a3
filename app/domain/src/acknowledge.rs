//! Whether a new ticket is acknowledged by itself (RFC 3834; R25: no automatic reply to old mail).

use crate::time::Span;
use serde::{Deserialize, Serialize};

/// Mail older than this gets no automatic reply: after an outage people were answered otherwise,
/// or know that it took long.
pub const QUIET_AFTER: Span = Span::hours(4);
/// At most one acknowledgement to one sender in this time, so that two programs that answer each
/// other stop.
pub const ONCE_IN: Span = Span::hours(24);

/// What is written where the admin gave no words of his own.
pub const TEXT: &str =
    "Thank you for your message. It has reached us, and one of us will answer it.\n\nThis is an automatic reply.";

/// What is known of a message that began a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The admin switched acknowledgements on for this mailbox.
    pub on: bool,
    /// It has a sender who is none of us.
    pub from_outside: bool,
    /// A program wrote it, as far as its header tells.
    pub automatic: bool,
    /// A list's mail, bulk, or mail that asks for silence.
    pub hushed: bool,
    /// One of the mailbox's addresses stands in To or Cc (RFC 3834 2).
    pub addressed: bool,
    /// It lay there before the mailbox was connected, or was fetched from a folder on demand.
    pub imported: bool,
    pub age: Span,
    /// This sender got one within [`ONCE_IN`].
    pub lately: bool,
}

/// Why there is no acknowledgement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Silence {
    Off,
    OurOwn,
    Automatic,
    Hushed,
    NotAddressed,
    Imported,
    Old,
    Lately,
}

/// `None`: it is acknowledged.
pub fn silence(facts: &Facts) -> Option<Silence> {
    [
        (!facts.on, Silence::Off),
        (!facts.from_outside, Silence::OurOwn),
        (facts.automatic, Silence::Automatic),
        (facts.hushed, Silence::Hushed),
        (!facts.addressed, Silence::NotAddressed),
        (facts.imported, Silence::Imported),
        (facts.age > QUIET_AFTER, Silence::Old),
        (facts.lately, Silence::Lately),
    ]
    .into_iter()
    .find(|(met, _)| *met)
    .map(|(_, silence)| silence)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_fresh_mail_that_a_person_wrote_to_us_is_acknowledged() {
        let fresh = Facts {
            on: true,
            from_outside: true,
            automatic: false,
            hushed: false,
            addressed: true,
            imported: false,
            age: Span::seconds(3),
            lately: false,
        };
        for (facts, expected) in [
            (fresh, None),
            (Facts { age: QUIET_AFTER, ..fresh }, None),
            (Facts { age: Span(QUIET_AFTER.0 + 1), ..fresh }, Some(Silence::Old)),
            (Facts { on: false, ..fresh }, Some(Silence::Off)),
            (Facts { from_outside: false, ..fresh }, Some(Silence::OurOwn)),
            (Facts { automatic: true, ..fresh }, Some(Silence::Automatic)),
            (Facts { hushed: true, ..fresh }, Some(Silence::Hushed)),
            (Facts { addressed: false, ..fresh }, Some(Silence::NotAddressed)),
            (Facts { imported: true, ..fresh }, Some(Silence::Imported)),
            (Facts { lately: true, ..fresh }, Some(Silence::Lately)),
        ] {
            assert_eq!(silence(&facts), expected, "{facts:?}");
        }
    }
}
