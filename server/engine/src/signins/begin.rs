//! Setting out.

use super::{LIFE, party, verifier_purpose};
use crate::Engine;
use crate::clock;
use crate::oauth::{self, Ask};
use crate::providers::ProviderEntry;
use crate::store::{accounts, directions, grants, mailboxes, registrations, signins};
use crate::vault::token_hash;
use domain::console::Actor;
use domain::id::{AccountId, GrantId, MailboxId, RegistrationId};
use domain::refusal::Fault;
use domain::signin::Intent;
use domain::{Answer, Direction, Refusal};
use std::sync::Arc;

/// Records a sign-in, bound to the browser, and gives the provider's address to redirect to.
///
/// # Errors
/// [`Fault::RegistrationMissing`] when there is none for the provider, [`Fault::UrlMalformed`]
/// while the desk has no public address.
pub async fn begin(
    engine: &Arc<Engine>,
    actor: &Actor,
    browser: &str,
    mailbox: MailboxId,
    intent: Intent,
    pick: bool,
) -> Answer<String> {
    let row = mailboxes::get(&engine.store, mailbox).await?.ok_or(Refusal::NotFound)?;
    let mut sides = Vec::new();
    for direction in Direction::BOTH {
        sides.extend(directions::get(engine.store.read(), mailbox, direction).await?);
    }
    let used = |d: Direction| sides.iter().any(|s| s.direction == d.key() && s.used);
    if !used(Direction::Incoming) && !used(Direction::Outgoing) {
        return Err(Fault::NoDirection.into());
    }
    let plan = crate::switching::planned(engine, mailbox, intent).await?;
    let key = plan.as_ref().map_or(&row.provider_key, |plan| &plan.provider_key);
    let entry = provider(engine, key, &sides).ok_or(Fault::ProviderUnknown)?;
    let current = current_account(engine, &sides).await?;
    let expected = match intent {
        Intent::Reauthorize => current,
        // A mailbox at work that has an account: whoever presses *sign in* means that one.
        Intent::Connect if !row.draft => current,
        Intent::Connect | Intent::Switch | Intent::Adopt => None,
    };
    // The same registration again where there is one: a grant belongs to it.
    let registration = match &expected {
        Some((_, grant)) => registrations::get(&engine.store, RegistrationId(grant.registration_id)).await?,
        None => registrations::default_of(&engine.store, &entry.key).await?,
    };
    let mut registration = registration.filter(|r| r.provider_key == entry.key).ok_or(Fault::RegistrationMissing)?;
    // A personal address at a registration for organisations ends on a page of Microsoft's (R11).
    let personal =
        entry.personal.as_ref().is_some_and(|p| p.domains.iter().any(|d| row.address.ends_with(&format!("@{d}"))));
    if personal && expected.is_none() && !takes_personal(&registration.tenant) {
        let others = registrations::all(&engine.store).await?;
        registration = others
            .into_iter()
            .find(|r| r.provider_key == entry.key && takes_personal(&r.tenant))
            .ok_or(Fault::RegistrationNotPersonal)?;
    }
    let (_, party) = party(engine, &registration).await.ok_or(Fault::UrlMalformed)?;
    let scopes = entry.scopes_for(used(Direction::Incoming), used(Direction::Outgoing));
    let hint = expected.as_ref().map(|(account, _)| account.login.as_str());
    let outset = oauth::set_out(&party, &Ask { scopes: &scopes, login_hint: hint, pick }).map_err(|error| {
        tracing::error!(registration = registration.id, %error, "no sign-in can begin");
        Refusal::from(Fault::UrlMalformed)
    })?;
    let now = clock::now();
    let state_hash = token_hash(outset.state.reveal());
    let verifier_sealed = engine.vault.seal(&verifier_purpose(&state_hash), &outset.verifier);
    let new = signins::New {
        verifier_sealed: Some(verifier_sealed),
        state_hash,
        browser_hash: token_hash(browser),
        nonce_hash: token_hash(outset.nonce.reveal()),
        intent,
        mailbox,
        registration: RegistrationId(registration.id),
        person: Some(actor.person),
        expected: expected.as_ref().map(|(account, _)| AccountId(account.id)),
        created_at: now,
        expires_at: now + LIFE,
    };
    let sign_in = signins::add(engine.store.write(), new).await?;
    tracing::info!(sign_in = sign_in.0, mailbox = mailbox.0, intent = intent.key(), "a sign-in set out");
    Ok(outset.url)
}

/// Whether personal accounts may sign in through this tenant segment (Microsoft, *v2 endpoints*).
fn takes_personal(tenant: &str) -> bool {
    ["common", "consumers", oauth::CONSUMERS].iter().any(|open| tenant.trim().eq_ignore_ascii_case(open))
}

/// The provider at whose pages a mailbox signs in.
fn provider<'a>(engine: &'a Engine, key: &str, sides: &[directions::Row]) -> Option<&'a ProviderEntry> {
    let signs_in = |p: &&ProviderEntry| p.authorize_url.is_some();
    engine
        .providers
        .get(key)
        .filter(signs_in)
        // A password mailbox set up as *Other* at a provider's servers (R2: told by host).
        .or_else(|| sides.iter().find_map(|s| engine.providers.by_host(s.host.as_deref()?).filter(signs_in)))
}

/// The key of that provider.
///
/// # Errors
/// [`Refusal::NotFound`] for a mailbox that is not there, [`Fault::ProviderUnknown`] for one that signs in nowhere.
pub async fn provider_of(engine: &Engine, mailbox: MailboxId, intent: Intent) -> Answer<String> {
    let plan = crate::switching::planned(engine, mailbox, intent).await?;
    let row = mailboxes::get(&engine.store, mailbox).await?.ok_or(Refusal::NotFound)?;
    let mut sides = Vec::new();
    for direction in Direction::BOTH {
        sides.extend(directions::get(engine.store.read(), mailbox, direction).await?);
    }
    let key = plan.as_ref().map_or(&row.provider_key, |plan| &plan.provider_key);
    Ok(provider(engine, key, &sides).ok_or(Fault::ProviderUnknown)?.key.clone())
}

/// Who a mailbox signs in as now, with the grant.
async fn current_account(engine: &Engine, sides: &[directions::Row]) -> Answer<Option<(accounts::Row, grants::Row)>> {
    for grant in sides.iter().filter(|s| s.used).filter_map(|s| s.grant_id) {
        if let Some(grant) = grants::get(engine.store.read(), GrantId(grant)).await?
            && let Some(account) = accounts::get(&engine.store, AccountId(grant.account_id)).await?
        {
            return Ok(Some((account, grant)));
        }
    }
    Ok(None)
}
