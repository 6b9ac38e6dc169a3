//! Who gets notices.

use crate::api::notices::SavePeople;
use crate::api::post_to;
use crate::components::button::Submit;
use crate::components::field::{Check, Field};
use crate::components::notice::Refused;
use domain::Refusal;
use domain::console::notices::NoticesPage;
use domain::refusal::Fault;
use leptos::prelude::*;

const SHOWN: &[Fault] = &[Fault::AddressMalformed, Fault::TextTooLong];

/// The panel.
pub fn view(data: &NoticesPage, refused: Option<Refusal>) -> impl IntoView + use<> {
    let admins = data
        .admins
        .iter()
        .enumerate()
        .map(|(at, admin)| {
            view! {
                <label class="check">
                    <input type="checkbox" name=format!("told[{at}]") value=admin.person.to_string() checked=admin.told/>
                    <span>{admin.name.clone()}</span>
                    <span class="hint">{admin.email.clone()}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <section class="panel" id="people" aria-labelledby="people-head">
            <header><h2 id="people-head">"Who gets them"</h2></header>
            <div class="body">
                <form class="form" method="post" action={post_to::<SavePeople>()}>
                    <Refused refused shown=SHOWN/>
                    <fieldset class="stack tight"><legend>"Admins"</legend>{admins}</fieldset>
                    <Field name="more" label="Others, by email" optional=true value=data.more.join(", ") refused faults=SHOWN hint="Separated by commas."/>
                    <Check name="tell_owner" title="Also whoever signs in for the mailbox" checked=data.tell_owner
                        hint="In words for somebody who never heard of the help desk."/>
                    <div class="row"><Submit words="Save who gets them" kind="" busy="Saving"/></div>
                </form>
            </div>
        </section>
    }
}
