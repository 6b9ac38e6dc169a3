//! A silent copy: what it is, what it does not do, and the question.

use super::times::Clock;
use domain::home::{Silent, Why};

/// Over the question.
pub const TITLE: &str = "This is a copy, and it is silent";
/// What is silent.
pub const WHAT: &str = "It fetches, sends, deletes and refreshes nothing until an admin decides.";
/// The first choice, and what it leads to.
pub const TAKE_OVER: &str = "Take over";
pub const TAKE_OVER_MEANS: &str = "Mail is fetched and sent from here, and what waits leaves. Switch the other installation off first: two at work answer customers twice, and each loses the other's sign-ins.";
/// The second.
pub const STAY: &str = "Stay silent";
pub const STAY_MEANS: &str = "For looking things up and for trying things out. What is written here waits. You can still take over on the Server page.";
/// After the second.
pub const STAYS: &str = "Silent copy: nothing is fetched, sent, deleted or refreshed.";
/// Agents read this.
pub const FOR_AGENTS: &str = "This copy of Mailkeep is silent: no mail comes in, and replies written here wait. An admin decides whether it takes over.";

/// How it came to be a copy.
pub fn why(silent: &Silent, clock: Clock) -> String {
    let from = silent.from.as_deref();
    match (silent.why, from) {
        (Why::Restored, _) => match silent.made_at {
            Some(at) => format!("A backup of {} was put back.", clock.time(at)),
            None => "A backup was put back.".into(),
        },
        (Why::Older, _) => "An older state of the database was put in its place.".into(),
        (Why::Elsewhere, Some(from)) => format!("The database was copied from {from}."),
        (Why::Elsewhere, None) => "The database's file is a copy of the one that was at work.".into(),
        (Why::OtherMachine, _) => "The database was at work on another machine.".into(),
        (Why::OtherServer, Some(from)) => format!("The database was at work on {from}."),
        (Why::OtherServer, None) => "The database was put into another one on its server.".into(),
        (Why::Asked, _) => "It was started with --silent.".into(),
    }
}

/// What the server prints at its start.
pub fn announced(silent: &Silent) -> String {
    let clock = Clock { now: silent.since, offset: 0 };
    format!(
        "{TITLE}. {} {WHAT}\nAnswer on any page of the console, or start with --take-over once the other installation is off.",
        why(silent, clock)
    )
}
