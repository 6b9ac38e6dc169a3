//! Where an address's mail lies, found by itself: by its domain, by its mail exchangers, by what
//! its domain publishes (autoconfig, then RFC 6186 and RFC 8314 in DNS).
//!
//! Invariant: a look-up at a foreign domain reaches public addresses alone, whatever the operator
//! allows for servers that an admin types; what it finds is a proposal, never a session.

mod autoconfig;
mod dns;

use crate::Engine;
use crate::providers::OTHER;
use domain::provider::{Endpoint, Tls};
use domain::{Address, Direction, presets};
use std::net::IpAddr;

/// A provider, and the servers of an address there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub provider_key: String,
    pub endpoints: [Option<Endpoint>; 2],
}

/// Finds the provider of an address.
pub async fn find(engine: &Engine, address: &Address) -> Found {
    let known = &engine.providers;
    let at = |key: &str| Found { provider_key: key.to_owned(), endpoints: servers(engine, key, address) };
    if let Some(entry) = known.by_domain(address) {
        return at(&entry.key);
    }
    if let Some(preset) = presets::preset_for_domain(address.domain()) {
        return of_preset(engine, preset, address);
    }
    // A domain that is an address in disguise publishes nothing.
    if address.domain().trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
        return at(OTHER);
    }
    for exchanger in engine.net.mx(address.domain()).await {
        if let Some(entry) = known.by_mx(&exchanger) {
            return at(&entry.key);
        }
        if let Some(preset) = presets::preset_for_mx(&exchanger) {
            return of_preset(engine, preset, address);
        }
    }
    let mut endpoints = autoconfig::find(engine, address).await;
    if endpoints.iter().any(Option::is_none) {
        let published = dns::find(engine, address.domain()).await;
        for (endpoint, other) in endpoints.iter_mut().zip(published) {
            *endpoint = endpoint.take().or(other);
        }
    }
    // Told by host (R2): what a domain publishes may be a provider's own servers.
    let entry = endpoints.iter().flatten().find_map(|e| known.by_host(&e.host));
    match entry {
        Some(entry) => at(&entry.key),
        None => Found { provider_key: OTHER.to_owned(), endpoints },
    }
}

/// The customary servers of an address at a provider, or what the presets know.
pub fn servers(engine: &Engine, provider_key: &str, address: &Address) -> [Option<Endpoint>; 2] {
    let preset = presets::preset_for_domain(address.domain());
    Direction::BOTH.map(|direction| match engine.providers.get(provider_key) {
        Some(entry) => entry.endpoint(direction, address),
        None => preset.map(|preset| preset_endpoint(preset, address, direction)),
    })
}

fn of_preset(engine: &Engine, preset: &presets::Preset, address: &Address) -> Found {
    let endpoints = Direction::BOTH.map(|direction| Some(preset_endpoint(preset, address, direction)));
    let entry = endpoints.iter().flatten().find_map(|e| engine.providers.by_host(&e.host));
    match entry {
        Some(entry) => Found { provider_key: entry.key.clone(), endpoints: servers(engine, &entry.key, address) },
        None => Found { provider_key: OTHER.to_owned(), endpoints },
    }
}

fn preset_endpoint(preset: &presets::Preset, address: &Address, direction: Direction) -> Endpoint {
    let found = match direction {
        Direction::Incoming => &preset.imap,
        Direction::Outgoing => &preset.smtp,
    };
    let tls = match found.encryption {
        presets::Encryption::Tls => Tls::Implicit,
        presets::Encryption::Starttls => Tls::StartTls,
    };
    Endpoint { host: found.host(address.domain()), port: found.port, tls }
}

/// A server's name as a foreign domain gives it: a name, no number in disguise.
fn server_name(text: &str) -> Option<String> {
    let host = text.trim().trim_end_matches('.').to_ascii_lowercase();
    let last = host.rsplit('.').next()?;
    let name =
        domain::address::is_domain(&host) && host.contains('.') && !last.starts_with(|c: char| c.is_ascii_digit());
    name.then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_names() {
        for (text, name) in [
            ("IMAP.Example.com.", Some("imap.example.com")),
            ("127.0.0.1", None),
            ("0x7f.1", None),
            ("localhost", None),
            ("a b.example", None),
            ("[::1]", None),
            ("", None),
        ] {
            assert_eq!(server_name(text).as_deref(), name, "{text:?}");
        }
    }
}
