//! The list of tickets, and search.

use crate::store::messages;
use crate::store::search::{self, Among};
use crate::store::tickets::{self, Cursor, Row};
use crate::{Engine, clock, evidence};
use domain::console::people::Actor;
use domain::console::tickets::{TicketFilter, TicketList, TicketRow};
use domain::direction::State;
use domain::id::{MailboxId, MessageId, TicketId};
use domain::mailbox::MailboxFacts;
use domain::ticket::TicketStatus;
use domain::{Address, Answer, Direction, Time};
use std::collections::HashMap;

/// Rows of a page.
const PAGE: usize = 50;

pub async fn list(engine: &Engine, actor: &Actor, filter: TicketFilter) -> Answer<TicketList> {
    let among =
        Among { status: filter.status, mailbox: filter.mailbox.map(|m| m.0), assignee: filter.assignee.map(|p| p.0) };
    let (found, excerpts, cursor) = if filter.words.trim().is_empty() {
        page(engine, among, filter.after.as_deref()).await?
    } else {
        found(engine, among, &filter.words, filter.after.as_deref()).await?
    };
    let counts = tickets::counts(&engine.store).await?;
    let count = |status| counts.get(&status).copied().unwrap_or(0);
    Ok(TicketList {
        now: clock::now(),
        rows: rows(engine, actor, found, excerpts).await?,
        open: count(TicketStatus::Open),
        waiting: count(TicketStatus::Waiting),
        closed: count(TicketStatus::Closed),
        cursor,
    })
}

type Found = (Vec<Row>, HashMap<i64, String>, Option<String>);

async fn page(engine: &Engine, among: Among, after: Option<&str>) -> Answer<Found> {
    let mut rows = tickets::page(&engine.store, among, cursor(after), PAGE as u64 + 1).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|row| format!("{}-{}", row.updated_at, row.id));
    Ok((rows, HashMap::new(), next))
}

/// A cursor that can't be read begins at the front.
fn cursor(after: Option<&str>) -> Cursor {
    let parts = after.and_then(|text| text.split_once('-'));
    parts
        .and_then(|(at, id)| Some(Cursor { updated_at: at.parse().ok()?, id: id.parse().ok()? }))
        .unwrap_or(Cursor::FRONT)
}

async fn found(engine: &Engine, among: Among, words: &str, after: Option<&str>) -> Answer<Found> {
    let hits = search::find(&engine.store, words, among).await?;
    let mut order: Vec<(TicketId, Option<MessageId>)> = Vec::new();
    // A number alone is the ticket of that number, whatever the words say.
    if let Ok(number) = words.trim().trim_start_matches(['#', '[']).trim_end_matches(']').parse::<i64>()
        && tickets::get(engine.store.read(), TicketId(number)).await?.is_some()
    {
        order.push((TicketId(number), None));
    }
    for hit in hits {
        if !order.iter().any(|(ticket, _)| *ticket == hit.ticket) {
            order.push((hit.ticket, Some(hit.message)));
        }
    }
    let skip: usize = after.and_then(|text| text.parse().ok()).unwrap_or(0);
    let next = (order.len() > skip + PAGE).then(|| (skip + PAGE).to_string());
    let here: Vec<_> = order.into_iter().skip(skip).take(PAGE).collect();
    let ids: Vec<i64> = here.iter().map(|(ticket, _)| ticket.0).collect();
    let mut by_id: HashMap<i64, Row> =
        tickets::some(&engine.store, &ids).await?.into_iter().map(|row| (row.id, row)).collect();
    let hits: Vec<i64> = here.iter().filter_map(|(_, message)| Some((*message)?.0)).collect();
    let texts = messages::some(&engine.store, &hits).await?;
    let mut excerpts = HashMap::new();
    for (ticket, message) in &here {
        if let Some(row) = message.and_then(|message| texts.get(&message.0)) {
            let whole = format!("{}\n{}", row.text, row.quoted.as_deref().unwrap_or_default());
            excerpts.extend(excerpt(&whole, words).map(|text| (ticket.0, text)));
        }
    }
    let rows = ids.iter().filter_map(|id| by_id.remove(id)).collect();
    Ok((rows, excerpts, next))
}

async fn rows(
    engine: &Engine,
    actor: &Actor,
    found: Vec<Row>,
    mut excerpts: HashMap<i64, String>,
) -> Answer<Vec<TicketRow>> {
    let ids: Vec<i64> = found.iter().map(|row| row.id).collect();
    let requesters = tickets::requesters(&engine.store, &found).await?;
    let people: HashMap<i64, String> =
        tickets::people(&engine.store).await?.into_iter().map(|(id, name, _)| (id.0, name)).collect();
    let mailboxes = tickets::mailboxes(&engine.store, &found).await?;
    let seen = tickets::seen(&engine.store, actor.person, &ids).await?;
    let replies = tickets::open_replies(&engine.store, &ids).await?;
    let lost = lost_since(&evidence::shown(engine).await?);
    Ok(found
        .into_iter()
        .map(|row| {
            let requester = requesters.get(&row.requester_id);
            let of_this = || replies.iter().filter(|(ticket, ..)| ticket.0 == row.id);
            let held_since = of_this()
                .filter(|(_, _, state, _)| state == "waiting")
                .filter_map(|(_, mailbox, _, written)| Some((*written).max(*lost.get(mailbox)?)))
                .min();
            TicketRow {
                id: TicketId(row.id),
                subject: row.subject,
                requester: requester.map(|r| r.label().to_owned()).unwrap_or_default(),
                requester_address: requester.map(|r| r.address.clone()).unwrap_or_default(),
                mailbox: row.mailbox_id.and_then(|id| Address::parse(&mailboxes.get(&id)?.address).ok()),
                status: TicketStatus::from_key(&row.status).unwrap_or(TicketStatus::Open),
                assignee: row.assignee_id.and_then(|id| people.get(&id).cloned()),
                held_since,
                reply_trouble: of_this().any(|(_, _, state, _)| state == "uncertain" || state == "refused"),
                unread: row.customer_message_id.is_some_and(|id| seen.get(&row.id).is_none_or(|seen| *seen < id)),
                updated_at: Time(row.updated_at),
                excerpt: excerpts.remove(&row.id),
            }
        })
        .collect())
}

/// Since when which mailboxes can't send until a person acts.
pub fn lost_since(facts: &[MailboxFacts]) -> HashMap<MailboxId, Time> {
    let lost = facts.iter().filter_map(|facts| match facts.state_of(Direction::Outgoing) {
        State::Stopped { since, .. } | State::Blocked { since, .. } => Some((facts.id, since)),
        _ => None,
    });
    lost.collect()
}

/// Some words around the first hit; `None` where the words stand elsewhere, as in the subject.
fn excerpt(text: &str, typed: &str) -> Option<String> {
    let wanted = search::words(typed);
    let mut best: Option<(usize, usize)> = None;
    let mut at = 0;
    for piece in text.split(|c: char| !c.is_alphanumeric()) {
        if let Some(word) = search::words(piece).first()
            && wanted.iter().any(|w| word.starts_with(w.as_str()))
        {
            best = Some((at, at + piece.len()));
            break;
        }
        // The separator has one character; `split` gives every piece.
        at += piece.len() + text[at + piece.len()..].chars().next().map_or(0, char::len_utf8);
    }
    let (from, to) = best?;
    let back = text[..from].char_indices().rev().take(60).last().map_or(from, |(i, _)| i);
    let ahead = text[to..].char_indices().nth(120).map_or(text.len(), |(i, _)| to + i);
    let mut out = text[back..ahead].split_whitespace().collect::<Vec<_>>().join(" ");
    if back > 0 {
        out.insert(0, '…');
    }
    if ahead < text.len() {
        out.push('…');
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts() {
        let long = format!("{} der Drücker klemmt {}", "a ".repeat(100), "z ".repeat(200));
        let found = excerpt(&long, "drucker").expect("found");
        assert!(found.starts_with('…') && found.ends_with('…') && found.contains("der Drücker klemmt"), "{found}");
        assert_eq!(excerpt("Jam, again", "jam").as_deref(), Some("Jam, again"));
        assert_eq!(excerpt("two\nlines  here", "here").as_deref(), Some("two lines here"));
        assert_eq!(excerpt("nothing", "jam"), None);
    }

    #[test]
    fn cursors() {
        assert_eq!(cursor(Some("12-3")), Cursor { updated_at: 12, id: 3 });
        for bad in [None, Some(""), Some("x-1"), Some("1")] {
            assert_eq!(cursor(bad), Cursor::FRONT);
        }
    }
}
