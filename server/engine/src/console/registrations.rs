//! The registrations port.

use crate::oauth::claims::is_guid;
use crate::providers::ProviderEntry;
use crate::secret::Secret;
use crate::signins::{redirect_address, secret_purpose};
use crate::store::registrations::{self as rows, Change, Row};
use crate::store::settings;
use crate::{Engine, clock, evidence, grants, oauth_address, registrations, signins};
use async_trait::async_trait;
use domain::address::is_domain;
use domain::console::people::Actor;
use domain::console::registrations::*;
use domain::guide::{self, Whose};
use domain::id::*;
use domain::provider::ProviderKind;
use domain::refusal::Fault;
use domain::registration::Tested;
use domain::signin::Intent;
use domain::{Answer, Refusal, Time};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl Registrations for Port {
    async fn page(&self, actor: &Actor) -> Answer<RegistrationsPage> {
        actor.admin()?;
        let engine = &self.0;
        let uses = rows::uses(&engine.store).await?;
        let redirect_address = redirect_address(engine).await.unwrap_or_default();
        let signing_in = engine.providers.all().filter(|p| p.authorize_url.is_some());
        Ok(RegistrationsPage {
            registrations: rows::all(&engine.store)
                .await?
                .iter()
                .map(|row| view(engine, row, uses.get(&row.id).copied().unwrap_or(0), &redirect_address))
                .collect(),
            redirect_refused: !oauth_address::accepted(&redirect_address),
            redirect_address,
            providers: signing_in.map(|p| (p.key.clone(), p.short.clone())).collect(),
        })
    }

    async fn save(&self, actor: &Actor, form: RegistrationForm) -> Answer<RegistrationId> {
        actor.admin()?;
        save(&self.0, form).await
    }

    // For anybody: the guide holds no secret, and whoever may make the registration has no account here.
    async fn guide(&self, provider_key: String, whose: Option<Whose>) -> Answer<GuidePage> {
        let engine = &self.0;
        let guide = guide::of(&provider_key).ok_or(Refusal::NotFound)?;
        let provider = engine.providers.view(&provider_key);
        let whose = whose.unwrap_or(Whose::One);
        let redirect_address = redirect_address(engine).await.unwrap_or_default();
        let desk_name = settings::get(&engine.store, settings::DESK_NAME).await?;
        Ok(GuidePage {
            guide: guide.filled(whose, &redirect_address, APP_NAME),
            whose,
            provider_kind: provider.kind,
            provider_short: provider.short,
            desk_name: desk_name.unwrap_or_else(|| super::desk::UNNAMED.into()),
            redirect_refused: !oauth_address::accepted(&redirect_address),
            redirect_address,
            link: format!("{}/app-guide/{provider_key}?whose={}", engine.public_address().await?, whose.key()),
        })
    }

    async fn needed_by(&self, mailbox: MailboxId, intent: Intent) -> Answer<String> {
        signins::provider_of(&self.0, mailbox, intent).await
    }

    async fn test(&self, actor: &Actor, id: RegistrationId) -> Answer<Tested> {
        actor.admin()?;
        let row = rows::get(&self.0.store, id).await?.ok_or(Refusal::NotFound)?;
        let promotable = row.next_secret_sealed.is_some();
        let tested = registrations::test(&self.0, &row).await?;
        if promotable || (row.failing_since.is_some() && tested.wrong().is_none()) {
            grants::retry(&self.0, id).await;
        }
        Ok(tested)
    }

    async fn drop_secret(&self, actor: &Actor, id: RegistrationId) -> Answer<()> {
        actor.admin()?;
        rows::get(&self.0.store, id).await?.ok_or(Refusal::NotFound)?;
        rows::drop_next(&self.0.store, id, None).await?;
        tracing::info!(registration = id.0, "a new secret was taken away before it proved itself");
        self.0.changes.tell("registrations");
        Ok(())
    }

    async fn make_default(&self, actor: &Actor, id: RegistrationId) -> Answer<()> {
        actor.admin()?;
        let row = rows::get(&self.0.store, id).await?.ok_or(Refusal::NotFound)?;
        rows::make_default(self.0.store.write(), &row).await?;
        self.0.changes.tell("registrations");
        Ok(())
    }

    async fn delete(&self, actor: &Actor, id: RegistrationId) -> Answer<()> {
        actor.admin()?;
        let row = rows::get(&self.0.store, id).await?.ok_or(Refusal::NotFound)?;
        if rows::uses(&self.0.store).await?.contains_key(&id.0) {
            return Err(Fault::RegistrationInUse.into());
        }
        rows::remove(&self.0.store, &row).await?;
        self.0.changes.tell("registrations");
        tracing::info!(registration = id.0, "an app registration was deleted");
        Ok(())
    }
}

/// What the app is called in the provider's console; people see it when they sign in.
const APP_NAME: &str = "Mailkeep";

fn view(engine: &Engine, row: &Row, mailboxes: u32, redirect: &str) -> Registration {
    let failing = row.failing_diagnosis.as_deref().and_then(evidence::diagnosis);
    Registration {
        id: RegistrationId(row.id),
        provider_key: row.provider_key.clone(),
        provider_short: engine.providers.view(&row.provider_key).short,
        name: row.name.clone(),
        client_id: row.client_id.clone(),
        tenant: row.tenant.clone(),
        secret_ends_at: row.secret_ends_at.map(Time),
        default: row.is_default,
        mailboxes,
        failing: failing.zip(row.failing_since.map(Time)),
        next_secret: row.next_secret_sealed.as_ref().map(|_| NextSecret {
            entered_at: Time(row.next_secret_at.unwrap_or_default()),
            ends_at: row.next_secret_ends_at.map(Time),
            refused: row.next_refused.as_deref().and_then(evidence::diagnosis),
        }),
        audience: row.audience.as_deref().and_then(Whose::from_key),
        redirect_moved: row.redirect.as_deref().is_some_and(|known| known != redirect),
        tested: row.test.as_deref().and_then(|text| serde_json::from_str(text).ok()),
    }
}

/// What a form comes to, before anything is written.
struct Sound<'a> {
    old: Option<Row>,
    entry: &'a ProviderEntry,
    change: Change,
    secret: Secret,
}

/// Refuses what [`save`] would refuse.
pub(super) async fn check(engine: &Engine, form: &RegistrationForm) -> Answer<()> {
    sound(engine, form).await.map(|_| ())
}

async fn sound<'a>(engine: &'a Engine, form: &RegistrationForm) -> Answer<Sound<'a>> {
    let old = match form.id {
        Some(id) => Some(rows::get(&engine.store, id).await?.ok_or(Refusal::NotFound)?),
        None => None,
    };
    let key = old.as_ref().map_or(&*form.provider_key, |row| &*row.provider_key);
    let entry = engine.providers.get(key).filter(|p| p.authorize_url.is_some()).ok_or(Fault::ProviderUnknown)?;
    let redirect = redirect_address(engine).await.unwrap_or_default();
    if !oauth_address::accepted(&redirect) {
        return Err(Fault::PublicAddressRefused.into());
    }
    let secret = Secret::new(form.secret.trim());
    let mut change = checked(form, entry.kind, secret.reveal(), &entry.short)?;
    if old.is_none() && secret.reveal().is_empty() {
        return Err(Fault::SecretMissing.into());
    }
    change.redirect = redirect;
    // Another client id has another secret: nothing of the old one is worth keeping.
    let same = old.as_ref().filter(|row| row.secret_sealed.is_some() && row.client_id == change.client_id);
    change.beside = same.is_some() && !secret.reveal().is_empty();
    Ok(Sound { old, entry, change, secret })
}

pub(super) async fn save(engine: &Arc<Engine>, form: RegistrationForm) -> Answer<RegistrationId> {
    let Sound { old, entry, change, secret } = sound(engine, &form).await?;
    let seal =
        |id: RegistrationId| (!secret.reveal().is_empty()).then(|| engine.vault.seal(&secret_purpose(id.0), &secret));
    let id = rows::save(&engine.store, form.id, &entry.key, change, seal, clock::now()).await?;
    tracing::info!(registration = id.0, "an app registration was saved");
    engine.changes.tell("registrations");
    // The test promotes a new secret that the provider takes; then one refresh heals every mailbox.
    if let Some(row) = rows::get(&engine.store, id).await? {
        registrations::test(engine, &row).await?;
    }
    if old.is_some() {
        // Its platform may be Web by now.
        crate::store::rules::forget_registration(&engine.store, id).await?;
        grants::retry(engine, id).await;
    }
    Ok(id)
}

/// The form, word by word. Pure.
fn checked(form: &RegistrationForm, kind: ProviderKind, secret: &str, short: &str) -> Result<Change, Fault> {
    let (client_id, tenant) = (form.client_id.trim(), form.tenant.trim().to_ascii_lowercase());
    let name = form.name.trim();
    let word = |text: &str| !text.is_empty() && text.len() <= 256 && text.chars().all(|c| c.is_ascii_graphic());
    if name.chars().count() > 100 {
        return Err(Fault::TextTooLong);
    }
    if !word(client_id) || (kind == ProviderKind::Microsoft && !is_guid(client_id)) {
        return Err(Fault::ClientIdMalformed);
    }
    let tenant = match kind {
        ProviderKind::Microsoft if tenant.is_empty() => "common".to_owned(),
        ProviderKind::Microsoft => {
            let known = ["common", "organizations", "consumers"].contains(&&*tenant);
            let named = is_domain(&tenant) && tenant.contains('.');
            if !(known || named || is_guid(&tenant)) {
                return Err(Fault::TenantMalformed);
            }
            tenant
        }
        _ => String::new(),
    };
    // The portal shows the secret's id beside its value, and the id is what gets pasted.
    if is_guid(secret) {
        return Err(Fault::SecretIsAnId);
    }
    if !secret.is_empty() && !word(secret) {
        return Err(Fault::SecretMissing);
    }
    Ok(Change {
        name: if name.is_empty() { short.to_owned() } else { name.to_owned() },
        client_id: client_id.to_owned(),
        tenant,
        secret_ends_at: date(form.secret_ends_on.trim())?,
        audience: Whose::from_key(form.audience.trim()).map(|whose| whose.key().to_owned()),
        redirect: String::new(),
        beside: false,
    })
}

fn date(text: &str) -> Result<Option<Time>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    let parts: Vec<Option<i64>> = text.split('-').map(|p| p.parse().ok()).collect();
    match parts[..] {
        [Some(year @ 2000..=2999), Some(month), Some(day)] => {
            let (month, day) = (u8::try_from(month).ok(), u8::try_from(day).ok());
            month.zip(day).and_then(|(m, d)| Time::from_date(year, m, d)).map(Some).ok_or(Fault::DateMalformed)
        }
        _ => Err(Fault::DateMalformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "11111111-2222-4333-8444-555555555555";

    fn form(client_id: &str, tenant: &str, ends: &str) -> RegistrationForm {
        RegistrationForm {
            client_id: client_id.into(),
            tenant: tenant.into(),
            secret_ends_on: ends.into(),
            ..Default::default()
        }
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        let check =
            |form: RegistrationForm, secret: &str| checked(&form, ProviderKind::Microsoft, secret, "Microsoft").err();
        assert_eq!(check(form(GUID, "", ""), "a~b+c"), None);
        assert_eq!(check(form(GUID, "Contoso.example", "2027-02-28"), ""), None);
        assert_eq!(check(form(GUID, GUID, ""), ""), None);
        assert_eq!(check(form("mailkeep", "", ""), ""), Some(Fault::ClientIdMalformed));
        assert_eq!(check(form(GUID, "contoso", ""), ""), Some(Fault::TenantMalformed));
        assert_eq!(check(form(GUID, "../x.y", ""), ""), Some(Fault::TenantMalformed));
        assert_eq!(check(form(GUID, "", ""), GUID), Some(Fault::SecretIsAnId));
        assert_eq!(check(form(GUID, "", "2027-02-30"), ""), Some(Fault::DateMalformed));
        assert_eq!(check(form(GUID, "", "soon"), ""), Some(Fault::DateMalformed));
        let google =
            checked(&form("77.apps.example", "ignored", ""), ProviderKind::Google, "s", "Google").expect("sound");
        assert_eq!((&*google.tenant, &*google.name), ("", "Google"));
    }
}
