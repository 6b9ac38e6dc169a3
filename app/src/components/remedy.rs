//! The diagnosis card: what happened, who can mend it, the exact steps, the line to copy.

use super::button::Copy;
use super::call::{Call, Said};
use super::send_card::{SendCard, Sending};
use super::state::Tone;
use crate::wording::diagnoses;
pub use crate::wording::doctor::Trouble;
use leptos::prelude::*;

/// The card; the page's action is its child.
#[component]
pub fn RemedyCard(
    trouble: Trouble,
    /// When it is checked without anybody's doing.
    #[prop(optional, into)]
    next: Option<String>,
    /// *Send this card*, where there is a mailbox to speak of.
    #[prop(optional_no_strip)]
    sending: Option<Sending>,
    #[prop(into)] action: ViewFn,
) -> impl IntoView {
    let (who, not) = diagnoses::who(trouble.diagnosis, trouble.remedy(), &trouble.short, &trouble.domain());
    let sentence = trouble.sentence();
    let steps = trouble.steps();
    let no_mailbox = trouble.no_mailbox();
    let card = sending.map(|sending| {
        let trouble = trouble.clone();
        view! { <SendCard trouble sending/> }
    });
    let title = trouble.title();
    let Trouble { diagnosis, short, said, .. } = trouble;
    let article = format!("/help/{}", diagnoses::article(diagnosis));
    let sayer = if said.as_deref().is_some_and(|s| s.contains("AADSTS")) { short } else { "the server".into() };
    view! {
        <Call tone=Tone::Critical title=title sentence=move || sentence.clone()>
            <dl class="facts full"><dt>"Who can fix it"</dt><dd><b>{who}</b>" "{not}</dd></dl>
            {steps.map(|steps| {
                let some = !steps.steps.is_empty();
                let list = match <[String; 1]>::try_from(steps.steps) {
                    // A single step needs no number.
                    Ok([only]) => view! { <p>{only}</p> }.into_any(),
                    Err(several) => {
                        let steps = several.into_iter().map(|step| view! { <li><span>{step}</span></li> }).collect_view();
                        view! { <ol class="howto">{steps}</ol> }.into_any()
                    }
                };
                let any = !steps.lines.is_empty();
                let class = if some && any { "full halves" } else { "full" };
                let lines = steps
                    .lines
                    .into_iter()
                    .map(|(place, line)| view! { <h3>{place}</h3><Copy text=line what="the line"/> })
                    .collect_view();
                let after = steps.after.map(|after| view! { <p class="soft">{after}</p> });
                view! {
                    <div class=class>
                        {some.then(|| view! { <div class="stack tight"><h3>"What to do"</h3>{list}</div> })}
                        {any.then(|| view! { <div class="stack tight">{lines}{after}</div> })}
                    </div>
                }
            })}
            {no_mailbox.map(|(cause, ways)| {
                let ways = ways.map(|way| view! { <li><span>{way}</span></li> }).collect_view();
                view! {
                    <div class="full stack tight">
                        <h3>"Has this address a mailbox of its own?"</h3>
                        <p>{cause}</p>
                        <ol class="howto">{ways}</ol>
                    </div>
                }
            })}
            <div class="full row apart">
                <div class="row">{action.run()}<a class="button bare" href=article>"More about it"</a></div>
                {next.map(|next| view! { <span class="quiet">{next}</span> })}
            </div>
            {card}
            {said.map(|said| view! { <Said who=sayer said/> })}
        </Call>
    }
}
