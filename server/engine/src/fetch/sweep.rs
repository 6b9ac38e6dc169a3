//! Deleting on the server what is stored here, because the admin wants so (R5).

use super::Broken;
use crate::imap::Session;
use crate::store::receipts;
use crate::{Engine, clock};
use domain::id::FolderId;

/// Deletes what is due, by UID. Without UIDPLUS nothing is deleted: a plain EXPUNGE would take
/// along what others marked.
pub async fn sweep(engine: &Engine, session: &mut Session, folder: FolderId, uid_validity: u32) -> Result<(), Broken> {
    if !session.can("UIDPLUS") {
        return Ok(());
    }
    let due = receipts::deletable(&engine.store, folder, uid_validity, clock::now()).await?;
    for part in due.chunks(100) {
        fail::fail_point!("before-delete");
        session.delete(part).await?;
        fail::fail_point!("after-delete");
        receipts::deleted(&engine.store, folder, uid_validity, part, clock::now()).await?;
    }
    Ok(())
}
