//! The last outage with its sum, and the timeline.

use crate::components::chart::Share;
use crate::wording::counts::{count, of};
use crate::wording::times::{Clock, span};
use crate::wording::{diagnoses, events};
use domain::console::mailboxes::{MailboxPage, Outage};
use leptos::prelude::*;

/// So many arrived, so many accounted for.
pub fn outage(o: Outage, short: &str, clock: Clock) -> impl IntoView + use<> {
    let until = o.to.map_or_else(|| "now".to_owned(), |to| clock.time(to));
    let lasted = span(o.to.unwrap_or(clock.now).since(o.from));
    let accounted = o.tickets + o.replies + o.automatic + o.other;
    let mut parts: Vec<String> = Vec::new();
    for (n, one, many) in [
        (o.tickets, "ticket", "tickets"),
        (o.replies, "reply to an open ticket", "replies to open tickets"),
        (o.automatic, "automatic mail, kept without ticket", "automatic mails, kept without ticket"),
        (o.other, "other", "others"),
    ] {
        if n > 0 {
            parts.push(of(u64::from(n), one, many));
        }
    }
    let released = match o.released {
        0 => String::new(),
        n => format!(" {} left afterwards, once each.", of(u64::from(n), "held reply", "held replies")),
    };
    let title = if o.to.is_some() {
        format!(
            "Disconnected {lasted}: {} arrived, {} accounted for",
            count(u64::from(o.arrived)),
            count(u64::from(accounted))
        )
    } else {
        format!("Disconnected for {lasted} so far")
    };
    let sum = if parts.is_empty() && o.to.is_some() {
        "Nothing arrived meanwhile.".to_owned()
    } else if parts.is_empty() {
        String::new()
    } else {
        format!("{}.", parts.join(", "))
    };
    let shares = [o.tickets, o.replies, o.automatic + o.other];
    let swatches = ["swatch late", "swatch", "swatch mark"];
    let legend = parts
        .iter()
        .enumerate()
        .map(|(at, words)| view! { <li><span class=swatches[at.min(2)]></span>{words.clone()}</li> })
        .collect_view();
    let several = parts.len() > 1;
    let said = parts.join(", ");
    view! {
        <section class="panel" aria-labelledby="outage">
            <header><h2 id="outage">"Last outage"</h2><span class="quiet num">{clock.time(o.from)} " to " {until}</span></header>
            <div class="body stack">
                <div><h3>{title}</h3><p class="soft">{diagnoses::title(o.diagnosis, short)} ". " {(!several).then_some(sum)} {released}</p></div>
                {several.then(|| view! { <Share parts=shares said/><ul class="legend num">{legend}</ul> })}
            </div>
        </section>
    }
}

/// Newest first.
pub fn timeline(page: &MailboxPage, clock: Clock) -> impl IntoView + use<> {
    let id = page.row.id;
    let entries = page
        .timeline
        .iter()
        .map(|entry| {
            let told = events::told(entry, &page.row.provider_short);
            view! {
                <li data-tone=told.tone.key()>
                    {told.icon.view()}
                    <div>
                        <span class="when">{clock.stamp(entry.at, clock.moment(entry.at))}</span>
                        <h3>{told.what}</h3>
                        {(!told.sentence.is_empty()).then(|| view! { <p>{told.sentence}</p> })}
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <section id="timeline" data-live=format!("mailbox:{id}") aria-labelledby="tl">
            <div class="section-head"><h2 id="tl">"Timeline"</h2></div>
            <ol class="timeline">{entries}</ol>
        </section>
    }
}
