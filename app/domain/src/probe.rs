//! What a check of one direction found, step by step.

use crate::diagnosis::{Certainty, Class, Diagnosis};
use crate::direction::Direction;
use serde::{Deserialize, Serialize};

/// The steps of a check, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Step {
    Name,
    Tcp,
    Tls,
    Greeting,
    Authentication,
    /// Incoming: the folder opens.
    Folder,
    /// Outgoing: the sender is accepted.
    Sender,
}

impl Step {
    pub fn of(direction: Direction) -> [Step; 6] {
        let last = match direction {
            Direction::Incoming => Step::Folder,
            Direction::Outgoing => Step::Sender,
        };
        [Step::Name, Step::Tcp, Step::Tls, Step::Greeting, Step::Authentication, last]
    }
}

/// One step that was reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepResult {
    pub step: Step,
    pub ok: bool,
    pub millis: u32,
    /// What was seen there, redacted: "TLS 1.3, until 11 Aug 2027".
    pub evidence: String,
}

/// A check of one direction. Steps that were not reached are absent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeReport {
    pub direction: Direction,
    pub steps: Vec<StepResult>,
    /// `None`: everything works.
    pub failure: Option<ProbeFailure>,
    /// Incoming: messages found in the folder, once it opened.
    pub backlog: Option<u64>,
    /// The session's lines, redacted, for *Transcript*.
    pub transcript: Vec<String>,
    /// The user name that worked: for a shared mailbox the person's or the shared address (R10).
    pub user: Option<String>,
}

/// Why a check ended early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeFailure {
    pub diagnosis: Diagnosis,
    /// How much this one sighting proves. Checks of before it was written down prove little.
    #[serde(default = "little")]
    pub certainty: Certainty,
    /// Word for word, redacted.
    pub said: String,
}

fn little() -> Certainty {
    Certainty::NeedsSecond
}

impl ProbeFailure {
    /// A failure that no server spoke of: what passes proves nothing, anything else is certain.
    pub fn new(diagnosis: Diagnosis, said: impl Into<String>) -> Self {
        let certainty = match diagnosis.class() {
            Class::Transient => Certainty::Passing,
            _ => Certainty::Definite,
        };
        Self { diagnosis, certainty, said: said.into() }
    }
}

impl ProbeReport {
    pub fn ok(&self) -> bool {
        self.failure.is_none()
    }
}
