//! From what an SMTP server did to a finding.

use super::reply::Reply;
use super::wire::Lost;
use crate::login::Fault;
use domain::Diagnosis;
use domain::diagnosis::{Protocol, Stage, diagnose_reply};
use domain::provider::ProviderKind;

pub fn of_reply(provider: ProviderKind, stage: Stage, reply: &Reply) -> Fault {
    let said = reply.text();
    Fault { finding: diagnose_reply(Protocol::Smtp, provider, stage, &said), said }
}

/// Never a credential's fault.
pub fn of_lost(lost: &Lost) -> Fault {
    let finding = match lost {
        Lost::TimedOut(_) => crate::net::finding(Diagnosis::TimedOut),
        Lost::Garbled(text) => diagnose_reply(Protocol::Smtp, ProviderKind::Other, Stage::Greeting, text),
        Lost::Closed | Lost::Broke(_) => crate::net::finding(Diagnosis::HostUnreachable),
    };
    Fault { finding, said: lost.to_string() }
}
