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

/// When the message with so many before it leaves at the provider's pace; `None`: now.
pub fn leaves_at(recent: &[Time], per_minute: Option<u32>, ahead: usize, now: Time) -> Option<Time> {
    let limit = usize::try_from(per_minute?).ok().filter(|&limit| limit > 0)?;
    // Those ahead are handed over as soon as they may be, each in its turn.
    let mut handed: Vec<Time> = recent.iter().copied().filter(|at| *at <= now).collect();
    let mut at = now;
    for _ in 0..=ahead.min(20 * limit) {
        at = wait_until(&handed, per_minute, at).unwrap_or(at);
        handed.push(at);
        let spare = handed.len().saturating_sub(limit);
        handed.drain(..spare);
    }
    (at > now).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Exchange's 30 a minute: a hundred replies take three minutes, the last ten after them.
    #[test]
    fn a_hundred_take_three_minutes() {
        let now = Time(1_000_000_000);
        let at = |ahead| leaves_at(&[], Some(30), ahead, now).map_or(0, |at| at.since(now).0 / 1_000);
        assert_eq!([0, 29, 30, 59, 60, 89, 90, 99].map(at), [0, 0, 60, 60, 120, 120, 180, 180]);
        let recent: Vec<Time> = (0..30).map(|n| now - Span::seconds(40 - n)).collect();
        let at = |ahead| leaves_at(&recent, Some(30), ahead, now).map_or(0, |at| at.since(now).0 / 1_000);
        assert_eq!([0, 10, 29, 30].map(at), [20, 30, 49, 80]);
        assert_eq!(leaves_at(&recent, None, 500, now), None);
    }

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
