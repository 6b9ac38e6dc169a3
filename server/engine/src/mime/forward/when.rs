//! The date of a forwarded message, as the forwarder's program wrote it in words: to the minute,
//! on the forwarder's clock.

use domain::Time;
use domain::time::Span;

/// When a message was written, as a forward tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// The time as it stands there, taken as UTC unless it names its zone.
    pub at: Time,
    pub zoned: bool,
}

impl Written {
    /// On a clock so many minutes east of UTC.
    pub fn on(self, zone_minutes: i32) -> Time {
        if self.zoned { self.at } else { self.at - Span::minutes(zone_minutes.into()) }
    }

    /// Whether this may be the moment that a clock elsewhere, to the second, calls `at`. Zones
    /// differ by quarters of an hour, up to 26 hours (UTC+14 and UTC-12).
    pub fn may_be(self, at: Time) -> bool {
        let apart = (at.0 - self.at.0).abs();
        if self.zoned {
            return apart < Span::minutes(1).0;
        }
        let quarter = Span::minutes(15).0;
        let minute = Span::minutes(1).0;
        let rest = (at.0 - self.at.0).rem_euclid(quarter);
        apart <= Span::hours(26).0 && rest < minute
    }
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Reads `Mon, Nov 2, 2026 at 3:04 PM`, `Monday, 2 November 2026 15:04`, and their like. The month
/// is a word: of two numbers nobody knows which is the day.
pub fn read(text: &str) -> Option<Written> {
    let text = text.replace(['\u{202f}', '\u{a0}'], " ");
    let words: Vec<String> =
        text.split([' ', ',']).map(|w| w.trim_matches('.').to_lowercase()).filter(|w| !w.is_empty()).collect();
    let (mut day, mut month, mut year, mut clock, mut half, mut zone) = (None, None, None, None, None, None);
    for word in &words {
        let plain = word.trim_end_matches("st").trim_end_matches("nd").trim_end_matches("rd").trim_end_matches("th");
        if let Some((hour, rest)) = word.split_once(':').filter(|_| clock.is_none()) {
            let (rest, tail) =
                rest.split_at(rest.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(rest.len()));
            half = half_of(tail).or(half);
            clock = Some((hour.parse::<i64>().ok()?, rest.split(':').next()?.parse::<i64>().ok()?));
        } else if let Some(found) = half_of(word) {
            half = Some(found);
        } else if let Some(offset) = offset(word) {
            zone = Some(offset);
        } else if let Ok(number) = plain.parse::<i64>() {
            match number {
                1..=31 if day.is_none() => day = Some(number),
                1970..=9999 => year = Some(number),
                _ => {}
            }
        } else if month.is_none() {
            month = MONTHS.iter().position(|m| word.starts_with(m) && word.len() <= 9).map(|at| at as i64 + 1);
        }
    }
    let ((hour, minute), month) = (clock?, month?);
    let hour = match half {
        Some(true) if hour < 12 => hour + 12,
        Some(false) if hour == 12 => 0,
        _ => hour,
    };
    if !(0..24).contains(&hour) || !(0..60).contains(&minute) {
        return None;
    }
    let midnight = Time::from_date(year?, month.try_into().ok()?, day?.try_into().ok()?)?;
    let at = midnight + Span::minutes(hour * 60 + minute) - Span::minutes(zone.unwrap_or(0));
    Some(Written { at, zoned: zone.is_some() })
}

/// Afternoon, or not.
fn half_of(word: &str) -> Option<bool> {
    match word {
        "pm" | "p.m" => Some(true),
        "am" | "a.m" => Some(false),
        _ => None,
    }
}

/// `+0100`, `(utc+01:00)`, `utc`: minutes east.
fn offset(word: &str) -> Option<i64> {
    let word = word.trim_matches(['(', ')']);
    let rest = word.strip_prefix("gmt").or_else(|| word.strip_prefix("utc")).unwrap_or(word);
    if rest.is_empty() {
        return Some(0);
    }
    let sign = match rest.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    if digits.len() != 4 {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    Some(sign * (number / 100 * 60 + number % 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_programs_write_them() {
        let at =
            |hour: i64, minute: i64| Time::from_date(2026, 11, 2).expect("a day") + Span::minutes(hour * 60 + minute);
        for (text, hour, minute) in [
            ("Mon, Nov 2, 2026 at 3:04 PM", 15, 4),
            ("Mon, Nov 2, 2026 at 3:04\u{202f}PM", 15, 4),
            ("Mon, 2 Nov 2026 at 15:04", 15, 4),
            ("Monday, November 2, 2026 3:04 PM", 15, 4),
            ("Monday, November 2, 2026 12:30:05 AM", 0, 30),
            ("Monday, 2 November 2026 15:04", 15, 4),
            ("02 November 2026 09:00", 9, 0),
            ("Monday, November 2, 2026 12:00 p.m.", 12, 0),
            ("2 November 2026 at 08:15:00", 8, 15),
        ] {
            assert_eq!(read(text), Some(Written { at: at(hour, minute), zoned: false }), "{text}");
        }
        let zoned = Some(Written { at: at(14, 4), zoned: true });
        assert_eq!(read("Mon, 2 Nov 2026 15:04:00 +0100"), zoned);
        assert_eq!(read("Monday, November 2, 2026 3:04 PM (UTC+01:00)"), zoned);
        for nothing in
            ["", "yesterday", "11/2/2026 3:04 PM", "Nov 31, 2026 at 3:04 PM", "Nov 2, 2026", "Nov 2, 2026 at 25:04"]
        {
            assert_eq!(read(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn a_moment_is_known_on_every_clock() {
        let noon = Time::from_date(2026, 11, 2).expect("a day") + Span::hours(12);
        let told = Written { at: noon, zoned: false };
        for (minutes, seconds, expected) in [
            (0, 0, true),
            (0, 59, true),
            (-60, 37, true),
            (330, 5, true),
            (1, 0, false),
            (0, -1, false),
            (27 * 60, 0, false),
            (-840, 0, true),
        ] {
            let at = noon + Span::minutes(minutes) + Span::seconds(seconds);
            assert_eq!(told.may_be(at), expected, "{minutes} min {seconds} s");
        }
        let zoned = Written { at: noon, zoned: true };
        assert!(zoned.may_be(noon + Span::seconds(30)) && !zoned.may_be(noon + Span::hours(1)));
        assert_eq!(told.on(60), noon - Span::hours(1));
    }
}
