//! IMAP's own rules: what a status and a response code say, whatever the words
//! (RFC 9051 section 7.1, RFC 5530, RFC 4469, RFC 7889, RFC 2221).

use super::{
    Diagnosis, Stage,
    line::{Answer, Status},
    reply::Rule,
};

/// The rule that the answer's codes and status give.
pub(super) fn rule(answer: &Answer, stage: Stage) -> Rule {
    for code in &answer.codes {
        if let Some((diagnosis, firm)) = by_code(code, &answer.words) {
            return Rule { diagnosis, firm, known: true, code: Some(format!("[{code}]")) };
        }
    }
    let (diagnosis, firm) = match answer.status {
        // A server may close for any reason; the words can name a lasting one.
        Status::Bye => (Diagnosis::SessionClosed, false),
        Status::Bad => (Diagnosis::CommandRefused, false),
        Status::No if signing_in(stage, &answer.words) => (Diagnosis::CredentialRefused, false),
        Status::No => (Diagnosis::ProviderFault, false),
        _ => (Diagnosis::Unknown, false),
    };
    Rule { diagnosis, firm, known: false, code: None }
}

/// A NO to AUTHENTICATE or LOGIN. Without a stage the words have to tell: a server that
/// refuses a FETCH says nothing about the password.
fn signing_in(stage: Stage, words: &str) -> bool {
    match stage {
        Stage::Authentication => true,
        Stage::Any => {
            ["auth", "login", "logon", "passw", "credential", "sasl", "user name", "username", "sign in", "sign-in"]
                .iter()
                .any(|word| words.contains(word))
        }
        _ => false,
    }
}

/// The diagnosis of a response code, and whether words may still change it.
fn by_code(code: &str, words: &str) -> Option<(Diagnosis, bool)> {
    Some(match code {
        // RFC 5530
        "UNAVAILABLE" => (Diagnosis::ProviderFault, true),
        "AUTHENTICATIONFAILED" => (Diagnosis::CredentialRefused, false),
        "AUTHORIZATIONFAILED" => (Diagnosis::SharedAddressRefused, true),
        "EXPIRED" => (Diagnosis::PasswordExpired, true),
        "PRIVACYREQUIRED" => (Diagnosis::TlsRequired, true),
        "CONTACTADMIN" => (Diagnosis::AdministratorNeeded, true),
        "NOPERM" => (Diagnosis::RightMissing, true),
        "INUSE" | "EXPUNGEISSUED" | "CORRUPTION" | "SERVERBUG" => (Diagnosis::ProviderFault, true),
        "CLIENTBUG" | "BADCHARSET" | "BADEVENT" | "BADCOMPARATOR" | "PARSE" => (Diagnosis::CommandRefused, true),
        "CANNOT" => (Diagnosis::FolderNameRefused, true),
        "LIMIT" => (Diagnosis::RateLimited, true),
        // Gmail says it of its daily bandwidth too: the words tell.
        "OVERQUOTA" => (Diagnosis::MailboxFull, false),
        "ALREADYEXISTS" => (Diagnosis::FolderNameRefused, true),
        "NONEXISTENT" | "TRYCREATE" => (Diagnosis::FolderGone, true),
        // RFC 4469 and 7889
        "TOOBIG" => (Diagnosis::MessageTooLarge, true),
        // Seen at Yahoo and Exchange
        "THROTTLED" => (Diagnosis::RateLimited, true),
        // RFC 2221: the mailbox lives on another host.
        "REFERRAL" => (Diagnosis::NotAMailServer, true),
        // Gmail: the person has to open a link first.
        "WEBALERT" => (Diagnosis::PasswordNotTaken, false),
        // Some servers put RFC 5530's meaning in RFC 3501's ALERT: the words tell.
        "ALERT" if words.is_empty() => return None,
        _ => return None,
    })
}
