//! The provider's limit on messages per minute.

use domain::Time;
use domain::time::Span;

/// When the next message may be handed over: now (`None`), or then. `recent`: when messages were
/// handed over, oldest first.
pub fn wait_until(recent: &[Time], per_minute: Option<u32>, now: Time) -> Option<Time> {
    let limit = usize::try_from(per_minute?).ok().filter(|&limit| limit > 0)?;
    let minute: Vec<Time> =
        recent.iter().copied().filter(|at| now.since(*at) < Span::minutes(1) && *at <= now).collect();
    // The oldest of the last `limit` leaves the window first.
    let oldest = minute.len().checked_sub(limit).and_then(|first| minute.get(first))?;
    Some(*oldest + Span::minutes(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_holds_only_so_many() {
        let now = Time(1_000_000_000);
        let ago = |seconds: &[i64]| -> Vec<Time> { seconds.iter().map(|s| now - Span::seconds(*s)).collect() };
        for (recent, limit, wait) in [
            (ago(&[]), Some(30), None),
            (ago(&[50, 40, 30]), None, None),
            (ago(&[50, 40, 30]), Some(0), None),
            (ago(&[50, 40]), Some(3), None),
            (ago(&[50, 40, 30]), Some(3), Some(10)),
            (ago(&[55, 50, 40, 30]), Some(3), Some(10)),
            (ago(&[90, 61, 40, 30]), Some(3), None),
            (ago(&[60, 40, 30]), Some(3), None),
            // A clock that went back does not keep us waiting.
            (ago(&[-50, -40, -30]), Some(3), None),
        ] {
            assert_eq!(wait_until(&recent, limit, now), wait.map(|s| now + Span::seconds(s)), "{recent:?}");
        }
    }
}
