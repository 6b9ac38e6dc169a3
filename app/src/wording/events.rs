//! A mailbox's timeline in words.

use crate::components::icon::Icon;
use crate::components::state::Tone;
use crate::wording::counts::{count, of};
use crate::wording::diagnoses;
use crate::wording::times::{Clock, span};
use domain::console::mailboxes::{Event, TimelineEntry};
use domain::direction::Direction;
use domain::switch::Case;

/// Tone, icon, what, and one sentence.
pub struct Told {
    pub tone: Tone,
    pub icon: Icon,
    pub what: String,
    pub sentence: String,
}

fn way(direction: Direction) -> &'static str {
    match direction {
        Direction::Incoming => "Incoming",
        Direction::Outgoing => "Outgoing",
    }
}

/// One line of the timeline.
pub fn told(entry: &TimelineEntry, short: &str, clock: Clock) -> Told {
    let by = entry.by.as_ref().map(|who| format!("By {who}.")).unwrap_or_default();
    let (tone, icon, what, sentence) = match &entry.event {
        Event::Created => (Tone::Calm, Icon::Plus, "Support email made".into(), by),
        Event::Connected { account } => (
            Tone::Ok,
            Icon::Ok,
            "Connected".into(),
            match account {
                Some(account) => format!("Signed in as {account}. {by}"),
                None => format!("By password. {by}"),
            },
        ),
        Event::SignedIn { account } => (Tone::Ok, Icon::Ok, "Signed in again".into(), format!("As {account}. {by}")),
        Event::PasswordGiven => (Tone::Calm, Icon::Key, "New password given".into(), by),
        Event::MovedToSignIn { account, uid } => (
            Tone::Calm,
            Icon::Key,
            format!("Moved from password to {short} sign-in"),
            match uid {
                Some(uid) => format!(
                    "As {account}. {by} Same mailbox, same tickets, cursor kept at UID {}.",
                    count(u64::from(*uid))
                ),
                None => format!("As {account}. {by} Same mailbox, same tickets."),
            },
        ),
        Event::Failed { direction, diagnosis } => (
            Tone::Critical,
            Icon::Critical,
            diagnoses::title(*diagnosis, short),
            format!("{}: {}", way(*direction), diagnoses::sentence(*diagnosis, short)),
        ),
        Event::Recovered { direction, diagnosis, from, to, fetched, sent } => {
            let lasted = span(to.since(*from));
            let came = match (fetched, sent) {
                (0, 0) => String::new(),
                (n, 0) => format!(" {} fetched afterwards.", of(u64::from(*n), "message", "messages")),
                (0, n) => format!(" {} sent afterwards.", of(u64::from(*n), "held reply", "held replies")),
                (f, s) => format!(
                    " {} fetched and {} sent afterwards.",
                    of(u64::from(*f), "message", "messages"),
                    of(u64::from(*s), "held reply", "held replies")
                ),
            };
            (
                Tone::Ok,
                Icon::Ok,
                format!("{} works again after {lasted}", way(*direction)),
                format!("It was: {}.{came} {by}", diagnoses::title(*diagnosis, short)),
            )
        }
        Event::Renumbered { folder, known, new } => (
            Tone::Calm,
            Icon::Retry,
            format!("The server numbered {folder} anew"),
            format!(
                "{} known again, {} new. Nothing came twice.",
                of(u64::from(*known), "message", "messages"),
                count(u64::from(*new))
            ),
        ),
        Event::Switched { case, account, address, former_address, provider } => {
            let what = match case {
                Case::Person => format!("Signs in as {account} now"),
                Case::Renamed => format!("Now {address}"),
                Case::Moved => format!("Moved to {provider}"),
                Case::Different => format!("{address} took its place"),
            };
            let before = match case.renames() {
                true => format!(" Before: {former_address}."),
                false => String::new(),
            };
            (Tone::Ok, Icon::Ok, what, format!("Signed in as {account}.{before} {by} Same tickets."))
        }
        Event::Recognised { known, new } => (
            Tone::Calm,
            Icon::Retry,
            "Known mail was recognised".into(),
            format!(
                "{} known from the old side, {} new. Nothing came twice.",
                of(u64::from(*known), "message", "messages"),
                count(u64::from(*new))
            ),
        ),
        Event::PutBack => (Tone::Calm, Icon::Retry, "The previous setup is in use again".into(), by),
        Event::FormerWiped => {
            (Tone::Calm, Icon::Key, "The previous setup was wiped".into(), "Its 30 days are over. Tickets stay.".into())
        }
        Event::Paused => (Tone::Calm, Icon::Paused, "Paused".into(), by),
        Event::Resumed => (Tone::Calm, Icon::Ok, "Resumed".into(), by),
        Event::SettingsChanged => (Tone::Calm, Icon::Gear, "Settings changed".into(), by),
        Event::Disconnected => (
            Tone::Calm,
            Icon::Stopped,
            "Disconnected".into(),
            format!("The sign-in was wiped here; tickets stay. {by}"),
        ),
        Event::ImportBegun => {
            (Tone::Calm, Icon::Inbound, "Import begun".into(), format!("After a look at what would come in. {by}"))
        }
        Event::AdminsTold => (
            Tone::Warning,
            Icon::Bell,
            "The admins were told".into(),
            format!("Replies are held. A notice went to everybody who gets them. {by}"),
        ),
        Event::Refreshed { from, times } => {
            let since = if clock.days_ago(*from) == clock.days_ago(entry.at) {
                String::new()
            } else {
                format!("Since {}. ", Clock { now: clock.now, offset: 0 }.day(*from))
            };
            (
                Tone::Calm,
                Icon::Retry,
                format!("Sign-in refreshed {}", of(u64::from(*times), "time", "times")),
                format!("{since}Each refresh keeps the sign-in going; nothing to do."),
            )
        }
        Event::TestMail { to, sent: true } => {
            (Tone::Ok, Icon::Outbound, "Test mail sent".into(), format!("To {to}. {by}"))
        }
        Event::TestMail { to, sent: false } => {
            (Tone::Warning, Icon::Outbound, "Test mail not sent".into(), format!("To {to}. {by}"))
        }
    };
    Told { tone, icon, what, sentence: sentence.trim().to_owned() }
}
