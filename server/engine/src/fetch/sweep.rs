//! Deleting on the server what is stored here, because the admin wants so (R5), and our own test mails (R10).

use super::Broken;
use crate::imap::{self, Session};
use crate::login::Fault;
use crate::store::receipts::{self, Claim};
use crate::{Engine, clock, store};
use domain::id::FolderId;
use domain::time::Span;

/// When a server that did not let us delete is asked again.
const LATER: Span = Span::hours(6);

/// Deletes what is due, by UID; where the admin keeps mail on the server only our own test mails.
/// Without UIDPLUS nothing is deleted: a plain EXPUNGE would take along what others marked.
pub async fn sweep(
    engine: &Engine,
    claim: Claim,
    session: &mut Session,
    folder: FolderId,
    name: &str,
    uid_validity: u32,
    all: bool,
) -> Result<(), Broken> {
    if !session.can("UIDPLUS") {
        return Ok(());
    }
    let due = receipts::deletable(&engine.store, folder, uid_validity, all, clock::now()).await?;
    if due.is_empty() {
        return Ok(());
    }
    // A folder from which nothing is deleted is open for reading only.
    if !all {
        match session.select(name).await {
            Ok(selected) if selected.uid_validity == uid_validity => {}
            Ok(_) => return Ok(()),
            Err(fault) => {
                refused(engine, claim, folder, uid_validity, &due, all, fault).await?;
                session.examine(name).await?;
                return Ok(());
            }
        }
    }
    for part in due.chunks(100) {
        // What another node has by now is another node's to delete.
        let tx = engine.store.begin().await?;
        receipts::hold(&tx, claim).await?;
        store::commit(tx).await?;
        fail::fail_point!("before-delete");
        if let Err(fault) = session.delete(part).await {
            refused(engine, claim, folder, uid_validity, part, all, fault).await?;
            continue;
        }
        fail::fail_point!("after-delete");
        let tx = engine.store.begin().await?;
        receipts::hold(&tx, claim).await?;
        receipts::deleted(&tx, folder, uid_validity, part, clock::now()).await?;
        store::commit(tx).await?;
    }
    if !all {
        session.examine(name).await?;
        engine.changes.tell(format!("mailbox:{}", claim.mailbox));
    }
    Ok(())
}

/// The account may only read here (Dovecot: `NO [NOPERM]`, Exchange: read-only access to a shared
/// mailbox). Mail comes in all the same, so the direction is as well as before: what the admin
/// wants deleted is tried again later, a test mail of ours stays where it is.
async fn refused(
    engine: &Engine,
    claim: Claim,
    folder: FolderId,
    uid_validity: u32,
    uids: &[u32],
    all: bool,
    fault: Fault,
) -> Result<(), Broken> {
    if !imap::is_refusal(&fault) {
        return Err(fault.into());
    }
    tracing::warn!(mailbox = claim.mailbox.0, messages = uids.len(), "the server does not let us delete");
    let again = all.then(|| clock::now() + LATER);
    let tx = engine.store.begin().await?;
    receipts::hold(&tx, claim).await?;
    receipts::put_off(&tx, folder, uid_validity, uids, again).await?;
    store::commit(tx).await?;
    Ok(())
}
