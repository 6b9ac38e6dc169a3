//! From a reply of a mail server to a finding: quotations first, then codes, then words.
//!
//! Words may name a closer cause, but they never make a passing fault into a refused
//! credential: `454 4.7.0 Temporary authentication failure` speaks of authentication, too.

use super::{
    Certainty, Class, Diagnosis, Finding, Protocol, Stage, challenge, imap,
    line::{self, Answer, Status},
    network, phrases, smtp, tables,
};
use crate::provider::ProviderKind;
use crate::time::Span;

/// What the protocol's own rules say.
pub(super) struct Rule {
    pub diagnosis: Diagnosis,
    /// Words may only refine it within a passing fault.
    pub firm: bool,
    /// By a code that has this meaning, not merely by the class of the answer.
    pub known: bool,
    pub code: Option<String>,
}

/// What a reply of an IMAP or SMTP server tells. `text` is the reply as it came: one line or
/// several, with or without tag. Never fails; what says nothing is [`Diagnosis::Unknown`].
pub fn diagnose_reply(protocol: Protocol, provider: ProviderKind, stage: Stage, text: &str) -> Finding {
    let answer = line::read(protocol, text);
    let rule = match protocol {
        Protocol::Imap => imap::rule(&answer, stage),
        Protocol::Smtp => smtp::rule(&answer, stage, provider),
    };
    let quoted = tables::reply(protocol, provider, &answer.forms);
    let (diagnosis, known, sentence) = if let Some((row, true)) = quoted {
        (row.diagnosis, true, own_sentence(row, provider))
    } else if answer.status == Status::Challenge {
        (challenge::read(answer.words_as_sent(text)).unwrap_or(Diagnosis::Unknown), true, None)
    } else if let Some(diagnosis) = foreign(protocol, text) {
        (diagnosis, true, None)
    } else {
        let worded = phrases::look(protocol, &answer.words)
            .or_else(|| (answer.status == Status::None).then(|| network::look(&answer.words))?)
            .filter(|diagnosis| fits(*diagnosis, &rule, &answer, stage));
        match (worded, quoted) {
            (Some(diagnosis), _) => (diagnosis, true, None),
            (None, Some((row, _))) => (row.diagnosis, true, own_sentence(row, provider)),
            (None, None) => (rule.diagnosis, rule.known, None),
        }
    };
    let named = at_provider(diagnosis, provider);
    Finding {
        diagnosis: named,
        certainty: named.certainty_in_session(),
        known: known && named != Diagnosis::Unknown,
        code: rule.code,
        sentence: sentence.filter(|_| named == diagnosis),
        wait_ms: wait_ms(&answer.words),
    }
}

/// A row seen at Microsoft or Google names it; elsewhere the diagnosis' own sentence is true.
fn own_sentence(row: &tables::ReplyRow, provider: ProviderKind) -> Option<&'static str> {
    (row.kind() == provider || row.kind() == ProviderKind::Other).then_some(row.sentence)
}

/// Whether words may overrule the protocol here.
fn fits(worded: Diagnosis, rule: &Rule, answer: &Answer, stage: Stage) -> bool {
    let passing = rule.diagnosis.class() == Class::Transient;
    if rule.firm {
        return passing && worded.class() == Class::Transient;
    }
    let about_credential =
        matches!(worded, Diagnosis::CredentialRefused | Diagnosis::PasswordRefused | Diagnosis::TokenRefused);
    // A code with a meaning of its own knows better than `authentication failed`.
    if worded == Diagnosis::CredentialRefused && rule.known && rule.diagnosis.class() != Class::SignInAgain {
        return false;
    }
    if about_credential {
        // A BYE passes; past the sign-in nothing is said about the credential any more.
        return answer.status != Status::Bye
            && !matches!(stage, Stage::Mailbox | Stage::Sender | Stage::Recipient | Stage::Data);
    }
    // A refused sign-in is not about a message: `535 5.7.1 User unknown or wrong password`.
    let about_message = matches!(
        worded,
        Diagnosis::RecipientRefused
            | Diagnosis::TooManyRecipients
            | Diagnosis::SenderRefused
            | Diagnosis::ContentRefused
            | Diagnosis::MessageTooLarge
    );
    if about_message && (answer.status == Status::Code(535) || matches!(stage, Stage::Authentication)) {
        return false;
    }
    if matches!(worded, Diagnosis::FolderGone) && matches!(stage, Stage::Authentication) {
        return false;
    }
    true
}

/// App passwords: Google offers its sign-in instead, Microsoft takes none any more.
fn at_provider(diagnosis: Diagnosis, provider: ProviderKind) -> Diagnosis {
    match (diagnosis, provider) {
        (Diagnosis::AppPasswordNeeded, ProviderKind::Google) => Diagnosis::PasswordNotTaken,
        (Diagnosis::AppPasswordNeeded, ProviderKind::Microsoft) => Diagnosis::PasswordSignInRetired,
        (same, _) => same,
    }
}

/// Something else than the expected server speaks: a web server, SSH, POP3, the other protocol.
fn foreign(protocol: Protocol, text: &str) -> Option<Diagnosis> {
    let start = super::fields::shortened(text, 1024).trim_start();
    let other = match protocol {
        Protocol::Imap => start.starts_with("220 ") || start.starts_with("220-"),
        Protocol::Smtp => start.starts_with("* OK") || start.starts_with("* PREAUTH"),
    };
    let tls = start.starts_with('\u{15}') || start.starts_with('\u{16}');
    let strange = ["HTTP/", "SSH-", "+OK", "-ERR", "<!DOCTYPE", "<!doctype", "<html", "<HTML"];
    if tls {
        return Some(Diagnosis::TlsMismatch);
    }
    (other || strange.iter().any(|mark| start.starts_with(mark))).then_some(Diagnosis::NotAMailServer)
}

/// How long a server asks to be left alone, in a reply as it came.
pub fn asked_wait(reply: &str) -> Option<Span> {
    wait_ms(&reply.to_lowercase()).map(|ms| Span(i64::try_from(ms).unwrap_or(i64::MAX)))
}

/// `Suggested Backoff Time: 299961 milliseconds` (Exchange).
fn wait_ms(words: &str) -> Option<u64> {
    let (_, rest) = words.split_once("backoff time: ")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

impl Answer {
    /// What follows `+ ` or `334 `, with its capitals: base64 has both.
    fn words_as_sent<'a>(&self, text: &'a str) -> &'a str {
        let text = super::fields::shortened(text, line::LONGEST);
        text.lines()
            .find_map(|line| line.split_once("+ ").or_else(|| line.split_once("334 ")))
            .map_or("", |(_, rest)| rest)
    }
}

impl Finding {
    /// The closest sentence there is: the row's own, else the diagnosis'.
    pub fn words(&self, provider_name: &str) -> String {
        self.sentence.map_or_else(|| self.diagnosis.sentence(provider_name), str::to_owned)
    }

    /// A passing fault never counts against a mailbox.
    pub fn passes(&self) -> bool {
        self.certainty == Certainty::Passing
    }
}
