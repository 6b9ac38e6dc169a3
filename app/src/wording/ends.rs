//! Coming ends: R21 word for word, other ends in the same shape, and how an end is known.

use crate::wording::counts::of;
use crate::wording::times::{Clock, span};
use domain::Time;
use domain::expiry::{End, Kind, Source};
use domain::time::Span;

/// An alert in its three parts around the two links, each named [`HERE`].
pub type Alert = (String, &'static str, &'static str);

/// What both links of an alert are called.
pub const HERE: &str = "here";

const AVOID: &str = " to avoid service interruption. Learn more ";

/// The alert's sentence.
pub fn alert(end: &End, short: &str) -> Alert {
    let (first, second) = match &end.source {
        Source::AppSecret { name, .. } => {
            (format!("Alert: The app secret of {name} will expire within 10 days. Replace it "), AVOID)
        }
        Source::Spa => (
            "Alert: Some of your support email sign-ins last 24 hours, because their app registration is of the platform SPA. Make it Web ".into(),
            AVOID,
        ),
        Source::PasswordRetired => (
            format!("Alert: {short} will end the sign-in by password of some of your support emails within 10 days. Move them "),
            AVOID,
        ),
        _ => (
            "Alert: Some of your support email IMAP refresh tokens will expire within 10 days. Re-authenticate them ".into(),
            AVOID,
        ),
    };
    (first, second, ".")
}

/// What the first link of an alert is for, read to screen readers.
pub fn purpose(kind: Kind) -> &'static str {
    match kind {
        Kind::SignIn | Kind::Password => "here: the support emails concerned",
        Kind::Spa | Kind::AppSecret => "here: the app registration concerned",
    }
}

/// The help article.
pub fn article(kind: Kind) -> &'static str {
    match kind {
        Kind::Password => "/help/password-retired",
        _ => "/help/sign-in-ends",
    }
}

/// `7 days`, `1 day`, `5 h`; nothing once it is past.
pub fn left(at: Time, clock: Clock) -> Option<String> {
    let left = at.since(clock.now);
    match left {
        Span(0) => None,
        left if left >= Span::days(1) => Some(of((left.0 / Span::days(1).0) as u64, "day", "days")),
        left => Some(span(Span((left.0 / 60_000).max(1) * 60_000))),
    }
}

/// `Sign-in ends in 7 days`.
pub fn title(end: &End, clock: Clock) -> String {
    let what = match end.source.kind() {
        Kind::SignIn | Kind::Spa => "Sign-in",
        Kind::AppSecret => "App secret",
        Kind::Password => "Password sign-in",
    };
    match left(end.at, clock) {
        Some(left) => format!("{what} ends in {left}"),
        None => format!("{what} should have ended"),
    }
}

/// How the end is known, as a sentence.
pub fn source(source: &Source, short: &str) -> String {
    match source {
        Source::Window { days } => {
            format!("{short} ends a sign-in {days} days after its last refresh, and refreshing has stopped.")
        }
        Source::Told => format!("{short} set this end."),
        Source::TenantRule { every } => {
            format!("Rule of the organisation, learned from {short}: sign in every {}.", every_words(*every))
        }
        Source::Entered { days, tenant: false } => {
            format!("Entered by an admin: a sign-in of this mailbox lasts {}.", of(u64::from(*days), "day", "days"))
        }
        Source::Entered { days, tenant: true } => {
            format!("Entered by an admin: a sign-in of the organisation lasts {}.", of(u64::from(*days), "day", "days"))
        }
        Source::Spa => format!("{short} gives a registration of the platform SPA 24 hours."),
        Source::AppSecret { name, .. } => format!("End date entered for {name}; all its mailboxes stop with it."),
        Source::PasswordRetired => format!("{short} set this day for everybody."),
    }
}

/// `day`, `30 days`, `12 h`.
fn every_words(every: Span) -> String {
    match every.0 / Span::days(1).0 {
        0 => span(every),
        1 => "day".into(),
        days => format!("{days} days"),
    }
}

/// `1 Dec, 09:40. Google set this end.`
pub fn evidence(end: &End, short: &str, clock: Clock) -> String {
    let when = match end.source.kind() {
        Kind::AppSecret | Kind::Password => clock.day(end.at),
        _ => clock.time(end.at),
    };
    format!("{when}. {}", source(&end.source, short))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alert_has_the_agreed_words() {
        let end = |source| End { at: Time(0), begun: Time(0), source };
        let said = |source| {
            let (first, second, last) = alert(&end(source), "Microsoft");
            format!("{first}{HERE}{second}{HERE}{last}")
        };
        assert_eq!(
            said(Source::Told),
            "Alert: Some of your support email IMAP refresh tokens will expire within 10 days. Re-authenticate them here to avoid service interruption. Learn more here."
        );
        for source in [
            Source::Spa,
            Source::PasswordRetired,
            Source::AppSecret { registration: domain::id::RegistrationId(1), name: "Contoso".into() },
        ] {
            let said = said(source);
            assert!(
                said.starts_with("Alert: ") && said.ends_with("here to avoid service interruption. Learn more here.")
            );
        }
    }

    #[test]
    fn what_is_left_is_short() {
        let clock = Clock { now: Time(1_000_000_000_000), offset: 0 };
        let left = |span: Span| left(clock.now + span, clock);
        assert_eq!(left(Span::days(7)).as_deref(), Some("7 days"));
        assert_eq!(left(Span::hours(47)).as_deref(), Some("1 day"));
        assert_eq!(left(Span::minutes(310)).as_deref(), Some("5 h 10 min"));
        assert_eq!(left(Span::seconds(20)).as_deref(), Some("1 min"));
        assert_eq!(left(Span::days(-1)), None);
    }
}
