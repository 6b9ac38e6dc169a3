use super::*;

#[test]
fn dates_are_read_as_programs_write_them() {
    let at = |hour: i64, minute: i64| Time::from_date(2026, 11, 2).expect("a day") + Span::minutes(hour * 60 + minute);
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
        ("2 November 2026 at 08:15:00 CET", 8, 15),
        ("Mo., 2. Nov. 2026 um 15:04 Uhr", 15, 4),
        ("Montag, 2. November 2026 15:04", 15, 4),
        ("lun. 2 nov. 2026 à 15:04", 15, 4),
        ("lundi 2 novembre 2026 15:04", 15, 4),
        ("2 nov. 2026 15h04", 15, 4),
        ("mar, 2 nov 2026 a las 15:04", 15, 4),
        ("lunes, 2 de noviembre de 2026 3:04 p. m.", 15, 4),
        ("lun 2 nov 2026 alle ore 15:04", 15, 4),
        ("ma 2 nov 2026 om 15:04", 15, 4),
        ("seg., 2 de nov. de 2026 às 15:04", 15, 4),
        ("pon., 2 lis 2026 o 15:04", 15, 4),
        ("poniedziałek, 2 listopada 2026 15:04", 15, 4),
        ("2026年11月2日(月) 15:04", 15, 4),
        ("2026年11月2日 午後3:04", 15, 4),
        ("02.11.2026 15:04", 15, 4),
        ("2026-11-02 15:04", 15, 4),
        ("2026/11/02 15:04", 15, 4),
    ] {
        assert_eq!(read(text), Some(Written { at: at(hour, minute), zoned: false }), "{text}");
    }
    let zoned = Some(Written { at: at(14, 4), zoned: true });
    for text in [
        "Mon, 2 Nov 2026 15:04:00 +0100",
        "Monday, November 2, 2026 3:04 PM (UTC+01:00)",
        "2 novembre 2026 à 15:04:37 UTC+1",
        "2 November 2026 at 15:04:37 GMT+1",
    ] {
        assert_eq!(read(text), zoned, "{text}");
    }
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
    let fixed = Some(Zone { minutes: 60, changed: false });
    let changed = Some(Zone { minutes: 60, changed: true });
    for (minutes, seconds, zone, expected) in [
        (0, 0, None, true),
        (0, 59, None, true),
        (-60, 37, None, true),
        (330, 5, None, true),
        (1, 0, None, false),
        (0, -1, None, false),
        (27 * 60, 0, None, false),
        (-840, 0, None, true),
        // A day apart is no clock's matter.
        (24 * 60, 0, None, false),
        (-24 * 60, 0, None, false),
        // The forwarder's clock is an hour ahead.
        (-60, 37, fixed, true),
        (-120, 37, fixed, false),
        (0, 37, fixed, false),
        // It may have been changed since.
        (-60, 37, changed, true),
        (-120, 37, changed, true),
        (0, 37, changed, true),
        (60, 37, changed, false),
    ] {
        let at = noon + Span::minutes(minutes) + Span::seconds(seconds);
        assert_eq!(told.may_be(at, zone), expected, "{minutes} min {seconds} s {zone:?}");
    }
    let zoned = Written { at: noon, zoned: true };
    assert!(zoned.may_be(noon + Span::seconds(30), None));
    for other in [noon + Span::hours(1), noon + Span::minutes(1), noon - Span::seconds(1)] {
        assert!(!zoned.may_be(other, None), "{other:?}");
    }
    assert_eq!(told.on(60), noon - Span::hours(1));
}

#[test]
fn two_forwards_tell_of_one_moment() {
    let noon = Time::from_date(2026, 11, 2).expect("a day") + Span::hours(12);
    let told = |minutes: i64, zoned| Written { at: noon + Span::minutes(minutes), zoned };
    let at = |minutes| Some(Zone { minutes, changed: false });
    for (minutes, here, there, expected) in [
        (0, at(60), at(60), true),
        // Somebody forwards two alike mails of one morning.
        (60, at(60), at(60), false),
        (60, at(60), at(120), true),
        (60, Some(Zone { minutes: 60, changed: true }), at(60), true),
        (60, None, at(120), true),
        (61, None, None, false),
        (27 * 60, None, None, false),
    ] {
        let other = told(minutes, false);
        assert_eq!(other.may_equal(there, told(0, false), here), expected, "{minutes} {here:?} {there:?}");
    }
    assert!(told(0, true).may_equal(None, told(60, false), at(60)));
    assert!(!told(0, true).may_equal(None, told(1, true), None));
}

#[test]
fn clocks_are_changed_on_some_sundays() {
    let day = |month, day| Time::from_date(2026, month, day).expect("a day") + Span::hours(12);
    for (from, to, expected) in [
        (day(11, 1), day(11, 17), true),
        (day(11, 2), day(11, 17), false),
        (day(10, 20), day(10, 26), true),
        (day(5, 1), day(8, 31), false),
        (day(3, 1), day(3, 10), true),
        (day(12, 1), day(12, 31), false),
    ] {
        assert_eq!(clocks_change(from, to), expected, "{from:?} {to:?}");
    }
    assert!(clocks_change(Time::from_date(2025, 6, 1).expect("a day"), day(1, 2)), "over a new year");
}
