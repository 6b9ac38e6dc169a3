//! What usually comes in a day: for what waits at a provider that we can't log in to.

use crate::time::Span;

/// Younger than this, a mailbox has no habits.
pub const YOUNGEST: Span = Span::days(3);

/// Messages a day, from a count over a history; `None` where that says nothing, or less than one.
pub fn per_day(messages: u32, history: Span) -> Option<u32> {
    if history < YOUNGEST {
        return None;
    }
    let (messages, day) = (i64::from(messages), Span::days(1).0);
    let rounded = (messages * day + history.0 / 2) / history.0;
    u32::try_from(rounded).ok().filter(|n| *n > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_habit_takes_some_days() {
        for (messages, history, expected) in [
            (1, Span::hours(1), None),
            (500, Span::hours(71), None),
            (120, Span::days(3), Some(40)),
            (1_012, Span::days(30), Some(34)),
            (15, Span::days(30), Some(1)),
            (14, Span::days(30), None),
            (0, Span::days(30), None),
        ] {
            assert_eq!(per_day(messages, history), expected, "{messages} in {history:?}");
        }
    }
}
