//! The words of replies on their way out, under a message and in the outbox.

use super::counts::of;
use super::times::Clock;
use crate::components::icon::Icon;
use crate::components::state::{Tone, Words};
use domain::console::outbox::{DeliveryLine, OutboxRow, Queue, Told};
use domain::credential::CredentialKind;
use domain::outbox::DeliveryState;
use domain::remedy::Remedy;
use domain::{Diagnosis, Time};

pub const OUTBOX: &str = "Outbox";
pub const TAKE_BACK: &str = "Take back";
pub const TRY_NOW: &str = "Try now";
pub const IT_ARRIVED: &str = "It arrived";
pub const SEND_AGAIN: &str = "Send again";
pub const OPEN_MAILBOX: &str = "Open the mailbox";
pub const WRITE_AGAIN: &str = "Write a new one";
pub const SERVER_SAID: &str = "What the server said";
pub const READ: &str = "Read it";
pub const LOOK: &str = "Look at it";
pub const RELEASE: &str = "Send it";
pub const EDIT: &str = "Take back and edit";
pub const THROUGH: &str = "Send through";
pub const WAITING: &str = "A reply that waits";

/// Which verdict a row of the outbox gets; the groups stand in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    NeedsYou,
    Held,
    OnTheWay,
    Left,
}

impl Group {
    pub const ALL: [Group; 4] = [Group::NeedsYou, Group::Held, Group::OnTheWay, Group::Left];

    pub fn of(line: &DeliveryLine) -> Self {
        match line.state {
            DeliveryState::Uncertain | DeliveryState::Refused => Group::NeedsYou,
            DeliveryState::Waiting if line.look && line.held.is_none() => Group::NeedsYou,
            DeliveryState::Sent | DeliveryState::Cancelled => Group::Left,
            _ if line.held.is_some() => Group::Held,
            _ => Group::OnTheWay,
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Group::NeedsYou => "Need you",
            Group::Held => "Held",
            Group::OnTheWay => "On their way",
            Group::Left => "Left last",
        }
    }
}

/// The state of a delivery in two or three words, with its evidence.
pub fn state(line: &DeliveryLine, clock: Clock) -> Words {
    let at = clock.time(line.at);
    match line.state {
        DeliveryState::Waiting => match (line.held, line.attempts) {
            (Some((since, _)), _) => Words::new(Tone::Warning, Icon::Held, format!("Held since {}", clock.time(since))),
            (None, _) if line.look => Words::new(Tone::Warning, Icon::Held, "Waits for a look").second(LOOK_LINE),
            (None, 0) => Words::new(Tone::Calm, Icon::Clock, "Waiting to be sent"),
            (None, n) => {
                let words = Words::new(Tone::Calm, Icon::Retry, "Put off by the server");
                let tries = of(n.into(), "attempt", "attempts");
                match line.next_at {
                    Some(next) => words.second(format!("After {tries}. Next {}.", clock.until(next))),
                    None => words.second(format!("After {tries}.")),
                }
            }
        },
        DeliveryState::Sending | DeliveryState::HandingOver => Words::new(Tone::Calm, Icon::Outbound, "Sending"),
        DeliveryState::Sent if !line.refused.is_empty() => Words::new(
            Tone::Warning,
            Icon::Warning,
            format!("Refused for {} of {} recipients", line.refused.len(), line.recipients),
        )
        .second(taken(line, &at)),
        DeliveryState::Sent => Words::new(Tone::Calm, Icon::Ok, taken(line, &at)),
        DeliveryState::Uncertain => Words::new(Tone::Warning, Icon::Help, "Being checked: was it sent?"),
        DeliveryState::Refused => {
            let words = match line.recipients {
                0 | 1 => "Refused".to_owned(),
                n => format!("Refused for all {n} recipients"),
            };
            Words::new(Tone::Critical, Icon::Critical, format!("{words}, {at}"))
        }
        DeliveryState::Cancelled => Words::new(Tone::Calm, Icon::Undo, format!("Taken back, {at}")),
    }
}

/// Why an old reply does not leave by itself.
pub const LOOK_LINE: &str = "It was written more than 3 days ago and leaves after somebody has looked at it.";

/// Where a reply stands in its mailbox's line.
pub fn place(queue: Queue, clock: Clock) -> Option<String> {
    let place = match queue.ahead {
        0 => "Next in line".to_owned(),
        n => format!("{} before it", of(n.into(), "reply", "replies")),
    };
    let pace =
        queue.per_minute.map(|n| format!(" The provider takes {} a minute.", of(n.into(), "message", "messages")));
    match (queue.ahead, queue.leaves_at) {
        (0, None) => None,
        (_, None) => Some(format!("{place}.")),
        (_, Some(at)) => Some(format!("{place}. Leaves {}.{}", clock.until(at), pace.unwrap_or_default())),
    }
}

/// The page of one waiting reply: why it waits, and what follows.
pub fn why_it_waits(row: &OutboxRow, clock: Clock) -> (&'static str, String) {
    let address = row.mailbox.as_ref().map_or("The mailbox", |(_, address)| address.as_str());
    match (row.line.held, row.line.look) {
        (Some((since, diagnosis)), look) => held(since, diagnosis, look, address, clock),
        (None, true) => ("This reply waits for a look", LOOK_LINE.to_owned()),
        (None, false) => (
            "This reply waits for its turn",
            match row.queue.and_then(|queue| place(queue, clock)) {
                Some(place) => place,
                None => "It leaves by itself, once.".to_owned(),
            },
        ),
    }
}

pub const NEWER: &str = "Since this reply was written";
pub const NOTHING_NEWER: &str = "Nothing came from the customer.";
pub const THE_REPLY: &str = "The reply";
pub const RELEASE_HINT: &str = "It leaves as soon as its mailbox can send.";
pub const THROUGH_HINT: &str = "It leaves from that address. Answers still come to this ticket.";

fn taken(line: &DeliveryLine, at: &str) -> String {
    match &line.server {
        Some(server) => format!("Sent, taken by {server}, {at}"),
        None => format!("Sent, {at}"),
    }
}

/// Why replies of a mailbox are held, without a full stop.
fn why(diagnosis: Diagnosis, address: &str) -> String {
    match diagnosis.remedy(CredentialKind::Password) {
        Remedy::SignInAgain | Remedy::AnotherPersonSignsIn => format!("The sign-in of {address} ended"),
        Remedy::GivePassword | Remedy::UseAppPassword if diagnosis == Diagnosis::PasswordRefused => {
            format!("The server refuses the password of {address}")
        }
        // The same faults of a sign-in: the reply does not know which of the two the mailbox uses.
        Remedy::GivePassword | Remedy::UseAppPassword => format!("The sign-in of {address} ended"),
        Remedy::SwitchToSignIn => format!("The provider takes no password for {address} any more"),
        Remedy::AdminConsent => format!("{address} waits for the consent of an administrator"),
        Remedy::FixAppRegistration => format!("The app registration that {address} signs in by is refused"),
        Remedy::FixMailboxSettings | Remedy::AskAdministrator => {
            format!("A setting at the provider keeps {address} from sending")
        }
        Remedy::Wait => format!("{address} can't send"),
    }
}

/// One line for a row of the outbox.
pub fn held_line(diagnosis: Diagnosis, address: &str) -> String {
    format!("{}.", why(diagnosis, address))
}

/// Why a reply is held, since when, and how it leaves: by itself, or after a look.
pub fn held(since: Time, diagnosis: Diagnosis, look: bool, address: &str, clock: Clock) -> (&'static str, String) {
    let leaves = if look { LOOK_LINE } else { "It leaves by itself, once, as soon as that is mended." };
    ("This reply is held", format!("{}, {}. {leaves}", why(diagnosis, address), clock.when(since)))
}

/// When the admins were told last.
pub fn told(told: &Told, clock: Clock) -> String {
    match (told.at, &told.by) {
        (Some(at), Some(by)) => format!("{by} told your admins {}.", clock.when(at)),
        (Some(at), None) => format!("Your admins were told {}.", clock.when(at)),
        (None, _) => "Your admins see it on every page; no notice has reached one yet.".to_owned(),
    }
}

/// The button, or why there is none now.
pub fn tell(told: &Told, clock: Clock) -> Result<&'static str, String> {
    match (told.again_at.filter(|at| *at > clock.now), told.at) {
        (Some(at), _) => Err(format!("They can be told again {}.", clock.until(at))),
        (None, Some(_)) => Ok("Tell an admin again"),
        (None, None) => Ok("Tell an admin"),
    }
}

pub fn uncertain(clock: Clock, at: Time) -> (&'static str, String) {
    (
        "Being checked: was it sent?",
        format!(
            "The line broke {} while the reply was handed over. Mailkeep looks for it in the Sent folder and never sends it twice by itself. If you know, say so.",
            clock.when(at)
        ),
    )
}

pub const REFUSED_ALL: (&str, &str) = (
    "The server refused this reply",
    "It will not be tried again. Correct the address or the text and write a new one.",
);

/// What a group of the outbox means, where its name does not say it.
pub fn group_line(group: Group) -> Option<&'static str> {
    match group {
        Group::NeedsYou => Some("Mailkeep never sends these by itself."),
        Group::Held => Some(
            "They leave once each, as soon as their mailbox works again: by themselves, or after a look where they are over 3 days old.",
        ),
        Group::OnTheWay | Group::Left => None,
    }
}

/// The outbox page's line under the title.
pub fn summary(needs: usize, held: usize, way: usize) -> String {
    let mut parts = Vec::new();
    if needs > 0 {
        parts.push(of(needs as u64, "reply needs you", "replies need you"));
    }
    if held > 0 {
        parts.push(of(held as u64, "is held until its mailbox works", "are held until their mailboxes work"));
    }
    if way > 0 {
        parts.push(of(way as u64, "is on its way", "are on their way"));
    }
    if parts.is_empty() { "Nothing waits. Every reply has left.".into() } else { format!("{}.", parts.join(", ")) }
}

pub const EMPTY: (&str, &str) =
    ("No replies yet", "Replies stand here from the moment they are written until a server took them.");

#[cfg(test)]
mod tests {
    use super::*;
    use domain::id::DeliveryId;

    fn line(state: DeliveryState) -> DeliveryLine {
        DeliveryLine {
            id: DeliveryId(1),
            state,
            held: None,
            look: false,
            at: Time(0),
            next_at: None,
            attempts: 0,
            server: Some("smtp.contoso.example".into()),
            refused: Vec::new(),
            recipients: 3,
            said: None,
        }
    }

    #[test]
    fn every_state_has_words_and_a_group() {
        let clock = Clock { now: Time(60_000), offset: 0 };
        for (delivery, words, group) in [
            (DeliveryState::Waiting, "Waiting to be sent", Group::OnTheWay),
            (DeliveryState::Sending, "Sending", Group::OnTheWay),
            (DeliveryState::HandingOver, "Sending", Group::OnTheWay),
            (DeliveryState::Sent, "Sent, taken by smtp.contoso.example, 00:00", Group::Left),
            (DeliveryState::Uncertain, "Being checked: was it sent?", Group::NeedsYou),
            (DeliveryState::Refused, "Refused for all 3 recipients, 00:00", Group::NeedsYou),
            (DeliveryState::Cancelled, "Taken back, 00:00", Group::Left),
        ] {
            let line = line(delivery);
            assert_eq!(state(&line, clock).words, words);
            assert_eq!(Group::of(&line), group);
        }
        let held = DeliveryLine { held: Some((Time(0), Diagnosis::SignInExpired)), ..line(DeliveryState::Waiting) };
        assert_eq!(state(&held, clock).words, "Held since 00:00");
        assert_eq!(Group::of(&held), Group::Held);
        let old = DeliveryLine { look: true, ..line(DeliveryState::Waiting) };
        assert_eq!(state(&old, clock).words, "Waits for a look");
        assert_eq!(Group::of(&old), Group::NeedsYou);
        assert_eq!(Group::of(&DeliveryLine { look: true, ..held.clone() }), Group::Held);
        let partly = DeliveryLine { refused: vec![("a@b.example".into(), "550".into())], ..line(DeliveryState::Sent) };
        assert_eq!(state(&partly, clock).words, "Refused for 1 of 3 recipients");
    }

    #[test]
    fn a_place_in_line_has_words() {
        let clock = Clock { now: Time(60_000), offset: 0 };
        let queue = |ahead, leaves| Queue { ahead, per_minute: Some(30), leaves_at: leaves };
        assert_eq!(place(queue(0, None), clock), None);
        assert_eq!(place(queue(1, None), clock).as_deref(), Some("1 reply before it."));
        let later = place(queue(64, Some(Time(180_000))), clock).unwrap_or_default();
        assert!(later.starts_with("64 replies before it. Leaves "), "{later}");
        assert!(later.ends_with("The provider takes 30 messages a minute."), "{later}");
    }
}
