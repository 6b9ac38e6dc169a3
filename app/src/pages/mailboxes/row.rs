//! One mailbox in the list.

use crate::api::mailboxes::path;
use crate::components::address;
use crate::components::state::State;
use crate::components::way_out::{button, signs_in};
use crate::wording::states;
use crate::wording::times::Clock;
use domain::Time;
use domain::console::approvals::{Awaited, Stage};
use domain::console::mailboxes::MailboxRow;
use domain::direction::Direction;
use domain::mailbox::MailboxState;
use leptos::prelude::*;

/// The oldest outage first.
pub fn since(row: &MailboxRow) -> Time {
    match &row.state {
        MailboxState::Needs { since, .. }
        | MailboxState::Silent { since, .. }
        | MailboxState::Retrying { since, .. } => *since,
        MailboxState::BasicRetires { at } => *at,
        MailboxState::EndsSoon { end } => end.at,
        _ => Time::default(),
    }
}

/// `same`: the first mailbox of the same sign-in, whose line tells the rest.
/// `marked`: an alert led here because of it.
pub fn view(row: MailboxRow, same: Option<String>, marked: bool, awaited: Option<&Awaited>, clock: Clock) -> AnyView {
    let mut words = states::mailbox(&row, clock);
    if let (Some(first), MailboxState::Needs { since, .. }) = (same, &row.state) {
        words.sub = Some(format!("{}. Same sign-in as {first}.", clock.since(*since)));
    }
    if let Some(awaited) = awaited {
        let since = clock.since_inside(awaited.asked_at);
        words.sub = Some(match awaited.stage {
            Stage::Waiting => format!("Waiting for approval {since}."),
            Stage::Approved => "Approved: only the sign-in is left.".into(),
            Stage::Declined => "The approval was declined.".into(),
        });
    }
    let progress = match row.state {
        MailboxState::Importing { done, total } => {
            Some(view! { <progress class="progress" value=done max=total aria-label="Imported"></progress> })
        }
        _ => None,
    };
    let draft = row.state == MailboxState::Unfinished;
    // On a narrow screen its directions say nothing more.
    let quiet = matches!(row.state, MailboxState::Connected | MailboxState::Paused).then_some("");
    let direction = |way: Direction| {
        let state = match way {
            Direction::Incoming => &row.incoming,
            Direction::Outgoing => &row.outgoing,
        };
        let words = states::direction(state, way, row.held);
        let label = match way {
            Direction::Incoming => "Incoming",
            Direction::Outgoing => "Outgoing",
        };
        if draft {
            view! { <td class="none"></td> }.into_any()
        } else {
            view! { <td class="half" data-label=label><State words light=true/></td> }.into_any()
        }
    };
    let (incoming, outgoing) = (direction(Direction::Incoming), direction(Direction::Outgoing));
    let waiting = match states::waiting(&row, clock) {
        Some((words, sub)) => view! { <td class="half waiting" data-label="Waiting">{words}{sub.map(|sub| view! { <span class="sub">{sub}</span> })}</td> }.into_any(),
        None => view! { <td class="none"></td> }.into_any(),
    };
    let action = match button(&row, true) {
        Some(action) => view! { <td class="end">{action}</td> }.into_any(),
        None => view! { <td class="end none"></td> }.into_any(),
    };
    view! {
        <tr id=format!("mailbox-{}", row.id) data-quiet=quiet data-marked=marked.then_some("")>
            <th scope="row">
                <a class="name plain" href=path(row.id)>{address::view(row.address.as_str())}</a>
                <span class="sub">{row.provider_name.clone()}</span>
                {marked.then(|| view! { <span class="vh">"Named in the alert."</span> })}
            </th>
            <td class="by" data-label="Signs in by">{signs_in(&row)}</td>
            <td><State words/>{progress}</td>
            {incoming}{outgoing}{waiting}{action}
        </tr>
    }
    .into_any()
}
