//! Step 3 with a password, and R12: user name, password and both servers in one form.

use super::{Step, Wizard, heading, so_far};
use crate::api::mailboxes::{GivePassword, path};
use crate::api::post_to;
use crate::components::button::{SignIn, Submit};
use crate::components::field::{Field, Select};
use crate::components::frame::{Head, Place, Sheet, email_crumbs};
use crate::components::icon::Icon;
use crate::components::notice::{Notice, Refused};
use crate::components::state::Tone;
use crate::pages::page;
use crate::wording::diagnoses;
use domain::console::mailboxes::{DirectionPage, MailboxPage};
use domain::direction::Direction;
use domain::id::MailboxId;
use domain::probe::ProbeReport;
use domain::provider::{Endpoint, Passwords, Tls};
use domain::refusal::{Fault, Refusal};
use domain::signin::Intent;
use leptos::prelude::*;

const HOST: &[Fault] = &[Fault::HostMissing, Fault::HostMalformed, Fault::HostNotAllowed];
const PORT: &[Fault] = &[Fault::PortOutOfRange];
/// What the fields of the form show themselves.
pub const SERVER_FAULTS: &[Fault] = &[
    Fault::HostMissing,
    Fault::HostMalformed,
    Fault::HostNotAllowed,
    Fault::PortOutOfRange,
    Fault::UserMissing,
    Fault::PasswordMissing,
];

/// `/admin/channels/email/:id/set-up/password`
#[component]
pub fn PasswordPage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let id: MailboxId = here.place.id("id")?;
        let data = here.console.mailboxes.show(&here.actor, id).await?;
        let refused = here.place.refused();
        let tried = match here.place.query("tried") {
            Some(_) => here.console.mailboxes.last_check(&here.actor, id).await?.map(|c| c.reports).unwrap_or_default(),
            None => Vec::new(),
        };
        let address = data.row.address.to_string();
        let user = data.incoming.user.clone().or_else(|| data.outgoing.user.clone()).unwrap_or_else(|| address.clone());
        let (label, hint) = match data.provider.passwords {
            Passwords::AppPassword | Passwords::No => (
                "App password",
                "Made for Mailkeep in the account's security settings; the account's own password is refused.",
            ),
            Passwords::Account => {
                ("Password", "If the account uses two-step sign-in, it needs an app password made for Mailkeep.")
            }
        };
        let failed = tried.iter().any(|r| !r.ok());
        let refusals: Vec<Direction> = tried.iter().filter(|r| refuses(r)).map(|r| r.direction).collect();
        let after = if data.draft { "Nothing was saved." } else { "The present settings stay." };
        let wrong = match refusals[..] {
            [] => None,
            [Direction::Incoming] if tried.len() > 1 => {
                Some(format!("The incoming server refuses this user name or password. {after}"))
            }
            [Direction::Outgoing] if tried.len() > 1 => {
                Some(format!("The outgoing server refuses this user name or password. {after}"))
            }
            _ => Some(format!("The server refuses this user name or password. {after}")),
        };
        let words = if failed { "Try again" } else { "Try and save" };
        // A refused password stands at its field; of that only the server's own words are left to tell.
        let (refused_there, other_faults): (Vec<_>, Vec<_>) = tried.iter().partition(|report| refuses(report));
        let mut notices: Vec<AnyView> = other_faults.into_iter().filter_map(|report| told(report, &data)).collect();
        if !refused_there.is_empty() {
            notices.push(words_of(&refused_there));
        }
        let mut servers: Vec<AnyView> = Vec::new();
        if data.wanted.incoming || !data.wanted.outgoing {
            servers.push(server_fields(&data, &data.incoming, refused).into_any());
        }
        if data.wanted.outgoing || !data.wanted.incoming {
            servers.push(server_fields(&data, &data.outgoing, refused).into_any());
        }
        let found = match data.provider.incoming {
            Some(_) => format!("Known for {}", data.provider.name),
            None => "As your mail provider gives them".to_owned(),
        };
        let back = if data.draft { format!("{}/set-up/use", path(id)) } else { path(id) };
        let draft = data.draft;
        let other = data
            .provider
            .signs_in
            .then(|| (data.provider.kind, data.provider.short.clone()))
            .filter(|_| data.registered);
        Ok(view! {
            <Sheet here title="Password" place=Place::Email narrow=true acts=true>
                <Head title=heading(&data) crumbs=email_crumbs(true) sub=so_far(&data)/>
                {draft.then(|| view! { <Wizard at=Step::SignIn id=Some(id)/> })}
                <form class="stack loose" method="post" action={post_to::<GivePassword>()}>
                    <Refused refused shown=SERVER_FAULTS/>
                    {notices}
                    <input type="hidden" name="id" value=id.to_string()/>
                    <div class="stack">
                        <Field name="user" label="User name" value=user refused faults=&[Fault::UserMissing]/>
                        <Field name="password" label=label kind="password" refused faults=&[Fault::PasswordMissing] wrong hint=hint first=true/>
                    </div>
                    <section class="panel">
                        <header><h2>"Servers"</h2><span class="quiet">{found}</span></header>
                        <div class="body halves">{servers}</div>
                    </section>
                    <div class="form-foot">
                        <span class="quiet">{if draft { "Both directions are tried before anything is saved." } else { "What works is not replaced by what does not." }}</span>
                        <span class="row"><a class="button bare" href=back>"Back"</a><Submit words busy="Trying both directions"/></span>
                    </div>
                </form>
                {other.map(|(kind, short)| view! {
                    <div class="stack tight gap">
                        <p class="soft">{format!("Rather no password? Sign in with {short}; it lasts until somebody ends it.")}</p>
                        <SignIn mailbox=id provider=kind intent=if draft { Intent::Connect } else { Intent::Switch } words=format!("Sign in with {short}")/>
                    </div>
                })}
            </Sheet>
        }
        .into_any())
    })
}

/// Whether user name or password were refused, as against any other fault of this direction.
fn refuses(report: &ProbeReport) -> bool {
    report.failure.as_ref().is_some_and(|f| diagnoses::article(f.diagnosis) == "password-refused")
}

fn words_of(tried: &[&ProbeReport]) -> AnyView {
    let lines = tried
        .iter()
        .filter_map(|report| report.failure.as_ref())
        .map(|failure| view! { <p><code class="value">{failure.said.clone()}</code></p> })
        .collect_view();
    view! { <Notice tone=Tone::Calm title="What the server said">{lines}</Notice> }.into_any()
}

fn told(report: &ProbeReport, page: &MailboxPage) -> Option<AnyView> {
    let failure = report.failure.as_ref()?;
    let way = match report.direction {
        Direction::Incoming => "Incoming",
        Direction::Outgoing => "Outgoing",
    };
    let sentence = diagnoses::sentence(failure.diagnosis, &page.row.provider_short);
    let said = failure.said.clone();
    let after = if page.draft { "Nothing was saved." } else { "The present settings stay." };
    Some(
        view! {
            <Notice tone=Tone::Critical title=format!("{way}: {}", sentence.trim_end_matches('.'))>
                <p>{after}</p>
                <details class="fold">
                    <summary>{Icon::Chevron.with_class("icon chevron")}"What the server said"</summary>
                    <div><code class="code">{said}</code></div>
                </details>
            </Notice>
        }
        .into_any(),
    )
}

/// The fields of a direction's server, as it is known.
pub fn server_fields(page: &MailboxPage, d: &DirectionPage, refused: Option<Refusal>) -> impl IntoView + use<> {
    let known = d.endpoint.clone().or_else(|| page.provider.endpoint(d.direction).cloned());
    one_server(d.direction, known, refused)
}

/// The fields of one server.
pub fn one_server(direction: Direction, known: Option<Endpoint>, refused: Option<Refusal>) -> impl IntoView + use<> {
    let incoming = direction == Direction::Incoming;
    let e = known.unwrap_or_else(|| Endpoint::customary("", direction));
    let (title, host, port, tls) = if incoming {
        ("Incoming, IMAP", "in_host", "in_port", "in_tls")
    } else {
        ("Outgoing, SMTP", "out_host", "out_port", "out_tls")
    };
    let options = vec![
        ("implicit".to_owned(), "TLS".to_owned(), e.tls == Tls::Implicit),
        ("starttls".to_owned(), "STARTTLS".to_owned(), e.tls == Tls::StartTls),
    ];
    view! {
        <fieldset class="stack">
            <legend class="part">{title}</legend>
            <Field name=host label="Server" value=e.host refused faults=HOST/>
            <div class="row top">
                <Field name=port label="Port" value=e.port.to_string() short=true inputmode="numeric" refused faults=PORT/>
                <Select name=tls label="Encryption" options/>
            </div>
        </fieldset>
    }
}
