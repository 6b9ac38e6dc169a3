//! The nightly comparison of a mailbox with its ledger, also on demand: every difference is
//! explained, or told to whoever runs the desk.
//!
//! Invariants: a failed or partial SEARCH is never believed: what broke off changes nothing; a
//! folder's receipts are read after the server was asked, so that none is missed that a pass wrote
//! meanwhile.

use crate::fetch::{self, Broken, Job};
use crate::imap::{self, Session};
use crate::login::Fault;
use crate::store::folders::Row;
use crate::store::receipts::{self, Claim};
use crate::store::{self, StoreError, folders, ledger, listed, mailboxes};
use crate::{Engine, clock, net};
use domain::console::ledger::{FolderSum, Report};
use domain::folder::FolderRole;
use domain::id::{FolderId, MailboxId, PersonId};
use domain::ledger::{Marks, compare};
use domain::time::Span;
use domain::{Diagnosis, Time};

/// The hour of the nightly one, UTC.
const NIGHT: Span = Span::hours(3);
/// Mailboxes take turns within an hour.
const APART: Span = Span::minutes(1);
/// One that broke off is tried again after this.
const AGAIN: Span = Span::hours(1);
/// Folders outside the ledger that are counted.
const COUNTED: usize = 100;

/// When the next one runs by itself.
///
/// # Errors
/// The database's.
pub async fn next_at(engine: &Engine, mailbox: MailboxId) -> Result<Time, StoreError> {
    let (done, newest) = ledger::last(&engine.store, mailbox).await?;
    let created = mailboxes::get(&engine.store, mailbox).await?.map_or(0, |row| row.created_at);
    let broke_off = newest.filter(|row| row.ended_at.is_none());
    let night = night_after(Time(done.map_or(created, |row| row.began_at)), mailbox);
    Ok(broke_off.map_or(night, |row| night.max(Time(row.began_at) + AGAIN)))
}

/// The first turn of this mailbox after a time.
fn night_after(after: Time, mailbox: MailboxId) -> Time {
    let turn = NIGHT.0 + APART.0 * mailbox.0.rem_euclid(60);
    let today = after.0 - after.0.rem_euclid(Span::days(1).0) + turn;
    Time(if today > after.0 { today } else { today + Span::days(1).0 })
}

/// Compares every folder that is fetched from, and counts the others.
///
/// # Errors
/// [`Broken`], written down with the reason; nothing of what was seen counts then.
pub async fn reconcile(engine: &Engine, job: &Job, session: &mut Session, by: Option<PersonId>) -> Result<(), Broken> {
    let mailbox = job.claim.mailbox;
    let id = ledger::begin(engine.store.write(), mailbox, by, clock::now()).await?;
    let done = all(engine, job, session, id).await;
    if let Err(Broken::Session(fault)) = &done {
        tracing::warn!(mailbox = mailbox.0, "a comparison with the server broke off");
        ledger::broke_off(engine.store.write(), id, &fault.said).await?;
    }
    engine.changes.tell(format!("mailbox:{mailbox}"));
    engine.wake.notices.notify_one();
    done
}

async fn all(engine: &Engine, job: &Job, session: &mut Session, id: i64) -> Result<(), Broken> {
    let mailbox = job.claim.mailbox;
    let (mut report, mut found, mut compared) = (Report::default(), Vec::new(), Vec::new());
    let watched = folders::of(&engine.store, mailbox).await?;
    for row in &watched {
        let sum = match one(engine, job, session, row).await? {
            Some((sum, numbering, gaps)) => {
                compared.push((FolderId(row.id), numbering));
                found.extend(gaps);
                Some(sum)
            }
            None => None,
        };
        report.folders.push(FolderSum { name: row.name.clone(), sum });
    }
    for row in listed::of(&engine.store, mailbox).await?.into_iter().take(COUNTED) {
        let role = FolderRole::from_key(&row.role).unwrap_or(FolderRole::Other);
        if watched.iter().any(|w| w.name == row.name) {
            continue;
        }
        match session.status(&row.name).await {
            Ok(status) => report.elsewhere.push((row.name, role, status.messages)),
            // Renamed or deleted since it was listed.
            Err(fault) if imap::is_refusal(&fault) => {}
            Err(fault) => return Err(fault.into()),
        }
    }
    let tx = engine.store.begin().await?;
    receipts::hold(&tx, job.claim).await?;
    ledger::finish(&tx, id, mailbox, &report, &found, &compared, clock::now()).await?;
    store::commit(tx).await?;
    let unexplained = found.len();
    tracing::info!(mailbox = mailbox.0, unexplained, "compared the ledger with the server");
    Ok(())
}

type Compared = (domain::ledger::Sum, u32, Vec<ledger::Found>);

async fn one(engine: &Engine, job: &Job, session: &mut Session, row: &Row) -> Result<Option<Compared>, Broken> {
    let id = FolderId(row.id);
    let selected = match session.examine(&row.name).await {
        // It is known that this one can't be opened, and the settings page says so.
        Err(fault) if imap::is_refusal(&fault) && row.said.is_some() => return Ok(None),
        selected => selected?,
    };
    // Read before the server is asked: what a pass stores meanwhile is on its way at worst.
    let Some(row) = folders::get(&engine.store, id).await? else { return Ok(None) };
    let numbering = selected.uid_validity;
    if row.uid_validity != Some(numbering.into()) || row.fetched_at.is_none() {
        return Ok(None);
    }
    let there = everything(session).await?;
    let entries = ledger::entries(&engine.store, id, numbering).await?;
    let narrow = |n: i64| u32::try_from(n).unwrap_or(0);
    let marks = Marks { import_before: narrow(row.import_before), cursor: narrow(row.cursor) };
    let (sum, gaps) = compare(&there, &entries, marks, clock::now());
    fetch::note_vanished(engine, job, &row, numbering, selected.uid_next.unwrap_or(0), &there).await?;
    let gaps = gaps.into_iter().map(|(uid, gap)| ledger::Found { folder: id, uid_validity: numbering, uid, gap });
    Ok(Some((sum, numbering, gaps.collect())))
}

/// All UIDs of the open folder, if the server's answer is whole: as many as it says there are.
async fn everything(session: &mut Session) -> Result<Vec<u32>, Fault> {
    for _ in 0..3 {
        let found = session.search("ALL").await?;
        // What came or went while it searched is told before its last line.
        if found.len() == session.exists as usize {
            return Ok(found);
        }
        session.noop().await?;
    }
    let said = "the server's search names fewer or more messages than it says there are".into();
    Err(Fault { finding: net::finding(Diagnosis::ProviderFault), said })
}

/// Whether the nightly one is due.
///
/// # Errors
/// The database's.
pub async fn is_due(engine: &Engine, claim: Claim) -> Result<bool, StoreError> {
    Ok(next_at(engine, claim.mailbox).await? <= clock::now())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mailbox_has_its_turn_every_night() {
        let day = Span::days(1).0;
        let at = |after: i64, mailbox| night_after(Time(20_000 * day + after), MailboxId(mailbox)).0 - 20_000 * day;
        let three = NIGHT.0;
        for (after, mailbox, expected) in [
            (0, 60, three),
            (three - 1, 60, three),
            (three, 60, three + day),
            (three, 7, three + 7 * 60_000),
            (day - 1, 7, three + 7 * 60_000 + day),
        ] {
            assert_eq!(at(after, mailbox), expected, "{after} {mailbox}");
        }
    }
}
