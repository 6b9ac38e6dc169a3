//! Setting a mailbox up: address, use, sign-in, result. One question each, kept as a draft.

mod address;
mod import;
mod password;
mod result;
mod sign_in;
mod used;

pub use address::{AddressPage, ProviderPage};
pub use import::{ImportPage, waits};
pub use password::{PasswordPage, SERVER_FAULTS, one_server, server_fields};
pub use result::ResultPage;
pub use sign_in::SignInStepPage;
pub use used::{UsePage, date_value, import_fields};

use crate::api::mailboxes::path;
use crate::components::icon::Icon;
use domain::console::mailboxes::MailboxPage;
use domain::id::MailboxId;
use leptos::prelude::*;

/// The steps of the wizard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Address,
    Use,
    SignIn,
    Result,
}

const STEPS: [(Step, &str, &str); 4] = [
    (Step::Address, "Address", "provider"),
    (Step::Use, "Use", "use"),
    (Step::SignIn, "Sign in", "sign-in"),
    (Step::Result, "Result", "result"),
];

/// Where the set-up stands; earlier steps are links.
#[component]
pub fn Wizard(
    at: Step,
    /// `None` before the draft exists.
    #[prop(optional_no_strip)]
    id: Option<MailboxId>,
) -> impl IntoView {
    let steps = STEPS
        .map(|(step, words, page)| match id {
            Some(id) if step < at => view! {
                <li data-done="">{Icon::Ok.view()}<a class="plain" href=format!("{}/set-up/{page}", path(id))>{words}</a></li>
            }
            .into_any(),
            _ => view! { <li aria-current=(step == at).then_some("step")>{words}</li> }.into_any(),
        })
        .into_iter()
        .collect_view();
    view! { <ol class="wizard" aria-label="Steps">{steps}</ol> }
}

/// `service@contoso.example, Microsoft Office 365, both directions`
pub fn so_far(page: &MailboxPage) -> String {
    let used = match (page.wanted.incoming, page.wanted.outgoing) {
        (true, true) => ", both directions",
        (true, false) => ", incoming only",
        (false, true) => ", outgoing only",
        (false, false) => "",
    };
    format!("{}, {}{used}", page.row.address, page.row.provider_name)
}

/// The heading: a new one, or an old one that is given another credential.
pub fn heading(page: &MailboxPage) -> &'static str {
    if page.draft { "New support email" } else { "Change the sign-in" }
}
