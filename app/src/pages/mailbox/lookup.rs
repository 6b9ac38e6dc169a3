//! *Why is this mail not a ticket?*: a search over the ledger and, live, all folders.

use super::edit::below;
use crate::api::ledger::ImportMail;
use crate::api::mailboxes::path;
use crate::api::post_to;
use crate::components::button::{Act, Submit};
use crate::components::call::Said;
use crate::components::field::Field;
use crate::components::frame::{Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Refused};
use crate::components::state::Tone;
use crate::pages::page;
use crate::wording::counts::of;
use crate::wording::ledger as words;
use crate::wording::times::Clock;
use domain::Fault;
use domain::console::ledger::{Found, Lookup, Why};
use domain::id::MailboxId;
use domain::receipt::Disposition;
use leptos::prelude::*;

/// `/admin/channels/email/:id/lookup?words=`
#[component]
pub fn LookupPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let asked = here.place.query("words").unwrap_or_default().trim().to_owned();
        let address = here.console.ledger.page(&here.actor, id).await?.address.to_string();
        let found = match asked.as_str() {
            "" => None,
            words => Some(here.console.ledger.look_up(&here.actor, id, words).await?),
        };
        let (clock, refused) = (here.clock, here.place.refused());
        let done = match here.place.query("done") {
            Some("gone") => Some((
                Tone::Warning,
                "It is not on the server any more",
                "Somebody moved or deleted it meanwhile. Look again.",
            )),
            Some("waits") => Some((
                Tone::Calm,
                "It is fetched as soon as possible",
                "The mailbox has no session to spare now. Load this page again in a minute.",
            )),
            _ => None,
        };
        let crumbs = below(id, &address);
        let title = format!("{} {address}", words::LOOKUP);
        let results = found.map(|found| results(id, found, &asked, clock));
        Ok(view! {
            <Sheet here title place=Place::Email>
                <Head title=words::LOOKUP crumbs sub="Looks through everything that came, and through all folders on the server as they are now.">
                    <a class="button" href=format!("{}/ledger", path(id))>"Close"</a>
                </Head>
                <div class="stack loose">
                    <Refused refused/>
                    {done.map(|(tone, title, sentence)| view! { <Notice tone title><p>{sentence}</p></Notice> })}
                    <form class="form" method="get" action=format!("{}/lookup", path(id)) role="search">
                        <Field name="words" label="Sender, subject or Message-ID" value=asked first=true refused faults=&[Fault::TextTooLong]
                            hint="A part of it is enough. Searching all folders takes a few seconds."/>
                        <div class="row"><Submit words="Look for it" busy="Searching"/></div>
                    </form>
                    {results}
                </div>
            </Sheet>
        }
        .into_any())
    })
}

fn results(id: MailboxId, lookup: Lookup, asked: &str, clock: Clock) -> AnyView {
    let searched = match &lookup.not_searched {
        None => format!("Searched here and in {} on the server.", of(lookup.folders.into(), "folder", "folders")),
        Some(_) => "Searched here alone.".into(),
    };
    let warning = lookup.not_searched.clone().map(|said| {
        view! {
            <Notice tone=Tone::Warning title="The server could not be searched">
                <p>"What is shown is what came in. Repair the mailbox, then look again."</p>
                {(!said.is_empty()).then(|| view! { <Said who="the server" said/> })}
            </Notice>
        }
    });
    if lookup.found.is_empty() {
        let words = format!(
            "Nothing here and in no folder has \u{201c}{asked}\u{201d} in its sender, subject or Message-ID. It never reached this mailbox, or was deleted for good."
        );
        return view! {
            {warning}
            <div class="panel"><div class="empty">{Icon::Search.view()}<h2>"No such mail"</h2><p>{words}</p><p class="quiet">{searched}</p></div></div>
        }
        .into_any();
    }
    let more = lookup.more.then_some(" There are more; use more of its words.");
    let rows = lookup.found.into_iter().map(|found| row(id, found, asked, clock)).collect_view();
    view! {
        {warning}
        <section class="stack tight" aria-labelledby="found">
            <div class="section-head"><h2 id="found">"Found"</h2><span class="quiet">{searched}{more}</span></div>
            <table class="table ledger">
                <caption class="vh">"Mails that were found, and why they are no ticket"</caption>
                <thead><tr><th scope="col">"Message"</th><th scope="col">"Why"</th><th scope="col">"Arrived"</th><th scope="col"><span class="vh">"Action"</span></th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

fn row(id: MailboxId, found: Found, asked: &str, clock: Clock) -> AnyView {
    let why = words::why(&found);
    let subject = if found.subject.is_empty() { "No subject".to_owned() } else { found.subject.clone() };
    let unreadable = matches!(found.why, Why::Receipt { disposition: Disposition::Quarantined, .. });
    let act = match (found.ticket, found.spot.filter(|_| found.importable)) {
        (Some(ticket), _) => {
            view! { <a class="button small" href=format!("/tickets/{ticket}")>"Open the ticket"</a> }.into_any()
        }
        (None, Some(spot)) => {
            let fields = vec![
                ("id", id.to_string()),
                ("folder", spot.folder),
                ("uid_validity", spot.uid_validity.to_string()),
                ("uid", spot.uid.to_string()),
                ("words", asked.to_owned()),
            ];
            view! { <Act action={post_to::<ImportMail>()} fields words="Import now" kind="small primary" busy="Importing" of=format!(": {subject}")/> }
                .into_any()
        }
        (None, None) if unreadable => {
            view! { <a class="button small" href=crate::api::quarantine::PAGE>"Unreadable mail"</a> }.into_any()
        }
        (None, None) => ().into_any(),
    };
    view! {
        <tr>
            <td><span class="subject">{subject}</span><span class="sub value">{found.from}</span></td>
            <td data-label="Why">{why}</td>
            <td class="half" data-label="Arrived">{clock.stamp(found.at, clock.time(found.at))}</td>
            <td class="end">{act}</td>
        </tr>
    }
    .into_any()
}
