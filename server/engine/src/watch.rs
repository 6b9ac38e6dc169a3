//! A mailbox's incoming side: one session that fetches, waits for news, and fetches again.
//!
//! Invariants: what a fault means is decided by [`evidence`] alone; a refused token is refreshed
//! once before it counts; nothing is attempted that waits for a person.
//!
//! Nearly all watchers wait nearly all of the time, and a future is as large as the largest it may ever await: what is
//! done between two waits is boxed, so that a thousand waiting ones cost little.

mod missed;
mod others;
mod terms;

use crate::directions::{self, NoAccess};
use crate::fetch::{self, Broken, Care, Job, Passed};
use crate::imap::{self, News, Session};
use crate::login::{Access, Fault, Proof};
use crate::net::Place;
use crate::store::receipts::Claim;
use crate::store::{StoreError, episodes, folders};
use crate::{Engine, clock, evidence, grants};
use domain::diagnosis::Certainty;
use domain::folder::FolderRole;
use domain::id::{FolderId, GrantId};
use domain::time::Span;
use domain::{Direction, Time};
use others::Others;
use std::sync::Arc;
use std::time::Duration;
use terms::Terms;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// IDLE is begun anew this often: often enough for address translators that forget quiet
/// sessions, and well under the 29 minutes of RFC 2177.
const IDLE: Duration = Duration::from_secs(5 * 60);
/// Without IDLE, while something is missing, and between sessions.
const LOOK: Duration = Duration::from_secs(60);
/// A session that lived this long and then closed is opened again without a word.
const LONG: Duration = Duration::from_secs(30);
/// How long a task may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(3);
/// A pass that has gone on for so long shows that the server works.
const STEADY: Duration = Duration::from_secs(10);

/// How long somebody else has the seat of a watcher that gave way.
const GIVEN_WAY: Span = Span::minutes(1);
/// Before it is watched again where nobody else waits for the seat.
const BREATHER: Span = Span::seconds(15);

/// When to try again.
enum Next {
    Now,
    At(Time),
    /// When somebody rings, or with the next look.
    Rung,
    /// The mailbox is not ours any more.
    Never,
}

/// Watches until stopped, or until the mailbox is another node's.
pub async fn run(engine: Arc<Engine>, claim: Claim, stop: CancellationToken) {
    rounds(&engine, claim, stop).await;
    engine.backlogs.forget(claim.mailbox);
}

async fn rounds(engine: &Arc<Engine>, claim: Claim, stop: CancellationToken) {
    let bell = engine.wake.watcher(claim.mailbox);
    let mut care = Care::default();
    let mut others = Others::default();
    loop {
        let attempt = async {
            let round =
                Round { engine, claim, care: &mut care, others: &mut others, bell: &bell, stop: &stop, shaky: false };
            round.run().await
        };
        let next = tokio::select! {
            next = attempt => next,
            () = async { stop.cancelled().await; tokio::time::sleep(GOODBYE).await } => return,
        };
        let pause = match next {
            Ok(Next::Now) => Duration::ZERO,
            Ok(Next::At(due)) => Duration::from_millis(u64::try_from(due.since(clock::now()).0).unwrap_or(0)),
            Ok(Next::Rung) => LOOK,
            Ok(Next::Never) => return,
            Err(StoreError::StaleEpoch) => return engine.node.refused_late(claim.mailbox, "fetching"),
            Err(error) => {
                tracing::error!(mailbox = claim.mailbox.0, %error, "watching stopped short");
                Duration::from_secs(5)
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            // Rung meanwhile: the bell remembers one ring.
            () = bell.notified(), if !pause.is_zero() => {}
            () = tokio::time::sleep(pause.min(LOOK)) => {}
        }
    }
}

/// The pass to its end; `steady` beside it, while it lasts.
async fn steadily(
    pass: impl Future<Output = Result<Passed, Broken>>,
    steady: impl Future<Output = Result<(), StoreError>>,
) -> Result<Passed, Broken> {
    tokio::pin!(pass);
    tokio::select! {
        passed = &mut pass => passed,
        proved = steady => {
            proved?;
            pass.await
        }
    }
}

struct Round<'a> {
    engine: &'a Arc<Engine>,
    claim: Claim,
    care: &'a mut Care,
    others: &'a mut Others,
    bell: &'a Notify,
    stop: &'a CancellationToken,
    /// What failed last passes: it is over when a pass went well, or goes on for a while.
    shaky: bool,
}

impl Round<'_> {
    /// One session from opening to its end.
    async fn run(mut self) -> Result<Next, StoreError> {
        let Some(mut terms) = Box::pin(terms::of(self.engine, self.claim)).await? else { return Ok(Next::Never) };
        if !terms.ours {
            return Ok(Next::Never);
        }
        let access = match Box::pin(directions::access(self.engine, self.claim.mailbox, Direction::Incoming)).await {
            Ok(access) => access,
            Err(NoAccess::NotNow) => return Ok(Next::Rung),
            Err(NoAccess::NotBefore(due)) => return Ok(Next::At(due)),
            Err(NoAccess::Fault(fault)) => return Box::pin(self.failed(&terms, &fault)).await,
            Err(NoAccess::Store(error)) => return Err(error),
        };
        let place = directions::place(self.engine, &access);
        let seat = tokio::select! {
            seat = self.engine.net.seats().take(&place) => seat,
            () = self.stop.cancelled() => return Ok(Next::Rung),
        };
        let folder = Box::pin(self.folder()).await?;
        // Switched while a seat was waited for: what was read before is not of this folder's side.
        if !Box::pin(terms::same(self.engine, self.claim, &terms)).await? {
            return Ok(Next::Now);
        }
        let (mut session, mut selected) = match Box::pin(self.open(access, &terms, &folder.name)).await {
            Ok(opened) => opened,
            Err(fault) => return Box::pin(self.failed(&terms, &fault)).await,
        };
        let opened_at = Instant::now();
        let job = Box::pin(self.job(&session, &terms)).await?;
        // A server that takes the sign-in and then fails over and over does not work.
        self.shaky = Box::pin(evidence::is_shaky(self.engine, self.claim.mailbox, Direction::Incoming)).await?;
        if !self.shaky {
            self.proved().await?;
        }
        terms.retry = false;
        if terms.uncounted {
            selected = match Box::pin(self.count(&mut session, &terms, &folder.name)).await {
                Ok(selected) => selected,
                Err(Broken::Store(error)) => return Err(error),
                Err(Broken::Session(fault)) => return Box::pin(self.failed(&terms, &fault)).await,
            };
            terms.uncounted = false;
        }
        let id = FolderId(folder.id);
        let ended = self.watch(&mut session, &job, id, selected, &terms, &place).await;
        self.others.stop();
        self.engine.errands.close(self.claim.mailbox).await;
        drop(seat);
        match ended {
            Ok(next) => {
                Box::pin(session.logout()).await;
                Ok(next)
            }
            Err(Broken::Store(error)) => Err(error),
            // A server may end a session at any time, as when its token ran out. Only one that
            // does so over and over is in trouble.
            Err(Broken::Session(fault))
                if fault.finding.certainty == Certainty::Passing && opened_at.elapsed() >= LONG =>
            {
                Ok(Next::Now)
            }
            Err(Broken::Session(fault)) => Box::pin(self.failed(&terms, &fault)).await,
        }
    }

    /// The one that is watched.
    async fn folder(&self) -> Result<folders::Row, StoreError> {
        match folders::of(&self.engine.store, self.claim.mailbox).await?.into_iter().next() {
            Some(row) => Ok(row),
            None => folders::ensure(self.engine.store.write(), self.claim.mailbox, "INBOX", FolderRole::Inbox).await,
        }
    }

    /// It works.
    async fn proved(&self) -> Result<(), StoreError> {
        Box::pin(evidence::proved(self.engine, self.claim.mailbox, Direction::Incoming)).await
    }

    /// What the first import would bring; then the first folder again.
    async fn count(&self, session: &mut Session, terms: &Terms, folder: &str) -> Result<imap::Selected, Broken> {
        fetch::count(self.engine, self.claim.mailbox, session).await?;
        Ok(session.enter(folder, terms.writes()).await?)
    }

    async fn failed(&self, terms: &Terms, fault: &Fault) -> Result<Next, StoreError> {
        let verdict = evidence::failed(
            self.engine,
            self.claim.mailbox,
            Direction::Incoming,
            evidence::Tried::Generation(terms.generation),
            fault,
        )
        .await?;
        Ok(verdict.next_attempt_at.map_or(Next::Rung, Next::At))
    }

    /// Signs in and opens the folder. A token that is refused is refreshed and tried once more.
    async fn open(&self, access: Access, terms: &Terms, folder: &str) -> Result<(Session, imap::Selected), Fault> {
        let first = self.enter(&access, terms, folder).await;
        let (Err(fault), Some(grant)) = (&first, terms.grant) else { return first };
        let by_token = access.logins.iter().any(|l| matches!(l.proof, Proof::Token(_)));
        // Exchange says "authenticated but not connected" only when the folder is opened.
        if !by_token || fault.finding.certainty == Certainty::Passing {
            return first;
        }
        let token = grants::refused(self.engine, GrantId(grant)).await?;
        let mut access = access;
        for login in &mut access.logins {
            login.proof = Proof::Token(token.clone());
        }
        self.enter(&access, terms, folder).await
    }

    async fn enter(&self, access: &Access, terms: &Terms, folder: &str) -> Result<(Session, imap::Selected), Fault> {
        let mut session = imap::open(self.engine, access).await?;
        match session.enter(folder, terms.writes()).await {
            Ok(selected) => Ok((session, selected)),
            Err(fault) => {
                session.logout().await;
                Err(access.exact(fault))
            }
        }
    }

    /// What fetching is told of the first folder.
    async fn job(&self, session: &Session, terms: &Terms) -> Result<Job, StoreError> {
        let outages = episodes::of(&self.engine.store, self.claim.mailbox, 20)
            .await?
            .into_iter()
            .filter(|e| e.direction == Direction::Incoming.key())
            .map(|e| (Time(e.began_at), Some(Time(e.ended_at.unwrap_or(clock::now().0)))))
            .collect();
        Ok(Job {
            claim: self.claim,
            provider: session.provider(),
            import: terms.import,
            role: FolderRole::Inbox,
            upto: None,
            until: None,
            delete: terms.delete,
            after: terms.after.clone(),
            outages,
        })
    }

    /// Fetches and waits, until something ends the session.
    async fn watch(
        &mut self,
        session: &mut Session,
        job: &Job,
        folder: FolderId,
        mut selected: imap::Selected,
        terms: &Terms,
        place: &Place,
    ) -> Result<Next, Broken> {
        Box::pin(self.others.list(self.engine, self.claim, session)).await?;
        let mut again = false;
        // When all that is there was last fetched, while nobody told of anything since.
        let mut complete: Option<Instant> = None;
        // Nothing but the time ended the last wait.
        let mut quiet = false;
        loop {
            // Asked before the first folder is fetched: an answer in the folder of sent mail then
            // never comes before the message that it answers.
            Box::pin(self.others.look(self.engine, self.claim, session)).await?;
            let due = |at: &Instant| at.elapsed() >= IDLE || self.others.is_due();
            let due = complete.as_ref().is_none_or(due);
            // Another node may have changed the terms, and the pool not looked yet.
            if quiet
                && (due || self.others.may_be_due())
                && !Box::pin(terms::same(self.engine, self.claim, terms)).await?
            {
                return Ok(Next::Now);
            }
            if due {
                let passed = Box::pin(self.pass(session, job, folder, selected)).await?;
                complete = (passed.missing == 0).then(Instant::now);
                if passed.stored > 0 {
                    self.others.came();
                }
                if self.stop.is_cancelled() {
                    return Ok(Next::Rung);
                }
            }
            let (seats, errands) = (self.engine.net.seats(), &self.engine.errands);
            if seats.wanted(place) {
                // There is no second seat here: the other folders have their turn on this one.
                Box::pin(self.others.fetch_here(self.engine, job, session)).await?;
                // Perhaps it was they who wanted one.
                let pause = if seats.wanted(place) { GIVEN_WAY } else { BREATHER };
                return Ok(Next::At(clock::now() + pause));
            }
            let open = self.others.is_fetching() || errands.is_open(self.claim.mailbox);
            let seat = if open { None } else { seats.try_take(place) };
            if open || seat.is_some() {
                self.others.fetch(self.engine, job, seat);
            } else if Box::pin(self.others.fetch_here(self.engine, job, session)).await? {
                selected = Box::pin(session.enter(&terms.folder, terms.writes())).await?;
                // Nobody tells of what came to it meanwhile. Once: the others may never have enough.
                if !again {
                    again = true;
                    complete = None;
                    continue;
                }
            }
            again = false;
            let longest = if complete.is_none() { LOOK } else { self.others.rest().unwrap_or(IDLE) };
            let (others, bell, stop) = (&mut *self.others, self.bell, self.stop);
            // Kept apart from what the wait says: where the server tells of a message as the wait ends, it says that.
            let mut rung = false;
            let interrupt = async {
                tokio::select! {
                    // Also when the terms have changed: nobody asks for them by timer.
                    () = bell.notified() => rung = true,
                    () = stop.cancelled() => {}
                    () = others.free() => {}
                    () = seats.asked(place) => {}
                }
            };
            let news = if session.can("IDLE") {
                session.idle(longest, interrupt).await?
            } else {
                let news = tokio::select! {
                    () = tokio::time::sleep(LOOK) => News::Quiet,
                    () = interrupt => News::Interrupted,
                };
                Box::pin(session.noop()).await?;
                news
            };
            quiet = news == News::Quiet;
            if self.stop.is_cancelled() || (!quiet && !Box::pin(terms::same(self.engine, self.claim, terms)).await?) {
                return Ok(Next::Now);
            }
            if news == News::Arrived {
                fail::fail_point!("on-news");
            }
            if rung || news == News::Interrupted {
                self.others.ask();
            }
            // Only a server in IDLE would have told.
            if !quiet || !session.can("IDLE") {
                complete = None;
            }
        }
    }

    /// Fetches what is new in the first folder.
    async fn pass(
        &mut self,
        session: &mut Session,
        job: &Job,
        folder: FolderId,
        selected: imap::Selected,
    ) -> Result<Passed, Broken> {
        let pass = fetch::pass(self.engine, job, self.care, session, folder, selected);
        let passed = if self.shaky {
            let steady = async {
                tokio::time::sleep(STEADY).await;
                evidence::proved(self.engine, self.claim.mailbox, Direction::Incoming).await
            };
            let passed = steadily(pass, steady).await?;
            self.proved().await?;
            passed
        } else {
            pass.await?
        };
        self.shaky = false;
        if passed.stored > 0 {
            tracing::info!(mailbox = self.claim.mailbox.0, stored = passed.stored, "fetched");
        }
        Ok(passed)
    }
}
