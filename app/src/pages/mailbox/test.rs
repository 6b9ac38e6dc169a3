//! *Send a test mail*: an address, a button, and what came of the last one.

use crate::api::post_to;
use crate::api::test_mails::SendTestMail;
use crate::components::button::Submit;
use crate::components::call::Said;
use crate::components::field::Field;
use crate::components::notice::{Notice, Refused};
use crate::wording::test_mails;
use crate::wording::times::Clock;
use domain::Refusal;
use domain::console::mailboxes::MailboxPage;
use domain::console::test_mails::TestMail;
use domain::refusal::Fault;
use leptos::prelude::*;

/// The panel beside the mailbox. `fresh`: it was sent a moment ago.
pub fn panel(
    page: &MailboxPage,
    last: Option<TestMail>,
    refused: Option<Refusal>,
    fresh: bool,
    clock: Clock,
) -> impl IntoView + use<> {
    let short = page.row.provider_short.clone();
    let who = if page.row.by_password { "the server".to_owned() } else { short.clone() };
    let to = last.as_ref().map(|test| test.to.clone()).unwrap_or_default();
    let told = last.map(|test| test_mails::told(&test, &short, clock));
    let faults: &'static [Fault] = &[Fault::RecipientMissing, Fault::RecipientMalformed];
    let id = page.row.id;
    let result = told.map(|told| {
        let said = told.said.map(|said| view! { <Said who said/> });
        if fresh {
            view! { <Notice tone=told.tone title=told.title><p>{told.sentence}</p></Notice>{said} }.into_any()
        } else {
            view! { <div class="stack tight"><p class="value"><b>{told.title}</b></p><p class="soft">{told.sentence}</p>{said}</div> }.into_any()
        }
    });
    view! {
        <section class="panel" id="test" aria-labelledby="test-head" data-live=format!("mailbox:{id}")>
            <header><h2 id="test-head">"Send a test mail"</h2></header>
            <div class="body stack">
                <form class="stack" method="post" action={post_to::<SendTestMail>()}>
                    <Refused refused shown=faults/>
                    <input type="hidden" name="id" value=id.to_string()/>
                    <Field name="to" label="To" kind="email" value=to refused faults hint="One short message leaves from this mailbox now."/>
                    <div class="row"><Submit words="Send it" kind="small" busy="Sending"/></div>
                </form>
                {result}
            </div>
        </section>
    }
}
