//! Where a provider's mailboxes live, by the domain of an address or by its MX host.
//!
//! `data/presets.tsv` is made of Mozilla's ISPDB (thunderbird/autoconfig, March 2026). Its
//! domains column also holds MX domains, so that a company's own domain is found by its MX.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::provider::ProviderKind;

/// How the session is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encryption {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// Plain first, then STARTTLS.
    Starttls,
}

/// What a provider takes, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthKind {
    /// The provider's own sign-in.
    Oauth2,
    /// A password made for this program.
    AppPassword,
    /// The account's password.
    Password,
}

/// What goes in as user name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserName {
    /// The whole address.
    Address,
    /// What stands before the `@`.
    LocalPart,
    /// None: the server takes mail without a sign-in.
    None,
}

/// One direction's server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Endpoint {
    host: &'static str,
    /// The port.
    pub port: u16,
    /// How the session is encrypted.
    pub encryption: Encryption,
    /// What goes in as user name.
    pub user_name: UserName,
}

impl Endpoint {
    /// The host, for an address of this domain: some hosts hold the domain in them.
    pub fn host(&self, domain: &str) -> String {
        self.host.replace("%EMAILDOMAIN%", domain)
    }

    /// The user name of this address.
    pub fn user<'a>(&self, address: &'a str) -> Option<&'a str> {
        match self.user_name {
            UserName::Address => Some(address),
            UserName::LocalPart => Some(address.rsplit_once('@').map_or(address, |(local, _)| local)),
            UserName::None => None,
        }
    }
}

/// A provider's servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preset {
    /// The provider's name, as a page shows it.
    pub provider: &'static str,
    /// Address and MX domains, split by spaces.
    pub domains: &'static str,
    /// Incoming.
    pub imap: Endpoint,
    /// Outgoing.
    pub smtp: Endpoint,
    /// What the provider takes, the best first.
    pub auth: Vec<AuthKind>,
}

impl Preset {
    /// Told by the hosts.
    pub fn kind(&self) -> ProviderKind {
        ProviderKind::from_host(self.imap.host)
    }

    fn has(&self, domain: &str) -> bool {
        self.domains.split(' ').any(|one| one == domain)
    }
}

/// Every preset, in the order of the file: the large providers first.
pub fn presets() -> &'static [Preset] {
    static ROWS: OnceLock<Vec<Preset>> = OnceLock::new();
    ROWS.get_or_init(|| include_str!("../data/presets.tsv").lines().skip(1).filter_map(row).collect())
}

fn row(line: &'static str) -> Option<Preset> {
    let columns: [&str; 11] = line.split('\t').collect::<Vec<_>>().try_into().ok()?;
    let [provider, domains, ih, ip, it, iu, sh, sp, st, su, auth] = columns;
    Some(Preset {
        provider,
        domains,
        imap: endpoint(ih, ip, it, iu)?,
        smtp: endpoint(sh, sp, st, su)?,
        auth: auth.split('|').map(auth_kind).collect::<Option<_>>()?,
    })
}

fn endpoint(host: &'static str, port: &str, encryption: &str, user_name: &str) -> Option<Endpoint> {
    let encryption = match encryption {
        "tls" => Encryption::Tls,
        "starttls" => Encryption::Starttls,
        _ => return None,
    };
    let user_name = match user_name {
        "address" => UserName::Address,
        "local" => UserName::LocalPart,
        "none" => UserName::None,
        _ => return None,
    };
    Some(Endpoint { host, port: port.parse().ok()?, encryption, user_name })
}

fn auth_kind(name: &str) -> Option<AuthKind> {
    match name {
        "oauth2" => Some(AuthKind::Oauth2),
        "app_password" => Some(AuthKind::AppPassword),
        "password" => Some(AuthKind::Password),
        _ => None,
    }
}

/// Providers that hand out subdomains to their customers.
const PARENTS: [&str; 2] = ["onmicrosoft.com", "rr.com"];

/// MX domains that the file lacks. Microsoft hands out names under `mx.microsoft` (DNSSEC).
const MX_ALIASES: [(&str, &str); 1] = [("mx.microsoft", "mail.protection.outlook.com")];

/// The preset of an address's domain. Exact, as a company below a provider's domain is
/// none of the provider's own, except where the provider hands out subdomains.
pub fn preset_for_domain(domain: &str) -> Option<&'static Preset> {
    let domain = plain(domain)?;
    let parent = PARENTS.iter().find(|parent| domain.ends_with(&format!(".{parent}")));
    presets()
        .iter()
        .find(|preset| preset.has(&domain))
        .or_else(|| presets().iter().find(|preset| parent.is_some_and(|parent| preset.has(parent))))
}

/// The preset of an MX host. The longest suffix first: `x.mail.protection.outlook.com` is
/// Microsoft 365, while its base domain `outlook.com` belongs to personal mailboxes.
pub fn preset_for_mx(host: &str) -> Option<&'static Preset> {
    let host = plain(host)?;
    let mut suffix = host.as_str();
    while suffix.contains('.') {
        let wanted = MX_ALIASES.iter().find(|(alias, _)| *alias == suffix).map_or(suffix, |(_, domain)| domain);
        if let Some(preset) = presets().iter().find(|preset| preset.has(wanted)) {
            return Some(preset);
        }
        suffix = suffix.split_once('.').map_or("", |(_, rest)| rest);
    }
    None
}

/// Lower case, without a closing dot; nothing that no domain can be.
fn plain(domain: &str) -> Option<String> {
    let domain = domain.trim().trim_end_matches('.');
    let fits = !domain.is_empty() && domain.len() <= 253 && !domain.contains(char::is_whitespace);
    fits.then(|| domain.to_lowercase())
}
