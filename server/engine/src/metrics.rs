//! What a monitor asks for, in Prometheus' text format (0.0.4).
//!
//! Mailboxes stand under their number: no address, name, subject or secret is in it.

use crate::store::{StoreError, metrics as rows};
use crate::{Engine, clock, evidence};
use domain::direction::State;
use domain::{Direction, Time};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counted since the start.
#[derive(Default)]
pub struct Counts {
    pub refreshes: Refreshes,
}

/// Refreshes of grants by what came of them.
#[derive(Default)]
pub struct Refreshes {
    pub refreshed: Count,
    /// The provider takes the sign-in no more.
    pub lost: Count,
    /// The app registration is refused.
    pub registration: Count,
    /// A rule or setting elsewhere stands in the way.
    pub policy: Count,
    /// The provider did not answer, or asked to come later.
    pub later: Count,
}

/// A number that only grows.
#[derive(Default)]
pub struct Count(AtomicU64);

impl Count {
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Everything, as it is now.
///
/// # Errors
/// The database's.
pub async fn text(engine: &Engine) -> Result<String, StoreError> {
    let now = clock::now();
    let facts = evidence::facts(engine).await?;
    let waiting = rows::waiting(&engine.store).await?;
    let mut out = Page::default();

    out.head("build_info", "gauge", "The running program.");
    out.line("build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1.0);
    out.head("start_time_seconds", "gauge", "When the program started, Unix time.");
    out.line("start_time_seconds", &[], seconds(engine.started_at));
    out.head("silent", "gauge", "1: a silent copy, which fetches, sends, deletes and refreshes nothing.");
    out.line("silent", &[], f64::from(u8::from(engine.silence.is())));
    out.head("late_writes_total", "counter", "Writes refused because another node has the mailbox by now.");
    out.line("late_writes_total", &[], engine.node.late() as f64);

    out.head("mailbox_state", "gauge", "1 for the state that a direction is in.");
    for (mailbox, direction, state) in facts
        .iter()
        .filter(|f| !f.draft)
        .flat_map(|facts| Direction::BOTH.map(|d| (facts.id.to_string(), d, word(&facts.state_of(d)))))
    {
        out.line(
            "mailbox_state",
            &[("mailbox", mailbox.as_str()), ("direction", direction.key()), ("state", state)],
            1.0,
        );
    }
    out.head("mailbox_last_success_seconds", "gauge", "When a direction last worked, Unix time.");
    out.head("mailbox_lag_seconds", "gauge", "How long ago a mailbox's first folder was last looked at whole.");
    out.head("mailbox_backlog", "gauge", "Messages known to be on the server and not here yet.");
    out.head("intake_waiting", "gauge", "Messages stored and not yet read.");
    out.head("intake_oldest_seconds", "gauge", "How long the oldest of them waits.");
    out.head("outbox_waiting", "gauge", "Replies that have not left.");
    out.head("outbox_held", "gauge", "Replies that wait for a person to mend the outgoing direction.");
    out.head("outbox_uncertain", "gauge", "Replies of which nobody knows whether they left.");
    out.head("outbox_oldest_seconds", "gauge", "How long the oldest reply waits.");
    for facts in facts.iter().filter(|facts| !facts.draft) {
        let mailbox = facts.id.to_string();
        let here = waiting.of(facts.id);
        for direction in Direction::BOTH {
            let fetched = here.fetched_at.filter(|_| direction == Direction::Incoming);
            if let Some(at) = facts.direction(direction).proved_at.max(fetched) {
                let labels = [("mailbox", mailbox.as_str()), ("direction", direction.key())];
                out.line("mailbox_last_success_seconds", &labels, seconds(at));
            }
        }
        let labels = [("mailbox", mailbox.as_str())];
        if let Some(at) = here.fetched_at {
            out.line("mailbox_lag_seconds", &labels, age(now, at));
        }
        let importing = facts.incoming.importing.map_or(0, |(done, total)| total.saturating_sub(done));
        out.line("mailbox_backlog", &labels, importing.max(engine.backlogs.of(facts.id)) as f64);
        out.line("intake_waiting", &labels, here.intake.number as f64);
        out.line("intake_oldest_seconds", &labels, here.intake.since.map_or(0.0, |at| age(now, at)));
        out.line("outbox_waiting", &labels, here.outbox.number as f64);
        out.line("outbox_held", &labels, f64::from(facts.held));
        out.line("outbox_uncertain", &labels, here.uncertain as f64);
        out.line("outbox_oldest_seconds", &labels, here.outbox.since.map_or(0.0, |at| age(now, at)));
    }
    out.head("notices_waiting", "gauge", "Notices that are due and have not left.");
    out.line("notices_waiting", &[], waiting.notices.number as f64);
    out.head("notices_oldest_seconds", "gauge", "How long the oldest notice waits.");
    out.line("notices_oldest_seconds", &[], waiting.notices.since.map_or(0.0, |at| age(now, at)));

    out.head("refreshes_total", "counter", "Refreshes of sign-ins by what came of them, since the start.");
    let refreshes = &engine.counts.refreshes;
    for (outcome, count) in [
        ("refreshed", &refreshes.refreshed),
        ("lost", &refreshes.lost),
        ("registration", &refreshes.registration),
        ("policy", &refreshes.policy),
        ("later", &refreshes.later),
    ] {
        out.line("refreshes_total", &[("outcome", outcome)], count.get() as f64);
    }
    Ok(out.text())
}

fn word(state: &State) -> &'static str {
    match state {
        State::NotUsed => "not_used",
        State::Paused => "paused",
        State::Unfinished => "unfinished",
        State::Connecting => "connecting",
        State::Works => "works",
        State::Importing { .. } => "importing",
        State::Retrying { .. } => "retrying",
        State::Stopped { .. } => "stopped",
        State::Blocked { .. } => "blocked",
    }
}

fn seconds(at: Time) -> f64 {
    at.0 as f64 / 1000.0
}

fn age(now: Time, at: Time) -> f64 {
    (now.since(at).0.max(0)) as f64 / 1000.0
}

/// The lines of each name together, as the format wants them.
#[derive(Default)]
struct Page {
    blocks: Vec<(String, String)>,
}

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        self.blocks.push((name.to_owned(), format!("# HELP mailkeep_{name} {help}\n# TYPE mailkeep_{name} {kind}\n")));
    }

    /// A label's value is a number or a word of ours: nothing in it needs escaping.
    fn line(&mut self, name: &str, labels: &[(&str, &str)], value: f64) {
        let Some((_, block)) = self.blocks.iter_mut().find(|(known, _)| known == name) else { return };
        let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}=\"{value}\"")).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        // Writing to a string does not fail.
        let _ = writeln!(block, "mailkeep_{name}{labels} {value}");
    }

    fn text(self) -> String {
        self.blocks.into_iter().map(|(_, block)| block).collect()
    }
}
