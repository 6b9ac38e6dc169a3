//! Where the first import begins.

use super::{Broken, Job};
use crate::Engine;
use crate::imap::{Selected, Session};
use crate::store::folders::{self, Beginning, FROM_THE_BEGINNING, Row};
use crate::store::{self, receipts};
use domain::Time;
use domain::console::mailboxes::ImportFrom;
use domain::id::FolderId;
use domain::time::Span;

/// Notes from which message on a folder is imported, unless somebody chose another beginning
/// meanwhile. What is older gets one mark, no receipts.
pub async fn begin(
    engine: &Engine,
    job: &Job,
    session: &mut Session,
    row: &Row,
    selected: Selected,
) -> Result<(), Broken> {
    let last = match selected.uid_next {
        Some(next) => next.saturating_sub(1),
        // A server without UIDNEXT tells its highest UID when asked for it.
        None => session.uids(1, None).await?.last().copied().unwrap_or(0),
    };
    let none = Beginning { uid_validity: selected.uid_validity, before: last, upto: last, since: None, found: 0 };
    // A folder that was chosen later, or is imported once, has a beginning of its own.
    let import = match (row.uid_validity, row.import_since) {
        (None, Some(FROM_THE_BEGINNING)) => ImportFrom::Beginning,
        (None, Some(since)) => ImportFrom::Date(Time(since)),
        _ => job.import,
    };
    let beginning = match import {
        ImportFrom::Beginning => Beginning { before: 0, upto: 0, found: selected.exists, ..none },
        ImportFrom::Now => {
            // By the server's own clock, for the day on which UIDVALIDITY changes: what arrived
            // after the last of the old ones is new.
            // An empty folder has none; UID 0 is no UID (RFC 9051 2.3.1.1).
            let newest = if last == 0 { Vec::new() } else { session.uids(last, Some(last)).await? };
            let arrived = session.times(&newest).await?.first().and_then(|f| f.arrived_at);
            Beginning { since: arrived.map(|at| at + Span::seconds(1)), ..none }
        }
        ImportFrom::Date(date) => {
            let wanted = since(session, date, last).await?;
            let found = u32::try_from(wanted.len()).unwrap_or(u32::MAX);
            Beginning { before: wanted.first().map_or(last, |uid| uid - 1), since: Some(date), found, ..none }
        }
    };
    let tx = engine.store.begin().await?;
    receipts::hold(&tx, job.claim).await?;
    if folders::begin(&tx, row, beginning).await? {
        // Left out by another beginning, and perhaps wanted by this one. Here, as no pass is on its
        // way any more that could leave something out by the old one.
        receipts::forget_left_out(&tx, FolderId(row.id), selected.uid_validity).await?;
        store::commit(tx).await?;
        engine.changes.tell(format!("mailbox:{}", job.claim.mailbox));
    }
    Ok(())
}

/// What arrived since a date, by UID. UIDs do not follow INTERNALDATE: what was moved here later is asked for one
/// by one when it is fetched.
pub async fn since(session: &mut Session, date: Time, last: u32) -> Result<Vec<u32>, Broken> {
    let maybe = session.maybe_since(date).await?;
    let mut wanted = Vec::new();
    for part in maybe.chunks(500) {
        for one in session.times(part).await? {
            if one.uid <= last && one.arrived_at.is_none_or(|at| at >= date) {
                wanted.push(one.uid);
            }
        }
    }
    wanted.sort_unstable();
    Ok(wanted)
}
