//! What a failed connection tells, in the words of operating systems, rustls and OpenSSL.
//! Looked at only where no server has answered at all: a bounce quotes such words, too.

use super::{
    Diagnosis::{self, *},
    phrases::has,
};

/// What the words tell, if anything.
pub(super) fn look(words: &str) -> Option<Diagnosis> {
    NETWORK.iter().find(|(pieces, _)| has(words, pieces)).map(|(_, diagnosis)| *diagnosis)
}

const NETWORK: &[(&str, Diagnosis)] = &[
    ("wrong version number", TlsMismatch),
    ("wrong_version_number", TlsMismatch),
    ("packet length too long", TlsMismatch),
    ("record overflow", TlsMismatch),
    ("invalidcontenttype", TlsMismatch),
    ("corrupt message", TlsMismatch),
    ("unknown protocol", TlsMismatch),
    ("notvalidforname", CertificateNameMismatch),
    ("not valid for name", CertificateNameMismatch),
    ("certificate+name", CertificateNameMismatch),
    ("certificate+not match", CertificateNameMismatch),
    ("hostname mismatch", CertificateNameMismatch),
    ("certificate", CertificateInvalid),
    ("self-signed", CertificateInvalid),
    ("self signed", CertificateInvalid),
    ("unknownissuer", CertificateInvalid),
    ("connection refused", ConnectionRefused),
    ("name or service not known", NameNotFound),
    ("nodename nor servname", NameNotFound),
    ("no such host", NameNotFound),
    ("name resolution", NameNotFound),
    ("could not resolve", NameNotFound),
    ("nxdomain", NameNotFound),
    ("getaddrinfo", NameNotFound),
    ("timed out", TimedOut),
    ("timeout", TimedOut),
    ("unreachable", HostUnreachable),
    ("no route to host", HostUnreachable),
    ("connection reset", SessionClosed),
    ("connection closed", SessionClosed),
    ("broken pipe", SessionClosed),
    ("end of file", SessionClosed),
    ("eof", SessionClosed),
];
