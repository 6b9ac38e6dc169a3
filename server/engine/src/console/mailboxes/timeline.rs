//! A mailbox's history: events and episodes in one line of time, and the last outage with its sum.

use crate::Engine;
use crate::evidence::diagnosis;
use crate::store::{StoreError, episodes, events, people, traffic};
use domain::console::mailboxes::{Event, Outage, TimelineEntry};
use domain::id::MailboxId;
use domain::receipt::Disposition;
use domain::time::Span;
use domain::{Diagnosis, Direction, Time};
use std::collections::HashMap;

const LENGTH: u64 = 30;
/// Shorter faults don't make an outage.
const OUTAGE: Span = Span::minutes(1);

/// The newest entries first.
pub async fn timeline(engine: &Engine, mailbox: MailboxId) -> Result<Vec<TimelineEntry>, StoreError> {
    let names: HashMap<i64, String> = people::all(&engine.store).await?.into_iter().map(|p| (p.id, p.name)).collect();
    let mut entries = Vec::new();
    for row in events::of(&engine.store, mailbox, LENGTH).await? {
        let Ok(event) = serde_json::from_str(&row.event) else { continue };
        let by = row.person_id.and_then(|id| names.get(&id).cloned());
        entries.push(TimelineEntry { at: Time(row.at), event, by });
    }
    for row in episodes::of(&engine.store, mailbox, LENGTH).await? {
        let Some(direction) = Direction::from_key(&row.direction) else { continue };
        let diagnosis = diagnosis(&row.diagnosis).unwrap_or(Diagnosis::Unknown);
        let (at, event) = match row.ended_at.map(Time) {
            None => (Time(row.began_at), Event::Failed { direction, diagnosis }),
            Some(to) => {
                let from = Time(row.began_at);
                let (fetched, sent) = match direction {
                    Direction::Incoming => {
                        (traffic::arrived_between(&engine.store, mailbox, from, to).await?.values().sum(), 0)
                    }
                    Direction::Outgoing => (0, traffic::released_after(&engine.store, mailbox, from, to).await?),
                };
                (to, Event::Recovered { direction, diagnosis, from, to, fetched, sent })
            }
        };
        let by = row.ended_by.and_then(|id| names.get(&id).cloned());
        entries.push(TimelineEntry { at, event, by });
    }
    entries.sort_by_key(|e| std::cmp::Reverse(e.at));
    entries.truncate(LENGTH as usize);
    Ok(entries)
}

/// The last outage: one that needed a person, or lasted.
pub async fn outage(engine: &Engine, mailbox: MailboxId, now: Time) -> Result<Option<Outage>, StoreError> {
    let rows = episodes::of(&engine.store, mailbox, LENGTH).await?;
    let lasted =
        |row: &episodes::Row| row.definite || Time(row.ended_at.unwrap_or(now.0)).since(Time(row.began_at)) >= OUTAGE;
    let Some(last) = rows.iter().find(|row| lasted(row)) else { return Ok(None) };
    // The other direction of the same outage counts to it.
    let overlaps = |row: &&episodes::Row| row.ended_at.is_none_or(|end| end >= last.began_at) && lasted(row);
    let from = Time(rows.iter().filter(overlaps).map(|row| row.began_at).min().unwrap_or(last.began_at));
    let running = rows.iter().filter(overlaps).any(|row| row.ended_at.is_none());
    let to = rows.iter().filter(overlaps).filter_map(|row| row.ended_at).max().filter(|_| !running).map(Time);
    let until = to.unwrap_or(now);
    let by = traffic::arrived_between(&engine.store, mailbox, from, until).await?;
    let of = |d: Disposition| by.get(d.key()).copied().unwrap_or(0);
    let arrived: u32 = by.values().sum();
    let (tickets, replies, automatic) = (of(Disposition::Ticket), of(Disposition::Reply), of(Disposition::Automatic));
    Ok(Some(Outage {
        from,
        to,
        diagnosis: diagnosis(&last.diagnosis).unwrap_or(Diagnosis::Unknown),
        arrived,
        tickets,
        replies,
        automatic,
        other: arrived - tickets - replies - automatic,
        released: traffic::released_after(&engine.store, mailbox, from, until).await?,
    }))
}
