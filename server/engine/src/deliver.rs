//! The outbox: replies leave, each once, in the order of their ticket.
//!
//! Invariants: an attempt is committed before the network is touched, and *handing over* before
//! the message goes; what was being handed over when somebody died is never resent by a timer.
//! *Held* is nowhere stored: a due reply whose outgoing direction needs a person just stays due,
//! and the swap's wake brings it out.
//!
//! One worker a mailbox, so that a mailbox has one outgoing session at a time; it ends when there
//! is nothing to do, and is begun again by the wake, by the clock, or by the look once a minute.

mod attempt;
mod copy;
mod letter;
mod lines;
mod outcome;
mod pace;
mod uncertain;
mod worker;

pub use lines::{delivery_lines, line};
pub use outcome::is_about_sender;
pub use pace::leaves_at;

use crate::store::{StoreError, deliveries};
use crate::{Engine, clock};
use domain::Time;
use domain::id::MailboxId;
use futures::FutureExt as _;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How often to look without being woken.
const LOOK: Duration = Duration::from_secs(60);
/// Until the pool has claimed a mailbox with something to do: it tells nobody.
const LOOK_UNCLAIMED: Duration = Duration::from_millis(500);
/// While another node has it: that one may die.
const LOOK_OTHERS: Duration = Duration::from_secs(5);
/// Before a worker that broke is begun again.
const AFTER_BREAK: Duration = Duration::from_secs(1);

struct Workers {
    tasks: JoinSet<worker::Ended>,
    bells: HashMap<MailboxId, (Id, Arc<Notify>)>,
    /// Broke just now: not before then.
    broken: HashMap<MailboxId, Instant>,
    /// Could do nothing just now, as where replies are held: not before then, or a wake. What is
    /// due and can't leave would otherwise begin its worker again and again.
    rested: HashMap<MailboxId, Instant>,
}

/// Runs until stopped.
pub async fn run(engine: Arc<Engine>, stop: CancellationToken) {
    let mut workers =
        Workers { tasks: JoinSet::new(), bells: HashMap::new(), broken: HashMap::new(), rested: HashMap::new() };
    // A worker's end is no news for the others.
    let mut ring = true;
    loop {
        // Registered before the look, so that what comes during it is not slept through.
        let rung = engine.wake.outbox.notified();
        tokio::pin!(rung);
        rung.as_mut().enable();
        let pause = match look(&engine, &stop, &mut workers, ring).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!(%error, "the outbox can't be read");
                Duration::from_secs(5)
            }
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = &mut rung => {
                workers.rested.clear();
                ring = true;
            }
            () = tokio::time::sleep(pause) => ring = true,
            Some(ended) = workers.tasks.join_next_with_id() => {
                workers.ended(ended);
                ring = false;
            }
        }
    }
    while let Some(ended) = workers.tasks.join_next_with_id().await {
        workers.ended(ended);
    }
}

/// Sets a worker on every mailbox with something to do; gives the time to sleep.
async fn look(
    engine: &Arc<Engine>,
    stop: &CancellationToken,
    workers: &mut Workers,
    ring: bool,
) -> Result<Duration, StoreError> {
    let now = clock::now();
    let mut pause = LOOK;
    workers.broken.retain(|_, until| *until > Instant::now());
    workers.rested.retain(|_, until| *until > Instant::now());
    let Some(here) = engine.node.get() else { return Ok(LOOK_UNCLAIMED) };
    for mailbox in deliveries::due_mailboxes(&engine.store, now).await? {
        if let Some((_, bell)) = workers.bells.get(&mailbox) {
            if ring {
                bell.notify_one();
            }
        } else if workers.rested.contains_key(&mailbox) {
            // The look once a minute, or the next wake.
        } else if workers.broken.contains_key(&mailbox) {
            pause = pause.min(AFTER_BREAK);
        } else if let Some(lease) = deliveries::lease(&engine.store, mailbox).await? {
            if lease.node != Some(here.id) {
                pause = pause.min(if lease.node.is_none() { LOOK_UNCLAIMED } else { LOOK_OTHERS });
                continue;
            }
            let bell = Arc::new(Notify::new());
            let task = worker::run(engine.clone(), lease, bell.clone(), stop.clone());
            let id = workers.tasks.spawn(task);
            workers.bells.insert(mailbox, (id.id(), bell));
        }
    }
    if let Some(next) = deliveries::next_due_at(&engine.store, now).await? {
        pause = pause.min(until(next, now));
    }
    Ok(pause)
}

impl Workers {
    fn ended(&mut self, ended: Result<(Id, worker::Ended), tokio::task::JoinError>) {
        let id = match &ended {
            Ok((id, _)) => *id,
            Err(error) => error.id(),
        };
        let Some(mailbox) = self.bells.iter().find(|(_, (task, _))| *task == id).map(|(m, _)| *m) else { return };
        // A ring that it did not hear any more begins it again at once.
        let unheard = self.bells.remove(&mailbox).is_some_and(|(_, bell)| bell.notified().now_or_never().is_some());
        match ended {
            Ok((_, worker::Ended::Moved)) => {}
            Ok((_, worker::Ended::Idle)) => {
                if !unheard {
                    self.rested.insert(mailbox, Instant::now() + LOOK);
                }
            }
            Ok((_, worker::Ended::Broke)) => {
                self.broken.insert(mailbox, Instant::now() + AFTER_BREAK);
            }
            Err(error) => {
                // What it left is found by the next worker's recovery.
                tracing::error!(mailbox = mailbox.0, %error, "a mailbox's outbox broke; it is begun again");
                self.broken.insert(mailbox, Instant::now() + AFTER_BREAK);
            }
        }
    }
}

/// From now until then, at least a moment.
fn until(then: Time, now: Time) -> Duration {
    Duration::from_millis(u64::try_from(then.since(now).0).unwrap_or(0).max(1))
}

/// A step at which a test may stop the work as if the process had died: for every mailbox, or
/// for one, as in `handing-over@support@x.example`.
fn cut(_step: &str, _address: &str) -> bool {
    fail::fail_point!(_step, |_| true);
    fail::fail_point!(&format!("{_step}@{_address}"), |_| true);
    false
}
