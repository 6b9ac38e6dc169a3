//! One direction on the mailbox page.

use crate::components::probe::way;
use crate::components::state::Badge;
use crate::wording::counts::{count, of};
use crate::wording::times::Clock;
use crate::wording::{diagnoses, states};
use domain::console::mailboxes::{DirectionPage, MailboxPage};
use domain::credential::CredentialKind;
use domain::direction::{Direction, State};
use leptos::prelude::*;

/// The panel: badge, and facts that the state makes true.
pub fn panel(page: &MailboxPage, d: &DirectionPage, clock: Clock) -> impl IntoView + use<> {
    let (icon, title) = way(d.direction);
    let words = states::direction_badge(&d.state, d.direction, d.held);
    let incoming = d.direction == Direction::Incoming;
    let mut facts: Vec<(&'static str, AnyView)> = Vec::new();
    let text = |words: String| words.into_any();
    match &d.state {
        State::Stopped { since, diagnosis } | State::Blocked { since, diagnosis, .. } => {
            facts.push(("Since", text(format!("{}, {}", clock.time(*since), states::lasting(*since, clock)))));
            facts.push(("Cause", text(diagnoses::sentence(*diagnosis, &page.row.provider_short))));
            let next = match &d.state {
                State::Blocked { next_at: Some(at), .. } => format!("{}, by itself", clock.time(*at)),
                _ if page.row.by_password => "After the new password".into(),
                _ => "After the sign-in".into(),
            };
            facts.push(("Next attempt", text(next)));
        }
        State::Retrying { since, diagnosis, next_at } => {
            facts.push(("Since", text(format!("{}, {}", clock.time(*since), states::lasting(*since, clock)))));
            facts.push(("Cause", text(diagnoses::sentence(*diagnosis, &page.row.provider_short))));
            if let Some(at) = next_at {
                facts.push(("Next attempt", text(clock.until(*at))));
            }
        }
        State::Importing { done, total } => {
            let (done, total) = (*done, *total);
            facts.push((
                "Imported",
                view! {
                    {count(done)} " of " {count(total)}
                    <progress class="progress" value=done max=total aria-label="Imported"></progress>
                }
                .into_any(),
            ));
        }
        State::NotUsed => facts.push((
            "",
            text(
                if incoming {
                    "Nothing is fetched from this mailbox."
                } else {
                    "Replies leave through another mailbox."
                }
                .into(),
            ),
        )),
        _ => {}
    }
    if let Some(words) = states::evidence(page, d, clock) {
        facts.push(("Evidence", text(words)));
    }
    if incoming && matches!(d.state, State::Stopped { .. } | State::Blocked { .. }) {
        facts.push(("Waiting", text(states::arriving(&page.row))));
    }
    if d.state != State::NotUsed {
        if !incoming && d.held > 0 {
            facts.push((
                "Waiting",
                view! { <a href="/outbox">{of(u64::from(d.held), "reply held", "replies held")}</a> }.into_any(),
            ));
        }
        if let Some(at) = d.last_at {
            let last = match d.last_uid {
                Some(uid) if incoming => format!("{}, up to UID {}", clock.time(at), count(u64::from(uid))),
                _ => clock.time(at),
            };
            facts.push((if incoming { "Last fetch" } else { "Last delivery" }, text(last)));
        }
        if let Some(at) = d.proved_at {
            facts.push(("Last proved", text(clock.moment(at))));
        }
        if let Some(user) = &d.user {
            let by = match d.credential {
                Some(CredentialKind::Password) => ", by password",
                _ => "",
            };
            facts.push(("User", view! { <span class="value">{format!("{user}{by}")}</span> }.into_any()));
        }
    }
    let bare = matches!(d.state, State::NotUsed);
    let body = if bare {
        facts.into_iter().map(|(_, words)| view! { <p class="soft">{words}</p> }.into_any()).collect_view().into_any()
    } else if facts.is_empty() {
        view! { <p class="soft">"Nothing to tell yet."</p> }.into_any()
    } else {
        let facts = facts.into_iter().map(|(term, words)| view! { <dt>{term}</dt><dd>{words}</dd> }).collect_view();
        view! { <dl class="facts">{facts}</dl> }.into_any()
    };
    view! {
        <section class="panel">
            <header><h3 class="row">{icon.view()}{title}</h3><Badge words/></header>
            <div class="body">{body}</div>
        </section>
    }
}
