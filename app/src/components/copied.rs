//! Above everything else on every page of a silent copy: the question for admins, one line for
//! agents.

use super::icon::Icon;
use super::state::Tone;
use crate::api::installation::{StaySilent, TakeOver};
use crate::api::post_to;
use crate::components::button::Submit;
use crate::pages::Here;
use crate::wording::installation::*;
use leptos::prelude::*;

/// The question's place; empty at home.
#[component]
pub fn Copied(here: Here) -> impl IntoView {
    let (clock, admin) = (here.clock, here.is_admin());
    here.frame.silent.map(|silent| match (admin, silent.stays) {
        (true, false) => view! {
            <section class="copied" data-tone=Tone::Warning.key() aria-labelledby="copied">
                <div class="inside">
                    <div class="lead">
                        {Icon::Paused.view()}
                        <div>
                            <h2 id="copied">{TITLE}</h2>
                            <p>{why(&silent, clock)}" "{WHAT}</p>
                        </div>
                    </div>
                    <form method="post" action={post_to::<TakeOver>()}>
                        <p id="take-over">{TAKE_OVER_MEANS}</p>
                        <Submit words=TAKE_OVER busy="Taking over"/>
                    </form>
                    <form method="post" action={post_to::<StaySilent>()}>
                        <p id="stay-silent">{STAY_MEANS}</p>
                        <Submit words=STAY kind="" busy="Saving"/>
                    </form>
                </div>
            </section>
        }
        .into_any(),
        (true, true) => view! {
            <section class="banner" data-tone=Tone::Warning.key() aria-label="Silent copy">
                {Icon::Paused.view()}
                <p>{STAYS}" "<a href="/admin/server#take-over">{TAKE_OVER}</a></p>
            </section>
        }
        .into_any(),
        (false, _) => view! {
            <section class="banner" data-tone=Tone::Warning.key() aria-label="Silent copy">
                {Icon::Paused.view()}
                <p>{FOR_AGENTS}</p>
            </section>
        }
        .into_any(),
    })
}

/// On the server page of a copy that stays silent: the way back to the first choice.
pub fn again() -> impl IntoView {
    view! {
        <section class="panel" id="take-over" aria-labelledby="take-over-title">
            <header><h2 id="take-over-title">"Silent copy"</h2></header>
            <div class="body">
                <form class="form" method="post" action={post_to::<TakeOver>()}>
                    <p class="soft">{TAKE_OVER_MEANS}</p>
                    <div class="row"><Submit words=TAKE_OVER busy="Taking over"/></div>
                </form>
            </div>
        </section>
    }
}
