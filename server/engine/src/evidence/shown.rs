//! The facts of all mailboxes for pages, which all ask for them: gathered once for those drawn in one moment.
//!
//! Invariant: what a request of this process changed, and what it told of, is in every page begun after it. What
//! another node wrote is in it a moment later.

use super::facts;
use crate::Engine;
use crate::store::StoreError;
use domain::mailbox::MailboxFacts;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// What pages were last shown.
#[derive(Default)]
pub struct Shown {
    kept: Mutex<Option<Kept>>,
    forgotten: AtomicU64,
    lasts: OnceLock<Duration>,
}

struct Kept {
    /// Changes told of, and requests that may have changed something, before the rows were read.
    before: (u64, u64),
    at: Instant,
    facts: Arc<[MailboxFacts]>,
}

impl Shown {
    /// From now on facts are kept so long; without this, not at all.
    pub fn keep(&self, lasts: Duration) {
        let _ = self.lasts.set(lasts);
    }

    /// Somebody may have changed something.
    pub fn forget(&self) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
    }
}

/// The facts of all mailboxes, as pages show them.
///
/// # Errors
/// The database's.
pub async fn shown(engine: &Engine) -> Result<Arc<[MailboxFacts]>, StoreError> {
    let Some(lasts) = engine.shown.lasts.get() else { return Ok(facts(engine).await?.into()) };
    // Whoever comes while they are gathered waits for them, and does not gather them as well.
    let mut kept = engine.shown.kept.lock().await;
    let before = (engine.changes.of_mailboxes(), engine.shown.forgotten.load(Ordering::SeqCst));
    if let Some(kept) = kept.as_ref().filter(|kept| kept.before == before && kept.at.elapsed() < *lasts) {
        return Ok(kept.facts.clone());
    }
    let at = Instant::now();
    let facts: Arc<[MailboxFacts]> = facts(engine).await?.into();
    *kept = Some(Kept { before, at, facts: facts.clone() });
    Ok(facts)
}
