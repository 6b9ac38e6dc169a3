//! One's own account: name, password, theme, sessions.

use crate::api::people::{ChangePassword, ChooseTheme, EndSession, Rename, SignOut};
use crate::api::{context, post_to, visit};
use crate::components::button::{Act, Submit};
use crate::components::field::Field;
use crate::components::frame::{Head, Place, Sheet};
use crate::components::notice::{Notice, Refused};
use crate::components::state::Tone;
use crate::pages::page;
use domain::console::Role;
use domain::refusal::Fault;
use leptos::prelude::*;

const NAME: &[Fault] = &[Fault::NameMissing, Fault::TextTooLong];
const OLD: &[Fault] = &[Fault::PasswordWrong, Fault::PasswordMissing];
const NEW: &[Fault] = &[Fault::PasswordShort];
const PASSWORD: &[Fault] = &[Fault::PasswordWrong, Fault::PasswordMissing, Fault::PasswordShort];

/// `/me`
#[component]
pub fn MePage() -> impl IntoView {
    page(|here| async move {
        let this = visit()?.session().await;
        let me = here.console.people.me(&here.actor).await?;
        let sessions = here.console.people.sessions(&here.actor, this).await?;
        let clock = here.clock;
        let form = here.place.query("form").map(str::to_owned);
        let (name_refused, password_refused) = match form.as_deref() {
            Some("name") => (here.place.refused(), None),
            Some("password") => (None, here.place.refused()),
            _ => (None, None),
        };
        let other = form.is_none().then(|| here.place.refused()).flatten();
        let done = match here.place.query("done") {
            Some("name") => Some("Your name is changed"),
            Some("password") => Some("Your password is changed; your other sessions have ended"),
            Some("session") => Some("The session has ended"),
            _ => None,
        };
        let role = match me.role {
            Role::Admin => "Admin",
            Role::Agent => "Agent",
        };
        let lines = sessions
            .into_iter()
            .map(|session| {
                let act = if session.this {
                    view! { <span class="quiet">"This one"</span> }.into_any()
                } else {
                    view! { <Act action={post_to::<EndSession>()} fields=vec![("session", session.id.to_string())] kind="small" words="End" of=session.browser.clone()/> }.into_any()
                };
                view! {
                    <li>
                        <div>
                            <span class="value">{session.browser}</span>
                            <span class="sub">"Seen " {clock.stamp(session.seen_at, clock.ago(session.seen_at))} ", begun " {clock.stamp(session.begun_at, clock.time(session.begun_at))}</span>
                        </div>
                        {act}
                    </li>
                }
            })
            .collect_view();
        let theme = context::theme().unwrap_or("system");
        let segments = [("system", "System"), ("light", "Light"), ("dark", "Dark")].map(|(key, words)| {
            view! { <button type="submit" name="theme" value=key aria-pressed=if key == theme { "true" } else { "false" }>{words}</button> }
        });
        Ok(view! {
            <Sheet here title="Your account" place=Place::Me narrow=true>
                <Head title=me.name.clone() sub=format!("{}, {role}", me.email)>
                    <Act action={post_to::<SignOut>()} words="Sign out"/>
                </Head>
                <div class="stack loose">
                    <Refused refused=other/>
                    {done.map(|title| view! { <Notice tone=Tone::Ok title/> })}
                    <section class="panel" aria-labelledby="name-head">
                        <header><h2 id="name-head">"Name"</h2></header>
                        <div class="body">
                            <form class="form" method="post" action={post_to::<Rename>()}>
                                <Refused refused=name_refused shown=NAME/>
                                <Field name="name" label="Your name" value=me.name autocomplete="name" refused=name_refused faults=NAME
                                    hint="Colleagues see it; customers see it where a mailbox signs with names."/>
                                <div class="row"><Submit words="Save the name" kind="" busy="Saving"/></div>
                            </form>
                        </div>
                    </section>
                    <section class="panel" aria-labelledby="password-head">
                        <header><h2 id="password-head">"Password"</h2></header>
                        <div class="body">
                            <form class="form" method="post" action={post_to::<ChangePassword>()}>
                                <Refused refused=password_refused shown=PASSWORD/>
                                <input type="hidden" name="username" value=me.email/>
                                <Field name="old" label="Present password" kind="password" autocomplete="current-password" refused=password_refused faults=OLD/>
                                <Field name="new" label="New password" kind="password" autocomplete="new-password" refused=password_refused faults=NEW
                                    hint="At least 10 characters. Your other sessions end."/>
                                <div class="row"><Submit words="Change the password" kind="" busy="Saving"/></div>
                            </form>
                        </div>
                    </section>
                    <section class="panel" aria-labelledby="theme-head">
                        <header><h2 id="theme-head">"Appearance"</h2></header>
                        <div class="body">
                            <form class="row" method="post" action={post_to::<ChooseTheme>()}>
                                <div class="segments" role="group" aria-label="Theme">{segments.into_iter().collect_view()}</div>
                                <span class="quiet">"In this browser."</span>
                            </form>
                        </div>
                    </section>
                    <section class="panel" aria-labelledby="sessions-head">
                        <header><h2 id="sessions-head">"Your sessions"</h2></header>
                        <ul class="lines">{lines}</ul>
                    </section>
                </div>
            </Sheet>
        }
        .into_any())
    })
}
