//! What a fault of name, TCP or TLS means. None of them says anything about a credential.

use crate::login::Fault;
use domain::Diagnosis;
use domain::diagnosis::{Certainty, Finding};
use std::io::{self, ErrorKind};

/// A finding of this machine's own: it passes by itself, or a setting of the mailbox is wrong.
pub fn finding(diagnosis: Diagnosis) -> Finding {
    Finding { diagnosis, certainty: Certainty::Passing, known: true, code: None, sentence: None, wait_ms: None }
}

/// What a silent copy says instead of asking a server.
pub const SHUT: &str = "this copy of Mailkeep is silent: it reaches no server until it takes over";

/// Nothing leaves a silent copy.
pub fn shut() -> Fault {
    Fault { finding: finding(Diagnosis::HostUnreachable), said: SHUT.to_owned() }
}

/// What an I/O error of a session means.
pub fn of_io(error: &io::Error) -> Fault {
    let inner = error.get_ref();
    if let Some(fault) = inner.and_then(|e| e.downcast_ref::<Fault>()) {
        return fault.clone();
    }
    if let Some(tls) = inner.and_then(|e| e.downcast_ref::<rustls::Error>()) {
        return of_tls(tls);
    }
    let (diagnosis, said) = match error.kind() {
        ErrorKind::ConnectionRefused => (Diagnosis::ConnectionRefused, "connection refused"),
        ErrorKind::TimedOut => (Diagnosis::TimedOut, "no answer in time"),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable | ErrorKind::NetworkDown => {
            (Diagnosis::HostUnreachable, "no way to this host")
        }
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => (Diagnosis::SessionClosed, "the server closed the session"),
        _ => (Diagnosis::Unknown, "the session broke"),
    };
    Fault { finding: finding(diagnosis), said: said.to_owned() }
}

fn of_tls(error: &rustls::Error) -> Fault {
    use rustls::CertificateError as Bad;
    use rustls::Error as Tls;
    let diagnosis = match error {
        Tls::InvalidCertificate(Bad::NotValidForName | Bad::NotValidForNameContext { .. }) => {
            Diagnosis::CertificateNameMismatch
        }
        Tls::InvalidCertificate(_) | Tls::NoCertificatesPresented => Diagnosis::CertificateInvalid,
        // A server that speaks first and in clear: its greeting is no TLS record.
        Tls::InvalidMessage(_) => Diagnosis::TlsMismatch,
        Tls::PeerIncompatible(_) | Tls::AlertReceived(_) => Diagnosis::TlsMismatch,
        _ => Diagnosis::TlsMismatch,
    };
    let said = match error {
        Tls::InvalidMessage(_) => "the server does not speak TLS on this port".to_owned(),
        other => other.to_string(),
    };
    Fault { finding: finding(diagnosis), said }
}
