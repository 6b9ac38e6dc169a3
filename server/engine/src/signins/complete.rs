//! Coming back.

use super::finish::{self, Candidate, Frame};
use super::refuse::refuse;
use super::{LIFE, verifier_purpose};
use crate::Engine;
use crate::clock;
use crate::grants::{Fresh, mail_scopes, sealed};
use crate::oauth::claims::Unsound;
use crate::oauth::{self, Expected, Party, TokenError, Tokens};
use crate::providers::ProviderEntry;
use crate::registrations::{Which, learn, parties};
use crate::secret::Secret;
use crate::store::accounts::{self, Identity};
use crate::store::registrations::{self, Row as Registration};
use crate::store::signins::{self, New, Row};
use crate::store::{StoreError, grants, mailboxes, sign_in_links};
use crate::vault;
use crate::vault::token_hash;
use domain::console::Actor;
use domain::console::signins::{Arrival, Callback};
use domain::credential::CredentialKind;
use domain::diagnosis::{Certainty, Finding};
use domain::id::{AccountId, GrantId, LinkId, MailboxId, PersonId, RegistrationId, SignInId};
use domain::provider::ProviderKind;
use domain::refusal::Conflict;
use domain::remedy::Remedy;
use domain::signin::{CallbackRefusal, Intent, LinkFor, SignInState};
use domain::{Answer, Diagnosis, Refusal, Time};
use std::sync::Arc;

/// Why a sign-in that is ours did not complete, with what the provider said.
pub struct Stopped {
    pub refusal: CallbackRefusal,
    pub said: String,
}

impl Stopped {
    fn because(refusal: CallbackRefusal) -> Self {
        Self { refusal, said: String::new() }
    }
}

/// Comes back from the provider: checks, exchanges, proves, swaps. Under 40 s.
///
/// # Errors
/// Only the database's; everything else is an [`Arrival`].
pub async fn complete(engine: &Arc<Engine>, browser: &str, callback: Callback) -> Answer<Arrival> {
    let Some(state) = callback.state.as_deref().filter(|s| !s.is_empty()) else {
        return Ok(Arrival::Refused(CallbackRefusal::Forged));
    };
    let Some(row) = signins::by_state(&engine.store, &token_hash(state)).await? else {
        return Ok(Arrival::Refused(CallbackRefusal::Forged));
    };
    let now = clock::now();
    let id = SignInId(row.id);
    let by_link = row.link_id.is_some();
    if let Some(refusal) = unfit(&row, &token_hash(browser), now) {
        // Whoever signed in by a link has no page of ours to look at but its result.
        let own = by_link && row.browser_hash == token_hash(browser);
        return Ok(if own { Arrival::ByLink(id) } else { Arrival::Refused(refusal) });
    }
    if mailboxes::get(&engine.store, MailboxId(row.mailbox_id)).await?.is_none() {
        return Ok(Arrival::Refused(CallbackRefusal::MailboxGone));
    }
    let verifier = super::open(engine, &verifier_purpose(&row.state_hash), row.verifier_sealed.as_deref());
    if !signins::use_up(&engine.store, id, now).await? {
        return Ok(Arrival::Refused(CallbackRefusal::Replayed));
    }
    tracing::info!(sign_in = id.0, mailbox = row.mailbox_id, "a sign-in came back");
    // A task of its own: a browser that goes away must not cut it between code and commit.
    let engine = engine.clone();
    let task = tokio::spawn(async move { settle(&engine, row, verifier, callback).await });
    match task.await {
        Ok(result) => result.map(|()| if by_link { Arrival::ByLink(id) } else { Arrival::Result(id) }),
        Err(_) => {
            tracing::error!(sign_in = id.0, "the completion of a sign-in broke off");
            Err(Refusal::Unavailable)
        }
    }
}

/// Known, unused, young, and in the browser that set out.
fn unfit(row: &Row, browser_hash: &[u8], now: Time) -> Option<CallbackRefusal> {
    let state = SignInState::from_key(&row.state);
    if state == Some(SignInState::Expired) {
        Some(CallbackRefusal::Stale)
    } else if state != Some(SignInState::Created) || row.settled_at.is_some() {
        Some(CallbackRefusal::Replayed)
    } else if Time(row.expires_at) <= now {
        Some(CallbackRefusal::Stale)
    } else if row.browser_hash != browser_hash {
        Some(CallbackRefusal::OtherBrowser)
    } else {
        None
    }
}

async fn settle(engine: &Arc<Engine>, row: Row, verifier: Option<Secret>, callback: Callback) -> Answer<()> {
    let link = match row.link_id {
        Some(id) => sign_in_links::get(&engine.store, LinkId(id)).await?,
        None => None,
    };
    let intent = Intent::from_key(&row.intent).unwrap_or(Intent::Reauthorize);
    let who = link.as_ref().map(sign_in_links::Row::who);
    let frame = Frame {
        id: SignInId(row.id),
        mailbox: MailboxId(row.mailbox_id),
        intent,
        person: row.person_id.map(PersonId),
        expected: row.expected_account_id.map(AccountId),
        set_out_at: Time(row.created_at),
        // Nobody confirmed by name who it is: being able to open the mailbox has to do.
        must_open: who == Some(LinkFor::Anyone) || (who.is_none() && intent == Intent::Adopt),
        link: link.as_ref().map(|link| LinkId(link.id)),
        named: match who {
            Some(LinkFor::Named(name)) => Some(name),
            _ => None,
        },
    };
    let registration = registrations::get(&engine.store, RegistrationId(row.registration_id)).await?;
    let Some(registration) = registration else {
        return refuse(engine, &frame, &Stopped::because(CallbackRefusal::Registration), None).await;
    };
    let Some((entry, parties)) = parties(engine, &registration).await else {
        return refuse(engine, &frame, &Stopped::because(CallbackRefusal::Registration), None).await;
    };
    match arrive(engine, &row, &registration, entry, &parties, verifier, &callback).await? {
        Ok(candidate) => {
            let other = |name: &String| !name.eq_ignore_ascii_case(&candidate.account.login);
            let wrong = candidate.wrong || frame.named.as_ref().is_some_and(other);
            let candidate = Candidate { wrong, ..candidate };
            finish::finish(engine, &frame, entry, candidate).await
        }
        Err(stopped) => refuse(engine, &frame, &stopped, None).await,
    }
}

/// From the callback to an account with tokens, sealed in a grant that nothing uses yet.
async fn arrive(
    engine: &Engine,
    row: &Row,
    registration: &Registration,
    entry: &ProviderEntry,
    parties: &[(Which, Party)],
    verifier: Option<Secret>,
    callback: &Callback,
) -> Answer<Result<Candidate, Stopped>> {
    if let Some(error) = &callback.error {
        return Ok(Err(redirected(error, callback.error_description.as_deref(), entry.kind)));
    }
    let (Some(code), Some(verifier)) = (callback.code.as_deref(), verifier) else {
        return Ok(Err(Stopped::because(CallbackRefusal::ProviderFailed)));
    };
    let Some((_, party)) = parties.first() else {
        return Ok(Err(Stopped::because(CallbackRefusal::Registration)));
    };
    // A secret that is refused uses no code up: the client is looked at first (RFC 6749 3.2.1).
    let mut answer = oauth::exchange(engine, party, code, &verifier).await;
    for (at, (which, _)) in parties.iter().enumerate() {
        let other = learn(engine, registration, *which, &answer).await;
        match parties.get(at + 1).filter(|_| other) {
            Some((_, party)) => answer = oauth::exchange(engine, party, code, &verifier).await,
            None => break,
        }
    }
    let tokens = match answer {
        Ok(tokens) => tokens,
        Err(TokenError::Later { said, .. }) => {
            return Ok(Err(Stopped { refusal: CallbackRefusal::ProviderFailed, said }));
        }
        Err(TokenError::Refused { finding, said }) => return Ok(Err(Stopped { refusal: at_exchange(&finding), said })),
    };
    fail::fail_point!("code-exchanged");
    let now = clock::now();
    let expected = Expected {
        kind: entry.kind,
        issuer: &party.issuer,
        client_id: &party.client_id,
        tenant: &registration.tenant,
        nonce_hash: &row.nonce_hash,
        now,
    };
    let mut checked = tokens.id_token.as_ref().map(|token| oauth::claims::check(token, &expected, None));
    if let (Some(Err(Unsound::Anonymous)), Some(token)) = (&checked, &tokens.id_token) {
        let told = oauth::userinfo::ask(engine, party, &tokens.access).await;
        checked = Some(oauth::claims::check(token, &expected, told));
    }
    let claims = match checked {
        Some(Ok(claims)) => claims,
        Some(Err(unsound)) => {
            tracing::warn!(sign_in = row.id, %unsound, "an id_token is unsound");
            return Ok(Err(Stopped::because(CallbackRefusal::TokenUnsound)));
        }
        None => return Ok(Err(Stopped::because(CallbackRefusal::TokenUnsound))),
    };
    let identity = Identity {
        provider_key: &entry.key,
        tenant_id: &claims.tenant_id,
        object_id: &claims.object_id,
        login: &claims.login,
        name: &claims.name,
        tenant_may_change: entry.kind == ProviderKind::Google,
    };
    // Without `scope` in the answer all that was asked for is granted (RFC 6749 5.1).
    let scopes = mail_scopes(entry, tokens.scopes.as_deref(), &entry.scopes_for(true, true));
    let id = RegistrationId(registration.id);
    let (account, grant) = keep(engine, row, &identity, id, entry, &tokens, &scopes, now).await?;
    let wrong = row.expected_account_id.is_some_and(|expected| expected != account.id);
    Ok(Ok(Candidate { grant, account, scopes, registration: id, token: tokens.access, wrong }))
}

/// Notes the account, and seals the tokens in a grant of their own.
#[allow(clippy::too_many_arguments)]
async fn keep(
    engine: &Engine,
    row: &Row,
    identity: &Identity<'_>,
    registration: RegistrationId,
    provider: &ProviderEntry,
    tokens: &Tokens,
    scopes: &[String],
    now: Time,
) -> Result<(accounts::Row, GrantId), StoreError> {
    let tx = engine.store.begin().await?;
    let account = accounts::note(&tx, identity, now).await?;
    let used = row.expected_account_id.is_none_or(|expected| expected == account.id);
    let grant = grants::begin(&tx, registration, AccountId(account.id), now).await?;
    let fresh = Fresh { tokens, scopes: Some(scopes), provider, fixed_end_at: None, used, jitter: rand::random(), now };
    grants::renew(&tx, grant, sealed(&engine.vault, grant, &fresh), now).await?;
    tx.commit().await?;
    Ok((account, grant))
}

/// A refusal in the redirect (RFC 6749 4.1.2.1).
fn redirected(error: &str, description: Option<&str>, kind: ProviderKind) -> Stopped {
    let body = serde_json::json!({ "error": error, "error_description": description.unwrap_or_default() });
    let finding = oauth::diagnose(&body.to_string(), None, kind);
    let said = oauth::redacted(&match description {
        Some(description) if !description.is_empty() => format!("{error}: {description}"),
        _ => error.to_owned(),
    });
    let refusal = match (finding.diagnosis.remedy(CredentialKind::Grant), error) {
        (Remedy::AdminConsent, _) => CallbackRefusal::AdminConsentNeeded,
        (Remedy::FixAppRegistration, _) => CallbackRefusal::Registration,
        (Remedy::AskAdministrator, _) => CallbackRefusal::ProviderFailed,
        (_, "access_denied") => CallbackRefusal::Declined,
        (_, "consent_required") => CallbackRefusal::ConsentMissing,
        _ => CallbackRefusal::ProviderFailed,
    };
    Stopped { refusal, said }
}

/// A refusal of the code.
fn at_exchange(finding: &Finding) -> CallbackRefusal {
    match finding.diagnosis.remedy(CredentialKind::Grant) {
        _ if finding.certainty == Certainty::Passing => CallbackRefusal::ProviderFailed,
        Remedy::AdminConsent => CallbackRefusal::AdminConsentNeeded,
        Remedy::FixAppRegistration => CallbackRefusal::Registration,
        _ if finding.diagnosis == Diagnosis::ConsentMissing => CallbackRefusal::ConsentMissing,
        // The code was too old or used before (AADSTS70008, 54005): begin anew.
        Remedy::SignInAgain => CallbackRefusal::Stale,
        _ => CallbackRefusal::ProviderFailed,
    }
}

/// R28, *Use X from now on*: swaps to the account that a refused sign-in showed.
///
/// # Errors
/// [`Refusal::NotFound`] when it was no such sign-in or its ten minutes are over,
/// [`Conflict::AlreadyDone`] when it was adopted before.
pub async fn adopt(engine: &Arc<Engine>, actor: &Actor, id: SignInId) -> Answer<SignInId> {
    let row = signins::get(&engine.store, id).await?.ok_or(Refusal::NotFound)?;
    let wrong = row.refused.as_deref().and_then(CallbackRefusal::from_key) == Some(CallbackRefusal::WrongAccount);
    let now = clock::now();
    if !wrong || Time(row.expires_at) <= now {
        return Err(Refusal::NotFound);
    }
    let mailbox = MailboxId(row.mailbox_id);
    mailboxes::get(&engine.store, mailbox).await?.ok_or(Refusal::NotFound)?;
    let grant = GrantId(row.grant_id.ok_or(Conflict::AlreadyDone)?);
    let kept = grants::get(engine.store.read(), grant).await?.ok_or(Refusal::NotFound)?;
    let account = accounts::get(&engine.store, AccountId(kept.account_id)).await?.ok_or(Refusal::NotFound)?;
    let registration = RegistrationId(kept.registration_id);
    let registered = registrations::get(&engine.store, registration).await?.ok_or(Refusal::NotFound)?;
    let entry = engine.providers.get(&registered.provider_key).ok_or(Refusal::NotFound)?;
    let token = crate::grants::access_token(engine, grant).await.map_err(|fault| {
        tracing::warn!(sign_in = id.0, diagnosis = ?fault.finding.diagnosis, "a kept sign-in can't be adopted");
        Refusal::Unavailable
    })?;
    if !signins::take_grant(engine.store.write(), id, grant).await? {
        return Err(Conflict::AlreadyDone.into());
    }
    let new = New {
        // Told to nobody: no callback can name it.
        state_hash: token_hash(&vault::token()),
        browser_hash: row.browser_hash.clone(),
        nonce_hash: row.nonce_hash.clone(),
        verifier_sealed: None,
        intent: Intent::Adopt,
        mailbox,
        registration,
        person: Some(actor.person),
        expected: row.expected_account_id.map(AccountId),
        created_at: now,
        expires_at: now + LIFE,
        link: None,
    };
    let new = signins::add(engine.store.write(), new).await?;
    signins::use_up(&engine.store, new, now).await?;
    let frame = Frame {
        id: new,
        mailbox,
        intent: Intent::Adopt,
        person: Some(actor.person),
        expected: row.expected_account_id.map(AccountId),
        set_out_at: now,
        must_open: false,
        link: None,
        named: None,
    };
    let scopes = kept.scopes.split_whitespace().map(str::to_owned).collect();
    let candidate = Candidate { grant, account, scopes, registration, token, wrong: false };
    finish::finish(engine, &frame, entry, candidate).await?;
    Ok(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_counts_once_in_time_and_in_its_browser() {
        let row = Row {
            id: 1,
            state_hash: vec![],
            browser_hash: b"b".to_vec(),
            intent: "connect".into(),
            state: "created".into(),
            mailbox_id: 1,
            registration_id: 1,
            person_id: None,
            expected_account_id: None,
            verifier_sealed: None,
            nonce_hash: vec![],
            created_at: 0,
            expires_at: 600_000,
            settled_at: None,
            account_id: None,
            grant_id: None,
            refused: None,
            said: None,
            result: None,
            link_id: None,
        };
        assert_eq!(unfit(&row, b"b", Time(1)), None);
        assert_eq!(unfit(&row, b"c", Time(1)), Some(CallbackRefusal::OtherBrowser));
        assert_eq!(unfit(&row, b"b", Time(600_000)), Some(CallbackRefusal::Stale));
        assert_eq!(unfit(&Row { settled_at: Some(1), ..row.clone() }, b"b", Time(1)), Some(CallbackRefusal::Replayed));
        assert_eq!(
            unfit(&Row { state: "completed".into(), ..row.clone() }, b"c", Time(1)),
            Some(CallbackRefusal::Replayed)
        );
        assert_eq!(unfit(&Row { state: "expired".into(), ..row }, b"b", Time(1)), Some(CallbackRefusal::Stale));
    }

    #[test]
    fn refusals_in_the_redirect_are_told_apart() {
        let refusal = |error, said| redirected(error, said, ProviderKind::Microsoft).refusal;
        assert_eq!(
            refusal("access_denied", Some("AADSTS65004: User declined to consent to access the app.")),
            CallbackRefusal::Declined
        );
        assert_eq!(refusal("access_denied", None), CallbackRefusal::Declined);
        assert_eq!(
            refusal("consent_required", Some("AADSTS90094: only an admin can grant.")),
            CallbackRefusal::AdminConsentNeeded
        );
        assert_eq!(refusal("temporarily_unavailable", None), CallbackRefusal::ProviderFailed);
        assert_eq!(refusal("server_error", Some("AADSTS90033")), CallbackRefusal::ProviderFailed);
    }
}
