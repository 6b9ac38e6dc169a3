//! *Sign in again*: one line per account, not per mailbox; then what no sign-in repairs.

use crate::api::mailboxes::{LIST, path};
use crate::components::button::SignIn;
use crate::components::frame::{Head, Place, Sheet, email_crumbs};
use crate::components::icon::Icon;
use crate::pages::page;
use crate::wording::counts::of;
use crate::wording::diagnoses;
use crate::wording::ends;
use crate::wording::times::Clock;
use domain::banner::{Ask, Banner, Concerned};
use domain::console::approvals::{Awaited, Stage};
use domain::console::mailboxes::MailboxRow;
use domain::expiry::Kind;
use domain::signin::Intent;
use leptos::prelude::*;

/// One thing to do, and the mailboxes it gets on.
struct Line {
    ask: Ask,
    banner: Banner,
    concerned: Vec<Concerned>,
}

/// Splits banners into lines: by account where one sign-in repairs several.
fn lines(banners: &[Banner]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for banner in banners {
        for c in &banner.concerned {
            let joins = |line: &&mut Line| {
                line.ask == banner.ask
                    && line.banner.provider == banner.provider
                    && (banner.ask == Ask::Registration
                        || (c.account.is_some()
                            && line.concerned.first().is_some_and(|first| {
                                first.account == c.account && matches!(banner.ask, Ask::SignIn | Ask::Ends)
                            })))
            };
            match lines.iter_mut().find(joins) {
                Some(line) => line.concerned.push(c.clone()),
                None => lines.push(Line { ask: banner.ask, banner: banner.clone(), concerned: vec![c.clone()] }),
            }
        }
    }
    lines
}

/// `/admin/channels/email/queue`
#[component]
pub fn QueuePage() -> impl IntoView {
    page(|here| async move {
        here.actor.admin()?;
        let rows = here.console.mailboxes.list(&here.actor).await?.rows;
        let clock = here.clock;
        let awaited = awaited(here.console.approvals.awaited(&here.actor).await?, clock);
        let (by_sign_in, others): (Vec<Line>, Vec<Line>) = lines(&here.frame.banners)
            .into_iter()
            .partition(|l| matches!(l.ask, Ask::SignIn | Ask::Password | Ask::MoveToSignIn | Ask::Ends));
        let mailboxes: usize = by_sign_in.iter().map(|l| l.concerned.len()).sum();
        let sub = match by_sign_in.len() {
            0 => "No mailbox needs a sign-in or a password.".to_owned(),
            n => format!(
                "{} for {}.",
                of(n as u64, "thing to do", "things to do"),
                of(mailboxes as u64, "mailbox", "mailboxes")
            ),
        };
        let empty = by_sign_in.is_empty();
        let next =
            by_sign_in.into_iter().enumerate().map(|(at, line)| item(line, at == 0, &rows, clock)).collect_view();
        let rest = (!others.is_empty()).then(|| {
            let items = others.into_iter().map(|line| item(line, false, &rows, clock)).collect_view();
            view! {
                <section aria-labelledby="others">
                    <div class="section-head"><h2 id="others">"Not repaired by a sign-in"</h2></div>
                    <div class="panel"><ol class="queue">{items}</ol></div>
                </section>
            }
        });
        Ok(view! {
            <Sheet here title="Sign in again" place=Place::Email acts=true>
                <Head title="Sign in again" crumbs=email_crumbs(true) sub>
                    <a class="button" href=LIST>"Close"</a>
                </Head>
                <div class="stack loose" id="queue" data-live="mailboxes">
                    {if empty {
                        view! {
                            <div class="panel"><div class="empty">{Icon::Ok.view()}<h2>"Every sign-in works"</h2><p>"Mailkeep calls you when one ends."</p></div></div>
                        }.into_any()
                    } else {
                        view! {
                            <section aria-labelledby="next">
                                <div class="section-head"><h2 id="next">"Next"</h2><span class="quiet">"Each account once; every mailbox of it goes on."</span></div>
                                <div class="panel"><ol class="queue">{next}</ol></div>
                            </section>
                        }.into_any()
                    }}
                    {awaited}
                    {rest}
                </div>
            </Sheet>
        }
        .into_any())
    })
}

/// Approvals that somebody elsewhere must give, and those that came back.
fn awaited(list: Vec<Awaited>, clock: Clock) -> Option<AnyView> {
    if list.is_empty() {
        return None;
    }
    let items = list
        .into_iter()
        .map(|a| {
            let since = clock.since_inside(a.asked_at);
            let (icon, title, why, words) = match a.stage {
                Stage::Waiting => (Icon::Clock, format!("Waiting for approval {since}"), format!("An admin at {} opens the link that was sent.", a.provider_short), "Show the link"),
                Stage::Approved => (Icon::Ok, "Approved: only the sign-in is left".to_owned(), format!("Whoever may open the mailbox signs in at {}.", a.provider_short), "Go to the sign-in"),
                Stage::Declined => (Icon::Warning, "The approval was declined".to_owned(), "Nothing was changed.".to_owned(), "Ask again"),
            };
            view! {
                <li data-tone="calm">
                    {icon.view()}
                    <div><h3>{title}</h3><p class="soft">{why}</p><ul><li><a class="nowrap plain" href=path(a.mailbox)>{a.address.clone()}</a></li></ul></div>
                    <div class="row"><a class="button" href=crate::api::approvals::path(a.mailbox)>{words}<span class="vh">" for " {a.address}</span></a></div>
                </li>
            }
        })
        .collect_view();
    Some(
        view! {
            <section aria-labelledby="awaited">
                <div class="section-head"><h2 id="awaited">"Waiting for approval"</h2></div>
                <div class="panel"><ol class="queue">{items}</ol></div>
            </section>
        }
        .into_any(),
    )
}

fn item(line: Line, next: bool, rows: &[MailboxRow], clock: Clock) -> AnyView {
    let Line { ask, banner, concerned } = line;
    let Some(first) = concerned.first().cloned() else { return ().into_any() };
    let short = banner.provider_short.clone();
    let account = first.account.as_ref().map_or_else(|| first.address.to_string(), |(_, who)| who.clone());
    let cause = first.diagnosis.map(|d| diagnoses::sentence(d, &short));
    let sign_in = |intent| {
        view! { <SignIn mailbox=first.mailbox provider=banner.provider intent words=format!("Sign in with {short}") of=format!("for {}", first.address)/> }.into_any()
    };
    let link = |href: String, words: &'static str| {
        view! { <a class="button" href=href>{words}<span class="vh">" for " {first.address.to_string()}</span></a> }
            .into_any()
    };
    let page = path(first.mailbox);
    let domain = first.address.domain();
    let (icon, title, why, action) = match ask {
        Ask::SignIn => {
            (Icon::User, format!("Sign in as {account}"), cause.unwrap_or_default(), sign_in(Intent::Reauthorize))
        }
        Ask::MoveToSignIn => (
            Icon::User,
            format!("Sign in for {}", first.address),
            format!("Moves from a password to {short} sign-in. Same tickets, nothing fetched twice."),
            sign_in(Intent::Switch),
        ),
        Ask::Password => (
            Icon::Key,
            format!("Give the password of {}", first.address),
            cause.unwrap_or_default(),
            link(format!("{page}/set-up/password"), "Give password"),
        ),
        Ask::Ends => {
            let end = banner.end.as_ref();
            let why = end.map(|end| ends::evidence(end, &short, clock)).unwrap_or_default();
            match end.map(|end| end.source.kind()) {
                Some(Kind::AppSecret | Kind::Spa) => (
                    Icon::Key,
                    "Enter a new app secret".into(),
                    why,
                    link("/admin/registrations".into(), "Enter new secret"),
                ),
                Some(Kind::Password) => {
                    (Icon::Calendar, format!("Sign in for {}", first.address), why, sign_in(Intent::Switch))
                }
                _ => {
                    (Icon::Calendar, format!("Sign in as {account}, before it ends"), why, sign_in(Intent::Reauthorize))
                }
            }
        }
        Ask::Registration => (
            Icon::Key,
            "Enter a new app secret".into(),
            cause.unwrap_or_default(),
            link("/admin/registrations".into(), "Enter new secret"),
        ),
        Ask::Consent => (
            Icon::Shield,
            format!("An admin of {domain} at {short} must approve"),
            cause.unwrap_or_default(),
            link(format!("{page}/approval"), "Ask for approval"),
        ),
        Ask::Setting => (
            Icon::Shield,
            format!("An admin of {domain} at {short} must act"),
            cause.unwrap_or_default(),
            link(format!("{page}/check"), "Show remedy"),
        ),
    };
    let mailboxes = concerned
        .iter()
        .map(|c| {
            let held = rows.iter().find(|r| r.id == c.mailbox).map_or(0, |r| u64::from(r.held));
            let held = if held > 0 { format!("{} held, ", of(held, "reply", "replies")) } else { String::new() };
            view! { <li><a class="nowrap plain" href=path(c.mailbox)>{c.address.to_string()}</a><span class="quiet">{held} {clock.since_inside(c.since)}</span></li> }
        })
        .collect_view();
    view! {
        <li aria-current=next.then_some("step") data-tone="calm">
            {icon.view()}
            <div><h3>{title}</h3><p class="soft">{why}</p><ul>{mailboxes}</ul></div>
            <div class="row">{action}</div>
        </li>
    }
    .into_any()
}
