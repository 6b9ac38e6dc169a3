//! Who may forward to a mailbox: on its edit page.

use crate::api::forwarders::{AllowForwarder, ForbidForwarder};
use crate::api::post_to;
use crate::components::button::{Act, Submit};
use crate::components::field::Field;
use crate::components::notice::Refused;
use domain::id::MailboxId;
use domain::refusal::Fault;
use domain::{Address, Refusal};
use leptos::prelude::*;

/// The list with its form.
pub fn panel(id: MailboxId, list: &[Address], refused: Option<Refusal>) -> impl IntoView + use<> {
    let rows = list
        .iter()
        .map(|address| {
            let fields = vec![("id", id.to_string()), ("forwarder", address.to_string())];
            view! {
                <li class="row apart">
                    <span class="value">{address.to_string()}</span>
                    <Act action={post_to::<ForbidForwarder>()} fields words="Remove" kind="small" of=address.to_string()/>
                </li>
            }
        })
        .collect_view();
    let any = !list.is_empty();
    let faults: &'static [Fault] = &[Fault::AddressMalformed];
    view! {
        <section class="panel" id="forwarders" aria-labelledby="forwarders-head">
            <header><h2 id="forwarders-head">"Who may forward to this mailbox"</h2></header>
            <div class="body">
                <p class="soft">
                    "Mail that they forward becomes tickets of the original senders, attached or in the text, one ticket a message. Agents and whoever signed in for a mailbox always may. What others forward is their own mail. "
                    <a href="/help/forwarding">"Learn more about forwarding"</a>
                </p>
            </div>
            {any.then(|| view! { <ul class="lines split">{rows}</ul> })}
            <div class="body split">
                <form class="form" method="post" action={post_to::<AllowForwarder>()}>
                    <Refused refused shown=faults/>
                    <input type="hidden" name="id" value=id.to_string()/>
                    <Field name="forwarder" label="Address" kind="email" refused faults hint="A colleague, or an address that forwards by a rule."/>
                    <div class="row"><Submit words="Add the forwarder" kind="" busy="Adding"/></div>
                </form>
            </div>
        </section>
    }
}
