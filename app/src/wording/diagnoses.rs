//! Diagnoses on the screen: title, sentence, whose turn, steps, article.
//!
//! The words of each diagnosis stand in `domain`; here is what the pages add to them. The provider's
//! own words never stand here; pages quote them under *What ... said*.

use domain::Diagnosis;
use domain::diagnosis::{Class, remedy_steps};
use domain::provider::ProviderKind;
use domain::remedy::{Remedy, Who};

/// How a sentence calls the provider: *Other* is no name.
pub fn at(short: &str) -> &str {
    if short == "Other" { "the mail server" } else { short }
}

/// What happened, in a few words, as a state or a title.
pub fn title(diagnosis: Diagnosis, short: &str) -> String {
    use Diagnosis as D;
    match diagnosis {
        // The state of R13: which of the three it was stands in the second line.
        D::SignInExpired | D::SignInRevoked | D::SignInInactive => format!("{short} sign-in expired"),
        // In a check *Retrying* says too little.
        D::NameNotFound => "Server name not found".into(),
        D::HostUnreachable => "Server not reachable".into(),
        D::ConnectionRefused => "Nobody listens on this port".into(),
        D::TimedOut => "No answer".into(),
        D::RateLimited | D::TooManySessions => "Slowed down by the server".into(),
        D::ProviderFault => "The server has a fault".into(),
        other => other.title().into(),
    }
}

/// One sentence of fact. No blame, no guess beyond the evidence.
pub fn sentence(diagnosis: Diagnosis, short: &str) -> String {
    // Google names no cause; a changed password is the usual one there, unlike at Microsoft.
    if diagnosis == Diagnosis::SignInExpired && short == "Google" {
        return "Google no longer accepts the sign-in of this mailbox: a changed password ends it there, and so does a withdrawn permission.".into();
    }
    diagnosis.sentence(if short == "Other" { "The server" } else { short })
}

/// Who can mend it, and what does not help.
pub fn who(diagnosis: Diagnosis, remedy: Remedy, short: &str, domain: &str) -> (String, Option<&'static str>) {
    let short = at(short);
    let by_admin = diagnosis.who() == Who::TenantAdmin;
    match remedy {
        // A right that only an administrator gives.
        Remedy::FixMailboxSettings if by_admin => {
            (format!("An admin of {domain} at {short}."), Some("Signing in again does not help."))
        }
        Remedy::Wait => ("Nobody needs to.".into(), Some("Mailkeep tries again by itself.")),
        Remedy::SignInAgain => ("Whoever may sign in for this mailbox.".into(), None),
        Remedy::AnotherPersonSignsIn => {
            ("Another person with access to this mailbox.".into(), Some("Signing in as the same person does not help."))
        }
        Remedy::GivePassword => ("Whoever knows the mailbox's password.".into(), None),
        Remedy::UseAppPassword => {
            ("Whoever may sign in for this mailbox.".into(), Some("The account's own password does not help."))
        }
        Remedy::SwitchToSignIn => {
            ("Whoever may sign in for this mailbox.".into(), Some("A new password does not help."))
        }
        Remedy::AdminConsent => {
            (format!("An admin of {domain} at {short}."), Some("Signing in again does not help before that."))
        }
        Remedy::FixAppRegistration => {
            ("You, with the app registration.".into(), Some("Signing in again does not help."))
        }
        Remedy::FixMailboxSettings => {
            ("You, or whoever manages the mailbox.".into(), Some("Signing in again does not help."))
        }
        Remedy::AskAdministrator => {
            (format!("An admin of {domain} at {short}."), Some("Signing in again does not help."))
        }
    }
}

/// The remedy in one line, with whose turn it is.
pub fn remedied(remedy: Remedy, who: &str) -> String {
    let what = match remedy {
        Remedy::Wait => return format!("{who} It is tried again by itself."),
        Remedy::SignInAgain => "sign in again",
        Remedy::AnotherPersonSignsIn => "let another person sign in",
        Remedy::GivePassword => "give the password",
        Remedy::UseAppPassword => "give an app password",
        Remedy::SwitchToSignIn => "switch to the provider's sign-in",
        Remedy::AdminConsent => "give the organisation's consent",
        Remedy::FixAppRegistration => "mend the app registration",
        Remedy::FixMailboxSettings => "mend the mailbox's settings",
        Remedy::AskAdministrator => "change the organisation's setting",
    };
    format!("{what}. Who can: {who}")
}

/// How to mend it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    pub steps: Vec<String>,
    /// The same as lines to copy, each with where it goes.
    pub lines: Vec<(String, String)>,
    /// What to know about the time it takes.
    pub after: Option<&'static str>,
}

/// The exact steps, as far as there are any.
pub fn steps(diagnosis: Diagnosis, provider: ProviderKind, address: &str) -> Option<Steps> {
    let mut found = Steps::default();
    for step in remedy_steps(diagnosis, provider, address) {
        match step.code {
            Some(code) => found.lines.push((step.text.trim_end_matches(':').to_owned(), code)),
            None => found.steps.push(step.text),
        }
    }
    if provider == ProviderKind::Microsoft && !found.lines.is_empty() {
        found.after = Some("It can take up to an hour until Exchange acts on it.");
    }
    (!found.steps.is_empty() || !found.lines.is_empty()).then_some(found)
}

/// The help article about it.
pub fn article(diagnosis: Diagnosis) -> &'static str {
    use Diagnosis as D;
    match diagnosis {
        D::PasswordRefused
        | D::CredentialRefused
        | D::PasswordExpired
        | D::PasswordExpiredOnPremises
        | D::AppPasswordNeeded
        | D::TooManyBadPasswords => "password-refused",
        D::PasswordSignInRetired | D::PasswordNotTaken => "password-retired",
        D::SmtpAuthDisabledMailbox | D::SmtpAuthDisabledTenant => "smtp-auth-off",
        D::ImapDisabled | D::ImapDisabledForDomain => "imap-off",
        D::WrongTenant | D::AccountKindRefused => "wrong-account",
        D::AccountDisabled | D::AccountGone | D::AccountLocked | D::AccountNotAllowed => "another-person",
        D::SharedAddressRefused | D::RightMissing => "shared-mailbox",
        D::SendAsDenied
        | D::SenderRefused
        | D::SenderUnauthenticated
        | D::LicenceMissing
        | D::SendingBlocked
        | D::NotAuthenticated => "send-as",
        D::MailboxGone | D::MailboxFull | D::MailboxUnreachable | D::FolderGone | D::FolderNameRefused => {
            "mailbox-gone"
        }
        D::RecipientRefused | D::TooManyRecipients | D::MessageTooLarge | D::ContentRefused => "message-refused",
        D::ClientSecretExpired | D::ClientSecretWrong => "app-secret-expired",
        D::AppInTesting => "gmail",
        D::AwaitingApproval => "approval",
        D::SpaRegistration => "app-registration",
        D::TlsRequired
        | D::TlsNotOffered
        | D::TlsMismatch
        | D::CertificateNameMismatch
        | D::CertificateInvalid
        | D::NotAMailServer
        | D::MechanismNotOffered => "own-servers",
        other => match other.class() {
            Class::FixAppRegistration => "app-registration-refused",
            Class::SignInAgain => "sign-in-expired",
            Class::AdminConsent => "approval",
            Class::Policy => "policy",
            Class::FixAccount => "own-servers",
            Class::Transient => "server-trouble",
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_diagnosis_has_words() {
        for diagnosis in Diagnosis::ALL {
            assert!(!title(diagnosis, "Microsoft").is_empty());
            let said = sentence(diagnosis, "Other");
            assert!(said.ends_with('.') && !said.contains("Other"), "{said}");
            assert!(!article(diagnosis).is_empty());
        }
        assert_eq!(title(Diagnosis::SignInRevoked, "Google"), "Google sign-in expired");
    }
}
