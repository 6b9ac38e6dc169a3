//! UIDs that were given out and are gone before anybody here saw them: something else takes mail
//! from the mailbox.

use super::{Broken, Job};
use crate::store::folders::Row;
use crate::store::{self, receipts, vanished};
use crate::{Engine, clock};
use domain::id::FolderId;
use domain::ledger::never_seen;

/// Accounts for every number below `next`. `there`: the UIDs that the server holds from the
/// folder's `seen_next` on, in order.
///
/// # Errors
/// The database's, or another node's claim.
pub async fn note(
    engine: &Engine,
    job: &Job,
    row: &Row,
    uid_validity: u32,
    next: u32,
    there: &[u32],
) -> Result<(), Broken> {
    let seen = row.seen_next.and_then(|n| u32::try_from(n).ok());
    if row.uid_validity != Some(uid_validity.into()) || seen.is_some_and(|seen| next <= seen) {
        return Ok(());
    }
    let mut ranges = Vec::new();
    if let Some(from) = seen {
        let mut known: Vec<u32> =
            receipts::uids_after(&engine.store, FolderId(row.id), uid_validity, from.saturating_sub(1))
                .await?
                .into_iter()
                .chain(there.iter().copied())
                .collect();
        known.sort_unstable();
        known.dedup();
        ranges = never_seen(from, next, &known);
    }
    let tx = engine.store.begin().await?;
    receipts::hold(&tx, job.claim).await?;
    let noted = vanished::note(&tx, row, uid_validity, next, &ranges, clock::now()).await?;
    store::commit(tx).await?;
    if noted {
        let messages: u32 = ranges.iter().map(|(first, last)| last - first + 1).sum();
        tracing::warn!(
            mailbox = job.claim.mailbox.0,
            folder = row.id,
            messages,
            "messages vanished before they were seen"
        );
        engine.changes.tell(format!("mailbox:{}", job.claim.mailbox));
    }
    Ok(())
}
