//! Whether a new ticket is acknowledged by itself (RFC 3834; R25: no automatic reply to old mail).

use crate::time::Span;
use serde::{Deserialize, Serialize};

/// Mail older than this gets no automatic reply: after an outage people were answered otherwise,
/// or know that it took long.
pub const QUIET_AFTER: Span = Span::hours(4);
/// At most one acknowledgement to one sender in this time, so that two programs that answer each
/// other stop.
pub const ONCE_IN: Span = Span::hours(24);

/// At most [`AT_MOST`] to one mail domain in this time: a program that answers each of ours with
/// mail from a new address stops here.
pub const BUSY_IN: Span = Span::minutes(10);
/// See [`BUSY_IN`].
pub const AT_MOST: u64 = 10;

/// What is written where the admin gave no words of his own.
pub const TEXT: &str =
    "Thank you for your message. It has reached us, and one of us will answer it.\n\nThis is an automatic reply.";

/// The words as a customer gets them: `{number}` and `{subject}` are those of the ticket.
pub fn words(template: &str, number: &str, subject: &str) -> String {
    let template = if template.trim().is_empty() { TEXT } else { template };
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    // In one pass: a subject that holds a mark is not filled in again.
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match [("{number}", number), ("{subject}", subject)].iter().find(|(mark, _)| rest.starts_with(mark)) {
            Some((mark, value)) => {
                out.push_str(value);
                rest = &rest[mark.len()..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

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
    /// Who would get it, or who wrote, got one within [`ONCE_IN`].
    pub lately: bool,
    /// How many went to the same mail domain within [`BUSY_IN`].
    pub to_domain: u64,
    /// It points at another ticket: an answer to something of ours, whoever gives it.
    pub possible_reply: bool,
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
    Busy,
    PossibleReply,
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
        (facts.to_domain >= AT_MOST, Silence::Busy),
        (facts.possible_reply, Silence::PossibleReply),
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
            to_domain: 0,
            possible_reply: false,
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
            (Facts { to_domain: AT_MOST - 1, ..fresh }, None),
            (Facts { to_domain: AT_MOST, ..fresh }, Some(Silence::Busy)),
            (Facts { possible_reply: true, ..fresh }, Some(Silence::PossibleReply)),
        ] {
            assert_eq!(silence(&facts), expected, "{facts:?}");
        }
    }

    #[test]
    fn the_words_name_the_ticket() {
        for (template, expected) in [
            ("", TEXT),
            (" \n", TEXT),
            ("Got it.", "Got it."),
            ("Ticket {number}: {subject}.", "Ticket 12: {number}."),
            ("{ {number {x} }", "{ {number {x} }"),
            ("{{number}}", "{12}"),
        ] {
            assert_eq!(words(template, "12", "{number}"), expected, "{template}");
        }
    }
}
