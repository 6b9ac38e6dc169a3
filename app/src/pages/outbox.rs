//! Replies on their way out: first those that need a person, then held, moving and gone ones.

mod waiting;

pub use waiting::WaitingPage;

use crate::components::frame::{Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::message::delivery::{again, said, settle, take_back, tell};
use crate::components::notice::Refused;
use crate::components::state::State;
use crate::pages::{Here, page};
use crate::wording::counts::count;
use crate::wording::outbox::{self as words, Group};
use crate::wording::tickets as ticket_words;
use crate::wording::times::Clock;
use domain::console::outbox::{DeliveryLine, OutboxPage as Shown, OutboxRow, Told};
use domain::id::MailboxId;
use domain::outbox::DeliveryState;
use leptos::prelude::*;
use std::collections::HashMap;

/// `/outbox`
#[component]
pub fn OutboxPage() -> impl IntoView {
    page(|here| async move {
        let shown = here.console.outbox.page(&here.actor).await?;
        let mut told = HashMap::new();
        if !here.is_admin() {
            for row in shown.rows.iter().filter(|row| row.line.held.is_some()) {
                if let Some((id, _)) = &row.mailbox
                    && !told.contains_key(id)
                {
                    told.insert(*id, here.console.outbox.told(&here.actor, *id).await?);
                }
            }
        }
        Ok(outbox(here, shown, told))
    })
}

type AllTold = HashMap<MailboxId, Told>;

fn outbox(here: Here, shown: Shown, told: AllTold) -> AnyView {
    let refused = here.place.refused();
    let clock = here.clock;
    let admin = here.is_admin();
    let groups: Vec<(Group, Vec<OutboxRow>)> = Group::ALL
        .into_iter()
        .map(|group| (group, shown.rows.iter().filter(|row| Group::of(&row.line) == group).cloned().collect()))
        .collect();
    let n = |at: Group| groups.iter().find(|(g, _)| *g == at).map_or(0, |(_, rows)| rows.len());
    let sub = words::summary(n(Group::NeedsYou), n(Group::Held), n(Group::OnTheWay));
    let empty = shown.rows.is_empty();
    view! {
        <Sheet here title=words::OUTBOX place=Place::Outbox>
            <div id="outbox-head" data-live="outbox"><Head title=words::OUTBOX sub/></div>
            <Refused refused/>
            <section id="outbox-list" aria-label=words::OUTBOX data-live="outbox" data-each="">
                {if empty { nothing().into_any() } else { table(groups, admin, &told, clock).into_any() }}
            </section>
        </Sheet>
    }
    .into_any()
}

fn nothing() -> impl IntoView {
    let (title, sentence) = words::EMPTY;
    view! {
        <div class="empty" id="outbox-none">
            {Icon::Outbox.view()}
            <h2>{title}</h2>
            <p>{sentence}</p>
            <div class="row"><a class="button" href="/tickets">{ticket_words::TICKETS}</a></div>
        </div>
    }
}

fn table(groups: Vec<(Group, Vec<OutboxRow>)>, admin: bool, told: &AllTold, clock: Clock) -> impl IntoView + use<> {
    let groups = groups
        .into_iter()
        .filter(|(_, rows)| !rows.is_empty())
        .map(|(group, rows)| {
            let n = count(rows.len() as u64);
            let line = words::group_line(group).map(|line| view! { <span class="quiet line">{line}</span> });
            let rows = rows.into_iter().map(|r| row(r, admin, told, clock)).collect_view();
            view! {
                <tr class="group" id=format!("g-{group:?}")>
                    <th colspan="4" scope="colgroup">{group.words()} " " <span class="count">{n}</span>{line}</th>
                </tr>
                {rows}
            }
        })
        .collect_view();
    view! {
        <table class="table outbox" id="outbox-table" data-each="">
            <thead id="outbox-table-head">
                <tr>
                    <th scope="col">"Reply"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Written"</th>
                    <th scope="col"><span class="vh">"Actions"</span></th>
                </tr>
            </thead>
            <tbody id="outbox-rows" data-each="">{groups}</tbody>
        </table>
    }
}

fn row(row: OutboxRow, admin: bool, told: &AllTold, clock: Clock) -> impl IntoView + use<> {
    let line = row.line;
    let mut state = words::state(&line, clock);
    let address = row.mailbox.as_ref().map(|(_, a)| a.to_string());
    if let (Some((_, diagnosis)), DeliveryState::Waiting) = (line.held, line.state) {
        let mut line_of = words::held_line(diagnosis, address.as_deref().unwrap_or("the mailbox"));
        if line.look {
            line_of = format!("{line_of} {}", words::LOOK_LINE);
        }
        state = state.second(line_of);
    } else if let Some(place) = row.queue.and_then(|queue| words::place(queue, clock)) {
        state = state.second(place);
    }
    let route = ticket_words::route(address.as_deref(), &row.to, &[]);
    let said = said(&line, &format!("d{}", line.id));
    let told = row.mailbox.as_ref().and_then(|(id, _)| told.get(id)).filter(|_| line.held.is_some());
    let tell = told.map(|told| tell(line.id, None, told, clock));
    let told = told.map(|told| view! { <span class="sub">{words::told(told, clock)}</span> });
    let mend = row.mailbox.filter(|_| admin && line.held.is_some()).map(|(id, _)| {
        view! { <a class="button small" href=format!("/admin/channels/email/{id}")>{words::OPEN_MAILBOX}</a> }
    });
    let actions = match line.state {
        DeliveryState::Uncertain => settle(line.id, None).into_any(),
        DeliveryState::Waiting if line.held.is_some() => view! { {mend}{tell}{read(&line)} }.into_any(),
        DeliveryState::Waiting if line.look => read(&line).into_any(),
        DeliveryState::Waiting => {
            view! { {again(line.id, None)}{take_back(line.id, None, "small bare")}{read(&line)} }.into_any()
        }
        DeliveryState::Refused => {
            view! { <a class="button small" href=format!("/tickets/{}#composer", row.ticket)>{words::WRITE_AGAIN}</a> }
                .into_any()
        }
        _ => ().into_any(),
    };
    let light = Group::of(&line) > Group::Held;
    view! {
        <tr id=format!("d{}", line.id)>
            <th scope="row">
                <a class="subject plain" href=format!("/tickets/{}", row.ticket)>{row.subject}</a>
                <span class="sub">{route}</span>
            </th>
            <td data-label="State"><State words=state light/>{told}{said}</td>
            <td class="nowrap" data-label="Written">
                {clock.stamp(row.written_at, clock.time(row.written_at))}
                <span class="sub">{row.author}</span>
            </td>
            <td class="actions"><div class="row">{actions}</div></td>
        </tr>
    }
}

/// To the page of one waiting reply.
fn read(line: &DeliveryLine) -> impl IntoView + use<> {
    let words = if line.look { words::LOOK } else { words::READ };
    let class = if line.look { "button small" } else { "button small bare" };
    view! { <a class=class href=format!("/outbox/{}", line.id)>{words}</a> }
}
