//! The public address's port.
//!
//! Invariant: an address counts as checked only when a browser said by its Origin header that it was there. A
//! candidate replaces nothing before that, unless an admin insists.

use crate::oauth_address::{self, CALLBACK};
use crate::store::{registrations, settings};
use crate::{Engine, clock};
use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::console::addresses::*;
use domain::console::people::Actor;
use domain::refusal::Fault;
use domain::{Answer, Refusal, Time};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl Addresses for Port {
    async fn show(&self, actor: &Actor) -> Answer<PublicAddress> {
        actor.admin()?;
        let engine = &self.0;
        let address = engine.public_address().await?;
        let redirect_address = format!("{address}{CALLBACK}");
        let read = async |key| settings::get(&engine.store, key).await;
        // The check was of the address that stood then.
        let checked = read(settings::ADDRESS_CHECKED).await?;
        let checked_at = checked
            .as_deref()
            .and_then(|text| text.split_once(' '))
            .filter(|(_, at)| *at == address)
            .and_then(|(time, _)| time.parse().ok())
            .map(Time);
        let candidate = read(settings::ADDRESS_CANDIDATE).await?.map(|candidate| Candidate {
            link: format!("{candidate}/address/{}", key_of(engine, &candidate)),
            address: candidate,
        });
        let behind = registrations::all(&engine.store).await?;
        let behind = behind.iter().filter(|r| r.redirect.as_deref().is_some_and(|known| known != redirect_address));
        Ok(PublicAddress {
            registrations_behind: u32::try_from(behind.count()).unwrap_or(u32::MAX),
            accepted: oauth_address::accepted(&address),
            address,
            redirect_address,
            checked_at,
            candidate,
        })
    }

    async fn propose(&self, actor: &Actor, address: String, origin: Option<String>) -> Answer<Proposed> {
        actor.admin()?;
        let address = oauth_address::checked(&address).ok_or(Refusal::Invalid(Fault::UrlMalformed))?;
        if is_at(origin.as_deref(), &address) {
            self.take(&address, true).await?;
            return Ok(Proposed::Checked);
        }
        settings::set(&self.0.store, settings::ADDRESS_CANDIDATE, &address).await?;
        Ok(Proposed::Unchecked)
    }

    async fn insist(&self, actor: &Actor) -> Answer<()> {
        actor.admin()?;
        let candidate = settings::get(&self.0.store, settings::ADDRESS_CANDIDATE).await?.ok_or(Refusal::NotFound)?;
        self.take(&candidate, false).await
    }

    async fn forget(&self, actor: &Actor) -> Answer<()> {
        actor.admin()?;
        settings::remove(&self.0.store, settings::ADDRESS_CANDIDATE).await?;
        Ok(())
    }

    // For whoever has the link: under the new address nobody is signed in yet.
    async fn candidate(&self, token: String) -> Answer<String> {
        let candidate = settings::get(&self.0.store, settings::ADDRESS_CANDIDATE).await?.ok_or(Refusal::NotFound)?;
        if !proves(&self.0, &candidate, &token) {
            return Err(Refusal::NotFound);
        }
        Ok(candidate)
    }

    async fn confirm(&self, token: String, origin: Option<String>) -> Answer<()> {
        let candidate = self.candidate(token).await?;
        if !is_at(origin.as_deref(), &candidate) {
            return Err(Fault::AddressNotReached.into());
        }
        self.take(&candidate, true).await
    }
}

impl Port {
    async fn take(&self, address: &str, checked: bool) -> Answer<()> {
        let store = &self.0.store;
        settings::set(store, settings::PUBLIC_ADDRESS, address).await?;
        settings::remove(store, settings::ADDRESS_CANDIDATE).await?;
        if checked {
            let line = format!("{} {address}", clock::now().0);
            settings::set(store, settings::ADDRESS_CHECKED, &line).await?;
        }
        tracing::info!(checked, "the public address was changed");
        self.0.changes.tell("registrations");
        Ok(())
    }
}

/// Whether the browser says that it is at this address (RFC 6454 7: scheme, host and port).
fn is_at(origin: Option<&str>, address: &str) -> bool {
    let canonical = origin.and_then(oauth_address::checked);
    canonical.is_some_and(|origin| origin == address)
}

/// A link's key: nobody makes one without the vault's.
fn key_of(engine: &Engine, candidate: &str) -> String {
    URL_SAFE_NO_PAD.encode(&mac(engine, candidate).finalize().into_bytes()[..18])
}

fn proves(engine: &Engine, candidate: &str, token: &str) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(token) else { return false };
    bytes.len() == 18 && mac(engine, candidate).verify_truncated_left(&bytes).is_ok()
}

fn mac(engine: &Engine, candidate: &str) -> Hmac<Sha256> {
    let key = engine.vault.signing_key("address");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes a key of any length");
    mac.update(candidate.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_browser_at_the_address_proves_it() {
        let address = "https://desk.example";
        for (origin, at) in [
            (Some("https://desk.example"), true),
            (Some("http://desk.example"), false),
            (Some("https://desk.example:8443"), false),
            (Some("null"), false),
            (None, false),
        ] {
            assert_eq!(is_at(origin, address), at, "{origin:?}");
        }
        assert!(is_at(Some("http://localhost:8080"), "http://localhost:8080"));
    }
}
