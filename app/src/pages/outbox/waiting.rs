//! One waiting reply: what came since, what it says, and what may be done about it.

use crate::api::outbox::{Release, SendThrough, TakeBack};
use crate::api::post_to;
use crate::components::button::{Act, Submit};
use crate::components::field::Select;
use crate::components::frame::{Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::message::{self, text};
use crate::components::notice::Refused;
use crate::components::state::Tone;
use crate::pages::{Here, page};
use crate::wording::outbox as words;
use crate::wording::tickets as ticket_words;
use domain::Address;
use domain::console::outbox::{Newer, WaitingReply};
use domain::id::{DeliveryId, MailboxId};
use leptos::prelude::*;

/// `/outbox/:id`
#[component]
pub fn WaitingPage() -> impl IntoView {
    page(|here| async move {
        let id: DeliveryId = here.place.id("id")?;
        let reply = here.console.outbox.waiting(&here.actor, id).await?;
        Ok(waiting(here, reply))
    })
}

fn waiting(here: Here, reply: WaitingReply) -> AnyView {
    let clock = here.clock;
    let refused = here.place.refused();
    let WaitingReply { row, newer, text: written, files, through } = reply;
    let (title, sentence) = words::why_it_waits(&row, clock);
    let (tone, icon) = match row.line.held.is_some() || row.line.look {
        true => (Tone::Warning, Icon::Held),
        false => (Tone::Calm, Icon::Clock),
    };
    let newer_words = if newer.is_empty() {
        view! { <p class="quiet">{words::NOTHING_NEWER}</p> }.into_any()
    } else {
        newer.into_iter().map(|one| came(one, &here)).collect_view().into_any()
    };
    let address = row.mailbox.as_ref().map(|(_, address)| address.to_string());
    let route = ticket_words::route(address.as_deref(), &row.to, &[]);
    let id = row.line.id;
    let crumbs = vec![(words::OUTBOX.into(), Some("/outbox".into())), (row.subject.clone(), None)];
    view! {
        <Sheet here title=words::WAITING place=Place::Outbox narrow=true>
            <Head title=words::WAITING crumbs sub=row.subject.clone()/>
            <Refused refused/>
            <div class="stack loose" id="waiting" data-live="outbox">
                <div class="notice" data-tone=tone.key()>
                    {icon.view()}
                    <p class="title">{title}</p>
                    <p>{sentence}</p>
                </div>
                <section class="panel" aria-labelledby="newer">
                    <header><h2 id="newer">{words::NEWER}</h2></header>
                    <div class="body stack">{newer_words}</div>
                </section>
                <section class="panel" aria-labelledby="reply">
                    <header>
                        <h2 id="reply">{words::THE_REPLY}</h2>
                        <span class="quiet">{row.author} ", " {clock.stamp(row.written_at, clock.moment(row.written_at))}</span>
                    </header>
                    <div class="body stack">
                        <p class="quiet">{route}</p>
                        <div class="mail" dir="auto">{text::view(&written)}</div>
                        {message::files(&files, "reply")}
                    </div>
                </section>
                {actions(id, row.line.look, through)}
                <p><a href=format!("/tickets/{}", row.ticket)>"Open the ticket"</a></p>
            </div>
        </Sheet>
    }
    .into_any()
}

fn came(one: Newer, here: &Here) -> impl IntoView + use<> {
    view! {
        <article class="stack tight">
            <p><b>{one.author}</b> " " {here.clock.stamp(one.at, here.clock.moment(one.at))}</p>
            <div class="mail" dir="auto">{text::view(&one.text)}</div>
        </article>
    }
}

fn actions(id: DeliveryId, look: bool, through: Vec<(MailboxId, Address)>) -> impl IntoView {
    let delivery = move || vec![("delivery", id.to_string())];
    let send = look.then(|| {
        view! { <Act action={post_to::<Release>()} fields=delivery() words=words::RELEASE kind="primary"/> }
    });
    let hint = look.then(|| view! { <p class="quiet">{words::RELEASE_HINT}</p> });
    let other = (!through.is_empty()).then(|| {
        let options =
            through.into_iter().map(|(id, address)| (id.to_string(), address.to_string(), false)).collect::<Vec<_>>();
        view! {
            <form class="stack" method="post" action={post_to::<SendThrough>()}>
                <input type="hidden" name="delivery" value=id.to_string()/>
                <Select name="mailbox" label="Another mailbox" options hint=words::THROUGH_HINT/>
                <div class="row"><Submit words=words::THROUGH kind=""/></div>
            </form>
        }
    });
    view! {
        <div class="row">{send}<Act action={post_to::<TakeBack>()} fields=delivery() words=words::EDIT/></div>
        {hint}
        {other}
    }
}
