//! What the engine needs to know before it starts. The server reads it from its settings; nothing
//! here looks at the environment.

use crate::net::Deadlines;
use crate::secret::Secret;
use domain::Fault;
use domain::time::Span;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;
use url::{Host, Url};

/// The engine's settings, checked and typed.
#[derive(Clone, Debug)]
pub struct Config {
    /// `sqlite:/path/file.db` or `postgres://...`.
    pub database: String,
    /// The vault's key, 32 bytes in base64; several while one is replaced, the oldest first.
    pub key: Secret,
    /// The file that the key came from: it is read again when it changes, and a rotation writes it.
    pub key_file: Option<PathBuf>,
    /// Providers' endpoints, hosts, roots and resolver as data; the built-in ones without it.
    pub providers_file: Option<PathBuf>,
    pub network: NetworkRules,
    /// `https://desk.example`: what redirect addresses begin with, until the desk's own setting.
    pub public_address: Option<String>,
    /// The demo: every page says that no mail leaves this machine.
    pub demo: bool,
    pub limits: Limits,
    /// How far apart two refusals of a password must be to count (3 minutes; the rig 2 s).
    pub second_refusal_after: Span,
    /// A name for this node in the log and in leases.
    pub node_name: String,
    /// Every setting as the server page shows it; never a secret.
    pub shown: Vec<domain::console::desk::SettingLine>,
}

/// What may be reached, and how.
#[derive(Clone, Debug, Default)]
pub struct NetworkRules {
    /// Hosts and addresses that may be private, loopback or plain http.
    pub allow: Vec<String>,
}

impl NetworkRules {
    /// Whether a host or address was named by the operator.
    pub fn allows(&self, host: &str) -> bool {
        self.allow.iter().any(|entry| entry.eq_ignore_ascii_case(host))
    }

    /// Whether a session with this address may be opened: public, or named by the operator.
    pub fn reaches(&self, host: &str, address: IpAddr) -> bool {
        is_public(address) || self.allows(host) || self.allows(&address.to_string())
    }

    /// A web address that may be asked: https, or a host that the operator allows; never a private address by
    /// number that was not allowed. Names are judged when they are looked up.
    ///
    /// # Errors
    /// [`Fault::UrlMalformed`], [`Fault::TextTooLong`], [`Fault::HostNotAllowed`].
    pub fn web_address(&self, text: &str) -> Result<String, Fault> {
        let url = Url::parse(text.trim()).map_err(|_| Fault::UrlMalformed)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        if !matches!(url.scheme(), "https" | "http")
            || host.is_empty()
            || !url.username().is_empty()
            || url.password().is_some()
        {
            return Err(Fault::UrlMalformed);
        }
        if text.len() > 2_000 {
            return Err(Fault::TextTooLong);
        }
        let address = match url.host() {
            Some(Host::Ipv4(v4)) => Some(IpAddr::V4(v4)),
            Some(Host::Ipv6(v6)) => Some(IpAddr::V6(v6)),
            _ => None,
        };
        let reached = address.is_none_or(|address| self.reaches(&host, address));
        // In plain text anybody on the way reads it.
        let safe = url.scheme() == "https" || self.allows(&host);
        if reached && safe { Ok(url.to_string()) } else { Err(Fault::HostNotAllowed) }
    }
}

/// Whether an address is one that strangers may make us reach (RFC 6890).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            !(v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_broadcast()
                || v4.is_documentation()
                || v4.is_multicast()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (b == 18 || b == 19)))
        }
        IpAddr::V6(v6) => {
            if let Some(v4) = v6.to_ipv4_mapped() {
                return is_public(IpAddr::V4(v4));
            }
            let first = v6.segments()[0];
            !(v6.is_loopback()
                || v6.is_unspecified()
                || v6.is_multicast()
                || (first & 0xfe00) == 0xfc00
                || (first & 0xffc0) == 0xfe80
                || (first == 0x2001 && v6.segments()[1] == 0x0db8)
                || first == 0x0064)
        }
    }
}

/// Bounds on size and number.
#[derive(Clone, Debug)]
pub struct Limits {
    /// A message above this becomes a ticket of headers and text only. Bytes.
    pub message_bytes: u64,
    /// All literals in flight together. Bytes.
    pub memory_bytes: u64,
    /// Sessions with one host at a time.
    pub sessions_per_host: usize,
    /// Attachments of one reply together. Bytes.
    pub reply_bytes: u64,
    /// An IMAP server that is silent for so long while something is awaited is given up.
    pub answer_within: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: 50 << 20,
            memory_bytes: 64 << 20,
            sessions_per_host: 500,
            reply_bytes: 25 << 20,
            answer_within: Deadlines::default().read,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_need_to_be_named() {
        for (address, public) in [
            ("8.8.8.8", true),
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("192.168.0.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("::1", false),
            ("fd00::1", false),
            ("::ffff:10.0.0.1", false),
            ("2606:4700::1111", true),
        ] {
            assert_eq!(is_public(address.parse().expect("an address")), public, "{address}");
        }
        let rules = NetworkRules { allow: vec!["127.0.0.1".into(), "mail.inside.example".into()] };
        let inside: IpAddr = "10.1.2.3".parse().expect("an address");
        assert!(rules.reaches("mail.inside.example", inside));
        assert!(!rules.reaches("elsewhere.example", inside));
    }

    #[test]
    fn no_web_address_leads_inside() {
        let rules = NetworkRules { allow: vec!["hooks.inside.example".into(), "10.0.0.5".into()] };
        for (url, fine) in [
            ("https://hooks.example.com/a?b=c", true),
            ("http://hooks.example.com/a", false),
            ("https://127.0.0.1/a", false),
            ("https://[::1]/a", false),
            ("https://[::ffff:10.0.0.9]/a", false),
            ("https://169.254.169.254/latest", false),
            ("https://0x7f000001/", false),
            ("https://2130706433/", false),
            ("http://hooks.inside.example/a", true),
            ("http://10.0.0.5/a", true),
            ("https://10.0.0.6/a", false),
            ("https://user:pass@hooks.example.com/", false),
            ("ftp://hooks.example.com/", false),
            ("hooks.example.com", false),
            ("", false),
        ] {
            assert_eq!(rules.web_address(url).is_ok(), fine, "{url}");
        }
    }
}
