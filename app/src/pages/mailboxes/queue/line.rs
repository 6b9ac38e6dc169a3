//! One line of the queue: what to do, why, the mailboxes it gets on, the action.

use super::Line;
use crate::api::mailboxes::path;
use crate::components::button::SignIn;
use crate::components::icon::Icon;
use crate::components::state::{Badge, Tone, Words};
use crate::wording::counts::of;
use crate::wording::times::Clock;
use crate::wording::{banners, diagnoses, ends, links};
use domain::banner::Ask;
use domain::console::links::LinkRow;
use domain::console::mailboxes::MailboxRow;
use domain::console::signins::RepairedAccount;
use domain::expiry::Kind;
use domain::signin::{Intent, LinkState};
use leptos::prelude::*;
use std::sync::Arc;

/// What lines are told from, beside the banners.
pub struct Scene {
    pub rows: Arc<[MailboxRow]>,
    pub links: Vec<LinkRow>,
    pub clock: Clock,
}

pub fn item(line: Line, next: bool, scene: &Scene) -> AnyView {
    let Line { ask, banner, concerned } = line;
    let Some(first) = concerned.first().cloned() else { return ().into_any() };
    let clock = scene.clock;
    let short = banner.provider_short.clone();
    let account = first.account.as_ref().map_or_else(|| first.address.to_string(), |(_, who)| who.clone());
    let cause = first.diagnosis.map(|d| diagnoses::sentence(d, &short));
    let sign_in = |intent| {
        view! { <SignIn mailbox=first.mailbox provider=banner.provider intent needed=ask == Ask::SignIn words=format!("Sign in with {short}") of=format!("for {}", first.address)/> }.into_any()
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
        Ask::AnotherPerson => (
            Icon::People,
            format!("Another person signs in for {}", first.address),
            banners::leaver(Some(&first)),
            link(format!("{page}/link"), "Send a sign-in link"),
        ),
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
    let by_somebody_else = matches!(ask, Ask::SignIn | Ask::MoveToSignIn).then(|| {
        view! { <p class="quiet">"Not you? "<a href=format!("{page}/link")>"Send a sign-in link"<span class="vh">" for " {first.address.to_string()}</span></a></p> }
    });
    let on_its_way: Vec<AnyView> = concerned
        .iter()
        .filter_map(|c| scene.links.iter().find(|l| l.mailbox == c.mailbox).filter(|l| worth_telling(l.state)))
        .map(|l| {
            let state = links::state(l, clock);
            let words = format!("Link for {}: {}. {}", links::whom(l), state.words, state.sub.unwrap_or_default());
            view! { <p class="soft" data-tone=state.tone.key()><a class="plain" href=format!("{}/link", path(l.mailbox))>{words}</a></p> }.into_any()
        })
        .collect();
    let mailboxes = concerned
        .iter()
        .map(|c| {
            let held = scene.rows.iter().find(|r| r.id == c.mailbox).map_or(0, |r| u64::from(r.held));
            let held = if held > 0 { format!("{} held, ", of(held, "reply", "replies")) } else { String::new() };
            view! { <li><a class="nowrap plain" href=path(c.mailbox)>{c.address.to_string()}</a><span class="quiet">{held} {clock.since_inside(c.since)}</span></li> }
        })
        .collect_view();
    view! {
        <li aria-current=next.then_some("step") data-tone="calm">
            {icon.view()}
            <div><h3>{title}</h3><p class="soft">{why}</p><ul>{mailboxes}</ul>{on_its_way}{by_somebody_else}</div>
            <div class="row">{action}</div>
        </li>
    }
    .into_any()
}

/// A link that is under way, or that came back without a sign-in.
fn worth_telling(state: LinkState) -> bool {
    state.is_open() || matches!(state, LinkState::Expired(_) | LinkState::Ended(domain::signin::LinkEnd::Declined, _))
}

/// An account that signed in, and the mailboxes that work again by it.
pub fn done(account: RepairedAccount, clock: Clock) -> AnyView {
    let by = account.repaired.by.map_or_else(|| " by a sign-in link".to_owned(), |who| format!(" by {who}"));
    let n = account.mailboxes.len() as u64;
    let mailboxes = account
        .mailboxes
        .into_iter()
        .map(|(id, address, came, left)| {
            let came = (came > 0).then(|| format!("{} fetched", of(u64::from(came), "message", "messages")));
            let left = (left > 0).then(|| format!("{} sent", of(u64::from(left), "held reply", "held replies")));
            let words = [came, left].into_iter().flatten().collect::<Vec<_>>().join(", ");
            let words = if words.is_empty() { "works again".to_owned() } else { words };
            view! { <li><a class="nowrap plain" href=path(id)>{address}</a><span class="quiet">{words}</span></li> }
        })
        .collect_view();
    view! {
        <li data-tone="ok">
            {Icon::Ok.view()}
            <div>
                <h3>{format!("Signed in as {}", account.repaired.account)}</h3>
                <p class="soft">{format!("{}{by}.", clock.moment(account.repaired.at))}</p>
                <ul>{mailboxes}</ul>
            </div>
            <div class="row"><Badge words=Words::new(Tone::Ok, Icon::Ok, format!("{n} repaired"))/></div>
        </li>
    }
    .into_any()
}
