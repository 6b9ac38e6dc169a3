//! *Check connection*: the diagnosis first, then the steps, then the transcript.

use super::edit::below;
use crate::api::mailboxes::{Check, path};
use crate::api::post_to;
use crate::components::button::{Act, SignIn};
use crate::components::frame::{Head, Place, Sheet};
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Refused};
use crate::components::probe::{Probe, Transcripts};
use crate::components::remedy::{RemedyCard, Trouble};
use crate::components::state::Tone;
use crate::components::way_out::{WayOut, credential, way_out};
use crate::pages::page;
use crate::wording::counts::of;
use crate::wording::times::Clock;
use domain::console::mailboxes::{CheckResult, MailboxPage};
use domain::direction::{Direction, State};
use domain::id::MailboxId;
use domain::probe::ProbeReport;
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
    let works = match other {
        Some(other) if other.ok() => match other.direction {
            Direction::Incoming => "Incoming mail works. ",
            Direction::Outgoing => "Outgoing mail works. ",
        },
        _ => "",
    };
    let held = match (report.direction, page.row.held) {
        (Direction::Outgoing, n) if n > 0 => format!("{} held.", of(u64::from(n), "reply is", "replies are")),
        _ => String::new(),
    };
    Some(Trouble {
        direction: report.direction,
        diagnosis: failure.diagnosis,
        credential: credential(&page.row),
        provider: page.row.provider,
        short: page.row.provider_short.clone(),
        address: page.row.address.to_string(),
        also: format!("{works}{held}").trim().to_owned(),
        said: Some(failure.said.clone()).filter(|s| !s.is_empty()),
    })
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
        let refused = here.place.refused();
        let address = data.row.address.to_string();
        let sub = match &last {
            Some(result) => {
                let millis: u32 = result.reports.iter().flat_map(|r| &r.steps).map(|s| s.millis).sum();
                format!("{address}, checked {}, took {:.1} s.", clock.when(result.at), f64::from(millis) / 1_000.0)
            }
            None => format!("{address}, not checked yet."),
        };
        let view = match last {
            Some(result) => found(&data, result, clock),
            None => never(id),
        };
        let title = format!("Check {address}");
        Ok(view! {
            <Sheet here title place=Place::Email acts=true>
                <Head title="Check connection" crumbs=below(id, &address) sub>
                    <a class="button" href=path(id)>"Close"</a>
                </Head>
                <div class="stack loose"><Refused refused/>{view}</div>
            </Sheet>
        }
        .into_any())
    })
}

fn never(id: MailboxId) -> AnyView {
    view! {
        <div class="panel"><div class="empty">
            {Icon::Pulse.view()}
            <h2>"Try both directions now"</h2>
            <p>"Name, port, encryption, sign-in and folder are tried one after the other. Nothing is changed and no message is sent."</p>
            <div class="row">{again(id, "check", "Check now")}</div>
        </div></div>
    }
    .into_any()
}

fn found(page: &MailboxPage, result: CheckResult, clock: Clock) -> AnyView {
    let id = page.row.id;
    let short = page.row.provider_short.clone();
    let first = result.reports.iter().find(|r| !r.ok());
    let card = first.and_then(|report| {
        let trouble = trouble(page, report, &result.reports)?;
        let next = next_by_itself(page, report.direction, clock);
        let row = page.row.clone();
        let action = move || {
            let sign_in = match way_out(&row) {
                Some(WayOut::SignIn(intent)) => Some(view! { <SignIn mailbox=row.id provider=row.provider intent words=format!("Sign in with {}", row.provider_short)/> }.into_any()),
                Some(WayOut::Password) => Some(view! { <a class="button" href=format!("{}/set-up/password", path(row.id))>"Give password"</a> }.into_any()),
                Some(WayOut::Secret) => Some(view! { <a class="button" href="/admin/registrations">"Enter new secret"</a> }.into_any()),
                _ => None,
            };
            view! { {again(id, "check", "Check again")}{sign_in} }
        };
        Some(match next {
            Some(next) => view! { <RemedyCard trouble action next/> }.into_any(),
            None => view! { <RemedyCard trouble action/> }.into_any(),
        })
    });
    let fine = first.is_none().then(|| {
        view! {
            <Notice tone=Tone::Ok title="Everything works">
                <p>"Each step was tried with the present sign-in. No message was sent."</p>
                <div class="row">{again(id, "check", "Check again")}</div>
            </Notice>
        }
    });
    let panels =
        result.reports.iter().cloned().map(|report| view! { <Probe report short=short.clone()/> }).collect_view();
    let failed = first.is_some();
    view! {
        {card}{fine}
        <div class="halves">{panels}</div>
        <Transcripts reports=result.reports open=failed/>
    }
    .into_any()
}
