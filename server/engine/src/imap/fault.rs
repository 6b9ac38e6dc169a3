//! What an IMAP server's words and a broken session mean.

use crate::login::Fault;
use crate::net;
pub use domain::diagnosis::Stage;

use domain::Diagnosis;
use domain::diagnosis::{Protocol, diagnose_reply};
use domain::provider::ProviderKind;

/// A server's refusal. `said` is its line without the tag.
pub fn refused(provider: ProviderKind, stage: Stage, said: &str) -> Fault {
    Fault { finding: diagnose_reply(Protocol::Imap, provider, stage, said), said: said.to_owned() }
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

/// Whether the server refused, by a tagged NO or BAD: the session is as good as before.
pub fn is_refusal(fault: &Fault) -> bool {
    fault.said.starts_with("NO") || fault.said.starts_with("BAD")
}

/// Whether it is the server's own answer that stands in the way, as against a session that broke: a
/// refusal, or an announcement of more than was asked for, after which the session is over.
pub fn is_answer(fault: &Fault) -> bool {
    is_refusal(fault) || fault.said.starts_with(net::ANNOUNCED)
}
