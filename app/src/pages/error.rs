//! Pages that say why there is nothing else to see, and the two that only lead on.

use crate::api::response::{go, status};
use crate::components::frame::{Gate, Head, Place, Sheet};
use crate::pages::{Address, Here, open, page, page_at};
use crate::wording::refusals;
use domain::Refusal;
use leptos::prelude::*;

/// Inside the console: the rail stays, so that the way on is there.
pub fn inside(here: Here, refusal: Refusal) -> AnyView {
    status(refusal);
    let (title, sentence) = refusals::refusal(refusal);
    view! {
        <Sheet here title=title.clone() place=Place::None>
            <Head title/>
            <div class="stack">
                <p class="soft">{sentence}</p>
                <div class="row"><a class="button" href="/tickets">"Go to the tickets"</a></div>
            </div>
        </Sheet>
    }
    .into_any()
}

/// Without a person: a gate.
pub fn outside(refusal: Refusal) -> AnyView {
    status(refusal);
    let (title, sentence) = refusals::refusal(refusal);
    view! {
        <Gate title=title.clone()>
            <div class="stack tight"><h1>{title}</h1><p class="soft">{sentence}</p></div>
            <div class="row"><a class="button" href="/">"Go to the start"</a></div>
        </Gate>
    }
    .into_any()
}

/// No page stands at this path.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    page_at(Address::unmatched(), |here| async move { Ok(inside(here, Refusal::NotFound)) })
}

/// `/`
#[component]
pub fn Front() -> impl IntoView {
    page(|_| async move {
        go("/tickets");
        Ok(().into_any())
    })
}

/// `/admin/emails`, as some know it from elsewhere.
#[component]
pub fn ToEmails() -> impl IntoView {
    open(|_| async move {
        go("/admin/channels/email");
        Ok(().into_any())
    })
}
