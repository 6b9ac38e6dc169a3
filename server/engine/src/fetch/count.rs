//! What the first import would bring: counted, and the newest few looked at by their headers. No body is asked for.

use super::{Broken, begin};
use crate::Engine;
use crate::clock;
use crate::imap::{self, Session};
use crate::mime;
use crate::store::{folders, imports, mailboxes, receipts};
use domain::console::imports::{Count, FolderCount, Sample};
use domain::console::mailboxes::ImportFrom;
use domain::id::{FolderId, MailboxId};

/// Messages shown.
const SAMPLE: usize = 5;

/// Counts on the session at hand, folder after folder, each opened for reading only, and keeps the result. The
/// session has another folder open afterwards.
pub async fn count(engine: &Engine, mailbox: MailboxId, session: &mut Session) -> Result<(), Broken> {
    let Some(row) = mailboxes::get(&engine.store, mailbox).await? else { return Ok(()) };
    let from = imports::chosen(&row);
    let (mut counts, mut sample) = (Vec::new(), Vec::new());
    for folder in folders::of(&engine.store, mailbox).await? {
        let selected = match session.examine(&folder.name).await {
            Ok(selected) => selected,
            Err(fault) if imap::is_refusal(&fault) => {
                counts.push(FolderCount { folder: folder.name, messages: None, of: 0 });
                continue;
            }
            Err(fault) => return Err(fault.into()),
        };
        let mut uids = match from {
            ImportFrom::Now => Vec::new(),
            ImportFrom::Beginning => session.uids(1, None).await?,
            ImportFrom::Date(date) => begin::since(session, date, u32::MAX).await?,
        };
        // What came in since the connection is here already.
        if folder.uid_validity == Some(i64::from(selected.uid_validity)) {
            let id = FolderId(folder.id);
            let known = receipts::uids_after(&engine.store, id, selected.uid_validity, 0).await?;
            uids.retain(|uid| !known.contains(uid));
        }
        let newest = &uids[uids.len().saturating_sub(SAMPLE)..];
        if !newest.is_empty() {
            let told = match session.headers(newest).await {
                // The number counts without them.
                Err(fault) if imap::is_refusal(&fault) => Vec::new(),
                told => told?,
            };
            sample.extend(told.into_iter().map(|one| {
                let (from, subject) = mime::headline(one.header.as_deref().or(one.body.as_deref()).unwrap_or_default());
                Sample { at: one.arrived_at, from, subject }
            }));
        }
        let messages = u32::try_from(uids.len()).unwrap_or(u32::MAX);
        counts.push(FolderCount { folder: folder.name, messages: Some(messages), of: selected.exists });
    }
    sample.sort_by_key(|one| std::cmp::Reverse(one.at));
    sample.truncate(SAMPLE);
    let count = Count { counted_at: clock::now(), folders: counts, sample };
    if let Ok(text) = serde_json::to_string(&count) {
        imports::keep_count(&engine.store, mailbox, text).await?;
    }
    tracing::info!(mailbox = mailbox.0, messages = count.messages(), "a first import was counted");
    engine.changes.tell(format!("mailbox:{mailbox}"));
    Ok(())
}
