//! The opposite of a fault: nothing is refused, nothing breaks, and no mail comes.

use crate::time::{Span, Time};
use serde::{Deserialize, Serialize};

/// A healthy mailbox is passed over at least every five minutes.
pub const PASS_WITHIN: Span = Span::minutes(15);
/// Younger than this, or with less than a message a day, a mailbox has no habit to break.
const HISTORY: Span = Span::days(7);
/// A shorter quiet is nobody's worry.
const QUIET: Span = Span::days(1);

/// How a mailbox is silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    /// Fetching has not gone through.
    NoPass,
    /// Fetching goes through, and brings nothing, longer than ever before.
    NoMail,
}

/// A silence, since the last pass or the last message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Silent {
    pub how: Silence,
    pub since: Time,
}

/// How mail usually comes, reckoned over the month before the last message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Habit {
    pub messages: u32,
    pub first: Time,
    pub last: Time,
    /// The longest time between two of them: nights, weekends and holidays are in it.
    pub longest: Span,
}

impl Habit {
    /// How long a quiet may last before it is remarkable: twice the longest so far; `None` where
    /// the history says nothing.
    pub fn patience(&self) -> Option<Span> {
        let history = self.last.since(self.first);
        let often = i64::from(self.messages) * Span::days(1).0 >= history.0;
        (history >= HISTORY && often).then(|| Span((self.longest.0.saturating_mul(2)).max(QUIET.0)))
    }
}

/// Whether a mailbox that should be fetched from is silent now.
pub fn silent(passed_at: Option<Time>, habit: Option<&Habit>, now: Time) -> Option<Silent> {
    let passed = passed_at?;
    if now.since(passed) >= PASS_WITHIN {
        return Some(Silent { how: Silence::NoPass, since: passed });
    }
    let habit = habit?;
    (now.since(habit.last) >= habit.patience()?).then_some(Silent { how: Silence::NoMail, since: habit.last })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_silent_against_its_own_habit() {
        let now = Time(1_800_000_000_000);
        let habit = |messages, days: i64, longest: Span, quiet: Span| Habit {
            messages,
            first: now - quiet - Span::days(days),
            last: now - quiet,
            longest,
        };
        let (busy, weekly) = (Span::hours(3), Span::hours(62));
        for (passed, habit, expected) in [
            (Span::minutes(14), None, None),
            (Span::minutes(15), None, Some(Silence::NoPass)),
            (Span::minutes(1), Some(habit(400, 20, busy, Span::hours(23))), None),
            (Span::minutes(1), Some(habit(400, 20, busy, Span::hours(24))), Some(Silence::NoMail)),
            // Nothing from Friday to Monday is a weekend there.
            (Span::minutes(1), Some(habit(400, 20, weekly, Span::hours(65))), None),
            (Span::minutes(1), Some(habit(400, 20, weekly, Span::hours(124))), Some(Silence::NoMail)),
            // Too young, or too quiet to tell.
            (Span::minutes(1), Some(habit(400, 6, busy, Span::days(9))), None),
            (Span::minutes(1), Some(habit(10, 20, busy, Span::days(9))), None),
            (Span::hours(1), Some(habit(400, 20, busy, Span::hours(1))), Some(Silence::NoPass)),
        ] {
            assert_eq!(
                silent(Some(now - passed), habit.as_ref(), now).map(|s| s.how),
                expected,
                "{passed:?} {habit:?}"
            );
        }
        assert_eq!(silent(None, None, now), None, "never fetched: connecting");
    }
}
