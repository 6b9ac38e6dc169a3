//! The chart: from today to each end, over 90 days.

use crate::api::mailboxes::path;
use crate::components::state::{State, Tone, Words};
use crate::wording::counts::{list, of};
use crate::wording::diagnoses;
use crate::wording::ends;
use crate::wording::times::Clock;
use domain::Time;
use domain::console::ends::{EndLine, What};
use domain::expiry::{End, Expected, WARNING};
use domain::time::Span;
use leptos::prelude::*;

/// How far the chart looks.
const AHEAD: Span = Span::days(90);

fn percent(span: Span) -> f64 {
    (span.0 as f64 / AHEAD.0 as f64 * 100.0).clamp(0.0, 100.0)
}

/// Vertical lines, one a week.
fn weeks() -> impl IntoView {
    (1..=12)
        .map(|week| {
            let x = format!("{:.2}%", percent(Span::days(7 * week)));
            view! { <line class="week" x1=x.clone() x2=x y1="0" y2="24"></line> }
        })
        .collect_view()
}

/// The dates above the chart.
fn scale(clock: Clock) -> impl IntoView {
    let days = [0, 23, 45, 68, 90].map(|days| match days {
        0 => "Today".to_owned(),
        days => clock.day(clock.now + Span::days(days)),
    });
    view! {
        <li class="scale" aria-hidden="true"><span></span><div class="axis">{days.map(|day| view! { <span>{day}</span> }).collect_view()}</div><span></span></li>
    }
}

/// Ends that are known, the soonest first.
pub fn known(lines: Vec<EndLine>, clock: Clock) -> impl IntoView {
    let lines = lines.into_iter().map(|line| known_line(line, clock)).collect_view();
    view! {
        <section aria-labelledby="known"><h2 id="known" class="vh">"Known ends"</h2>
            <ul class="horizon">{scale(clock)}{lines}</ul>
            <p class="quiet gap">"Shaded: within 10 days. Admins and whoever signs in are told by email 10, 3 and 1 days before. "<a href="/admin/notices">"Who is told, and how"</a></p>
        </section>
    }
}

/// Sign-ins that renew themselves.
pub fn open(lines: Vec<EndLine>, clock: Clock) -> impl IntoView {
    let n = lines.len();
    let lines = lines.into_iter().map(|line| open_line(line, clock)).collect_view();
    view! {
        <section aria-labelledby="open">
            <div class="section-head"><h2 id="open">"No end expected "<span class="count">{n}</span></h2><span class="quiet">"Each refresh moves the window on. The last one is shown."</span></div>
            <ul class="horizon">{lines}</ul>
        </section>
    }
}

/// The line's name, a link to what mends it.
fn name(line: &EndLine) -> impl IntoView + use<> {
    let href = match line.what {
        What::SignIn(id) | What::Password(id) => path(id),
        What::AppSecret => "/admin/registrations".into(),
    };
    let title = line.title.clone();
    view! { <a class="plain" href=href><b>{title}</b></a><br/> }
}

/// The mailboxes behind a line, where they say more than its name.
fn whose(line: &EndLine) -> Option<String> {
    match line.mailboxes.as_slice() {
        [] => Some("no mailbox uses it".into()),
        [one] if one.as_str() == line.title => None,
        [one] => Some(one.to_string()),
        several => {
            let names: Vec<String> = several.iter().map(ToString::to_string).collect();
            Some(if several.len() > 3 { of(several.len() as u64, "mailbox", "mailboxes") } else { list(&names, 3) })
        }
    }
}

fn track(to: Time, clock: Clock) -> impl IntoView {
    let left = percent(to.since(clock.now));
    let x = format!("{:.2}%", left.max(0.67));
    view! {
        <svg class="track" aria-hidden="true">
            <rect class="zone" width=format!("{:.2}%", percent(WARNING)) height="100%"></rect>
            {weeks()}
            <line class="span" x1="1" x2=x.clone() y1="12" y2="12"></line>
            {(left < 100.0).then(|| view! { <circle cx=x cy="12" r="4.5"></circle> })}
        </svg>
    }
}

fn known_line(line: EndLine, clock: Clock) -> AnyView {
    let short = line.provider_short.clone();
    let (tone, at, evidence, left) = match &line.expected {
        Expected::Ended(at) => {
            let cause = line.cause.map(|cause| diagnoses::title(cause, &short));
            let words = Words::new(Tone::Critical, Tone::Critical.icon(), "Ended");
            (Some(Tone::Critical), *at, cause, view! { <State words/> }.into_any())
        }
        Expected::Ends(end) => soon(end, &short, clock),
        Expected::NoEnd { renewed_at, .. } => (None, *renewed_at, None, ().into_any()),
    };
    let second: Vec<String> = [whose(&line), evidence].into_iter().flatten().collect();
    view! {
        <li data-tone=tone.map(Tone::key)>
            <div>{name(&line)}<small>{second.join(". ")}</small></div>
            {track(at, clock)}
            <div class="left">{left}<br/><small>{clock.stamp(at, clock.moment(at))}</small></div>
        </li>
    }
    .into_any()
}

type Told = (Option<Tone>, Time, Option<String>, AnyView);

fn soon(end: &End, short: &str, clock: Clock) -> Told {
    let words = ends::left(end.at, clock).unwrap_or_else(|| "Due".into());
    let source = Some(ends::source(&end.source, short));
    if end.step(clock.now).is_none() {
        return (None, end.at, source, view! { <span>{words}</span> }.into_any());
    }
    let words = Words::new(Tone::Warning, Tone::Warning.icon(), words);
    (Some(Tone::Warning), end.at, source, view! { <State words/> }.into_any())
}

fn open_line(line: EndLine, clock: Clock) -> AnyView {
    let Expected::NoEnd { renewed_at, window } = line.expected else { return ().into_any() };
    let window = window.map(|window| {
        let days = of((window.0 / Span::days(1).0) as u64, "day", "days");
        format!("{} would end it {days} after the last refresh", line.provider_short)
    });
    let second: Vec<String> = [whose(&line), window].into_iter().flatten().collect();
    let words = Words::new(Tone::Ok, Tone::Ok.icon(), "Renewed");
    view! {
        <li>
            <div>{name(&line)}<small>{second.join(". ")}</small></div>
            <svg class="track" aria-hidden="true">{weeks()}<line class="open" x1="1" x2="100%" y1="12" y2="12"></line></svg>
            <div class="left"><State words/><br/><small>{clock.stamp(renewed_at, clock.moment(renewed_at))}</small></div>
        </li>
    }
    .into_any()
}
