//! What a check found, step by step; the steps that were not reached stand there too.

use super::icon::Icon;
use super::state::{Badge, Tone, Words};
use crate::wording::counts::count;
use crate::wording::diagnoses;
use domain::direction::Direction;
use domain::probe::{ProbeReport, Step};
use leptos::prelude::*;

/// Title and icon of a direction.
pub fn way(direction: Direction) -> (Icon, &'static str) {
    match direction {
        Direction::Incoming => (Icon::Inbound, "Incoming"),
        Direction::Outgoing => (Icon::Outbound, "Outgoing"),
    }
}

fn step_name(step: Step) -> &'static str {
    match step {
        Step::Name => "Name",
        Step::Tcp => "TCP",
        Step::Tls => "TLS and certificate",
        Step::Greeting => "Greeting",
        Step::Authentication => "Authentication",
        Step::Folder => "Folder",
        Step::Sender => "MAIL FROM",
    }
}

/// How long a step took.
pub fn took(millis: u32) -> String {
    format!("{} ms", count(u64::from(millis)))
}

/// The head's badge: works, and how long it took; else what is wrong.
fn badge(report: &ProbeReport, short: &str) -> Words {
    let millis: u32 = report.steps.iter().map(|s| s.millis).sum();
    match &report.failure {
        None => Words::new(Tone::Ok, Icon::Ok, format!("Works, {:.1} s", f64::from(millis) / 1_000.0)),
        Some(failure) => Words::new(Tone::Critical, Icon::Critical, diagnoses::title(failure.diagnosis, short)),
    }
}

/// One direction's check as a panel.
#[component]
pub fn Probe(
    report: ProbeReport,
    #[prop(into)] short: String,
    /// A line below the steps: what it is used for now, or until when the sign-in is kept.
    #[prop(optional, into)]
    foot: Option<String>,
) -> impl IntoView {
    let (icon, title) = way(report.direction);
    let id = report.direction.key();
    let words = badge(&report, &short);
    let tone = (!report.ok()).then_some("critical");
    let steps = Step::of(report.direction)
        .into_iter()
        .map(|step| match report.steps.iter().find(|s| s.step == step) {
            Some(seen) => {
                let tone = if seen.ok { Tone::Ok } else { Tone::Critical };
                let name = step_name(step);
                let what = if seen.ok { name.to_owned() } else { format!("{name} refused") };
                let said = match (&report.failure, seen.ok) {
                    (Some(failure), false) => failure.said.clone(),
                    _ => seen.evidence.clone(),
                };
                view! {
                    <li data-tone=tone.key()>
                        {tone.icon().view()}
                        <span class="what">{what}</span>
                        <span class="took">{took(seen.millis)}</span>
                        {(!said.is_empty()).then(|| view! { <span class="seen">{said}</span> })}
                    </li>
                }
                .into_any()
            }
            None => view! {
                <li data-tone="calm" data-skipped="">
                    {Icon::Skipped.view()}
                    <span class="what">{step_name(step)}</span>
                    <span class="took">"Not reached"</span>
                </li>
            }
            .into_any(),
        })
        .collect_view();
    // Where nothing could be begun, a list of what was not reached says nothing.
    let body = match &report.failure {
        Some(failure) if report.steps.is_empty() => view! {
            <p>"Nothing was tried at the server, for want of a sign-in to show it."</p>
            {(!failure.said.is_empty()).then(|| view! { <code class="code">{failure.said.clone()}</code> })}
        }
        .into_any(),
        _ => view! { <ol class="probe">{steps}</ol> }.into_any(),
    };
    view! {
        <section class="panel" aria-labelledby=format!("probe-{id}") data-tone=tone>
            <header>
                <h2 id=format!("probe-{id}") class="row">{icon.view()}{title}</h2>
                <Badge words/>
            </header>
            <div class="body">{body}</div>
            {foot.map(|foot| view! { <footer>{foot}</footer> })}
        </section>
    }
}

/// The sessions' lines, without secrets, folded.
#[component]
pub fn Transcripts(reports: Vec<ProbeReport>, #[prop(optional)] open: bool) -> impl IntoView {
    let lines = reports
        .iter()
        .filter(|r| !r.transcript.is_empty())
        .map(|r| {
            let (_, title) = way(r.direction);
            view! { <h3>{title}</h3><code class="code">{r.transcript.join("\n")}</code> }
        })
        .collect_view();
    (reports.iter().any(|r| !r.transcript.is_empty())).then(|| {
        view! {
            <section aria-labelledby="transcript">
                <h2 id="transcript" class="vh">"Transcript"</h2>
                <details class="fold" open=open>
                    <summary>{Icon::Chevron.with_class("icon chevron")}"Transcript, without secrets"</summary>
                    <div class="stack tight">{lines}</div>
                </details>
            </section>
        }
    })
}
