//! The list of tickets: states as tabs, filters, search, and pages by keyset.

mod ask;
mod rows;

use crate::components::choices::choices;
use crate::components::frame::{Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::notice::Refused;
use crate::components::state::{Tone, Words};
use crate::pages::{Here, page};
use crate::wording::counts::count;
use crate::wording::tickets as words;
use ask::Ask;
use domain::Address;
use domain::console::tickets::TicketList;
use domain::id::{MailboxId, PersonId};
use domain::ticket::TicketStatus;
use leptos::prelude::*;

/// `/tickets`
#[component]
pub fn TicketsPage() -> impl IntoView {
    page(|here| async move {
        let ask = Ask::of(&here.place);
        let list = here.console.tickets.list(&here.actor, ask.filter()).await?;
        let mailboxes = here.console.mailboxes.names(&here.actor).await?;
        let agents = here.console.mailboxes.agents(&here.actor).await?;
        Ok(tickets(here, ask, list, mailboxes, agents))
    })
}

/// A ticket's state, as rows and facts show it.
pub fn status_words(status: TicketStatus) -> Words {
    let icon = match status {
        TicketStatus::Open => Icon::Mail,
        TicketStatus::Waiting => Icon::Clock,
        TicketStatus::Closed => Icon::Ok,
    };
    Words::new(Tone::Calm, icon, words::status(status))
}

fn tickets(
    here: Here,
    ask: Ask,
    list: TicketList,
    mailboxes: Vec<(MailboxId, Address)>,
    agents: Vec<(PersonId, String)>,
) -> AnyView {
    let refused = here.place.refused();
    let clock = here.clock;
    let search = (!ask.words.is_empty())
        .then(|| words::search_line(&ask.words, list.rows.len(), list.cursor.is_some(), ask.after.is_none()));
    let counts = [list.open, list.waiting, list.closed];
    view! {
        <Sheet here title=words::TICKETS place=Place::Tickets>
            {head(search)}
            <Refused refused/>
            <div class="toolbar">
                <nav class="tabs" id="ticket-tabs" aria-label="State" data-live="tickets">{tabs(&ask, counts)}</nav>
                {filters(&ask, &mailboxes, &agents)}
            </div>
            <section id="ticket-list" aria-label="List" data-live="tickets" data-each="">
                {rows::list(&ask, list, &mailboxes, clock)}
            </section>
        </Sheet>
    }
    .into_any()
}

fn head(search: Option<String>) -> AnyView {
    let new = || view! { <a class="button primary" href="/tickets/new">{Icon::Plus.view()}{words::NEW_TICKET}</a> };
    match search {
        Some(sub) => view! { <Head title=words::TICKETS sub>{new()}</Head> }.into_any(),
        None => view! { <Head title=words::TICKETS>{new()}</Head> }.into_any(),
    }
}

fn tabs(ask: &Ask, counts: [u64; 3]) -> impl IntoView + use<> {
    let all = (!ask.words.is_empty()).then(|| {
        let current = ask.status.is_none().then_some("true");
        view! { <a href=ask.with_status(None) aria-current=current>{words::ALL}</a> }
    });
    let tabs = TicketStatus::ALL
        .into_iter()
        .zip(counts)
        .map(|(status, n)| {
            let current = (ask.status == Some(status)).then_some("true");
            view! {
                <a href=ask.with_status(Some(status)) aria-current=current>
                    {words::status(status)} " " <span class="count">{count(n)}</span>
                </a>
            }
        })
        .collect_view();
    view! { {all}{tabs} }
}

/// A plain GET form: the address of a filtered list can be sent to a colleague.
fn filters(ask: &Ask, mailboxes: &[(MailboxId, Address)], agents: &[(PersonId, String)]) -> impl IntoView + use<> {
    let status = ask.status.filter(|s| *s != TicketStatus::Open || !ask.words.is_empty());
    let mailbox = ask.mailbox;
    let assignee = ask.assignee;
    let all = |words: &str, chosen| std::iter::once((String::new(), words.to_owned(), chosen));
    let named = mailboxes.iter().map(|(id, address)| (id.to_string(), address.to_string(), Some(*id) == mailbox));
    let mailboxes = choices(all(words::ALL_MAILBOXES, mailbox.is_none()).chain(named));
    let named = agents.iter().map(|(id, name)| (id.to_string(), name.clone(), Some(*id) == assignee));
    let agents = choices(all(words::ANYONE, assignee.is_none()).chain(named));
    view! {
        <form class="row filters" role="search" action="/tickets">
            {status.map(|s| view! { <input type="hidden" name="status" value=s.key()/> })}
            <select class="select" name="mailbox" aria-label="Mailbox" inner_html=mailboxes></select>
            <select class="select" name="assignee" aria-label=words::ASSIGNED_TO inner_html=agents></select>
            <div class="with-icon">
                {Icon::Search.view()}
                <input class="input" type="search" name="q" value=ask.words.clone() aria-label=words::SEARCH placeholder=words::SEARCH/>
            </div>
            <button class="button" type="submit">{words::APPLY}</button>
        </form>
    }
}
