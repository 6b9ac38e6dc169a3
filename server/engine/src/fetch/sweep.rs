//! Deleting on the server what is stored here, because the admin wants so (R5), and our own test mails (R10).

use super::Broken;
use crate::imap::Session;
use crate::store::receipts::{self, Claim};
use crate::{Engine, clock, store};
use domain::id::FolderId;

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
    if !all && session.select(name).await?.uid_validity != uid_validity {
        return Ok(());
    }
    for part in due.chunks(100) {
        // What another node has by now is another node's to delete.
        let tx = engine.store.begin().await?;
        receipts::hold(&tx, claim).await?;
        store::commit(tx).await?;
        fail::fail_point!("before-delete");
        session.delete(part).await?;
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
