//! What becomes of one UID in a pass.

use crate::imap::Fetched;
use crate::source::Known;
use domain::Time;
use domain::id::SourceId;

/// What is to be written of a message.
pub(super) enum Body {
    None,
    /// Bytes and their digest.
    Whole(Vec<u8>, Vec<u8>),
    /// A begun source, how many bytes it has, and their digest.
    Parts(SourceId, u64, Vec<u8>),
}

/// A source whose chunks are stored.
pub(super) struct Parts {
    pub source: SourceId,
    pub bytes: u64,
    pub digest: Vec<u8>,
    pub known: Known,
}

/// What becomes of one UID.
pub(super) enum Item {
    Whole(u32, Option<Time>, Vec<u8>),
    /// Over the limit: its header and the beginning of its text.
    Shortened(u32, Option<Time>, Vec<u8>),
    /// Its chunks are stored already.
    Parts(u32, Option<Time>, Parts),
    Old(Fetched),
    /// A copy of our own reply.
    Own(u32, Option<Time>),
    /// Expunged between two questions.
    Gone(u32),
    Unfetchable(u32, Option<Time>),
}

impl Item {
    pub fn uid(&self) -> u32 {
        match self {
            Item::Whole(uid, ..)
            | Item::Parts(uid, ..)
            | Item::Shortened(uid, ..)
            | Item::Own(uid, _)
            | Item::Gone(uid)
            | Item::Unfetchable(uid, _) => *uid,
            Item::Old(f) => f.uid,
        }
    }
}
