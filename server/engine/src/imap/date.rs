//! IMAP's two ways of writing a date.

use domain::Time;
use domain::time::Span;

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// `"17-Jul-1996 02:44:25 -0700"` (RFC 9051 9, date-time); the day may begin with a blank.
pub fn internal_date(text: &str) -> Option<Time> {
    let mut words = text.trim().trim_matches('"').split_whitespace();
    let (date, clock, zone) = (words.next()?, words.next()?, words.next().unwrap_or("+0000"));
    let mut parts = date.split('-');
    let day: u8 = parts.next()?.parse().ok()?;
    let month = parts.next()?;
    let month = MONTHS.iter().position(|m| m.eq_ignore_ascii_case(month))? + 1;
    let year: i64 = parts.next()?.parse().ok()?;
    let mut parts = clock.split(':').map(|n| n.parse::<i64>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().flatten().unwrap_or(0));
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("-", digits) => (-1, digits),
        ("+", digits) => (1, digits),
        _ => (1, "0000"),
    };
    let zone: i64 = digits.parse().ok()?;
    let offset = sign * (zone / 100 * 60 + zone % 100);
    let midnight = Time::from_date(year, u8::try_from(month).ok()?, day)?;
    Some(midnight + Span::seconds(hour * 3600 + minute * 60 + second - offset * 60))
}

/// The day from which SEARCH SINCE surely finds what arrived at a time: `1-Feb-2026`. The server's
/// zone, which it tells nobody, decides where days begin: more is found, and INTERNALDATE compared.
pub fn since(time: Time) -> String {
    let day = (time - Span::days(2)).civil(0);
    let month = MONTHS.get(usize::from(day.month).saturating_sub(1)).copied().unwrap_or("Jan");
    format!("{}-{month}-{}", day.day, day.year)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_and_written() {
        for (text, millis) in [
            ("01-Jan-1970 00:00:00 +0000", Some(0)),
            (" 1-Jan-1970 00:00:01 +0000", Some(1_000)),
            ("17-Jul-1996 02:44:25 -0700", Some(837_596_665_000)),
            ("\"21-Nov-2026 23:00:00 +0100\"", Some(1_795_298_400_000)),
            ("31-Feb-2026 00:00:00 +0000", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(internal_date(text).map(|t| t.0), millis, "{text:?}");
        }
        assert_eq!(since(Time(1_795_298_400_000)), "19-Nov-2026");
    }

    #[test]
    fn no_server_s_midnight_hides_what_arrived_at_the_moment() {
        const DAY: i64 = 86_400_000;
        for hour in 0..48 {
            let moment = Time(1_772_323_200_000) + Span::hours(hour);
            let asked = internal_date(&format!("{} 00:00:00 +0000", since(moment))).expect("a date").0 / DAY;
            for zone in -12..=14 {
                let there = (moment + Span::hours(zone)).0.div_euclid(DAY);
                assert!((1..=3).contains(&(there - asked)), "{moment:?} in zone {zone}: {asked} of {there}");
            }
        }
    }
}
