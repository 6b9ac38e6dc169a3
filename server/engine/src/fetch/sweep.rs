//! What becomes of mail on the server once it is stored here, because the admin wants so: deleted
//! (R5), marked as read, or moved. And our own test mails go (R10).
//!
//! Invariants: only what a committed receipt says is touched, by UID; nothing is expunged but those
//! UIDs (RFC 4315): without UIDPLUS nothing is deleted, for a plain EXPUNGE would take along what
//! others marked. What a server can't do is written down, and its mail stays; what it refuses is
//! asked for again after a growing pause.

use super::{Broken, Care, Job};
use crate::imap::{self, Session};
use crate::login::Fault;
use crate::store::receipts::{self, MARK_READ, MOVE};
use crate::store::{self, folders};
use crate::{Engine, clock};
use domain::console::mailboxes::Tidy;
use domain::id::FolderId;
use domain::time::Span;

/// When a server that did not let us delete is asked again.
const LATER: Span = Span::hours(6);

/// Done in one command.
const AT_ONCE: usize = 100;

/// Why mail is left where it is.
const NO_UIDPLUS: &str = "uidplus";
const NO_MOVE: &str = "move";
const REFUSED: &str = "refused";

/// Deletes what is due, by UID; where the admin keeps mail on the server only our own test mails.
pub async fn sweep(
    engine: &Engine,
    job: &Job,
    care: &mut Care,
    session: &mut Session,
    folder: FolderId,
    name: &str,
    uid_validity: u32,
) -> Result<(), Broken> {
    let all = job.delete;
    let (tidied, mut left) = tidy(engine, job, care, session, folder, uid_validity).await?;
    let due = receipts::deletable(&engine.store, folder, uid_validity, all, clock::now()).await?;
    if !due.is_empty() && !session.can("UIDPLUS") {
        left = all.then_some(NO_UIDPLUS).or(left);
    } else if !due.is_empty() && !delete(engine, job, session, folder, name, uid_validity, &due).await? {
        left = all.then_some(REFUSED).or(left);
    }
    let known = folders::get(&engine.store, folder).await?.and_then(|row| row.left_there);
    // Nothing to be done says nothing of what the server can do, nor does marking of what is deleted.
    let settled = left.is_some() || (tidied && !all) || !due.is_empty() || !job.writes();
    if settled && known.as_deref() != left {
        folders::left_there(engine.store.write(), folder, left).await?;
        engine.changes.tell(format!("mailbox:{}", job.claim.mailbox));
    }
    Ok(())
}

/// Whether the server let us.
async fn delete(
    engine: &Engine,
    job: &Job,
    session: &mut Session,
    folder: FolderId,
    name: &str,
    uid_validity: u32,
    due: &[u32],
) -> Result<bool, Broken> {
    // A folder in which nothing is changed is open for reading only.
    if !job.writes() {
        match session.select(name).await {
            Ok(selected) if selected.uid_validity == uid_validity => {}
            Ok(_) => return Ok(true),
            Err(fault) => {
                refused(engine, job, folder, uid_validity, due, fault).await?;
                session.examine(name).await?;
                return Ok(false);
            }
        }
    }
    let mut done = true;
    for part in due.chunks(AT_ONCE) {
        // What another node has by now is another node's to delete.
        let tx = engine.store.begin().await?;
        receipts::hold(&tx, job.claim).await?;
        store::commit(tx).await?;
        fail::fail_point!("before-delete");
        if let Err(fault) = session.delete(part).await {
            refused(engine, job, folder, uid_validity, part, fault).await?;
            done = false;
            continue;
        }
        fail::fail_point!("after-delete");
        let tx = engine.store.begin().await?;
        receipts::hold(&tx, job.claim).await?;
        receipts::deleted(&tx, folder, uid_validity, part, clock::now()).await?;
        store::commit(tx).await?;
    }
    if !job.writes() {
        session.examine(name).await?;
        engine.changes.tell(format!("mailbox:{}", job.claim.mailbox));
    }
    Ok(done)
}

/// Marks and moves what stays: whether there was anything, and why it could not be done.
async fn tidy(
    engine: &Engine,
    job: &Job,
    care: &mut Care,
    session: &mut Session,
    folder: FolderId,
    uid_validity: u32,
) -> Result<(bool, Option<&'static str>), Broken> {
    let (word, to) = match &job.after.tidy {
        Tidy::Leave => return Ok((false, None)),
        Tidy::MarkRead => (MARK_READ, None),
        Tidy::MoveTo(_) if job.delete => return Ok((false, None)),
        Tidy::MoveTo(to) => (MOVE, Some(to.as_str())),
    };
    let due = receipts::untidy(&engine.store, folder, uid_validity, word).await?;
    if due.is_empty() {
        return Ok((false, None));
    }
    if to.is_some() && !session.can("MOVE") && !session.can("UIDPLUS") {
        return Ok((true, Some(NO_MOVE)));
    }
    if care.leaves(&job.after.tidy, clock::now()) {
        return Ok((true, Some(REFUSED)));
    }
    let mut left = None;
    for part in due.chunks(AT_ONCE) {
        let tx = engine.store.begin().await?;
        receipts::hold(&tx, job.claim).await?;
        store::commit(tx).await?;
        let done = match to {
            None => session.mark_read(part).await,
            Some(to) => session.move_to(part, to).await,
        };
        match done {
            Ok(()) => {}
            Err(fault) if imap::is_refusal(&fault) => {
                // Perhaps because of one message among them: the others are not left for its sake.
                tracing::info!(mailbox = job.claim.mailbox.0, "the server refuses to mark or move");
                left = Some(REFUSED);
                continue;
            }
            Err(fault) => return Err(fault.into()),
        }
        let tx = engine.store.begin().await?;
        receipts::hold(&tx, job.claim).await?;
        receipts::tidied(&tx, folder, uid_validity, part, to.map(|_| clock::now())).await?;
        store::commit(tx).await?;
    }
    care.tidied(&job.after.tidy, left.is_none(), clock::now(), rand::random());
    Ok((true, left))
}

/// The account may only read here (Dovecot: `NO [NOPERM]`, Exchange: read-only access to a shared
/// mailbox). Mail comes in all the same, so the direction is as well as before: what the admin
/// wants deleted is tried again later, a test mail of ours stays where it is.
async fn refused(
    engine: &Engine,
    job: &Job,
    folder: FolderId,
    uid_validity: u32,
    uids: &[u32],
    fault: Fault,
) -> Result<(), Broken> {
    if !imap::is_refusal(&fault) {
        return Err(fault.into());
    }
    tracing::warn!(mailbox = job.claim.mailbox.0, messages = uids.len(), "the server does not let us delete");
    let again = job.delete.then(|| clock::now() + LATER);
    let tx = engine.store.begin().await?;
    receipts::hold(&tx, job.claim).await?;
    receipts::put_off(&tx, folder, uid_validity, uids, again).await?;
    store::commit(tx).await?;
    Ok(())
}
