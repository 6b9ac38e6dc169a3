//! When to try again. Pure: the jitter is a parameter.

use crate::time::{Span, Time};

/// A growing pause between attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    pub first: Span,
    pub longest: Span,
}

/// Passing faults of a session with a server.
pub const SESSION: Backoff = Backoff { first: Span::seconds(2), longest: Span::minutes(1) };
/// Passing faults of a provider's sign-in.
pub const NETWORK: Backoff = Backoff { first: Span::seconds(2), longest: Span::minutes(5) };
/// Replies that a server put off.
pub const OUTBOX: Backoff = Backoff { first: Span::seconds(15), longest: Span::hours(2) };
/// Policy, consent and SMTP AUTH faults: somebody mends them elsewhere.
pub const POLICY: Backoff = Backoff { first: Span::hours(1), longest: Span::hours(1) };
/// A refused password: seldom enough never to lock an account.
pub const PASSWORD: Backoff = Backoff { first: Span::hours(6), longest: Span::hours(6) };

impl Backoff {
    /// The pause after `attempts` failures in a row (1 = the first), doubled each time.
    /// `jitter` is 0.0 to 1.0 and takes up to a fifth off, so that many mailboxes spread.
    pub fn pause(self, attempts: u32, jitter: f64) -> Span {
        let doublings = attempts.saturating_sub(1).min(30);
        let grown = self.first.0.saturating_mul(1_i64 << doublings).min(self.longest.0);
        Span(grown - (grown as f64 * 0.2 * jitter.clamp(0.0, 1.0)) as i64)
    }

    /// Whether an attempt planned for `due` may be made at `now`. A due time further off than the
    /// longest pause can only come from a clock that jumped: it is due at once.
    pub fn is_due(self, due: Time, now: Time) -> bool {
        due <= now || due > now + self.longest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stop_growing() {
        let pauses: Vec<i64> = (0..=12).map(|n| NETWORK.pause(n, 0.0).0 / 1_000).collect();
        assert_eq!(pauses, [2, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]);
        assert_eq!(NETWORK.pause(u32::MAX, 0.0), Span::minutes(5));
        assert_eq!(NETWORK.pause(2, 1.0), Span::millis(3_200));
    }

    #[test]
    fn a_clock_that_jumped_does_not_keep_us_waiting() {
        let now = Time(1_000_000_000);
        assert!(NETWORK.is_due(now, now));
        assert!(!NETWORK.is_due(now + Span::seconds(1), now));
        assert!(NETWORK.is_due(now + Span::days(1), now));
    }
}
