//! The approvals port.

use crate::oauth::{self, Party, redacted};
use crate::providers::ProviderEntry;
use crate::secret::Secret;
use crate::store::{approvals as rows, directions, mailboxes, registrations, settings};
use crate::vault::{token, token_hash};
use crate::{Engine, clock, evidence, signins};
use async_trait::async_trait;
use domain::console::approvals::*;
use domain::console::people::Actor;
use domain::id::{MailboxId, RegistrationId};
use domain::provider::ProviderKind;
use domain::refusal::Fault;
use domain::signin::Intent;
use domain::time::Span;
use domain::{Address, Answer, Direction, Refusal, Time};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

/// A sign-in that did not come back is asked about for so long.
const ASKED_ABOUT: Span = Span::days(7);
/// More than any page of a provider says. Characters.
const LONGEST: usize = 4_000;

#[async_trait]
impl Approvals for Port {
    async fn page(&self, actor: &Actor, mailbox: MailboxId) -> Answer<ApprovalPage> {
        actor.admin()?;
        page(&self.0, mailbox).await
    }

    async fn awaited(&self, actor: &Actor) -> Answer<Vec<Awaited>> {
        actor.admin()?;
        let engine = &self.0;
        let open = rows::all_open(&engine.store).await?;
        Ok(open
            .into_iter()
            .map(|(row, mailbox)| Awaited {
                mailbox: MailboxId(row.mailbox_id),
                provider_short: engine.providers.view(&mailbox.provider_key).short,
                address: mailbox.address,
                asked_at: Time(row.asked_at),
                stage: stage(&row),
            })
            .collect())
    }

    async fn ask(&self, actor: &Actor, mailbox: MailboxId) -> Answer<()> {
        actor.admin()?;
        let engine = &self.0;
        let key = signins::provider_of(engine, mailbox, Intent::Reauthorize).await?;
        let entry = engine.providers.get(&key).filter(|p| asks(p)).ok_or(Fault::ProviderUnknown)?;
        let registration =
            registrations::default_of(&engine.store, &entry.key).await?.ok_or(Fault::RegistrationMissing)?;
        let state = token();
        let state_hash = token_hash(&state);
        let state_sealed = engine.vault.seal(&purpose(&state_hash), &Secret::new(state));
        let registration = RegistrationId(registration.id);
        let (asked_at, asked_by) = (clock::now(), actor.person);
        rows::add(&engine.store, rows::New { mailbox, registration, state_hash, state_sealed, asked_at, asked_by })
            .await?;
        tracing::info!(mailbox = mailbox.0, "an approval is asked for");
        self.tell(mailbox);
        Ok(())
    }

    async fn withdraw(&self, actor: &Actor, mailbox: MailboxId) -> Answer<()> {
        actor.admin()?;
        rows::close(&self.0.store, mailbox, clock::now()).await?;
        self.tell(mailbox);
        Ok(())
    }

    async fn shown(&self, actor: &Actor, mailbox: MailboxId, text: String) -> Answer<Shown> {
        actor.admin()?;
        let engine = &self.0;
        let text: String = text.trim().chars().take(LONGEST).collect();
        if text.is_empty() {
            return Err(Fault::MessageEmpty.into());
        }
        let key = signins::provider_of(engine, mailbox, Intent::Reauthorize).await?;
        let finding = oauth::diagnose(&text, None, engine.providers.view(&key).kind);
        let now = clock::now();
        let (sign_in, _) = rows::unreturned(&engine.store, mailbox, now - ASKED_ABOUT).await?.unwrap_or((0, now));
        let shown = Shown {
            at: now,
            said: redacted(&text),
            diagnosis: finding.diagnosis,
            code: finding.code,
            known: finding.known,
        };
        let row = rows::ShownRow {
            mailbox_id: mailbox.0,
            sign_in_id: sign_in,
            at: now.0,
            said: shown.said.clone(),
            diagnosis: evidence::key(shown.diagnosis),
            code: shown.code.clone(),
            known: shown.known,
        };
        rows::note_shown(&engine.store, row).await?;
        tracing::info!(mailbox = mailbox.0, diagnosis = ?shown.diagnosis, "somebody said what the provider showed");
        Ok(shown)
    }

    // The admin of the organisation has no account here. The tenant in the answer proves nothing and is not read;
    // the sign-in that follows is the proof.
    async fn answered(&self, answer: Answered) -> Answer<Option<Stage>> {
        let engine = &self.0;
        let Some(state) = answer.state.as_deref().filter(|s| !s.is_empty()) else { return Ok(None) };
        let Some(row) = rows::by_state(&engine.store, &token_hash(state)).await? else { return Ok(None) };
        let approved = answer.error.is_none() && answer.admin_consent.is_some_and(|v| v.eq_ignore_ascii_case("true"));
        let said = answer.error.map(|error| {
            let description = answer.error_description.unwrap_or_default();
            redacted(&format!("{error}: {description}"))
        });
        if row.closed_at.is_none() {
            rows::answer(&engine.store, row.id, approved, said, clock::now()).await?;
            tracing::info!(mailbox = row.mailbox_id, approved, "an approval came back");
            self.tell(MailboxId(row.mailbox_id));
        }
        Ok(Some(if approved { Stage::Approved } else { Stage::Declined }))
    }
}

impl Port {
    fn tell(&self, mailbox: MailboxId) {
        self.0.changes.tell(format!("mailbox:{mailbox}"));
        self.0.changes.tell("mailboxes");
    }
}

fn purpose(state_hash: &[u8]) -> String {
    format!("approval:{}:state", crate::hex(state_hash))
}

fn stage(row: &rows::Row) -> Stage {
    match row.answered_at {
        None => Stage::Waiting,
        Some(_) if row.approved => Stage::Approved,
        Some(_) => Stage::Declined,
    }
}

/// Only Microsoft has a page where an admin approves for the whole organisation by a link.
fn asks(entry: &ProviderEntry) -> bool {
    entry.kind == ProviderKind::Microsoft && entry.authorize_url.is_some()
}

/// `/{tenant}/v2.0/adminconsent` (entra-docs *v2-admin-consent*). It knows no *common*: the mailbox's own domain
/// names the organisation.
fn link(entry: &ProviderEntry, party: &Party, address: &str, state: &Secret) -> Option<String> {
    let domain = Address::parse(address).ok()?.domain().to_owned();
    let own = ["common", "organizations", "consumers"].iter().any(|t| party.authorize_url.contains(&format!("/{t}/")));
    let base =
        if own { entry.authorize_url.as_ref()?.replace("{tenant}", &domain) } else { party.authorize_url.clone() };
    let base = base.strip_suffix("oauth2/v2.0/authorize")?;
    let mut url = url::Url::parse(&format!("{base}v2.0/adminconsent")).ok()?;
    url.query_pairs_mut()
        .append_pair("client_id", &party.client_id)
        .append_pair("scope", &entry.scopes_for(true, true).join(" "))
        .append_pair("redirect_uri", &party.redirect)
        .append_pair("state", state.reveal());
    Some(url.into())
}

async fn page(engine: &Engine, mailbox: MailboxId) -> Answer<ApprovalPage> {
    let row = mailboxes::get(&engine.store, mailbox).await?.ok_or(Refusal::NotFound)?;
    let key =
        signins::provider_of(engine, mailbox, Intent::Reauthorize).await.unwrap_or_else(|_| row.provider_key.clone());
    let provider = engine.providers.view(&key);
    let entry = engine.providers.get(&key);
    let approval = match rows::open(&engine.store, mailbox).await? {
        Some(open) => approval(engine, entry, &row.address, open).await?,
        None => None,
    };
    let now = clock::now();
    let unreturned = rows::unreturned(&engine.store, mailbox, now - ASKED_ABOUT).await?;
    let shown = rows::shown(&engine.store, mailbox).await?.filter(|s| match unreturned {
        Some((id, _)) => s.sign_in_id == id,
        None => s.sign_in_id == 0 && now.since(Time(s.at)) < Span::days(1),
    });
    let mut by_password = false;
    for direction in Direction::BOTH {
        let side = directions::get(engine.store.read(), mailbox, direction).await?;
        by_password |= side.is_some_and(|s| s.used && s.grant_id.is_none());
    }
    Ok(ApprovalPage {
        mailbox,
        intent: match (row.draft, by_password) {
            (true, _) => Intent::Connect,
            (false, true) => Intent::Switch,
            (false, false) => Intent::Reauthorize,
        },
        address: row.address,
        provider_kind: provider.kind,
        provider_short: provider.short,
        provider_key: key,
        desk_name: settings::get(&engine.store, settings::DESK_NAME)
            .await?
            .unwrap_or_else(|| super::desk::UNNAMED.into()),
        can_ask: entry.is_some_and(asks),
        approval,
        unreturned: unreturned.map(|(_, at)| at),
        shown: shown.map(|s| Shown {
            at: Time(s.at),
            said: s.said,
            diagnosis: evidence::diagnosis(&s.diagnosis).unwrap_or(domain::Diagnosis::Unknown),
            code: s.code,
            known: s.known,
        }),
    })
}

/// The open request with its link; none when its registration is gone.
async fn approval(
    engine: &Engine,
    entry: Option<&ProviderEntry>,
    address: &str,
    row: rows::Row,
) -> Answer<Option<Approval>> {
    let registration = registrations::get(&engine.store, RegistrationId(row.registration_id)).await?;
    let (Some(entry), Some(registration)) = (entry, registration) else { return Ok(None) };
    let Some((_, party)) = signins::party(engine, &registration).await else { return Ok(None) };
    let Ok(state) = engine.vault.open(&purpose(&row.state_hash), &row.state_sealed) else { return Ok(None) };
    let Some(link) = link(entry, &party, address, &state) else { return Ok(None) };
    Ok(Some(Approval {
        link,
        asked_at: Time(row.asked_at),
        answered_at: row.answered_at.map(Time),
        approved: row.approved,
        said: row.said,
    }))
}
