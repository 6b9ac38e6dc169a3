//! A fetched message as its receipt will say, before the write lock is taken.

use super::Job;
use super::item::{Body, Item};
use super::pass::ASKED;
use crate::source;
use crate::store::receipts::{MARK_READ, MOVE, New};
use domain::Time;
use domain::console::mailboxes::Tidy;
use domain::id::FolderId;
use domain::receipt::Disposition;
use domain::time::Span;

/// What the receipts of a pass have in common.
pub(super) struct Blank {
    pub folder: FolderId,
    pub uid_validity: u32,
    pub job: Job,
    /// A person asked for these messages: what their receipts said before is over.
    pub asked: bool,
}

impl Blank {
    /// What becomes of a whole message on the server.
    fn due(&self, new: &mut New, now: Time) {
        let after = &self.job.after;
        new.delete_due_at = self.job.delete.then(|| now + Span::days(after.grace_days.into()));
        new.tidy = match (&after.tidy, self.job.delete) {
            (Tidy::MarkRead, _) => Some(MARK_READ),
            (Tidy::MoveTo(_), false) => Some(MOVE),
            _ => None,
        };
    }

    /// Receipt and bytes.
    pub fn ready(&self, item: Item, now: Time) -> (New, Body) {
        let mut new = New {
            folder: self.folder,
            uid_validity: self.uid_validity,
            uid: item.uid(),
            mailbox: self.job.claim.mailbox,
            source: None,
            disposition: Disposition::Stored,
            reason: None,
            arrived_at: now,
            late: false,
            delete_due_at: None,
            message_key: None,
            header_digest: None,
            tidy: None,
        };
        let arrived = |new: &mut New, at: Option<Time>| {
            new.arrived_at = at.unwrap_or(now);
            new.late = self.job.is_late(new.arrived_at);
        };
        let mut body = Body::None;
        match item {
            Item::Whole(_, at, bytes) => {
                arrived(&mut new, at);
                let known = source::known(&bytes);
                (new.message_key, new.header_digest) = (Some(known.key), Some(known.digest));
                self.due(&mut new, now);
                let digest = source::digest(&bytes);
                body = Body::Whole(bytes, digest);
            }
            Item::Shortened(_, at, bytes) => {
                arrived(&mut new, at);
                let known = source::known(&bytes);
                (new.message_key, new.header_digest) = (Some(known.key), Some(known.digest));
                new.reason = Some("too_large");
                let digest = source::digest(&bytes);
                body = Body::Whole(bytes, digest);
            }
            Item::Parts(_, at, parts) => {
                arrived(&mut new, at);
                (new.message_key, new.header_digest) = (Some(parts.known.key), Some(parts.known.digest));
                self.due(&mut new, now);
                body = Body::Parts(parts.source, parts.bytes, parts.digest);
            }
            Item::Old(f) => {
                arrived(&mut new, f.arrived_at);
                new.late = false;
                new.disposition = Disposition::BeforeImport;
            }
            Item::Own(_, at) => {
                arrived(&mut new, at);
                new.disposition = Disposition::Own;
            }
            Item::Gone(_) => (new.disposition, new.reason) = (Disposition::Ignored, Some("gone")),
            Item::Unfetchable(_, at) => {
                arrived(&mut new, at);
                (new.disposition, new.reason) = (Disposition::Quarantined, Some("unfetchable"));
            }
        }
        if self.asked && new.reason.is_none() {
            new.reason = Some(ASKED);
        }
        (new, body)
    }
}
