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

/// Minutes between a clock and UTC: from UTC-12 to UTC+14.
const ZONES: std::ops::RangeInclusive<i64> = -12 * 60..=14 * 60;
/// Zones differ by quarters of an hour.
const QUARTER: i64 = 15;
/// How far a clock moves in spring and in autumn.
const SUMMER: i64 = 60;

/// A forwarder's clock, as his mail tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    /// East of UTC, when he forwarded.
    pub minutes: i32,
    /// Somewhere clocks were changed between the message and its forward.
    pub changed: bool,
}

impl Zone {
    /// That of a forward written at `forwarded`, for a message of `written`.
    pub fn new(minutes: i32, written: Time, forwarded: Time) -> Self {
        Self { minutes, changed: clocks_change(written, forwarded) }
    }

    /// Whether this many minutes ahead of UTC may be what his program wrote.
    fn fits(self, ahead: i64) -> bool {
        let off = (ahead - i64::from(self.minutes)).abs();
        off == 0 || (self.changed && off == SUMMER)
    }
}

/// Whether any of the world's changes to and from summer time lies between.
fn clocks_change(from: Time, to: Time) -> bool {
    // Sundays: the second and the last of March, the first of April, the last of September, the
    // first and the last of October, the first of November.
    const FROM: [(u8, u8); 7] = [(3, 8), (3, 25), (4, 1), (9, 24), (10, 1), (10, 25), (11, 1)];
    let (first, last) = (from.civil(0), to.civil(0));
    (first.year..=last.year.min(first.year + 5)).any(|year| {
        FROM.iter().any(|(month, day)| {
            let Some(week) = Time::from_date(year, *month, *day) else { return false };
            let week = week.civil(0).day_number;
            // 1 January 1970 was a Thursday.
            let sunday = week + (7 - (week + 4).rem_euclid(7)) % 7;
            // East of UTC the day begins before.
            (first.day_number..=last.day_number + 1).contains(&sunday)
        })
    })
}

impl Written {
    /// On a clock so many minutes east of UTC.
    pub fn on(self, zone_minutes: i32) -> Time {
        if self.zoned { self.at } else { self.at - Span::minutes(zone_minutes.into()) }
    }

    /// Whether this may be the moment that a clock elsewhere, to the second, calls `at`. `zone`:
    /// the forwarder's clock, where his mail tells it.
    pub fn may_be(self, at: Time, zone: Option<Zone>) -> bool {
        let ahead = minute(self.at) - minute(at);
        if self.zoned {
            return ahead == 0;
        }
        ZONES.contains(&ahead) && ahead % QUARTER == 0 && zone.is_none_or(|zone| zone.fits(ahead))
    }

    /// Whether two forwards may tell of the same moment, each on its own clock.
    pub fn may_equal(self, zone: Option<Zone>, other: Written, others: Option<Zone>) -> bool {
        match (self.zoned, other.zoned) {
            (true, _) => other.may_be(self.at, others),
            (false, true) => self.may_be(other.at, zone),
            (false, false) => {
                let apart = minute(self.at) - minute(other.at);
                match (zone, others) {
                    (Some(here), Some(there)) => {
                        let difference =
                            Zone { minutes: here.minutes - there.minutes, changed: here.changed || there.changed };
                        difference.fits(apart)
                    }
                    _ => apart.abs() <= ZONES.end() - ZONES.start() && apart % QUARTER == 0,
                }
            }
        }
    }
}

/// Whole minutes since 1970.
fn minute(at: Time) -> i64 {
    at.0.div_euclid(60_000)
}

/// The months as programs write them in English, German, French, Spanish, Italian, Dutch,
/// Portuguese, Polish and the Nordic languages: short, long, and in Polish as it stands in a date.
const MONTHS: [&[&str]; 12] = [
    &[
        "jan", "january", "januar", "jänner", "janv", "janvier", "ene", "enero", "gen", "gennaio", "januari",
        "janeiro", "sty", "stycznia",
    ],
    &[
        "feb",
        "february",
        "februar",
        "févr",
        "fév",
        "février",
        "febrero",
        "febbraio",
        "februari",
        "fev",
        "fevereiro",
        "lut",
        "lutego",
    ],
    &["mar", "march", "märz", "mär", "mrz", "mars", "marzo", "mrt", "maart", "março", "marca"],
    &["apr", "april", "avr", "avril", "abr", "abril", "aprile", "kwi", "kwietnia"],
    &["may", "mai", "mayo", "mag", "maggio", "mei", "maio", "maj", "maja"],
    &["jun", "june", "juni", "juin", "junio", "giu", "giugno", "junho", "cze", "czerwca"],
    &["jul", "july", "juli", "juil", "juillet", "julio", "lug", "luglio", "julho", "lip", "lipca"],
    &["aug", "august", "août", "aout", "ago", "agosto", "augustus", "augusti", "sie", "sierpnia"],
    &["sep", "sept", "september", "septembre", "septiembre", "set", "settembre", "setembro", "wrz", "września"],
    &[
        "oct",
        "october",
        "okt",
        "oktober",
        "octobre",
        "octubre",
        "ott",
        "ottobre",
        "out",
        "outubro",
        "paź",
        "października",
    ],
    &["nov", "november", "novembre", "noviembre", "novembro", "lis", "listopada"],
    &[
        "dec",
        "december",
        "dez",
        "dezember",
        "déc",
        "décembre",
        "dic",
        "diciembre",
        "dicembre",
        "dezembro",
        "gru",
        "grudnia",
    ],
];

/// Reads `Mon, Nov 2, 2026 at 3:04 PM`, `Montag, 2. November 2026 15:04`, `2026年11月2日(月) 15:04`
/// and their like. Of two numbers with a slash between nobody knows which is the day.
pub fn read(text: &str) -> Option<Written> {
    let text = text.replace(['\u{202f}', '\u{a0}'], " ").to_lowercase();
    let text = text.replace("p. m.", "pm").replace("a. m.", "am");
    let afternoon = text.contains("午後") || text.contains("下午");
    let forenoon = text.contains("午前") || text.contains("上午");
    let text = text.replace(['年', '月'], "-").replace('日', " ").replace("午後", " ").replace("午前", " ");
    let text = text.replace("下午", " ").replace("上午", " ").replace(['(', ')'], " ");
    let words = text.split([' ', ',', '\t']).map(|word| word.trim_end_matches('.')).filter(|word| !word.is_empty());
    let (mut day, mut month, mut year, mut clock, mut zone) = (None, None, None, None, None);
    let mut half = (afternoon || forenoon).then_some(afternoon);
    for word in words {
        if let Some((y, m, d)) = numbers(word) {
            (year, month, day) = (Some(y), Some(m), Some(d));
        } else if let Some(offset) = offset(word) {
            zone = Some(offset);
        } else if let Some((time, tail)) = clock_of(word).filter(|_| clock.is_none()) {
            half = half_of(tail).or(half);
            clock = Some(time);
        } else if let Some(found) = half_of(word) {
            half = Some(found);
        } else if let Ok(number) = without_ending(word).parse::<i64>() {
            match number {
                1..=31 if day.is_none() => day = Some(number),
                1970..=9999 => year = Some(number),
                _ => {}
            }
        } else if let Some(found) = MONTHS.iter().position(|names| names.contains(&word)) {
            // The last one: *mar* is also a Tuesday, which stands before the day.
            month = Some(found as i64 + 1);
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

/// `15:04`, `15:04:37`, `15h04` and `3:04pm`: hour and minute, and what stands behind.
fn clock_of(word: &str) -> Option<((i64, i64), &str)> {
    let (hour, rest) = word.split_once([':', 'h'])?;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(rest.len());
    let (minute, tail) = rest.split_at(end);
    Some(((hour.parse().ok()?, minute.split(':').next()?.parse().ok()?), tail))
}

/// `2026-11-02`, `2026/11/2` and `02.11.2026`: year, month, day.
fn numbers(word: &str) -> Option<(i64, i64, i64)> {
    let parts = |mark: char| -> Option<[i64; 3]> {
        let mut parts = word.trim_end_matches(mark).split(mark).map(str::parse);
        let all = [parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?];
        parts.next().is_none().then_some(all)
    };
    if let Some([day, month, year]) = parts('.').filter(|n| n[2] >= 1970) {
        return Some((year, month, day));
    }
    let [year, month, day] = parts('-').or_else(|| parts('/')).filter(|n| n[0] >= 1970)?;
    Some((year, month, day))
}

/// `2nd`, `1er` and `2º` as their numbers.
fn without_ending(word: &str) -> &str {
    let end = word.find(|c: char| !c.is_ascii_digit()).unwrap_or(word.len());
    let (number, ending) = word.split_at(end);
    if matches!(ending, "" | "st" | "nd" | "rd" | "th" | "er" | "º" | "ª") { number } else { word }
}

/// Afternoon, or not.
fn half_of(word: &str) -> Option<bool> {
    match word {
        "pm" | "p.m" | "p.m." => Some(true),
        "am" | "a.m" | "a.m." => Some(false),
        _ => None,
    }
}

/// `+0100`, `utc+01:00`, `gmt+1`, `utc`: minutes east.
fn offset(word: &str) -> Option<i64> {
    let named = word.strip_prefix("gmt").or_else(|| word.strip_prefix("utc"));
    let rest = named.unwrap_or(word);
    if rest.is_empty() {
        return Some(0);
    }
    let sign = match rest.chars().next()? {
        '+' => 1,
        '-' | '\u{2212}' => -1,
        _ => return None,
    };
    let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
    let number: i64 = digits.parse().ok()?;
    match digits.len() {
        4 | 3 => Some(sign * (number / 100 * 60 + number % 100)),
        1 | 2 if named.is_some() => Some(sign * number * 60),
        _ => None,
    }
}

#[cfg(test)]
#[path = "when_tests.rs"]
mod tests;
