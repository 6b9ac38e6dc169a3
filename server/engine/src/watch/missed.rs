//! What an outage left in folders that are not watched: counted once it is over, and offered.

use crate::Engine;
use crate::fetch::Broken;
use crate::imap::{self, Session};
use crate::store::receipts::{self, Claim};
use crate::store::{self, StoreError, episodes, folders, listed};
use domain::folder::FolderRole;
use domain::id::MailboxId;
use domain::time::Span;
use domain::{Direction, Time};

/// A shorter fault that nobody was called for leaves nothing to look for.
const OUTAGE: Span = Span::minutes(1);
/// Messages of one folder whose arrival is asked for.
const MOST: usize = 5_000;

/// The last outage of incoming mail, if its other folders were not counted yet.
pub async fn uncounted(engine: &Engine, mailbox: MailboxId) -> Result<Option<(Time, Time)>, StoreError> {
    let last = episodes::of(&engine.store, mailbox, 20).await?.into_iter().find(|e| {
        e.direction == Direction::Incoming.key()
            && e.ended_at.is_none_or(|end| e.definite || Time(end).since(Time(e.began_at)) >= OUTAGE)
    });
    let Some((began, ended)) = last.and_then(|e| Some((e.began_at, e.ended_at?))) else { return Ok(None) };
    let listed = listed::of(&engine.store, mailbox).await?;
    let counted = listed.is_empty() || listed.iter().any(|row| row.missed_from == Some(began));
    Ok((!counted).then_some((Time(began), Time(ended))))
}

/// Counts what arrived in each of them between two times. Nothing is fetched.
pub async fn count(engine: &Engine, claim: Claim, session: &mut Session, from: Time, to: Time) -> Result<(), Broken> {
    let watched: Vec<String> = folders::of(&engine.store, claim.mailbox).await?.into_iter().map(|r| r.name).collect();
    let mut counts = Vec::new();
    for row in listed::of(&engine.store, claim.mailbox).await? {
        let role = FolderRole::from_key(&row.role).unwrap_or(FolderRole::Other);
        // Counted as none, so that this outage is known to be counted.
        let looks = role.holds_mail() && !watched.contains(&row.name);
        let found = if looks { arrived(session, &row.name, from, to).await? } else { 0 };
        counts.push((row.name, found));
    }
    let tx = engine.store.begin().await?;
    receipts::hold(&tx, claim).await?;
    for (name, found) in &counts {
        listed::missed(&tx, claim.mailbox, name, *found, from, to).await?;
    }
    store::commit(tx).await?;
    engine.changes.tell(format!("mailbox:{}", claim.mailbox));
    Ok(())
}

async fn arrived(session: &mut Session, folder: &str, from: Time, to: Time) -> Result<u32, Broken> {
    match session.examine(folder).await {
        Ok(selected) if selected.exists == 0 => return Ok(0),
        Ok(_) => {}
        Err(fault) if imap::is_refusal(&fault) => return Ok(0),
        Err(fault) => return Err(fault.into()),
    }
    let mut maybe = session.maybe_since(from).await?;
    maybe.drain(..maybe.len().saturating_sub(MOST));
    // Servers stamp arrivals to the second.
    let from = Time(from.0 - from.0.rem_euclid(1_000));
    let mut found = 0;
    for part in maybe.chunks(500) {
        let times = session.times(part).await?;
        found += times.iter().filter(|f| f.arrived_at.is_some_and(|at| at >= from && at < to)).count();
    }
    Ok(u32::try_from(found).unwrap_or(u32::MAX))
}
