//! What a switch did.

use crate::api::mailboxes::{LIST, path};
use crate::api::response::go;
use crate::components::frame::{Head, Place, Sheet};
use crate::components::notice::{Notice, Refused};
use crate::components::probe::Probe;
use crate::components::state::Tone;
use crate::pages::mailbox::below;
use crate::pages::page;
use crate::wording::switches;
use crate::wording::times::Clock;
use domain::console::switches::SwitchReport;
use domain::id::MailboxId;
use domain::probe::ProbeReport;
use leptos::prelude::*;

/// The facts of the last switch; they complete themselves while the page is open.
pub fn report(id: MailboxId, r: &SwitchReport, clock: Clock) -> impl IntoView + use<> {
    let facts = switches::facts(r, clock)
        .into_iter()
        .map(|(term, words)| view! { <dt>{term}</dt><dd>{words}</dd> })
        .collect_view();
    let until = clock.day(r.wiped_at);
    view! {
        <section class="panel" id="switched" data-live=format!("mailbox:{id}") aria-labelledby="switched-title">
            <header><h2 id="switched-title">"The switch"</h2><span class="quiet">{clock.moment(r.at)}</span></header>
            <div class="body"><dl class="facts">{facts}</dl></div>
            <footer>{format!("The previous setup is kept until {until}. ")}<a href=format!("{}/put-back", path(id))>"Put it back"</a></footer>
        </section>
    }
}

/// `/admin/channels/email/:id/switch/result`: after a password, or after putting back.
#[component]
pub fn SwitchResultPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let data = here.console.mailboxes.show(&here.actor, id).await?;
        let Some(check) = here.console.mailboxes.last_check(&here.actor, id).await? else {
            go(&path(id));
            return Ok(().into_any());
        };
        let switched = here.console.switches.report(&here.actor, id).await?.filter(|_| !check.swapped.is_empty());
        let refused = here.place.refused();
        let clock = here.clock;
        let present = data.row.address.to_string();
        let short = data.row.provider_short.clone();
        let all_ok = check.reports.iter().all(ProbeReport::ok);
        let buttons = move || view! { <div class="row"><a class="button" href=path(id)>"Go to the mailbox"</a><a class="button bare" href=LIST>"All support emails"</a></div> };
        let notice = match (check.swapped.is_empty(), all_ok) {
            (false, true) => view! {
                <Notice tone=Tone::Ok title=format!("Saved: {present} is switched")>
                    <p>{format!("It is at {} now. There is nothing to save.", data.row.provider_name)}</p>{buttons()}
                </Notice>
            }
            .into_any(),
            (false, false) => view! {
                <Notice tone=Tone::Warning title="Saved, but only one direction is switched">
                    <p>"The other one goes on as before."</p>{buttons()}
                </Notice>
            }
            .into_any(),
            (true, _) => view! {
                <Notice tone=Tone::Critical title="It did not prove itself">
                    <p>"Nothing was changed. Fetching and replies go on as before. Below stands what was found."</p>{buttons()}
                </Notice>
            }
            .into_any(),
        };
        let switched = switched.map(|r| report(id, &r, clock));
        let panels =
            check.reports.into_iter().map(|report| view! { <Probe report short=short.clone()/> }).collect_view();
        Ok(view! {
            <Sheet here title=format!("{present}: switched") place=Place::Email acts=true>
                <Head title=present.clone() crumbs=below(id, &present)/>
                <div class="stack loose"><Refused refused/>{notice}{switched}<div class="halves">{panels}</div></div>
            </Sheet>
        }
        .into_any())
    })
}
