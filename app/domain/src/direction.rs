//! The two directions of a mailbox, and what is known of each.
//!
//! A direction's state is derived from evidence by [`state`]; it is never stored.

use crate::credential::CredentialKind;
use crate::diagnosis::Diagnosis;
use crate::remedy::Remedy;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// Which way mail goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    Incoming,
    Outgoing,
}

impl Direction {
    pub const BOTH: [Direction; 2] = [Direction::Incoming, Direction::Outgoing];

    /// The word in the database and in URLs.
    pub fn key(self) -> &'static str {
        match self {
            Direction::Incoming => "incoming",
            Direction::Outgoing => "outgoing",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::BOTH.into_iter().find(|d| d.key() == key)
    }
}

/// What is wrong, since when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    pub since: Time,
    pub diagnosis: Diagnosis,
    /// The evidence suffices to call a person or stop; else it is one more try.
    pub definite: bool,
    /// What the server or provider said, redacted, for *What the server said*.
    pub said: String,
}

/// What is known of one direction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Whether the admin wants this direction.
    pub used: bool,
    pub paused: bool,
    /// `None` until a password or sign-in was given.
    pub credential: Option<CredentialKind>,
    /// The last time that a session proved the credential.
    pub proved_at: Option<Time>,
    pub failing: Option<Failing>,
    pub next_attempt_at: Option<Time>,
    /// First import: messages stored and messages found.
    pub importing: Option<(u64, u64)>,
}

/// What a direction is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    NotUsed,
    Paused,
    /// No credential yet.
    Unfinished,
    /// The first attempt is under way.
    Connecting,
    Works,
    Importing {
        done: u64,
        total: u64,
    },
    /// A passing fault; nobody needs to do anything.
    Retrying {
        since: Time,
        diagnosis: Diagnosis,
        next_at: Option<Time>,
    },
    /// A person must sign in or give a password; no attempt is made until then.
    Stopped {
        since: Time,
        diagnosis: Diagnosis,
    },
    /// A setting outside keeps it from working; probed from time to time.
    Blocked {
        since: Time,
        diagnosis: Diagnosis,
        next_at: Option<Time>,
    },
}

/// The one place where evidence becomes a state.
pub fn state(facts: &Facts) -> State {
    if !facts.used {
        return State::NotUsed;
    }
    if facts.paused {
        return State::Paused;
    }
    let Some(credential) = facts.credential else {
        return State::Unfinished;
    };
    if let Some(failing) = &facts.failing {
        let (since, diagnosis, next_at) = (failing.since, failing.diagnosis, facts.next_attempt_at);
        if !failing.definite {
            return State::Retrying { since, diagnosis, next_at };
        }
        return match diagnosis.remedy(credential) {
            Remedy::Wait => State::Retrying { since, diagnosis, next_at },
            Remedy::SignInAgain
            | Remedy::AnotherPersonSignsIn
            | Remedy::GivePassword
            | Remedy::UseAppPassword
            | Remedy::SwitchToSignIn => State::Stopped { since, diagnosis },
            Remedy::AdminConsent
            | Remedy::FixAppRegistration
            | Remedy::FixMailboxSettings
            | Remedy::AskAdministrator => State::Blocked { since, diagnosis, next_at },
        };
    }
    match (facts.importing, facts.proved_at) {
        (Some((done, total)), _) if done < total => State::Importing { done, total },
        (_, Some(_)) => State::Works,
        (_, None) => State::Connecting,
    }
}

impl State {
    /// Whether a person has to do something.
    pub fn needs_person(&self) -> bool {
        matches!(self, State::Stopped { .. } | State::Blocked { .. })
    }

    /// What is wrong and since when, if anything is.
    pub fn trouble(&self) -> Option<(Time, Diagnosis)> {
        match self {
            State::Retrying { since, diagnosis, .. }
            | State::Stopped { since, diagnosis }
            | State::Blocked { since, diagnosis, .. } => Some((*since, *diagnosis)),
            _ => None,
        }
    }
}
