//! What changed, for the pages that are open: keys like `ticket:12`, `tickets`, `mailbox:3`,
//! `mailboxes`, `outbox`, sent after the commit.

use domain::console::desk::changes::Next;
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use tokio::sync::broadcast;

/// How many changes are remembered for pages that were rendered a moment ago.
const REMEMBERED: usize = 512;

/// The sending end, one per process.
pub struct Changes {
    sender: broadcast::Sender<String>,
    recent: Mutex<Recent>,
}

/// The last changes, numbered from 1 upwards.
#[derive(Default)]
struct Recent {
    seen: u64,
    of_mailboxes: u64,
    keys: VecDeque<String>,
}

impl Default for Changes {
    fn default() -> Self {
        Self { sender: broadcast::channel(1024).0, recent: Mutex::default() }
    }
}

impl Changes {
    /// Tells open pages. Nobody listening is no fault.
    pub fn tell(&self, key: impl Into<String>) {
        let key = key.into();
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.seen += 1;
        recent.of_mailboxes += u64::from(!key.starts_with("ticket"));
        recent.keys.push_back(key.clone());
        if recent.keys.len() > REMEMBERED {
            recent.keys.pop_front();
        }
        let _ = self.sender.send(key);
    }

    pub fn subscribe(&self) -> Subscription {
        Subscription(self.sender.subscribe())
    }

    /// The number of the last change: what a page rendered now has seen.
    pub fn seen(&self) -> u64 {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner).seen
    }

    /// How many changes were not of tickets alone.
    pub fn of_mailboxes(&self) -> u64 {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner).of_mailboxes
    }

    /// The keys that changed after a number; `everything` when that is too long ago.
    pub fn since(&self, seen: u64) -> Vec<String> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let missed = recent.seen.saturating_sub(seen);
        if missed > recent.keys.len() as u64 || seen > recent.seen {
            return vec!["everything".to_owned()];
        }
        let skip = recent.keys.len() - usize::try_from(missed).unwrap_or(0);
        recent.keys.iter().skip(skip).cloned().collect()
    }
}

/// The receiving end of one page.
pub struct Subscription(broadcast::Receiver<String>);

impl Next for Subscription {
    fn next(&mut self) -> Pin<Box<dyn Future<Output = Option<Vec<String>>> + Send + '_>> {
        Box::pin(async {
            let mut keys = match self.0.recv().await {
                Ok(key) => vec![key],
                Err(broadcast::error::RecvError::Lagged(_)) => vec!["everything".to_owned()],
                Err(broadcast::error::RecvError::Closed) => return None,
            };
            // Whatever is there already goes along.
            while let Ok(key) = self.0.try_recv() {
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
            Some(keys)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_learns_what_changed_since_it_was_rendered() {
        let changes = Changes::default();
        assert!(changes.since(changes.seen()).is_empty());
        let seen = changes.seen();
        changes.tell("tickets");
        changes.tell("ticket:1");
        assert_eq!(changes.since(seen), ["tickets", "ticket:1"]);
        assert_eq!(changes.since(seen + 1), ["ticket:1"]);
        assert_eq!(changes.of_mailboxes(), 0);
        changes.tell("mailbox:1");
        assert_eq!(changes.of_mailboxes(), 1);
        for n in 0..600 {
            changes.tell(format!("ticket:{n}"));
        }
        assert_eq!(changes.since(seen), ["everything"]);
        // A page of the process before this one.
        assert_eq!(changes.since(9_999), ["everything"]);
    }
}
