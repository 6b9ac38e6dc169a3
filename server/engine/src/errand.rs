//! The errand session of a mailbox: everything that needs another SELECT than the watching
//! session's, one after the other. Opened on demand, closed after a minute's rest.
//!
//! Invariants: a mailbox has at most one; it takes a seat like any session; one that failed or was
//! dropped in mid-answer is never used again.

use crate::login::{Access, Fault};
use crate::net::{self, Place, Seat, Seats};
use crate::store::directions as rows;
use crate::{Engine, directions, imap};
use domain::id::MailboxId;
use domain::{Diagnosis, Direction};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::OwnedMutexGuard;
use tokio::time::{Instant, timeout};

/// How long a session rests before it is closed.
const REST: Duration = Duration::from_secs(60);
/// How often a resting session looks whether somebody waits for its seat.
const LOOK: Duration = Duration::from_secs(1);
/// How long an errand waits for its turn or its seat.
const PATIENCE: Duration = Duration::from_secs(60);
/// A session that rested longer is asked whether it is still there.
const STALE: Duration = Duration::from_secs(5);

type Slot = Arc<tokio::sync::Mutex<Option<Resting>>>;

/// The errand sessions of this process.
#[derive(Default)]
pub struct Errands(Mutex<HashMap<MailboxId, Slot>>);

struct Resting {
    session: imap::Session,
    under: Under,
    since: Instant,
    seat: Seat,
}

/// What a session was opened under; another credential or user needs another session.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Under {
    place: Place,
    port: u16,
    generation: i64,
}

/// An errand's turn. Dropped without [`Turn::rest`], its session is closed.
pub struct Turn {
    slot: Slot,
    guard: OwnedMutexGuard<Option<Resting>>,
    seats: Arc<Seats>,
    under: Under,
    seat: Seat,
    pub session: imap::Session,
}

/// Waits for the mailbox's errand session and opens it where none rests.
///
/// # Errors
/// A [`Fault`]; a passing one when other errands or sessions take too long.
pub async fn turn(engine: &Engine, mailbox: MailboxId, access: &Access) -> Result<Turn, Fault> {
    turn_on(engine, mailbox, access, None).await
}

/// The same with a seat that was free, for what would not make others give theirs up.
///
/// # Errors
/// As [`turn`].
pub async fn turn_on(engine: &Engine, mailbox: MailboxId, access: &Access, seat: Option<Seat>) -> Result<Turn, Fault> {
    let side = rows::get(engine.store.read(), mailbox, Direction::Incoming).await.ok().flatten();
    let under = Under {
        place: directions::place(engine, access),
        port: access.endpoint.port,
        generation: side.map_or(0, |side| side.generation),
    };
    let slot = engine.errands.slot(mailbox);
    let (mut guard, seat) = match slot.clone().try_lock_owned() {
        Ok(guard) => (guard, seat),
        Err(_) => {
            // Who has the slot may be waiting for this very seat.
            drop(seat);
            (timeout(PATIENCE, slot.clone().lock_owned()).await.map_err(|_| busy())?, None)
        }
    };
    let seats = engine.net.seats().clone();
    if let Some(mut resting) = guard.take() {
        if resting.under == under && (resting.since.elapsed() < STALE || resting.session.noop().await.is_ok()) {
            let Resting { session, seat, .. } = resting;
            return Ok(Turn { slot, guard, seats, under, seat, session });
        }
        resting.session.logout().await;
    }
    let seat = match seat {
        Some(seat) => seat,
        None => timeout(PATIENCE, seats.take(&under.place)).await.map_err(|_| busy())?,
    };
    let session = imap::open(engine, access).await?;
    Ok(Turn { slot, guard, seats, under, seat, session })
}

fn busy() -> Fault {
    Fault { finding: net::finding(Diagnosis::TimedOut), said: "no session was free in time".into() }
}

impl Errands {
    /// Closes the session that rests: what it was opened under has ended.
    pub async fn close(&self, mailbox: MailboxId) {
        let ended = self.slot(mailbox).try_lock().ok().and_then(|mut guard| guard.take());
        if let Some(resting) = ended {
            resting.session.logout().await;
        }
    }

    /// Whether a session is open, at work or at rest: the next errand needs no other seat.
    pub fn is_open(&self, mailbox: MailboxId) -> bool {
        self.slot(mailbox).try_lock().map_or(true, |guard| guard.is_some())
    }

    fn slot(&self, mailbox: MailboxId) -> Slot {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(mailbox).or_default().clone()
    }
}

impl Turn {
    /// Leaves the session, which is in order, to the next errand.
    pub fn rest(self) {
        let Self { slot, mut guard, seats, under, seat, session } = self;
        let since = Instant::now();
        let place = under.place.clone();
        *guard = Some(Resting { session, under, since, seat });
        drop(guard);
        tokio::spawn(async move {
            while since.elapsed() < REST && !seats.wanted(&place) {
                tokio::time::sleep(LOOK).await;
            }
            let ended = {
                let mut guard = slot.lock().await;
                // Used again meanwhile: its own rest sees to it.
                if guard.as_ref().is_some_and(|resting| resting.since == since) { guard.take() } else { None }
            };
            if let Some(resting) = ended {
                resting.session.logout().await;
            }
        });
    }
}
