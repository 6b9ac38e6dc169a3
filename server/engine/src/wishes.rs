//! What people want of a mailbox's errand session, done one after the other by the node that has
//! the mailbox: compare, import one message.
//!
//! Invariant: a wish is written down before the network is touched and tried once; what came of it
//! is written beside it.

use crate::fetch::{self, Broken, Job, Single};
use crate::imap::Session;
use crate::store::wishes::{self, Kind, Row};
use crate::store::{StoreError, commit, find, folders, listed, receipts, settling};
use crate::{Engine, clock, reconcile};
use domain::console::ledger::Spot;
use domain::console::mailboxes::AfterFetch;
use domain::folder::FolderRole;
use domain::id::{FolderId, MailboxId, MessageId, PersonId};
use std::time::Duration;
use tokio::time::Instant;

/// How long whoever asked waits on his page.
const PATIENCE: Duration = Duration::from_secs(8);
/// Between two looks at the database: another node may be at it.
const LOOK: Duration = Duration::from_millis(100);

/// A wish that was not fulfilled because the message is not there.
pub const GONE: &str = "gone";

/// Writes a wish down, rings, and waits a little for it to be done.
///
/// # Errors
/// The database's.
pub async fn ask(
    engine: &Engine,
    mailbox: MailboxId,
    kind: Kind,
    spot: &Spot,
    by: PersonId,
) -> Result<Option<Row>, StoreError> {
    let id = wishes::ask(engine.store.write(), mailbox, kind, spot, by, clock::now()).await?;
    engine.wake.mailbox(mailbox);
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if let Some(row) = wishes::get(&engine.store, id).await?
            && row.done_at.is_some()
        {
            return Ok(Some(row));
        }
        tokio::time::sleep(LOOK).await;
    }
    Ok(None)
}

/// Does one wish.
///
/// # Errors
/// [`Broken`]: the session is of no use any more; the wish is answered all the same.
pub async fn fulfil(engine: &Engine, job: &Job, session: &mut Session, wish: &Row) -> Result<(), Broken> {
    let done = match Kind::from_key(&wish.kind) {
        Some(Kind::Reconcile) => {
            reconcile::reconcile(engine, job, session, wish.person_id.map(PersonId)).await.map(|()| None)
        }
        Some(Kind::Import) => import(engine, job, session, wish).await,
        Some(Kind::Whole) => whole(engine, job, session, wish).await,
        None => Ok(None),
    };
    let said = match &done {
        Ok(said) => said.map(str::to_owned),
        Err(Broken::Session(fault)) => Some(fault.said.clone()),
        // Another node's, or the database's: not answered, and tried again.
        Err(Broken::Store(_)) => return done.map(|_| ()),
    };
    wishes::done(engine.store.write(), wish.id, said.as_deref(), clock::now()).await?;
    engine.changes.tell(format!("mailbox:{}", job.claim.mailbox));
    done.map(|_| ())
}

async fn import(engine: &Engine, job: &Job, session: &mut Session, wish: &Row) -> Result<Option<&'static str>, Broken> {
    let mailbox = job.claim.mailbox;
    let spot = spot(wish);
    let row = match folders::all(&engine.store, mailbox).await?.into_iter().find(|row| row.name == spot.folder) {
        Some(row) => row,
        None => {
            let role = listed::of(&engine.store, mailbox).await?.into_iter().find(|l| l.name == spot.folder);
            let Some(role) = role.and_then(|l| FolderRole::from_key(&l.role)) else { return Ok(Some(GONE)) };
            let tx = engine.store.begin().await?;
            receipts::hold(&tx, job.claim).await?;
            let row = folders::ensure_unwatched(&tx, mailbox, &spot.folder, role).await?;
            commit(tx).await?;
            row
        }
    };
    let folder = FolderId(row.id);
    if let Some(known) = receipts::get(&engine.store, folder, spot.uid_validity, spot.uid).await?
        && known.source_id.is_some()
    {
        // Its bytes are here: nothing needs to be fetched, unless they are lost.
        let whole = settling::is_whole(&engine.store, known.source_id).await?;
        if whole && find::ticket(&engine.store, &known).await?.is_some() {
            // Somebody was quicker.
            return Ok(None);
        }
        if whole {
            let tx = engine.store.begin().await?;
            receipts::hold(&tx, job.claim).await?;
            receipts::reopen(&tx, &known, Some(fetch::ASKED)).await?;
            commit(tx).await?;
            engine.wake.intake.notify_one();
            return Ok(None);
        }
    }
    let job = Job {
        role: FolderRole::Other,
        upto: None,
        until: None,
        delete: false,
        after: AfterFetch::default(),
        ..job.clone()
    };
    match fetch::single(engine, &job, session, row, spot.uid_validity, spot.uid).await? {
        Single::Stored => Ok(None),
        Single::Gone | Single::Renumbered => Ok(Some(GONE)),
    }
}

/// The whole of a message takes the place of its beginning: source, text and files.
async fn whole(engine: &Engine, job: &Job, session: &mut Session, wish: &Row) -> Result<Option<&'static str>, Broken> {
    let (store, spot) = (&engine.store, spot(wish));
    let all = folders::all(store, job.claim.mailbox).await?;
    let Some(row) = all.into_iter().find(|row| row.name == spot.folder) else { return Ok(Some(GONE)) };
    let folder = FolderId(row.id);
    let Some(known) = receipts::get(store, folder, spot.uid_validity, spot.uid).await? else { return Ok(Some(GONE)) };
    let Some(message) = known.message_id.map(MessageId) else { return Ok(Some(GONE)) };
    let fetched = fetch::whole(engine, job, session, row, spot.uid_validity, spot.uid).await?;
    let Some(source) = fetched else { return Ok(Some(GONE)) };
    let Some(bytes) = settling::source_bytes(store, source).await? else { return Ok(Some(GONE)) };
    // What the parser can't do with the whole it could not do with a part either: the files stay unlisted.
    let mail = crate::mime::read(bytes).await.ok();
    let tx = store.begin().await?;
    receipts::hold(&tx, job.claim).await?;
    crate::store::whole::put(&tx, &known, message, source, mail.as_ref()).await?;
    commit(tx).await?;
    if let Some(ticket) = find::ticket(store, &known).await? {
        engine.changes.tell(format!("ticket:{ticket}"));
    }
    Ok(None)
}

fn spot(wish: &Row) -> Spot {
    Spot {
        folder: wish.folder.clone(),
        uid_validity: u32::try_from(wish.uid_validity).unwrap_or(0),
        uid: u32::try_from(wish.uid).unwrap_or(0),
    }
}
