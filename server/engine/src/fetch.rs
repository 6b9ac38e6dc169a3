//! One pass over a folder: everything that is new there is stored, in the order of its UIDs.
//!
//! Invariants: sources, receipts and the cursor of a batch are one transaction; the cursor never
//! passes a UID that was not delivered, or whose receipt is not committed; nothing is deleted on the
//! server before the commit that stored it; a UID that was asked for but not delivered is not fetched.

mod alike;
mod backlog;
mod begin;
mod count;
mod item;
mod large;
mod ledger;
mod pass;
mod ready;
mod recognise;
mod renumber;
mod single;
mod sweep;
mod vanished;

pub use backlog::Backlogs;
pub use count::count;
pub use pass::{ASKED, pass};
pub use single::{Single, single, whole};
pub use vanished::note as note_vanished;

use crate::imap;
use crate::login::Fault;
use crate::store::StoreError;
use crate::store::receipts::Claim;
use domain::Time;
use domain::backoff::OUTBOX;
use domain::console::mailboxes::{AfterFetch, ImportFrom, Tidy};
use domain::folder::FolderRole;
use domain::provider::ProviderKind;
use std::collections::HashMap;

/// What a pass is told.
#[derive(Clone, Debug)]
pub struct Job {
    pub claim: Claim,
    pub provider: ProviderKind,
    pub import: ImportFrom,
    /// What the folder is for. In the folder of sent mail our own replies are told by their header
    /// and not fetched again.
    pub role: FolderRole,
    /// Up to this UID, as STATUS told; `None`: whatever is there.
    pub upto: Option<u32>,
    /// Only what arrived before this time; the rest is not looked at, and the cursor stays.
    pub until: Option<Time>,
    /// Delete on the server what was stored.
    pub delete: bool,
    /// When, and what is done to mail that stays.
    pub after: AfterFetch,
    /// Outages of incoming mail: from, and to when it ended. What arrived in one is late.
    pub outages: Vec<(Time, Option<Time>)>,
}

impl Job {
    /// Whether anything is changed on the server: else folders are opened for reading only.
    pub fn writes(&self) -> bool {
        self.delete || self.after.tidy != Tidy::Leave
    }

    fn is_late(&self, arrived_at: Time) -> bool {
        // INTERNALDATE has whole seconds.
        self.outages
            .iter()
            .any(|(from, to)| arrived_at.0 >= from.0 / 1_000 * 1_000 && to.is_none_or(|to| arrived_at < to))
    }
}

/// What a pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    pub stored: u32,
    /// UIDs that were asked for and not delivered; they are asked for again.
    pub missing: u32,
}

/// Why a pass broke off. What was committed stays.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The session is of no use any more.
    #[error("{0}")]
    Session(#[from] Fault),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How carefully a watcher treats a folder after trouble; lasts as long as its task.
#[derive(Clone, Debug, Default)]
pub struct Care {
    /// A batch was refused as a whole: one message at a time, to find the one.
    single: bool,
    /// Refusals by UID.
    strikes: HashMap<u32, u32>,
    refused: Option<Refused>,
}

/// The server refused to mark, or to move.
#[derive(Clone, Debug)]
struct Refused {
    tidy: Tidy,
    /// In a row.
    times: u32,
    until: Time,
}

/// Refusals of one message, after which it is set aside.
const STRIKES: u32 = 3;

impl Care {
    /// Learns from a fault that met these UIDs. Only the server's own answer says something about
    /// a message; a cut or a time-out does not.
    fn learn(&mut self, fault: &Fault, uids: &[u32]) {
        if !imap::is_answer(fault) {
            return;
        }
        match uids {
            [one] => *self.strikes.entry(*one).or_default() += 1,
            _ => self.single = true,
        }
    }

    fn gave_up(&self, uid: u32) -> bool {
        self.strikes.get(&uid).is_some_and(|n| *n >= STRIKES)
    }

    /// Met trouble before: it is fetched alone, and in parts.
    fn struck(&self, uid: u32) -> bool {
        self.strikes.contains_key(&uid)
    }

    /// Everything was delivered: whatever made fetching careful is over.
    fn delivered(&mut self) {
        (self.single, self.strikes) = (false, HashMap::new());
    }

    /// Whether the server refused just this, and is not asked again yet.
    fn leaves(&self, tidy: &Tidy, now: Time) -> bool {
        self.refused.as_ref().is_some_and(|refused| refused.tidy == *tidy && !OUTBOX.is_due(refused.until, now))
    }

    /// Whether the server marked or moved: the pause grows with every refusal in a row.
    fn tidied(&mut self, tidy: &Tidy, done: bool, now: Time, jitter: f64) {
        let before = self.refused.take().filter(|refused| refused.tidy == *tidy).map_or(0, |refused| refused.times);
        if !done {
            let times = before.saturating_add(1);
            self.refused = Some(Refused { tidy: tidy.clone(), times, until: now + OUTBOX.pause(times, jitter) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Diagnosis;
    use domain::id::MailboxId;

    #[test]
    fn late_is_what_arrived_in_an_outage() {
        let job = Job {
            claim: Claim { mailbox: MailboxId(1), node: 1, epoch: 1 },
            provider: ProviderKind::Other,
            import: ImportFrom::Now,
            role: FolderRole::Inbox,
            upto: None,
            until: None,
            delete: false,
            after: AfterFetch::default(),
            outages: vec![(Time(10_500), Some(Time(20_000))), (Time(30_000), None)],
        };
        // The outage began within the second that INTERNALDATE names.
        for (at, late) in
            [(9_000, false), (10_000, true), (19_999, true), (20_000, false), (30_000, true), (90_000, true)]
        {
            assert_eq!(job.is_late(Time(at)), late, "{at}");
        }
    }

    #[test]
    fn what_is_refused_again_and_again_is_asked_ever_more_seldom() {
        let (read, other) = (Tidy::MarkRead, Tidy::MoveTo("Done".into()));
        let (mut care, mut now) = (Care::default(), Time(1_000_000_000));
        let mut pauses = Vec::new();
        for _ in 0..12 {
            care.tidied(&read, false, now, 0.0);
            // A pass that delivers everything says nothing of marking.
            care.delivered();
            assert!(care.leaves(&read, now) && !care.leaves(&other, now));
            let until = care.refused.as_ref().map_or(now, |refused| refused.until);
            pauses.push(until.since(now).0 / 1_000);
            now = until;
            assert!(!care.leaves(&read, now));
        }
        assert_eq!(pauses, [15, 30, 60, 120, 240, 480, 960, 1_920, 3_840, 7_200, 7_200, 7_200]);
        care.tidied(&read, true, now, 0.0);
        care.tidied(&read, false, now, 0.0);
        assert!(!care.leaves(&read, now + domain::time::Span::seconds(15)), "it begins anew");
    }

    #[test]
    fn only_a_server_s_own_answer_tells_on_a_message() {
        let fault = |said: &str| Fault { finding: crate::net::finding(Diagnosis::ProviderFault), said: said.into() };
        let mut care = Care::default();
        care.learn(&fault("no answer in time"), &[7]);
        assert!(!care.struck(7) && !care.single);
        care.learn(&fault("NO UID FETCH failed."), &[6, 7]);
        assert!(care.single && !care.struck(7));
        for _ in 0..STRIKES {
            assert!(!care.gave_up(7));
            care.learn(&fault("the server announces 9 bytes where at most 1 were asked for"), &[7]);
        }
        assert!(care.gave_up(7));
    }
}
