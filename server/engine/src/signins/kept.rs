//! *Check again*: a sign-in that failed in a direction is tried once more, without a second sign-in.

use super::settle::Settle;
use super::swap::{self, By, Outcome};
use super::{finish_check, prove};
use crate::Engine;
use crate::clock;
use crate::grants;
use crate::store::directions::{self, Row};
use crate::store::{accounts, events, grants as grant_rows, mailboxes, registrations, sign_in_links, signins};
use domain::console::mailboxes::CheckResult;
use domain::id::{AccountId, GrantId, MailboxId, RegistrationId};
use domain::{Address, Answer, Direction, Refusal, Time};

/// Probes what is kept for a mailbox and swaps what proves itself. Without anything kept the
/// result has no reports: the caller checks what is in use.
///
/// # Errors
/// [`Refusal::NotFound`] for a mailbox that is gone.
pub async fn retry_kept(engine: &Engine, mailbox: MailboxId) -> Answer<CheckResult> {
    let row = mailboxes::get(&engine.store, mailbox).await?.ok_or(Refusal::NotFound)?;
    let address = Address::parse(&row.address).map_err(|_| Refusal::Unavailable)?;
    let folder =
        signins::first_folder(&engine.store, mailbox).await?.map_or_else(|| "INBOX".to_owned(), |(name, _)| name);
    let now = clock::now();
    let mut sides = Vec::new();
    for direction in Direction::BOTH {
        let side = directions::get(engine.store.read(), mailbox, direction).await?;
        sides.extend(
            side.filter(|s| s.used && s.kept_grant_id.is_some() && s.kept_until.is_some_and(|until| Time(until) > now)),
        );
    }
    let probes = sides.iter().map(|side| probe(engine, side, &address, &folder));
    let mut tried = Vec::new();
    for found in futures::future::join_all(probes).await {
        tried.extend(found?);
    }
    if tried.is_empty() {
        return Ok(CheckResult { mailbox, at: now, reports: Vec::new(), swapped: Vec::new() });
    }
    let check = write(engine, mailbox, row.draft, tried).await?;
    finish_check(engine, &check);
    Ok(check)
}

/// A direction's kept sign-in, probed: its grant, its provider's key, the account's login.
struct Tried {
    grant: GrantId,
    provider_key: String,
    login: String,
    outcome: Outcome,
}

async fn probe(engine: &Engine, side: &Row, address: &Address, folder: &str) -> Answer<Option<Tried>> {
    let (Some(direction), Some(grant)) = (Direction::from_key(&side.direction), side.kept_grant_id.map(GrantId)) else {
        return Ok(None);
    };
    let Some(kept) = grant_rows::get(engine.store.read(), grant).await? else { return Ok(None) };
    let account = accounts::get(&engine.store, AccountId(kept.account_id)).await?;
    let registration = registrations::get(&engine.store, RegistrationId(kept.registration_id)).await?;
    let (Some(account), Some(registration)) = (account, registration) else { return Ok(None) };
    let Some(entry) = engine.providers.get(&registration.provider_key) else { return Ok(None) };
    let Some(endpoint) = prove::endpoint(engine, entry, &account, side, direction, address) else { return Ok(None) };
    let users = prove::users(direction, address, &account.login);
    let first = users.first().cloned().unwrap_or_default();
    let report = match grants::access_token(engine, grant).await {
        Ok(token) => {
            let proof = prove::token(&token);
            let access = prove::access(engine, &entry.key, endpoint.clone(), address, users, &proof, Some(&account));
            prove::probe(engine, direction, &access, folder).await
        }
        Err(fault) => prove::unreached(direction, fault.failure()),
    };
    let user_name = report.user.clone().unwrap_or(first);
    let settle = if report.ok() { Settle::Swap } else { Settle::Leave };
    let outcome = Outcome { direction, report, endpoint, user_name, covered: true, settle };
    Ok(Some(Tried { grant, provider_key: entry.key.clone(), login: account.login, outcome }))
}

async fn write(
    engine: &Engine,
    mailbox: MailboxId,
    draft: bool,
    tried: Vec<Tried>,
) -> Result<CheckResult, crate::store::StoreError> {
    let now = clock::now();
    let tx = engine.store.begin().await?;
    let mut swapped = Vec::new();
    for Tried { grant, provider_key, login, outcome } in &tried {
        let row = directions::get(&tx, mailbox, outcome.direction).await?;
        // A newer sign-in may have taken its place.
        let Some(row) = row.filter(|row| row.kept_grant_id == Some(grant.0) && outcome.settle == Settle::Swap) else {
            continue;
        };
        let by = By { person: None, account: Some(login), keep_until: None };
        swap::write(&tx, &row, outcome, swap::New::Grant(*grant), &by, now).await?;
        if swapped.is_empty() {
            signins::connect(&tx, mailbox, Some(provider_key), draft.then_some(now)).await?;
            sign_in_links::end_of(&tx, mailbox, now).await?;
            let by_password = row.credential.as_deref() == Some("password");
            events::note(&tx, mailbox, now, &swap::event(draft, by_password, login, None), None).await?;
        }
        swapped.push(outcome.direction);
    }
    let reports = tried.into_iter().map(|t| t.outcome.report).collect();
    let check = CheckResult { mailbox, at: now, reports, swapped };
    signins::note_check(&tx, mailbox, now, serde_json::to_string(&check).unwrap_or_default()).await?;
    tx.commit().await?;
    Ok(check)
}
