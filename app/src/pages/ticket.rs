//! One ticket: the conversation, the composer, and what is known of it.

use crate::api::post_to;
use crate::api::tickets::{Assign, MoveMessage, SetTicketStatus};
use crate::components::button::Act;
use crate::components::composer::{Composer, Trouble};
use crate::components::frame::{Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::message::{self, Around};
use crate::components::notice::{Notice, Refused};
use crate::components::state::{State, Tone};
use crate::pages::tickets::status_words;
use crate::pages::{Here, page};
use crate::wording::refusals;
use crate::wording::tickets as words;
use domain::Refusal;
use domain::console::outbox::Told;
use domain::console::tickets::{EarlierTicket, MessageView, TicketPage as Shown};
use domain::id::{MessageId, TicketId};
use domain::refusal::Conflict;
use domain::ticket::TicketStatus;
use leptos::prelude::*;

/// `/tickets/:id`
#[component]
pub fn TicketPage() -> impl IntoView {
    page(|here| async move {
        let id: TicketId = here.place.id("id")?;
        let shown = here.console.tickets.show(&here.actor, id).await?;
        let told = told(&here, &shown).await?;
        Ok(ticket(here, shown, told))
    })
}

/// When the admins were told, where a reply is held and the reader can't mend it.
async fn told(here: &Here, shown: &Shown) -> domain::Answer<Option<Told>> {
    let held = shown.messages.iter().any(|m| m.delivery.as_ref().is_some_and(|d| d.held.is_some()));
    match &shown.mailbox {
        Some((mailbox, _)) if held && !here.is_admin() => {
            Ok(Some(here.console.outbox.told(&here.actor, *mailbox).await?))
        }
        _ => Ok(None),
    }
}

fn ticket(here: Here, shown: Shown, told: Option<Told>) -> AnyView {
    let trouble = trouble(&here, &shown);
    let refused =
        here.place.refused().filter(|_| here.place.query("form") != Some("composer") && moving(&here).is_none());
    let note = here.place.query("kind") == Some("note");
    let clock = here.clock;
    let live = format!("ticket:{}", shown.id);
    let title = shown.subject.clone();
    view! {
        <Sheet here=here.clone() title place=Place::Tickets>
            <div id="ticket-head" data-live=live.clone()>{head(&shown)}</div>
            <div class="columns ticket">
                <div class="stack">
                    <Refused refused/>
                    {moved(&here, &shown)}
                    <section class="stack" id="conversation" aria-label="Conversation" data-live=live.clone() data-each="">
                        {conversation(&here, &shown, told)}
                    </section>
                    {shown.no_outgoing.then(|| {
                        let (title, sentence) = words::NO_OUTGOING;
                        view! { <Notice tone=Tone::Calm title icon=Icon::Outbound><p>{sentence}</p></Notice> }
                    })}
                    <Composer page=shown.clone() clock note trouble/>
                </div>
                <aside class="stack" id="ticket-facts" data-live=live aria-label=words::ABOUT>
                    {facts(&here, &shown)}
                    {earlier(&here, shown.requester, shown.earlier)}
                </aside>
            </div>
        </Sheet>
    }
    .into_any()
}

/// The message whose move was refused.
fn moving(here: &Here) -> Option<MessageId> {
    here.place.query("form")?.strip_prefix("move")?.parse().ok()
}

/// A message was moved here a moment ago: the way back.
fn moved(here: &Here, shown: &Shown) -> Option<AnyView> {
    let message: MessageId = here.place.query("moved")?.parse().ok()?;
    let from: TicketId = here.place.query("from")?.parse().ok()?;
    shown.messages.iter().find(|m| m.id == message)?;
    let (title, sentence) = words::moved(&from.to_string());
    let fields = vec![("ticket", shown.id.to_string()), ("message", message.to_string()), ("to", from.to_string())];
    let back = view! {
        <Notice tone=Tone::Ok title>
            <p>{sentence}</p>
            <Act action={post_to::<MoveMessage>()} fields words=words::MOVE_BACK icon=Icon::Undo/>
        </Notice>
    };
    Some(back.into_any())
}

/// Why the composer was sent back with its text, if it was.
fn trouble(here: &Here, shown: &Shown) -> Option<Trouble> {
    if here.place.query("file") == Some("left") {
        let (title, sentence) = words::FILE_LEFT_BEHIND;
        return Some(Trouble { title: title.into(), sentence: sentence.into(), newer: false });
    }
    let refusal = here.place.refused().filter(|_| here.place.query("form") == Some("composer"))?;
    if refusal == Refusal::Conflict(Conflict::NewerMessage)
        && let Some(newest) = shown.messages.iter().rfind(|m| Some(m.id) == shown.newest)
    {
        let (title, sentence) = words::newer(&newest.author, &here.clock.when(newest.at));
        return Some(Trouble { title: title.into(), sentence, newer: true });
    }
    let (_, sentence) = refusals::refusal(refusal);
    Some(Trouble { title: words::NOT_SENT.into(), sentence, newer: false })
}

fn head(shown: &Shown) -> impl IntoView + use<> {
    let crumbs = vec![(words::TICKETS.to_owned(), Some("/tickets".to_owned())), (format!("#{}", shown.id), None)];
    let (label, status, icon) = match shown.status {
        TicketStatus::Closed => (words::REOPEN, TicketStatus::Open, Icon::Undo),
        _ => (words::CLOSE, TicketStatus::Closed, Icon::Ok),
    };
    let fields = vec![("ticket", shown.id.to_string()), ("status", status.key().to_owned())];
    view! {
        <Head title=shown.subject.clone() crumbs>
            <Act action={post_to::<SetTicketStatus>()} fields words=label icon/>
        </Head>
    }
}

/// The messages, with a line where replies begin to be held.
fn conversation(here: &Here, shown: &Shown, told: Option<Told>) -> AnyView {
    let around = Around {
        ticket: shown.id,
        clock: here.clock,
        admin: here.is_admin(),
        mailbox: shown
            .mailbox
            .as_ref()
            .map(|(id, address)| (*id, shown.reply_from.as_ref().unwrap_or(address).to_string())),
        told,
        images: here.place.query("images").and_then(|id| id.parse().ok()),
        moving: moving(here).zip(here.place.refused()),
    };
    let line = |message: &MessageView| message.delivery.as_ref().is_some_and(|d| d.held.is_some());
    let first_held = shown.messages.iter().find(|m| line(m)).map(|m| m.id);
    shown
        .messages
        .iter()
        .map(|message| {
            let divider = (Some(message.id) == first_held)
                .then(|| message.delivery.as_ref().and_then(|d| d.held))
                .flatten()
                .map(|(since, _)| {
                    let words = words::held_from_here(&here.clock.time(since));
                    view! { <p class="divider" id="held-from-here">{words}</p> }
                });
            let fresh = (Some(message.id) == shown.first_new)
                .then(|| view! { <p class="divider" id="new">{words::NEW_FROM_HERE}</p> });
            (fresh, divider, message::view(message.clone(), &around))
        })
        .collect_view()
        .into_any()
}

fn facts(here: &Here, shown: &Shown) -> impl IntoView + use<> {
    let clock = here.clock;
    let mailbox = match &shown.mailbox {
        Some((id, address)) if here.is_admin() => {
            view! { <a href=format!("/admin/channels/email/{id}")>{address.to_string()}</a> }.into_any()
        }
        Some((_, address)) => address.to_string().into_any(),
        None => view! { <span class="quiet">{words::NO_MAILBOX}</span> }.into_any(),
    };
    let assigned = shown.assignee.as_ref().map(|(id, _)| *id);
    let agents = shown
        .agents
        .iter()
        .map(|(id, name)| view! { <option value=id.to_string() selected=Some(*id) == assigned>{name.clone()}</option> })
        .collect_view();
    let named = shown.requester != shown.requester_address;
    view! {
        <section class="panel"><div class="body">
            <dl class="facts stacked">
                <dt>"State"</dt>
                <dd><State words=status_words(shown.status)/></dd>
                <dt>"Requester"</dt>
                <dd>
                    {shown.requester.clone()}
                    {named.then(|| view! { <br/><span class="quiet">{shown.requester_address.clone()}</span> })}
                </dd>
                <dt>"Mailbox"</dt>
                <dd>{mailbox}</dd>
                <dt id="assigned-to">{words::ASSIGNED_TO}</dt>
                <dd>
                    <form class="row assign" method="post" action={post_to::<Assign>()}>
                        <input type="hidden" name="ticket" value=shown.id.to_string()/>
                        <select class="select" name="person" aria-labelledby="assigned-to">
                            <option value="" selected=assigned.is_none()>{words::NOBODY}</option>
                            {agents}
                        </select>
                        <button class="button" type="submit">{words::ASSIGN}</button>
                    </form>
                </dd>
                <dt>"Created"</dt>
                <dd>{clock.stamp(shown.created_at, clock.moment(shown.created_at))}</dd>
            </dl>
        </div></section>
    }
}

fn earlier(here: &Here, requester: String, earlier: Vec<EarlierTicket>) -> Option<AnyView> {
    if earlier.is_empty() {
        return None;
    }
    let clock = here.clock;
    let rows = earlier
        .into_iter()
        .map(|ticket| {
            let line = words::earlier(&ticket.id.to_string(), ticket.status, &clock.day(ticket.at));
            view! {
                <li>
                    <a class="subject plain" href=format!("/tickets/{}", ticket.id)>{ticket.subject}</a>
                    <small class="num">{line}</small>
                </li>
            }
        })
        .collect_view();
    let title = words::earlier_from(&requester);
    Some(
        view! {
            <section class="panel">
                <header><h2>{title}</h2></header>
                <div class="body"><ul class="stack tight">{rows}</ul></div>
            </section>
        }
        .into_any(),
    )
}
