//! The providers we know: endpoints, hosts, scopes and habits, all of it data.

mod own;
mod shelf;

use crate::config::NetworkRules;
use domain::provider::{Endpoint, Passwords, Provider, ProviderKind};
use domain::{Address, Direction};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub use domain::provider::is_own;
pub use own::{describe, discover, forget, load, show};
use shelf::Shelf;

/// The key of a server that is no provider we know.
pub const OTHER: &str = "other";

/// The providers file.
#[derive(Clone, Debug, Deserialize)]
pub struct Providers {
    /// Certificates to trust beside the system's, in PEM.
    pub roots: Option<PathBuf>,
    /// The DNS server to ask, instead of the system's.
    pub resolver: Option<SocketAddr>,
    providers: Vec<ProviderEntry>,
    /// Those that an admin added by OpenID discovery.
    #[serde(skip)]
    own: Shelf,
}

/// One provider: of the file, or added by an admin.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ProviderEntry {
    pub key: String,
    pub kind: ProviderKind,
    pub name: String,
    pub short: String,
    /// With `{tenant}` where the registration's tenant goes.
    pub authorize_url: Option<String>,
    pub token_url: Option<String>,
    /// With `{tenantid}` where the id_token's `tid` goes.
    pub issuer: Option<String>,
    pub revoke_url: Option<String>,
    /// Where a token tells who it is of (OpenID Connect Core 5.3), for a provider whose id_token does not.
    pub userinfo_url: Option<String>,
    /// The secret goes into the header (RFC 6749 2.3.1), not into the body.
    #[serde(default)]
    pub basic_auth: bool,
    #[serde(default, deserialize_with = "or_default")]
    pub scopes: Scopes,
    #[serde(default, deserialize_with = "or_default")]
    pub authorize_params: BTreeMap<String, String>,
    pub incoming: Option<Endpoint>,
    pub outgoing: Option<Endpoint>,
    pub personal: Option<Personal>,
    /// Domains of server names that are this provider's (R2: told by host, not by address).
    #[serde(default, deserialize_with = "or_default")]
    pub hosts: Vec<String>,
    /// Domains of addresses.
    #[serde(default, deserialize_with = "or_default")]
    pub domains: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub mx_domains: Vec<String>,
    /// The provider files a copy of what it sends.
    #[serde(default, deserialize_with = "or_default")]
    pub keeps_sent_copy: bool,
    #[serde(default, deserialize_with = "passwords")]
    pub takes_passwords: Passwords,
    /// `YYYY-MM-DD`: password sign-in ends, or ended.
    pub basic_retired_on: Option<String>,
    /// A refresh token unused this long is dead.
    pub refresh_window_days: Option<i64>,
    pub send_per_minute: Option<u32>,
    /// Sessions that an account may have with one of the provider's hosts.
    pub sessions: Option<u32>,
}

/// What to ask for, per purpose.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Scopes {
    #[serde(default, deserialize_with = "or_default")]
    pub identity: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub incoming: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub outgoing: Vec<String>,
}

/// What differs for personal accounts (R11).
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Personal {
    pub domains: Vec<String>,
    pub outgoing: Endpoint,
}

/// `null` stands for what is not applicable.
fn or_default<'de, D: serde::Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// The file holds `true`, `false` or a word.
fn passwords<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Passwords, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Flag(bool),
        Word(Passwords),
    }
    Ok(match Option::<Either>::deserialize(deserializer)? {
        None | Some(Either::Flag(true)) => Passwords::Account,
        Some(Either::Flag(false)) => Passwords::No,
        Some(Either::Word(word)) => word,
    })
}

/// Why the providers file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ProvidersError {
    #[error("can't read {0}: {1}")]
    Unreadable(PathBuf, std::io::Error),
    #[error("{0} is not a providers file: {1}")]
    Malformed(PathBuf, serde_json::Error),
    #[error("{0}: {1} is plain http at a host that is not allowed")]
    PlainHttp(String, String),
}

impl Providers {
    /// Reads the file, or the built-in providers without one.
    ///
    /// # Errors
    /// [`ProvidersError`], naming the file or the entry at fault.
    pub fn load(file: Option<&Path>, rules: &NetworkRules) -> Result<Self, ProvidersError> {
        let built_in = Path::new("the built-in providers");
        let (path, text) = match file {
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|e| ProvidersError::Unreadable(path.into(), e))?;
                (path, text)
            }
            None => (built_in, include_str!("../data/providers.json").to_owned()),
        };
        let providers: Providers =
            serde_json::from_str(&text).map_err(|e| ProvidersError::Malformed(path.into(), e))?;
        for entry in &providers.providers {
            for url in [&entry.authorize_url, &entry.token_url, &entry.revoke_url].into_iter().flatten() {
                let host = url::Url::parse(&url.replace(['{', '}'], ""))
                    .ok()
                    .filter(|u| u.scheme() == "http")
                    .and_then(|u| u.host_str().map(str::to_owned));
                if let Some(host) = host.filter(|h| !rules.allows(h)) {
                    return Err(ProvidersError::PlainHttp(entry.key.clone(), host));
                }
            }
        }
        Ok(providers)
    }

    pub fn get(&self, key: &str) -> Option<&ProviderEntry> {
        self.providers.iter().find(|p| p.key == key).or_else(|| self.own.get(key))
    }

    /// All of them, the file's first.
    pub fn all(&self) -> impl Iterator<Item = &ProviderEntry> {
        self.providers.iter().chain(self.own.all())
    }

    /// Puts one that an admin added on the shelf; `None` takes it away.
    pub fn put(&self, key: &str, entry: Option<ProviderEntry>) {
        self.own.put(key, entry);
    }

    /// The provider of a server name.
    pub fn by_host(&self, host: &str) -> Option<&ProviderEntry> {
        let at = |p: &&ProviderEntry| p.hosts.iter().any(|d| is_under(host, d));
        let file = self.providers.iter().find(at);
        // A server that a file knows by name alone may belong to a provider that an admin added.
        file.filter(|p| p.authorize_url.is_some()).or_else(|| self.own.all().find(at)).or(file)
    }

    /// The provider of an address, by its domain.
    pub fn by_domain(&self, address: &Address) -> Option<&ProviderEntry> {
        let domain = address.domain();
        self.all().find(|p| {
            p.domains.iter().any(|d| d == domain)
                || p.personal.as_ref().is_some_and(|s| s.domains.iter().any(|d| d == domain))
        })
    }

    /// The provider of a mail exchanger's name.
    pub fn by_mx(&self, mx: &str) -> Option<&ProviderEntry> {
        self.providers.iter().find(|p| p.mx_domains.iter().any(|d| is_under(mx, d)))
    }

    /// Origins of the sign-in pages, for the pages' content security policy.
    pub fn sign_in_origins(&self) -> Vec<String> {
        let mut origins: Vec<String> = self
            .all()
            .filter_map(|p| url::Url::parse(&p.authorize_url.as_ref()?.replace(['{', '}'], "")).ok())
            .map(|url| url.origin().ascii_serialization())
            .collect();
        origins.sort();
        origins.dedup();
        origins
    }

    /// As the pages see a provider; anything unknown is *Other*.
    pub fn view(&self, key: &str) -> Provider {
        match self.get(key) {
            Some(entry) => entry.view(),
            None => Provider {
                key: OTHER.into(),
                kind: ProviderKind::Other,
                name: "Other mail server".into(),
                short: "Other".into(),
                signs_in: false,
                passwords: Passwords::Account,
                incoming: None,
                outgoing: None,
            },
        }
    }
}

impl ProviderEntry {
    pub fn view(&self) -> Provider {
        Provider {
            key: self.key.clone(),
            kind: self.kind,
            name: self.name.clone(),
            short: self.short.clone(),
            signs_in: self.authorize_url.is_some(),
            passwords: self.takes_passwords,
            incoming: self.incoming.clone(),
            outgoing: self.outgoing.clone(),
        }
    }

    /// The customary server of an address: personal accounts have their own for sending.
    pub fn endpoint(&self, direction: Direction, address: &Address) -> Option<Endpoint> {
        match (direction, &self.personal) {
            (Direction::Outgoing, Some(personal)) if personal.domains.iter().any(|d| d == address.domain()) => {
                Some(personal.outgoing.clone())
            }
            (Direction::Incoming, _) => self.incoming.clone(),
            (Direction::Outgoing, _) => self.outgoing.clone(),
        }
    }

    /// All scopes that a mailbox with these directions needs, each once.
    pub fn scopes_for(&self, incoming: bool, outgoing: bool) -> Vec<String> {
        let mut scopes = self.scopes.identity.clone();
        let wanted = [(incoming, &self.scopes.incoming), (outgoing, &self.scopes.outgoing)];
        for (_, list) in wanted.into_iter().filter(|(used, _)| *used) {
            for scope in list {
                if !scopes.contains(scope) {
                    scopes.push(scope.clone());
                }
            }
        }
        scopes
    }
}

/// Whether a host name is a domain or below it.
fn is_under(host: &str, domain: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host == domain || host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_providers_are_sound() {
        let providers = Providers::load(None, &NetworkRules::default()).expect("they load");
        let by_host = |host| providers.by_host(host).map(|p| p.key.as_str());
        assert_eq!(by_host("outlook.office365.com"), Some("microsoft"));
        assert_eq!(by_host("notoffice365.com"), None);
        assert_eq!(providers.by_mx("contoso-com.mail.protection.outlook.com.").map(|p| &*p.key), Some("microsoft"));
        let shop = Address::parse("shop@outlook.com").expect("an address");
        let microsoft = providers.by_domain(&shop).expect("known");
        let outgoing = microsoft.endpoint(Direction::Outgoing, &shop).expect("a server");
        assert_eq!(outgoing.host, "smtp-mail.outlook.com");
        assert_eq!(providers.view("nowhere").key, OTHER);
    }
}
