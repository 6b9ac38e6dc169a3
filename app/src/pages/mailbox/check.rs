//! *Check connection*: the diagnosis first, then the steps, then the transcript.

use super::edit::below;
use crate::api::doctor::SendTest;
use crate::api::mailboxes::{Check, path};
use crate::api::post_to;
use crate::components::button::{Act, SignIn};
use crate::components::frame::{Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Refused};
use crate::components::probe::{Probe, Transcripts, took};
use crate::components::remedy::{RemedyCard, Trouble};
use crate::components::send_card::Sending;
use crate::components::state::Tone;
use crate::components::way_out::{WayOut, credential, way_out};
use crate::pages::page;
use crate::wording::counts::of;
use crate::wording::doctor;
use crate::wording::times::Clock;
use domain::console::doctor::TestMail;
use domain::console::mailboxes::{CheckResult, MailboxPage};
use domain::console::{Actor, Console};
use domain::direction::{Direction, State};
use domain::id::MailboxId;
use domain::probe::{ProbeFailure, ProbeReport};
use domain::{Answer, Diagnosis};
use leptos::prelude::*;

/// The button, on this page and on the wizard's result.
pub fn again(id: MailboxId, then: &'static str, words: &'static str) -> AnyView {
    view! {
        <Act action={post_to::<Check>()} fields=vec![("id", id.to_string()), ("then", then.into())]
            kind="primary" icon=Icon::Retry words busy="Checking"/>
    }
    .into_any()
}

/// When the failing direction is tried without anybody's doing.
pub fn next_by_itself(page: &MailboxPage, direction: Direction, clock: Clock) -> Option<String> {
    let state = match direction {
        Direction::Incoming => &page.incoming.state,
        Direction::Outgoing => &page.outgoing.state,
    };
    match state {
        State::Blocked { next_at: Some(at), .. } | State::Retrying { next_at: Some(at), .. } => {
            Some(format!("Mailkeep checks by itself. Next: {}.", clock.time(*at)))
        }
        _ => None,
    }
}

/// The trouble that a report found, for the card.
pub fn trouble(page: &MailboxPage, report: &ProbeReport, all: &[ProbeReport]) -> Option<Trouble> {
    let failure = report.failure.as_ref()?;
    let other = all.iter().find(|r| r.direction != report.direction);
    let works = other.is_some_and(|other| other.ok());
    Some(told(page, report.direction, failure.diagnosis, works, Some(failure.said.clone())))
}

fn told(
    page: &MailboxPage,
    direction: Direction,
    diagnosis: Diagnosis,
    other_works: bool,
    said: Option<String>,
) -> Trouble {
    let works = match (other_works, direction) {
        (false, _) => "",
        (true, Direction::Incoming) => "Outgoing mail works. ",
        (true, Direction::Outgoing) => "Incoming mail works. ",
    };
    let held = match (direction, page.row.held) {
        (Direction::Outgoing, n) if n > 0 => format!("{} held.", of(u64::from(n), "reply is", "replies are")),
        _ => String::new(),
    };
    Trouble {
        direction,
        diagnosis,
        credential: credential(&page.row),
        provider: page.row.provider,
        short: page.row.provider_short.clone(),
        address: page.row.address.to_string(),
        person: page.row.signs_in_by.clone(),
        also: format!("{works}{held}").trim().to_owned(),
        said: said.filter(|said| !said.is_empty()),
        others: Vec::new(),
    }
}

/// The trouble that the directions' own state tells, where no check has.
fn by_state(page: &MailboxPage) -> Option<Trouble> {
    [&page.incoming, &page.outgoing].into_iter().find_map(|side| {
        let (State::Stopped { diagnosis, .. } | State::Blocked { diagnosis, .. }) = side.state else { return None };
        let other = if side.direction == Direction::Incoming { &page.outgoing } else { &page.incoming };
        Some(told(page, side.direction, diagnosis, other.state == State::Works, side.said.clone()))
    })
}

/// What is wrong with a mailbox now, for its card: what the last check found, else its state.
///
/// # Errors
/// Not an admin, or no such mailbox.
pub async fn trouble_now(console: &Console, actor: &Actor, id: MailboxId) -> Answer<Option<Trouble>> {
    let page = console.mailboxes.show(actor, id).await?;
    let last = console.mailboxes.last_check(actor, id).await?;
    let found = last.as_ref().and_then(|last| {
        // What has proved itself since is no trouble any more.
        let mended = |direction| {
            let side = if direction == Direction::Incoming { &page.incoming } else { &page.outgoing };
            side.state == State::Works && side.proved_at.is_some_and(|at| at > last.at)
        };
        let report = last.reports.iter().find(|r| !r.ok() && !mended(r.direction))?;
        trouble(&page, report, &last.reports)
    });
    let Some(mut found) = found.or_else(|| by_state(&page)) else { return Ok(None) };
    let others = console.doctor.same_cause(actor, id).await?;
    found.others = others.iter().map(ToString::to_string).collect();
    Ok(Some(found))
}

/// `/admin/channels/email/:id/check`
#[component]
pub fn CheckPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let data = here.console.mailboxes.show(&here.actor, id).await?;
        let last = here.console.mailboxes.last_check(&here.actor, id).await?;
        let clock = here.clock;
        let refused = here.place.refused_at("card").filter(|_| here.place.query("form").is_some());
        let other_refusal = here.place.refused().filter(|_| refused.is_none());
        let test = here.console.doctor.last_test(&here.actor, id).await?;
        let sent = here.console.doctor.last_card(&here.actor, id).await?;
        let done = here.place.query("done") == Some("sent");
        let told = sent.clone().filter(|_| done).map(|card| format!("Sent to {}", card.to));
        let sending = Sending {
            mailbox: id,
            sent: sent.map(|card| {
                let when = clock.when(card.at);
                (card, when)
            }),
            refused,
        };
        let trouble = trouble_now(&here.console, &here.actor, id).await?;
        let address = data.row.address.to_string();
        let sub = match &last {
            Some(result) => {
                let millis: u32 = result.reports.iter().flat_map(|r| &r.steps).map(|s| s.millis).sum();
                format!("{address}, checked {}, took {:.1} s.", clock.when(result.at), f64::from(millis) / 1_000.0)
            }
            None => format!("{address}, not checked yet."),
        };
        let view = match last {
            Some(result) => found(&data, result, trouble, sending, test, clock),
            None => never(id, &data, trouble, sending, clock),
        };
        let title = format!("Check {address}");
        Ok(view! {
            <Sheet here title place=Place::Email acts=true>
                <Head title="Check connection" crumbs=below(id, &address) sub>
                    <a class="button" href=path(id)>"Close"</a>
                </Head>
                <div class="stack loose">
                    <Refused refused=other_refusal/>
                    {told.map(|title| view! { <Notice tone=Tone::Ok title/> })}
                    {view}
                </div>
            </Sheet>
        }
        .into_any())
    })
}

fn never(id: MailboxId, page: &MailboxPage, trouble: Option<Trouble>, sending: Sending, clock: Clock) -> AnyView {
    let card = trouble.map(|trouble| card(page, trouble, sending, clock));
    view! {
        {card}
        <div class="panel"><div class="empty">
            {Icon::Pulse.view()}
            <h2>"Try both directions now"</h2>
            <p>"Name, port, encryption, sign-in and folder are tried one after the other. Nothing is changed and no message is sent."</p>
            <div class="row">{again(id, "check", "Check now")}</div>
        </div></div>
    }
    .into_any()
}

/// The diagnosis with what a person can do about it here.
fn card(page: &MailboxPage, trouble: Trouble, sending: Sending, clock: Clock) -> AnyView {
    let row = page.row.clone();
    let by_mail = trouble.diagnosis == Diagnosis::SendAsDenied;
    let next = if by_mail {
        Some("Mailkeep tries again with the next reply.".to_owned())
    } else {
        next_by_itself(page, trouble.direction, clock)
    };
    let id = row.id;
    let action = move || {
        let sign_in = match way_out(&row) {
            Some(WayOut::SignIn(intent)) => Some(view! { <SignIn mailbox=row.id provider=row.provider intent words=format!("Sign in with {}", row.provider_short)/> }.into_any()),
            Some(WayOut::AnotherPerson) => Some(view! { <a class="button" href=format!("{}/link", path(row.id))>"Ask another person"</a> }.into_any()),
            Some(WayOut::Password) => Some(view! { <a class="button" href=format!("{}/set-up/password", path(row.id))>"Give password"</a> }.into_any()),
            Some(WayOut::Secret) => Some(view! { <a class="button" href="/admin/registrations">"Enter new secret"</a> }.into_any()),
            _ => None,
        };
        // Only a message that is sent shows whether the right is there now.
        let check = if by_mail {
            test_button(id, "primary", "Check again by a test mail")
        } else {
            again(id, "check", "Check again")
        };
        view! { {check}{sign_in} }
    };
    match next {
        Some(next) => view! { <RemedyCard trouble action next sending=Some(sending)/> }.into_any(),
        None => view! { <RemedyCard trouble action sending=Some(sending)/> }.into_any(),
    }
}

fn test_button(id: MailboxId, kind: &'static str, words: &'static str) -> AnyView {
    view! {
        <Act action={post_to::<SendTest>()} fields=vec![("id", id.to_string())] kind icon=Icon::Mail words busy="Sending"/>
    }
    .into_any()
}

/// *Send As*, proved by one announced mail; where somebody else signs in for the address.
fn send_as(page: &MailboxPage, test: Option<&TestMail>, clock: Clock) -> Option<AnyView> {
    let person = page.row.signs_in_by.clone()?;
    if page.draft || !page.wanted.outgoing || page.row.by_password {
        return None;
    }
    let id = page.row.id;
    let seen = test.map(|test| doctor::test_seen(test, page.wanted.incoming, clock));
    let (tone, icon, what) = match &seen {
        Some((Some(true), ..)) => ("ok", Icon::Ok, "Send As proved"),
        Some((Some(false), ..)) => ("critical", Icon::Critical, "Send As refused"),
        Some((None, ..)) => ("calm", Icon::Clock, "Test mail under way"),
        None => ("calm", Icon::Skipped, "Not tried yet"),
    };
    let took = seen.as_ref().and_then(|(_, took, _)| *took).map(took);
    let line = seen.map(|(_, _, line)| line);
    let words = if line.is_some() { "Send another test mail" } else { "Send the test mail" };
    let announced = doctor::announce(page.row.address.as_str(), &person);
    Some(
        view! {
            <section class="panel" id="send-as" data-live=format!("mailbox:{id}") aria-labelledby="send-as-title">
                <header><h2 id="send-as-title">"Send As test mail"</h2></header>
                <div class="body stack">
                    <p class="soft">{announced}</p>
                    <ol class="probe">
                        <li data-tone=tone>
                            {icon.view()}
                            <span class="what">{what}</span>
                            {took.map(|took| view! { <span class="took">{took}</span> })}
                            {line.map(|line| view! { <span class="seen">{line}</span> })}
                        </li>
                    </ol>
                    <div class="row">{test_button(id, "", words)}</div>
                </div>
            </section>
        }
        .into_any(),
    )
}

fn found(
    page: &MailboxPage,
    result: CheckResult,
    trouble: Option<Trouble>,
    sending: Sending,
    test: Option<TestMail>,
    clock: Clock,
) -> AnyView {
    let id = page.row.id;
    let short = page.row.provider_short.clone();
    let failed = trouble.is_some();
    let mut reports = result.reports.clone();
    // Every step went well, and yet what only a message shows is missing.
    if let Some(trouble) = &trouble
        && let Some(report) = reports.iter_mut().find(|r| r.direction == trouble.direction && r.ok())
    {
        report.failure = Some(ProbeFailure::new(trouble.diagnosis, ""));
    }
    let card = trouble.map(|trouble| card(page, trouble, sending, clock));
    let fine = (!failed).then(|| {
        view! {
            <Notice tone=Tone::Ok title="Everything works">
                <p>"Each step was tried with the present sign-in. No message was sent."</p>
                <div class="row">{again(id, "check", "Check again")}</div>
            </Notice>
        }
    });
    let panels = reports.into_iter().map(|report| view! { <Probe report short=short.clone()/> }).collect_view();
    let send_as = send_as(page, test.as_ref(), clock);
    view! {
        {card}{fine}
        <div class="halves">{panels}</div>
        {send_as}
        <Transcripts reports=result.reports open=failed/>
    }
    .into_any()
}
