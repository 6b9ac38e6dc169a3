//! Evidence about directions: what proved itself, what failed, since when.
//!
//! The only place, beside a swap, that writes the failing columns of a direction and its episodes.
//! A network fault is never a credential fault: it never makes a direction wait for a person.

mod facts;
mod kept;
mod shown;

pub use facts::facts;
pub(crate) use facts::with_directions;
pub use shown::{Shown, shown};
pub(crate) use shown::{desk_shown, names_shown, own_shown, rows_shown};

use crate::Engine;
use crate::clock;
use crate::login::Fault;
use crate::store::{StoreError, directions, episodes};
use domain::backoff;
use domain::credential::CredentialKind;
use domain::diagnosis::Certainty;
use domain::id::{GrantId, MailboxId};
use domain::remedy::Remedy;
use domain::time::Span;
use domain::{Diagnosis, Direction, Time};

/// A proof younger than this is not written down again.
const PROOF_EVERY: Span = Span::minutes(1);

/// What a failure means for the loop that met it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// A person must act, or a setting outside must change: stop, or probe seldom.
    pub definite: bool,
    /// When to try again by oneself; `None`: not before a person did something.
    pub next_attempt_at: Option<Time>,
}

/// Whether a direction failed last by a fault that passes: that it signs in again does not show that
/// the fault is over.
///
/// # Errors
/// The database's.
pub async fn is_shaky(engine: &Engine, mailbox: MailboxId, direction: Direction) -> Result<bool, StoreError> {
    let row = directions::get(engine.store.read(), mailbox, direction).await?;
    Ok(row.is_some_and(|row| row.failing_since.is_some() && !row.failing_definite && row.refused_at.is_none()))
}

/// A session of this direction proved its credential: ends a running episode.
///
/// # Errors
/// The database's.
pub async fn proved(engine: &Engine, mailbox: MailboxId, direction: Direction) -> Result<(), StoreError> {
    let now = clock::now();
    let Some(row) = directions::get(engine.store.read(), mailbox, direction).await? else {
        return Ok(());
    };
    let failing = row.failing_since.is_some();
    if !failing && row.proved_at.is_some_and(|at| now.since(Time(at)) < PROOF_EVERY) {
        return Ok(());
    }
    let tx = engine.store.begin().await?;
    directions::mark_proved(&tx, mailbox, direction, now).await?;
    let ended = episodes::end(&tx, mailbox, direction, now, None, None).await?;
    tx.commit().await?;
    if failing || ended || row.proved_at.is_none() {
        tracing::info!(mailbox = mailbox.0, direction = direction.key(), "works");
        tell(engine, mailbox);
        if direction == Direction::Outgoing {
            engine.wake.outbox.notify_one();
        }
    }
    Ok(())
}

/// What was tried: a direction may sign in by something else by the time that its failure is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tried {
    /// What the direction has now.
    Present,
    /// What it had at this generation.
    Generation(i64),
    /// A grant, if it still signs in by that.
    Grant(GrantId),
}

impl Tried {
    fn is_present(self, row: &directions::Row) -> bool {
        match self {
            Tried::Present => true,
            Tried::Generation(generation) => row.generation == generation,
            Tried::Grant(grant) => row.grant_id == Some(grant.0),
        }
    }
}

/// A session failed: begins or goes on with an episode, and says what follows. Nothing is written
/// down of a credential that was replaced meanwhile.
///
/// # Errors
/// The database's.
pub async fn failed(
    engine: &Engine,
    mailbox: MailboxId,
    direction: Direction,
    tried: Tried,
    fault: &Fault,
) -> Result<Verdict, StoreError> {
    if engine.silence.is() {
        return Ok(Verdict { definite: false, next_attempt_at: None });
    }
    let now = clock::now();
    let tx = engine.store.begin().await?;
    let Some(row) = directions::get(&tx, mailbox, direction).await? else {
        return Ok(Verdict { definite: false, next_attempt_at: None });
    };
    if !tried.is_present(&row) {
        return Ok(Verdict { definite: false, next_attempt_at: Some(now) });
    }
    let credential = row.credential_kind().unwrap_or(CredentialKind::Password);
    let fault = &fault.clone().seen_with(credential);
    let ruling = rule(&Before::of(&row), credential, fault, now, engine.config.second_refusal_after, rand::random());
    let changed = row.failing_diagnosis.as_deref() != Some(&key(ruling.diagnosis))
        || row.failing_definite != ruling.verdict.definite;
    let since = row.failing_since.unwrap_or(now.0);
    let said = if ruling.kept_cause { row.failing_said.clone().unwrap_or_default() } else { fault.said.clone() };
    let failing = directions::Failing {
        since: Time(since),
        diagnosis: &key(ruling.diagnosis),
        definite: ruling.verdict.definite,
        said: &said,
        failures: row.failures + 1,
        refused_at: ruling.refused_at,
        next_attempt_at: ruling.verdict.next_attempt_at,
    };
    directions::mark_failed(&tx, mailbox, direction, failing).await?;
    episodes::go_on(&tx, mailbox, direction, Time(since), &key(ruling.diagnosis), ruling.verdict.definite, &said)
        .await?;
    tx.commit().await?;
    if changed {
        tracing::warn!(
            mailbox = mailbox.0,
            direction = direction.key(),
            diagnosis = ?ruling.diagnosis,
            definite = ruling.verdict.definite,
            "failing"
        );
        tell(engine, mailbox);
        engine.changes.tell("outbox");
    }
    Ok(ruling.verdict)
}

fn tell(engine: &Engine, mailbox: MailboxId) {
    engine.changes.tell(format!("mailbox:{mailbox}"));
    engine.changes.tell("mailboxes");
    engine.changes.tell("tickets");
}

/// What was known before a failure.
struct Before {
    diagnosis: Option<Diagnosis>,
    definite: bool,
    failures: u32,
    refused_at: Option<Time>,
}

impl Before {
    fn of(row: &directions::Row) -> Self {
        Self {
            diagnosis: row.failing_diagnosis.as_deref().and_then(diagnosis),
            definite: row.failing_definite,
            failures: u32::try_from(row.failures).unwrap_or(u32::MAX),
            refused_at: row.refused_at.map(Time),
        }
    }
}

struct Ruling {
    diagnosis: Diagnosis,
    verdict: Verdict,
    /// When this credential was refused the first time.
    refused_at: Option<Time>,
    /// The fault is a passing one on top of a definite cause, which stays the cause.
    kept_cause: bool,
}

/// Turns a fault into a verdict. Pure, for the table below.
fn rule(before: &Before, credential: CredentialKind, fault: &Fault, now: Time, apart: Span, jitter: f64) -> Ruling {
    let finding = &fault.finding;
    // A server that says how long it wants to be left alone is left alone, within reason.
    let asked = finding
        .wait_ms
        .map_or(Span(0), |ms| Span(i64::try_from(ms).unwrap_or(i64::MAX)))
        .min(backoff::PASSWORD.longest);
    let later = |backoff: backoff::Backoff, failures: u32| Some(now + backoff.pause(failures, jitter).max(asked));
    if let (Some(cause), true, Certainty::Passing) = (before.diagnosis, before.definite, finding.certainty) {
        let next_attempt_at = later(backoff::SESSION, before.failures.saturating_add(1));
        let verdict = Verdict { definite: true, next_attempt_at };
        return Ruling { diagnosis: cause, verdict, refused_at: before.refused_at, kept_cause: true };
    }
    let definite = match finding.certainty {
        Certainty::Definite => true,
        Certainty::Passing => false,
        Certainty::NeedsSecond => before.definite || before.refused_at.is_some_and(|at| now.since(at) >= apart),
    };
    let refused_at = match finding.certainty {
        Certainty::Passing => before.refused_at,
        _ => Some(before.refused_at.unwrap_or(now)),
    };
    let next_attempt_at = if definite {
        match finding.diagnosis.remedy(credential) {
            Remedy::Wait => later(backoff::SESSION, before.failures.saturating_add(1)),
            Remedy::SignInAgain | Remedy::AnotherPersonSignsIn => match credential {
                // The provider still gives tokens: perhaps it is the mail server that is in trouble.
                CredentialKind::Grant if finding.diagnosis == Diagnosis::TokenRefused => later(backoff::POLICY, 1),
                CredentialKind::Grant => None,
                CredentialKind::Password => later(backoff::PASSWORD, 1),
            },
            Remedy::GivePassword | Remedy::UseAppPassword | Remedy::SwitchToSignIn => later(backoff::PASSWORD, 1),
            // A folder that somebody moves is back in a moment, and its mail waits.
            _ if finding.diagnosis == Diagnosis::FolderGone => {
                later(backoff::NETWORK, before.failures.saturating_add(1))
            }
            Remedy::AdminConsent
            | Remedy::FixAppRegistration
            | Remedy::FixMailboxSettings
            | Remedy::AskAdministrator => later(backoff::POLICY, 1),
        }
    } else if finding.certainty == Certainty::NeedsSecond {
        // A moment after the setting, so that the second refusal counts.
        Some(now + apart + Span::millis(50))
    } else {
        later(backoff::SESSION, before.failures.saturating_add(1))
    };
    Ruling {
        diagnosis: finding.diagnosis,
        verdict: Verdict { definite, next_attempt_at },
        refused_at,
        kept_cause: false,
    }
}

/// The word for a diagnosis in the database.
pub fn key(diagnosis: Diagnosis) -> String {
    diagnosis.name().to_owned()
}

/// The diagnosis of a word in the database.
pub fn diagnosis(key: &str) -> Option<Diagnosis> {
    Diagnosis::from_name(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::diagnosis::Finding;

    fn fault(diagnosis: Diagnosis, certainty: Certainty) -> Fault {
        Fault {
            finding: Finding { diagnosis, certainty, known: true, code: None, sentence: None, wait_ms: None },
            said: String::new(),
        }
    }

    #[test]
    fn only_the_second_refusal_one_setting_apart_counts() {
        let refusal = fault(Diagnosis::PasswordRefused, Certainty::NeedsSecond);
        let apart = Span::minutes(3);
        let now = Time(10_000_000);
        for (first, definite) in [(None, false), (Some(Span::minutes(2)), false), (Some(apart), true)] {
            let before = Before { diagnosis: None, definite: false, failures: 0, refused_at: first.map(|s| now - s) };
            let ruling = rule(&before, CredentialKind::Password, &refusal, now, apart, 0.0);
            assert_eq!(ruling.verdict.definite, definite, "{first:?}");
        }
    }

    #[test]
    fn a_network_fault_never_calls_a_person_and_never_hides_a_cause() {
        let network = fault(Diagnosis::TimedOut, Certainty::Passing);
        let now = Time(10_000_000);
        let fresh = Before { diagnosis: None, definite: false, failures: 500, refused_at: None };
        let ruling = rule(&fresh, CredentialKind::Grant, &network, now, Span::minutes(3), 0.0);
        assert!(!ruling.verdict.definite);
        assert_eq!(ruling.verdict.next_attempt_at, Some(now + Span::minutes(1)));
        let mut busy = network;
        busy.finding.wait_ms = Some(120_000);
        let ruling = rule(&fresh, CredentialKind::Grant, &busy, now, Span::minutes(3), 0.0);
        assert_eq!(ruling.verdict.next_attempt_at, Some(now + Span::minutes(2)), "as long as the server asks for");
        let network = fault(Diagnosis::TimedOut, Certainty::Passing);
        let lost = Before {
            diagnosis: Some(Diagnosis::SmtpAuthDisabledTenant),
            definite: true,
            failures: 1,
            refused_at: None,
        };
        let ruling = rule(&lost, CredentialKind::Grant, &network, now, Span::minutes(3), 0.0);
        assert!(ruling.verdict.definite && ruling.kept_cause);
        assert_eq!(ruling.diagnosis, Diagnosis::SmtpAuthDisabledTenant);
    }

    #[test]
    fn a_lost_sign_in_is_not_tried_a_setting_hourly_and_a_folder_soon() {
        let now = Time(10_000_000);
        let before = Before { diagnosis: None, definite: false, failures: 0, refused_at: None };
        let next =
            |d, c| rule(&before, c, &fault(d, Certainty::Definite), now, Span::minutes(3), 0.0).verdict.next_attempt_at;
        assert_eq!(next(Diagnosis::SignInRevoked, CredentialKind::Grant), None);
        assert_eq!(next(Diagnosis::TokenRefused, CredentialKind::Grant), Some(now + Span::hours(1)));
        assert_eq!(next(Diagnosis::SmtpAuthDisabledMailbox, CredentialKind::Grant), Some(now + Span::hours(1)));
        assert_eq!(next(Diagnosis::PasswordRefused, CredentialKind::Password), Some(now + Span::hours(6)));
        assert_eq!(next(Diagnosis::FolderGone, CredentialKind::Password), Some(now + Span::seconds(2)));
    }

    #[test]
    fn every_diagnosis_has_a_word() {
        assert_eq!(diagnosis(&key(Diagnosis::SignInRevoked)), Some(Diagnosis::SignInRevoked));
        assert_eq!(diagnosis("no such"), None);
    }
}
