//! Across the top of every page: the worst of what needs a person, the rest counted.

use super::button::SignIn;
use super::icon::Icon;
use super::state::Tone;
use crate::pages::Here;
use crate::wording::banners::{self, R1, R1_HERE, R1_SETTINGS};
use crate::wording::counts::of;
use crate::wording::diagnoses;
use crate::wording::ends;
use crate::wording::times::Clock;
use domain::banner::{Ask, Banner};
use domain::direction::Direction;
use domain::expiry::Kind;
use domain::signin::Intent;
use leptos::prelude::*;

/// The banner's place; empty on a quiet day, so that a live page can fill it.
#[component]
pub fn Banners(here: Here, #[prop(optional)] acts: bool) -> impl IntoView {
    let (clock, admin) = (here.clock, here.is_admin());
    let banners = here.frame.banners;
    let view = if admin {
        let rest: usize = banners.iter().skip(1).map(|b| b.concerned.len()).sum();
        banners.into_iter().next().map(|banner| for_admin(banner, rest, clock, acts))
    } else {
        for_agent(&banners, clock)
    };
    // A region without content is a landmark without sense.
    let role = view.is_some().then_some("region");
    view! { <div id="banners" data-live="mailboxes" role=role aria-label=role.map(|_| "Banners")>{view}</div> }
}

fn tone(banner: &Banner, clock: Clock) -> Tone {
    if banner.warns(clock.now) { Tone::Warning } else { Tone::Critical }
}

/// Where *Email settings* leads: the mailbox concerned, or the queue of several.
fn settings(banner: &Banner) -> String {
    match banner.concerned.as_slice() {
        [one] => format!("/admin/channels/email/{}", one.mailbox),
        _ => "/admin/channels/email/queue".into(),
    }
}

/// Where the first link of an alert leads: to the support emails with those concerned marked.
fn ending(banner: &Banner, kind: Kind) -> String {
    match (kind, banner.concerned.first()) {
        (Kind::SignIn | Kind::Password, Some(first)) => {
            format!("/admin/channels/email?mark=ends#mailbox-{}", first.mailbox)
        }
        (Kind::SignIn | Kind::Password, None) => "/admin/channels/email".into(),
        (Kind::Spa | Kind::AppSecret, _) => "/admin/registrations".into(),
    }
}

fn help(banner: &Banner) -> String {
    let article = match (banner.ask, banner.concerned.first().and_then(|c| c.diagnosis)) {
        (Ask::MoveToSignIn, _) => "password-retired",
        (_, Some(diagnosis)) => diagnoses::article(diagnosis),
        _ => "sign-in-expired",
    };
    format!("/help/{article}")
}

fn for_admin(banner: Banner, rest: usize, clock: Clock, acts: bool) -> AnyView {
    let tone = tone(&banner, clock);
    let (help, settings) = (help(&banner), settings(&banner));
    let counted = (rest > 0).then(|| {
        view! { " " <a href="/admin/channels/email?show=need">{of(rest as u64, "more mailbox needs you", "more mailboxes need you")}</a>"." }
    });
    let cause = banners::cause(&banner, clock);
    let words = if let Some(end) = &banner.end {
        let (before, between, after) = ends::alert(end, &banner.provider_short);
        let kind = end.source.kind();
        view! {
            <span id="banner-words">
                {before}<a href=ending(&banner, kind) aria-label=ends::purpose(kind) aria-describedby="banner-words">{ends::HERE}</a>
                {between}<a href=ends::article(kind) aria-label="here: help" aria-describedby="banner-words">{ends::HERE}</a>{after}
            </span>
            <span class="more">{cause}{counted}</span>
        }
        .into_any()
    } else if banners::is_r1(banner.ask) {
        view! {
            <span id="banner-words">
                {R1.0}<a href=help aria-describedby="banner-words">{R1_HERE}</a>
                {R1.1}<a href=settings>{R1_SETTINGS}</a>{R1.2}
            </span>
            <span class="more">{cause}{counted}</span>
        }
        .into_any()
    } else {
        let (page, remedy) = match banner.ask {
            Ask::Registration => ("/admin/registrations".to_owned(), "Enter a new secret"),
            _ => (
                banner.concerned.first().map_or(settings, |c| format!("/admin/channels/email/{}/check", c.mailbox)),
                "Show remedy",
            ),
        };
        view! {
            <span id="banner-words">
                {banners::own_sentence(&banner)}" "
                <a href=page>{remedy}</a>", or learn more "
                <a href=help aria-describedby="banner-words">{R1_HERE}</a>"."
            </span>
            <span class="more">{cause}{counted}</span>
        }
        .into_any()
    };
    let button = (!acts).then(|| sign_in(&banner)).flatten();
    view! { <div class="banner" data-tone=tone.key()>{tone.icon().view()}<p>{words}</p>{button}</div> }.into_any()
}

/// At most one button: the first sign-in to do.
fn sign_in(banner: &Banner) -> Option<AnyView> {
    let intent = match banner.ask {
        Ask::SignIn => Intent::Reauthorize,
        Ask::MoveToSignIn => Intent::Switch,
        _ => return None,
    };
    let first = banner.concerned.first()?;
    Some(
        view! {
            <SignIn mailbox=first.mailbox provider=banner.provider intent small=true needed=intent == Intent::Reauthorize
                words=format!("Sign in with {}", banner.provider_short) of=format!("for {}", first.address)/>
        }
        .into_any(),
    )
}

/// Agents can do nothing about it: they learn what it means for their work.
fn for_agent(banners: &[Banner], clock: Clock) -> Option<AnyView> {
    let stopped = |direction| {
        let mut concerned: Vec<_> = banners
            .iter()
            .flat_map(|b| &b.concerned)
            .filter(|c| c.diagnosis.is_some() && c.only.is_none_or(|only| only == direction))
            .cloned()
            .collect();
        concerned.sort_by_key(|c| c.since);
        concerned
    };
    let (held, waiting) = (stopped(Direction::Outgoing), stopped(Direction::Incoming));
    let since = held.first().or(waiting.first())?.since;
    let first = if held.is_empty() {
        format!("New mail to {} comes in later.", banners::who(&waiting))
    } else {
        format!("Replies from {} are held.", banners::who(&held))
    };
    let second = format!(
        "{}. An admin was told. Nothing is lost: mail comes in and replies leave as soon as it works.",
        clock.since(since)
    );
    Some(
        view! {
            <div class="banner" data-tone=Tone::Warning.key()>
                {Icon::Held.view()}
                <p>{first}<span class="more">{second}</span></p>
            </div>
        }
        .into_any(),
    )
}
