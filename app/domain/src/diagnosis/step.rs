//! A step of a remedy, and the safe way to put an address into a line to copy.

use serde::{Deserialize, Serialize};

use crate::remedy::Who;

/// One step: a sentence, perhaps a line to copy, and who does it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What to do and where.
    pub text: String,
    /// A line to copy: PowerShell, or an address to open.
    pub code: Option<String>,
    /// Who does it.
    pub who: Who,
}

pub(super) fn step(who: Who, text: &str) -> Step {
    Step { text: text.to_owned(), code: None, who }
}

pub(super) fn line(who: Who, text: &str, code: String) -> Step {
    Step { text: text.to_owned(), code: Some(code), who }
}

/// The address as one PowerShell argument: bare where it can do no harm, else in single
/// quotes with quotes doubled. Somebody will paste this line into an administrator's shell.
pub(super) fn quoted(address: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '@');
    let safe_start = address.starts_with(|c: char| c.is_ascii_alphanumeric());
    if safe_start && address.chars().all(bare) {
        return address.to_owned();
    }
    // PowerShell takes typographic single quotes for quotes, too.
    let is_quote = |c: char| matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}');
    let mut out = String::from("'");
    for c in address.chars().filter(|c| !c.is_control()) {
        out.push(c);
        if is_quote(c) {
            out.push(c);
        }
    }
    out.push('\'');
    out
}

/// Where the client of this app is found.
fn at_console(google: bool) -> Step {
    step(
        Who::AppOwner,
        if google {
            "In the Google Cloud console open Google Auth Platform, Clients, the client of this app."
        } else {
            "In entra.microsoft.com open App registrations, then the app."
        },
    )
}

/// Steps around a change of the secret.
pub(super) fn secret(google: bool, text: &str) -> Vec<Step> {
    let place = if google { text.to_owned() } else { format!("Under Certificates & secrets: {text}") };
    vec![
        at_console(google),
        step(Who::AppOwner, &place),
        step(Who::DeskAdmin, "Enter it here under App registrations. Its mailboxes go on without a sign-in."),
    ]
}

/// Steps around a change of the registration.
pub(super) fn registration(google: bool, text: &str) -> Vec<Step> {
    vec![at_console(google), step(Who::AppOwner, text), step(Who::DeskAdmin, "Click Test this registration here.")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_address_stays_one_argument() {
        for (address, argument) in [
            ("a;rm -rf@x", "'a;rm -rf@x'"),
            ("o'neill@x", "'o''neill@x'"),
            ("o\u{2019}x@x", "'o\u{2019}\u{2019}x@x'"),
            ("a\nb$(x)@x", "'ab$(x)@x'"),
            ("-Force@x", "'-Force@x'"),
            ("@args", "'@args'"),
        ] {
            assert_eq!(quoted(address), argument);
        }
    }
}
