//! What changed, for the pages that are open: keys like `ticket:12`, `tickets`, `mailbox:3`,
//! `mailboxes`, `outbox`, sent after the commit.

use domain::console::desk::changes::Next;
use std::future::Future;
use std::pin::Pin;
use tokio::sync::broadcast;

/// The sending end, one per process.
pub struct Changes(broadcast::Sender<String>);

impl Default for Changes {
    fn default() -> Self {
        Self(broadcast::channel(1024).0)
    }
}

impl Changes {
    /// Tells open pages. Nobody listening is no fault.
    pub fn tell(&self, key: impl Into<String>) {
        let _ = self.0.send(key.into());
    }

    pub fn subscribe(&self) -> Subscription {
        Subscription(self.0.subscribe())
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
