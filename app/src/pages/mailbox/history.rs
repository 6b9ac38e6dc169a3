//! The last outage with its sum, and the timeline.

use crate::api::mailboxes::path;
use crate::components::chart::Share;
use crate::wording::counts::count;
use crate::wording::times::Clock;
use crate::wording::{events, outages};
use domain::console::mailboxes::{MailboxPage, Outage};
use leptos::prelude::*;

/// So many arrived, so many accounted for.
pub fn outage(o: Outage, page: &MailboxPage, clock: Clock) -> impl IntoView + use<> {
    let short = page.row.provider_short.as_str();
    let until = o.to.map_or_else(|| "now".to_owned(), |to| clock.time(to));
    let told = outages::told(&o, short, clock);
    let shares = [o.tickets, o.replies, o.automatic + o.other + o.unreadable];
    let swatches = ["swatch late", "swatch", "swatch mark"];
    let legend = told
        .parts
        .iter()
        .enumerate()
        .map(|(at, words)| view! { <li><span class=swatches[at.min(2)]></span>{words.clone()}</li> })
        .collect_view();
    let several = told.parts.len() > 1;
    let said = told.parts.join(", ");
    let checked = o.uids.filter(|_| o.arrived > 0).map(|(first, last)| {
        let range = if first == last {
            format!("UID {}", count(u64::from(first)))
        } else {
            format!("UIDs {} to {}", count(u64::from(first)), count(u64::from(last)))
        };
        let until = o.to.unwrap_or(clock.now);
        let href = format!("{}/received?from={}&until={}", path(page.row.id), o.from.0, until.0);
        let words = if o.arrived == 1 { "See it".to_owned() } else { format!("See all {}", count(u64::from(o.arrived))) };
        view! { <footer class="row apart"><span>"Checked against " {range} " of the mailbox. " <a href="/help/outage">"Learn more"</a></span><a href=href>{words}</a></footer> }
    });
    view! {
        <section class="panel" aria-labelledby="outage">
            <header><h2 id="outage">"Last outage"</h2><span class="quiet num">{clock.time(o.from)} " to " {until}</span></header>
            <div class="body stack">
                <div>
                    <h3>{told.title}</h3>
                    {told.missing.map(|words| view! { <p data-tone="warning" class="state"><span>{words}</span></p> })}
                    <p class="soft">{told.sentence}</p>
                </div>
                {several.then(|| view! { <Share parts=shares said/><ul class="legend num">{legend}</ul> })}
            </div>
            {checked}
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
            let told = events::told(entry, &page.row.provider_short, clock);
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
            <div class="section-head"><h2 id="tl">"Timeline"</h2><span class="row"><a href=format!("{}/ledger", path(id))>"Is all mail here?"</a><a href=format!("{}/received", path(id))>"Received messages"</a></span></div>
            <ol class="timeline">{entries}</ol>
        </section>
    }
}
