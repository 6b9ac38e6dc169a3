//! The pass itself.

use super::item::Item;
use super::ledger::{Batch, Hand, Ledger};
use super::{Broken, Care, Job, Passed, begin, large, recognise, renumber, sweep, vanished};
use crate::imap::{self, Fetched, Selected, Session};
use crate::net::MemoryShare;
use crate::source;
use crate::store::folders::{self, Row};
use crate::store::{self, known, receipts};
use crate::{Engine, clock};
use domain::Time;
use domain::folder::FolderRole;
use domain::id::FolderId;
use domain::provider::ProviderKind;
use futures::future::BoxFuture;
use std::collections::{BTreeSet, HashSet};

/// UIDs below the cursor that are looked at again: a server may show a lower one late.
const OVERLAP: u32 = 50;
/// Above this a message is fetched in parts. Bytes.
pub const LARGE: u64 = 1 << 20;
/// Of a batch: some 25 ms of write lock. Bytes.
const BATCH: u64 = 4 << 20;
const BATCH_MESSAGES: usize = 200;
/// The word for intake that a person wants a ticket of this message.
pub const ASKED: &str = "asked";

/// Stores what is new in the open folder.
///
/// # Errors
/// [`Broken`]; everything committed so far stays.
pub async fn pass(
    engine: &Engine,
    job: &Job,
    care: &mut Care,
    session: &mut Session,
    folder: FolderId,
    selected: Selected,
) -> Result<Passed, Broken> {
    session.news = false;
    // Until its numbers are those of the open folder: whoever chooses another beginning meanwhile
    // makes the one at hand void.
    let row = loop {
        let row = folder_row(engine, job, folder).await?;
        match row.uid_validity {
            Some(known) if known == i64::from(selected.uid_validity) => break row,
            Some(_) => renumber::renumber(engine, job, session, &row, selected.uid_validity).await?,
            None if row.recognises => recognise::recognise(engine, job, session, &row, selected.uid_validity).await?,
            None => begin::begin(engine, job, session, &row, selected).await?,
        }
    };
    let (ledger, hand) = Ledger::open(engine, job, folder, selected.uid_validity, false);
    let run = Run {
        engine,
        job,
        session: &mut *session,
        care: &mut *care,
        folder,
        row: row.clone(),
        uid_validity: selected.uid_validity,
        // What is left out on purpose is left to whoever may choose the folder later.
        cursor_held: job.until.is_some(),
        open: BTreeSet::new(),
        last: 0,
        missing: 0,
        hand,
    };
    let ((there, missing), stored) = ledger.beside(run.fetching()).await?;
    if job.role != FolderRole::Sent && job.until.is_none() {
        let next = match job.upto {
            Some(upto) => upto.saturating_add(1),
            None => selected.uid_next.unwrap_or(0).max(there.last().map_or(0, |uid| uid.saturating_add(1))),
        };
        vanished::note(engine, job, &row, selected.uid_validity, next, &there).await?;
    }
    sweep::sweep(engine, job, care, session, folder, &row.name, selected.uid_validity).await?;
    if missing == 0 {
        care.delivered();
        let tx = engine.store.begin().await?;
        receipts::hold(&tx, job.claim).await?;
        folders::fetched(&tx, folder, clock::now()).await?;
        // All of them were looked at, also those that are gone by now.
        if let (Some(upto), None) = (job.upto, job.until) {
            folders::advance(&tx, folder, selected.uid_validity, upto).await?;
        }
        store::commit(tx).await?;
        if row.fetched_at.is_none() {
            engine.changes.tell(format!("mailbox:{}", job.claim.mailbox));
        }
    }
    Ok(Passed { stored, missing })
}

async fn folder_row(engine: &Engine, job: &Job, folder: FolderId) -> Result<Row, Broken> {
    let row = folders::get(&engine.store, folder).await?;
    row.filter(|row| row.mailbox_id == job.claim.mailbox.0).ok_or(Broken::Store(store::StoreError::StaleEpoch))
}

/// One pass on its way.
pub(super) struct Run<'a> {
    pub engine: &'a Engine,
    pub job: &'a Job,
    pub session: &'a mut Session,
    pub care: &'a mut Care,
    pub folder: FolderId,
    pub row: Row,
    pub uid_validity: u32,
    /// The cursor stays where it is.
    pub cursor_held: bool,
    /// UIDs of this pass without a receipt that is written or handed over. The cursor stays below the
    /// lowest: were it led by what happens to be settled first, a cut would leave the others behind it.
    pub open: BTreeSet<u32>,
    /// The highest UID of this pass.
    pub last: u32,
    /// UIDs that were asked for and not delivered.
    pub missing: u32,
    pub hand: Hand,
}

impl<'a> Run<'a> {
    /// The UIDs that are there, and how many were not delivered. On the heap, as passes are polled
    /// deep in the stack.
    fn fetching(mut self) -> BoxFuture<'a, Result<(Vec<u32>, u32), Broken>> {
        Box::pin(async move {
            let there = self.fetch().await?;
            Ok((there, self.missing))
        })
    }

    /// Fetches what is wanted; gives the UIDs that are there, from a little below the cursor on.
    async fn fetch(&mut self) -> Result<Vec<u32>, Broken> {
        let floor = u32::try_from(self.row.import_before).unwrap_or(0);
        let cursor = u32::try_from(self.row.cursor).unwrap_or(0);
        let after = cursor.saturating_sub(OVERLAP).max(floor);
        let first = after.saturating_add(1);
        let there = match self.job.upto {
            Some(upto) if upto < first => Vec::new(),
            upto => self.session.uids(first, upto).await?,
        };
        let known = receipts::uids_after(&self.engine.store, self.folder, self.uid_validity, after).await?;
        let wanted: Vec<u32> = there.iter().copied().filter(|uid| !known.contains(uid)).collect();
        self.last = wanted.iter().copied().max().unwrap_or_default();
        self.open = wanted.iter().copied().collect();
        self.engine.backlogs.is(self.job.claim.mailbox, self.folder, self.open.len());
        for part in wanted.chunks(if self.care.single { 1 } else { 500 }) {
            let Some(mut sizes) = self.sizes(part).await? else { continue };
            let told: HashSet<u32> = sizes.iter().map(|f| f.uid).collect();
            self.missing(part, &told).await?;
            let old = self.too_old(&mut sizes);
            self.store(old.into_iter().map(Item::Old).collect(), None).await;
            if let Some(until) = self.job.until {
                sizes.retain(|f| f.arrived_at.is_some_and(|at| at < until));
            }
            if self.job.role == FolderRole::Sent {
                self.leave_ours(&mut sizes).await?;
            }
            self.fetch_sized(sizes).await?;
        }
        self.engine.backlogs.is(self.job.claim.mailbox, self.folder, self.missing as usize);
        Ok(there)
    }

    /// Sizes and times; the times alone where the server refuses to tell sizes. `None`: it was a message
    /// of which the server tells nothing, however often it is asked; it is set aside.
    pub(super) async fn sizes(&mut self, part: &[u32]) -> Result<Option<Vec<Fetched>>, Broken> {
        let told = match self.session.sizes(part).await {
            Err(fault) if imap::is_refusal(&fault) => self.session.times(part).await,
            told => told,
        };
        let fault = match told {
            Ok(told) => return Ok(Some(told)),
            Err(fault) => fault,
        };
        self.care.learn(&fault, part);
        match part {
            [uid] if self.care.gave_up(*uid) => {
                self.unfetchable(*uid, None).await;
                Ok(None)
            }
            _ => Err(fault.into()),
        }
    }

    async fn unfetchable(&mut self, uid: u32, arrived_at: Option<Time>) {
        tracing::warn!(mailbox = self.job.claim.mailbox.0, uid, "the server does not deliver a message");
        self.store(vec![Item::Unfetchable(uid, arrived_at)], None).await;
    }

    /// Takes out what is older than the import, among the UIDs that were there when it began.
    fn too_old(&self, sizes: &mut Vec<Fetched>) -> Vec<Fetched> {
        let (Some(since), upto) = (self.row.import_since, self.row.import_upto.unwrap_or(0)) else { return Vec::new() };
        let old = |f: &Fetched| i64::from(f.uid) <= upto && f.arrived_at.is_some_and(|at| at.0 < since);
        let taken = sizes.iter().filter(|f| old(f)).cloned().collect();
        sizes.retain(|f| !old(f));
        taken
    }

    /// Takes out what we sent ourselves: a copy of what is here already.
    async fn leave_ours(&mut self, sizes: &mut Vec<Fetched>) -> Result<(), Broken> {
        for part in sizes.clone().chunks(100) {
            let uids: Vec<u32> = part.iter().map(|f| f.uid).collect();
            let _share = self.engine.net.memory(part.len() as u64 * (8 << 10)).await;
            let headers = match self.session.headers(&uids).await {
                // They are told once they are here, then.
                Err(fault) if imap::is_refusal(&fault) => return Ok(()),
                headers => headers?,
            };
            let keys: Vec<(Fetched, String)> = headers
                .into_iter()
                .map(|f| {
                    let key = source::known(f.header.as_deref().or(f.body.as_deref()).unwrap_or_default()).key;
                    (f, key)
                })
                .collect();
            let names: Vec<String> = keys.iter().map(|(_, key)| key.clone()).collect();
            let ours = known::ours(&self.engine.store, &names).await?;
            let own: Vec<Item> = keys
                .into_iter()
                .filter(|(_, key)| ours.contains(key))
                .map(|(f, _)| Item::Own(f.uid, f.arrived_at))
                .collect();
            let taken: HashSet<u32> = own.iter().map(Item::uid).collect();
            self.store(own, None).await;
            sizes.retain(|f| !taken.contains(&f.uid));
        }
        Ok(())
    }

    /// UIDs that were found and then not told of: expunged meanwhile, else not delivered.
    async fn missing(&mut self, asked: &[u32], told: &HashSet<u32>) -> Result<(), Broken> {
        let mut gone = Vec::new();
        for uid in asked.iter().filter(|uid| !told.contains(uid)) {
            if self.session.uids(*uid, Some(*uid)).await?.is_empty() {
                gone.push(Item::Gone(*uid));
            } else {
                self.missing += 1;
            }
        }
        self.store(gone, None).await;
        Ok(())
    }

    /// A message whose size was told and whose bytes did not come.
    pub(super) async fn undelivered(&mut self, uid: u32) -> Result<(), Broken> {
        *self.care.strikes.entry(uid).or_default() += 1;
        self.missing(&[uid], &HashSet::new()).await
    }

    pub(super) async fn fetch_sized(&mut self, sizes: Vec<Fetched>) -> Result<(), Broken> {
        let mut batch: Vec<(u32, u64)> = Vec::new();
        let limit = self.engine.config.limits.message_bytes;
        for one in sizes {
            // One whose size is not known may have any.
            let size = one.size.unwrap_or(limit);
            let alone = one.size.is_none() || size > LARGE || self.care.struck(one.uid);
            let full = batch.iter().map(|(_, size)| size).sum::<u64>() + size > BATCH || batch.len() >= BATCH_MESSAGES;
            if alone || full || (self.care.single && !batch.is_empty()) {
                self.fetch_batch(std::mem::take(&mut batch)).await?;
            }
            if !alone {
                batch.push((one.uid, size));
                continue;
            }
            if self.care.gave_up(one.uid) {
                self.unfetchable(one.uid, one.arrived_at).await;
                continue;
            }
            let done = if size > limit {
                large::shortened(self, one.uid, one.arrived_at).await
            } else if self.job.provider == ProviderKind::Microsoft && !self.care.struck(one.uid) {
                large::whole(self, one.uid, size, one.arrived_at).await
            } else {
                large::in_parts(self, &one).await
            };
            if let Err(Broken::Session(fault)) = &done {
                self.care.learn(fault, &[one.uid]);
            }
            done?;
        }
        self.fetch_batch(batch).await
    }

    /// Small messages, whole, in one transaction. They are asked for while those before them are
    /// written; a third batch has to wait.
    async fn fetch_batch(&mut self, batch: Vec<(u32, u64)>) -> Result<(), Broken> {
        if batch.is_empty() {
            return Ok(());
        }
        let uids: Vec<u32> = batch.iter().map(|(uid, _)| *uid).collect();
        // Sizes are estimates at some servers: twice as much may come.
        let expected = 2 * batch.iter().map(|(_, size)| size).sum::<u64>() + LARGE;
        self.hand.is_free().await;
        let share = self.engine.net.memory(expected).await;
        self.session.allow(2 * LARGE, expected);
        let fetched = match self.session.bodies(&uids).await {
            Ok(fetched) => fetched,
            Err(fault) => {
                self.care.learn(&fault, &uids);
                return Err(fault.into());
            }
        };
        fail::fail_point!("after-fetch");
        let mut items = Vec::with_capacity(fetched.len());
        let mut lost = Vec::new();
        let mut fetched = fetched.into_iter().peekable();
        for uid in uids {
            match fetched.next_if(|f| f.uid == uid) {
                Some(Fetched { body: Some(body), arrived_at, .. }) => {
                    items.push(Item::Whole(uid, arrived_at, body));
                }
                // What comes after it is stored; the cursor stays below it.
                _ => lost.push(uid),
            }
        }
        self.store(items, Some(share)).await;
        for uid in lost {
            self.undelivered(uid).await?;
        }
        Ok(())
    }

    /// Hands over what is to be written, with the share of the memory that it takes.
    pub(super) async fn store(&mut self, items: Vec<Item>, share: Option<MemoryShare>) {
        if items.is_empty() {
            return;
        }
        for item in &items {
            self.open.remove(&item.uid());
        }
        self.engine.backlogs.is(self.job.claim.mailbox, self.folder, self.open.len());
        // Written in this order: where these are, all before them are.
        let upto = self.open.first().map_or(self.last, |open| open - 1);
        self.hand.over(Batch { items, cursor: (!self.cursor_held).then_some(upto), share }).await;
    }
}
