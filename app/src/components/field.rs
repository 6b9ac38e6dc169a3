//! Fields of forms: label, input, then a hint or what is wrong with it.

use super::choices::choices;
use super::icon::Icon;
use crate::wording::refusals;
use domain::Refusal;
use domain::refusal::Fault;
use leptos::prelude::*;

/// Why a field's value was refused, when the refusal is about this field.
pub fn fault_of(refused: Option<Refusal>, own: &[Fault]) -> Option<Fault> {
    match refused {
        Some(Refusal::Invalid(fault)) if own.contains(&fault) => Some(fault),
        _ => None,
    }
}

/// What is wrong, and that nothing was saved.
#[component]
pub fn FieldError(id: String, fault: Fault) -> impl IntoView {
    view! {
        <span class="error" id=id>{Icon::Critical.view()}<span>{refusals::fault(fault)}</span></span>
    }
}

/// One line of input.
#[component]
pub fn Field(
    name: &'static str,
    #[prop(into)] label: String,
    #[prop(optional, into)] value: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(optional)] optional: bool,
    #[prop(optional)] short: bool,
    #[prop(optional)] inputmode: Option<&'static str>,
    /// The cursor stands here when the page opens, unless another field was refused.
    #[prop(optional)]
    first: bool,
    /// Why the form was refused, and which faults are about this field.
    #[prop(optional_no_strip)]
    refused: Option<Refusal>,
    #[prop(default = &[])] faults: &'static [Fault],
    /// What is wrong, where no refusal says it: the mail server's own no.
    #[prop(optional_no_strip)]
    wrong: Option<String>,
    /// Where two fields of one page share a name.
    #[prop(optional, into)]
    id: Option<String>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.to_owned());
    let wrong = wrong.or_else(|| fault_of(refused, faults).map(|fault| refusals::fault(fault).to_owned()));
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described = match (wrong.is_some(), hint.is_some()) {
        (true, true) => Some(format!("{error_id} {hint_id}")),
        (true, false) => Some(error_id.clone()),
        (false, true) => Some(hint_id.clone()),
        (false, false) => None,
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}{optional.then(|| view! { <span class="optional">" optional"</span> })}</label>
            <input
                class=if short { "input short" } else { "input" }
                id=id
                name=name
                type=kind
                value=value
                autocomplete=autocomplete
                inputmode=inputmode
                autofocus=wrong.is_some() || (first && refused.is_none())
                aria-invalid=wrong.as_ref().map(|_| "true")
                aria-describedby=described
            />
            {wrong.map(|wrong| view! { <span class="error" id=error_id>{Icon::Critical.view()}<span>{wrong}</span></span> })}
            {hint.map(|hint| view! { <span class="hint" id=hint_id>{hint}</span> })}
        </div>
    }
}

/// A field with a few fixed values.
#[component]
pub fn Select(
    name: &'static str,
    #[prop(into)] label: String,
    /// Value, words, whether it is chosen.
    options: Vec<(String, String, bool)>,
    #[prop(optional, into)] hint: Option<String>,
    #[prop(optional, into)] id: Option<String>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.to_owned());
    let hint_id = format!("{id}-hint");
    let options = choices(options);
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select class="select" id=id name=name aria-describedby=hint.as_ref().map(|_| hint_id.clone()) inner_html=options></select>
            {hint.map(|hint| view! { <span class="hint" id=hint_id>{hint}</span> })}
        </div>
    }
}

/// One of several ways: the whole card is the target, its line says what follows.
#[component]
pub fn Choice(
    name: &'static str,
    #[prop(into)] value: String,
    #[prop(into)] title: String,
    #[prop(into)] hint: String,
    chosen: bool,
    /// The chosen one of the group has the focus when the page opens.
    #[prop(optional)]
    first: bool,
    #[prop(optional_no_strip)] logo: Option<AnyView>,
) -> impl IntoView {
    view! {
        <label class="choice">
            <input type="radio" name=name value=value checked=chosen autofocus=first && chosen/>
            <span class="top"><b>{title}</b>{logo}</span>
            <span class="hint">{hint}</span>
        </label>
    }
}

/// A box to tick, sent as `true`.
#[component]
pub fn Check(
    name: &'static str,
    #[prop(into)] title: String,
    #[prop(optional, into)] hint: Option<String>,
    checked: bool,
) -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" name=name value="true" checked=checked/>
            <span>{title}</span>
            {hint.map(|hint| view! { <span class="hint">{hint}</span> })}
        </label>
    }
}
