//! Unreadable mail: why, as it came, read again, a ticket by hand, or set aside.

use crate::api::post_to;
use crate::api::quarantine::{ByHand, Replay, SetAside};
use crate::components::button::Act;
use crate::components::frame::{Head, Place, Sheet, email_crumbs};
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Refused};
use crate::components::state::{State, Tone, Words};
use crate::pages::page;
use crate::wording::counts::bytes;
use crate::wording::times::Clock;
use crate::wording::{ledger, quarantine as words};
use domain::console::quarantine::Unreadable;
use leptos::prelude::*;

/// `/admin/unreadable`
#[component]
pub fn UnreadablePage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let data = here.console.quarantine.page(&here.actor).await?;
        let (clock, refused) = (here.clock, here.place.refused());
        let done = here.place.query("done").and_then(words::done);
        let empty = data.rows.is_empty();
        let items = data.rows.into_iter().map(|row| item(row, clock)).collect_view();
        Ok(view! {
            <Sheet here title=words::TITLE place=Place::Email>
                <Head title=words::TITLE crumbs=email_crumbs(true) sub=words::ABOUT/>
                <div class="stack loose" id="unreadable" data-live="mailboxes">
                    <Refused refused/>
                    {done.map(|(title, sentence)| view! { <Notice tone=Tone::Calm title><p>{sentence}</p></Notice> })}
                    {if empty {
                        view! { <div class="panel"><div class="empty">{Icon::Ok.view()}<h2>{words::NONE}</h2><p>{words::NONE_WHY}</p></div></div> }.into_any()
                    } else {
                        items.into_any()
                    }}
                    <p class="quiet"><a href="/help/missing-mail">"Learn more"</a></p>
                    {data.more.then(|| view! { <p class="quiet">"There are older ones; they follow when these are dealt with."</p> })}
                </div>
            </Sheet>
        }
        .into_any())
    })
}

fn item(row: Unreadable, clock: Clock) -> AnyView {
    let numbers = row.numbers.to_string();
    let place = format!("{}, UID {} in {}", row.address, row.numbers.uid, ledger::folder(&row.folder));
    let field = || vec![("numbers", numbers.clone())];
    let of = format!(": UID {} of {}", row.numbers.uid, row.address);
    let size = row.bytes.map(|n| format!(", {}", bytes(n))).unwrap_or_default();
    let again = if row.bytes.is_some() { "Read it again" } else { "Fetch it again" };
    let stored = row.bytes.is_some();
    let beginning = (!row.beginning.is_empty()).then(|| {
        view! {
            <details class="fold">
                <summary>{Icon::Chevron.with_class("icon chevron")}"How it begins"</summary>
                <div><code class="code">{row.beginning}</code></div>
            </details>
        }
    });
    let id = format!("u-{}", numbers.replace('.', "-"));
    let heading = id.clone();
    view! {
        <section class="panel" aria-labelledby=heading>
            <header><h2 id=id class="value">{place}</h2><span class="quiet num">"Arrived " {clock.when(row.arrived_at)} {size}</span></header>
            <div class="body stack tight">
                <State words=Words::new(Tone::Warning, Icon::Warning, words::reason(&row.reason))/>
                <p class="sub">"Last tried " {clock.when(row.tried_at)} "."</p>
                {beginning}
            </div>
            <footer class="row">
                {stored.then(|| view! { <Act action={post_to::<ByHand>()} fields=field() words="Make a ticket" kind="small primary" busy="Making it" of=of.clone()/> })}
                <Act action={post_to::<Replay>()} fields=field() words=again kind="small" busy="Reading" of=of.clone()/>
                {row.raw.map(|href| view! { <a class="button small" href=href download="">"Download as it came"</a> })}
                <Act action={post_to::<SetAside>()} fields=field() words="Set aside" kind="small bare" of/>
            </footer>
        </section>
    }
    .into_any()
}
