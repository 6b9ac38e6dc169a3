//! Passwords of the console's people: argon2id, and a brake on guessing.

use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::time::Span;
use domain::{Fault, Refusal, Time};
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The shortest password. NIST SP 800-63B 5.1.1.2 asks for 8 at least; length is all we ask for.
pub const SHORTEST: usize = 10;
/// Above this argon2 would only burn time.
const LONGEST: usize = 1_024;

/// OWASP's minimum for argon2id: 19 MiB, two passes, one lane.
fn hasher() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(19 * 1_024, 2, 1, None).unwrap_or_default())
}

/// Whether a password may be chosen.
///
/// # Errors
/// [`Fault::PasswordShort`], or [`Fault::TextTooLong`].
pub fn check(password: &str) -> Result<(), Refusal> {
    if password.chars().count() < SHORTEST {
        return Err(Fault::PasswordShort.into());
    }
    if password.len() > LONGEST {
        return Err(Fault::TextTooLong.into());
    }
    Ok(())
}

/// Hashes a new password, off the async threads.
///
/// # Errors
/// [`Refusal::Unavailable`] when the machine can't.
pub async fn hash(password: String) -> Result<String, Refusal> {
    blocking(move || {
        let salt = SaltString::generate(&mut OsRng);
        hasher().hash_password(password.as_bytes(), &salt).map(|hash| hash.to_string()).ok()
    })
    .await?
    .ok_or(Refusal::Unavailable)
}

/// Whether a password fits a hash. Without a hash it takes as long and says no, so that the time
/// does not tell who exists.
///
/// # Errors
/// [`Refusal::Unavailable`] when the machine can't.
pub async fn fits(password: String, hash: Option<String>) -> Result<bool, Refusal> {
    if password.len() > LONGEST {
        return Ok(false);
    }
    blocking(move || match hash.as_deref().map(PasswordHash::new) {
        Some(Ok(hash)) => hasher().verify_password(password.as_bytes(), &hash).is_ok(),
        _ => {
            let salt = SaltString::generate(&mut OsRng);
            let _ = hasher().hash_password(password.as_bytes(), &salt);
            false
        }
    })
    .await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::Unavailable)
}

/// Slows guessing down: five tries free, then one more every half minute, per key.
#[derive(Default)]
pub struct Brake(Mutex<HashMap<String, (f64, Time)>>);

const FREE: f64 = 5.0;
const REFILL: Span = Span::seconds(30);
const REMEMBERED: usize = 10_000;

impl Brake {
    /// Takes one try from a key's allowance.
    ///
    /// # Errors
    /// [`Refusal::Slow`] with the seconds until the next try.
    pub fn take(&self, key: &str, now: Time) -> Result<(), Refusal> {
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() > REMEMBERED {
            tries.retain(|_, (left, at)| *left + refilled(now, *at) < FREE);
        }
        let (left, at) = tries.entry(key.to_owned()).or_insert((FREE, now));
        let allowed = (*left + refilled(now, *at)).min(FREE);
        if allowed < 1.0 {
            let wait = (1.0 - allowed) * REFILL.0 as f64 / 1_000.0;
            return Err(Refusal::Slow(wait.ceil() as u32));
        }
        (*left, *at) = (allowed - 1.0, now);
        Ok(())
    }

    /// Gives a key its whole allowance back, after a success.
    pub fn forget(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

fn refilled(now: Time, at: Time) -> f64 {
    now.since(at).0 as f64 / REFILL.0 as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_hash_only() {
        let hash = hash("correct horse battery".into()).await.expect("hashes");
        assert!(hash.starts_with("$argon2id$"));
        assert!(fits("correct horse battery".into(), Some(hash.clone())).await.expect("checks"));
        assert!(!fits("wrong horse battery".into(), Some(hash)).await.expect("checks"));
        assert!(!fits("anything at all".into(), None).await.expect("checks"));
    }

    #[test]
    fn guessing_is_slowed_down_and_a_pause_helps() {
        let brake = Brake::default();
        let now = Time(1_000_000);
        for _ in 0..5 {
            assert_eq!(brake.take("a", now), Ok(()));
        }
        assert_eq!(brake.take("a", now), Err(Refusal::Slow(30)));
        assert_eq!(brake.take("b", now), Ok(()));
        assert_eq!(brake.take("a", now + REFILL), Ok(()));
        brake.forget("a");
        assert_eq!(brake.take("a", now), Ok(()));
    }
}
