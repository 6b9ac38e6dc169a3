//! Where a mailbox lives: the provider and its servers.

use crate::direction::Direction;
use serde::{Deserialize, Serialize};

/// The families whose rules differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderKind {
    Microsoft,
    Google,
    Other,
}

/// How a session is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// From the first byte (RFC 8314).
    Implicit,
    /// After the STARTTLS command (RFC 3207, RFC 9051 6.2.1).
    StartTls,
}

/// A server's address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Endpoint {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
}

impl Endpoint {
    /// The customary endpoint of a host for a direction: 993 or 587.
    pub fn customary(host: &str, direction: Direction) -> Self {
        let (port, tls) = match direction {
            Direction::Incoming => (993, Tls::Implicit),
            Direction::Outgoing => (587, Tls::StartTls),
        };
        Self { host: host.to_owned(), port, tls }
    }
}

/// Whether a provider takes a password for mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Passwords {
    /// The account's own password.
    #[default]
    Account,
    /// Only passwords made for one program.
    AppPassword,
    /// None at all.
    No,
}

/// A provider as the console's pages see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provider {
    /// A stable short name: `microsoft`, `google`, `other`, ...
    pub key: String,
    pub kind: ProviderKind,
    /// As in "Microsoft Office 365".
    pub name: String,
    /// As in "Sign in with Microsoft".
    pub short: String,
    /// Whether its mailboxes sign in by OAuth.
    pub signs_in: bool,
    pub passwords: Passwords,
    pub incoming: Option<Endpoint>,
    pub outgoing: Option<Endpoint>,
}

impl Provider {
    pub fn endpoint(&self, direction: Direction) -> Option<&Endpoint> {
        match direction {
            Direction::Incoming => self.incoming.as_ref(),
            Direction::Outgoing => self.outgoing.as_ref(),
        }
    }
}
