//! From what an SMTP server did to a finding.

use super::wire::{Lost, Reply};
use crate::login::Fault;
use domain::Diagnosis;
use domain::diagnosis::{Certainty, Finding};
use domain::provider::ProviderKind;

/// Where in the session the answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Greeting,
    Tls,
    Authentication,
    Sender,
    Recipient,
    Data,
}

pub fn of_reply(provider: ProviderKind, stage: Stage, reply: &Reply) -> Fault {
    let said = reply.text();
    Fault { finding: diagnose(provider, stage, &said), said }
}

pub fn of_lost(lost: &Lost) -> Fault {
    let diagnosis = match lost {
        Lost::TimedOut(_) => Diagnosis::TimedOut,
        Lost::Garbled(_) => Diagnosis::NotAMailServer,
        Lost::Closed | Lost::Broke(_) => Diagnosis::HostUnreachable,
    };
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
    Finding { diagnosis, certainty, known: true }
}
