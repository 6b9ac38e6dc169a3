//! Who wakes whom. A wake is a hint, sent after the commit; every loop also looks by itself, and the pool for all
//! watchers.

use domain::id::MailboxId;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;

/// The bells of this process.
#[derive(Default)]
pub struct Wake {
    /// The pool: mailboxes were added, paused or repaired.
    pub pool: Notify,
    /// Intake: sources were stored.
    pub intake: Notify,
    /// The outbox: a reply was written, a direction swapped.
    pub outbox: Notify,
    /// The refresher: a grant is new, or was refused.
    pub refresher: Notify,
    /// Notices: one was written, or its way out changed.
    pub notices: Notify,
    /// The search index: messages were committed.
    pub search: Notify,
    /// Intake has more in hand than one batch: what can wait does.
    backlog: AtomicBool,
    watchers: Mutex<HashMap<MailboxId, Arc<Notify>>>,
}

impl Wake {
    /// The bell of one mailbox's watcher.
    pub fn watcher(&self, mailbox: MailboxId) -> Arc<Notify> {
        let mut watchers = self.watchers.lock().unwrap_or_else(PoisonError::into_inner);
        watchers.entry(mailbox).or_default().clone()
    }

    /// Intake says whether it has a backlog.
    pub fn backlog(&self, there: bool) {
        self.backlog.store(there, Ordering::Relaxed);
    }

    /// Whether tickets wait to be made.
    pub fn has_backlog(&self) -> bool {
        self.backlog.load(Ordering::Relaxed)
    }

    /// Everybody looks again: times that were awaited may have come at once.
    pub fn everybody(&self) {
        for bell in [&self.pool, &self.intake, &self.outbox, &self.refresher, &self.search, &self.notices] {
            bell.notify_one();
        }
        for watcher in self.watchers.lock().unwrap_or_else(PoisonError::into_inner).values() {
            watcher.notify_one();
        }
    }

    /// Something changed for this mailbox: its credential, its settings, a person asked.
    pub fn mailbox(&self, mailbox: MailboxId) {
        self.pool.notify_one();
        self.watcher(mailbox).notify_one();
    }
}
