//! The workers: one isolated task per mailbox that this node has claimed. A panic is that
//! mailbox's fault alone; its task is begun again, later each time.
//!
//! A watcher asks the database nothing while it waits: once a minute the pool asks for all of them and rings where
//! something was changed, as by a person at another node.

mod marks;

pub use marks::Marks;

use crate::store::nodes::{self, Node};
use crate::store::receipts::Claim;
use crate::store::{StoreError, sources};
use crate::{Engine, clock, node, providers, watch};
use domain::backoff;
use domain::id::MailboxId;
use domain::time::Span;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often the pool looks by itself.
const LOOK: Duration = Duration::from_secs(60);
/// While several nodes share a database: a dead one's mailboxes are found within this.
const LOOK_OTHERS: Duration = Duration::from_secs(5);
/// Claimed in one statement.
const AT_ONCE: u64 = 200;

/// Runs until stopped; lets go of the node once the outbox has `drained`.
pub async fn run(engine: Arc<Engine>, stop: CancellationToken, drained: CancellationToken) {
    // Whatever was begun more than an hour ago, or by a process that is gone, was never completed.
    let abandoned = if engine.store.is_sqlite() { clock::now() } else { clock::now() - Span::hours(1) };
    if let Err(error) = sources::drop_abandoned(&engine.store, abandoned, clock::now()).await {
        tracing::warn!(%error, "unfinished sources stay for now");
    }
    while !stop.is_cancelled() {
        let Some(here) = node::enter(&engine, &stop).await else { return };
        let mut workers = Workers {
            engine: engine.clone(),
            stop: stop.child_token(),
            tasks: JoinSet::new(),
            of: HashMap::new(),
            again: HashMap::new(),
            marks: Marks::default(),
            compared: None,
        };
        tokio::select! {
            () = node::keep(&engine, here, &stop) => {}
            () = workers.run(here) => {}
        }
        workers.end().await;
        if stop.is_cancelled() {
            // Another node would take what is being handed over for interrupted.
            let never = CancellationToken::new();
            tokio::select! {
                () = drained.cancelled() => {}
                () = node::keep(&engine, here, &never) => {}
            }
            engine.node.set(None);
            if let Err(error) = nodes::leave(&engine.store, here).await {
                tracing::warn!(%error, "this node's mailboxes wait for its lease to run out");
            }
        }
    }
}

struct Worker {
    mailbox: MailboxId,
    stop: CancellationToken,
}

struct Workers {
    engine: Arc<Engine>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
    of: HashMap<Id, Worker>,
    /// After a panic: how many in a row, and not before when.
    again: HashMap<MailboxId, (u32, Instant)>,
    marks: Marks,
    /// When they were last compared.
    compared: Option<Instant>,
}

impl Workers {
    async fn run(&mut self, here: Node) {
        let engine = self.engine.clone();
        let look = if engine.store.is_sqlite() { LOOK } else { LOOK_OTHERS };
        loop {
            // Registered before looking, so that no wake in between is lost.
            let woken = engine.wake.pool.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            if let Err(error) = self.look(here).await {
                tracing::error!(%error, "the pool can't look for mailboxes");
            }
            // What was due was looked at just now, and those that run again are not to be started.
            let (now, round) = (Instant::now(), Instant::now() + look);
            let soonest = self.again.values().map(|(_, at)| *at).filter(|at| *at > now).min();
            // A look in between does not put it off.
            let compare = self.compared.map(|at| at + LOOK).filter(|at| *at > now);
            let next = [soonest, compare].into_iter().flatten().fold(round, Instant::min);
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = &mut woken => {}
                Some(ended) = self.tasks.join_next_with_id(), if !self.tasks.is_empty() => self.ended(ended),
                () = tokio::time::sleep_until(next) => {}
            }
        }
    }

    /// Claims of what is free this node's fair share, and starts a task for every claim without one.
    async fn look(&mut self, here: Node) -> Result<(), StoreError> {
        let share = nodes::share(&self.engine.store).await?;
        let mut room = share.saturating_sub(nodes::claims(&self.engine.store, here).await?.len() as u64);
        while room > 0 {
            let taken = nodes::claim(&self.engine.store, here, room.min(AT_ONCE)).await?.len() as u64;
            room = if taken < room.min(AT_ONCE) { 0 } else { room - taken };
        }
        let claims = nodes::claims(&self.engine.store, here).await?;
        // Before a watcher is started, which reads for itself what it goes by: no change is missed in between.
        if self.compared.is_none_or(|at| at.elapsed() >= LOOK) {
            self.marks.compare(&self.engine, here).await?;
            self.compared = Some(Instant::now());
        }
        // A provider that an admin added on another node.
        providers::load(&self.engine.store, &self.engine.providers).await?;
        for worker in self.of.values() {
            if !claims.iter().any(|c| c.mailbox == worker.mailbox) {
                worker.stop.cancel();
            }
        }
        let now = Instant::now();
        for claim in claims {
            let works = self.of.values().any(|w| w.mailbox == claim.mailbox);
            let waits = self.again.get(&claim.mailbox).is_some_and(|(_, at)| *at > now);
            if !works && !waits {
                self.start(claim);
            }
        }
        Ok(())
    }

    fn start(&mut self, claim: Claim) {
        if let Some((_, at)) = self.again.get_mut(&claim.mailbox) {
            // Not forgotten, or the next panic would count as the first.
            *at = Instant::now() + Duration::from_secs(3600);
        }
        // What another node, or this one before, stored and did not take in.
        self.engine.wake.intake.notify_one();
        let stop = self.stop.child_token();
        let task = self.tasks.spawn(watch::run(self.engine.clone(), claim, stop.clone()));
        self.of.insert(task.id(), Worker { mailbox: claim.mailbox, stop });
    }

    fn ended(&mut self, ended: Result<(Id, ()), tokio::task::JoinError>) {
        let id = match &ended {
            Ok((id, ())) => *id,
            Err(error) => error.id(),
        };
        let Some(worker) = self.of.remove(&id) else { return };
        match ended {
            Ok(_) => {
                self.again.remove(&worker.mailbox);
            }
            Err(_) => {
                let (count, _) = self.again.get(&worker.mailbox).copied().unwrap_or((0, Instant::now()));
                let pause = backoff::NETWORK.pause(count + 1, rand::random());
                let pause = Duration::from_millis(u64::try_from(pause.0).unwrap_or(0));
                tracing::error!(mailbox = worker.mailbox.0, again_in = ?pause, "a mailbox's task panicked");
                self.again.insert(worker.mailbox, (count + 1, Instant::now() + pause));
            }
        }
    }

    /// Asks all tasks to end, and ends those that do not.
    async fn end(&mut self) {
        self.stop.cancel();
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(Duration::from_secs(5), all).await.is_err() {
            self.tasks.shutdown().await;
        }
    }
}
