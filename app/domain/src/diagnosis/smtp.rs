//! SMTP's own rules: what a reply code and an enhanced status say, whatever the words
//! (RFC 5321 section 4.2, RFC 3463, RFC 4954 section 6, RFC 5248 and its IANA registry,
//! RFC 7372, RFC 7504; for Exchange its *NDR codes* and *Fix NDR error* pages).

use super::{
    Diagnosis::{self, *},
    Stage,
    line::{Answer, Status},
    reply::Rule,
};
use crate::provider::ProviderKind;

/// The rule that the answer's codes give.
pub(super) fn rule(answer: &Answer, stage: Stage, provider: ProviderKind) -> Rule {
    let Status::Code(code) = answer.status else {
        return Rule { diagnosis: Unknown, firm: false, known: false, code: None };
    };
    let words = answer.words.as_str();
    let named = answer.enhanced.map_or(format!("{code}"), |(a, b, c)| format!("{code} {a}.{b}.{c}"));
    let exact = answer.enhanced.and_then(|enhanced| by_status(code, enhanced, stage, provider, words));
    let (diagnosis, firm, known) = match exact {
        Some((diagnosis, firm)) => (diagnosis, firm, true),
        None => {
            let (diagnosis, firm) = by_code(code, stage, words);
            (diagnosis, firm, false)
        }
    };
    Rule { diagnosis, firm, known, code: Some(named) }
}

/// Of an enhanced status; `true` where it says enough for words not to matter.
/// The reply code's first digit is binding (RFC 3463 section 2): 4yz passes.
fn by_status(
    code: u16,
    (class, subject, detail): (u16, u16, u16),
    stage: Stage,
    provider: ProviderKind,
    words: &str,
) -> Option<(Diagnosis, bool)> {
    // RFC 4954 section 6: the password has to be given once in another way. Waiting does not help.
    if (class, subject, detail) == (4, 7, 12) {
        return Some((CredentialRefused, true));
    }
    // Exchange: `451 5.7.3 STARTTLS is required to send mail`. The next attempt is no better.
    if code < 500 && class == 5 && words.contains("starttls") {
        return Some((TlsRequired, true));
    }
    if code < 500 || class == 4 {
        let diagnosis = match (subject, detail) {
            (7, 28) | (3, 2) if words.contains("thread") => TooManySessions,
            (7, 28) => RateLimited,
            (2, _) | (5, 3) | (1, _) => RecipientDeferred,
            _ if matches!(stage, Stage::Recipient) => RecipientDeferred,
            _ => ProviderFault,
        };
        return (code < 500 || subject != 7).then_some((diagnosis, true));
    }
    if code == 535 && (subject, detail) != (7, 139) && (subject, detail) != (7, 13) {
        return Some((CredentialRefused, false));
    }
    let microsoft = provider == ProviderKind::Microsoft;
    Some(match (subject, detail) {
        (1, 7) => (SenderRefused, true),
        (1, 8) if microsoft => (SendingBlocked, true),
        (1, 8) => (SenderRefused, false),
        (1, 90) => (SendingLimitReached, true),
        (1, 0) if matches!(stage, Stage::Sender) => (SenderRefused, false),
        (1, _) => (RecipientRefused, true),
        (2, 1) if matches!(stage, Stage::Authentication) => (AccountDisabled, true),
        (2, 1) => (RecipientRefused, true),
        (2, 2) if microsoft && !words.contains("quota exceeded") => (MailboxFull, true),
        (2, 2) => (MailboxFull, false),
        (2, 3) => (MessageTooLarge, true),
        (2, 4) => (RecipientRefused, true),
        (2, 251) => (MailboxFull, true),
        (2, 252) => (SendAsDenied, true),
        (2, 253) => (LicenceMissing, true),
        (2, 254) => (TooManyRecipients, true),
        (2, 255) => (RecipientRefused, true),
        (3, 4) => (MessageTooLarge, true),
        (3, 2) if code == 521 => (NotAMailServer, true),
        (3, 1..=2 | 5) => (ProviderFault, false),
        (4, 5) => (SendingLimitReached, true),
        (4, _) => (RecipientRefused, false),
        (5, 3) => (TooManyRecipients, true),
        (5, 6) => (RequestRefused, false),
        (6, _) => (ContentRefused, true),
        (7, 2) if microsoft => (RecipientRefused, true),
        (7, 4) => (MechanismNotOffered, true),
        (7, 8) => (CredentialRefused, false),
        // RFC 4954: this mechanism will not do for this user; Google: app password or browser.
        (7, 9) => (PasswordNotTaken, false),
        (7, 14) if code == 534 => (PasswordNotTaken, false),
        (7, 10 | 11) => (TlsRequired, true),
        (7, 13) => (AccountDisabled, true),
        (7, 20..=24 | 26 | 29 | 509 | 515) => (SenderUnauthenticated, true),
        (7, 25 | 27 | 28) => (SendingBlocked, true),
        (7, 30) if microsoft => (PasswordSignInRetired, true),
        (7, 57) => (NotAuthenticated, true),
        (7, 60) => (SendAsDenied, true),
        (7, 64) => (AdminPolicy, true),
        (7, 124 | 129 | 133..=136) => (RecipientRefused, true),
        // Exchange announced 5.7.139 for several rules; the words tell which.
        (7, 139) => (AdminPolicy, false),
        (7, 232 | 233) => (SendingLimitReached, true),
        (7, 500..=799) => (SendingBlocked, true),
        _ => return None,
    })
}

/// Of a reply code alone (RFC 5321 sections 4.2.2 and 4.2.3, RFC 4954).
fn by_code(code: u16, stage: Stage, words: &str) -> (Diagnosis, bool) {
    let signing_in = matches!(stage, Stage::Authentication) || words.contains("auth") || words.contains("login");
    match code {
        400..=499 if matches!(stage, Stage::Recipient) || matches!(code, 450 | 452) => (RecipientDeferred, true),
        400..=499 => (ProviderFault, true),
        500..=504 if signing_in => (MechanismNotOffered, false),
        501 if matches!(stage, Stage::Recipient) => (RecipientRefused, false),
        501 if matches!(stage, Stage::Sender) => (SenderRefused, false),
        500..=504 | 555 => (CommandRefused, false),
        521 => (NotAMailServer, true),
        523 | 538 => (TlsRequired, true),
        525 => (AccountDisabled, true),
        530 if ["tls", "ssl", "encrypt"].iter().any(|word| words.contains(word)) => (TlsRequired, true),
        530 => (NotAuthenticated, true),
        534 => (PasswordNotTaken, false),
        535 => (CredentialRefused, false),
        _ if matches!(stage, Stage::Authentication) => (CredentialRefused, false),
        551 | 556 => (RecipientRefused, true),
        552 => (MailboxFull, false),
        553 if matches!(stage, Stage::Recipient) => (RecipientRefused, false),
        553 => (SendAsDenied, false),
        _ if matches!(stage, Stage::Greeting | Stage::Tls) => (SendingBlocked, false),
        _ if matches!(stage, Stage::Sender) => (SenderRefused, false),
        _ if matches!(stage, Stage::Recipient) => (RecipientRefused, false),
        550 if matches!(stage, Stage::Any) && !words.contains("polic") => (RecipientRefused, false),
        500..=599 => (ContentRefused, false),
        _ => (Unknown, false),
    }
}
