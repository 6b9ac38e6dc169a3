//! The ledger of a mailbox: every message that came, and what became of it.

use super::edit::below;
use crate::api::mailboxes::path;
use crate::components::frame::{Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::pages::page;
use crate::wording::counts::count;
use crate::wording::received as words;
use crate::wording::times::Clock;
use domain::Time;
use domain::console::received::{Received, Window};
use domain::id::MailboxId;
use leptos::prelude::*;

/// `/admin/channels/email/:id/received?from=&until=`, in milliseconds.
#[component]
pub fn ReceivedPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let time = |name| here.place.query(name).and_then(|text| text.parse().ok()).map(Time);
        let window = Window { from: time("from"), until: time("until") };
        let data = here.console.receipts.received(&here.actor, id, window).await?;
        let clock = here.clock;
        let address = data.address.to_string();
        let sub = match (window.from, window.until) {
            (Some(from), Some(until)) => format!("{address}, arrived {} to {}.", clock.time(from), clock.time(until)),
            (None, Some(until)) => format!("{address}, arrived until {}.", clock.time(until)),
            _ => format!("{address}, the newest first."),
        };
        let empty = data.rows.is_empty();
        let older = data.rows.last().filter(|_| data.more).map(|last| {
            let from = window.from.map(|from| format!("from={}&", from.0)).unwrap_or_default();
            format!("{}/received?{from}until={}", path(id), last.arrived_at.0)
        });
        let rows = data.rows.into_iter().map(|row| line(row, clock)).collect_view();
        let title = format!("Received by {address}");
        Ok(view! {
            <Sheet here title place=Place::Email>
                <Head title="Received messages" crumbs=below(id, &address) sub>
                    <a class="button" href=path(id)>"Close"</a>
                </Head>
                {if empty {
                    view! {
                        <div class="panel"><div class="empty">{Icon::Inbound.view()}<h2>"Nothing arrived"</h2><p>"No message of this mailbox arrived in this time."</p></div></div>
                    }.into_any()
                } else {
                    view! {
                        <table class="table ledger">
                            <caption class="vh">"Messages and what became of them"</caption>
                            <thead><tr>
                                <th scope="col">"Message"</th><th scope="col">"What it became"</th>
                                <th scope="col">"Arrived"</th><th scope="col" class="end">"UID"</th>
                            </tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                        {older.map(|href| view! { <div class="row gap"><a class="button" href=href>"Older"</a></div> })}
                    }.into_any()
                }}
            </Sheet>
        }
        .into_any())
    })
}

fn line(row: Received, clock: Clock) -> AnyView {
    let became = words::became(row.disposition);
    let why = words::why(row.reason.as_deref());
    let subject = row.subject.clone().filter(|s| !s.is_empty()).unwrap_or_else(|| "No subject".into());
    let message = match (&row.from, row.ticket) {
        (Some(from), Some(ticket)) => view! {
            <a class="plain subject" href=format!("/tickets/{ticket}")>{subject}</a>
            <span class="sub value">{from.clone()}</span>
        }
        .into_any(),
        (_, Some(ticket)) => {
            view! { <a href=format!("/tickets/{ticket}")>"Ticket " {ticket.to_string()}</a> }.into_any()
        }
        _ => view! { <span class="soft">"In no ticket"</span> }.into_any(),
    };
    let late = row.late.then(|| {
        view! { <span class="sub">"Fetched " {clock.stamp(row.stored_at, clock.time(row.stored_at))}</span> }
    });
    view! {
        <tr>
            <td>{message}</td>
            <td data-label="Became"><span>{became}</span>{why.map(|why| view! { <span class="sub">{why}</span> })}</td>
            <td class="half" data-label="Arrived">{clock.stamp(row.arrived_at, clock.time(row.arrived_at))}{late}</td>
            <td class="end half num" data-label="UID">{if row.uid == 0 { String::new() } else { count(u64::from(row.uid)) }}</td>
        </tr>
    }
    .into_any()
}
