//! A mailbox's history: events and episodes in one line of time, and the last outage with its sum.

use crate::Engine;
use crate::evidence::diagnosis;
use crate::store::{StoreError, episodes, events, people, refreshes, traffic};
use domain::console::mailboxes::{Event, Outage, TimelineEntry};
use domain::id::MailboxId;
use domain::receipt::Disposition;
use domain::time::Span;
use domain::{Diagnosis, Direction, Time};
use std::collections::HashMap;

const LENGTH: u64 = 30;
/// Shorter faults don't make an outage.
const OUTAGE: Span = Span::minutes(1);

/// The newest entries first. `grants`: those that its directions sign in by.
pub async fn timeline(
    engine: &Engine,
    mailbox: MailboxId,
    grants: &[Option<i64>],
) -> Result<Vec<TimelineEntry>, StoreError> {
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
                        (traffic::arrived_between(&engine.store, mailbox, from, to).await?.messages(), 0)
                    }
                    Direction::Outgoing => (0, traffic::released_after(&engine.store, mailbox, from, to).await?),
                };
                (to, Event::Recovered { direction, diagnosis, from, to, fetched, sent })
            }
        };
        let by = row.ended_by.and_then(|id| names.get(&id).cloned());
        entries.push(TimelineEntry { at, event, by });
    }
    let mut ids: Vec<i64> = grants.iter().copied().flatten().collect();
    ids.dedup();
    for row in refreshes::of(&engine.store, &ids, LENGTH).await? {
        let event = Event::Refreshed { from: Time(row.day), times: u32::try_from(row.times).unwrap_or(u32::MAX) };
        entries.push(TimelineEntry { at: Time(row.last_at), event, by: None });
    }
    entries.sort_by_key(|e| std::cmp::Reverse(e.at));
    let mut entries = summed(entries);
    entries.truncate(LENGTH as usize);
    Ok(entries)
}

/// Refreshes that follow each other, as one entry.
fn summed(entries: Vec<TimelineEntry>) -> Vec<TimelineEntry> {
    let mut out: Vec<TimelineEntry> = Vec::new();
    for entry in entries {
        if let Event::Refreshed { from, times } = &entry.event
            && let Some(TimelineEntry { event: Event::Refreshed { from: first, times: all }, .. }) = out.last_mut()
        {
            *first = (*from).min(*first);
            *all = all.saturating_add(*times);
            continue;
        }
        out.push(entry);
    }
    out
}

/// When nothing could be fetched, since this time, oldest first.
pub async fn down(
    engine: &Engine,
    mailbox: MailboxId,
    since: Time,
    now: Time,
) -> Result<Vec<(Time, Time)>, StoreError> {
    let rows = episodes::of(&engine.store, mailbox, 10 * LENGTH).await?;
    let mut spans: Vec<(Time, Time)> = rows
        .iter()
        .filter(|row| row.direction == Direction::Incoming.key())
        .map(|row| (row.definite, Time(row.began_at).max(since), Time(row.ended_at.unwrap_or(now.0))))
        .filter(|(definite, from, to)| to > from && (*definite || to.since(*from) >= OUTAGE))
        .map(|(_, from, to)| (from, to))
        .collect();
    spans.sort();
    Ok(spans)
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
    let of = |d: Disposition| by.by.get(d.key()).copied().unwrap_or(0);
    let arrived = by.messages();
    let (tickets, replies, automatic) = (of(Disposition::Ticket), of(Disposition::Reply), of(Disposition::Automatic));
    let (waiting, unreadable) = (of(Disposition::Stored), of(Disposition::Quarantined));
    Ok(Some(Outage {
        from,
        to,
        diagnosis: diagnosis(&last.diagnosis).unwrap_or(Diagnosis::Unknown),
        arrived,
        tickets,
        replies,
        automatic,
        other: arrived - tickets - replies - automatic - waiting - unreadable,
        waiting,
        unreadable,
        incoming: rows.iter().filter(overlaps).any(|row| row.direction == Direction::Incoming.key()),
        uids: by.uids,
        released: traffic::released_after(&engine.store, mailbox, from, until).await?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refreshes_that_follow_each_other_are_one_line() {
        let at = |at, event| TimelineEntry { at: Time(at), event, by: None };
        let refreshed = |from, times| Event::Refreshed { from: Time(from), times };
        let entries =
            vec![at(9, refreshed(8, 20)), at(7, refreshed(6, 30)), at(5, Event::Paused), at(4, refreshed(2, 1))];
        let told = summed(entries);
        assert_eq!(told, [at(9, refreshed(6, 50)), at(5, Event::Paused), at(4, refreshed(2, 1))]);
    }
}
