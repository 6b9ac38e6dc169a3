//! The app registrations at work: which secret is shown to the provider, and whether it knows us.
//!
//! Invariant: the present secret is wiped only after the new one was taken by the provider. While both are
//! there the new one is tried first, so that it proves itself at the first occasion; one that stays refused steps
//! behind the present one.

use crate::oauth::{self, Party, TokenError};
use crate::providers::ProviderEntry;
use crate::signins::{redirect_address, secret_purpose};
use crate::store::registrations::{self as rows, Row};
use crate::{Engine, clock, evidence};
use domain::Time;
use domain::id::RegistrationId;
use domain::provider::ProviderKind;
use domain::registration::{Field, Heard, Tested, Verdict, verdicts};
use domain::time::Span;

/// A new secret may take minutes until all of the provider's servers know it.
const SETTLED: Span = Span::minutes(10);

/// Which of the two secrets a party shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    New,
    Present,
}

/// The provider of a registration, and the parties to try in order: with the new secret, with the present one.
pub async fn parties<'a>(engine: &'a Engine, row: &Row) -> Option<(&'a ProviderEntry, Vec<(Which, Party)>)> {
    let entry = engine.providers.get(&row.provider_key)?;
    let redirect = redirect_address(engine).await?;
    let open = |sealed: &Option<Vec<u8>>| match sealed {
        Some(sealed) => engine.vault.open(&secret_purpose(row.id), sealed).ok().map(Some),
        None => Some(None),
    };
    let party = |secret| Party::new(entry, &row.client_id, &row.tenant, secret, redirect.clone());
    let mut list = vec![(Which::Present, party(open(&row.secret_sealed)?)?)];
    if row.next_secret_sealed.is_some() {
        let entered_at = Time(row.next_secret_at.unwrap_or_default());
        let stays_refused = row.next_refused.is_some() && clock::now().since(entered_at) > SETTLED;
        let new = (Which::New, party(open(&row.next_secret_sealed)?)?);
        list.insert(usize::from(stays_refused), new);
    }
    Some((entry, list))
}

/// What the answer says of the secret that was shown. `true` when the other one is to be tried now, if there is one.
pub async fn learn<T>(engine: &Engine, row: &Row, which: Which, answer: &Result<T, TokenError>) -> bool {
    match answer {
        Ok(_) if which == Which::New => {
            promote(engine, row).await;
            false
        }
        Err(error) if oauth::trial::about_secret(error) => {
            let (TokenError::Refused { finding, .. } | TokenError::Later { finding, .. }) = error;
            if which == Which::New {
                refuse(engine, row, finding.diagnosis).await;
            }
            true
        }
        _ => false,
    }
}

async fn promote(engine: &Engine, row: &Row) {
    match rows::promote(&engine.store, row).await {
        Ok(true) => {
            tracing::info!(registration = row.id, "the new secret proved itself; the old one is wiped");
            engine.changes.tell("registrations");
        }
        Ok(false) => {}
        Err(error) => tracing::error!(registration = row.id, %error, "a proven secret could not be written down"),
    }
}

async fn refuse(engine: &Engine, row: &Row, diagnosis: domain::Diagnosis) {
    let key = evidence::key(diagnosis);
    if row.next_refused.as_deref() == Some(&*key) {
        return;
    }
    tracing::warn!(registration = row.id, ?diagnosis, "the new secret is refused; the present one goes on");
    if let Err(error) = rows::next_refused(&engine.store, row, &key).await {
        tracing::error!(registration = row.id, %error, "a refused secret could not be written down");
    }
    engine.changes.tell("registrations");
}

/// The resource of which Microsoft gives an app its own token, whatever it may do there.
const OWN_TOKEN: &str = "https://outlook.office365.com/.default";

/// Asks the provider what it says to every value, the new secret before the present one, and keeps the answer.
///
/// # Errors
/// The database's.
pub async fn test(engine: &Engine, row: &Row) -> Result<Tested, crate::store::StoreError> {
    let now = clock::now();
    let id = RegistrationId(row.id);
    let mut tested = Tested { at: now, fields: verdicts(Heard::Nothing, Heard::Nothing), said: String::new() };
    if let Some((entry, mut parties)) = parties(engine, row).await {
        // Whoever presses *Test* asks about the new one, however long it has been refused.
        parties.sort_by_key(|(which, _)| *which != Which::New);
        let scopes = entry.scopes_for(true, true);
        let begin = match parties.first() {
            Some((_, first)) => oauth::trial::begin(engine, first, &scopes).await,
            None => oauth::trial::Told::nothing(),
        };
        let mut said = begin.said;
        let mut secret = Heard::Nothing;
        for (which, party) in &parties {
            let told = own_or_code(engine, row, entry, party).await?;
            let refused = match told.heard {
                Heard::Refused(diagnosis) => domain::registration::field_of(diagnosis) == Some(Field::Secret),
                _ => false,
            };
            secret = told.heard;
            match (which, told.heard) {
                (Which::New, Heard::Accepted) => promote(engine, row).await,
                (Which::New, Heard::Refused(diagnosis)) if refused => refuse(engine, row, diagnosis).await,
                _ => {}
            }
            if said.is_empty() {
                said = told.said;
            }
            if !refused {
                break;
            }
        }
        tested.fields = verdicts(begin.heard, secret);
        tested.said = if tested.wrong().is_some() { said } else { String::new() };
    }
    match serde_json::to_string(&tested) {
        Ok(text) => rows::note_test(&engine.store, id, text).await?,
        Err(error) => tracing::error!(registration = id.0, %error, "a test can't be kept"),
    }
    let wrong = tested.fields.iter().filter(|(_, verdict)| matches!(verdict, Verdict::Wrong(_))).count();
    tracing::info!(registration = id.0, wrong, "an app registration was tested");
    engine.changes.tell("registrations");
    Ok(tested)
}

/// The surest question about the secret that can be put.
async fn own_or_code(
    engine: &Engine,
    row: &Row,
    entry: &ProviderEntry,
    party: &Party,
) -> Result<oauth::trial::Told, crate::store::StoreError> {
    if entry.kind != ProviderKind::Microsoft {
        return Ok(oauth::trial::secret(engine, party, None).await);
    }
    // No app has a token of its own at the addresses for all (AADSTS9001023).
    let shared = ["", "common", "organizations", "consumers"].contains(&&*row.tenant);
    let tenant = if shared {
        rows::known_tenant(&engine.store, RegistrationId(row.id)).await?.filter(|t| t != oauth::CONSUMERS)
    } else {
        Some(row.tenant.clone())
    };
    let Some(tenant) = tenant else { return Ok(oauth::trial::secret(engine, party, None).await) };
    let there = Party::new(entry, &party.client_id, &tenant, party.client_secret.clone(), party.redirect.clone());
    match there {
        Some(there) => Ok(oauth::trial::secret(engine, &there, Some(OWN_TOKEN)).await),
        None => Ok(oauth::trial::secret(engine, party, None).await),
    }
}
