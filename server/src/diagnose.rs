//! `mailkeep diagnose`: puts one answer of a provider to the rules and prints what they make of it.
//!
//! Any text has a diagnosis, an empty, huge or binary one as well; only the arguments can be wrong.

use crate::say::{complain, say};
use domain::credential::CredentialKind;
use domain::diagnosis::{Finding, Protocol, Stage, diagnose_oauth, diagnose_reply};
use domain::provider::ProviderKind;
use std::ffi::OsString;
use std::io::Read;
use std::process::ExitCode;

/// How it is called.
pub const USAGE: &str = "\
mailkeep diagnose --provider microsoft|google|other|NAME --protocol imap|smtp|oauth TEXT
                    prints as JSON what an answer of a provider tells; `-` reads it from
                    the standard input, and `--` stands before a text that begins with --
";

/// More than the rules look at.
const LONGEST: u64 = 1 << 20;

/// What the answer came by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Came {
    By(Protocol),
    OAuth,
}

#[derive(Debug, PartialEq, Eq)]
struct Asked {
    provider: ProviderKind,
    came: Came,
    text: OsString,
}

/// Runs the command: 0 for any text, 2 for arguments that make no sense.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let asked = match read(arguments) {
        Ok(asked) => asked,
        Err(error) => {
            complain!("mailkeep: {error}\n{}", USAGE.trim_end());
            return ExitCode::from(2);
        }
    };
    let text = if asked.text == "-" { standard_input() } else { asked.text.to_string_lossy().into_owned() };
    say!("{}", answer(asked.provider, asked.came, &text));
    ExitCode::SUCCESS
}

fn answer(provider: ProviderKind, came: Came, text: &str) -> serde_json::Value {
    let finding = find(provider, came, text);
    let diagnosis = finding.diagnosis;
    // A reply tells seldom what was refused; the protocol and the provider do.
    let customary = match (came, provider) {
        (Came::OAuth, _) | (_, ProviderKind::Microsoft | ProviderKind::Google) => CredentialKind::Grant,
        (_, ProviderKind::Other) => CredentialKind::Password,
    };
    serde_json::json!({
        "diagnosis": diagnosis.name(),
        "remedy": diagnosis.remedy(diagnosis.credential().unwrap_or(customary)).name(),
        "remedy_class": diagnosis.remedy_class(),
        "who": diagnosis.who().name(),
        "known": finding.known,
    })
}

fn find(provider: ProviderKind, came: Came, text: &str) -> Finding {
    match came {
        Came::OAuth => diagnose_oauth(text, None, provider),
        Came::By(protocol) => diagnose_reply(protocol, provider, Stage::Any, text),
    }
}

fn read(arguments: impl Iterator<Item = OsString>) -> Result<Asked, String> {
    let (mut provider, mut came, mut text) = (None, None, None);
    let mut plain = false;
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let shown = argument.to_string_lossy().into_owned();
        let (name, joined) = match shown.split_once('=') {
            Some((name, value)) if name == "--provider" || name == "--protocol" => (name, Some(value.to_owned())),
            _ => (shown.as_str(), None),
        };
        let mut value =
            || joined.clone().or_else(|| Some(arguments.next()?.to_string_lossy().into_owned())).unwrap_or_default();
        match name {
            "--provider" if !plain => provider = Some(kind(&value())?),
            "--protocol" if !plain => came = Some(protocol(&value())?),
            "--" if !plain => plain = true,
            _ if !plain && is_option(&shown) => return Err(format!("diagnose has no option {shown}")),
            _ if text.is_none() => text = Some(argument),
            _ => return Err("diagnose takes one text; put it in quotes".into()),
        }
    }
    Ok(Asked {
        provider: provider.ok_or("--provider is missing")?,
        came: came.ok_or("--protocol is missing")?,
        text: text.ok_or("the text is missing; `-` reads it from the standard input")?,
    })
}

/// `--word`; an answer that begins with two hyphens goes on with something else.
fn is_option(text: &str) -> bool {
    text.strip_prefix("--")
        .is_some_and(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'))
}

fn protocol(name: &str) -> Result<Came, String> {
    match name.to_ascii_lowercase().as_str() {
        "imap" => Ok(Came::By(Protocol::Imap)),
        "smtp" => Ok(Came::By(Protocol::Smtp)),
        "oauth" => Ok(Came::OAuth),
        _ => Err(format!("--protocol is imap, smtp or oauth, not `{name}`")),
    }
}

/// The family a name belongs to: a word of its own, a product or a host. Every other name is
/// a provider without rules of its own.
fn kind(name: &str) -> Result<ProviderKind, String> {
    let name = name.trim().to_lowercase();
    if name.is_empty() {
        return Err("--provider needs a name".into());
    }
    let by_host = ProviderKind::from_host(&name);
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    Ok(if by_host != ProviderKind::Other {
        by_host
    } else if has(&["microsoft", "exchange online", "office 365", "office365", "outlook", "hotmail"]) {
        ProviderKind::Microsoft
    } else if has(&["google", "gmail"]) {
        ProviderKind::Google
    } else {
        ProviderKind::Other
    })
}

/// The standard input as text, cut where the rules no longer look. The rest is read away, so
/// that whoever writes it is not told of a broken pipe.
fn standard_input() -> String {
    let mut bytes = Vec::new();
    let mut input = std::io::stdin().lock();
    let read = input.by_ref().take(LONGEST).read_to_end(&mut bytes);
    if read.is_ok() {
        let _ = std::io::copy(&mut input, &mut std::io::sink());
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(words: &[&str]) -> Result<Asked, String> {
        read(words.iter().map(OsString::from))
    }

    #[test]
    fn arguments_are_read_in_any_order() {
        let wanted = Asked { provider: ProviderKind::Google, came: Came::OAuth, text: "x".into() };
        for words in [
            &["--provider", "google", "--protocol", "oauth", "x"][..],
            &["x", "--protocol=OAuth", "--provider=Gmail / Google Workspace"],
            &["--protocol", "oauth", "--provider", "imap.gmail.com", "--", "x"],
        ] {
            assert_eq!(arguments(words).as_ref(), Ok(&wanted), "{words:?}");
        }
        for text in ["-ERR no", "--0000_boundary", "", "-", "--provider"] {
            let read = arguments(&["--provider", "zoho", "--protocol", "smtp", "--", text]).expect("read");
            assert_eq!((read.provider, read.text), (ProviderKind::Other, text.into()));
        }
        assert!(arguments(&["--provider", "zoho", "--protocol", "smtp", "-ERR no"]).is_ok());
    }

    #[test]
    fn wrong_arguments_are_told() {
        for words in [
            &[][..],
            &["x"],
            &["--provider", "google", "x"],
            &["--protocol", "imap", "x"],
            &["--provider", "google", "--protocol", "imap"],
            &["--provider", "google", "--protocol", "pop3", "x"],
            &["--provider", "", "--protocol", "imap", "x"],
            &["--provider", "google", "--protocol", "imap", "two", "words"],
            &["--provider", "google", "--protocol", "imap", "--loud", "x"],
            &["--provider", "google", "x", "--protocol"],
        ] {
            assert!(arguments(words).is_err(), "{words:?}");
        }
    }

    #[test]
    fn the_remedy_follows_what_was_refused() {
        let remedy = |provider, came, text| answer(provider, came, text)["remedy"].as_str().map(str::to_owned);
        let imap = Came::By(Protocol::Imap);
        let login = "NO [AUTHENTICATIONFAILED] Authentication failed.";
        assert_eq!(remedy(ProviderKind::Other, imap, login).as_deref(), Some("give_password"));
        assert_eq!(remedy(ProviderKind::Microsoft, imap, "NO AUTHENTICATE failed.").as_deref(), Some("sign_in_again"));
        assert_eq!(remedy(ProviderKind::Other, Came::OAuth, "invalid_grant").as_deref(), Some("sign_in_again"));
        assert_eq!(remedy(ProviderKind::Other, imap, "").as_deref(), Some("wait"));
    }
}
