//! The diagnosis card: what happened, who can mend it, the exact steps, the line to copy.

use super::button::Copy;
use super::call::{Call, Said};
use super::state::Tone;
use crate::wording::diagnoses;
use domain::Diagnosis;
use domain::credential::CredentialKind;
use domain::direction::Direction;
use domain::provider::ProviderKind;
use leptos::prelude::*;

/// What the card speaks of.
#[derive(Clone)]
pub struct Trouble {
    pub direction: Direction,
    pub diagnosis: Diagnosis,
    pub credential: CredentialKind,
    pub provider: ProviderKind,
    pub short: String,
    pub address: String,
    /// What else is true: the other direction works, what waits.
    pub also: String,
    pub said: Option<String>,
}

impl Trouble {
    /// `Outgoing: SMTP AUTH is off`
    fn title(&self) -> String {
        let title = diagnoses::title(self.diagnosis, &self.short);
        match self.direction {
            Direction::Incoming => format!("Incoming does not work: {title}"),
            Direction::Outgoing => format!("Outgoing does not work: {title}"),
        }
    }
}

/// The card; the page's action is its child.
#[component]
pub fn RemedyCard(
    trouble: Trouble,
    /// When it is checked without anybody's doing.
    #[prop(optional, into)]
    next: Option<String>,
    #[prop(into)] action: ViewFn,
) -> impl IntoView {
    let Trouble { direction: _, diagnosis, credential, provider, short, address, also, said } = trouble.clone();
    let domain = address.rsplit('@').next().unwrap_or(&address).to_owned();
    let (who, not) = diagnoses::who(diagnosis.remedy(credential), &short, &domain);
    let sentence = format!("{} {also}", diagnoses::sentence(diagnosis, &short));
    let steps = diagnoses::steps(diagnosis, provider, &address);
    let article = format!("/help/{}", diagnoses::article(diagnosis));
    let sayer = if said.as_deref().is_some_and(|s| s.contains("AADSTS")) { short } else { "the server".into() };
    view! {
        <Call tone=Tone::Critical title=trouble.title() sentence=move || sentence.clone()>
            <dl class="facts full"><dt>"Who can fix it"</dt><dd><b>{who}</b>" "{not}</dd></dl>
            {steps.map(|steps| {
                let list = match <[String; 1]>::try_from(steps.steps) {
                    // A single step needs no number.
                    Ok([only]) => view! { <p>{only}</p> }.into_any(),
                    Err(several) => {
                        let steps = several.into_iter().map(|step| view! { <li><span>{step}</span></li> }).collect_view();
                        view! { <ol class="howto">{steps}</ol> }.into_any()
                    }
                };
                let any = !steps.lines.is_empty();
                let class = if steps.lines.is_empty() { "full" } else { "full halves" };
                let lines = steps
                    .lines
                    .into_iter()
                    .map(|(place, line)| view! { <h3>{place}</h3><Copy text=line what="the line"/> })
                    .collect_view();
                let after = steps.after.map(|after| view! { <p class="soft">{after}</p> });
                view! {
                    <div class=class>
                        <div class="stack tight"><h3>"What to do"</h3>{list}</div>
                        {any.then(|| view! { <div class="stack tight">{lines}{after}</div> })}
                    </div>
                }
            })}
            <div class="full row apart">
                <div class="row">{action.run()}<a class="button bare" href=article>"More about it"</a></div>
                {next.map(|next| view! { <span class="quiet">{next}</span> })}
            </div>
            {said.map(|said| view! { <Said who=sayer said/> })}
        </Call>
    }
}
