//! How a reply left, or why it has not, with what a person may do about it.

use super::Around;
use crate::api::outbox::{Retry, Settle, TakeBack, TellAdmins};
use crate::api::post_to;
use crate::components::button::Act;
use crate::components::icon::Icon;
use crate::components::state::Tone;
use crate::wording::outbox as words;
use crate::wording::times::Clock;
use domain::console::outbox::{DeliveryLine, Told};
use domain::id::{DeliveryId, TicketId};
use domain::outbox::DeliveryState;
use leptos::prelude::*;

/// *Tell an admin again*, or when that is possible.
pub fn tell(id: DeliveryId, ticket: Option<TicketId>, told: &Told, clock: Clock) -> AnyView {
    match words::tell(told, clock) {
        Ok(words) => {
            let mut fields = vec![("delivery", id.to_string())];
            fields.extend(ticket.map(|ticket| ("ticket", ticket.to_string())));
            view! { <Act action={post_to::<TellAdmins>()} fields words kind="small" busy="Telling them"/> }.into_any()
        }
        Err(words) => view! { <span class="quiet">{words}</span> }.into_any(),
    }
}

/// The line or notice under a reply.
pub fn view(line: DeliveryLine, around: &Around) -> AnyView {
    let clock = around.clock;
    let ticket = Some(around.ticket);
    let said = said(&line, &format!("d{}", line.id));
    match (line.state, line.held) {
        (DeliveryState::Waiting, Some((since, diagnosis))) => {
            let address = around.mailbox.as_ref().map_or("the mailbox", |(_, a)| a.as_str());
            let (title, sentence) = words::held(since, diagnosis, line.look, address, clock);
            let mend = around.mailbox.as_ref().filter(|_| around.admin).map(|(id, _)| {
                view! { <a class="button small" href=format!("/admin/channels/email/{id}")>{words::OPEN_MAILBOX}</a> }
            });
            let (said_when, tell) = match &around.told {
                Some(told) => (Some(words::told(told, clock)), Some(tell(line.id, ticket, told, clock))),
                None => (None, None),
            };
            view! {
                <div class="notice" data-tone="warning">
                    {Icon::Held.view()}
                    <p class="title">{title}</p>
                    <p>{sentence}{said_when.map(|words| format!(" {words}"))}</p>
                    <div class="row">
                        {mend}{tell}{take_back(line.id, ticket, "small bare")}
                        <a class="button small bare" href=format!("/outbox/{}", line.id)>{words::READ}</a>
                    </div>
                </div>
            }
            .into_any()
        }
        (DeliveryState::Waiting, None) if line.look => {
            let state = words::state(&line, clock);
            view! {
                <div class="notice" data-tone="warning">
                    {Icon::Held.view()}
                    <p class="title">{state.words}</p>
                    <p>{words::LOOK_LINE}</p>
                    <div class="row"><a class="button small" href=format!("/outbox/{}", line.id)>{words::LOOK}</a></div>
                </div>
            }
            .into_any()
        }
        (DeliveryState::Uncertain, _) => {
            let (title, sentence) = words::uncertain(clock, line.at);
            view! {
                <div class="notice" data-tone="warning">
                    {Icon::Help.view()}
                    <p class="title">{title}</p>
                    <p>{sentence}</p>
                    {said}
                    <div class="row">{settle(line.id, ticket)}</div>
                </div>
            }
            .into_any()
        }
        (DeliveryState::Refused, _) => {
            let (title, sentence) = words::REFUSED_ALL;
            view! {
                <div class="notice" data-tone="critical">
                    {Icon::Critical.view()}
                    <p class="title">{title}</p>
                    <p>{sentence}</p>
                    {said}
                </div>
            }
            .into_any()
        }
        _ => {
            let state = words::state(&line, clock);
            let tone = state.tone;
            let actions = (line.state == DeliveryState::Waiting).then(|| {
                view! { <span class="row end">{again(line.id, ticket)}{take_back(line.id, ticket, "small bare")}</span> }
            });
            let spoken = if tone == Tone::Calm { "delivery quiet" } else { "delivery" };
            view! {
                <div class=spoken data-tone=tone.key()>
                    {state.icon.view()}
                    <span>{state.words}{state.sub.map(|sub| view! { ". " <span class="soft">{sub}</span> })}</span>
                    {actions}
                </div>
                {said}
            }
            .into_any()
        }
    }
}

/// *It arrived* and *Send again*.
pub fn settle(delivery: DeliveryId, ticket: Option<TicketId>) -> impl IntoView {
    ["arrived", "send_again"]
        .map(|verdict| {
            let label = if verdict == "arrived" { words::IT_ARRIVED } else { words::SEND_AGAIN };
            let fields = with_ticket(vec![("delivery", delivery.to_string()), ("verdict", verdict.to_owned())], ticket);
            view! { <Act action={post_to::<Settle>()} fields words=label kind="small"/> }
        })
        .collect_view()
}

/// *Take back*: the text stands in the composer again.
pub fn take_back(delivery: DeliveryId, ticket: Option<TicketId>, kind: &'static str) -> impl IntoView {
    let fields = with_ticket(vec![("delivery", delivery.to_string())], ticket);
    view! { <Act action={post_to::<TakeBack>()} fields words=words::TAKE_BACK kind/> }
}

/// *Try now*.
pub fn again(delivery: DeliveryId, ticket: Option<TicketId>) -> impl IntoView {
    let fields = with_ticket(vec![("delivery", delivery.to_string())], ticket);
    view! { <Act action={post_to::<Retry>()} fields words=words::TRY_NOW kind="small bare"/> }
}

fn with_ticket(mut fields: Vec<(&'static str, String)>, ticket: Option<TicketId>) -> Vec<(&'static str, String)> {
    fields.extend(ticket.map(|ticket| ("ticket", ticket.to_string())));
    fields
}

/// What the server said, in full and folded; refused recipients are named openly.
pub fn said(line: &DeliveryLine, anchor: &str) -> Option<AnyView> {
    let refused = line
        .refused
        .iter()
        .map(|(address, said)| view! { <li><b>{address.clone()}</b><code class="code">{said.clone()}</code></li> })
        .collect_view();
    if !line.refused.is_empty() {
        return Some(view! { <ul class="refused stack tight">{refused}</ul> }.into_any());
    }
    let said = line.said.clone().filter(|_| line.state != DeliveryState::Sent && line.held.is_none())?;
    Some(
        view! {
            <details class="fold" id=format!("{anchor}-said")>
                <summary>{Icon::Chevron.with_class("icon chevron")}{words::SERVER_SAID}</summary>
                <code class="code">{said}</code>
            </details>
        }
        .into_any(),
    )
}
