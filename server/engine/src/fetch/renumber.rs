//! UIDVALIDITY changed (RFC 9051 2.3.1.1): the numbers we know mean nothing any more. What is
//! known by its headers keeps its receipt under the new number; only the rest is imported.

use super::{Broken, Job};
use crate::imap::{Fetched, Session};
use crate::source::{self, Known};
use crate::store::folders::Row;
use crate::store::receipts::{self, New};
use crate::store::{self, events, folders};
use crate::{Engine, clock};
use domain::console::mailboxes::Event;
use domain::id::{FolderId, MailboxId};
use domain::receipt::Disposition;
use std::collections::HashMap;

/// Headers asked for at once.
const AT_ONCE: usize = 100;

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
    let there = session.search_uids(1, None).await?;
    let mut matched = receipts::uids_after(&engine.store, folder, uid_validity, 0).await?;
    let rest: Vec<u32> = there.iter().copied().filter(|uid| !matched.contains(uid)).collect();
    let mut known = u32::try_from(matched.len()).unwrap_or(u32::MAX);
    let mut fresh = 0_u32;
    for part in rest.chunks(AT_ONCE) {
        let _share = engine.net.memory(part.len() as u64 * (8 << 10)).await;
        let headers = session.headers(part).await?;
        let read: Vec<(Fetched, Known)> = headers
            .into_iter()
            .map(|f| {
                let known = source::known(f.header.as_deref().or(f.body.as_deref()).unwrap_or_default());
                (f, known)
            })
            .collect();
        let keys: Vec<String> = read.iter().map(|(_, known)| known.key.clone()).collect();
        let tx = engine.store.begin().await?;
        receipts::hold(&tx, job.claim).await?;
        let mut candidates: HashMap<String, Vec<receipts::Row>> = HashMap::new();
        for old in receipts::by_keys(&tx, folder, uid_validity, &keys).await? {
            candidates.entry(old.message_key.clone().unwrap_or_default()).or_default().push(old);
        }
        for (one, known_by) in read {
            let same = candidates.get_mut(&known_by.key).and_then(|old| take_same(old, &one, &known_by));
            if let Some(old) = same {
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
    folders::renumber(&tx, folder, uid_validity).await?;
    let event = Event::Renumbered { folder: row.name.clone(), known, new: fresh };
    events::note(&tx, job.claim.mailbox, clock::now(), &event, None).await?;
    store::commit(tx).await?;
    tracing::info!(mailbox = job.claim.mailbox.0, folder = row.id, known, new = fresh, "the folder was renumbered");
    engine.changes.tell(format!("mailbox:{}", job.claim.mailbox));
    Ok(())
}

/// The receipt of the same message: equal digest; of several alike the one that arrived at the
/// same time, each only once.
pub(super) fn take_same(old: &mut Vec<receipts::Row>, one: &Fetched, known: &Known) -> Option<receipts::Row> {
    let alike = |row: &receipts::Row| row.header_digest.as_deref() == Some(known.digest.as_slice());
    let then = |row: &receipts::Row| one.arrived_at.is_some_and(|at| at.0 == row.arrived_at);
    let place = old.iter().position(|row| alike(row) && then(row)).or_else(|| old.iter().position(alike))?;
    Some(old.swap_remove(place))
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
