//! A support mailbox as a whole, derived from its two directions.

use crate::address::Address;
use crate::credential::CredentialKind;
use crate::diagnosis::Diagnosis;
use crate::direction::{self, Direction, Facts, State};
use crate::expiry::{End, Soon};
use crate::id::{AccountId, MailboxId};
use crate::ledger::Gap;
use crate::provider::ProviderKind;
use crate::remedy::Remedy;
use crate::silence::{Silence, Silent};
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// Everything that states and banners are derived from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailboxFacts {
    pub id: MailboxId,
    pub address: Address,
    pub provider: ProviderKind,
    /// As in "Microsoft Office 365".
    pub provider_name: String,
    /// As in "Sign in with Microsoft".
    pub provider_short: String,
    /// Set-up was never finished.
    pub draft: bool,
    /// Who signed in, if anybody did.
    pub account: Option<(AccountId, String)>,
    pub incoming: Facts,
    pub outgoing: Facts,
    /// Replies that are due but can't leave.
    pub held: u32,
    /// The provider ends, or ended, password sign-in on this day, and this mailbox uses one.
    pub basic_retires_at: Option<Time>,
    /// What it depends on and what ends soon, the soonest first.
    pub ends_soon: Vec<Soon>,
    /// What its mail wants somebody to look at.
    pub mail: Mail,
}

/// A UID that can't be explained: its folder, the UID, and what is missing.
pub type Unexplained = (String, u32, Gap);

/// What a mailbox's mail wants somebody to look at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// Nothing comes, although nothing is refused.
    pub silent: Option<Silent>,
    /// What reconciliations could not explain: which of them found it, when, and the UIDs.
    pub unexplained: Vec<(i64, Time, Vec<Unexplained>)>,
    /// Messages that nobody can read: since when, and how many.
    pub unreadable: Option<(Time, u32)>,
}

impl MailboxFacts {
    pub fn direction(&self, direction: Direction) -> &Facts {
        match direction {
            Direction::Incoming => &self.incoming,
            Direction::Outgoing => &self.outgoing,
        }
    }

    pub fn state_of(&self, direction: Direction) -> State {
        direction::state(self.direction(direction))
    }
}

/// In which group of the list a mailbox stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Group {
    NeedsYou,
    EndsSoon,
    AtWork,
    Paused,
    Unfinished,
}

/// One sentence's worth of state for a whole mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MailboxState {
    Unfinished,
    Paused,
    /// A person can mend it: with which remedy, since when.
    Needs {
        remedy: Remedy,
        diagnosis: Diagnosis,
        since: Time,
        /// `None`: both directions.
        only: Option<Direction>,
    },
    /// Works by password, which the provider ends or ended at this time.
    BasicRetires {
        at: Time,
    },
    /// Works, but what it depends on ends soon unless a person acts.
    EndsSoon {
        end: End,
    },
    /// Nothing is refused, and nothing comes.
    Silent {
        how: Silence,
        since: Time,
    },
    Retrying {
        diagnosis: Diagnosis,
        since: Time,
        next_at: Option<Time>,
    },
    Importing {
        done: u64,
        total: u64,
    },
    Connecting,
    Connected,
}

/// The state of a mailbox, as the row and the mailbox page say it.
pub fn state(facts: &MailboxFacts) -> MailboxState {
    let standing = standing(facts);
    match (facts.mail.silent, &standing) {
        (_, MailboxState::Unfinished | MailboxState::Paused | MailboxState::Needs { .. }) | (None, _) => standing,
        (Some(Silent { how, since }), _) => MailboxState::Silent { how, since },
    }
}

/// The same without regard to silence: the worst of the two directions, and what will end.
pub fn standing(facts: &MailboxFacts) -> MailboxState {
    if facts.draft {
        return MailboxState::Unfinished;
    }
    let states = Direction::BOTH.map(|d| (d, facts.state_of(d)));
    let used = || states.iter().filter(|(_, s)| *s != State::NotUsed);
    if used().count() == 0 || used().any(|(_, s)| *s == State::Unfinished) {
        return MailboxState::Unfinished;
    }
    if used().all(|(_, s)| *s == State::Paused) {
        return MailboxState::Paused;
    }
    // Stopped before blocked; of two alike the older.
    let worst = used()
        .filter_map(|(direction, state)| {
            let (since, diagnosis) = state.trouble().filter(|_| state.needs_person())?;
            Some((matches!(state, State::Blocked { .. }), since, diagnosis, *direction))
        })
        .min_by_key(|(blocked, since, _, _)| (*blocked, *since));
    if let Some((_, since, diagnosis, direction)) = worst {
        let credential = facts.direction(direction).credential.unwrap_or(CredentialKind::Password);
        let also = used().filter(|(_, s)| s.needs_person()).count() == used().count();
        return MailboxState::Needs {
            remedy: diagnosis.remedy(credential),
            diagnosis,
            since,
            only: (!also || used().count() == 1).then_some(direction),
        };
    }
    if let Some(at) = facts.basic_retires_at {
        return MailboxState::BasicRetires { at };
    }
    if let Some(soon) = facts.ends_soon.first() {
        return MailboxState::EndsSoon { end: soon.end.clone() };
    }
    for (_, state) in used() {
        if let State::Retrying { since, diagnosis, next_at } = state {
            return MailboxState::Retrying { diagnosis: *diagnosis, since: *since, next_at: *next_at };
        }
    }
    for (_, state) in used() {
        match state {
            State::Importing { done, total } => {
                return MailboxState::Importing { done: *done, total: *total };
            }
            State::Connecting => return MailboxState::Connecting,
            _ => {}
        }
    }
    MailboxState::Connected
}

impl MailboxState {
    pub fn group(&self) -> Group {
        match self {
            MailboxState::Needs { .. } | MailboxState::BasicRetires { .. } => Group::NeedsYou,
            MailboxState::EndsSoon { .. } => Group::EndsSoon,
            MailboxState::Paused => Group::Paused,
            MailboxState::Unfinished => Group::Unfinished,
            _ => Group::AtWork,
        }
    }
}
