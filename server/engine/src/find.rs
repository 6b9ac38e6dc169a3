//! *Why is this mail not a ticket?*: looks for a mail in the ledger and, live, in all folders of
//! the mailbox, and says what became of it.
//!
//! Invariant: looking changes nothing, here or on the server.

use crate::directions::{self, NoAccess};
use crate::imap::{self, Session};
use crate::login::Fault;
use crate::mime::{self, Heading};
use crate::store::folders::Row;
use crate::store::{StoreError, find as rows, folders, mailboxes, receipts, sources};
use crate::{Engine, errand};
use domain::console::ledger::{Found, Lookup, Spot, Why};
use domain::folder::FolderRole;
use domain::id::{FolderId, MailboxId, SourceId};
use domain::receipt::Disposition;
use domain::{Address, Answer, Direction, Refusal, Time};
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::timeout;

/// Shown of one search.
const MOST: usize = 50;
/// Hits of one folder that are read.
const OF_FOLDER: usize = 20;
/// Folders searched.
const FOLDERS: usize = 60;
/// How long the server may be asked.
const PATIENCE: Duration = Duration::from_secs(25);

/// A message as the server holds it.
struct Hit {
    folder: String,
    role: FolderRole,
    uid_validity: u32,
    uid: u32,
    arrived_at: Time,
    heading: Heading,
}

/// Searches by sender, subject or Message-ID.
///
/// # Errors
/// The database's. A server that can't be asked is a part of the answer.
pub async fn look_up(engine: &Engine, row: &mailboxes::Row, words: &str) -> Answer<Lookup> {
    let mailbox = MailboxId(row.id);
    let words = words.trim().trim_start_matches('<').trim_end_matches('>');
    let address = Address::parse(&row.address).map_err(|_| Refusal::Unavailable)?;
    let mut lookup = Lookup { address, found: Vec::new(), more: false, folders: 0, not_searched: None };
    let hits = match live(engine, mailbox, words).await {
        Ok((hits, folders)) => {
            lookup.folders = folders;
            hits
        }
        Err(why) => {
            lookup.not_searched = Some(why);
            Vec::new()
        }
    };
    let mine = folders::all(&engine.store, mailbox).await?;
    let mut shown: Vec<Numbers> = Vec::new();
    for hit in hits {
        let (found, receipt) = on_server(engine, mailbox, &mine, hit).await?;
        shown.extend(receipt);
        lookup.found.push(found);
    }
    for found in in_ledger(engine, mailbox, words).await? {
        if !shown.contains(&found.receipt) {
            lookup.found.push(found.found);
        }
    }
    lookup.found.sort_by_key(|found| std::cmp::Reverse(found.at));
    lookup.more = lookup.found.len() > MOST;
    lookup.found.truncate(MOST);
    Ok(lookup)
}

/// What the ledger says of a message that lies on the server.
async fn on_server(
    engine: &Engine,
    mailbox: MailboxId,
    mine: &[Row],
    hit: Hit,
) -> Result<(Found, Option<Numbers>), StoreError> {
    let row = mine.iter().find(|row| row.name == hit.folder);
    let numbered = row.filter(|row| row.uid_validity == Some(hit.uid_validity.into()));
    let receipt = match row {
        Some(row) => receipts::get(&engine.store, FolderId(row.id), hit.uid_validity, hit.uid).await?,
        None => None,
    };
    let receipt = match receipt {
        Some(receipt) => Some(receipt),
        // Moved there after it came in.
        None => rows::by_key(&engine.store, mailbox, &hit.heading.key).await?,
    };
    let known = receipt.as_ref().map(|r| (r.folder_id, narrow(r.uid_validity), narrow(r.uid)));
    let uid = i64::from(hit.uid);
    let why = match (&receipt, numbered) {
        (Some(receipt), _) => Why::Receipt {
            disposition: Disposition::from_key(&receipt.disposition).unwrap_or(Disposition::Stored),
            reason: receipt.reason.clone(),
        },
        (None, Some(row)) if row.watched && uid <= row.import_before => Why::BeforeImport,
        (None, Some(row)) if row.watched && uid <= row.cursor => Why::Unexplained,
        (None, _) if row.is_some_and(|row| row.watched && row.role != FolderRole::Sent.key()) => Why::OnItsWay,
        (None, _) => Why::NotWatched { role: hit.role },
    };
    let ticket = match &receipt {
        Some(receipt) => rows::ticket(&engine.store, receipt).await?,
        None => None,
    };
    let ours = matches!(hit.role, FolderRole::Sent | FolderRole::Drafts);
    let importable = ticket.is_none() && !ours && may_import(&why);
    let spot = Spot { folder: hit.folder, uid_validity: hit.uid_validity, uid: hit.uid };
    let found = Found {
        from: hit.heading.from,
        subject: hit.heading.subject,
        at: hit.arrived_at,
        spot: Some(spot),
        why,
        ticket,
        importable,
    };
    Ok((found, known))
}

fn may_import(why: &Why) -> bool {
    match why {
        Why::Receipt { disposition, .. } => {
            !matches!(disposition, Disposition::Stored | Disposition::Quarantined | Disposition::Own)
        }
        Why::BeforeImport | Why::NotWatched { .. } | Why::Unexplained => true,
        Why::OnItsWay => false,
    }
}

fn narrow(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(0)
}

/// A receipt by folder, UIDVALIDITY and UID.
type Numbers = (i64, u32, u32);

struct InLedger {
    receipt: Numbers,
    found: Found,
}

/// What the ledger itself knows by these words, on the server or not.
async fn in_ledger(engine: &Engine, mailbox: MailboxId, words: &str) -> Result<Vec<InLedger>, StoreError> {
    let store = &engine.store;
    let names: HashMap<i64, String> =
        folders::all(store, mailbox).await?.into_iter().map(|row| (row.id, row.name)).collect();
    let mut all: Vec<(receipts::Row, Heading)> = rows::messages(store, mailbox, words, MOST as u64)
        .await?
        .into_iter()
        .map(|(receipt, from, subject)| (receipt, Heading { from, subject, ..Heading::default() }))
        .collect();
    // What became no message has its words in its source alone.
    let without = rows::without_message(store, mailbox).await?;
    let mut headers = Vec::with_capacity(without.len());
    for receipt in &without {
        let first = match receipt.source_id {
            Some(id) => sources::chunk(store, SourceId(id), 0).await?,
            None => None,
        };
        let mut first = first.unwrap_or_default();
        first.truncate(64 << 10);
        headers.push(first);
    }
    let headings = mime::headings(headers).await.unwrap_or_default();
    all.extend(without.into_iter().zip(headings).filter(|(_, heading)| heading.has(words)));
    let mut found = Vec::new();
    for (receipt, heading) in all {
        let ticket = rows::ticket(store, &receipt).await?;
        let why = Why::Receipt {
            disposition: Disposition::from_key(&receipt.disposition).unwrap_or(Disposition::Stored),
            reason: receipt.reason.clone(),
        };
        let spot = Spot {
            folder: names.get(&receipt.folder_id).cloned().unwrap_or_default(),
            uid_validity: narrow(receipt.uid_validity),
            uid: narrow(receipt.uid),
        };
        let importable = ticket.is_none() && receipt.source_id.is_some() && may_import(&why);
        found.push(InLedger {
            receipt: (receipt.folder_id, spot.uid_validity, spot.uid),
            found: Found {
                from: heading.from,
                subject: heading.subject,
                at: Time(receipt.arrived_at),
                spot: importable.then_some(spot),
                why,
                ticket,
                importable,
            },
        });
    }
    Ok(found)
}

/// Asks the server; how many folders it was asked about.
async fn live(engine: &Engine, mailbox: MailboxId, words: &str) -> Result<(Vec<Hit>, u32), String> {
    let access = match directions::access(engine, mailbox, Direction::Incoming).await {
        Ok(access) => access,
        Err(NoAccess::Fault(fault)) => return Err(fault.said),
        Err(NoAccess::Store(error)) => {
            tracing::warn!(mailbox = mailbox.0, %error, "a search has no access");
            return Err(String::new());
        }
        Err(NoAccess::NotNow | NoAccess::NotBefore(_)) => return Err(String::new()),
    };
    let searched = async {
        let mut turn = errand::turn(engine, mailbox, &access).await?;
        let found = everywhere(engine, &mut turn.session, words).await?;
        turn.rest();
        Ok::<_, Fault>(found)
    };
    let searched = timeout(PATIENCE, searched).await;
    // The session that watches may have made room for this one.
    engine.wake.mailbox(mailbox);
    match searched {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(fault)) => Err(fault.said),
        Err(_) => Err("no answer in time".into()),
    }
}

async fn everywhere(engine: &Engine, session: &mut Session, words: &str) -> Result<(Vec<Hit>, u32), Fault> {
    let mut listed = session.list().await?;
    listed.retain(|folder| folder.selectable);
    // Views show again what lies elsewhere.
    listed.sort_by_key(|folder| folder.role == FolderRole::View);
    let (mut hits, mut searched): (Vec<Hit>, u32) = (Vec::new(), 0);
    for folder in listed.into_iter().take(FOLDERS) {
        let selected = match session.examine(&folder.name).await {
            Ok(selected) => selected,
            Err(fault) if imap::is_refusal(&fault) => continue,
            Err(fault) => return Err(fault),
        };
        searched += 1;
        if selected.exists == 0 {
            continue;
        }
        let mut uids = matching(session, words).await?;
        uids.drain(..uids.len().saturating_sub(OF_FOLDER));
        if uids.is_empty() {
            continue;
        }
        let _share = engine.net.memory(uids.len() as u64 * (8 << 10)).await;
        let fetched = session.headers(&uids).await?;
        let headers = fetched.iter().map(|f| f.header.clone().or(f.body.clone()).unwrap_or_default()).collect();
        let headings = mime::headings(headers).await.unwrap_or_default();
        for (one, heading) in fetched.into_iter().zip(headings) {
            let again = folder.role == FolderRole::View && hits.iter().any(|hit| hit.heading.key == heading.key);
            if again || !(words.is_ascii() || heading.has(words)) {
                continue;
            }
            hits.push(Hit {
                folder: folder.name.clone(),
                role: folder.role,
                uid_validity: selected.uid_validity,
                uid: one.uid,
                arrived_at: one.arrived_at.or(heading.date).unwrap_or(crate::clock::now()),
                heading,
            });
        }
    }
    Ok((hits, searched))
}

/// UIDs in the open folder; what is not ASCII is asked for in UTF-8, and where a server takes none
/// by its longest part that is.
async fn matching(session: &mut Session, words: &str) -> Result<Vec<u32>, Fault> {
    if words.is_ascii() {
        return session.search_words(words, false).await;
    }
    match session.search_words(words, true).await {
        Err(fault) if imap::is_refusal(&fault) => {}
        found => return found,
    }
    let part = words.split(|c: char| !c.is_ascii_alphanumeric()).max_by_key(|part| part.len()).unwrap_or_default();
    if part.len() < 2 { Ok(Vec::new()) } else { session.search_words(part, false).await }
}
