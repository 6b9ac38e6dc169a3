//! `/admin/channels/email/:id/link`: sends a sign-in link for a mailbox, and shows how each one goes.

use crate::api::links::{MakeLink, RevokeLink};
use crate::api::mailboxes::path;
use crate::api::{flash, post_to};
use crate::components::button::{Act, Copy, Submit};
use crate::components::field::{Choice, Field};
use crate::components::frame::{Head, Place, Sheet, email_crumbs};
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Refused};
use crate::components::state::{State, Tone};
use crate::pages::page;
use crate::wording::links;
use crate::wording::times::Clock;
use domain::Refusal;
use domain::console::links::{LinkOffer, LinkRow};
use domain::id::MailboxId;
use domain::refusal::Fault;
use leptos::prelude::*;

const NAMED: &[Fault] = &[Fault::AccountMissing];
const EMAIL: &[Fault] = &[Fault::AddressMalformed];

/// The page.
#[component]
pub fn LinksPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let offer = here.console.links.offer(&here.actor, id).await?;
        let rows = here.console.links.list(&here.actor, Some(id)).await?;
        let asked = here.place.query("done").map(str::to_owned);
        let url = asked.as_deref().filter(|d| matches!(*d, "made" | "not_sent")).and_then(|_| flash::take());
        let done = done(asked.as_deref(), url);
        let (clock, refused) = (here.clock, here.place.refused());
        let address = offer.address.clone();
        let form = if offer.registered { form(offer, refused) } else { unregistered(&offer) };
        let list = list(rows, clock);
        Ok(view! {
            <Sheet here title=format!("{address}: sign-in link") place=Place::Email narrow=true acts=true>
                <Head title="Send a sign-in link" crumbs=crumbs(id, &address)
                    sub=format!("For {address}: somebody else signs in, without an account here.")/>
                <div class="stack loose">
                    <Refused refused shown=&[Fault::AccountMissing, Fault::AddressMalformed]/>
                    {done}
                    {form}
                    <div id="links" data-live=format!("mailbox:{id}")>{list}</div>
                </div>
            </Sheet>
        }
        .into_any())
    })
}

fn crumbs(id: MailboxId, address: &str) -> Vec<(String, Option<String>)> {
    let mut crumbs = email_crumbs(true);
    crumbs.push((address.to_owned(), Some(path(id))));
    crumbs
}

fn done(done: Option<&str>, url: Option<String>) -> Option<AnyView> {
    let shown = |title: &'static str, tone: Tone, sentence: &'static str, url: String| {
        view! {
            <Notice tone title=title icon=Icon::Link>
                <p>{sentence}</p>
                <div class="gap"><Copy text=url what="the link"/></div>
            </Notice>
        }
        .into_any()
    };
    Some(match (done?, url) {
        ("sent", _) => view! { <Notice tone=Tone::Ok title="The link is sent"><p>"This page shows when it is opened and what came of it."</p></Notice> }.into_any(),
        ("made", Some(url)) => shown(
            "Pass this link on now",
            Tone::Ok,
            "It is shown this once. Whoever has it may sign in for this mailbox, for 7 days.",
            url,
        ),
        ("not_sent", Some(url)) => shown(
            "The mail was not sent",
            Tone::Warning,
            "No mailbox could send it just now. The link works all the same; it is shown this once, to be passed on.",
            url,
        ),
        ("made" | "not_sent", None) => view! { <Notice tone=Tone::Ok title="The link was made. It is shown only once; make a new one if it is lost."/> }.into_any(),
        ("revoked", _) => view! { <Notice tone=Tone::Ok title="The link is taken back"><p>"Nobody can sign in by it any more."</p></Notice> }.into_any(),
        _ => return None,
    })
}

fn unregistered(offer: &LinkOffer) -> AnyView {
    let short = offer.provider_short.clone();
    view! {
        <Notice tone=Tone::Calm title=format!("Sign in with {short} needs an app registration first")>
            <p>"A link leads to that sign-in, so it can be made afterwards."</p>
            <div class="row"><a class="button" href="/admin/registrations">"Enter the app registration"</a></div>
        </Notice>
    }
    .into_any()
}

fn form(offer: LinkOffer, refused: Option<Refusal>) -> AnyView {
    let (short, address) = (offer.provider_short.clone(), offer.address.clone());
    let named_wrong = matches!(refused, Some(Refusal::Invalid(Fault::AccountMissing)));
    let (same_first, anyone_first) =
        (offer.same.is_some() && !offer.left && !named_wrong, offer.same.is_none() && !named_wrong);
    let same = offer.same.clone().filter(|_| !offer.left).map(|login| {
        view! { <Choice name="who" value="same" title=format!("The same person: {login}")
        hint="Only this account is taken. It is the one that signed in last." chosen=same_first/> }
    });
    let left = offer.same.filter(|_| offer.left).map(|login| {
        view! { <p class="soft">{format!("{login} can't sign in any more, so another person with access to {address} has to.")}</p> }
    });
    let by_mail = offer.sent_from.is_some();
    let hint = match &offer.sent_from {
        Some(from) => format!("Leaves from {from}, in words for somebody who never heard of this desk."),
        None => "No other mailbox of this desk can send now, so the link can only be copied.".to_owned(),
    };
    let email = by_mail.then(|| {
        view! {
            <Choice name="by" value="email" title="By email" hint=hint.clone() chosen=true/>
        }
    });
    let to = by_mail.then(|| {
        view! { <Field name="email" label="Email it to" kind="email" refused faults=EMAIL hint="Counts for By email. Need not be the account that signs in."/> }
    });
    let alone = (!by_mail).then(|| view! { <p class="quiet">{hint}</p> });
    view! {
        <section class="panel" aria-labelledby="new-link">
            <header><h2 id="new-link">"A new link"</h2></header>
            <div class="body">
                <form class="form" method="post" action={post_to::<MakeLink>()}>
                    <input type="hidden" name="mailbox" value=offer.mailbox.to_string()/>
                    <fieldset>
                        <legend class="label">"Who may sign in by it"</legend>
                        {left}
                        <div class="choices gap">
                            {same}
                            <Choice name="who" value="named" title="Another person, named" hint="Only the account given below is taken, and signs in for the mailbox from then on." chosen=named_wrong || (offer.left)/>
                            <Choice name="who" value="anyone" title="Anyone who can open this mailbox" hint=format!("Whoever proves at {short} to have access. For shared mailboxes.") chosen=anyone_first/>
                        </div>
                    </fieldset>
                    <Field name="named" label="The other person's account" optional=true refused faults=NAMED
                        hint=format!("As {short} knows it, for example anna@{}.", address.rsplit('@').next().unwrap_or_default())/>
                    <fieldset>
                        <legend class="label">"How it gets there"</legend>
                        <div class="choices halves gap">
                            {email}
                            <Choice name="by" value="copy" title="Copy it" hint="You pass it on yourself." chosen=!by_mail/>
                        </div>
                        {alone}
                    </fieldset>
                    {to}
                    <div class="row"><Submit words="Make the link" busy="Making it"/></div>
                </form>
            </div>
            <footer>"It works for one sign-in and for 7 days, and can be taken back. Opening it changes nothing before a button is pressed."</footer>
        </section>
    }
    .into_any()
}

/// The newest links with their states.
fn list(rows: Vec<LinkRow>, clock: Clock) -> Option<AnyView> {
    if rows.is_empty() {
        return None;
    }
    let lines = rows.into_iter().map(|row| line(row, clock)).collect_view();
    Some(
        view! {
            <section class="panel" aria-labelledby="all-links">
                <header><h2 id="all-links">"Links of this mailbox"</h2></header>
                <ul class="lines">{lines}</ul>
            </section>
        }
        .into_any(),
    )
}

fn line(row: LinkRow, clock: Clock) -> AnyView {
    let (whom, way, state) = (links::whom(&row), links::way(&row, clock), links::state(&row, clock));
    let take_back = row.state.is_open().then(|| {
        view! {
            <Act action={post_to::<RevokeLink>()} fields=vec![("link", row.id.to_string()), ("mailbox", row.mailbox.to_string())]
                kind="small" words="Take back" of=format!("the link for {whom}")/>
        }
    });
    view! {
        <li>
            <div><span class="value">{whom.clone()}</span><span class="sub">{way}</span></div>
            <div><State words=state/></div>
            {take_back}
        </li>
    }
    .into_any()
}

/// On the mailbox's page: the newest link that still counts, and the way to a new one.
pub fn beside(id: MailboxId, rows: &[LinkRow], clock: Clock) -> impl IntoView + use<> {
    let last = rows.first().map(|row| {
        let (whom, state) = (links::whom(row), links::state(row, clock));
        view! { <dl class="facts stacked gap"><dt>{format!("Last link, for {whom}")}</dt><dd><State words=state/></dd></dl> }
    });
    view! {
        <section class="panel" id="sign-in-links" data-live=format!("mailbox:{id}") aria-labelledby="links-head">
            <header><h2 id="links-head">"Sign-in links"</h2>{(!rows.is_empty()).then(|| view! { <a href=format!("{}/link", path(id))>"All"</a> })}</header>
            <div class="body">
                <p class="soft">"Somebody else can sign in for this mailbox, without an account here."</p>
                {last}
            </div>
            <footer><a class="button small" href=format!("{}/link", path(id))>{Icon::Link.view()}"Send a sign-in link"</a></footer>
        </section>
    }
}
