//! Notices: who is told what about mailboxes that need a person, or soon will. [`wanted`] derives
//! what should have been told by now; each is told once.

use crate::address::Address;
use crate::diagnosis::Diagnosis;
use crate::expiry::{End, Kind, Source, Step, WARNING};
use crate::id::MailboxId;
use crate::mailbox::{self, MailboxFacts, MailboxState, Unexplained};
use crate::provider::ProviderKind;
use crate::remedy::Remedy;
use crate::silence::Silence;
use crate::time::{Span, Time};
use serde::{Deserialize, Serialize};

/// What a notice tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// Something ends soon.
    Ends { step: Step, end: End },
    /// Something stopped, and a person can mend it.
    Lost { diagnosis: Diagnosis, remedy: Remedy, since: Time },
    /// Nothing is refused, and nothing comes.
    Silent { how: Silence, since: Time },
    /// A reconciliation found what it can't explain.
    Unexplained { since: Time, what: Vec<Unexplained> },
    /// Messages came that nobody can read.
    Unreadable { since: Time, messages: u32 },
    /// It works again.
    Recovered { since: Time },
    /// Somebody who can't mend it asks the admins to: replies are held.
    Held { by: String, replies: u32, diagnosis: Diagnosis, since: Time },
    /// Somebody tries whether notices arrive.
    Test,
}

impl Event {
    /// Its word among the notices of one subject.
    pub fn step(&self) -> &'static str {
        match self {
            Event::Ends { step, .. } => step.key(),
            Event::Lost { .. } => "lost",
            Event::Silent { .. } => "silent",
            Event::Unexplained { .. } => "unexplained",
            Event::Unreadable { .. } => "unreadable",
            Event::Recovered { .. } => "recovered",
            Event::Held { .. } => "held",
            Event::Test => "test",
        }
    }

    /// Whether whoever signs in can do something about it.
    pub fn concerns_owner(&self) -> bool {
        match self {
            Event::Ends { end, .. } => end.source.kind() == Kind::SignIn,
            Event::Lost { remedy, .. } => *remedy == Remedy::SignInAgain,
            Event::Recovered { .. } => true,
            Event::Held { .. }
            | Event::Silent { .. }
            | Event::Unexplained { .. }
            | Event::Unreadable { .. }
            | Event::Test => false,
        }
    }
}

/// A notice's facts, as they were when it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub event: Event,
    pub mailboxes: Vec<(MailboxId, Address)>,
    /// Who signs in there.
    pub account: Option<String>,
    pub provider: ProviderKind,
    pub provider_name: String,
    pub provider_short: String,
}

/// Something that somebody should have been told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What it is about, as one word; an episode is open under it until it is over.
    pub subject: String,
    pub content: Content,
}

/// Everything that should have been told by now.
pub fn wanted(all: &[MailboxFacts], now: Time) -> Vec<Wanted> {
    let mut found: Vec<Wanted> = Vec::new();
    for facts in all {
        for (subject, event) in events(facts, now).into_iter().chain(mail(facts)) {
            let one = (facts.id, facts.address.clone());
            match found.iter_mut().find(|w| w.subject == subject) {
                Some(wanted) => wanted.content.mailboxes.push(one),
                None => found.push(Wanted { subject, content: content(facts, event) }),
            }
        }
    }
    found
}

fn content(facts: &MailboxFacts, event: Event) -> Content {
    Content {
        event,
        mailboxes: vec![(facts.id, facts.address.clone())],
        account: facts.account.as_ref().map(|(_, login)| login.clone()),
        provider: facts.provider,
        provider_name: facts.provider_name.clone(),
        provider_short: facts.provider_short.clone(),
    }
}

/// What its mail wants somebody to look at, whatever else the mailbox needs.
fn mail(facts: &MailboxFacts) -> Vec<(String, Event)> {
    if facts.draft {
        return Vec::new();
    }
    let id = facts.id;
    let unexplained = facts.mail.unexplained.iter().map(|(found_by, since, what)| {
        (format!("ledger:{id}:{found_by}"), Event::Unexplained { since: *since, what: what.clone() })
    });
    let unreadable = facts
        .mail
        .unreadable
        .map(|(since, messages)| (format!("unreadable:{id}"), Event::Unreadable { since, messages }));
    let silent = match mailbox::state(facts) {
        MailboxState::Silent { how, since } => Some((format!("silent:{id}"), Event::Silent { how, since })),
        _ => None,
    };
    unexplained.chain(unreadable).chain(silent).collect()
}

fn events(facts: &MailboxFacts, now: Time) -> Vec<(String, Event)> {
    let mut lost = None;
    let retires = match mailbox::standing(facts) {
        MailboxState::Unfinished => return Vec::new(),
        MailboxState::Needs { remedy, diagnosis, since, .. } => {
            let subject = match (&facts.account, remedy) {
                // One sign-in, one notice, however many mailboxes hang on it.
                (Some((account, _)), Remedy::SignInAgain | Remedy::AnotherPersonSignsIn) => {
                    format!("lost:account:{account}")
                }
                (_, Remedy::FixAppRegistration) => format!("lost:app:{}:{}", facts.provider_short, diagnosis.name()),
                _ => format!("lost:mailbox:{}", facts.id),
            };
            lost = Some((subject, Event::Lost { diagnosis, remedy, since }));
            None
        }
        MailboxState::BasicRetires { at } if at <= now + WARNING => Some((
            format!("password:{}", facts.id),
            End { at, begun: at - Span::days(90), source: Source::PasswordRetired },
        )),
        _ => None,
    };
    let soon = facts.ends_soon.iter().map(|soon| (soon.subject.clone(), soon.end.clone()));
    // An outage does not end what is about to end: nobody is told of that twice.
    let ends =
        soon.chain(retires).filter_map(|(subject, end)| Some((subject, Event::Ends { step: end.step(now)?, end })));
    lost.into_iter().chain(ends).collect()
}

/// Whose words a notice is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Works in this console.
    Admin,
    /// Signs in at the provider, and may never have heard of the help desk.
    Owner,
}

impl Audience {
    pub fn key(self) -> &'static str {
        match self {
            Audience::Admin => "admin",
            Audience::Owner => "owner",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        [Audience::Admin, Audience::Owner].into_iter().find(|audience| audience.key() == key)
    }
}

/// What a letter's words follow from, beside the notice itself.
pub struct Sheet<'a> {
    pub to: Audience,
    pub desk_name: &'a str,
    /// Without a slash at the end.
    pub public_address: &'a str,
    /// Where the owner signs in, when there is a link for it.
    pub sign_in_link: Option<&'a str>,
    pub now: Time,
}

/// A notice in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub subject: String,
    pub text: String,
}

/// Words notices. The console's wording implements it; the engine only sends.
pub trait Letters: Send + Sync {
    fn letter(&self, content: &Content, sheet: &Sheet<'_>) -> Letter;
}

/// Until when a person may put a coming end off: the next step at most, and never what has stopped.
pub fn may_put_off(event: &Event, wished: Option<Span>, now: Time) -> Option<Time> {
    let Event::Ends { end, .. } = event else { return None };
    // After the last step the end itself is the limit.
    let limit = end.next_step_at(now).unwrap_or(end.at);
    let until = wished.map_or(limit, |span| limit.min(now + span));
    (until > now).then_some(until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_puts_off_what_has_stopped_or_beyond_the_next_step() {
        let now = Time(1_800_000_000_000);
        let ends = |days: i64| {
            let end = End { at: now + Span::days(days), begun: now - Span::days(80), source: Source::Told };
            Event::Ends { step: end.step(now).unwrap_or(Step::Last), end }
        };
        let lost = Event::Lost { diagnosis: Diagnosis::SignInRevoked, remedy: Remedy::SignInAgain, since: now };
        for (event, wished, until) in [
            (ends(9), None, Some(now + Span::days(6))),
            (ends(9), Some(Span::days(1)), Some(now + Span::days(1))),
            (ends(4), Some(Span::days(7)), Some(now + Span::days(1))),
            (ends(1), None, Some(now + Span::days(1))),
            (ends(-1), None, None),
            (lost, None, None),
            (Event::Test, Some(Span::days(1)), None),
        ] {
            assert_eq!(may_put_off(&event, wished, now), until, "{event:?} {wished:?}");
        }
    }
}
