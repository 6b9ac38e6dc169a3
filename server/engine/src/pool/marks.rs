//! What the watchers of this node go by, compared with what it was.

use crate::store::nodes::Node;
use crate::store::{StoreError, marks};
use crate::{Engine, clock};
use domain::id::MailboxId;
use std::collections::HashMap;

/// As it was last compared; `None`: not yet.
#[derive(Default)]
pub struct Marks(Option<HashMap<MailboxId, u64>>);

impl Marks {
    /// Rings for the mailboxes whose mark is another one than before. The first time it rings for nobody: the watchers
    /// are still to be started, and read for themselves what they go by.
    ///
    /// # Errors
    /// The database's; the next comparison finds what this one did not.
    pub async fn compare(&mut self, engine: &Engine, here: Node) -> Result<(), StoreError> {
        let now = marks::of_node(&engine.store, here, clock::now()).await?;
        if let Some(before) = &self.0 {
            for (mailbox, _) in now.iter().filter(|(mailbox, mark)| before.get(mailbox) != Some(mark)) {
                engine.wake.watcher(*mailbox).notify_one();
            }
        }
        self.0 = Some(now);
        Ok(())
    }
}
