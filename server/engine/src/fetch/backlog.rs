//! How many messages are known to be on the server and not here yet.

use domain::id::{FolderId, MailboxId};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// By folder, as its last pass left it. In memory: a pass after the next start counts anew.
#[derive(Debug, Default)]
pub struct Backlogs(Mutex<HashMap<FolderId, (MailboxId, usize)>>);

impl Backlogs {
    /// What a pass over a folder has still to fetch.
    pub fn is(&self, mailbox: MailboxId, folder: FolderId, messages: usize) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if messages == 0 {
            all.remove(&folder);
        } else {
            all.insert(folder, (mailbox, messages));
        }
    }

    /// It is fetched no more by this process.
    pub fn forget(&self, mailbox: MailboxId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, (of, _)| *of != mailbox);
    }

    /// Of all folders of a mailbox.
    pub fn of(&self, mailbox: MailboxId) -> u64 {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.values().filter(|(of, _)| *of == mailbox).map(|(_, messages)| *messages as u64).sum()
    }
}
