//! The report on an outage: how long, what arrived in it, and what became of each message.

use crate::wording::counts::{count, of};
use crate::wording::diagnoses;
use crate::wording::times::{Clock, span};
use domain::console::mailboxes::Outage;

/// An outage in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub title: String,
    /// A difference between what arrived and what is accounted for, said plainly.
    pub missing: Option<String>,
    pub sentence: String,
    /// What the messages became, each kind once.
    pub parts: Vec<String>,
}

/// `Disconnected 3 d 4 h: 47 arrived, 47 accounted for`
pub fn told(o: &Outage, short: &str, clock: Clock) -> Told {
    let lasted = span(o.to.unwrap_or(clock.now).since(o.from));
    let accounted = o.tickets + o.replies + o.automatic + o.other;
    let mut parts: Vec<String> = Vec::new();
    for (n, one, many) in [
        (o.tickets, "ticket", "tickets"),
        (o.replies, "reply to an open ticket", "replies to open tickets"),
        (o.automatic, "automatic mail", "automatic mails"),
        (o.other, "kept without a ticket", "kept without a ticket"),
        (o.unreadable, "unreadable", "unreadable"),
    ] {
        if n > 0 {
            parts.push(of(u64::from(n), one, many));
        }
    }
    let title = match (o.to, o.incoming) {
        (None, true) => format!("Disconnected for {lasted} so far"),
        (None, false) => format!("Sending has stopped for {lasted} so far"),
        (Some(_), false) => format!("Sending stopped for {lasted}"),
        (Some(_), true) => format!(
            "Disconnected {lasted}: {} arrived, {} accounted for",
            count(u64::from(o.arrived)),
            count(u64::from(accounted))
        ),
    };
    let mut missing = Vec::new();
    if o.waiting > 0 {
        missing.push(format!("{} stored and not read yet.", of(u64::from(o.waiting), "message is", "messages are")));
    }
    if o.unreadable > 0 {
        missing.push(format!(
            "{} could not be read; the ticket holds it as it came.",
            of(u64::from(o.unreadable), "message", "messages")
        ));
    }
    let sum = match (parts.is_empty(), o.to, o.incoming) {
        (true, Some(_), true) if o.waiting == 0 => " Nothing arrived meanwhile.".to_owned(),
        (true, ..) => String::new(),
        (false, ..) => format!(" {}.", parts.join(", ")),
    };
    let released = match o.released {
        0 => String::new(),
        n => format!(" {} left afterwards, once each.", of(u64::from(n), "held reply", "held replies")),
    };
    Told {
        title,
        missing: (!missing.is_empty()).then(|| missing.join(" ")),
        sentence: format!("{}.{sum}{released}", diagnoses::title(o.diagnosis, short)),
        parts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::Span;
    use domain::{Diagnosis, Time};

    fn outage() -> Outage {
        let from = Time::from_date(2026, 11, 8).expect("a day");
        Outage {
            from,
            to: Some(from + Span::hours(76)),
            diagnosis: Diagnosis::SignInRevoked,
            incoming: true,
            arrived: 47,
            tickets: 39,
            replies: 6,
            automatic: 2,
            other: 0,
            waiting: 0,
            unreadable: 0,
            uids: Some((47_702, 47_748)),
            released: 3,
        }
    }

    #[test]
    fn every_message_is_accounted_for_or_named() {
        let clock = Clock { now: Time::from_date(2026, 11, 12).expect("a day"), offset: 0 };
        let whole = told(&outage(), "Microsoft", clock);
        assert_eq!(whole.title, "Disconnected 3 d 4 h: 47 arrived, 47 accounted for");
        assert_eq!(
            whole.sentence,
            "Microsoft sign-in expired. 39 tickets, 6 replies to open tickets, 2 automatic mails. 3 held replies left afterwards, once each."
        );
        assert_eq!(whole.missing, None);
        let short = told(&Outage { tickets: 37, waiting: 1, unreadable: 1, ..outage() }, "Microsoft", clock);
        assert_eq!(short.title, "Disconnected 3 d 4 h: 47 arrived, 45 accounted for");
        assert_eq!(
            short.missing.as_deref(),
            Some("1 message is stored and not read yet. 1 message could not be read; the ticket holds it as it came.")
        );
        let sending = told(&Outage { incoming: false, ..outage() }, "Microsoft", clock);
        assert_eq!(sending.title, "Sending stopped for 3 d 4 h");
        let none = Outage { arrived: 0, tickets: 0, replies: 0, automatic: 0, released: 0, ..outage() };
        assert_eq!(told(&none, "Google", clock).sentence, "Google sign-in expired. Nothing arrived meanwhile.");
    }
}
