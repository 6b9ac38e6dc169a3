//! Indexes messages for search, beside intake and never inside its transactions.
//!
//! `search_due` holds what is still to be indexed: a crash costs nothing but time.

use crate::Engine;
use crate::store;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Messages of one transaction: some 25 ms of write lock.
const BATCH: usize = 40;
/// While many tickets wait to be made, the pause before each batch: the index is hardly in their way,
/// and never stands still.
const ASIDE: Duration = Duration::from_millis(500);
/// It looks by itself this often.
const ROUND: Duration = Duration::from_secs(60);

/// Runs until stopped.
pub async fn run(engine: Arc<Engine>, stop: CancellationToken) {
    let mut messages = 0;
    while !stop.is_cancelled() {
        if engine.wake.has_backlog() {
            tokio::select! {
                () = tokio::time::sleep(ASIDE) => {}
                () = stop.cancelled() => break,
            }
        }
        let woken = engine.wake.search.notified();
        match store::search::index_some(&engine.store, BATCH).await {
            // The lock is let go between two batches; others get their turn.
            Ok(BATCH) => {
                messages += BATCH;
                tokio::task::yield_now().await;
                continue;
            }
            Ok(count) => {
                messages += count;
                if messages > 0 {
                    tracing::info!(messages, "indexed for search");
                }
                messages = 0;
            }
            Err(error) => tracing::warn!(%error, "could not index for search; trying again in a minute"),
        }
        tokio::select! {
            () = woken => {}
            () = tokio::time::sleep(ROUND) => {}
            () = stop.cancelled() => {}
        }
    }
}
