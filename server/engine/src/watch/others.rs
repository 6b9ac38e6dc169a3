//! The folders besides the first: asked by STATUS on the watching session, fetched on the errand
//! session, one after the other, beside the watching.

use super::missed;
use crate::fetch::{self, Broken, Care, Job};
use crate::imap::{self, Session};
use crate::net::Seat;
use crate::store::folders::{self, Row};
use crate::store::receipts::Claim;
use crate::store::{self, StoreError, listed, wishes as wanted};
use crate::{Engine, clock, directions, errand, reconcile, wishes};
use domain::Direction;
use domain::Time;
use domain::console::mailboxes::AfterFetch;
use domain::folder::FolderRole;
use domain::id::{FolderId, MailboxId};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How often other folders are asked. They tell nothing by themselves.
const EVERY: Duration = Duration::from_secs(59);
/// How often where there are only folders of sent mail, and nothing came for a while.
const AT_REST: Duration = Duration::from_secs(119);
/// How long that while is.
const LIVELY: Duration = Duration::from_secs(10 * 60);

/// A folder that has something new.
struct Due {
    folder: FolderId,
    /// Its UIDVALIDITY and highest UID, as STATUS told them.
    last: Option<(u32, u32)>,
}

/// What a mailbox's watcher knows of its other folders.
#[derive(Default)]
pub struct Others {
    rows: Vec<Row>,
    due: Vec<Due>,
    asked: Option<Instant>,
    /// At most one pass at a time; ended when the watcher ends. It gives whether there was nothing to do.
    fetching: JoinSet<bool>,
    /// What is known was read before something changed: the rows, ...
    unread: bool,
    /// ... and what there is to do besides.
    unsure: bool,
    /// When something last came, here or to the first folder.
    came: Option<Instant>,
    /// When the nightly reconciliation is due.
    night: Option<Time>,
    care: Arc<Mutex<HashMap<FolderId, Care>>>,
}

impl Others {
    /// Asks the server for its folders, for people to choose from, and finds those of sent mail: a
    /// server may mark one while people's programs file what they send in another.
    pub async fn list(&mut self, engine: &Engine, claim: Claim, session: &mut Session) -> Result<(), Broken> {
        let all = match session.list().await {
            // A server that does not list its folders still has the first one.
            Err(fault) if imap::is_refusal(&fault) => Vec::new(),
            listed => listed?,
        };
        let names: Vec<(String, FolderRole)> =
            all.iter().filter(|f| f.selectable).map(|f| (f.name.clone(), f.role)).collect();
        let tx = engine.store.begin().await?;
        store::receipts::hold(&tx, claim).await?;
        listed::replace(&tx, claim.mailbox, &names, clock::now()).await?;
        for sent in imap::all_sent_among(&all) {
            folders::ensure(&tx, claim.mailbox, sent, FolderRole::Sent).await?;
        }
        store::commit(tx).await?;
        self.ask();
        Ok(())
    }

    /// Asks for the state of every other folder, if it is time.
    pub async fn look(&mut self, engine: &Engine, claim: Claim, session: &mut Session) -> Result<(), Broken> {
        if !self.fetching.is_empty() {
            let Some(ended) = self.fetching.try_join_next() else { return Ok(()) };
            if !matches!(ended, Ok(true)) {
                self.forget();
            }
        }
        if self.asked.is_some_and(|at| at.elapsed() < self.every()) {
            return Ok(());
        }
        self.asked = Some(Instant::now());
        if std::mem::take(&mut self.unread) {
            self.rows = rows(engine, claim.mailbox).await?;
            self.night = Some(reconcile::next_at(engine, claim.mailbox).await?);
        }
        self.due.clear();
        for row in &self.rows {
            if row.import_until.is_some() {
                self.due.push(Due { folder: FolderId(row.id), last: None });
                continue;
            }
            match session.status(&row.name).await {
                Ok(status) => {
                    let last = status.uid_next.saturating_sub(1);
                    let same = row.uid_validity == Some(status.uid_validity.into());
                    if !same || i64::from(last) > row.cursor {
                        self.came = Some(Instant::now());
                        let last = Some((status.uid_validity, last));
                        self.due.push(Due { folder: FolderId(row.id), last });
                    }
                    if row.said.is_some() {
                        folders::note(engine.store.write(), FolderId(row.id), None).await?;
                        self.unread = true;
                    }
                }
                // Renamed, or deleted: the others go on, and the settings page says so.
                Err(fault) if imap::is_refusal(&fault) => {
                    if row.said.as_ref() != Some(&fault.said) {
                        tracing::warn!(mailbox = claim.mailbox.0, folder = row.id, "a folder can't be looked into");
                        folders::note(engine.store.write(), FolderId(row.id), Some(&fault.said)).await?;
                        self.unread = true;
                    }
                }
                Err(fault) => return Err(fault.into()),
            }
        }
        Ok(())
    }

    /// Something came: an answer to it may be sent by another program soon.
    pub fn came(&mut self) {
        self.came = Some(Instant::now());
    }

    /// How often they are asked.
    fn every(&self) -> Duration {
        let chosen = self.rows.iter().any(|row| row.role != FolderRole::Sent.key());
        let lively = self.came.is_some_and(|at| at.elapsed() < LIVELY);
        if chosen || lively { EVERY } else { AT_REST }
    }

    /// Until when nothing is asked of them; `None`: there is nothing to ask for by timer.
    pub fn rest(&self) -> Option<Duration> {
        (!self.rows.is_empty()).then(|| self.every() + Duration::from_secs(1))
    }

    /// Somebody rang: they are asked again at once.
    pub fn ask(&mut self) {
        self.asked = None;
        self.forget();
    }

    /// The next look reads again what it goes by.
    fn forget(&mut self) {
        (self.unread, self.unsure) = (true, true);
    }

    /// Whether there may be anything to do for [`Others::fetch`].
    pub fn may_be_due(&self) -> bool {
        self.is_due() || self.unsure || self.night.is_some_and(|at| at <= clock::now())
    }

    /// Ends when the pass under way has ended, if somebody rang meanwhile: nobody else asks then.
    pub async fn free(&mut self) {
        if self.asked.is_some() || self.fetching.join_next().await.is_none() {
            std::future::pending::<()>().await;
        }
    }

    /// Nothing is fetched any more under the terms that ended.
    pub fn stop(&mut self) {
        self.fetching = JoinSet::new();
    }

    /// Whether a pass is under way, or has ended since the last look.
    pub fn is_fetching(&self) -> bool {
        !self.fetching.is_empty()
    }

    /// Whether the last look found something to fetch.
    pub fn is_due(&self) -> bool {
        !self.due.is_empty()
    }

    /// Fetches what the last look found, and counts what an outage left elsewhere; on this seat where no errand
    /// session is open.
    pub fn fetch(&mut self, engine: &Arc<Engine>, job: &Job, seat: Option<Seat>) {
        if !self.fetching.is_empty() || !self.may_be_due() {
            return;
        }
        self.unsure = false;
        let (engine, job, care) = (engine.clone(), job.clone(), self.care.clone());
        let due = std::mem::take(&mut self.due);
        // Boxed: a task that ended keeps its room until it is asked for, with the next look.
        self.fetching.spawn(Box::pin(async move {
            let mailbox = job.claim.mailbox;
            match all(&engine, &job, due, &mut *care.lock().await, seat).await {
                Ok(nothing) => return nothing,
                Err(Broken::Store(StoreError::StaleEpoch)) => engine.node.refused_late(mailbox, "fetching"),
                // The next look tries again; the watching session tells of a server in trouble.
                Err(error) => tracing::info!(mailbox = mailbox.0, %error, "other folders are fetched later"),
            }
            false
        }));
    }

    /// The same on the watching session, for a mailbox whose host has no second seat to spare; whether
    /// there was anything to do. The folder that is watched has to be opened anew then.
    pub async fn fetch_here(&mut self, engine: &Arc<Engine>, job: &Job, session: &mut Session) -> Result<bool, Broken> {
        if !self.fetching.is_empty() {
            // It may be the one that waits for a seat. What it was to do is found again.
            self.stop();
            self.ask();
            self.look(engine, job.claim, session).await?;
        }
        if !self.may_be_due() {
            return Ok(false);
        }
        let todo = Todo::of(engine, job, std::mem::take(&mut self.due)).await?;
        self.unsure = false;
        if todo.is_empty() {
            return Ok(false);
        }
        self.forget();
        match todo.fulfil(engine, job, &mut *self.care.lock().await, session).await {
            // A folder that is gone is no fault of the one that is watched; the next look says so.
            Err(Broken::Session(fault)) if imap::is_refusal(&fault) => {
                tracing::info!(mailbox = job.claim.mailbox.0, said = fault.said, "other folders are fetched later");
                Ok(true)
            }
            done => done.map(|()| true),
        }
    }
}

/// Chosen folders but the first, the folder of sent mail, and what is to be imported.
async fn rows(engine: &Engine, mailbox: MailboxId) -> Result<Vec<Row>, StoreError> {
    let first = folders::of(&engine.store, mailbox).await?.into_iter().next().map(|row| row.id);
    let all = folders::all(&engine.store, mailbox).await?;
    Ok(all.into_iter().filter(|row| Some(row.id) != first && (row.watched || row.import_until.is_some())).collect())
}

/// Whether there was nothing to do.
async fn all(
    engine: &Engine,
    job: &Job,
    due: Vec<Due>,
    care: &mut HashMap<FolderId, Care>,
    seat: Option<Seat>,
) -> Result<bool, Broken> {
    let mailbox = job.claim.mailbox;
    let todo = Todo::of(engine, job, due).await?;
    if todo.is_empty() {
        return Ok(true);
    }
    let access = match directions::access(engine, mailbox, Direction::Incoming).await {
        Ok(access) => access,
        Err(directions::NoAccess::Fault(fault)) => return Err(fault.into()),
        Err(directions::NoAccess::Store(error)) => return Err(error.into()),
        Err(_) => return Ok(false),
    };
    let mut turn = errand::turn_on(engine, mailbox, &access, seat).await?;
    todo.fulfil(engine, job, care, &mut turn.session).await?;
    turn.rest();
    Ok(false)
}

/// What there is to do beside watching the first folder.
struct Todo {
    due: Vec<Due>,
    wanted: Vec<wanted::Row>,
    outage: Option<(Time, Time)>,
    night: bool,
}

impl Todo {
    async fn of(engine: &Engine, job: &Job, due: Vec<Due>) -> Result<Self, StoreError> {
        let mailbox = job.claim.mailbox;
        Ok(Self {
            due,
            wanted: wanted::open(&engine.store, mailbox).await?,
            outage: missed::uncounted(engine, mailbox).await?,
            night: reconcile::is_due(engine, job.claim).await?,
        })
    }

    fn is_empty(&self) -> bool {
        self.due.is_empty() && self.wanted.is_empty() && self.outage.is_none() && !self.night
    }

    async fn fulfil(
        self,
        engine: &Engine,
        job: &Job,
        care: &mut HashMap<FolderId, Care>,
        session: &mut Session,
    ) -> Result<(), Broken> {
        // Somebody waits for these.
        for wish in &self.wanted {
            wishes::fulfil(engine, job, session, wish).await?;
        }
        each(engine, job, self.due, care, session).await?;
        if let Some((from, to)) = self.outage {
            missed::count(engine, job.claim, session, from, to).await?;
        }
        if self.night {
            reconcile::reconcile(engine, job, session, None).await?;
        }
        Ok(())
    }
}

async fn each(
    engine: &Engine,
    job: &Job,
    due: Vec<Due>,
    care: &mut HashMap<FolderId, Care>,
    session: &mut Session,
) -> Result<(), Broken> {
    for Due { folder, last } in due {
        let row = folders::get(&engine.store, folder).await?;
        // A switch may have left it: its name means another folder at the new account.
        let Some(row) = row.filter(|row| row.former_switch_id.is_none()) else { continue };
        let role = FolderRole::from_key(&row.role).unwrap_or(FolderRole::Other);
        let job = Job {
            role,
            until: row.import_until.map(Time),
            delete: job.delete && row.watched && role != FolderRole::Sent,
            after: if row.watched && role != FolderRole::Sent { job.after.clone() } else { AfterFetch::default() },
            ..job.clone()
        };
        match one(engine, job, last, care.entry(folder).or_default(), session, &row).await {
            Ok(()) => {}
            Err(Broken::Session(fault)) if imap::is_refusal(&fault) && row.uid_validity.is_none() => {
                // It can't be opened; the session is as good as before.
                folders::note(engine.store.write(), folder, Some(&fault.said)).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn one(
    engine: &Engine,
    job: Job,
    last: Option<(u32, u32)>,
    care: &mut Care,
    session: &mut Session,
    row: &Row,
) -> Result<(), Broken> {
    let (id, selected) = (FolderId(row.id), session.enter(&row.name, job.writes()).await?);
    // Made anew since STATUS told: its numbers say nothing about the ones now.
    let upto = last.filter(|(uid_validity, _)| *uid_validity == selected.uid_validity).map(|(_, uid)| uid);
    let job = &Job { upto, ..job };
    let passed = fetch::pass(engine, job, care, session, id, selected).await?;
    if passed.stored > 0 {
        tracing::info!(mailbox = job.claim.mailbox.0, folder = row.id, stored = passed.stored, "fetched");
    }
    if job.until.is_some() && passed.missing == 0 {
        let tx = engine.store.begin().await?;
        store::receipts::hold(&tx, job.claim).await?;
        folders::imported(&tx, id).await?;
        store::commit(tx).await?;
        engine.changes.tell(format!("mailbox:{}", job.claim.mailbox));
    }
    Ok(())
}
