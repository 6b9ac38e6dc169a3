//! Something gathered from the database that pages of one moment share.
//!
//! Invariant: what a request of this process changed, and what it told of, is in every page begun after it. What merely
//! grew old is shown while somebody gathers it anew, so that no page waits for that.

use super::Shown;
use crate::Engine;
use crate::changes::Changes;
use crate::store::StoreError;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::time::timeout;

/// How long a page waits for what another one gathers.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long gathering beside the pages may take.
const LONGEST: Duration = Duration::from_secs(20);
/// How often as old as it is meant to get it may be shown while it is gathered anew.
const STALE: u32 = 3;

pub(crate) type Gathered<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Where it is kept.
pub(super) struct Kept<T> {
    last: Mutex<Option<Last<T>>>,
    /// Held by whoever gathers.
    gathering: Arc<tokio::sync::Mutex<()>>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { last: Mutex::default(), gathering: Arc::default() }
    }
}

#[derive(Clone)]
struct Last<T> {
    /// Changes told of, and requests that may have changed something, before it was gathered.
    before: (u64, u64),
    at: Instant,
    what: T,
}

/// Where one such thing is kept, what it depends on, and how it is gathered.
pub(super) struct Kind<T: 'static> {
    pub kept: fn(&Shown) -> &Kept<T>,
    pub told: fn(&Changes) -> u64,
    pub gather: for<'a> fn(&'a Engine) -> Gathered<'a, T>,
}

impl<T: Clone + Send + 'static> Kind<T> {
    /// What is kept, or gathered now.
    pub async fn get(self, engine: &Engine) -> Result<T, StoreError> {
        let Some((whole, lasts)) = engine.shown.keeping() else { return (self.gather)(engine).await };
        let kept = (self.kept)(&engine.shown);
        let (asked, entered) = (self.changes(engine), Instant::now());
        let known = || kept.last().filter(|last| last.before.0 >= asked.0 && last.before.1 >= asked.1);
        if let Some(last) = known() {
            let age = last.at.elapsed();
            if age < lasts {
                return Ok(last.what);
            }
            if let Some(whole) = whole.filter(|_| age < lasts * STALE) {
                if let Ok(turn) = kept.gathering.clone().try_lock_owned() {
                    tokio::spawn(async move {
                        match timeout(LONGEST, self.renew(&whole)).await {
                            Ok(Ok(_)) => {}
                            Ok(Err(error)) => tracing::warn!(%error, "what pages share grows old"),
                            Err(_) => tracing::warn!("what pages share grows old: the database takes too long"),
                        }
                        drop(turn);
                    });
                }
                return Ok(last.what);
            }
        }
        // Whoever comes while it is gathered waits for it, and does not gather it as well; but not for one that hangs.
        let Ok(_turn) = timeout(PATIENCE, kept.gathering.lock()).await else { return (self.gather)(engine).await };
        match known().filter(|last| last.at >= entered || last.at.elapsed() < lasts) {
            Some(last) => Ok(last.what),
            None => self.renew(engine).await,
        }
    }

    async fn renew(&self, engine: &Engine) -> Result<T, StoreError> {
        let (before, at) = (self.changes(engine), Instant::now());
        let what = (self.gather)(engine).await?;
        *(self.kept)(&engine.shown).lock() = Some(Last { before, at, what: what.clone() });
        Ok(what)
    }

    fn changes(&self, engine: &Engine) -> (u64, u64) {
        ((self.told)(&engine.changes), engine.shown.forgotten())
    }
}

impl<T: Clone> Kept<T> {
    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Last<T>>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn last(&self) -> Option<Last<T>> {
        self.lock().clone()
    }
}
