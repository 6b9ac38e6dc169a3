//! Inside a page: what just happened, or what to know.

use super::icon::Icon;
use super::state::Tone;
use crate::wording::refusals;
use domain::Refusal;
use domain::refusal::Fault;
use leptos::prelude::*;

/// Icon, title, a sentence or actions as children.
#[component]
pub fn Notice(
    tone: Tone,
    #[prop(into)] title: String,
    #[prop(optional)] icon: Option<Icon>,
    /// What came of the last press: it has the focus when the page opens, what to do next follows it.
    #[prop(optional)]
    outcome: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let role = if matches!(tone, Tone::Critical) { "alert" } else { "status" };
    view! {
        <div class="notice" data-tone=tone.key() role=role tabindex=outcome.then_some("-1") autofocus=outcome>
            {icon.unwrap_or_else(|| tone.icon()).view()}
            <p class="title">{title}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// A form's refusal on top of it, unless one of its fields shows it.
#[component]
pub fn Refused(
    #[prop(optional_no_strip)] refused: Option<Refusal>,
    /// The faults that the form's fields show themselves.
    #[prop(default = &[])]
    shown: &'static [Fault],
) -> impl IntoView {
    refused.filter(|refusal| !matches!(refusal, Refusal::Invalid(fault) if shown.contains(fault))).map(|refusal| {
        let (title, sentence) = refusals::refusal(refusal);
        view! { <Notice tone=Tone::Critical title><p>{sentence}</p></Notice> }
    })
}
