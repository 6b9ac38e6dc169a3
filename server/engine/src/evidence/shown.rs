//! The facts of all mailboxes for pages, which all ask for them: gathered once for those drawn in one moment.
//!
//! Invariant: what a request of this process changed, and what it told of, is in every page begun after it. Several
//! nodes do not share: one knows nothing of what another one's requests changed.

use super::facts;
use crate::Engine;
use crate::store::StoreError;
use domain::mailbox::MailboxFacts;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use tokio::time::timeout;

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
    let changes = || (engine.changes.of_mailboxes(), engine.shown.forgotten.load(Ordering::SeqCst));
    let (asked, entered) = (changes(), Instant::now());
    // Whoever comes while they are gathered waits for them, and does not gather them as well; but not for one that hangs.
    let Ok(mut kept) = timeout(*lasts, engine.shown.kept.lock()).await else { return Ok(facts(engine).await?.into()) };
    let fits = |kept: &&Kept| {
        let knows = kept.before.0 >= asked.0 && kept.before.1 >= asked.1;
        knows && (kept.at >= entered || kept.at.elapsed() < *lasts)
    };
    if let Some(kept) = kept.as_ref().filter(fits) {
        return Ok(kept.facts.clone());
    }
    let (before, at) = (changes(), Instant::now());
    let facts: Arc<[MailboxFacts]> = facts(engine).await?.into();
    *kept = Some(Kept { before, at, facts: facts.clone() });
    Ok(facts)
}
