//! Sign-ins at a provider: set out, come back, prove, swap.
//!
//! Invariants: a callback counts once, in the browser that set out, for ten minutes; a direction
//! that works is never replaced by one that does not; swaps, episodes and the settled sign-in are
//! written in one transaction; no token is in a result. Absent: a call of Google's revoke, which
//! would kill every token that the account gave us.

mod begin;
mod complete;
mod finish;
mod kept;
pub mod links;
mod others;
mod password;
mod prove;
mod refuse;
mod repaired;
mod settle;
mod swap;

use crate::Engine;
use crate::login::Access;
use crate::oauth::Party;
use crate::oauth_address::CALLBACK;
use crate::providers::ProviderEntry;
use crate::secret::Secret;
use crate::store::registrations::Row as Registration;
use domain::console::mailboxes::CheckResult;
use domain::console::signins::SignInResult;
use domain::id::SignInId;
use domain::probe::ProbeReport;
use domain::signin::SignInState;
use domain::time::Span;
use domain::{Diagnosis, Direction, Refusal};

pub use begin::{begin, provider_of};
pub use complete::{adopt, complete};
pub use kept::retry_kept;
pub(crate) use password::checked as checked_server;
pub use password::{apply_password, switch_by_password};
pub use prove::unreached;
pub use repaired::{lately, repaired};
pub use swap::New;

/// A provider's code lives about ten minutes, and so does a sign-in.
pub const LIFE: Span = Span::minutes(10);
/// A sign-in whose direction failed is kept sealed this long (R3).
pub const KEPT: Span = Span::days(7);

/// Where providers send browsers back to; `None` until the desk's public address is known.
pub async fn redirect_address(engine: &Engine) -> Option<String> {
    let address = engine.public_address().await.ok().filter(|address| !address.is_empty())?;
    Some(format!("{address}{CALLBACK}"))
}

/// The provider of a registration, and both sides of a conversation with it.
pub async fn party<'a>(engine: &'a Engine, registration: &Registration) -> Option<(&'a ProviderEntry, Party)> {
    let (entry, parties) = crate::registrations::parties(engine, registration).await?;
    Some((entry, parties.into_iter().next()?.1))
}

/// What a registration's secret is sealed for.
pub fn secret_purpose(registration: i64) -> String {
    format!("registration:{registration}:secret")
}

fn verifier_purpose(state_hash: &[u8]) -> String {
    let hex: String = state_hash.iter().map(|b| format!("{b:02x}")).collect();
    format!("sign_in:{hex}:verifier")
}

fn open(engine: &Engine, purpose: &str, sealed: Option<&[u8]>) -> Option<Secret> {
    sealed.and_then(|sealed| engine.vault.open(purpose, sealed).ok())
}

/// Probes one direction with what it would sign in with; what stands in the way of asking the
/// server is a report too.
pub async fn probe_report(engine: &Engine, direction: Direction, access: Result<Access, String>) -> ProbeReport {
    match access {
        Ok(access) => prove::probe(engine, direction, &access, "INBOX").await,
        Err(why) => prove::failed(direction, Diagnosis::Unknown, &why),
    }
}

/// Wakes who waited for what a check swapped.
pub fn finish_check(engine: &Engine, check: &CheckResult) {
    engine.changes.tell(format!("mailbox:{}", check.mailbox));
    engine.changes.tell("mailboxes");
    if !check.swapped.is_empty() {
        engine.wake.mailbox(check.mailbox);
        engine.wake.outbox.notify_one();
        engine.wake.refresher.notify_one();
        engine.changes.tell("outbox");
        engine.changes.tell("tickets");
    }
}

/// The result page of a sign-in that has settled.
///
/// # Errors
/// [`Refusal::NotFound`] before that.
pub async fn result(engine: &Engine, id: SignInId) -> Result<SignInResult, Refusal> {
    let row = crate::store::signins::get(&engine.store, id).await?.ok_or(Refusal::NotFound)?;
    let text = row.result.as_deref().ok_or(Refusal::NotFound)?;
    let mut result: SignInResult = serde_json::from_str(text).map_err(|error| {
        tracing::error!(sign_in = id.0, %error, "a result can't be read");
        Refusal::Unavailable
    })?;
    result.state = SignInState::from_key(&row.state).unwrap_or(result.state);
    // Taken, or past its time.
    if row.grant_id.is_none() || row.expires_at < crate::clock::now().0 {
        result.adopt = None;
    }
    Ok(result)
}
