//! States of mailboxes and directions in words (DESIGN.md, Wording).

use crate::components::icon::Icon;
use crate::components::state::{Tone, Words};
use crate::wording::counts::{count, of};
use crate::wording::diagnoses;
use crate::wording::ends;
use crate::wording::times::{Clock, span};
use domain::Time;
use domain::console::mailboxes::{DirectionPage, MailboxPage, MailboxRow};
use domain::credential::CredentialKind;
use domain::direction::{Direction, State};
use domain::mailbox::MailboxState;
use domain::remedy::Remedy;
use domain::silence::Silence;

/// The state of a mailbox, as its row and its page say it.
pub fn mailbox(row: &MailboxRow, clock: Clock) -> Words {
    let short = &row.provider_short;
    match &row.state {
        MailboxState::Unfinished => {
            Words::new(Tone::Calm, Icon::Clock, "Not finished").second("Saved as a draft. Nothing is connected yet.")
        }
        MailboxState::Paused => {
            let words = Words::new(Tone::Calm, Icon::Paused, "Paused");
            match &row.paused_by {
                Some((who, at)) => words.second(format!("By {who}, {}", clock.day(*at))),
                None => words,
            }
        }
        MailboxState::Needs { diagnosis, since, only, remedy } => {
            let title = match (only, remedy) {
                (Some(Direction::Outgoing), Remedy::AskAdministrator | Remedy::FixMailboxSettings) => {
                    "Outgoing blocked".into()
                }
                (Some(Direction::Incoming), Remedy::AskAdministrator | Remedy::FixMailboxSettings) => {
                    "Incoming blocked".into()
                }
                _ => diagnoses::title(*diagnosis, short),
            };
            Words::new(Tone::Critical, Icon::Critical, title).second(format!(
                "{}. {}",
                clock.since(*since),
                diagnoses::sentence(*diagnosis, short)
            ))
        }
        MailboxState::BasicRetires { at } if *at > clock.now => {
            let days = -clock.days_ago(*at);
            Words::new(
                Tone::Warning,
                Icon::Warning,
                format!("Password sign-in ends in {}", of(days.max(0) as u64, "day", "days")),
            )
            .second(format!("{}. {short} set this end.", clock.day(*at)))
        }
        MailboxState::BasicRetires { at } => Words::new(Tone::Critical, Icon::Critical, "Password sign-in retired")
            .second(format!("Since {}. It still works here; {short} may stop it any day.", clock.day(*at))),
        MailboxState::EndsSoon { end } => {
            Words::new(Tone::Warning, Icon::Warning, ends::title(end, clock)).second(ends::evidence(end, short, clock))
        }
        MailboxState::Silent { how, since } => {
            Words::new(Tone::Warning, Icon::Warning, silence(*how)).second(silent(*how, *since, row, clock))
        }
        MailboxState::Retrying { since, next_at, .. } => {
            let next = match next_at {
                Some(at) if *at > clock.now => format!("Next attempt {}.", clock.until(*at)),
                _ => "Trying now.".into(),
            };
            Words::new(Tone::Calm, Icon::Retry, "Retrying")
                .second(format!("Network fault since {}. {next} Nothing to do.", clock.time(*since)))
        }
        MailboxState::Importing { done, total } => {
            Words::new(Tone::Calm, Icon::Importing, format!("Importing {} of {}", count(*done), count(*total)))
                .second("New mail comes first.")
        }
        MailboxState::Connecting => {
            Words::new(Tone::Calm, Icon::Clock, "Connecting").second("First attempt, a few seconds.")
        }
        MailboxState::Connected => {
            let words = Words::new(Tone::Ok, Icon::Ok, "Connected");
            match row.last_message_at {
                Some(at) => words.second(format!("Last message {}", clock.ago(at))),
                None => words.second("No message yet"),
            }
        }
    }
}

/// A silence as a title.
pub fn silence(how: Silence) -> &'static str {
    match how {
        Silence::NoPass => "Nothing is fetched",
        Silence::NoMail => "No mail comes",
    }
}

/// What a silence rests on, and what may be behind it.
fn silent(how: Silence, since: Time, row: &MailboxRow, clock: Clock) -> String {
    match (how, &row.incoming) {
        (Silence::NoPass, State::Retrying { next_at, .. }) => {
            let next = match next_at {
                Some(at) if *at > clock.now => format!("Next attempt {}.", clock.until(*at)),
                _ => "Trying now.".into(),
            };
            format!("The last look went through {}. Network fault. {next}", clock.ago(since))
        }
        (Silence::NoPass, _) => {
            format!("The last look went through {}. New mail waits on the server.", clock.ago(since))
        }
        (Silence::NoMail, _) => format!(
            "The last message came {}, longer ago than is usual here. Nothing is refused: a rule or a forward may have changed.",
            clock.ago(since)
        ),
    }
}

/// One direction in one word; calm in rows, since the mailbox's state carries the colour.
pub fn direction(state: &State, way: Direction, held: u32) -> Words {
    let (icon, word) = match state {
        State::NotUsed => (Icon::Dash, "Not used"),
        State::Paused => (Icon::Paused, "Paused"),
        State::Unfinished => (Icon::Clock, "Not finished"),
        State::Connecting => (Icon::Clock, "Connecting"),
        State::Works => (Icon::Ok, "Works"),
        State::Importing { .. } => (Icon::Importing, "Importing"),
        State::Retrying { .. } => (Icon::Retry, "Retrying"),
        State::Stopped { .. } if way == Direction::Outgoing && held > 0 => (Icon::Held, "Held"),
        State::Stopped { .. } => (Icon::Stopped, "Stopped"),
        State::Blocked { .. } => (Icon::Stopped, "Blocked"),
    };
    Words::new(Tone::Calm, icon, word)
}

/// The same for the head of a panel, where it carries its tone.
pub fn direction_badge(state: &State, way: Direction, held: u32) -> Words {
    let mut words = direction(state, way, held);
    words.tone = match state {
        State::Works => Tone::Ok,
        State::Stopped { .. } | State::Blocked { .. } => Tone::Critical,
        _ => Tone::Calm,
    };
    if matches!(state, State::Stopped { .. } | State::Blocked { .. }) && words.icon == Icon::Stopped {
        words.icon = Icon::Critical;
    }
    words
}

/// What waits: exactly what is held here, by habit what waits at the provider.
pub fn waiting(row: &MailboxRow, clock: Clock) -> Option<(String, Option<String>)> {
    let held = (row.held > 0).then(|| format!("{} held", of(u64::from(row.held), "reply", "replies")));
    let stopped = matches!(row.incoming, State::Stopped { .. } | State::Blocked { .. });
    let arriving = row.usual_per_day.filter(|_| stopped).map(|n| format!("About {} a day", count(u64::from(n))));
    let _ = clock;
    match (held, arriving) {
        (Some(held), arriving) => Some((held, arriving)),
        (None, Some(arriving)) => Some((arriving, None)),
        (None, None) => None,
    }
}

/// What arrives where we can't look: a habit, where there is one.
pub fn arriving(row: &MailboxRow) -> String {
    let at = diagnoses::at(&row.provider_short);
    match row.usual_per_day {
        Some(n) => format!("New mail at {at}, usually about {} a day", count(u64::from(n))),
        None => format!("New mail at {at}"),
    }
}

/// From what a direction's trouble is known.
pub fn evidence(page: &MailboxPage, d: &DirectionPage, clock: Clock) -> Option<String> {
    let (since, diagnosis) = d.state.trouble()?;
    let twin = page.incoming.state.trouble().filter(|_| d.direction == Direction::Outgoing);
    if twin == Some((since, diagnosis)) && d.credential == Some(CredentialKind::Grant) {
        return Some("The same sign-in as incoming".into());
    }
    let refused = !matches!(d.state, State::Retrying { .. });
    let attempts = of(u64::from(d.failures.max(1)), "attempt", "attempts");
    Some(match (refused, d.refused_at) {
        (true, Some(at)) => format!("{attempts} refused, the first at {}", clock.exact(at)),
        (true, None) => format!("{attempts} refused"),
        (false, _) => format!("{attempts} failed so far"),
    })
}

/// The sentence on what waits, for calls.
pub fn what_waits(row: &MailboxRow) -> String {
    let stopped = matches!(row.incoming, State::Stopped { .. } | State::Blocked { .. });
    let arriving = match row.usual_per_day {
        Some(n) if stopped => {
            format!(
                "New mail waits at {}, usually about {} a day. ",
                diagnoses::at(&row.provider_short),
                count(u64::from(n))
            )
        }
        None if stopped => format!("New mail waits at {}. ", diagnoses::at(&row.provider_short)),
        _ => String::new(),
    };
    let held = match row.held {
        0 => String::new(),
        1 => "1 reply is held here. ".into(),
        n => format!("{} replies are held here. ", count(u64::from(n))),
    };
    let lost = if arriving.is_empty() && held.is_empty() { "" } else { "Nothing is lost." };
    format!("{arriving}{held}{lost}")
}

/// `3 h 3 min`, since then.
pub fn lasting(since: domain::Time, clock: Clock) -> String {
    span(clock.now.since(since))
}
