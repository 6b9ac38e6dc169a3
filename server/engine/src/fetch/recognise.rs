//! The mailbox moved to another provider and its mail was copied there: what is known by its
//! headers from the folders that were left gets a receipt without being fetched; only the rest is
//! imported. The old receipts stay, so that the old side can be gone back to.

use super::alike::{self, AT_ONCE, Candidates};
use super::{Broken, Job};
use crate::imap::Session;
use crate::store::folders::{self, Beginning, Row};
use crate::store::receipts::{self, New};
use crate::store::{self, events, switches};
use crate::{Engine, clock};
use domain::Time;
use domain::console::mailboxes::Event;
use domain::folder::FolderRole;
use domain::id::{FolderId, MailboxId};
use domain::receipt::Disposition;

/// A receipt's reason: the message was known from the side that was left.
const MOVED: &str = "moved";

/// The folder in whose place this one is, on the side that the newest switch left: the one of
/// this name, else the first inbox.
fn before<'a>(left: &'a [Row], row: &Row) -> Option<&'a Row> {
    let newest = left.iter().filter_map(|f| f.former_switch_id).max()?;
    let side = || left.iter().filter(move |f| f.former_switch_id == Some(newest));
    let inbox = || side().filter(|f| f.role == FolderRole::Inbox.key()).min_by_key(|f| (f.place, f.id));
    side().find(|f| f.name == row.name && f.watched).or_else(inbox)
}

/// Matches everything in a new folder with what the left ones knew. Can be broken off and begun
/// again: what was matched has its receipt already.
pub async fn recognise(
    engine: &Engine,
    job: &Job,
    session: &mut Session,
    row: &Row,
    uid_validity: u32,
) -> Result<(), Broken> {
    let (folder, mailbox) = (FolderId(row.id), job.claim.mailbox);
    let left = switches::left_folders(engine.store.read(), mailbox).await?;
    let ids: Vec<i64> = left.iter().map(|f| f.id).collect();
    // Older than the import of the side that was left, and not wanted here either.
    let since = before(&left, row).and_then(|f| f.import_since).map(Time);
    let there = session.uids(1, None).await?;
    let matched = receipts::uids_after(&engine.store, folder, uid_validity, 0).await?;
    let mut known = u32::try_from(matched.len()).unwrap_or(u32::MAX);
    let mut fresh = 0_u32;
    let rest: Vec<u32> = there.into_iter().filter(|uid| !matched.contains(uid)).collect();
    for part in rest.chunks(AT_ONCE) {
        let read = alike::read(engine, session, part).await?;
        let tx = engine.store.begin().await?;
        receipts::hold(&tx, job.claim).await?;
        let mut candidates = Candidates::of(receipts::by_keys_in(&tx, &ids, &read.keys()).await?);
        for (one, by) in read.messages {
            let same = candidates.take(&one, &by);
            let old = one.arrived_at.zip(since).is_some_and(|(at, since)| at < since);
            // It was not wanted on the side that was left: known, but not here.
            let unwanted = same.as_ref().is_some_and(|row| row.disposition == Disposition::BeforeImport.key());
            let same = same.filter(|_| !unwanted);
            let disposition = match (&same, old || unwanted) {
                (Some(_), _) => Disposition::Duplicate,
                (None, true) => Disposition::BeforeImport,
                (None, false) => {
                    fresh += 1;
                    continue;
                }
            };
            known += u32::from(same.is_some());
            let new = New {
                folder,
                uid_validity,
                uid: one.uid,
                mailbox: MailboxId(row.mailbox_id),
                source: None,
                disposition,
                reason: same.as_ref().map(|_| MOVED),
                arrived_at: one.arrived_at.unwrap_or_else(clock::now),
                late: false,
                // Deleted here too, where the mailbox is to be left empty; but only what was to be
                // deleted there: the rest, such as a message over the limit, is not here as a whole.
                delete_due_at: same.filter(|row| job.delete && row.delete_due_at.is_some()).map(|_| clock::now()),
                message_key: Some(by.key),
                header_digest: Some(by.digest),
                tidy: None,
            };
            receipts::write(&tx, new, clock::now()).await?;
        }
        fail::fail_point!("amid-recognise");
        store::commit(tx).await?;
    }
    let tx = engine.store.begin().await?;
    receipts::hold(&tx, job.claim).await?;
    let beginning = Beginning { uid_validity, before: 0, upto: 0, since, found: fresh };
    if !folders::begin(&tx, row, beginning).await? {
        return Ok(());
    }
    switches::recognised(&tx, folder).await?;
    switches::note_recognised(&tx, mailbox, known, fresh).await?;
    events::note(&tx, mailbox, clock::now(), &Event::Recognised { known, new: fresh }, None).await?;
    store::commit(tx).await?;
    tracing::info!(mailbox = mailbox.0, folder = row.id, known, new = fresh, "known mail was recognised");
    engine.changes.tell(format!("mailbox:{mailbox}"));
    Ok(())
}
