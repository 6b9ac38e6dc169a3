//! The facts of all mailboxes, and which addresses are ours, for pages, which all ask for them: gathered once for those
//! drawn in one moment.
//!
//! Invariant: what a request of this process changed, and what it told of, is in every page begun after it. Several
//! nodes do not share: one knows nothing of what another one's requests changed.

use super::facts;
use crate::Engine;
use crate::intake::Own;
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
    facts: Mutex<Option<Kept<Arc<[MailboxFacts]>>>>,
    own: Mutex<Option<Kept<Arc<Own>>>>,
    forgotten: AtomicU64,
    lasts: OnceLock<Duration>,
}

struct Kept<T> {
    /// Changes told of, and requests that may have changed something, before the rows were read.
    before: (u64, u64),
    at: Instant,
    what: T,
}

impl Shown {
    /// From now on what was gathered is kept so long; without this, not at all.
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
    kept(engine, &engine.shown.facts, async { Ok(facts(engine).await?.into()) }).await
}

/// Which addresses are ours, as pages show them.
///
/// # Errors
/// The database's.
pub(crate) async fn own_shown(engine: &Engine) -> Result<Arc<Own>, StoreError> {
    kept(engine, &engine.shown.own, async { Ok(Own::load(engine).await?.into()) }).await
}

/// What is kept, or gathered now.
async fn kept<T: Clone>(
    engine: &Engine,
    place: &Mutex<Option<Kept<T>>>,
    gather: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let Some(lasts) = engine.shown.lasts.get() else { return gather.await };
    let changes = || (engine.changes.of_mailboxes(), engine.shown.forgotten.load(Ordering::SeqCst));
    let (asked, entered) = (changes(), Instant::now());
    // Whoever comes while it is gathered waits for it, and does not gather it as well; but not for one that hangs.
    let Ok(mut kept) = timeout(*lasts, place.lock()).await else { return gather.await };
    let fits = |kept: &&Kept<T>| {
        let knows = kept.before.0 >= asked.0 && kept.before.1 >= asked.1;
        knows && (kept.at >= entered || kept.at.elapsed() < *lasts)
    };
    if let Some(kept) = kept.as_ref().filter(fits) {
        return Ok(kept.what.clone());
    }
    let (before, at) = (changes(), Instant::now());
    let what = gather.await?;
    *kept = Some(Kept { before, at, what: what.clone() });
    Ok(what)
}
