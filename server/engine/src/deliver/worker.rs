//! One mailbox's turn at the outbox.

use super::attempt::{self, After};
use super::{copy, outcome, pace, uncertain, until};
use crate::directions::{self, NoAccess};
use crate::login::{Access, Fault, Proof};
use crate::smtp::{self, NotOpened, Session};
use crate::store::deliveries::{self, Due, Lease};
use crate::store::{StoreError, directions as rows};
use crate::{Engine, clock, evidence, grants, net};
use domain::id::{GrantId, MailboxId};
use domain::{Direction, Time};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// How long a session rests before it is closed.
const REST: Duration = Duration::from_secs(60);

/// An open session, and what it was opened with.
struct Open {
    session: Session,
    generation: i64,
    used: Instant,
    place: net::Place,
    _seat: net::Seat,
}

/// Why the work pauses.
enum Pause {
    /// Nothing is due before then.
    Until(Option<Time>),
    /// A test cut the work off.
    Gone,
    /// The lease that the work began with is not the present one.
    Moved,
}

/// How a worker's turn ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// There was nothing more to do, or it was stopped.
    Idle,
    /// The mailbox has another lease by now, perhaps this node's again: whoever has it begins at
    /// once, and does not wait for this worker's rest to be over.
    Moved,
    /// The database refused.
    Broke,
}

struct Worker {
    engine: Arc<Engine>,
    mailbox: MailboxId,
    lease: Lease,
    open: Option<Open>,
}

/// Works until there is nothing to do, or stopped.
pub async fn run(engine: Arc<Engine>, lease: Lease, bell: Arc<Notify>, stop: CancellationToken) -> Ended {
    let mailbox = lease.mailbox;
    match deliveries::recover(&engine.store, &lease, clock::now()).await {
        Ok(0) => {}
        Ok(found) => {
            tracing::warn!(mailbox = mailbox.0, found, "attempts were interrupted");
            engine.changes.tell("outbox");
        }
        Err(StoreError::StaleEpoch) => return Ended::Moved,
        Err(error) => {
            tracing::error!(mailbox = mailbox.0, %error, "interrupted attempts can't be settled");
            return Ended::Broke;
        }
    }
    let mut worker = Worker { engine, mailbox, lease, open: None };
    let mut ended = Ended::Idle;
    loop {
        let rung = bell.notified();
        tokio::pin!(rung);
        rung.as_mut().enable();
        let pause = match worker.work(&stop).await {
            Ok(Pause::Until(next)) => next,
            Ok(Pause::Gone) => return Ended::Idle,
            Ok(Pause::Moved) => {
                ended = Ended::Moved;
                break;
            }
            Err(StoreError::StaleEpoch) => {
                worker.engine.node.refused_late(mailbox, "sending");
                return Ended::Moved;
            }
            Err(error) => {
                tracing::error!(mailbox = mailbox.0, %error, "the outbox stops for a moment");
                ended = Ended::Broke;
                break;
            }
        };
        // A session rests for a minute, unless somebody waits for its seat.
        let engine = worker.engine.clone();
        let seats = engine.net.seats();
        if worker.open.as_ref().is_some_and(|open| seats.wanted(&open.place)) {
            worker.close().await;
        }
        let resting = worker.open.as_ref().map(|open| open.place.clone());
        let now = clock::now();
        let soon = pause.filter(|next| next.since(now).0 <= 60_000).map(|next| until(next, now));
        let asked = async {
            match &resting {
                Some(place) => seats.asked(place).await,
                None => std::future::pending().await,
            }
        };
        let wait = match (resting.is_some(), soon) {
            (true, soon) => soon.unwrap_or(REST).min(REST),
            (false, Some(soon)) => soon,
            (false, None) => break,
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = &mut rung => {}
            () = asked => {}
            () = tokio::time::sleep(wait) => {}
        }
        if worker.open.as_ref().is_some_and(|open| open.used.elapsed() >= REST) {
            worker.close().await;
        }
    }
    worker.close().await;
    ended
}

impl Worker {
    /// Does what is due.
    async fn work(&mut self, stop: &CancellationToken) -> Result<Pause, StoreError> {
        loop {
            if stop.is_cancelled() {
                return Ok(Pause::Gone);
            }
            if self.engine.node.get().map(|n| n.id) != self.lease.node {
                return Ok(Pause::Moved);
            }
            let now = clock::now();
            let side = rows::get(self.engine.store.read(), self.mailbox, Direction::Outgoing).await?;
            let Some(side) = side else { return Ok(Pause::Until(None)) };
            match deliveries::next(&self.engine.store, self.mailbox, now).await? {
                Due::Check(id) => uncertain::check(&self.engine, &self.lease, id).await?,
                Due::Copy(id) => copy::file(&self.engine, &self.lease, id).await?,
                Due::Nothing(next) => {
                    if !self.heals(&side, now).await? {
                        return Ok(Pause::Until(next));
                    }
                }
                Due::Send { id, pressed } => {
                    // A failing direction has its own pause; a person's *now* goes before it.
                    let paused = rows::waits_until(&side, now);
                    if let Some(at) = paused.filter(|_| !pressed) {
                        return Ok(Pause::Until(Some(at)));
                    }
                    let limit = self.engine.providers.by_host(side.host.as_deref().unwrap_or_default());
                    if let Some(per_minute) = limit.and_then(|p| p.send_per_minute) {
                        let recent = deliveries::recent_hand_overs(&self.engine.store, self.mailbox, now).await?;
                        if let Some(at) = pace::wait_until(&recent, Some(per_minute), now) {
                            return Ok(Pause::Until(Some(at)));
                        }
                    }
                    // Whether anything may be attempted, before an attempt is written down.
                    let access = match pressed {
                        true => directions::access_now(&self.engine, self.mailbox, Direction::Outgoing).await,
                        false => directions::access(&self.engine, self.mailbox, Direction::Outgoing).await,
                    };
                    let access = match access {
                        Ok(access) => access,
                        Err(NoAccess::Fault(fault)) => return self.failed(&side, &fault).await,
                        Err(NoAccess::NotBefore(at)) => return Ok(Pause::Until(Some(at))),
                        Err(NoAccess::NotNow) => return Ok(Pause::Until(None)),
                        Err(NoAccess::Store(error)) => return Err(error),
                    };
                    let Some(attempt) = deliveries::claim(&self.engine.store, &self.lease, id, clock::now()).await?
                    else {
                        // Taken back by a person just now, or the mailbox by another node.
                        let now = deliveries::lease(&self.engine.store, self.mailbox).await?;
                        if now == Some(self.lease) {
                            continue;
                        }
                        return Ok(Pause::Moved);
                    };
                    self.tell(&attempt.delivery);
                    if super::cut("attempt", access.address.as_str()) {
                        return Ok(Pause::Gone);
                    }
                    let Some(pause) = self.attempt(&attempt, access, &side).await? else { continue };
                    return Ok(pause);
                }
            }
        }
    }

    /// One attempt on one reply; a pause when the direction, not the reply, is at fault.
    async fn attempt(
        &mut self,
        attempt: &deliveries::Attempt,
        access: Access,
        side: &rows::Row,
    ) -> Result<Option<Pause>, StoreError> {
        let address = access.address.clone();
        if let Err(fault) = self.session(access, side).await {
            attempt::give_back(&self.engine, attempt, &fault).await?;
            self.tell(&attempt.delivery);
            return self.failed(side, &fault).await.map(Some);
        }
        let Some(open) = &mut self.open else { return Ok(Some(Pause::Until(None))) };
        let after = attempt::send(&self.engine, attempt, &mut open.session, &address).await?;
        open.used = Instant::now();
        self.tell(&attempt.delivery);
        match after {
            After::Sent => {
                evidence::proved(&self.engine, self.mailbox, Direction::Outgoing).await?;
                Ok(None)
            }
            After::Settled => Ok(None),
            After::LinkLost => {
                self.open = None;
                Ok(None)
            }
            After::Direction(fault) => self.failed(side, &fault).await.map(Some),
            After::Gone => Ok(Some(Pause::Gone)),
            After::Late => {
                self.engine.node.refused_late(self.mailbox, "sending");
                // Closed in DATA, which sends nothing.
                self.open = None;
                Ok(Some(Pause::Moved))
            }
        }
    }

    /// Makes sure of a session that is alive and of the present credential.
    async fn session(&mut self, access: Access, side: &rows::Row) -> Result<(), Fault> {
        if let Some(open) = &mut self.open {
            let present = open.generation == side.generation && open.used.elapsed() < REST;
            if present && open.session.is_alive().await {
                return Ok(());
            }
            self.close().await;
        }
        let place = directions::place(&self.engine, &access);
        let seat = self.engine.net.seats().take(&place).await;
        let session = open(&self.engine, self.mailbox, access, side).await?;
        let about_sender =
            side.failing_diagnosis.as_deref().and_then(evidence::diagnosis).is_some_and(outcome::is_about_sender);
        if !about_sender && let Err(error) = evidence::proved(&self.engine, self.mailbox, Direction::Outgoing).await {
            tracing::error!(mailbox = self.mailbox.0, %error, "a proof can't be written down");
        }
        self.open = Some(Open { session, generation: side.generation, used: Instant::now(), place, _seat: seat });
        Ok(())
    }

    /// Tries a failing direction without a reply, when its time has come: a switch that somebody
    /// turned elsewhere is noticed. A missing right to send as this address only shows when a
    /// message is sent, so that waits for one.
    async fn heals(&mut self, side: &rows::Row, now: Time) -> Result<bool, StoreError> {
        let planned = side.failing_since.is_some() && side.next_attempt_at.is_some();
        let due = planned && rows::waits_until(side, now).is_none();
        let about_sender =
            side.failing_diagnosis.as_deref().and_then(evidence::diagnosis).is_some_and(outcome::is_about_sender);
        if !due || about_sender {
            return Ok(false);
        }
        let access = match directions::access(&self.engine, self.mailbox, Direction::Outgoing).await {
            Ok(access) => access,
            Err(NoAccess::Fault(fault)) => {
                self.failed(side, &fault).await?;
                return Ok(true);
            }
            Err(NoAccess::Store(error)) => return Err(error),
            Err(NoAccess::NotNow | NoAccess::NotBefore(_)) => return Ok(false),
        };
        let address = access.address.clone();
        let checked = match self.session(access, side).await {
            Ok(()) => match &mut self.open {
                Some(open) => smtp::check_sender(&mut open.session, &address).await.map(|_| ()),
                None => Ok(()),
            },
            Err(fault) => Err(fault),
        };
        match checked {
            // Also over a session that was open before the direction failed elsewhere.
            Ok(()) => evidence::proved(&self.engine, self.mailbox, Direction::Outgoing).await?,
            Err(fault) => {
                self.failed(side, &fault).await?;
            }
        }
        Ok(true)
    }

    /// The direction failed: no reply leaves before its next attempt.
    async fn failed(&mut self, side: &rows::Row, fault: &Fault) -> Result<Pause, StoreError> {
        self.close().await;
        let verdict = evidence::failed(
            &self.engine,
            self.mailbox,
            Direction::Outgoing,
            evidence::Tried::Generation(side.generation),
            fault,
        )
        .await?;
        self.engine.changes.tell("outbox");
        Ok(Pause::Until(verdict.next_attempt_at))
    }

    async fn close(&mut self) {
        if let Some(open) = self.open.take() {
            open.session.close().await;
        }
    }

    fn tell(&self, delivery: &crate::store::entity::delivery::Model) {
        self.engine.changes.tell(format!("ticket:{}", delivery.ticket_id));
        self.engine.changes.tell("outbox");
    }
}

/// Opens a session; a token that the server refuses is renewed once, and tried again.
async fn open(engine: &Engine, mailbox: MailboxId, access: Access, side: &rows::Row) -> Result<Session, Fault> {
    let by_token = access.logins.iter().any(|login| matches!(login.proof, Proof::Token(_)));
    let first = match Session::open(&engine.net, &access, &mut net::Steps::new()).await {
        Ok(session) => return Ok(session),
        Err(not_opened) => not_opened,
    };
    let (NotOpened { fault, refused: true, .. }, Some(grant), true) = (&first, side.grant_id, by_token) else {
        return Err(first.fault);
    };
    if outcome::is_switched_off(fault.finding.diagnosis) {
        return Err(first.fault);
    }
    let fresh = grants::refused(engine, GrantId(grant)).await?;
    let mut access = access;
    for login in &mut access.logins {
        login.proof = Proof::Token(fresh.clone());
    }
    tracing::debug!(mailbox = mailbox.0, "a refused token was renewed");
    Session::open(&engine.net, &access, &mut net::Steps::new()).await.map_err(|second| second.fault)
}
