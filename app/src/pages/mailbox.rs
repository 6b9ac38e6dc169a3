//! One mailbox: what it needs, its two directions, its days, its outage, its history.

mod aside;
mod check;
mod direction;
mod edit;
mod elsewhere;
mod end;
mod forwarders;
mod history;
mod ledger;
mod lookup;
mod received;
mod test;

pub use aside::endpoint;
pub use check::CheckPage;
pub use check::{again, next_by_itself, trouble, trouble_now};
pub use edit::{EditPage, below, use_choices};
pub use end::{DeletePage, DisconnectPage};
pub use ledger::LedgerPage;
pub use lookup::LookupPage;
pub use received::ReceivedPage;

use crate::api::mailboxes::{Pause, path};
use crate::api::post_to;
use crate::components::approval;
use crate::components::button::{Act, SignIn};
use crate::components::call::{Call, Said};
use crate::components::chart::Days;
use crate::components::frame::{Head, Place, Sheet, email_crumbs};
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Refused};
use crate::components::state::Tone;
use crate::components::untold::untold;
use crate::components::way_out::{WayOut, article, button, way_out};
use crate::pages::connect::waits;
use crate::pages::page;
use crate::wording::counts::list;
use crate::wording::ends;
use crate::wording::times::Clock;
use crate::wording::{banners, diagnoses, states};
use domain::console::mailboxes::MailboxPage as Page;
use domain::console::signins::Repaired;
use domain::id::MailboxId;
use domain::mailbox::MailboxState;
use domain::remedy::Remedy;
use domain::signin::Intent;
use leptos::prelude::*;

/// `/admin/channels/email/:id`
#[component]
pub fn MailboxPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let data = here.console.mailboxes.show(&here.actor, id).await?;
        let clock = here.clock;
        let address = data.row.address.to_string();
        let tested = (here.place.query("form") == Some("test")).then(|| here.place.refused()).flatten();
        let refused = if tested.is_some() { None } else { here.place.refused() };
        let done = match here.place.query("done") {
            Some("repaired") => repaired(here.console.signins.repaired(&here.actor, id).await?, clock),
            asked => done(asked, &address),
        };
        let links = here.console.links.list(&here.actor, Some(id)).await?;
        let approval = here.console.approvals.page(&here.actor, id).await?;
        let approval = approval::notice(&approval, clock);
        let call = call(&data, clock);
        let acts = call.is_some();
        let page = path(id);
        let check = format!("{page}/check");
        let edit = format!("{page}/edit");
        let paused = data.row.state == MailboxState::Paused;
        let row = data.row.clone();
        let sub = about(&data);
        let timeline = history::timeline(&data, clock);
        let outage = data.outage.clone().map(|outage| history::outage(outage, &data, clock));
        let elsewhere = elsewhere::panel(id, here.console.folders.elsewhere(&here.actor, id).await?, clock);
        let directions = view! {
            <section id="directions" data-live=format!("mailbox:{id}") aria-labelledby="dirs">
                <h2 id="dirs" class="vh">"Directions"</h2>
                <div class="halves">{direction::panel(&data, &data.incoming, clock)}{direction::panel(&data, &data.outgoing, clock)}</div>
            </section>
        };
        let days = (!data.draft && data.wanted.incoming).then(|| {
            view! { <Days days=data.days.clone() down=data.down.clone() counted_since=data.counted_since clock/> }
        });
        let test = if data.draft || !data.wanted.outgoing {
            None
        } else {
            let last = here.console.test_mails.last(&here.actor, id).await?;
            let fresh = here.place.query("done") == Some("tested");
            Some(test::panel(&data, last, tested, fresh, clock).into_any())
        };
        let former = here.console.switches.former(&here.actor, id).await?;
        let silent = matches!(data.row.state, MailboxState::Silent { .. }).then(|| {
            let words = states::mailbox(&data.row, clock);
            view! { <Notice tone=Tone::Warning title=words.words>{words.sub.map(|sub| view! { <p>{sub}</p> })}</Notice> }
        });
        let mail = if data.draft || !data.wanted.incoming {
            None
        } else {
            ledger::brief(&here.console.ledger.page(&here.actor, id).await?, id)
        };
        let aside = aside::view(&data, &links, &former, test, clock);
        let import = here.console.imports.show(&here.actor, id).await?.map(|import| waits(id, &import));
        let nobody = if data.draft { None } else { untold(&here.console, &here.actor, id).await };
        Ok(view! {
            <Sheet here title=address.clone() place=Place::Email acts>
                <Head title=address crumbs=email_crumbs(true) sub>
                    {(!row.state.eq(&MailboxState::Unfinished)).then(|| view! {
                        <a class="button" href=check>{Icon::Pulse.view()}"Check connection"</a>
                        <a class="button" href=edit>"Edit"</a>
                        {(!paused).then(|| view! {
                            <Act action={post_to::<Pause>()} fields=vec![("id", id.to_string()), ("paused", "true".into())] words="Pause"/>
                        })}
                    })}
                </Head>
                <div class="stack loose">
                    <Refused refused/>
                    {done}
                    {approval}
                    <div id="call-place" data-live=format!("mailbox:{id}")>{call}</div>
                    <div class="stack" id="mail-place" data-live=format!("mailbox:{id}")>{silent}{mail}</div>
                    <div id="import-place" data-live=format!("mailbox:{id}")>{import}</div>
                    {nobody}
                    <div class="columns">
                        <div class="stack loose">
                            {directions}
                            <div class="stack loose" id="days" data-live=format!("mailbox:{id}")>{days}{outage}</div>
                            {elsewhere}
                            {timeline}
                        </div>
                        {aside}
                    </div>
                </div>
            </Sheet>
        }
        .into_any())
    })
}

/// `Contoso support. Microsoft Office 365, signed in as it@contoso.example.`
fn about(data: &Page) -> String {
    let row = &data.row;
    let name = if row.name.is_empty() { String::new() } else { format!("{}. ", row.name) };
    let by = match (&data.account, row.by_password) {
        (_, true) => "by password".into(),
        (Some(account), false) => format!("signed in as {account}"),
        (None, false) => "not signed in".into(),
    };
    format!("{name}{}, {by}.", row.provider_name)
}

/// A button was pressed on a page that still showed the mailbox as stopped.
fn repaired(by: Option<Repaired>, clock: Clock) -> Option<AnyView> {
    let by = by?;
    let who = by.by.unwrap_or_else(|| by.account.clone());
    let words = format!("Signed in as {}, {}. Nothing is left to do.", by.account, clock.when(by.at));
    Some(view! { <Notice tone=Tone::Ok title=format!("Already repaired by {who}")><p>{words}</p></Notice> }.into_any())
}

fn done(done: Option<&str>, address: &str) -> Option<AnyView> {
    let (tone, title, sentence) = match done? {
        "changed" => (Tone::Ok, "Saved".to_owned(), None),
        "paused" => {
            (Tone::Calm, format!("{address} is paused"), Some("Nothing is fetched, replies are held. Nothing is lost."))
        }
        "resumed" => {
            (Tone::Ok, format!("{address} goes on"), Some("What arrived meanwhile is fetched now; held replies leave."))
        }
        "import" => (
            Tone::Ok,
            "The import has begun".to_owned(),
            Some("Older mail comes in now, beside what is new. Each message becomes a ticket or joins one."),
        ),
        "importing" => (
            Tone::Ok,
            "The mail is being imported".to_owned(),
            Some("Each message becomes a ticket or joins one. None of them gets an automatic reply."),
        ),
        "disconnected" => (
            Tone::Calm,
            format!("{address} is disconnected"),
            Some("Its sign-in or password was wiped here. Its tickets stay."),
        ),
        _ => return None,
    };
    Some(view! { <Notice tone title>{sentence.map(|s| view! { <p>{s}</p> })}</Notice> }.into_any())
}

/// The state as a title: R13 and R12 word for word.
fn title(data: &Page, clock: Clock) -> String {
    let row = &data.row;
    match &row.state {
        MailboxState::Needs { remedy: Remedy::SignInAgain, .. } => banners::r13(&row.provider_name),
        MailboxState::Needs { remedy: Remedy::AnotherPersonSignsIn, .. } => "Another person has to sign in".into(),
        MailboxState::Needs { remedy: Remedy::GivePassword | Remedy::UseAppPassword, .. } => banners::R12.into(),
        MailboxState::Needs { remedy: Remedy::SwitchToSignIn, .. } => match row.retires_at {
            Some(at) => format!("{} ended sign-in by password on {}", row.provider_short, clock.day(at)),
            None => format!("{} takes no passwords any more", row.provider_short),
        },
        MailboxState::BasicRetires { at } if *at > clock.now => {
            format!("{} ends sign-in by password on {}", row.provider_short, clock.day(*at))
        }
        MailboxState::BasicRetires { at } => {
            format!("{} ended sign-in by password on {}", row.provider_short, clock.day(*at))
        }
        _ => states::mailbox(row, clock).words,
    }
}

/// What happened, since when, what waits.
fn sentence(data: &Page, clock: Clock) -> String {
    let row = &data.row;
    let waits = states::what_waits(row);
    match &row.state {
        MailboxState::Needs { diagnosis, since, .. } => {
            let fact = diagnoses::sentence(*diagnosis, &row.provider_short);
            let fact = match &data.account {
                Some(account) => fact.replace("the sign-in of this mailbox", &format!("the sign-in of {account}")),
                None => fact,
            };
            let fact = fact.trim_end_matches('.');
            format!("{fact}. {}. {waits}", clock.since(*since))
        }
        MailboxState::BasicRetires { .. } => {
            format!(
                "It still works by password here. One sign-in moves it: same mailbox, same tickets, mail goes on all through. {waits}"
            )
        }
        MailboxState::EndsSoon { end } => {
            format!(
                "{} It still works. Act before, and nothing stops.",
                ends::evidence(end, &row.provider_short, clock)
            )
        }
        MailboxState::Paused => format!("Nothing is fetched and replies are held until it goes on. {waits}"),
        MailboxState::Unfinished => "Nothing is connected yet. The draft keeps what you entered.".into(),
        _ => waits,
    }
}

/// Only when there is something to do.
fn call(data: &Page, clock: Clock) -> Option<AnyView> {
    let row = &data.row;
    let way = way_out(row)?;
    let tone = match (&row.state, way) {
        (MailboxState::BasicRetires { .. } | MailboxState::EndsSoon { .. }, _) => Tone::Warning,
        (_, WayOut::Resume | WayOut::Finish) => Tone::Calm,
        _ => Tone::Critical,
    };
    if !data.registered && matches!(way, WayOut::SignIn(_) | WayOut::AnotherPerson) {
        return Some(unregistered(data));
    }
    let (words, row_of) = (sentence(data, clock), row.clone());
    let also = (!data.same_account.is_empty()).then(|| format!("Also repairs {}", list(&data.same_account, 3)));
    let expected = match (way, &data.account, data.last_signed_in_at) {
        (WayOut::SignIn(Intent::Reauthorize), Some(account), Some(at)) => {
            Some(format!("Last signed in: {account}, {}", clock.day(at)))
        }
        _ => None,
    };
    let other = matches!(way, WayOut::Password).then_some(()).filter(|()| data.provider.signs_in).map(|()| {
        view! { <SignIn mailbox=row.id provider=row.provider intent=Intent::Switch small=true words=format!("Move to {}", row.provider_short)/> }
    });
    let article = article(row).map(|href| view! { <a href=href>"What this means"</a> });
    let said = data.incoming.said.clone().or_else(|| data.outgoing.said.clone());
    let who = if row.by_password { "the server".to_owned() } else { row.provider_short.clone() };
    let below = (article.is_some() || also.is_some() || expected.is_some() || other.is_some()).then(|| {
        view! {
            <div class="full row wide">
                {other}{article}
                {expected.map(|t| view! { <span class="quiet">{t}</span> })}
                {also.map(|t| view! { <span class="quiet">{t}</span> })}
            </div>
        }
    });
    Some(
        view! {
            <Call tone title=title(data, clock) sentence=move || words.clone() action=move || button(&row_of, false)>
                {below}
                {said.map(|said| view! { <Said who said/> })}
            </Call>
        }
        .into_any(),
    )
}

/// The sign-in needs an app registration first.
fn unregistered(data: &Page) -> AnyView {
    let short = data.row.provider_short.clone();
    let (key, id) = (data.provider.key.clone(), data.row.id);
    view! {
        <Call tone=Tone::Critical title=format!("Sign in with {short} needs an app registration first")
            sentence=move || "It is entered once, by an admin; then every mailbox there signs in by it."
            action=move || view! { <a class="button primary" href=format!("/admin/registrations/guide/{key}?mailbox={id}")>"Show me how"</a> }/>
    }
    .into_any()
}
