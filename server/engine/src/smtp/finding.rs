//! From what an SMTP server did to a finding.

use super::wire::{Lost, Reply};
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
<<<<<<< HEAD
    Fault { finding, said: lost.to_string() }
=======
    Fault { finding: crate::net::finding(diagnosis), said: lost.to_string() }
}

/// Until `domain::diagnosis::diagnose_reply` is there.
fn diagnose(_provider: ProviderKind, stage: Stage, text: &str) -> Finding {
    let (diagnosis, certainty) = match stage {
        _ if text.contains("disabled for the Tenant") => (Diagnosis::SmtpAuthDisabledTenant, Certainty::Definite),
        _ if text.contains("disabled for the Mailbox") => (Diagnosis::SmtpAuthDisabledMailbox, Certainty::Definite),
        _ if text.starts_with('4') => (Diagnosis::ProviderFault, Certainty::Passing),
        Stage::Authentication => (Diagnosis::PasswordRefused, Certainty::NeedsSecond),
        _ if text.contains("5.7.60") || text.contains("SendAsDenied") => (Diagnosis::SendAsDenied, Certainty::Definite),
        Stage::Recipient => (Diagnosis::RecipientRefused, Certainty::Definite),
        _ => (Diagnosis::Unknown, Certainty::Passing),
    };
    Finding { diagnosis, certainty, known: true, code: None, sentence: None, wait_ms: None }
>>>>>>> main
}
