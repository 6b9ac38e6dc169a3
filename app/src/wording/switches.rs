//! Switching, in words.

use crate::wording::counts::of;
use crate::wording::times::{Clock, span};
use domain::console::switches::SwitchReport;
use domain::direction::Direction;
use domain::switch::{Case, Drained};
use domain::time::Span;

/// The cases as the form offers them: title, and what follows.
pub fn case(case: Case) -> (&'static str, &'static str) {
    match case {
        Case::Person => (
            "Another person signs in",
            "The mailbox stays where it is. Fetching goes on after the last message it took.",
        ),
        Case::Renamed => (
            "The mailbox has a new address",
            "The same mailbox under another name. Mail to the old address is still recognised as yours.",
        ),
        Case::Moved => (
            "The mailbox moved to another provider",
            "The same address, its mail copied there. What is known is recognised; only what is new comes in.",
        ),
        Case::Different => (
            "Another mailbox takes its place",
            "Nothing of it is known. Its mail is imported from a day you choose; tickets and threads go on.",
        ),
    }
}

/// What stays, as a list under the plan.
pub fn stays(case: Case) -> &'static [&'static str] {
    match case {
        Case::Person => &["The mailbox, its tickets and the place up to which it was fetched stay."],
        Case::Renamed => &[
            "The mailbox, its tickets and the place up to which it was fetched stay.",
            "Replies leave from the new address; the old one stays an address of this mailbox.",
        ],
        Case::Moved => &[
            "Its tickets stay. Messages known from the old side are recognised.",
            "The old side is fetched a last time before the switch.",
        ],
        Case::Different => &[
            "Its tickets stay. Answers to the old address still find their ticket.",
            "Replies leave from the new address.",
            "The old mailbox is fetched a last time before the switch.",
        ],
    }
}

/// `0.4 s`: how long nobody looked.
pub fn pause(pause: Span) -> String {
    if pause.0 >= 10_000 {
        return span(pause);
    }
    let tenths = (pause.0.max(1) + 99) / 100;
    format!("{}.{} s", tenths / 10, tenths % 10)
}

/// What was done, as facts: term and words.
pub fn facts(r: &SwitchReport, clock: Clock) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    let incoming = r.directions.contains(&Direction::Incoming);
    facts.push((
        "Kept",
        match r.case {
            Case::Person | Case::Renamed => {
                "Same mailbox, same tickets, fetching goes on after the last message".into()
            }
            Case::Moved | Case::Different => "Same mailbox, same tickets, same threads".to_owned(),
        },
    ));
    if incoming {
        let words = match (r.incoming_pause, r.stopped_since) {
            (Some(ms), _) => format!("{}, until incoming looked again; replies had none", pause(ms)),
            (None, Some(since)) => format!("Fetching had stopped before, {}", clock.since_inside(since)),
            (None, None) => "Incoming signs in now; this page shows it in a moment".into(),
        };
        facts.push(("Longest pause", words));
    } else {
        facts.push(("Longest pause", "None: only outgoing changed".into()));
    }
    if r.address != r.former_address {
        facts.push(("Address", format!("{}, before {}", r.address, r.former_address)));
    }
    if r.provider_name != r.former_provider_name {
        facts.push(("Provider", format!("{}, before {}", r.provider_name, r.former_provider_name)));
    }
    match &r.drained {
        Some(Drained::Fetched(0)) => facts
            .push(("Old side", "Fetched a last time: nothing was left; what still arrives there comes in too".into())),
        Some(Drained::Fetched(n)) => facts.push((
            "Old side",
            format!(
                "Fetched a last time: {} came; what still arrives there comes in too",
                of(u64::from(*n), "message", "messages")
            ),
        )),
        Some(Drained::Not(why)) => facts.push(("Old side", format!("Could not be fetched a last time: {why}"))),
        None => {}
    }
    if let Some((known, new)) = r.recognised {
        facts.push((
            "Recognised",
            format!("{} known from the old side, {new} new", of(u64::from(known), "message", "messages")),
        ));
    }
    facts
}
