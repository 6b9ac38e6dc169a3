//! SMTP replies that stand in no file: Postfix, Exim, Sendmail, qmail, Exchange, Gmail,
//! Yahoo, Zoho, GMX, iCloud, Fastmail, Yandex, Mail.ru, QQ, OVH, cPanel, Amazon SES.

use crate::cases::check;
use domain::diagnosis::{Certainty, Diagnosis, Protocol, Stage, diagnose_reply};
use domain::provider::ProviderKind::{self, Google, Microsoft, Other};

const T: &str = "transient";
const S: &str = "sign_in_again";
const F: &str = "fix_account";
const P: &str = "policy";

#[test]
fn smtp_replies_have_their_class() {
    check(include_str!("../cases/smtp.tsv"), |provider, _, text| {
        diagnose_reply(Protocol::Smtp, provider, Stage::Any, text)
    });
}

#[test]
fn words_never_told_before_still_have_a_class() {
    for (stage, text, class) in [
        (Stage::Any, "421 xyzzy", T),
        (Stage::Any, "451 4.9.9 xyzzy", T),
        (Stage::Any, "454 4.7.0 password xyzzy invalid credentials", T),
        (Stage::Any, "535 xyzzy", S),
        (Stage::Any, "535 5.9.9 xyzzy", S),
        (Stage::Any, "530 xyzzy", F),
        (Stage::Authentication, "550 xyzzy", S),
        (Stage::Authentication, "504 xyzzy", P),
        (Stage::Sender, "550 xyzzy", F),
        (Stage::Sender, "553 xyzzy", F),
        (Stage::Recipient, "550 xyzzy", F),
        (Stage::Recipient, "554 xyzzy authentication failed", F),
        (Stage::Data, "554 xyzzy", P),
        (Stage::Greeting, "554 xyzzy", P),
    ] {
        let found = diagnose_reply(Protocol::Smtp, ProviderKind::Other, stage, text);
        assert_eq!(found.diagnosis.remedy_class(), class, "{text}");
        let passing = found.certainty == Certainty::Passing;
        assert_eq!(passing, class == T, "{text}");
    }
}

/// One call per stage where the same words mean different things.
#[test]
fn exact_names_where_the_page_depends_on_them() {
    for (provider, text, diagnosis) in [
        (
            Microsoft,
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit x",
            Diagnosis::SmtpAuthDisabledMailbox,
        ),
        (
            Microsoft,
            "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit x",
            Diagnosis::SmtpAuthDisabledTenant,
        ),
        (
            Microsoft,
            "535 5.7.139 Authentication unsuccessful, the user credentials were incorrect.",
            Diagnosis::PasswordRefused,
        ),
        (
            Microsoft,
            "535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.",
            Diagnosis::SecurityDefaults,
        ),
        (Microsoft, "554 5.2.252 SendAsDenied; a not allowed to send as b", Diagnosis::SendAsDenied),
        (Microsoft, "250-AUTH LOGIN XOAUTH2\r\n535 5.7.3 Authentication unsuccessful", Diagnosis::CredentialRefused),
        (Google, "454 4.7.0 Too many login attempts, please try again later.", Diagnosis::RateLimited),
        (Other, "421 4.7.0 too many connections from your IP", Diagnosis::TooManySessions),
        (Other, "530 5.7.0 Must issue a STARTTLS command first", Diagnosis::TlsRequired),
    ] {
        let found = diagnose_reply(Protocol::Smtp, provider, Stage::Any, text);
        assert_eq!(found.diagnosis, diagnosis, "{text}");
        assert!(found.known, "{text}");
    }
    let elsewhere =
        diagnose_reply(Protocol::Smtp, Other, Stage::Authentication, "535 5.7.8 Error: authentication failed: x");
    assert_eq!(elsewhere.code.as_deref(), Some("535 5.7.8"));
}
