//! Setting out.

use super::{LIFE, party, verifier_purpose};
use crate::Engine;
use crate::clock;
use crate::oauth::{self, Ask};
use crate::providers::ProviderEntry;
use crate::store::{accounts, directions, grants, mailboxes, registrations, sign_in_links, signins};
use crate::vault::token_hash;
use domain::console::Actor;
use domain::id::{AccountId, GrantId, LinkId, MailboxId, PersonId, RegistrationId};
use domain::refusal::Fault;
use domain::signin::{Intent, LinkFor};
use domain::{Answer, Direction, Refusal};
use std::sync::Arc;

/// Who sets out, for what.
pub struct Outset<'a> {
    pub browser: &'a str,
    pub mailbox: MailboxId,
    pub intent: Intent,
    /// Forces the provider's account picker.
    pub pick: bool,
    pub person: Option<PersonId>,
    /// The link it begins by.
    pub link: Option<&'a sign_in_links::Row>,
}

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
    set_out(engine, Outset { browser, mailbox, intent, pick, person: Some(actor.person), link: None }).await
}

/// The same for an admin or for whoever has a link.
///
/// # Errors
/// As [`begin`]'s.
pub async fn set_out(engine: &Engine, outset: Outset<'_>) -> Answer<String> {
    let Outset { browser, mailbox, intent, pick, person, link } = outset;
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
    // The same registration again where there is one: a grant belongs to it.
    let known = match (&current, intent) {
        (Some((_, grant)), Intent::Reauthorize | Intent::Connect | Intent::Adopt) => {
            registrations::get(&engine.store, RegistrationId(grant.registration_id)).await?
        }
        _ => None,
    };
    let known = known.filter(|r| r.provider_key == entry.key);
    let expected = match (link.map(|link| (link.who(), link.account_id)), intent) {
        (Some((LinkFor::Same, account)), _) => match account {
            Some(id) => accounts::get(&engine.store, AccountId(id)).await?,
            None => None,
        },
        (Some(_), _) => None,
        (None, Intent::Reauthorize) => current.map(|(account, _)| account),
        // A mailbox at work that has an account: whoever presses *sign in* means that one.
        (None, Intent::Connect) if !row.draft => current.map(|(account, _)| account),
        (None, Intent::Connect | Intent::Switch | Intent::Adopt) => None,
    };
    let registration = match known {
        Some(known) => Some(known),
        None => registrations::default_of(&engine.store, &entry.key).await?,
    };
    let mut registration = registration.filter(|r| r.provider_key == entry.key).ok_or(Fault::RegistrationMissing)?;
    // A personal address at a registration for organisations ends on a page of Microsoft's (R11).
    let address = plan.as_ref().map_or_else(|| row.address.clone(), |plan| plan.address.to_string());
    let personal =
        entry.personal.as_ref().is_some_and(|p| p.domains.iter().any(|d| address.ends_with(&format!("@{d}"))));
    if personal && expected.is_none() && !takes_personal(&registration.tenant) {
        let others = registrations::all(&engine.store).await?;
        registration = others
            .into_iter()
            .find(|r| r.provider_key == entry.key && takes_personal(&r.tenant))
            .ok_or(Fault::RegistrationNotPersonal)?;
    }
    let (_, party) = party(engine, &registration).await.ok_or(Fault::UrlMalformed)?;
    let scopes = entry.scopes_for(used(Direction::Incoming), used(Direction::Outgoing));
    let named = link.and_then(|link| link.named.as_deref());
    let hint = expected.as_ref().map(|account| account.login.as_str()).or(named);
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
        person,
        expected: expected.as_ref().map(|account| AccountId(account.id)),
        created_at: now,
        expires_at: now + LIFE,
        link: link.map(|link| LinkId(link.id)),
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
pub(super) async fn current_account(
    engine: &Engine,
    sides: &[directions::Row],
) -> Answer<Option<(accounts::Row, grants::Row)>> {
    for grant in sides.iter().filter(|s| s.used).filter_map(|s| s.grant_id) {
        if let Some(grant) = grants::get(engine.store.read(), GrantId(grant)).await?
            && let Some(account) = accounts::get(&engine.store, AccountId(grant.account_id)).await?
        {
            return Ok(Some((account, grant)));
        }
    }
    Ok(None)
}
