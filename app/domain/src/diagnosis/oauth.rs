//! From an answer of a token or authorize endpoint to a finding: HTTP status, then Microsoft's
//! numbers, then `suberror` and `error`, then words.
//!
//! Sources: RFC 6749 sections 4.1.2.1 and 5.2, RFC 6750, RFC 8628; entra-docs
//! *reference-error-codes* and *v2-oauth2-auth-code-flow*; MSAL for `suberror`; Google's
//! *Using OAuth 2.0 for Web Server Applications*.

use super::{
    Certainty, Class,
    Diagnosis::{self, *},
    Finding,
    errors::{by_error, by_words},
    fields::{field, shortened},
    phrases::has,
    tables,
};
use crate::provider::ProviderKind;

/// More than any real answer.
const LONGEST: usize = 16 * 1024;

/// Numbers that wrap a closer one: `AADSTS70002: .. AADSTS54005: ..`.
const WRAPPERS: [u32; 4] = [70000, 70002, 50012, 90092];

/// What an answer of the provider's sign-in tells: the JSON body of the token endpoint, the
/// query of a redirect, a description, or what a person copied from the provider's page.
pub fn diagnose_oauth(body_or_description: &str, http_status: Option<u16>, provider: ProviderKind) -> Finding {
    let text = shortened(body_or_description, LONGEST).replace('\0', " ");
    // 429 and 5xx never ask a person for anything (RFC 6585; the provider may send any body).
    match http_status {
        Some(429) => return finding(RateLimited, Some("HTTP 429".to_owned()), true),
        Some(status @ 500..=599) => {
            return finding(ProviderFault, Some(format!("HTTP {status}")), true);
        }
        Some(408) => return finding(TimedOut, Some("HTTP 408".to_owned()), true),
        _ => {}
    }
    let error = error_name(&text);
    let words = tables::folded(&text);
    let suberror = field(&text, "suberror").or_else(|| field(&text, "error_subtype"));
    let passes = matches!(error.as_deref(), Some("temporarily_unavailable"));
    if let Some(found) = by_number(&text, &words, suberror.as_deref(), provider)
        .filter(|found| !passes || found.diagnosis.class() == Class::Transient)
    {
        return found;
    }
    let by_suberror = suberror.as_deref().and_then(by_suberror);
    let by_words = by_words(&words, error.as_deref());
    let by_error = error.as_deref().and_then(|error| by_error(error, provider));
    // Words refine a refusal; they never make a passing fault or a fault of the app into one.
    let diagnosis = match (by_suberror, by_error, by_words) {
        (Some(diagnosis), _, _) => Some(diagnosis),
        (None, Some(rule), _) if rule.class() == Class::Transient => Some(rule),
        (None, Some(rule), words) => Some(words.unwrap_or(rule)),
        (None, None, words) => words,
    };
    let quoted = tables::reply_rows()
        .iter()
        .find(|row| {
            row.protocol == "oauth"
                && row.kind() == provider
                && Some(row.diagnosis) == diagnosis
                && tables::folded(row.reply).split([':', ' ']).next() == error.as_deref()
        })
        .map(|row| row.sentence);
    let numbers = numbers(&text);
    // A number that Microsoft did not use before: the protocol's rules speak, and the page shows what it said.
    let unlisted = !numbers.is_empty() && numbers.iter().all(|number| tables::aadsts(*number).is_none());
    let known = diagnosis.is_some() && !unlisted;
    let number = numbers.first().map(|number| format!("AADSTS{number}"));
    let mut found = finding(diagnosis.or_else(|| by_range(&numbers)).unwrap_or(Unknown), number.or(error), known);
    found.sentence = quoted;
    found
}

/// The id under which Microsoft's sign-in log shows the attempt, for the administrator.
pub fn correlation_id(body: &str) -> Option<String> {
    let text = shortened(body, LONGEST);
    let id = field(text, "correlation_id").or_else(|| field(text, "Correlation ID"))?;
    let id = shortened(id.trim(), 36);
    let like_guid = id.len() == 36 && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    like_guid.then(|| id.to_owned())
}

fn finding(diagnosis: Diagnosis, code: Option<String>, known: bool) -> Finding {
    let certainty = match diagnosis {
        // A bearer token is refused: refresh first.
        TokenRefused => Certainty::NeedsSecond,
        _ if diagnosis.class() == Class::Transient => Certainty::Passing,
        _ => Certainty::Definite,
    };
    Finding { diagnosis, certainty, known, code, sentence: None, wait_ms: None }
}

/// By Microsoft's number, where it is in the table.
fn by_number(text: &str, words: &str, suberror: Option<&str>, provider: ProviderKind) -> Option<Finding> {
    let numbers = match numbers(text) {
        found if found.is_empty() && provider == ProviderKind::Microsoft => lone_number(words),
        found => found,
    };
    let rows: Vec<_> = numbers.iter().filter_map(|number| tables::aadsts(*number)).collect();
    let row = rows
        .iter()
        .find(|row| !WRAPPERS.contains(&row.code))
        .or_else(|| rows.iter().find(|row| row.code != 70002))
        .or(rows.first())?;
    let code = Some(format!("AADSTS{}", row.code));
    // MSAL: the person cannot solve what comes with message_only, whatever the number.
    if row.diagnosis.class() == Class::SignInAgain && suberror == Some("message_only") {
        return Some(finding(AdminPolicy, code, true));
    }
    // Personal accounts use 70000 for almost everything; the words name the permission.
    if row.code == 70000 && has(words, "scopes requested are unauthorized") {
        return Some(finding(ConsentMissing, code, true));
    }
    let mut found = finding(row.diagnosis, code, true);
    found.sentence = Some(row.sentence);
    Some(found)
}

/// Every `AADSTS` number of the text and of `error_codes`, in order.
fn numbers(text: &str) -> Vec<u32> {
    let mut found = Vec::new();
    let upper = text.to_ascii_uppercase();
    for part in upper.split("AADSTS").skip(1).take(32) {
        let digits = part.trim_start_matches([' ', ':', '-', '_']);
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        found.extend(digits.get(..end.min(9)).and_then(|digits| digits.parse::<u32>().ok()));
    }
    let listed = field(text, "error_codes").unwrap_or_default();
    found.extend(listed.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse::<u32>().ok()).take(32));
    found
}

/// The number that a person copied from Microsoft's page: alone, or behind *Error code*.
fn lone_number(words: &str) -> Vec<u32> {
    let behind = words.split_once("code").map(|(_, rest)| rest.trim_start_matches([' ', ':', '=', '"']));
    [Some(words.trim()), behind]
        .into_iter()
        .flatten()
        .filter_map(|text| {
            let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            let free = text[end..].chars().next().is_none_or(|c| !c.is_alphanumeric());
            text.get(..end).filter(|digits| free && (5..=8).contains(&digits.len()))?.parse().ok()
        })
        .collect()
}

/// An unlisted number and nothing else to go by. The blocks of Microsoft's list hold roughly.
fn by_range(numbers: &[u32]) -> Option<Diagnosis> {
    let number = numbers.first()?.to_string();
    let block = |prefixes: &[&str]| prefixes.iter().any(|prefix| number.starts_with(prefix));
    Some(if block(&["53"]) {
        ConditionalAccess
    } else if block(&["80"]) {
        ProviderFault
    } else if block(&["130", "135"]) {
        DeviceRequired
    } else if block(&["50", "51", "52", "54", "16", "81"]) {
        InteractionNeeded
    } else if block(&["65", "70", "90"]) {
        RequestRefused
    } else {
        return None;
    })
}

/// MSAL's classes, and Google's re-authentication.
fn by_suberror(suberror: &str) -> Option<Diagnosis> {
    Some(match suberror {
        "message_only" => AdminPolicy,
        "basic_action" => InteractionNeeded,
        "additional_action" | "protection_policy_required" => DeviceRequired,
        "consent_required" => ConsentMissing,
        "user_password_expired" => PasswordExpired,
        "bad_token" => SignInRevoked,
        "token_expired" => SignInExpired,
        "client_mismatch" => RegistrationUnknown,
        "invalid_rapt" | "rapt_required" => SignInFrequencyPolicy,
        "cancel" => ConsentDeclined,
        _ => return None,
    })
}

/// The error's name: its field, else the first known name in the text.
fn error_name(text: &str) -> Option<String> {
    let plain = |name: &String| {
        !name.is_empty() && name.len() < 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let letters = |name: &String| name.bytes().any(|b| b.is_ascii_alphabetic());
    if let Some(name) = field(text, "error").filter(plain).filter(letters) {
        return Some(name.to_ascii_lowercase());
    }
    // Google's other APIs: {"error":{"code":401,"status":"UNAUTHENTICATED"}}.
    if let Some(status) = field(text, "status").filter(plain).filter(|name| name.contains('_') || name.starts_with('U'))
    {
        return Some(status.to_ascii_lowercase());
    }
    let lower = text.to_ascii_lowercase();
    lower
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .find(|word| word.contains('_') && by_error(word, ProviderKind::Other).is_some())
        .map(str::to_owned)
}
