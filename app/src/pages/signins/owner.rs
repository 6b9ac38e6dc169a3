//! `/s/:token` and `/sign-in-link/:id`: for somebody who has no account here and may never have
//! heard of the help desk. Looking at a link changes nothing; its button begins.

use super::refused::nothing_changed;
use crate::api::links::DeclineLink;
use crate::api::response::status;
use crate::api::{console, context, post_to, visit};
use crate::components::button::logo;
use crate::components::call::Said;
use crate::components::frame::Gate;
use crate::components::icon::Icon;
use crate::components::notice::Refused;
use crate::pages::open;
use crate::wording::times::Clock;
use crate::wording::{diagnoses, links};
use domain::console::links::{LinkPage, LinkResult};
use domain::id::SignInId;
use domain::provider::ProviderKind;
use domain::signin::{CallbackRefusal, LinkEnd, LinkFor, LinkState};
use domain::{Refusal, Time};
use leptos::prelude::*;

/// `/s/:token`
#[component]
pub fn OwnerPage() -> impl IntoView {
    open(|place| async move {
        let offset = context::offset_minutes();
        let token = place.param("token").unwrap_or_default();
        let refused = place.refused();
        match console()?.links.page(token.clone()).await {
            Ok(page) if page.state.is_open() => {
                let clock = Clock { now: page.now, offset };
                Ok(asks(page, token, refused, clock))
            }
            Ok(page) => Ok(ended(page)),
            Err(Refusal::NotFound) => {
                status(Refusal::NotFound);
                Ok(over(
                    "This link has ended",
                    "It was used, taken back, or never worked. Ask whoever sent it for a new one.".into(),
                ))
            }
            Err(other) => Err(other),
        }
    })
}

fn asks(page: LinkPage, token: String, refused: Option<Refusal>, clock: Clock) -> AnyView {
    let short = page.provider_short.clone();
    let desk = page.desk_name.clone();
    let asker = page.asker.as_ref().map_or_else(|| desk.clone(), |(name, _)| name.clone());
    let button = match &page.expected {
        Some(login) => format!("Sign in as {login}"),
        None => format!("Sign in with {short}"),
    };
    let why = match (page.trouble, &page.who) {
        (Some((diagnosis, since)), _) => format!(
            " {}. New mail waits there meanwhile.",
            sentence(diagnosis, &short, since, clock).trim_end_matches('.')
        ),
        (None, LinkFor::Same) => " It works now; a new sign-in keeps it from ending.".into(),
        (None, _) => String::new(),
    };
    let who = match (&page.who, &page.expected) {
        (LinkFor::Anyone, _) => format!(
            "Use an account of yours that can open {}. Another one is refused and changes nothing.",
            page.address
        ),
        (_, Some(login)) => format!("Only {login} is taken. Another account is refused and changes nothing."),
        _ => String::new(),
    };
    let whom = match &page.asker {
        Some((name, email)) => format!("{name} ({email})"),
        None => "the help desk".into(),
    };
    let foot = format!("Mailkeep at {}. You need no account here.", page.desk_host);
    let provider = page.provider;
    view! {
        <Gate title=format!("Sign in for {}", page.address) wide=true foot=ViewFn::from(move || foot.clone())>
            <div class="stack tight">
                <p class="quiet">{format!("{asker} asks you")}</p>
                <h1>{format!("Please sign in once for {}", page.address)}</h1>
                <p class="soft">{format!("{desk} reads this mailbox and answers from it.{why}")}</p>
            </div>
            <Refused refused/>
            {start(("token", token.clone()), provider, button)}
            <dl class="facts">
                <dt>"What it allows"</dt><dd>{links::allows(page.incoming, page.outgoing, &page.address)}</dd>
                <dt>"Who"</dt><dd>{who}</dd>
                <dt>"Your password"</dt><dd>{format!("You type it at {short}. Mailkeep never sees it.")}</dd>
                <dt>"This link"</dt><dd>"Works for one sign-in, for this mailbox, until "{clock.stamp(page.expires_at, clock.time(page.expires_at))}"."</dd>
            </dl>
            <hr/>
            <form class="stack tight" method="post" action={post_to::<DeclineLink>()}>
                <input type="hidden" name="token" value=token/>
                <p class="soft">{format!("You did not expect this? Ask {whom} before you sign in.")}</p>
                <div class="row"><button class="button small bare" type="submit">"It was not for me"</button></div>
            </form>
        </Gate>
    }
    .into_any()
}

fn sentence(diagnosis: domain::Diagnosis, short: &str, since: Time, clock: Clock) -> String {
    let fact = diagnoses::sentence(diagnosis, short);
    format!("{}, {}", fact.trim_end_matches('.'), clock.since_inside(since))
}

/// The button that begins: a plain form to the server's own route.
fn start(by: (&'static str, String), provider: ProviderKind, words: String) -> impl IntoView {
    view! {
        <form class="row" method="post" action="/oauth/link">
            <input type="hidden" name=by.0 value=by.1/>
            <button class="button provider large" type="submit" data-busy="Opening the sign-in">
                {logo(provider)}<span data-words="">{words}</span>
            </button>
        </form>
    }
}

fn ended(page: LinkPage) -> AnyView {
    let asker = page.asker.as_ref().map_or("the help desk", |(name, _)| name.as_str());
    let address = &page.address;
    let (title, sentence) = match page.state {
        LinkState::Completed(_) | LinkState::Ended(LinkEnd::NotNeeded, _) => (
            "This was done already",
            format!("Somebody signed in for {address}. Nothing is left to do; you may close this page."),
        ),
        LinkState::Ended(LinkEnd::Declined, _) => (
            "Thank you for saying so",
            format!("{asker} sees that this link was not for you. It can't be used any more; you may close this page."),
        ),
        LinkState::Ended(LinkEnd::Revoked, _) => {
            ("This link was taken back", format!("{asker} ended it. Nothing is left to do; you may close this page."))
        }
        _ => ("This link is too old", format!("It worked for 7 days. Ask {asker} for a new one.")),
    };
    over(title, sentence)
}

fn over(title: &'static str, sentence: String) -> AnyView {
    view! {
        <Gate title>
            <div class="stack tight"><h1>{title}</h1><p class="soft">{sentence}</p></div>
        </Gate>
    }
    .into_any()
}

/// `/sign-in-link/:id`
#[component]
pub fn OwnerResultPage() -> impl IntoView {
    open(|place| async move {
        let id: SignInId = place.id("id")?;
        let refused = place.refused();
        let (console, visit) = (console()?, visit()?);
        let browser = visit.browser().await?;
        match console.links.result(browser, id).await {
            Ok(result) => Ok(came_of_it(result, refused)),
            Err(Refusal::NotFound) => {
                status(Refusal::NotFound);
                let sentence = "What came of it is shown in the browser that signed in. Open the link again to see whether something is left to do.";
                Ok(over("Nothing to see here", sentence.into()))
            }
            Err(other) => Err(other),
        }
    })
}

fn came_of_it(r: LinkResult, refused: Option<Refusal>) -> AnyView {
    let asker = r.asker.clone().unwrap_or_else(|| "the help desk".into());
    let (short, address) = (r.provider_short.clone(), r.address.clone());
    let account = r.account.clone().unwrap_or_default();
    let Some(why) = r.refused else {
        let then = if r.works {
            format!("{address} works again, and what waited moves now.")
        } else {
            format!("Your part is done. One setting is left; {asker} sees which.")
        };
        return view! {
            <Gate title="Done">
                <div class="stack tight">
                    <span class="state" data-tone="ok">{Icon::Ok.view()}<span>{format!("Signed in as {account}")}</span></span>
                    <h1>"Done, you may close this page"</h1>
                    <p class="soft">{then}</p>
                </div>
            </Gate>
        }
        .into_any();
    };
    let (title, sentence) = match (why, &r.expected) {
        (CallbackRefusal::WrongAccount, Some(expected)) => (
            format!("You signed in as {account}; this mailbox waits for {expected}"),
            links::refusal(why, &short, &asker).1,
        ),
        _ => links::refusal(why, &short, &asker),
    };
    let words = match (why, &r.expected) {
        (_, Some(expected)) => format!("Try again as {expected}"),
        (_, None) => "Try again".to_owned(),
    };
    let again = r.open && why != CallbackRefusal::AlreadyRepaired && why != CallbackRefusal::MailboxGone;
    let (sign_in, provider) = (r.sign_in.to_string(), r.provider);
    view! {
        <Gate title=title.clone() wide=true>
            <div class="stack tight">
                {nothing_changed()}
                <h1>{title}</h1>
                <p class="soft">{sentence}</p>
                <p class="quiet">"For " {address}</p>
            </div>
            <Refused refused/>
            {again.then(|| start(("again", sign_in), provider, words))}
            {r.said.filter(|said| !said.is_empty()).map(|said| view! { <Said who=short said/> })}
        </Gate>
    }
    .into_any()
}
