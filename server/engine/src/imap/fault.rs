//! What an IMAP server's words and a broken session mean.

use crate::login::Fault;
use crate::net;
use domain::Diagnosis;
use domain::diagnosis::{Certainty, Finding};
use domain::provider::ProviderKind;

/// Where in a session the words came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Greeting,
    Tls,
    Authentication,
    Mailbox,
}

/// A server's refusal. `said` is its line without the tag.
pub fn refused(provider: ProviderKind, stage: Stage, said: &str) -> Fault {
    Fault { finding: finding(provider, stage, said), said: said.to_owned() }
}

fn finding(_provider: ProviderKind, stage: Stage, said: &str) -> Finding {
    let upper = said.to_ascii_uppercase();
    let (diagnosis, certainty) = if stage == Stage::Authentication && upper.starts_with("NO") && !upper.contains("[UNAVAILABLE]") {
        (Diagnosis::PasswordRefused, Certainty::NeedsSecond)
    } else {
        (Diagnosis::ProviderFault, Certainty::Passing)
    };
    Finding { diagnosis, certainty, known: true }
}

/// A session that ended without an answer. `said` is the server's last word, if it had one.
pub fn closed(provider: ProviderKind, stage: Stage, said: &str) -> Fault {
    if said.starts_with("BYE") || said.starts_with("Server Unavailable") {
        return refused(provider, stage, said);
    }
    let error = std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
    net::of_io(&error)
}

/// An I/O error of a session. The parser's errors carry what it could not parse: that text is
/// never passed on.
pub fn of_io(error: &std::io::Error, provider: ProviderKind, stage: Stage, said: &str) -> Fault {
    let fault = net::of_io(error);
    if fault.finding.diagnosis != Diagnosis::Unknown {
        return fault;
    }
    if said.starts_with("Server Unavailable") {
        return refused(provider, stage, said);
    }
    let diagnosis = if stage == Stage::Greeting { Diagnosis::NotAMailServer } else { Diagnosis::ProviderFault };
    Fault { finding: net::finding(diagnosis), said: "the server's answer is not IMAP".into() }
}
