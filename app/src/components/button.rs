//! Buttons that do something elsewhere: the providers' sign-in, and one-button forms.

use super::icon::Icon;
use domain::id::MailboxId;
use domain::provider::ProviderKind;
use domain::signin::Intent;
use leptos::prelude::*;

/// The provider's logo, in its own colours; other servers have none.
pub fn logo(provider: ProviderKind) -> Option<AnyView> {
    match provider {
        ProviderKind::Microsoft => Some(
            view! {
                <svg class="logo" viewBox="0 0 21 21" aria-hidden="true">
                    <path fill="#f25022" d="M0 0h10v10H0z"></path>
                    <path fill="#7fba00" d="M11 0h10v10H11z"></path>
                    <path fill="#00a4ef" d="M0 11h10v10H0z"></path>
                    <path fill="#ffb900" d="M11 11h10v10H11z"></path>
                </svg>
            }
            .into_any(),
        ),
        ProviderKind::Google => Some(
            view! {
                <svg class="logo" viewBox="0 0 18 18" aria-hidden="true">
                    <path fill="#4285f4" d="M17.64 9.2c0-.64-.06-1.25-.16-1.84H9v3.48h4.84a4.14 4.14 0 0 1-1.8 2.72v2.26h2.92c1.7-1.57 2.68-3.88 2.68-6.62z"></path>
                    <path fill="#34a853" d="M9 18c2.43 0 4.47-.8 5.96-2.18l-2.91-2.26c-.81.54-1.84.86-3.05.86-2.34 0-4.33-1.58-5.04-3.71H.96v2.33A9 9 0 0 0 9 18z"></path>
                    <path fill="#fbbc05" d="M3.96 10.71a5.41 5.41 0 0 1 0-3.42V4.96H.96a9 9 0 0 0 0 8.08z"></path>
                    <path fill="#ea4335" d="M9 3.58c1.32 0 2.5.45 3.44 1.35l2.58-2.59A9 9 0 0 0 .96 4.96l3 2.33C4.67 5.16 6.66 3.58 9 3.58z"></path>
                </svg>
            }
            .into_any(),
        ),
        ProviderKind::Other => None,
    }
}

/// *Sign in with Microsoft*: a plain form to the server's route, which redirects to the provider.
#[component]
pub fn SignIn(
    mailbox: MailboxId,
    provider: ProviderKind,
    intent: Intent,
    #[prop(into)] words: String,
    /// Forces the provider's account picker.
    #[prop(optional)]
    pick: bool,
    #[prop(optional)] small: bool,
    /// The one thing to do here: it has the focus when the page opens.
    #[prop(optional)]
    first: bool,
    /// The page shows that the mailbox needs it: if somebody was quicker, the answer says who.
    #[prop(optional)]
    needed: bool,
    /// Read to screen readers after the words, where several buttons say the same.
    #[prop(optional, into)]
    of: Option<String>,
) -> impl IntoView {
    let class = if small { "button provider small" } else { "button provider" };
    view! {
        <form class="row" method="post" action="/oauth/begin">
            <input type="hidden" name="mailbox" value=mailbox.to_string()/>
            <input type="hidden" name="intent" value=intent.key()/>
            {pick.then(|| view! { <input type="hidden" name="pick" value="1"/> })}
            {needed.then(|| view! { <input type="hidden" name="needed" value="1"/> })}
            <button class=class type="submit" data-busy="Opening the sign-in" autofocus=first>
                {logo(provider)}
                <span data-words="">{words}</span>
                {of.map(|of| view! { <span class="vh">" " {of}</span> })}
            </button>
        </form>
    }
}

/// A form that is one button: pause, resume, check again, end a session.
#[component]
pub fn Act(
    /// The server function's address, by `post_to`.
    action: &'static str,
    /// Hidden fields.
    #[prop(optional)]
    fields: Vec<(&'static str, String)>,
    #[prop(into)] words: String,
    #[prop(optional)] icon: Option<Icon>,
    /// As in `primary`, `bare`, `small`, `danger`.
    #[prop(default = "")]
    kind: &'static str,
    /// What the button says while the form is under way.
    #[prop(optional)]
    busy: Option<&'static str>,
    #[prop(optional, into)] of: Option<String>,
) -> impl IntoView {
    let fields =
        fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view();
    view! {
        <form class="row" method="post" action=action>
            {fields}
            <button class=format!("button {kind}") type="submit" data-busy=busy>
                {icon.map(Icon::view)}
                <span data-words="">{words}</span>
                {of.map(|of| view! { <span class="vh">" " {of}</span> })}
            </button>
        </form>
    }
}

/// The submit button of a form.
#[component]
pub fn Submit(
    #[prop(into)] words: String,
    #[prop(default = "primary")] kind: &'static str,
    #[prop(optional)] busy: Option<&'static str>,
) -> impl IntoView {
    view! {
        <button class=format!("button {kind}") type="submit" data-busy=busy>
            <span data-words="">{words}</span>
        </button>
    }
}

/// A line to copy, with its button; the button shows once a script is there to serve it.
#[component]
pub fn Copy(
    #[prop(into)] text: String,
    /// What is copied, for screen readers.
    #[prop(into)]
    what: String,
) -> impl IntoView {
    view! {
        <div class="copy">
            <code>{text.clone()}</code>
            <button class="button small" type="button" data-copy=text data-done="Copied">
                {Icon::Copy.view()}
                <span data-words="">"Copy"</span>
                <span class="vh">" " {what}</span>
            </button>
        </div>
    }
}
