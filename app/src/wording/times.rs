//! Times and spans, worded by the server's clock in the reader's zone.

use domain::Time;
use domain::time::{Civil, Span};
use leptos::prelude::*;

/// Now, and where the reader sits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    pub now: Time,
    /// Minutes east of UTC.
    pub offset: i32,
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn month(civil: Civil) -> &'static str {
    MONTHS.get(usize::from(civil.month).wrapping_sub(1)).copied().unwrap_or("")
}

impl Clock {
    fn civil(self, time: Time) -> Civil {
        time.civil(self.offset)
    }

    /// `11:02`
    pub fn hour(self, time: Time) -> String {
        let c = self.civil(time);
        format!("{:02}:{:02}", c.hour, c.minute)
    }

    /// `11:02:40` today, else `19 Nov, 22:14:05`.
    pub fn exact(self, time: Time) -> String {
        format!("{}:{:02}", self.time(time), self.civil(time).second)
    }

    /// `19 Nov`, in another year `19 Nov 2025`.
    pub fn day(self, time: Time) -> String {
        let c = self.civil(time);
        if c.year == self.civil(self.now).year {
            format!("{} {}", c.day, month(c))
        } else {
            format!("{} {} {}", c.day, month(c), c.year)
        }
    }

    /// `11:02` today, else `19 Nov, 22:14`.
    pub fn time(self, time: Time) -> String {
        if self.days_ago(time) == 0 { self.hour(time) } else { format!("{}, {}", self.day(time), self.hour(time)) }
    }

    /// `Today, 11:02`, `Yesterday, 16:20`, `19 Nov, 22:14`.
    pub fn moment(self, time: Time) -> String {
        match self.days_ago(time) {
            0 => format!("Today, {}", self.hour(time)),
            1 => format!("Yesterday, {}", self.hour(time)),
            _ => self.time(time),
        }
    }

    /// In the middle of a sentence: `today at 11:02`, `yesterday at 16:20`, `on 19 Nov at 22:14`.
    pub fn when(self, time: Time) -> String {
        match self.days_ago(time) {
            0 => format!("today at {}", self.hour(time)),
            1 => format!("yesterday at {}", self.hour(time)),
            _ => format!("on {} at {}", self.day(time), self.hour(time)),
        }
    }

    /// `Since 11:02, 3 h ago`, `Since yesterday, 16:20`, `Since 8 Nov, 09:12, 3 d ago`.
    pub fn since(self, time: Time) -> String {
        match self.days_ago(time) {
            1 => format!("Since yesterday, {}", self.hour(time)),
            _ => format!("Since {}, {}", self.time(time), self.ago(time)),
        }
    }

    /// The same inside a sentence: `since 11:02, 3 h ago`; a day to come is `until 24 Dec`.
    pub fn since_inside(self, time: Time) -> String {
        if time > self.now {
            return format!("until {}", self.day(time));
        }
        let since = self.since(time);
        since.strip_prefix("Since").map_or_else(|| since.clone(), |rest| format!("since{rest}"))
    }

    /// `just now`, `2 min ago`, `3 h ago`, `3 d ago`.
    pub fn ago(self, time: Time) -> String {
        let minutes = self.now.since(time).0 / 60_000;
        match minutes {
            0 => "just now".into(),
            1..60 => format!("{minutes} min ago"),
            60..1_440 => format!("{} h ago", minutes / 60),
            _ => format!("{} d ago", minutes / 1_440),
        }
    }

    /// What is left until then: `in 40 s`, `in 20 min`; `now` once it is due.
    pub fn until(self, time: Time) -> String {
        let left = time.since(self.now);
        if left.0 < 1_000 { "now".into() } else { format!("in {}", span(left)) }
    }

    /// For the title attribute: `Sat 21 Nov 2026, 11:02:40, UTC+01:00`.
    pub fn full(self, time: Time) -> String {
        let c = self.civil(time);
        // 1970-01-01 was a Thursday.
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
            .get(c.day_number.rem_euclid(7) as usize)
            .copied()
            .unwrap_or("");
        let zone = match self.offset {
            0 => "UTC".to_owned(),
            m => {
                let sign = if m < 0 { '-' } else { '+' };
                format!("UTC{sign}{:02}:{:02}", m.abs() / 60, m.abs() % 60)
            }
        };
        format!("{weekday} {} {} {}, {:02}:{:02}:{:02}, {zone}", c.day, month(c), c.year, c.hour, c.minute, c.second)
    }

    /// For the datetime attribute.
    pub fn machine(self, time: Time) -> String {
        let c = time.civil(0);
        format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", c.year, c.month, c.day, c.hour, c.minute, c.second)
    }

    /// A `<time>` with the given words, its full date in the title.
    pub fn stamp(self, time: Time, words: String) -> impl IntoView + use<> {
        view! { <time datetime=self.machine(time) title=self.full(time)>{words}</time> }
    }

    /// Calendar days from then to today; negative for the future.
    pub fn days_ago(self, time: Time) -> i64 {
        self.civil(self.now).day_number - self.civil(time).day_number
    }
}

/// `40 s`, `6 min`, `3 h 3 min`, `3 d 4 h`: two units at most, nothing that is zero.
pub fn span(span: Span) -> String {
    let seconds = span.0 / 1_000;
    let two = |big: i64, unit: &str, small: i64, sub: &str| {
        if small == 0 { format!("{big} {unit}") } else { format!("{big} {unit} {small} {sub}") }
    };
    match seconds {
        ..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => two(seconds / 3_600, "h", seconds / 60 % 60, "min"),
        _ => two(seconds / 86_400, "d", seconds / 3_600 % 24, "h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock() -> Clock {
        // 24 Nov 2026, 14:05 UTC, read at UTC+1.
        let now = Time::from_date(2026, 11, 24).expect("a day") + Span::minutes(14 * 60 + 5);
        Clock { now, offset: 60 }
    }

    #[test]
    fn times_are_short_where_they_can_be() {
        let c = clock();
        let today = c.now - Span::minutes(183);
        assert_eq!(c.time(today), "12:02");
        assert_eq!(c.since(today), "Since 12:02, 3 h ago");
        assert_eq!(c.since(c.now - Span::hours(22)), "Since yesterday, 17:05");
        assert_eq!(c.since_inside(c.now - Span::days(5)), "since 19 Nov, 15:05, 5 d ago");
        assert_eq!(c.since_inside(c.now + Span::days(30)), "until 24 Dec");
        assert_eq!(c.time(c.now - Span::days(5)), "19 Nov, 15:05");
        assert_eq!(c.day(c.now - Span::days(365)), "24 Nov 2025");
        assert_eq!(c.moment(c.now), "Today, 15:05");
        assert_eq!(c.full(c.now), "Tue 24 Nov 2026, 15:05:00, UTC+01:00");
        assert_eq!(c.machine(c.now), "2026-11-24T14:05:00Z");
        assert_eq!(c.until(c.now + Span::seconds(40)), "in 40 s");
    }

    #[test]
    fn spans_have_two_units_at_most() {
        for (span_of, words) in [
            (Span::seconds(0), "0 s"),
            (Span::seconds(59), "59 s"),
            (Span::minutes(6), "6 min"),
            (Span::minutes(183), "3 h 3 min"),
            (Span::hours(5), "5 h"),
            (Span::hours(76), "3 d 4 h"),
        ] {
            assert_eq!(span(span_of), words);
        }
    }
}
