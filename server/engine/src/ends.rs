//! When sign-ins, secrets and passwords are expected to end: `domain::expiry` on the store's rows.

use crate::Engine;
use crate::store::grants::{self, Row};
use crate::store::rules::{self, Of};
use crate::store::{StoreError, accounts, directions, mailboxes, registrations};
use domain::Time;
use domain::expiry::{End, Expected, Lesson, Life, Soon, Source, expected, lesson};
use domain::id::{AccountId, GrantId, MailboxId, RegistrationId};
use domain::time::Span;
use std::collections::{BTreeMap, HashMap, HashSet};

/// How long before its end the life of an app secret is taken to have begun: nobody tells.
const SECRET_LIFE: Span = Span::days(180);

/// A sign-in that mailboxes use, and what is expected of it.
pub struct SignIn {
    pub grant: Row,
    pub login: String,
    pub tenant: String,
    pub provider_key: String,
    pub mailboxes: Vec<MailboxId>,
    pub expected: Expected,
}

/// A client secret with an end date.
pub struct AppSecret {
    pub registration: registrations::Row,
    pub mailboxes: Vec<MailboxId>,
    pub end: End,
}

/// The word by which notices know a sign-in.
pub fn sign_in_subject(grant: GrantId) -> String {
    format!("sign-in:{grant}")
}

/// The same of a client secret.
pub fn secret_subject(registration: RegistrationId) -> String {
    format!("secret:{registration}")
}

/// Mailboxes and what they sign in by, as read for this and for other questions.
pub struct Rows<'a> {
    pub mailboxes: &'a [mailboxes::Row],
    pub directions: &'a [directions::Row],
    /// The account behind each grant.
    pub accounts: &'a HashMap<i64, accounts::Row>,
}

/// All sign-ins in use.
pub async fn sign_ins(engine: &Engine, now: Time) -> Result<Vec<SignIn>, StoreError> {
    let store = &engine.store;
    let (mailboxes, directions) = (mailboxes::all(store).await?, directions::all(store).await?);
    let accounts = mailboxes::accounts_by_grant(store).await?;
    let rows = Rows { mailboxes: &mailboxes, directions: &directions, accounts: &accounts };
    sign_ins_of(engine, &rows, now).await
}

async fn sign_ins_of(engine: &Engine, rows: &Rows<'_>, now: Time) -> Result<Vec<SignIn>, StoreError> {
    let store = &engine.store;
    let at_work: HashSet<i64> = rows.mailboxes.iter().filter(|m| !m.draft).map(|m| m.id).collect();
    let mut used: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for side in rows.directions.iter().filter(|side| side.used && at_work.contains(&side.mailbox_id)) {
        let Some(grant) = side.grant_id else { continue };
        let mailboxes = used.entry(grant).or_default();
        if !mailboxes.contains(&side.mailbox_id) {
            mailboxes.push(side.mailbox_id);
        }
    }
    let rules = rules::all(store).await?;
    let mut found = Vec::new();
    for grant in grants::all(store).await? {
        let (Some(users), Some(account)) = (used.get(&grant.id), rows.accounts.get(&grant.id)) else { continue };
        let window = engine.providers.get(&account.provider_key).and_then(|entry| entry.refresh_window_days);
        let life = Life { window: window.map(Span::days), ..life(&grant, &account.tenant_id, users, &rules) };
        found.push(SignIn {
            expected: expected(&life, now),
            login: account.login.clone(),
            tenant: account.tenant_id.clone(),
            provider_key: account.provider_key.clone(),
            mailboxes: users.iter().copied().map(MailboxId).collect(),
            grant,
        });
    }
    Ok(found)
}

/// A grant's life without its provider's window.
fn life(grant: &Row, tenant: &str, users: &[i64], rules: &[rules::Row]) -> Life {
    let of_tenant = |kind: &str| {
        let mut found = rules.iter().filter(|r| r.kind == kind && !tenant.is_empty());
        found.find(|r| r.tenant_id.as_deref() == Some(tenant)).map(|r| Span(r.life_ms))
    };
    let days = |life: Span| u32::try_from(life.0 / Span::days(1).0).unwrap_or(u32::MAX);
    let of_mailbox = rules
        .iter()
        .filter(|r| r.kind == rules::ENTERED && r.mailbox_id.is_some_and(|id| users.contains(&id)))
        .map(|r| Span(r.life_ms))
        .min();
    Life {
        signed_in_at: Time(grant.granted_at),
        refreshed_at: Time(grant.refreshed_at),
        refreshing: grant.failed_refreshes == 0,
        lost_at: grant.lost_at.map(Time),
        window: None,
        told_end: grant.fixed_end_at.map(Time),
        spa: rules.iter().any(|r| r.registration_id == Some(grant.registration_id)),
        tenant_rule: of_tenant(rules::LEARNED),
        // The mailbox's own days before its organisation's.
        entered: of_mailbox
            .map(|life| (days(life), false))
            .or_else(|| of_tenant(rules::ENTERED).map(|life| (days(life), true))),
    }
}

/// Client secrets whose end was entered, with the mailboxes that stop with them.
pub async fn secrets(engine: &Engine, sign_ins: &[SignIn]) -> Result<Vec<AppSecret>, StoreError> {
    let mut found = Vec::new();
    for registration in registrations::all(&engine.store).await? {
        let Some(at) = registration.secret_ends_at.map(Time) else { continue };
        let id = RegistrationId(registration.id);
        let mut mailboxes: Vec<MailboxId> = sign_ins
            .iter()
            .filter(|s| s.grant.registration_id == id.0)
            .flat_map(|s| s.mailboxes.iter().copied())
            .collect();
        mailboxes.sort_unstable();
        mailboxes.dedup();
        let begun = Time(registration.created_at).min(at - SECRET_LIFE);
        let source = Source::AppSecret { registration: id, name: registration.name.clone() };
        found.push(AppSecret { registration, mailboxes, end: End { at, begun, source } });
    }
    Ok(found)
}

/// By mailbox, what ends soon for it, the soonest first.
pub async fn soon(engine: &Engine, rows: &Rows<'_>, now: Time) -> Result<HashMap<i64, Vec<Soon>>, StoreError> {
    let mut found: HashMap<i64, Vec<Soon>> = HashMap::new();
    let mut note = |mailboxes: &[MailboxId], subject: String, end: &End| {
        if end.step(now).is_some() {
            for mailbox in mailboxes {
                found.entry(mailbox.0).or_default().push(Soon { subject: subject.clone(), end: end.clone() });
            }
        }
    };
    let sign_ins = sign_ins_of(engine, rows, now).await?;
    for sign_in in &sign_ins {
        if let Expected::Ends(end) = &sign_in.expected {
            note(&sign_in.mailboxes, sign_in_subject(GrantId(sign_in.grant.id)), end);
        }
    }
    for secret in secrets(engine, &sign_ins).await? {
        note(&secret.mailboxes, secret_subject(RegistrationId(secret.registration.id)), &secret.end);
    }
    for list in found.values_mut() {
        list.sort_by_key(|soon| soon.end.at);
    }
    Ok(found)
}

/// What a refusal teaches is kept for the sign-ins to come.
pub async fn learn(engine: &Engine, grant: &Row, said: &str, now: Time) -> Result<(), StoreError> {
    let Some(lesson) = lesson(said) else { return Ok(()) };
    let (of, life) = match lesson {
        Lesson::TenantRule(every) => {
            let account = accounts::get(&engine.store, AccountId(grant.account_id)).await?;
            let Some(tenant) = account.map(|a| a.tenant_id).filter(|tenant| !tenant.is_empty()) else {
                return Ok(());
            };
            (Of::Tenant(tenant), every)
        }
        Lesson::Spa => (Of::Registration(RegistrationId(grant.registration_id)), Span::hours(24)),
    };
    tracing::info!(grant = grant.id, life_hours = life.0 / Span::hours(1).0, "learned how long a sign-in lasts");
    rules::set(&engine.store, rules::LEARNED, &of, Some(life), None, now).await
}
