//! One refresh of one grant.

use super::{cause, definite, good, lost, passing, seal};
use crate::Engine;
use crate::clock;
use crate::evidence;
use crate::login::Fault;
use crate::oauth::{self, TokenError, Tokens};
use crate::providers::ProviderEntry;
use crate::secret::Secret;
use crate::store::grants::{self as rows, Row, Setback};
use crate::store::{StoreError, directions, refreshes, registrations};
use domain::credential::CredentialKind;
use domain::id::{GrantId, RegistrationId};
use domain::remedy::Remedy;
use domain::time::Span;
use domain::{Diagnosis, Time, backoff};
use std::time::Duration;

/// How long a refresh may hold the row: longer than the request's own time-out.
const LEASE: Span = Span::seconds(60);
/// How long a caller waits for another one's refresh.
const PATIENCE: Duration = Duration::from_secs(40);

/// How often fresh tokens are tried to be stored, and how far apart: within the lease.
const STORE_TRIES: u32 = 8;
const STORE_PAUSE: Duration = Duration::from_secs(3);

/// Why a token is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The one at hand is too old.
    Needed,
    /// A server refused the one at hand.
    Refused,
    /// It is time.
    Ahead,
}

/// What to do about a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// The grant is dead; only a new sign-in helps.
    Lose,
    /// All grants of the registration are concerned, and none is lost.
    Registration,
    /// A rule elsewhere stands in the way; it is tried again now and then.
    Policy,
}

fn next(diagnosis: Diagnosis) -> Next {
    match diagnosis.remedy(CredentialKind::Grant) {
        Remedy::FixAppRegistration => Next::Registration,
        Remedy::AdminConsent | Remedy::AskAdministrator | Remedy::FixMailboxSettings | Remedy::Wait => Next::Policy,
        Remedy::SignInAgain
        | Remedy::AnotherPersonSignsIn
        | Remedy::GivePassword
        | Remedy::UseAppPassword
        | Remedy::SwitchToSignIn => Next::Lose,
    }
}

/// Refreshes, unless somebody else did since `generation`.
pub async fn refresh(engine: &Engine, grant: GrantId, generation: i64, why: Why) -> Result<Secret, Fault> {
    if engine.silence.is() {
        return Err(passing(Diagnosis::HostUnreachable, crate::net::SHUT));
    }
    let lock = engine.grants.lock(grant);
    let Ok(_held) = tokio::time::timeout(PATIENCE, lock.lock()).await else {
        return Err(passing(Diagnosis::TimedOut, "another refresh takes long"));
    };
    let deadline = tokio::time::Instant::now() + PATIENCE;
    loop {
        let row = super::read(engine, grant).await?;
        let moved = row.generation != generation;
        if (moved || why == Why::Needed)
            && let Some(token) = good(engine, &row)
        {
            return Ok(token);
        }
        let now = clock::now();
        if row.failed_refreshes > 0 && !backoff::POLICY.is_due(Time(row.refresh_due_at), now) {
            return Err(cause(&row).unwrap_or_else(|| {
                passing(Diagnosis::ProviderFault, "the provider did not answer; it is asked again soon")
            }));
        }
        match rows::lease(&engine.store, &row, &engine.grants.owner(engine), now, LEASE).await {
            Ok(true) => {}
            Ok(false) if tokio::time::Instant::now() < deadline => {
                // Another node refreshes: its result will be in the row.
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            }
            Ok(false) => return Err(passing(Diagnosis::TimedOut, "another node's refresh takes long")),
            Err(error) => return Err(database(grant, &error)),
        }
        match once(engine, &row).await {
            Ok(Some(token)) => return Ok(token),
            // The generation moved on while we asked: what is there now counts.
            Ok(None) => {}
            Err(fault) => return Err(fault),
        }
    }
}

/// One request and its consequences; `None` when the row moved on meanwhile.
async fn once(engine: &Engine, row: &Row) -> Result<Option<Secret>, Fault> {
    let grant = GrantId(row.id);
    let registration = registrations::get(&engine.store, RegistrationId(row.registration_id)).await;
    let registration = match registration {
        Ok(Some(registration)) => registration,
        Ok(None) => {
            leave(engine, row).await?;
            return Err(definite(Diagnosis::ClientSecretWrong, "the app registration was removed"));
        }
        Err(error) => return Err(database(grant, &error)),
    };
    let Some((entry, parties)) = crate::registrations::parties(engine, &registration).await else {
        leave(engine, row).await?;
        return Err(passing(Diagnosis::Unknown, "the app registration can't be used"));
    };
    let refresh_token =
        row.refresh_sealed.as_deref().map(|sealed| engine.vault.open(&seal::refresh_purpose(grant), sealed));
    let answer = match refresh_token {
        Some(Ok(token)) => {
            tracing::debug!(grant = row.id, "refreshing");
            let scopes = seal::refresh_scopes(entry, &row.scopes);
            let mut answer = None;
            for (which, party) in &parties {
                let heard = oauth::refresh(engine, party, &token, &scopes).await;
                let other = crate::registrations::learn(engine, &registration, *which, &heard).await;
                answer = Some(heard);
                if !other {
                    break;
                }
            }
            answer.unwrap_or_else(|| {
                Err(TokenError::Refused {
                    finding: oauth::finding(Diagnosis::ClientSecretWrong, domain::diagnosis::Certainty::Definite),
                    said: String::new(),
                })
            })
        }
        Some(Err(error)) => {
            tracing::error!(grant = row.id, %error, "a refresh token does not open");
            leave(engine, row).await?;
            return Err(passing(Diagnosis::Unknown, "the sign-in does not open"));
        }
        None => Err(TokenError::Refused {
            finding: oauth::finding(Diagnosis::SignInExpired, domain::diagnosis::Certainty::Definite),
            said: "the provider gave no refresh token at the sign-in".into(),
        }),
    };
    fail::fail_point!("refresh-answered");
    match answer {
        Ok(tokens) => store(engine, row, entry, tokens).await,
        Err(TokenError::Refused { finding, said }) => {
            let fault = Fault { finding, said };
            let counts = &engine.counts.refreshes;
            let (count, moved) = match next(fault.finding.diagnosis) {
                Next::Lose => (&counts.lost, lose(engine, row, &fault).await),
                Next::Registration => (&counts.registration, registration_failed(engine, row, &fault).await),
                Next::Policy => (&counts.policy, policy(engine, row, &fault).await),
            };
            if matches!(moved, Ok(false)) {
                count.add();
            }
            match moved {
                Ok(true) => Ok(None),
                Ok(false) => Err(fault),
                Err(error) => Err(database(grant, &error)),
            }
        }
        Err(TokenError::Later { finding, said, after }) => {
            engine.counts.refreshes.later.add();
            let failed = row.failed_refreshes + 1;
            let attempts = u32::try_from(failed).unwrap_or(u32::MAX);
            let pause = backoff::NETWORK.pause(attempts, rand::random()).max(after.unwrap_or_default());
            let setback = Setback { failed_refreshes: failed, due_at: clock::now() + pause, cause: None };
            if let Err(error) = rows::put_off(&engine.store, row, setback).await {
                return Err(database(grant, &error));
            }
            tracing::info!(grant = row.id, attempts, wait_ms = pause.0, said, "the refresh is put off");
            engine.wake.refresher.notify_one();
            Err(Fault { finding, said })
        }
    }
}

/// It can't even be asked for: looked at again when somebody may have mended it.
async fn leave(engine: &Engine, row: &Row) -> Result<(), Fault> {
    let due_at = clock::now() + backoff::POLICY.pause(1, rand::random());
    let setback = Setback { failed_refreshes: row.failed_refreshes + 1, due_at, cause: None };
    rows::put_off(&engine.store, row, setback).await.map(|_| ()).map_err(|error| database(GrantId(row.id), &error))
}

async fn store(engine: &Engine, row: &Row, entry: &ProviderEntry, tokens: Tokens) -> Result<Option<Secret>, Fault> {
    let grant = GrantId(row.id);
    let used = rows::is_used(engine.store.read(), grant).await.unwrap_or(true);
    let now = clock::now();
    let fresh = seal::Fresh {
        tokens: &tokens,
        scopes: None,
        provider: entry,
        fixed_end_at: row.fixed_end_at.map(Time),
        used,
        jitter: rand::random(),
        now,
    };
    let sealed = seal::sealed(&engine.vault, grant, &fresh);
    // Perhaps the only copy of a rotated token: the database is asked as long as the lease holds.
    let mut tries = 1;
    let stored = loop {
        match rows::refreshed(&engine.store, row, sealed.clone(), now).await {
            Err(error) if tries < STORE_TRIES => {
                tracing::warn!(grant = row.id, %error, tries, "fresh tokens could not be stored; trying again");
                tries += 1;
                tokio::time::sleep(STORE_PAUSE).await;
            }
            stored => break stored,
        }
    };
    match stored {
        Ok(true) => engine.counts.refreshes.refreshed.add(),
        Ok(false) => {
            engine.node.refused_late_grant(grant);
            return Ok(None);
        }
        Err(error) => return Err(database(grant, &error)),
    }
    fail::fail_point!("refresh-stored");
    tracing::debug!(grant = row.id, generation = row.generation + 1, "refreshed");
    if let Err(error) = refreshes::count(engine.store.write(), grant, now).await {
        tracing::warn!(grant = row.id, %error, "a refresh could not be counted");
    }
    engine.wake.refresher.notify_one();
    if let Err(error) = recovered(engine, row).await {
        tracing::error!(grant = row.id, %error, "a recovery could not be written down");
    }
    Ok(Some(tokens.access))
}

/// The provider no longer accepts the grant. `true` when the row moved on: somebody has newer tokens.
async fn lose(engine: &Engine, row: &Row, fault: &Fault) -> Result<bool, StoreError> {
    let key = evidence::key(fault.finding.diagnosis);
    if !rows::lose(&engine.store, row, &key, &fault.said, clock::now()).await? {
        engine.node.refused_late_grant(GrantId(row.id));
        return Ok(true);
    }
    tracing::warn!(grant = row.id, diagnosis = ?fault.finding.diagnosis, "the grant is lost");
    if let Err(error) = crate::ends::learn(engine, row, &fault.said, clock::now()).await {
        tracing::error!(grant = row.id, %error, "a lesson could not be kept");
    }
    testify(engine, GrantId(row.id), fault).await?;
    Ok(false)
}

async fn registration_failed(engine: &Engine, row: &Row, fault: &Fault) -> Result<bool, StoreError> {
    crate::ends::learn(engine, row, &fault.said, clock::now()).await?;
    if policy(engine, row, fault).await? {
        return Ok(true);
    }
    let id = RegistrationId(row.registration_id);
    if registrations::mark_failing(&engine.store, id, &evidence::key(fault.finding.diagnosis), clock::now()).await? {
        tracing::warn!(registration = id.0, diagnosis = ?fault.finding.diagnosis, "the app registration is refused");
        engine.changes.tell("registrations");
    }
    Ok(false)
}

/// Something elsewhere must be set right; the grant itself may well be alive.
async fn policy(engine: &Engine, row: &Row, fault: &Fault) -> Result<bool, StoreError> {
    let key = evidence::key(fault.finding.diagnosis);
    let due_at = clock::now() + backoff::POLICY.pause(1, rand::random());
    let setback = Setback { failed_refreshes: row.failed_refreshes + 1, due_at, cause: Some((&key, &fault.said)) };
    if !rows::put_off(&engine.store, row, setback).await? {
        return Ok(true);
    }
    testify(engine, GrantId(row.id), fault).await?;
    Ok(false)
}

/// Every direction that signs in by the grant is told at once, not at its next attempt.
async fn testify(engine: &Engine, grant: GrantId, fault: &Fault) -> Result<(), StoreError> {
    for (mailbox, direction) in directions::by_grant(&engine.store, grant).await? {
        evidence::failed(engine, mailbox, direction, evidence::Tried::Grant(grant), fault).await?;
        engine.wake.mailbox(mailbox);
    }
    engine.wake.outbox.notify_one();
    Ok(())
}

/// A refresh worked: whatever stood in the way of this grant or its registration is gone.
async fn recovered(engine: &Engine, row: &Row) -> Result<(), StoreError> {
    let id = RegistrationId(row.registration_id);
    let mut healed = Vec::new();
    if row.lost_diagnosis.is_some() {
        healed.push(row.id);
    }
    if registrations::mark_working(&engine.store, id).await? {
        tracing::info!(registration = id.0, "the app registration works again");
        rows::hasten(&engine.store, id, clock::now()).await?;
        for grant in rows::of_registration(&engine.store, id).await? {
            healed.push(grant.id);
        }
    }
    if !healed.is_empty() {
        release(engine, &healed).await?;
        engine.changes.tell("registrations");
    }
    Ok(())
}

/// Lets the directions of these grants try at once.
pub async fn release(engine: &Engine, grants: &[i64]) -> Result<(), StoreError> {
    for (mailbox, _) in rows::release(engine.store.write(), grants, clock::now()).await? {
        engine.wake.mailbox(mailbox);
    }
    engine.wake.outbox.notify_one();
    engine.wake.refresher.notify_one();
    Ok(())
}

fn database(grant: GrantId, error: &StoreError) -> Fault {
    tracing::error!(grant = grant.0, %error, "a grant can't be read or written");
    passing(Diagnosis::Unknown, "the database did not answer")
}

/// Refreshes ahead of time.
pub async fn ahead(engine: &Engine, grant: GrantId) -> Result<(), Fault> {
    let row = match rows::get(engine.store.read(), grant).await {
        Ok(Some(row)) if lost(&row).is_none() => row,
        Ok(_) => return Ok(()),
        Err(error) => return Err(database(grant, &error)),
    };
    refresh(engine, grant, row.generation, Why::Ahead).await.map(|_| ())
}
