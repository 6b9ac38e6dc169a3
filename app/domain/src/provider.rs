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

/// Hosts and the domains above them. The last ones are Microsoft's national clouds.
const HOSTS: [(&str, ProviderKind); 10] = [
    ("office365.com", ProviderKind::Microsoft),
    ("outlook.com", ProviderKind::Microsoft),
    ("office.com", ProviderKind::Microsoft),
    ("hotmail.com", ProviderKind::Microsoft),
    ("live.com", ProviderKind::Microsoft),
    ("gmail.com", ProviderKind::Google),
    ("googlemail.com", ProviderKind::Google),
    ("google.com", ProviderKind::Google),
    ("office365.us", ProviderKind::Microsoft),
    ("partner.outlook.cn", ProviderKind::Microsoft),
];

impl ProviderKind {
    /// The provider that runs this IMAP or SMTP host.
    pub fn from_host(host: &str) -> Self {
        let host = host.trim().trim_end_matches('.').to_ascii_lowercase();
        HOSTS
            .iter()
            .find(|(domain, _)| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
            .map_or(ProviderKind::Other, |(_, kind)| *kind)
    }

    /// How a sentence calls the provider when nothing closer is known.
    pub fn name(self) -> &'static str {
        match self {
            ProviderKind::Microsoft => "Microsoft",
            ProviderKind::Google => "Google",
            ProviderKind::Other => "The server",
        }
    }
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

/// How the keys of providers begin that an admin added.
pub const OWN: &str = "own-";

/// Whether a key is that of a provider that an admin added.
pub fn is_own(key: &str) -> bool {
    key.strip_prefix(OWN).is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_tells_the_provider() {
        for (host, kind) in [
            ("outlook.office365.com", ProviderKind::Microsoft),
            ("SMTP.Office365.com.", ProviderKind::Microsoft),
            ("smtp-mail.outlook.com", ProviderKind::Microsoft),
            ("imap.gmail.com", ProviderKind::Google),
            ("smtp-relay.gmail.com", ProviderKind::Google),
            ("imap.notgmail.com", ProviderKind::Other),
            ("mail.contoso.example", ProviderKind::Other),
            ("", ProviderKind::Other),
        ] {
            assert_eq!(ProviderKind::from_host(host), kind, "{host}");
        }
    }
}
