//! The rows of the list, what stands there when there are none, and the pager.

use super::ask::Ask;
use super::status_words;
use crate::components::icon::Icon;
use crate::components::state::{State, Tone, Words};
use crate::wording::tickets as words;
use crate::wording::times::Clock;
use domain::console::tickets::{TicketList, TicketRow};
use domain::id::MailboxId;
use domain::ticket::TicketStatus;
use domain::{Address, Time};
use leptos::prelude::*;
use std::collections::HashMap;

/// The table with its pager, or the empty state. Every part has an id: live rows change in place.
pub fn list(ask: &Ask, list: TicketList, mailboxes: &[(MailboxId, Address)], clock: Clock) -> AnyView {
    if list.rows.is_empty() {
        return empty(ask).into_any();
    }
    let pager = pager(ask, &list);
    let mut alike: HashMap<&str, usize> = HashMap::new();
    for (_, address) in mailboxes {
        *alike.entry(address.local()).or_default() += 1;
    }
    let rows = list.rows.into_iter().map(|r| row(r, &ask.words, &alike, clock)).collect_view();
    view! {
        <table class="table tickets" id="ticket-table" data-each="">
            <thead id="ticket-table-head">
                <tr>
                    <th scope="col">"Subject"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Mailbox"</th>
                    <th scope="col">{words::ASSIGNED_TO}</th>
                    <th scope="col">"Ticket"</th>
                    <th scope="col" class="end">"Updated"</th>
                </tr>
            </thead>
            <tbody id="ticket-rows" data-each="">{rows}</tbody>
        </table>
        {pager}
    }
    .into_any()
}

/// `alike`: how many mailboxes have the same name before the @.
fn row(row: TicketRow, searched: &str, alike: &HashMap<&str, usize>, clock: Clock) -> impl IntoView + use<> {
    let mailbox = row.mailbox.map(|address| {
        let same = alike.get(address.local()).is_some_and(|n| *n > 1);
        let short = if same { address.to_string() } else { format!("{}@", address.local()) };
        view! { <span title=address.to_string()>{short}</span> }
    });
    let excerpt = row.excerpt.map(|text| view! { <span class="sub excerpt">{marked(&text, searched)}</span> });
    let state = match (row.reply_trouble, row.held_since) {
        (true, _) => Words::new(Tone::Warning, Icon::Warning, words::REPLY_TROUBLE),
        (false, Some(since)) => {
            Words::new(Tone::Warning, Icon::Held, words::REPLY_HELD).second(format!("since {}", clock.time(since)))
        }
        (false, None) => status_words(row.status),
    };
    view! {
        <tr id=format!("t{}", row.id) data-unread=row.unread.then_some("")>
            <th scope="row">
                <a class="subject plain" href=format!("/tickets/{}{}", row.id, if row.unread { "#new" } else { "" })>
                    {row.unread.then(|| view! { <span class="vh">"Unread: "</span> })}{row.subject}
                </a>
                <span class="sub" title=row.requester_address>{row.requester}</span>
                {excerpt}
            </th>
            <td class="half" data-label="State"><State words=state light=true/></td>
            <td class="half" data-label="Mailbox">{mailbox}</td>
            <td class="half" data-label=words::ASSIGNED_TO><span class="soft">{row.assignee}</span></td>
            <td class="half ticket-id" data-label="Ticket"><span class="quiet">"#" {row.id.to_string()}</span></td>
            <td class="half end" data-label="Updated">{clock.stamp(row.updated_at, updated(clock, row.updated_at))}</td>
        </tr>
    }
}

/// `13:58`, `Yesterday`, `19 Nov`.
fn updated(clock: Clock, at: Time) -> String {
    match clock.days_ago(at) {
        0 => clock.hour(at),
        1 => "Yesterday".into(),
        _ => clock.day(at),
    }
}

/// The excerpt with the words that were searched for marked.
fn marked(text: &str, searched: &str) -> AnyView {
    let wanted: Vec<String> =
        searched.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    text.split_inclusive(|c: char| !c.is_alphanumeric())
        .map(|part| {
            let word = part.trim_end_matches(|c: char| !c.is_alphanumeric());
            let rest = part[word.len()..].to_owned();
            let lower = word.to_lowercase();
            if !word.is_empty() && wanted.iter().any(|w| lower.starts_with(w.as_str())) {
                view! { <mark>{word.to_owned()}</mark> {rest} }.into_any()
            } else {
                part.to_owned().into_any()
            }
        })
        .collect_view()
        .into_any()
}

fn empty(ask: &Ask) -> impl IntoView + use<> {
    let searched = !ask.words.is_empty();
    let (title, sentence) = words::empty(ask.filtered(), searched, ask.status);
    let icon = match (searched, ask.status) {
        (true, _) => Icon::Search,
        (_, Some(TicketStatus::Waiting)) => Icon::Clock,
        (_, Some(TicketStatus::Closed)) => Icon::Ok,
        _ => Icon::Mail,
    };
    let elsewhere = searched || ask.filtered() || ask.after.is_some() || ask.status != Some(TicketStatus::Open);
    let next = if elsewhere {
        view! { <a class="button" href="/tickets">{words::SHOW_OPEN}</a> }
    } else {
        view! { <a class="button" href="/tickets/new">{Icon::Plus.view()}{words::NEW_TICKET}</a> }
    };
    view! {
        <div class="empty" id="ticket-none">
            {icon.view()}
            <h2>{title}</h2>
            <p>{sentence}</p>
            <div class="row">{next}</div>
        </div>
    }
}

fn pager(ask: &Ask, list: &TicketList) -> Option<AnyView> {
    let first = ask.after.is_none();
    if first && list.cursor.is_none() {
        return None;
    }
    let total = match ask.status {
        Some(TicketStatus::Open) => list.open,
        Some(TicketStatus::Waiting) => list.waiting,
        Some(TicketStatus::Closed) => list.closed,
        None => 0,
    };
    // The counts are those of the tabs: they hold for the whole desk, not for a filter.
    let known = ask.words.is_empty() && !ask.filtered();
    let range = known.then(|| words::range(list.rows.len(), total, first));
    let newest = (!first).then(|| view! { <a class="button" href=ask.newest()>{words::NEWEST}</a> });
    let older =
        list.cursor.as_deref().map(|cursor| view! { <a class="button" href=ask.older(cursor)>{words::OLDER}</a> });
    Some(
        view! {
            <nav class="row apart pager" id="ticket-pager" aria-label="Pages">
                <span class="quiet num">{range}</span>
                <span class="row">{newest}{older}</span>
            </nav>
        }
        .into_any(),
    )
}
