//! IMAP replies that stand in no file: Dovecot, Cyrus, Courier, Exchange, Gmail, Yahoo,
//! Zoho, GMX, Fastmail, iCloud, Yandex, QQ, Zimbra, hMailServer, Kerio.

use crate::cases::check;
use domain::diagnosis::{Certainty, Diagnosis, Protocol, Stage, diagnose_reply};
use domain::provider::ProviderKind::{self, Google, Microsoft, Other};

const T: &str = "transient";
const S: &str = "sign_in_again";

#[test]
fn imap_replies_have_their_class() {
    check(include_str!("../cases/imap.tsv"), |provider, _, text| {
        diagnose_reply(Protocol::Imap, provider, Stage::Any, text)
    });
}

#[test]
fn words_never_told_before_still_have_a_class() {
    for (stage, text, class, certainty) in [
        (Stage::Authentication, "A1 NO xyzzy", S, Certainty::NeedsSecond),
        (Stage::Authentication, "A1 NO", S, Certainty::NeedsSecond),
        (Stage::Mailbox, "A1 NO xyzzy", T, Certainty::Passing),
        (Stage::Mailbox, "A1 NO authentication xyzzy failed", T, Certainty::Passing),
        (Stage::Any, "A1 NO xyzzy", T, Certainty::Passing),
        (Stage::Any, "A1 NO xyzzy login", S, Certainty::NeedsSecond),
        (Stage::Any, "A1 BAD xyzzy", T, Certainty::Passing),
        (Stage::Any, "* BYE xyzzy", T, Certainty::Passing),
        (Stage::Authentication, "* BYE invalid password", T, Certainty::Passing),
    ] {
        let found = diagnose_reply(Protocol::Imap, ProviderKind::Other, stage, text);
        assert_eq!(found.diagnosis.remedy_class(), class, "{text}");
        assert_eq!(found.certainty, certainty, "{text}");
        assert!(!found.known, "{text}");
    }
}

#[test]
fn exact_names_where_the_page_depends_on_them() {
    for (provider, text, diagnosis) in [
        (Microsoft, "A1 NO AUTHENTICATE failed.", Diagnosis::CredentialRefused),
        (Microsoft, "A1 BAD User is authenticated but not connected.", Diagnosis::MailboxUnreachable),
        (Microsoft, "* BYE Session invalidated - AccessTokenExpired", Diagnosis::AccessTokenExpired),
        (Google, "* BYE Session expired, please login again.", Diagnosis::AccessTokenExpired),
        (Google, "A1 NO [ALERT] Application-specific password required (Failure)", Diagnosis::PasswordNotTaken),
        (Other, "A1 NO Application-specific password required", Diagnosis::AppPasswordNeeded),
        (Other, "A1 NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded", Diagnosis::TooManySessions),
        (Other, "+ eyJzdGF0dXMiOiI1MDMifQ==", Diagnosis::ProviderFault),
        (Other, "A1 NO [EXPIRED] x", Diagnosis::PasswordExpired),
    ] {
        let found = diagnose_reply(Protocol::Imap, provider, Stage::Any, text);
        assert_eq!(found.diagnosis, diagnosis, "{text}");
        assert!(found.known, "{text}");
    }
    let throttled = diagnose_reply(
        Protocol::Imap,
        Microsoft,
        Stage::Mailbox,
        "A1 NO Request is throttled. Suggested Backoff Time: 299961 milliseconds",
    );
    assert_eq!((throttled.diagnosis, throttled.wait_ms), (Diagnosis::RateLimited, Some(299_961)));
}
