//! Days that an admin enters for a mailbox or an organisation.

use crate::api::ends::Enter;
use crate::api::post_to;
use crate::components::button::{Act, Submit};
use crate::components::field::{Field, Select};
use crate::components::notice::Refused;
use crate::wording::counts::of;
use crate::wording::times::Clock;
use domain::Refusal;
use domain::console::ends::{EndsPage, Lasting, Whom};
use domain::refusal::Fault;
use leptos::prelude::*;

const SHOWN: &[Fault] = &[Fault::DaysOutOfRange];

/// `mailbox:3`, as the form sends it.
fn value(whom: &Whom) -> String {
    match whom {
        Whom::Mailbox(id) => format!("mailbox:{id}"),
        Whom::Tenant(id) => format!("tenant:{id}"),
    }
}

/// The panel; nothing while no mailbox signs in at a provider.
pub fn view(data: &EndsPage, refused: Option<Refusal>, clock: Clock) -> Option<AnyView> {
    if data.whom.is_empty() && data.lasting.is_empty() {
        return None;
    }
    let options = data.whom.iter().map(|(whom, name)| (value(whom), name.clone(), false)).collect();
    let lines = data.lasting.iter().cloned().map(|lasting| line(lasting, clock)).collect_view();
    Some(
        view! {
            <section class="panel" id="lasting" aria-labelledby="lasting-head">
                <header><h2 id="lasting-head">"Days you know of"</h2></header>
                <div class="body stack">
                    <p class="soft">"Some organisations ask for a new sign-in after a number of days and say so nowhere. Enter the days, and Mailkeep warns before."</p>
                    {(!data.lasting.is_empty()).then(|| view! { <ul class="lines">{lines}</ul> })}
                    <form class="form" method="post" action={post_to::<Enter>()}>
                        <Refused refused shown=SHOWN/>
                        <Select name="whom" label="For" options/>
                        <Field name="days" label="A sign-in lasts so many days" inputmode="numeric" short=true refused faults=SHOWN/>
                        <div class="row"><Submit words="Save" kind="" busy="Saving"/></div>
                    </form>
                </div>
            </section>
        }
        .into_any(),
    )
}

fn line(lasting: Lasting, clock: Clock) -> impl IntoView {
    let by = match lasting.by {
        Some(by) => format!("Entered by {by}, {}", clock.day(lasting.at)),
        None => format!("Entered {}", clock.day(lasting.at)),
    };
    let days = of(u64::from(lasting.days), "day", "days");
    view! {
        <li><div><b>{lasting.name.clone()}</b>": "{days}" from each sign-in"<br/><small>{by}</small></div>
            <Act action={post_to::<Enter>()} fields=vec![("whom", value(&lasting.whom)), ("days", String::new())] kind="bare small" words="Remove" of=format!("for {}", lasting.name)/>
        </li>
    }
}
