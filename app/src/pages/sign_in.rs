//! Gates for people: signing in, the first admin, a link from an invitation.

use crate::api::people::{Accept, CreateFirst, SignIn};
use crate::api::response::{go, local};
use crate::api::{console, post_to, visit};
use crate::components::button::Submit;
use crate::components::field::Field;
use crate::components::frame::Gate;
use crate::components::notice::{Notice, Refused};
use crate::components::state::Tone;
use crate::pages::open;
use domain::refusal::Fault;
use leptos::prelude::*;

/// Sign-in of a person; `next` is where they wanted to go.
#[component]
pub fn SignInPage() -> impl IntoView {
    open(|place| async move {
        let (console, visit) = (console()?, visit()?);
        if console.people.first_start().await? {
            go("/first-start");
            return Ok(().into_any());
        }
        let next = place.query("next").and_then(local);
        if let Some(person) = visit.person().await
            && console.people.actor(person).await.is_ok()
        {
            go(next.as_deref().unwrap_or("/tickets"));
            return Ok(().into_any());
        }
        const SHOWN: &[Fault] = &[Fault::EmailOrPasswordWrong];
        let refused = place.refused();
        let signed_out = place.query("done") == Some("signed_out");
        Ok(view! {
            <Gate title="Sign in">
                <h1>"Sign in to Mailkeep"</h1>
                {signed_out.then(|| view! { <Notice tone=Tone::Ok title="You are signed out"/> })}
                <Refused refused shown=SHOWN/>
                <form class="stack" method="post" action={post_to::<SignIn>()}>
                    {next.map(|next| view! { <input type="hidden" name="next" value=next/> })}
                    <Field name="email" label="Email" kind="email" autocomplete="username" first=true/>
                    <Field name="password" label="Password" kind="password" autocomplete="current-password" refused faults=SHOWN/>
                    <Submit words="Sign in" kind="primary large" busy="Signing in"/>
                </form>
                <p class="quiet">"Forgot the password? An admin can give you a new one."</p>
            </Gate>
        }
        .into_any())
    })
}

/// The first admin, by the token that the server printed.
#[component]
pub fn FirstStartPage() -> impl IntoView {
    open(|place| async move {
        if !console()?.people.first_start().await? {
            go("/sign-in");
            return Ok(().into_any());
        }
        let refused = place.refused();
        Ok(view! {
            <Gate title="First start" wide=true>
                <div class="stack tight">
                    <h1>"Make the first admin"</h1>
                    <p class="soft">"Mailkeep runs and nobody is here yet. The first admin connects the mailboxes and invites everybody else."</p>
                </div>
                <Refused refused shown=&[Fault::TokenWrong, Fault::TokenUsedOrOld, Fault::NameMissing, Fault::AddressMalformed, Fault::PasswordShort, Fault::PasswordMissing]/>
                <form class="stack" method="post" action={post_to::<CreateFirst>()}>
                    <Field name="token" label="One-time token" first=true refused faults=&[Fault::TokenWrong, Fault::TokenUsedOrOld]
                        hint="The server printed it on its console when it started."/>
                    <Field name="name" label="Your name" autocomplete="name" refused faults=&[Fault::NameMissing, Fault::TextTooLong]/>
                    <Field name="email" label="Your email" kind="email" autocomplete="username" refused faults=&[Fault::AddressMalformed, Fault::EmailTaken]
                        hint="You sign in with it. Mailkeep also writes to it when a mailbox needs you."/>
                    <Field name="password" label="Password" kind="password" autocomplete="new-password" refused
                        faults=&[Fault::PasswordShort, Fault::PasswordMissing] hint="At least 10 characters."/>
                    <Submit words="Make the admin" kind="primary large" busy="Making it"/>
                </form>
            </Gate>
        }
        .into_any())
    })
}

/// A link from an invitation, or for a new password.
#[component]
pub fn WelcomePage() -> impl IntoView {
    open(|place| async move {
        let token = place.param("token").unwrap_or_default();
        let Ok(welcome) = console()?.people.welcome(token.clone()).await else {
            return Ok(view! {
                <Gate title="This link has ended">
                    <div class="stack tight">
                        <h1>"This link has ended"</h1>
                        <p class="soft">"It was used already, or is too old. Nothing was changed. Ask an admin of the help desk for a new one."</p>
                    </div>
                    <div class="row"><a class="button" href="/sign-in">"Go to the sign-in"</a></div>
                </Gate>
            }
            .into_any());
        };
        let refused = place.refused();
        let (title, sentence) = if welcome.new {
            (format!("Welcome, {}", welcome.name), "Choose a password; with it and your email you sign in from now on.")
        } else {
            ("Choose a new password".to_owned(), "It ends your sessions in other browsers.")
        };
        Ok(view! {
            <Gate title=title.clone()>
                <div class="stack tight"><h1>{title}</h1><p class="soft">{sentence}</p></div>
                <Refused refused shown=&[Fault::PasswordShort, Fault::PasswordMissing]/>
                <form class="stack" method="post" action={post_to::<Accept>()}>
                    <input type="hidden" name="token" value=token/>
                    <div class="field">
                        <label for="email">"Email"</label>
                        <input class="input" id="email" type="email" value=welcome.email readonly=true autocomplete="username"/>
                    </div>
                    <Field name="password" label="New password" kind="password" autocomplete="new-password" first=true refused
                        faults=&[Fault::PasswordShort, Fault::PasswordMissing] hint="At least 10 characters."/>
                    <Submit words="Save and sign in" kind="primary large" busy="Saving"/>
                </form>
            </Gate>
        }
        .into_any())
    })
}
