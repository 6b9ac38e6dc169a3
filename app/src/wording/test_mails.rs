//! What came of a test mail.

use crate::components::state::Tone;
use crate::wording::diagnoses;
use crate::wording::times::Clock;
use domain::console::test_mails::{Outcome, TestMail};

/// Tone, title, sentence, and the server's own words.
pub struct Told {
    pub tone: Tone,
    pub title: String,
    pub sentence: String,
    pub said: Option<String>,
}

pub fn told(test: &TestMail, short: &str, clock: Clock) -> Told {
    let to = &test.to;
    let took = format!("{:.1} s", f64::from(test.millis) / 1_000.0);
    let said = |said: &String| Some(said.clone()).filter(|s| !s.is_empty());
    let (tone, title, sentence, said) = match &test.outcome {
        Outcome::Accepted { server, said: words } => (
            Tone::Ok,
            format!("Sent to {to}"),
            format!("{server} took it {} after {took}. Look there for its arrival.", clock.when(test.at)),
            said(words),
        ),
        Outcome::Sending => {
            (Tone::Calm, format!("On its way to {to}"), "The server has not answered yet.".into(), None)
        }
        Outcome::Refused { diagnosis, said: words } => (
            Tone::Critical,
            format!("Not sent to {to}"),
            format!("{} Tried {}.", diagnoses::sentence(*diagnosis, short), clock.when(test.at)),
            said(words),
        ),
        Outcome::NotSent { diagnosis, said: words } => (
            Tone::Critical,
            format!("Not sent to {to}"),
            format!("{} No message left. Tried {}.", diagnoses::sentence(*diagnosis, short), clock.when(test.at)),
            said(words),
        ),
        Outcome::Uncertain => (
            Tone::Warning,
            format!("Perhaps sent to {to}"),
            "It was handed over, and the server's answer was lost. Look there for its arrival.".into(),
            None,
        ),
        Outcome::NotUsed => {
            (Tone::Calm, "Not sent".into(), "Sending is paused here, or not set up. Nothing was tried.".into(), None)
        }
    };
    Told { tone, title, sentence, said }
}
