//! When a sign-in is expected to end, how that is known, and from when on somebody is warned.

use crate::id::RegistrationId;
use crate::time::{Span, Time};
use serde::{Deserialize, Serialize};

/// Nobody is warned earlier than this before an end.
pub const WARNING: Span = Span::days(10);
/// Without a refresh for so long, refreshing counts as stopped; shorter faults pass.
const STOPPED: Span = Span::days(1);

/// How an end is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// The provider closes a sign-in that was not refreshed for so many days.
    Window { days: u32 },
    /// The provider told it with the tokens (`refresh_token_expires_in`).
    Told,
    /// A rule of the organisation, learned from its refusal (AADSTS70043).
    TenantRule { every: Span },
    /// Days that an admin entered for a mailbox, or for all of its organisation.
    Entered { days: u32, tenant: bool },
    /// The app registration's platform is SPA: 24 hours, and no refresh helps (AADSTS700084).
    Spa,
    /// The end date of a client secret, as it was entered.
    AppSecret { registration: RegistrationId, name: String },
    /// The day on which the provider ends sign-in by password.
    PasswordRetired,
}

/// An expected end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    pub at: Time,
    /// When the life that ends then began.
    pub begun: Time,
    pub source: Source,
}

/// What an alert speaks of: each has a sentence of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    SignIn,
    Spa,
    AppSecret,
    Password,
}

impl Source {
    pub fn kind(&self) -> Kind {
        match self {
            Source::Window { .. } | Source::Told | Source::TenantRule { .. } | Source::Entered { .. } => Kind::SignIn,
            Source::Spa => Kind::Spa,
            Source::AppSecret { .. } => Kind::AppSecret,
            Source::PasswordRetired => Kind::Password,
        }
    }
}

/// An end whose warning has begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Soon {
    /// What ends, as one word: notices and who put them off go by it.
    pub subject: String,
    pub end: End,
}

/// What is expected of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Expected {
    /// Every refresh moves its window on; `window` is what the provider gives without one.
    NoEnd {
        renewed_at: Time,
        window: Option<Span>,
    },
    Ends(End),
    /// The provider refused it.
    Ended(Time),
}

/// What is known of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Life {
    pub signed_in_at: Time,
    pub refreshed_at: Time,
    /// No refresh failed since the last one that worked.
    pub refreshing: bool,
    pub lost_at: Option<Time>,
    /// How long the provider lets it lie without a refresh.
    pub window: Option<Span>,
    pub told_end: Option<Time>,
    pub spa: bool,
    pub tenant_rule: Option<Span>,
    /// Days, and whether they hold for the whole organisation.
    pub entered: Option<(u32, bool)>,
}

/// What is expected: the soonest end that no refresh can push, else the window's once refreshing
/// has stopped. An end after which a refresh still worked was none.
pub fn expected(life: &Life, now: Time) -> Expected {
    if let Some(at) = life.lost_at {
        return Expected::Ended(at);
    }
    let since_sign_in = |span: Span, source| End { at: life.signed_in_at + span, begun: life.signed_in_at, source };
    let fixed = [
        life.told_end.map(|at| End { at, begun: life.signed_in_at, source: Source::Told }),
        life.spa.then(|| since_sign_in(Span::hours(24), Source::Spa)),
        life.tenant_rule.map(|every| since_sign_in(every, Source::TenantRule { every })),
        life.entered.map(|(days, tenant)| since_sign_in(Span::days(i64::from(days)), Source::Entered { days, tenant })),
        life.window.filter(|window| stopped(life, *window, now)).map(|window| End {
            at: life.refreshed_at + window,
            begun: life.refreshed_at,
            source: Source::Window { days: u32::try_from(window.0 / Span::days(1).0).unwrap_or(0) },
        }),
    ];
    fixed
        .into_iter()
        .flatten()
        .filter(|end| life.refreshed_at <= end.at)
        .min_by_key(|end| end.at)
        .map_or(Expected::NoEnd { renewed_at: life.refreshed_at, window: life.window }, Expected::Ends)
}

/// Whether refreshing has stopped: it fails for a day, or nobody tried until the warning.
fn stopped(life: &Life, window: Span, now: Time) -> bool {
    let idle = now.since(life.refreshed_at);
    (!life.refreshing && idle >= STOPPED) || idle.0 >= window.0 - warning(window).0
}

/// How long before the end of such a life its warning begins: 10 days, or the last third of a
/// shorter one.
pub fn warning(life: Span) -> Span {
    Span(WARNING.0.min(life.0.max(0) / 3))
}

/// How near an end is; each is told of once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Step {
    /// 10 days before.
    First,
    /// 3 days before.
    Second,
    /// 1 day before.
    Last,
}

impl Step {
    pub const ALL: [Step; 3] = [Step::First, Step::Second, Step::Last];

    pub fn key(self) -> &'static str {
        match self {
            Step::First => "first",
            Step::Second => "second",
            Step::Last => "last",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.key() == key)
    }

    /// Of ten.
    fn tenths(self) -> i64 {
        match self {
            Step::First => 10,
            Step::Second => 3,
            Step::Last => 1,
        }
    }
}

impl End {
    /// When a step begins: 10, 3 and 1 days before, in the same proportion for shorter lives.
    pub fn step_at(&self, step: Step) -> Time {
        self.at - Span(warning(self.at.since(self.begun)).0 / 10 * step.tenths())
    }

    /// The step that has begun, if any.
    pub fn step(&self, now: Time) -> Option<Step> {
        Step::ALL.into_iter().rev().find(|step| self.step_at(*step) <= now)
    }

    /// When the next step begins; `None` after the last.
    pub fn next_step_at(&self, now: Time) -> Option<Time> {
        Step::ALL.into_iter().map(|step| self.step_at(step)).find(|at| *at > now)
    }
}

/// What a refusal teaches about the sign-ins to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lesson {
    /// A sign-in of this organisation lasts so long.
    TenantRule(Span),
    /// The app registration's platform is SPA.
    Spa,
}

/// Reads it from the provider's words.
pub fn lesson(said: &str) -> Option<Lesson> {
    if said.contains("AADSTS700084") {
        return Some(Lesson::Spa);
    }
    let rest = said.split("AADSTS70043").nth(1).filter(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))?;
    let after = rest.split("maximum allowed lifetime for this request is").nth(1)?;
    let digits: String = after.trim_start().chars().take_while(char::is_ascii_digit).collect();
    let seconds: i64 = digits.parse().ok()?;
    // A minute to two years: anything else is no rule to plan by.
    (60..=63_072_000).contains(&seconds).then_some(Lesson::TenantRule(Span::seconds(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time(1_800_000_000_000);
    const NINETY: Span = Span::days(90);

    fn ago(days: i64) -> Time {
        NOW - Span::days(days)
    }

    fn life(signed_in: i64, refreshed: i64) -> Life {
        Life {
            signed_in_at: ago(signed_in),
            refreshed_at: ago(refreshed),
            refreshing: true,
            lost_at: None,
            window: Some(NINETY),
            told_end: None,
            spa: false,
            tenant_rule: None,
            entered: None,
        }
    }

    fn days_left(life: &Life) -> Option<i64> {
        match expected(life, NOW) {
            Expected::Ends(end) => Some((end.at.0 - NOW.0) / Span::days(1).0),
            _ => None,
        }
    }

    #[test]
    fn a_refresh_pushes_the_window_and_nothing_else() {
        let blocked = |refreshed| Life { refreshing: false, ..life(100, refreshed) };
        for (life, left) in [
            (life(100, 0), None),
            (life(1_000, 7), None),
            (blocked(0), None),
            (blocked(2), Some(88)),
            (blocked(85), Some(5)),
            // Nobody failed, but nobody refreshed either: the server was off.
            (life(100, 81), Some(9)),
            (Life { told_end: Some(NOW + Span::days(5)), ..life(2, 0) }, Some(5)),
            (Life { tenant_rule: Some(Span::days(30)), ..life(21, 0) }, Some(9)),
            (Life { entered: Some((14, false)), ..life(10, 0) }, Some(4)),
            (Life { entered: Some((14, true)), tenant_rule: Some(Span::days(12)), ..life(10, 0) }, Some(2)),
            // It outlived what was entered.
            (Life { entered: Some((14, false)), ..life(20, 0) }, None),
            (Life { entered: Some((14, false)), ..life(20, 7) }, Some(-6)),
            (Life { spa: true, ..life(0, 0) }, Some(1)),
            (Life { window: None, ..life(400, 0) }, None),
        ] {
            assert_eq!(days_left(&life), left, "{life:?}");
        }
        let lost = Life { lost_at: Some(ago(1)), ..life(3, 1) };
        assert_eq!(expected(&lost, NOW), Expected::Ended(ago(1)));
        assert_eq!(expected(&life(100, 3), NOW), Expected::NoEnd { renewed_at: ago(3), window: Some(NINETY) });
    }

    #[test]
    fn a_short_life_warns_in_its_last_third() {
        for (life, warned) in [
            (Span::days(365), Span::days(10)),
            (NINETY, Span::days(10)),
            (Span::days(30), Span::days(10)),
            (Span::days(15), Span::days(5)),
            (Span::days(7), Span::hours(56)),
            (Span::hours(24), Span::hours(8)),
            (Span(-5), Span(0)),
        ] {
            assert_eq!(warning(life), warned, "{life:?}");
        }
    }

    #[test]
    fn steps_come_ten_three_and_one_day_before() {
        let end = |begun: i64, left: Span| End { at: NOW + left, begun: ago(begun), source: Source::Told };
        let day = Span::days(1).0;
        for (left, step) in [
            (Span(10 * day + 1), None),
            (Span::days(10), Some(Step::First)),
            (Span(3 * day + 1), Some(Step::First)),
            (Span::days(3), Some(Step::Second)),
            (Span::days(1), Some(Step::Last)),
            (Span::days(-1), Some(Step::Last)),
        ] {
            assert_eq!(end(80, left).step(NOW), step, "{left:?}");
        }
        let far = end(80, Span::days(12));
        assert_eq!(far.next_step_at(NOW), Some(NOW + Span::days(2)));
        assert_eq!(end(80, Span::hours(1)).next_step_at(NOW), None);
        // 24 hours: 8 hours, 2.4 hours and 48 minutes before.
        let short = End { at: NOW + Span::hours(24), begun: NOW, source: Source::Spa };
        assert_eq!(short.step(NOW + Span::hours(15)), None);
        assert_eq!(short.step(NOW + Span::hours(17)), Some(Step::First));
        assert_eq!(short.step_at(Step::Second), short.at - Span::minutes(144));
        assert_eq!(short.step_at(Step::Last), short.at - Span::minutes(48));
    }

    #[test]
    fn refusals_teach() {
        let rule = "AADSTS70043: The refresh token has expired or is invalid due to sign-in frequency checks by \
                    conditional access. The token was issued on 2026-01-01T00:00:00.0000000Z and the maximum allowed \
                    lifetime for this request is 86400. Trace ID: 1";
        for (said, lesson_of) in [
            (rule, Some(Lesson::TenantRule(Span::days(1)))),
            ("AADSTS700084: The refresh token was issued to a single page app (SPA)", Some(Lesson::Spa)),
            ("AADSTS70043: no number", None),
            ("AADSTS70043: the maximum allowed lifetime for this request is 5.", None),
            ("AADSTS70043: the maximum allowed lifetime for this request is 99999999999999999999.", None),
            ("AADSTS700430: the maximum allowed lifetime for this request is 86400", None),
            ("AADSTS50173: revoked", None),
        ] {
            assert_eq!(lesson(said), lesson_of, "{said}");
        }
    }
}
