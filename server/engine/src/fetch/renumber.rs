//! UIDVALIDITY changed (RFC 9051 2.3.1.1): the numbers we know mean nothing any more. What is
//! known by its headers keeps its receipt under the new number; only the rest is imported.

use super::alike::{self, AT_ONCE, Candidates};
use super::{Broken, Job};
use crate::imap::{Fetched, Session};
use crate::store::folders::Row;
use crate::store::receipts::{self, New};
use crate::store::{self, events, folders};
use crate::{Engine, clock};
use domain::console::mailboxes::Event;
use domain::id::{FolderId, MailboxId};
use domain::receipt::Disposition;

/// Matches everything in the folder with what we know. Can be broken off and begun again: what
/// was matched has its new number already.
pub async fn renumber(
    engine: &Engine,
    job: &Job,
    session: &mut Session,
    row: &Row,
    uid_validity: u32,
) -> Result<(), Broken> {
    let folder = FolderId(row.id);
    let there = session.uids(1, None).await?;
    let mut matched = receipts::uids_after(&engine.store, folder, uid_validity, 0).await?;
    let rest: Vec<u32> = there.iter().copied().filter(|uid| !matched.contains(uid)).collect();
    let mut known = u32::try_from(matched.len()).unwrap_or(u32::MAX);
    let mut fresh = 0_u32;
    for part in rest.chunks(AT_ONCE) {
        let read = alike::read(engine, session, part).await?;
        let tx = engine.store.begin().await?;
        receipts::hold(&tx, job.claim).await?;
        let mut candidates = Candidates::of(receipts::by_keys(&tx, folder, uid_validity, &read.keys()).await?);
        for (one, known_by) in read.messages {
            if let Some(old) = candidates.take(&one, &known_by) {
                receipts::remap(&tx, &old, uid_validity, one.uid).await?;
                matched.insert(one.uid);
                known += 1;
            } else if let (Some(at), Some(since)) = (one.arrived_at, row.import_since)
                && at.0 < since
            {
                // It was there before the import began and is still not wanted.
                receipts::write(
                    &tx,
                    before_import(folder, MailboxId(row.mailbox_id), uid_validity, &one, at),
                    clock::now(),
                )
                .await?;
                matched.insert(one.uid);
            } else {
                fresh += 1;
            }
        }
        fail::fail_point!("amid-renumber");
        store::commit(tx).await?;
    }
    let tx = engine.store.begin().await?;
    receipts::hold(&tx, job.claim).await?;
    if !folders::renumber(&tx, row, uid_validity).await? {
        return Ok(());
    }
    let event = Event::Renumbered { folder: row.name.clone(), known, new: fresh };
    events::note(&tx, job.claim.mailbox, clock::now(), &event, None).await?;
    store::commit(tx).await?;
    tracing::info!(mailbox = job.claim.mailbox.0, folder = row.id, known, new = fresh, "the folder was renumbered");
    engine.changes.tell(format!("mailbox:{}", job.claim.mailbox));
    Ok(())
}

fn before_import(folder: FolderId, mailbox: MailboxId, uid_validity: u32, one: &Fetched, at: domain::Time) -> New {
    New {
        folder,
        uid_validity,
        uid: one.uid,
        mailbox,
        source: None,
        disposition: Disposition::BeforeImport,
        reason: None,
        arrived_at: at,
        late: false,
        delete_due_at: None,
        message_key: None,
        header_digest: None,
        tidy: None,
    }
}
