//! The own providers port.

use super::registrations;
use crate::oauth::discovery;
use crate::providers::{self, ProviderEntry};
use crate::signins::{checked_server, redirect_address};
use crate::store::own_providers::Row;
use crate::store::{mailboxes, registrations as registered};
use crate::{Engine, oauth_address};
use async_trait::async_trait;
use domain::console::own_providers::*;
use domain::console::people::Actor;
use domain::console::registrations::RegistrationForm;
use domain::id::RegistrationId;
use domain::{Answer, Fault, Refusal, Time};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

impl Port {
    async fn row(&self, key: &str) -> Answer<Row> {
        providers::show(&self.0.store, key).await?.ok_or(Refusal::NotFound)
    }

    async fn view(&self, key: &str) -> Answer<OwnProvider> {
        let engine = &self.0;
        let row = self.row(key).await?;
        let entry = engine.providers.get(key).ok_or(Refusal::NotFound)?;
        let registration = registered::default_of(&engine.store, key).await?;
        let redirect_address = redirect_address(engine).await.unwrap_or_default();
        let used = mailboxes::all(&engine.store).await?.iter().any(|mailbox| mailbox.provider_key == key);
        Ok(OwnProvider {
            key: key.to_owned(),
            name: row.name,
            issuer: row.issuer,
            authorize_url: row.authorize_url,
            token_url: row.token_url,
            revokes: row.revoke_url.is_some(),
            found_at: Time(row.found_at),
            identity_scopes: entry.scopes.identity.clone(),
            mail_scopes: entry.scopes.incoming.clone(),
            incoming: entry.incoming.clone(),
            outgoing: entry.outgoing.clone(),
            unused: registration.is_none() && !used,
            client_id: registration.map(|registration| registration.client_id),
            redirect_refused: !oauth_address::accepted(&redirect_address),
            redirect_address,
        })
    }
}

#[async_trait]
impl OwnProviders for Port {
    async fn list(&self, actor: &Actor) -> Answer<Vec<OwnProvider>> {
        actor.admin()?;
        let keys: Vec<String> =
            self.0.providers.all().filter(|p| providers::is_own(&p.key)).map(|p| p.key.clone()).collect();
        let mut all = Vec::new();
        for key in keys {
            all.push(self.view(&key).await?);
        }
        Ok(all)
    }

    async fn show(&self, actor: &Actor, key: String) -> Answer<OwnProvider> {
        actor.admin()?;
        self.view(&key).await
    }

    async fn discover(&self, actor: &Actor, issuer: String) -> Answer<String> {
        actor.admin()?;
        let document = discovery::discover(&self.0, &issuer).await?;
        if self.0.providers.all().any(|known| !providers::is_own(&known.key) && is_of(known, &document.issuer)) {
            return Err(Fault::IssuerKnown.into());
        }
        let key = providers::discover(&self.0, document, actor.person).await?;
        self.0.changes.tell("registrations");
        Ok(key)
    }

    async fn save(&self, actor: &Actor, form: OwnProviderForm) -> Answer<()> {
        actor.admin()?;
        let row = self.row(&form.key).await?;
        let name = form.name.trim();
        if name.is_empty() {
            return Err(Fault::NameMissing.into());
        }
        if name.chars().count() > 40 {
            return Err(Fault::TextTooLong.into());
        }
        let scopes: Vec<String> = form.mail_scopes.split_whitespace().map(str::to_owned).collect();
        // RFC 6749 3.3.
        let sound = |s: &String| s.len() <= 200 && s.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\');
        if scopes.len() > 20 || !scopes.iter().all(sound) {
            return Err(Fault::ScopeMalformed.into());
        }
        let server = |server| -> Answer<_> { Option::map(server, |s| checked_server(&self.0, s)).transpose() };
        let servers = [server(form.incoming)?, server(form.outgoing)?];
        let known = registered::default_of(&self.0.store, &form.key).await?;
        let registration = RegistrationForm {
            id: known.as_ref().map(|row| RegistrationId(row.id)),
            provider_key: form.key,
            name: known.map(|row| row.name).unwrap_or_else(|| name.to_owned()),
            client_id: form.client_id,
            secret: form.secret,
            ..Default::default()
        };
        registrations::check(&self.0, &registration).await?;
        // Before the registration, whose test asks for these permissions.
        providers::describe(&self.0, &row, name, &scopes, &servers).await?;
        registrations::save(&self.0, registration).await?;
        Ok(())
    }

    async fn forget(&self, actor: &Actor, key: String) -> Answer<()> {
        actor.admin()?;
        let row = self.row(&key).await?;
        if !providers::forget(&self.0, &row).await? {
            return Err(Fault::ProviderInUse.into());
        }
        tracing::info!(provider = key, person = actor.person.0, "a provider was removed");
        self.0.changes.tell("registrations");
        Ok(())
    }
}

/// Whether an issuer is that of a provider of the file, which may have one per tenant.
fn is_of(known: &ProviderEntry, issuer: &str) -> bool {
    let Some(own) = known.issuer.as_deref() else { return false };
    match own.split_once("{tenantid}") {
        Some((before, _)) => issuer.starts_with(before),
        None => own.trim_end_matches('/') == issuer.trim_end_matches('/'),
    }
}
