//! The one action that gets a mailbox on: the same choice in rows, on its page and in the queue.

use super::address;
use super::button::{Act, SignIn};
use crate::api::mailboxes::{Pause, path};
use crate::api::post_to;
use crate::wording::diagnoses;
use domain::console::mailboxes::MailboxRow;
use domain::credential::CredentialKind;
use domain::expiry::Kind;
use domain::mailbox::MailboxState;
use domain::remedy::Remedy;
use domain::signin::Intent;
use leptos::prelude::*;

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayOut {
    /// Sign in at the provider.
    SignIn(Intent),
    /// Who signed in can't any more: somebody else with access does.
    AnotherPerson,
    /// Name and password in our form.
    Password,
    /// Steps elsewhere, then *Check again*.
    Remedy,
    /// An admin of the organisation must allow it.
    Approval,
    /// A new secret for the app registration.
    Secret,
    Resume,
    /// Go on with a draft.
    Finish,
}

/// What a mailbox's state asks for; `None` where nobody has to do anything.
pub fn way_out(row: &MailboxRow) -> Option<WayOut> {
    Some(match &row.state {
        MailboxState::Unfinished => WayOut::Finish,
        MailboxState::Paused => WayOut::Resume,
        MailboxState::BasicRetires { .. } => WayOut::SignIn(Intent::Switch),
        MailboxState::EndsSoon { end } => match end.source.kind() {
            Kind::SignIn => WayOut::SignIn(Intent::Reauthorize),
            Kind::Spa | Kind::AppSecret => WayOut::Secret,
            Kind::Password => WayOut::SignIn(Intent::Switch),
        },
        MailboxState::Needs { remedy, .. } => match remedy {
            Remedy::SignInAgain => WayOut::SignIn(Intent::Reauthorize),
            Remedy::AnotherPersonSignsIn => WayOut::AnotherPerson,
            Remedy::SwitchToSignIn => WayOut::SignIn(Intent::Switch),
            Remedy::GivePassword | Remedy::UseAppPassword => WayOut::Password,
            Remedy::FixAppRegistration => WayOut::Secret,
            Remedy::AdminConsent => WayOut::Approval,
            Remedy::FixMailboxSettings | Remedy::AskAdministrator => WayOut::Remedy,
            Remedy::Wait => return None,
        },
        _ => return None,
    })
}

/// Whether a person's remedy is a matter of credentials (R1) rather than of settings elsewhere.
pub fn by_sign_in(row: &MailboxRow) -> bool {
    matches!(way_out(row), Some(WayOut::SignIn(_) | WayOut::AnotherPerson | WayOut::Password))
}

/// The action as a button. Small ones, in rows, say less and name their mailbox to screen readers.
pub fn button(row: &MailboxRow, small: bool) -> Option<AnyView> {
    let of = format!("for {}", row.address);
    let tail = view! { <span class="vh">" " {of.clone()}</span> };
    let page = path(row.id);
    let class = if small { "button small" } else { "button primary" };
    let link = |href: String, words: &'static str| view! { <a class=class href=href>{words}{tail}</a> }.into_any();
    let short = &row.provider_short;
    Some(match way_out(row)? {
        WayOut::SignIn(intent) => {
            let words = match (small, intent) {
                (true, Intent::Switch) => format!("Move to {short}"),
                (true, _) => "Sign in".to_owned(),
                (false, _) => format!("Sign in with {short}"),
            };
            view! { <SignIn mailbox=row.id provider=row.provider intent small needed=intent == Intent::Reauthorize words of/> }.into_any()
        }
        WayOut::AnotherPerson if small => link(format!("{page}/link"), "Ask another person"),
        WayOut::AnotherPerson => view! {
            <SignIn mailbox=row.id provider=row.provider intent=Intent::Adopt pick=true words="Sign in as another person" of=of.clone()/>
            {link(format!("{page}/link"), "Send a sign-in link")}
        }
        .into_any(),
        WayOut::Password => link(format!("{page}/set-up/password"), "Give password"),
        WayOut::Remedy => link(format!("{page}/check"), "Show remedy"),
        WayOut::Approval => link(format!("{page}/approval"), "Ask for approval"),
        WayOut::Secret => link("/admin/registrations".into(), "Enter new secret"),
        WayOut::Finish => link(format!("{page}/set-up/provider"), "Go on"),
        WayOut::Resume => view! {
            <Act action={post_to::<Pause>()} fields=vec![("id", row.id.to_string()), ("paused", "false".into())]
                kind=if small { "small" } else { "primary" } words="Resume" of/>
        }
        .into_any(),
    })
}

/// By what the mailbox signs in, in a column of its own (R22).
pub fn signs_in(row: &MailboxRow) -> AnyView {
    let short = row.provider_short.clone();
    match (&row.signs_in_by, row.by_password) {
        (_, true) => "Password".into_any(),
        (Some(who), false) => view! { {short}" "<span class="sub">"as " {address::view(who)}</span> }.into_any(),
        (None, false) if row.state == MailboxState::Unfinished => "Nothing yet".into_any(),
        (None, false) => short.into_any(),
    }
}

/// The credential that a row's trouble is about.
pub fn credential(row: &MailboxRow) -> CredentialKind {
    if row.by_password { CredentialKind::Password } else { CredentialKind::Grant }
}

/// The help article for a row's trouble.
pub fn article(row: &MailboxRow) -> Option<String> {
    match &row.state {
        MailboxState::Needs { diagnosis, .. } => Some(format!("/help/{}", diagnoses::article(*diagnosis))),
        MailboxState::EndsSoon { .. } => Some("/help/sign-in-ends".into()),
        MailboxState::BasicRetires { .. } => Some("/help/password-retired".into()),
        _ => None,
    }
}
