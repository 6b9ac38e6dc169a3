//! What a test found, field by field.

use crate::components::button::Copy;
use crate::components::call::Said;
use crate::components::icon::Icon;
use crate::components::state::Tone;
use crate::wording::registrations as wording;
use crate::wording::times::Clock;
use domain::console::registrations::Registration;
use domain::registration::{Field, Verdict};
use leptos::prelude::*;

/// The panel; nothing before the first test.
pub fn view(r: Registration, redirect: &str, clock: Clock) -> Option<AnyView> {
    let tested = r.tested?;
    let short = r.provider_short;
    let wrong = tested.wrong();
    let (tone, icon) = match wrong {
        Some(_) => (Tone::Critical, Icon::Critical),
        None if tested.silent() => (Tone::Calm, Icon::Clock),
        None => (Tone::Ok, Icon::Ok),
    };
    let fields = tested
        .fields
        .iter()
        // Only Microsoft has tenants.
        .filter(|(field, _)| *field != Field::Tenant || !r.tenant.is_empty())
        .map(|(field, verdict)| {
            let (tone, icon, words) = match verdict {
                Verdict::Right => (Tone::Ok, Icon::Ok, "Right"),
                Verdict::Wrong(_) => (Tone::Critical, Icon::Critical, "Wrong"),
                Verdict::Untold => (Tone::Calm, Icon::Dash, "Not told"),
            };
            view! { <li data-tone=tone.key()>{icon.view()}<span class="what">{wording::field(*field)}</span><span class="took">{words}</span></li> }
        })
        .collect_view();
    let copy = wrong.is_some_and(|(field, _)| field == Field::Redirect).then(|| {
        view! { <Copy text=redirect.to_owned() what="the redirect address"/> }
    });
    Some(
        view! {
            <section class="panel" data-tone=tone.key() aria-labelledby="tested">
                <header><h2 id="tested">{format!("Test of {}", r.name)}</h2><span class="quiet">{clock.stamp(tested.at, clock.time(tested.at))}</span></header>
                <div class="body stack">
                    <div class="stack tight">
                        <p class="state" data-tone=tone.key() role="status">{icon.view()}<b>{wording::tested(&tested, &short)}</b></p>
                        <p class="soft">{wording::tested_sentence(&tested, &short)}</p>
                        {copy}
                    </div>
                    <ul class="probe" aria-label="Fields">{fields}</ul>
                    {(!tested.said.is_empty()).then(|| view! { <Said who=short said=tested.said.clone()/> })}
                </div>
            </section>
        }
        .into_any(),
    )
}
