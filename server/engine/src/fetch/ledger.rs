//! The ledger's side of a pass: what was fetched becomes sources, receipts and a cursor, while the
//! next messages are fetched.
//!
//! Invariants: batches are written in the order in which they were handed over, each in one
//! transaction; what was handed over is written whatever becomes of the session; once a batch can't
//! be written nothing is fetched any more. Beside the batch that is written one is in memory, and
//! both hold their share of it.

use super::item::{Body, Item};
use super::ready::Blank;
use super::{Broken, Job};
use crate::net::MemoryShare;
use crate::store::receipts::{self, New};
use crate::store::{self, folders, sources};
use crate::{Engine, clock};
use domain::Time;
use domain::id::FolderId;
use domain::receipt::Disposition;
use futures::future::BoxFuture;
use std::sync::Arc;
use tokio::sync::mpsc;

/// What is written together.
pub(super) struct Batch {
    pub items: Vec<Item>,
    /// How far the cursor may go with them; `None`: it stays.
    pub cursor: Option<u32>,
    /// Given back when they are written.
    pub share: Option<MemoryShare>,
}

/// The end of the ledger at which a pass hands its batches over.
pub(super) struct Hand(mpsc::Sender<Batch>);

impl Hand {
    /// Until nothing waits to be written, but perhaps the last batch is being written.
    pub async fn is_free(&self) {
        if self.0.reserve().await.is_err() {
            ended().await;
        }
    }

    pub async fn over(&self, batch: Batch) {
        if self.0.send(batch).await.is_err() {
            ended().await;
        }
    }
}

/// A batch could not be written: whoever waits to hand over another is dropped.
async fn ended() {
    std::future::pending::<()>().await;
}

/// Where a pass writes.
pub(super) struct Ledger<'a> {
    engine: &'a Engine,
    of: Arc<Blank>,
    batches: mpsc::Receiver<Batch>,
}

impl<'a> Ledger<'a> {
    /// `asked`: a person asked for these messages.
    pub fn open(engine: &'a Engine, job: &Job, folder: FolderId, uid_validity: u32, asked: bool) -> (Self, Hand) {
        let (hand, batches) = mpsc::channel(1);
        let of = Arc::new(Blank { folder, uid_validity, job: job.clone(), asked });
        (Self { engine, of, batches }, Hand(hand))
    }

    /// Writes beside the fetching, which owns the [`Hand`], so that neither the server nor the disk
    /// waits for the other. What was fetched, and how many messages were stored.
    ///
    /// # Errors
    /// [`Broken`]. Where it is the database's, the session may be left in mid-answer.
    pub async fn beside<T>(self, fetching: BoxFuture<'_, Result<T, Broken>>) -> Result<(T, u32), Broken> {
        // The server's fault does not end the writing: what came is to stay.
        let fetching = async { Ok::<_, Broken>(fetching.await) };
        let (fetched, stored) = tokio::try_join!(fetching, self.writing())?;
        Ok((fetched?, stored))
    }

    /// How many messages were stored. On the heap, as the fetching is.
    fn writing(mut self) -> BoxFuture<'a, Result<u32, Broken>> {
        Box::pin(async move {
            let mut stored = 0_u32;
            while let Some(batch) = self.batches.recv().await {
                stored = stored.saturating_add(self.write(batch).await?);
            }
            Ok(stored)
        })
    }

    /// One transaction: sources, receipts, cursor.
    async fn write(&self, Batch { items, cursor, share }: Batch) -> Result<u32, Broken> {
        let now = clock::now();
        let (ready, _share) = self.ready(items, share, now).await;
        let stored = ready.iter().filter(|(new, _)| new.disposition == Disposition::Stored).count();
        let tx = self.engine.store.begin().await?;
        receipts::hold(&tx, self.of.job.claim).await?;
        let mut receipts = Vec::with_capacity(ready.len());
        let (mut whole, mut places) = (Vec::new(), Vec::new());
        for (mut new, body) in ready {
            match body {
                Body::None => {}
                Body::Whole(bytes, digest) => {
                    whole.push(sources::Whole { bytes, digest, arrived_at: new.arrived_at });
                    places.push(receipts.len());
                }
                Body::Parts(source, bytes, digest) => {
                    sources::complete(&tx, source, bytes, digest).await?;
                    new.source = Some(source);
                }
            }
            receipts.push(new);
        }
        for (place, source) in places.into_iter().zip(sources::store_all(&tx, whole, now).await?) {
            receipts[place].source = Some(source);
        }
        if self.of.asked {
            receipts::forget(&tx, &receipts).await?;
        }
        let any = !receipts.is_empty();
        receipts::write_all(&tx, receipts, now).await?;
        if let Some(upto) = cursor {
            folders::advance(&tx, self.of.folder, self.of.uid_validity, upto).await?;
        }
        fail::fail_point!("before-store-commit");
        store::commit(tx).await?;
        fail::fail_point!("after-store-commit");
        if stored > 0 {
            self.engine.wake.intake.notify_one();
        }
        // Also what is left out counts for a first import.
        if any {
            self.engine.changes.tell(format!("mailbox:{}", self.of.job.claim.mailbox));
        }
        Ok(u32::try_from(stored).unwrap_or(u32::MAX))
    }

    /// Hashing and reading headers: before the write lock is taken, and off the async threads. The
    /// bytes keep their share even if nobody waits for them any more.
    async fn ready(
        &self,
        items: Vec<Item>,
        share: Option<MemoryShare>,
        now: Time,
    ) -> (Vec<(New, Body)>, Option<MemoryShare>) {
        let of = self.of.clone();
        let work = move || (items.into_iter().map(|item| of.ready(item, now)).collect(), share);
        match tokio::task::spawn_blocking(work).await {
            Ok(ready) => ready,
            Err(error) => match error.try_into_panic() {
                // As if it had panicked here: this mailbox's fault alone.
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is ending, and with it this task.
                Err(_) => std::future::pending().await,
            },
        }
    }
}
