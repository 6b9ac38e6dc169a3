//! The ledger's word on one UID: what became of the message.

use serde::{Deserialize, Serialize};

/// What became of a message that a mailbox held. Every UID gets exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// Stored; intake has not looked yet.
    Stored,
    /// Became a new ticket.
    Ticket,
    /// Joined a ticket as the customer's reply.
    Reply,
    /// Staff answered from another program; found in Sent.
    AnsweredOutside,
    /// The same message came another way already.
    Duplicate,
    /// Automatic mail (RFC 3834), kept as a note.
    Automatic,
    /// A delivery report (RFC 3464) on one of our replies.
    Bounce,
    /// Could not be parsed; the source is kept.
    Quarantined,
    /// Over the size limit; headers and text only.
    TooLarge,
    /// A rule of the mailbox says so.
    Ignored,
    /// Older than the date from which the admin imports.
    BeforeImport,
    /// Our own probe or test mail.
    Own,
    /// Somebody who may forwarded messages in it: each became what it is.
    Forward,
}

impl Disposition {
    pub const ALL: [Disposition; 13] = [
        Disposition::Stored,
        Disposition::Ticket,
        Disposition::Reply,
        Disposition::AnsweredOutside,
        Disposition::Duplicate,
        Disposition::Automatic,
        Disposition::Bounce,
        Disposition::Quarantined,
        Disposition::TooLarge,
        Disposition::Ignored,
        Disposition::BeforeImport,
        Disposition::Own,
        Disposition::Forward,
    ];

    /// The word in the database.
    pub fn key(self) -> &'static str {
        match self {
            Disposition::Stored => "stored",
            Disposition::Ticket => "ticket",
            Disposition::Reply => "reply",
            Disposition::AnsweredOutside => "answered_outside",
            Disposition::Duplicate => "duplicate",
            Disposition::Automatic => "automatic",
            Disposition::Bounce => "bounce",
            Disposition::Quarantined => "quarantined",
            Disposition::TooLarge => "too_large",
            Disposition::Ignored => "ignored",
            Disposition::BeforeImport => "before_import",
            Disposition::Own => "own",
            Disposition::Forward => "forward",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|d| d.key() == key)
    }
}
