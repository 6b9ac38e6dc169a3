//! What should have been told by now is compared with what was: the difference is written down.

use crate::intake::fresh_header_id;
use crate::store::notice_way::{self, Row as Ways};
use crate::store::notices::{self as rows, New, Row, To};
use crate::store::{StoreError, people};
use crate::{Engine, clock, evidence};
use domain::console::notices::Quiet;
use domain::console::people::Actor;
use domain::console::tickets::NO_TICKET;
use domain::id::PersonId;
use domain::mailbox::{MailboxFacts, MailboxState, state};
use domain::notice::{Audience, Content, Event, Wanted, wanted};
use domain::provider::ProviderKind;
use domain::{Address, Time};
use std::borrow::Cow;

/// Writes notices that are due, and closes those whose cause is over.
pub async fn look(engine: &Engine) -> Result<(), StoreError> {
    let now = clock::now();
    let facts = evidence::facts(engine).await?;
    let wanted = wanted(&facts, now);
    let open = rows::open(&engine.store).await?;
    let mut changed = false;
    for one in &wanted {
        if !told(&open, one) {
            changed |= write(engine, one, now).await?;
        }
    }
    let mut over: Vec<&str> = Vec::new();
    for row in &open {
        if wanted.iter().all(|w| w.subject != row.subject) && !over.contains(&row.subject.as_str()) {
            over.push(&row.subject);
        }
    }
    for subject in over {
        let lost = open.iter().find(|row| row.subject == subject && matches!(row.step.as_str(), "lost" | "silent"));
        let from = letters_from(engine).await?;
        let header_id = || fresh_id(engine, &from);
        let recovered = lost.and_then(|row| {
            Some(rows::Recovered { notice: row.id, content: recovered(row, &facts)?, header_id: &header_id })
        });
        changed |= rows::over(&engine.store, subject, recovered, now).await?;
    }
    if changed {
        engine.changes.tell("notices");
    }
    Ok(())
}

/// Whether this step was told already.
fn told(open: &[Row], wanted: &Wanted) -> bool {
    let step = wanted.content.event.step();
    open.iter().any(|row| row.subject == wanted.subject && row.step == step)
}

async fn write(engine: &Engine, wanted: &Wanted, now: Time) -> Result<bool, StoreError> {
    let to = recipients(engine, &wanted.content).await?;
    let Ok(content) = serde_json::to_string(&wanted.content) else { return Ok(false) };
    let step = wanted.content.event.step();
    let new = New { subject: &wanted.subject, step, content, closed: false };
    let id = rows::write(&engine.store, &new, &to, now).await?;
    if let Some(id) = id {
        tracing::info!(notice = id, step, recipients = to.len(), "a notice was written");
    }
    Ok(id.is_some())
}

/// What those who were told that something stopped are told now, if it works.
fn recovered(row: &Row, facts: &[MailboxFacts]) -> Option<String> {
    let mut content = serde_json::from_str::<Content>(&row.content).ok()?;
    let (Event::Lost { since, .. } | Event::Silent { since, .. }) = content.event else { return None };
    let works = |facts: &MailboxFacts| {
        content.mailboxes.iter().any(|(id, _)| *id == facts.id)
            && !matches!(state(facts), MailboxState::Needs { .. } | MailboxState::Paused | MailboxState::Unfinished)
    };
    if !facts.iter().any(works) {
        return None;
    }
    content.event = Event::Recovered { since };
    serde_json::to_string(&content).ok()
}

/// A notice that stands for itself, to everybody who gets them.
///
/// # Errors
/// The database's.
pub async fn once(engine: &Engine, content: &Content, now: Time) -> Result<(), StoreError> {
    let to = recipients(engine, content).await?;
    let Ok(text) = serde_json::to_string(content) else { return Ok(()) };
    let step = content.event.step();
    rows::write(&engine.store, &New { subject: step, step, content: text, closed: true }, &to, now).await?;
    engine.wake.notices.notify_one();
    engine.changes.tell("notices");
    Ok(())
}

/// A test notice to one person, and to the webhook.
pub async fn test(engine: &Engine, email: &str, now: Time) -> Result<(), StoreError> {
    let ways = notice_way::get(&engine.store).await?;
    let mut to = vec![To {
        channel: rows::EMAIL,
        recipient: email.to_owned(),
        audience: Audience::Admin.key().into(),
        header_id: fresh_id(engine, &letters_from(engine).await?),
    }];
    to.extend(webhook(engine, &ways).await?);
    let content = Content {
        event: Event::Test,
        mailboxes: Vec::new(),
        account: None,
        provider: ProviderKind::Other,
        provider_name: String::new(),
        provider_short: String::new(),
    };
    let Ok(content) = serde_json::to_string(&content) else { return Ok(()) };
    rows::write(&engine.store, &New { subject: "test", step: "test", content, closed: true }, &to, now).await?;
    engine.wake.notices.notify_one();
    Ok(())
}

/// Who gets a notice: admins, whoever else was named, the owner of the sign-in, the webhook. Never
/// an address whose own mailbox is the one in trouble.
async fn recipients(engine: &Engine, content: &Content) -> Result<Vec<To>, StoreError> {
    let ways = notice_way::get(&engine.store).await?;
    let in_trouble = |email: &str| content.mailboxes.iter().any(|(_, a)| a.as_str().eq_ignore_ascii_case(email));
    let mut found: Vec<(String, Audience)> = Vec::new();
    let mut note = |email: &str, audience: Audience| {
        let email = email.trim().to_ascii_lowercase();
        let fits = Address::parse(&email).is_ok() && !in_trouble(&email);
        if fits && found.iter().all(|(known, _)| *known != email) {
            found.push((email, audience));
        }
    };
    let not_told: Vec<i64> = ids(&ways.not_told);
    for person in people::all(&engine.store).await? {
        let admin = person.role == "admin" && person.disabled_at.is_none() && person.password_hash.is_some();
        if admin && !not_told.contains(&person.id) {
            note(&person.email, Audience::Admin);
        }
    }
    for email in ways.more_addresses.split_whitespace() {
        note(email, Audience::Admin);
    }
    if ways.tell_owner
        && content.event.concerns_owner()
        && let Some(account) = &content.account
    {
        note(account, Audience::Owner);
    }
    let mut to = Vec::new();
    let from = letters_from(engine).await?;
    for (recipient, audience) in found {
        let header_id = fresh_id(engine, &from);
        to.push(To { channel: rows::EMAIL, recipient, audience: audience.key().into(), header_id });
    }
    to.extend(webhook(engine, &ways).await?);
    Ok(to)
}

async fn webhook(engine: &Engine, ways: &Ways) -> Result<Option<To>, StoreError> {
    let Some(url) = ways.webhook_url.clone() else { return Ok(None) };
    let header_id = fresh_id(engine, &letters_from(engine).await?);
    Ok(Some(To { channel: rows::WEBHOOK, recipient: url, audience: String::new(), header_id }))
}

/// Whose address stands in the Message-IDs of notices.
async fn letters_from(engine: &Engine) -> Result<Option<Address>, StoreError> {
    let public = engine.public_address().await?;
    let host = url::Url::parse(&public).ok().and_then(|url| url.host_str().map(str::to_owned));
    let from = Address::parse(&format!("notices@{}", host.unwrap_or_default()));
    Ok(from.or_else(|_| Address::parse("notices@mailkeep.invalid")).ok())
}

/// A Message-ID by which a notice that comes back into a mailbox is known: no customer's mail.
fn fresh_id(engine: &Engine, from: &Option<Address>) -> String {
    from.as_ref().map(|from| fresh_header_id(engine, NO_TICKET, from)).unwrap_or_default()
}

/// Numbers separated by blanks.
pub fn ids(text: &str) -> Vec<i64> {
    text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

/// Whether a person wants to hear nothing more of an open notice until its next step.
pub fn is_quiet(quiet: &rows::Quiet, person: PersonId, subject: &str, step: &str, now: Time) -> bool {
    quiet.person_id == person.0
        && quiet.subject == subject
        && quiet.step == step
        && quiet.until_at.is_none_or(|until| until > now.0)
        && Quiet::from_key(&quiet.kind).is_some()
}

/// Facts as one person wants to see them: without the ends that were put off.
///
/// # Errors
/// The database's.
pub async fn not_put_off<'a>(
    engine: &Engine,
    actor: &Actor,
    facts: &'a [MailboxFacts],
    now: Time,
) -> Result<Cow<'a, [MailboxFacts]>, StoreError> {
    if facts.iter().all(|f| f.ends_soon.is_empty()) {
        return Ok(facts.into());
    }
    let mut quiets = rows::quiets(engine.store.read()).await?;
    quiets.retain(|quiet| quiet.person_id == actor.person.0);
    if quiets.is_empty() {
        return Ok(facts.into());
    }
    let mut facts = facts.to_vec();
    for soon in facts.iter_mut().map(|f| &mut f.ends_soon) {
        soon.retain(|soon| {
            let step = soon.end.step(now).map_or("", |step| step.key());
            !quiets.iter().any(|q| is_quiet(q, actor.person, &soon.subject, step, now))
        });
    }
    Ok(facts.into())
}

/// The audience of a delivery; `None`: the webhook.
pub fn audience_of(delivery: &rows::Delivery) -> Option<Audience> {
    Audience::from_key(&delivery.audience)
}
