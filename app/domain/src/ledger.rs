//! The ledger adds up: what a server holds against what is written down here. Whatever has no
//! explanation is a [`Gap`], and whoever runs the desk is told.

use crate::receipt::Disposition;
use crate::time::{Span, Time};
use serde::{Deserialize, Serialize};

/// A stored message that was not read by then is stuck.
pub const READ_WITHIN: Span = Span::hours(1);

/// What can't be explained of one UID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gap {
    /// The server holds it, we looked at it, and no receipt says what became of it.
    NoReceipt,
    /// Its receipt names a stored message that is not there.
    NoSource,
    /// Its receipt names a ticket that is not there.
    NoTicket,
    /// Stored long ago, and never read.
    NotRead,
}

impl Gap {
    pub const ALL: [Gap; 4] = [Gap::NoReceipt, Gap::NoSource, Gap::NoTicket, Gap::NotRead];

    /// The word in the database.
    pub fn key(self) -> &'static str {
        match self {
            Gap::NoReceipt => "no_receipt",
            Gap::NoSource => "no_source",
            Gap::NoTicket => "no_ticket",
            Gap::NotRead => "not_read",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|gap| gap.key() == key)
    }
}

/// A receipt, and what is left of what it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    pub uid: u32,
    pub disposition: Disposition,
    /// It names a stored message; `Some(false)`: that one is not there, or not whole.
    pub source: Option<bool>,
    /// It names a ticket or a message in one; `Some(false)`: that is not there.
    pub ticket: Option<bool>,
    pub stored_at: Time,
    /// Deleted or moved on the server by us.
    pub deleted: bool,
}

/// What is wrong with a receipt, if anything is.
pub fn gap(entry: &Entry, now: Time) -> Option<Gap> {
    use Disposition::{AnsweredOutside, Bounce, Forward, Reply, Stored, Ticket, TooLarge};
    let needs_source =
        matches!(entry.disposition, Stored | Ticket | Reply | TooLarge | AnsweredOutside | Forward | Bounce);
    if entry.source == Some(false) || (needs_source && entry.source.is_none()) {
        return Some(Gap::NoSource);
    }
    let needs_ticket = matches!(entry.disposition, Ticket | Reply | TooLarge | AnsweredOutside);
    if entry.ticket == Some(false) || (needs_ticket && entry.ticket.is_none()) {
        return Some(Gap::NoTicket);
    }
    (entry.disposition == Stored && now.since(entry.stored_at) > READ_WITHIN).then_some(Gap::NotRead)
}

/// A folder's numbers as they stood when it was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Marks {
    /// UIDs up to this one are older than the import.
    pub import_before: u32,
    /// The highest UID that needs no more looking at, read before the server was asked.
    pub cursor: u32,
}

/// What became of the messages of one folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// Messages on the server.
    pub there: u32,
    /// Of them, by disposition; those of the range before the import are among them.
    pub by: Vec<(Disposition, u32)>,
    /// Of them, not fetched yet.
    pub on_its_way: u32,
    /// Of them, without a receipt that holds.
    pub unexplained: u32,
    /// Known here and no longer there: deleted or moved by us.
    pub deleted: u32,
    /// Known here and no longer there: moved or deleted by somebody else.
    pub removed: u32,
}

impl Sum {
    /// Whether every message on the server is in exactly one heap.
    pub fn adds_up(&self) -> bool {
        self.there == self.by.iter().map(|(_, n)| n).sum::<u32>() + self.on_its_way + self.unexplained
    }
}

/// Compares what a server holds with the receipts; both in ascending order of UIDs.
pub fn compare(there: &[u32], entries: &[Entry], marks: Marks, now: Time) -> (Sum, Vec<(u32, Gap)>) {
    let mut sum = Sum { there: u32::try_from(there.len()).unwrap_or(u32::MAX), ..Sum::default() };
    let mut gaps = Vec::new();
    let mut by = [0_u32; Disposition::ALL.len()];
    let mut count = |disposition: Disposition| {
        if let Some(at) = Disposition::ALL.iter().position(|d| *d == disposition) {
            by[at] += 1;
        }
    };
    let mut left = there.iter().copied().peekable();
    let unknown = |uid: u32, sum: &mut Sum, gaps: &mut Vec<(u32, Gap)>, count: &mut dyn FnMut(Disposition)| {
        if uid <= marks.import_before {
            count(Disposition::BeforeImport);
        } else if uid > marks.cursor {
            sum.on_its_way += 1;
        } else {
            sum.unexplained += 1;
            gaps.push((uid, Gap::NoReceipt));
        }
    };
    for entry in entries {
        while let Some(uid) = left.next_if(|uid| *uid < entry.uid) {
            unknown(uid, &mut sum, &mut gaps, &mut count);
        }
        let found = gap(entry, now);
        gaps.extend(found.map(|gap| (entry.uid, gap)));
        match left.next_if_eq(&entry.uid) {
            Some(_) if found.is_some() => sum.unexplained += 1,
            Some(_) => count(entry.disposition),
            None if entry.deleted => sum.deleted += 1,
            None => sum.removed += 1,
        }
    }
    for uid in left {
        unknown(uid, &mut sum, &mut gaps, &mut count);
    }
    sum.by = Disposition::ALL.into_iter().zip(by).filter(|(_, n)| *n > 0).collect();
    (sum, gaps)
}

/// The numbers from `from` up to, but not including, `next` that nobody has, as ranges. `known` in
/// ascending order.
pub fn never_seen(from: u32, next: u32, known: &[u32]) -> Vec<(u32, u32)> {
    let mut ranges = Vec::new();
    let mut at = from;
    for uid in known.iter().copied().filter(|uid| (from..next).contains(uid)) {
        if uid > at {
            ranges.push((at, uid - 1));
        }
        at = uid.saturating_add(1);
    }
    if at < next {
        ranges.push((at, next - 1));
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time(1_800_000_000_000);

    fn entry(uid: u32, disposition: Disposition, source: Option<bool>, ticket: Option<bool>) -> Entry {
        Entry { uid, disposition, source, ticket, stored_at: NOW, deleted: false }
    }

    #[test]
    fn a_receipt_holds_or_names_what_is_missing() {
        use Disposition::{Automatic, BeforeImport, Duplicate, Ignored, Own, Quarantined, Stored, Ticket};
        for (disposition, source, ticket, expected) in [
            (Ticket, Some(true), Some(true), None),
            (Ticket, Some(false), Some(true), Some(Gap::NoSource)),
            (Ticket, None, Some(true), Some(Gap::NoSource)),
            (Ticket, Some(true), Some(false), Some(Gap::NoTicket)),
            (Ticket, Some(true), None, Some(Gap::NoTicket)),
            (Automatic, Some(true), None, None),
            (Automatic, Some(true), Some(false), Some(Gap::NoTicket)),
            (Duplicate, None, Some(true), None),
            (Quarantined, None, None, None),
            (Quarantined, Some(false), None, Some(Gap::NoSource)),
            (BeforeImport, None, None, None),
            (Ignored, None, None, None),
            (Own, None, None, None),
            (Stored, Some(true), None, None),
        ] {
            assert_eq!(
                gap(&entry(1, disposition, source, ticket), NOW),
                expected,
                "{disposition:?} {source:?} {ticket:?}"
            );
        }
        let stuck = Entry { stored_at: NOW - Span::hours(2), ..entry(1, Stored, Some(true), None) };
        assert_eq!(gap(&stuck, NOW), Some(Gap::NotRead));
    }

    #[test]
    fn every_message_is_in_one_heap() {
        let ok = |uid| entry(uid, Disposition::Ticket, Some(true), Some(true));
        let deleted = Entry { deleted: true, ..ok(7) };
        let marks = Marks { import_before: 2, cursor: 10 };
        let (sum, gaps) = compare(
            &[1, 2, 3, 4, 5, 9, 11],
            &[ok(3), entry(5, Disposition::Reply, Some(false), Some(true)), ok(6), deleted, ok(9)],
            marks,
            NOW,
        );
        assert_eq!(gaps, [(4, Gap::NoReceipt), (5, Gap::NoSource)]);
        assert_eq!((sum.there, sum.on_its_way, sum.unexplained, sum.deleted, sum.removed), (7, 1, 2, 1, 1));
        assert_eq!(sum.by, [(Disposition::Ticket, 2), (Disposition::BeforeImport, 2)]);
        assert!(sum.adds_up());
        let (empty, gaps) = compare(&[], &[], marks, NOW);
        assert!(empty.adds_up() && gaps.is_empty());
    }

    #[test]
    fn numbers_that_nobody_has_are_ranges() {
        for (from, next, known, expected) in [
            (1, 1, vec![], vec![]),
            (1, 4, vec![], vec![(1, 3)]),
            (3, 6, vec![3, 4, 5], vec![]),
            (3, 9, vec![1, 2, 4, 5, 8], vec![(3, 3), (6, 7)]),
            (3, 5, vec![9], vec![(3, 4)]),
            (u32::MAX - 1, u32::MAX, vec![], vec![(u32::MAX - 1, u32::MAX - 1)]),
        ] {
            assert_eq!(never_seen(from, next, &known), expected, "{from} {next} {known:?}");
        }
    }
}
