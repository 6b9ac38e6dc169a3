//! The mailbox page.

use super::{row, time, timeline};
use crate::store::{directions, folders, grants, mailboxes, notice_way, people, registrations, traffic};
use crate::{Engine, clock, evidence};
use domain::console::mailboxes::*;
use domain::id::MailboxId;
use domain::mailbox::MailboxFacts;
use domain::time::Span;
use domain::{Answer, Direction, Refusal, Time};
use std::collections::HashMap;

/// How far back the chart goes, today included.
const CHART: Span = Span::days(30);
const DAY: Span = Span::days(1);

pub async fn page(engine: &Engine, stored: mailboxes::Row) -> Answer<MailboxPage> {
    let (store, now, id) = (&engine.store, clock::now(), MailboxId(stored.id));
    let all = evidence::shown(engine).await?;
    let facts = all.iter().find(|f| f.id == id).cloned().ok_or(Refusal::NotFound)?;
    let side = async |d| directions::get(store.read(), id, d).await?.ok_or(Refusal::NotFound);
    let (incoming, outgoing) = (side(Direction::Incoming).await?, side(Direction::Outgoing).await?);
    let facts = evidence::with_directions(facts, [&incoming, &outgoing], stored.paused_at.is_some());
    let folder = mailboxes::folder(store, id).await?;
    let chosen = folders::of(store, id).await?;
    let names: HashMap<i64, String> = people::all(store).await?.into_iter().map(|p| (p.id, p.name)).collect();
    let today = now.0 - now.0.rem_euclid(DAY.0);
    let first_day = Time(today) - Span(CHART.0 - DAY.0);
    let days = every_day(traffic::days(store, id, first_day).await?, first_day, Time(today));
    let came = traffic::since(store, Some(id), now - CHART).await?.remove(&id.0);
    let last_message_at = traffic::last_at(store, id).await?;
    let grant = match incoming.grant_id.or(outgoing.grant_id) {
        Some(grant) => grants::get(store.read(), domain::id::GrantId(grant)).await?,
        None => None,
    };
    let account = facts.account.clone();
    let same_account = all
        .iter()
        .filter(|f| f.id != id && account.is_some() && f.account == account)
        .map(|f| f.address.to_string())
        .collect();
    // Told by host, not by the choice made (R2).
    let host = incoming.host.as_deref().or(outgoing.host.as_deref());
    let entry = host.and_then(|host| engine.providers.by_host(host));
    let provider_key = entry.map_or_else(|| stored.provider_key.clone(), |entry| entry.key.clone());
    let provider = engine.providers.view(&provider_key);
    let refreshing = grant.as_ref().is_some_and(|g| g.lost_at.is_none() && g.failed_refreshes == 0);
    let registered = registrations::default_of(store, &provider_key).await?.is_some();
    let others = |direction: Direction| -> Vec<(MailboxId, domain::Address)> {
        let other = |f: &&MailboxFacts| f.id != id && !f.draft && f.direction(direction).used;
        all.iter().filter(other).map(|f| (f.id, f.address.clone())).collect()
    };
    let (senders, receivers) = (others(Direction::Outgoing), others(Direction::Incoming));
    Ok(MailboxPage {
        now,
        senders,
        receivers,
        system_sender: system_sender(engine).await?,
        draft: stored.draft,
        wanted: Use {
            incoming: incoming.used,
            outgoing: outgoing.used,
            delete_after_fetch: stored.delete_after_fetch,
            after_fetch: stored.after_fetch(),
            folder: folder.as_ref().map_or_else(|| "INBOX".to_owned(), |f| f.name.clone()),
            other_folders: chosen.iter().skip(1).map(|f| f.name.clone()).collect(),
            import: match (stored.import_mode.as_str(), stored.import_from) {
                ("date", Some(from)) => ImportFrom::Date(Time(from)),
                ("beginning", _) => ImportFrom::Beginning,
                _ => ImportFrom::Now,
            },
            replies_through: stored.replies_through.map(mailboxes::through),
            arrives_at: stored.arrives_at.map(MailboxId),
        },
        incoming: DirectionPage {
            last_at: folder.as_ref().and_then(|f| time(f.fetched_at)),
            last_uid: folder.as_ref().and_then(|f| u32::try_from(f.cursor).ok()).filter(|uid| *uid > 0),
            ..direction(&facts, Direction::Incoming, &incoming)
        },
        outgoing: DirectionPage {
            held: facts.held,
            last_at: time(outgoing.last_at),
            ..direction(&facts, Direction::Outgoing, &outgoing)
        },
        account: account.map(|(_, login)| login),
        last_signed_in_at: grant.as_ref().map(|g| Time(g.granted_at)),
        sign_in_ends_at: grant.as_ref().and_then(|g| time(g.window_ends_at)),
        refreshing,
        same_account,
        from_name: stored.from_name.clone(),
        signature: stored.signature.clone(),
        acknowledge: stored.acknowledge,
        acknowledge_text: stored.acknowledge_text.clone(),
        own_addresses: mailboxes::addresses_of(store, id).await?,
        outage: timeline::outage(engine, id, now).await?,
        timeline: timeline::timeline(engine, id, &[incoming.grant_id, outgoing.grant_id]).await?,
        days,
        down: timeline::down(engine, id, first_day, now).await?,
        counted_since: came.map_or(Time(stored.created_at), |came| came.first.min(Time(stored.created_at))),
        row: {
            let usual = came.and_then(|came| row::usual(&stored, came, now));
            row::row(facts, &stored, last_message_at, usual, &names)
        },
        registered,
        provider,
    })
}

/// The SMTP server that notices leave by, where one is set.
pub async fn system_sender(engine: &Engine) -> Answer<Option<(String, domain::Address)>> {
    let ways = notice_way::get(&engine.store).await?;
    let from = ways.from_address.as_deref().and_then(|from| domain::Address::parse(from).ok());
    Ok(ways.host.zip(from))
}

/// Days without mail are days as well.
fn every_day(found: Vec<(Time, u32, u32)>, first: Time, today: Time) -> Vec<DayCount> {
    let found: HashMap<Time, (u32, u32)> = found.into_iter().map(|(day, all, late)| (day, (all, late))).collect();
    let mut days = Vec::new();
    let mut day = first;
    while day <= today {
        let (received, late) = found.get(&day).copied().unwrap_or_default();
        days.push(DayCount { day, received, late });
        day = day + DAY;
    }
    days
}

fn direction(facts: &MailboxFacts, direction: Direction, row: &directions::Row) -> DirectionPage {
    DirectionPage {
        direction,
        state: facts.state_of(direction),
        endpoint: row.endpoint(),
        user: row.user_name.clone(),
        credential: row.credential_kind(),
        proved_at: time(row.proved_at),
        last_at: None,
        last_uid: None,
        held: 0,
        said: row.failing_said.clone().filter(|said| !said.is_empty()),
        failures: u32::try_from(row.failures).unwrap_or(u32::MAX),
        refused_at: time(row.refused_at),
    }
}
