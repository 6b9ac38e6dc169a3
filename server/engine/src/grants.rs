//! Grants and their tokens. [`access_token`] is the only way to a token.
//!
//! Invariants: one refresh of a grant at a time, in this process and, by a lease in the row, among
//! all nodes; a rotated refresh token is stored by the statement that stores its access token; a
//! refresh that began is finished even if nobody waits for it any more; a provider that does not
//! answer never loses a grant.

mod flight;
mod refresher;
mod seal;

use crate::Engine;
use crate::clock;
use crate::evidence;
use crate::login::{Fault, Owner};
use crate::oauth;
use crate::secret::Secret;
use crate::store::grants::{self as rows, Row};
use crate::store::{StoreError, accounts};
use domain::diagnosis::Certainty;
use domain::id::{AccountId, GrantId, RegistrationId};
use domain::time::Span;
use domain::{Diagnosis, Time};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

pub use refresher::run;
pub(crate) use seal::{Fresh, mail_scopes, moved, sealed};

/// Refreshes that are under way in this process.
pub struct Flights {
    locks: Mutex<HashMap<GrantId, Arc<tokio::sync::Mutex<()>>>>,
    engine: OnceLock<Weak<Engine>>,
    /// This process in the rows' leases, beside its node.
    token: String,
}

impl Default for Flights {
    fn default() -> Self {
        Self { locks: Mutex::default(), engine: OnceLock::new(), token: crate::vault::token() }
    }
}

impl Flights {
    /// Tells the flights whose they are, so that a refresh outlives the caller that began it.
    pub(crate) fn attach(&self, engine: &Arc<Engine>) {
        let _ = self.engine.set(Arc::downgrade(engine));
    }

    /// Who takes a lease: the node as which this process is entered, so that others see when it dies.
    fn owner(&self, engine: &Engine) -> String {
        engine.node.get().map_or_else(|| self.token.clone(), |node| format!("{}/{}", node.id, self.token))
    }

    fn lock(&self, grant: GrantId) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        // Locks that nobody holds are only kept while there are few.
        if locks.len() > 4_096 {
            locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        }
        locks.entry(grant).or_default().clone()
    }
}

/// A token that is good for at least another minute, or for a quarter of its life if that is less.
///
/// # Errors
/// A [`Fault`]: definite when the grant is lost or the registration refused, passing otherwise.
pub async fn access_token(engine: &Engine, grant: GrantId) -> Result<Secret, Fault> {
    let row = read(engine, grant).await?;
    if let Some(token) = good(engine, &row) {
        return Ok(token);
    }
    fly(engine, grant, row.generation, flight::Why::Needed).await
}

/// The token by which a provider can be told that a grant has ended.
pub(crate) fn revocable(engine: &Engine, row: &Row) -> Option<Secret> {
    let id = GrantId(row.id);
    let refresh = row.refresh_sealed.as_deref().map(|sealed| engine.vault.open(&seal::refresh_purpose(id), sealed));
    let access = || row.access_sealed.as_deref().map(|sealed| engine.vault.open(&seal::access_purpose(id), sealed));
    refresh.or_else(access)?.ok()
}

/// Whose grant it is.
///
/// # Errors
/// The database's.
pub async fn owner(engine: &Engine, grant: GrantId) -> Result<Option<Owner>, StoreError> {
    let Some(row) = rows::get(engine.store.read(), grant).await? else { return Ok(None) };
    Ok(accounts::get(&engine.store, AccountId(row.account_id)).await?.as_ref().map(Owner::of))
}

/// A server refused the token: refresh at once, unless the generation moved on meanwhile.
///
/// # Errors
/// As [`access_token`]; a definite one settles whether the grant or the server was at fault.
pub async fn refused(engine: &Engine, grant: GrantId) -> Result<Secret, Fault> {
    let row = read(engine, grant).await?;
    fly(engine, grant, row.generation, flight::Why::Refused).await
}

/// A registration was changed: its grants are tried at once, the first of them while the caller
/// waits. One success heals all mailboxes of the registration, without a sign-in.
pub async fn retry(engine: &Arc<Engine>, registration: RegistrationId) {
    let result = async {
        rows::hasten(&engine.store, registration, clock::now()).await?;
        rows::of_registration(&engine.store, registration).await
    };
    match result.await {
        Ok(grants) => {
            if let Some(grant) = grants.iter().find(|g| g.failed_refreshes > 0) {
                let (engine, grant) = (engine.clone(), GrantId(grant.id));
                let _ = tokio::spawn(async move { flight::ahead(&engine, grant).await }).await;
            }
        }
        Err(error) => tracing::error!(registration = registration.0, %error, "the grants can't be read"),
    }
    engine.wake.refresher.notify_one();
}

/// Refreshes in a task of its own: a caller that gives up must not throw a rotated token away.
async fn fly(engine: &Engine, grant: GrantId, generation: i64, why: flight::Why) -> Result<Secret, Fault> {
    match engine.grants.engine.get().and_then(Weak::upgrade) {
        Some(engine) => match tokio::spawn(async move { flight::refresh(&engine, grant, generation, why).await }).await
        {
            Ok(result) => result,
            Err(_) => Err(passing(Diagnosis::Unknown, "the refresh broke off")),
        },
        None => flight::refresh(engine, grant, generation, why).await,
    }
}

async fn read(engine: &Engine, grant: GrantId) -> Result<Row, Fault> {
    match rows::get(engine.store.read(), grant).await {
        Ok(Some(row)) => match lost(&row) {
            Some(fault) => Err(fault),
            None => Ok(row),
        },
        Ok(None) => Err(definite(Diagnosis::SignInExpired, "the sign-in was removed")),
        Err(error) => {
            tracing::error!(grant = grant.0, %error, "a grant can't be read");
            Err(passing(Diagnosis::Unknown, "the database did not answer"))
        }
    }
}

/// The cause, when the grant is lost.
fn lost(row: &Row) -> Option<Fault> {
    row.lost_at?;
    Some(cause(row).unwrap_or_else(|| definite(Diagnosis::SignInExpired, "")))
}

/// What the provider refused last.
fn cause(row: &Row) -> Option<Fault> {
    let diagnosis = evidence::diagnosis(row.lost_diagnosis.as_deref()?).unwrap_or(Diagnosis::SignInExpired);
    Some(definite(diagnosis, row.lost_said.as_deref().unwrap_or_default()))
}

/// The row's access token, if it is good for long enough.
fn good(engine: &Engine, row: &Row) -> Option<Secret> {
    let sealed = row.access_sealed.as_deref()?;
    if !fresh_enough(Time(row.refreshed_at), Time(row.access_expires_at), clock::now()) {
        return None;
    }
    engine.vault.open(&seal::access_purpose(GrantId(row.id)), sealed).ok()
}

/// Whether a token of this life may still be handed out.
fn fresh_enough(begun: Time, ends: Time, now: Time) -> bool {
    let life = ends.since(begun);
    let margin = Span::minutes(1).0.min(life.0 / 4);
    // A beginning in the future comes from a clock that jumped back.
    begun <= now + Span::minutes(5) && ends - Span(margin) > now
}

fn definite(diagnosis: Diagnosis, said: &str) -> Fault {
    Fault { finding: oauth::finding(diagnosis, Certainty::Definite), said: said.to_owned() }
}

fn passing(diagnosis: Diagnosis, said: &str) -> Fault {
    Fault { finding: oauth::finding(diagnosis, Certainty::Passing), said: said.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn margins_fit_short_and_long_lives() {
        let begun = Time(1_000_000_000);
        let fresh = |life: Span, after: Span| fresh_enough(begun, begun + life, begun + after);
        assert!(fresh(Span::seconds(60), Span::seconds(44)));
        assert!(!fresh(Span::seconds(60), Span::seconds(45)));
        assert!(fresh(Span::hours(1), Span::minutes(58)));
        assert!(!fresh(Span::hours(1), Span::minutes(59)));
        assert!(!fresh(Span(0), Span(0)));
        assert!(!fresh_enough(begun, begun + Span::hours(1), begun - Span::hours(1)));
    }
}
