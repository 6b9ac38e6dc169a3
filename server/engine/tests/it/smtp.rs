//! Outgoing sessions and probes: each wrong thing is named as what it is, and nothing leaks.

use crate::desk::{By, Desk};
use crate::rig::At;
use domain::probe::Step;
use domain::provider::{Endpoint, Tls};
use domain::{Diagnosis, Direction};
use engine::login::{Login, Proof};
use engine::secret::Secret;
use engine::smtp;
use serde_json::json;

fn secret(proof: &Proof) -> &str {
    match proof {
        Proof::Password(secret) | Proof::Token(secret) => secret.reveal(),
    }
}

#[tokio::test]
async fn a_check_shows_each_step_and_no_secret() {
    let desk = Desk::open().await;
    for (at, by) in [
        (At::Litware, By::Password),
        (At::Microsoft, By::Token),
        (At::Google, By::Token),
        (At::Google, By::Password),
        (At::Microsoft, By::Password),
    ] {
        let user = desk.rig.user("smtp", at).await;
        let access = desk.access(&user, Direction::Outgoing, by).await;
        let report = smtp::probe(&desk.engine, &access).await;
        assert_eq!(report.failure, None, "{at:?} {by:?} {report:#?}");
        let steps: Vec<Step> = report.steps.iter().map(|s| s.step).collect();
        assert_eq!(steps, Step::of(Direction::Outgoing), "{report:#?}");
        assert!(report.steps.iter().all(|s| s.ok));
        assert_eq!(report.user.as_deref(), Some(user.email.as_str()));
        let shown = format!("{report:?}");
        let secret = secret(&access.logins[0].proof);
        assert!(!shown.contains(secret), "the secret is shown: {shown}");
        use base64::Engine as _;
        for sasl in
            [format!("\0{}\0{secret}", user.email), format!("user={}\x01auth=Bearer {secret}\x01\x01", user.email)]
        {
            let coded = base64::engine::general_purpose::STANDARD.encode(sasl);
            assert!(!shown.contains(&coded), "the secret is shown: {shown}");
        }
        assert!(report.transcript.len() > 5, "{:#?}", report.transcript);
    }
}

#[tokio::test]
async fn wrong_credentials_are_refused_credentials() {
    let desk = Desk::open().await;
    for (at, by) in [(At::Litware, By::Password), (At::Microsoft, By::Token), (At::Google, By::Token)] {
        let user = desk.rig.user("wrong", at).await;
        let mut access = desk.access(&user, Direction::Outgoing, by).await;
        access.logins[0].proof = match by {
            By::Password => Proof::Password(Secret::new("not the password")),
            By::Token => Proof::Token(Secret::new("not-a-token")),
        };
        let report = smtp::probe(&desk.engine, &access).await;
        let failure = report.failure.clone().expect("refused");
        assert!(failure.said.starts_with("535"), "{at:?}: the 535 behind a 334 is read: {report:#?}");
        assert!(
            matches!(
                failure.diagnosis,
                Diagnosis::PasswordRefused | Diagnosis::TokenRefused | Diagnosis::CredentialRefused
            ),
            "{at:?}: {failure:?}"
        );
        let last = report.steps.last().expect("steps");
        assert_eq!((last.step, last.ok), (Step::Authentication, false));
    }
}

#[tokio::test]
async fn a_shared_mailbox_signs_in_as_the_person() {
    let desk = Desk::open().await;
    let anna = desk.rig.user("anna", At::Microsoft).await;
    let shared = desk.rig.shared("support", &[&anna]).await;
    let mut access = desk.access(&anna, Direction::Outgoing, By::Token).await;
    access.address = domain::Address::parse(&shared.email).expect("an address");
    let token = access.logins[0].proof.clone();
    let as_shared = Login { user: shared.email.clone(), proof: token };
    // In either order it is the person who works; the shared address is refused with 535.
    for person_first in [true, false] {
        let mut access = access.clone();
        access.logins.insert(usize::from(person_first), as_shared.clone());
        let report = smtp::probe(&desk.engine, &access).await;
        assert_eq!(report.failure, None, "{report:#?}");
        assert_eq!(report.user.as_deref(), Some(anna.email.as_str()));
    }
    access.logins = vec![as_shared];
    let refused = smtp::probe(&desk.engine, &access).await.failure.expect("refused");
    assert!(refused.said.starts_with("535 5.7.3"), "{refused:?}");
}

#[tokio::test]
async fn smtp_auth_switched_off_is_named() {
    let desk = Desk::open().await;
    let user = desk.rig.user("off", At::Microsoft).await;
    desk.rig.call("/front/smtp-auth", json!({ "user": user.email, "enabled": false })).await;
    let access = desk.access(&user, Direction::Outgoing, By::Token).await;
    let report = smtp::probe(&desk.engine, &access).await;
    let failure = report.failure.expect("it is off");
    assert!(
        matches!(failure.diagnosis, Diagnosis::SmtpAuthDisabledMailbox | Diagnosis::SmtpAuthDisabledTenant),
        "{failure:?}"
    );
}

#[tokio::test]
async fn wrong_ports_and_hosts_are_named() {
    let desk = Desk::open().await;
    let user = desk.rig.user("port", At::Litware).await;
    let access = desk.access(&user, Direction::Outgoing, By::Password).await;
    let port = |key: &str| desk.rig.port(key);
    for (host, number, tls, diagnosis) in [
        ("no-such-host.example", 587, Tls::StartTls, Diagnosis::NameNotFound),
        ("smtp.litware.example", port("CLOSED_PORT"), Tls::StartTls, Diagnosis::ConnectionRefused),
        ("smtp.litware.example", port("LITWARE_SMTP_PORT"), Tls::Implicit, Diagnosis::TlsMismatch),
        ("smtp.litware.example", port("LITWARE_IMAP_PORT"), Tls::StartTls, Diagnosis::NotAMailServer),
    ] {
        let mut access = access.clone();
        access.endpoint = Endpoint { host: host.into(), port: number, tls };
        let report = smtp::probe(&desk.engine, &access).await;
        let failure = report.failure.clone().expect("it can't work");
        assert_eq!(failure.diagnosis, diagnosis, "{host}:{number} {report:#?}");
        assert!(!report.transcript.iter().any(|line| line.contains("AUTH PLAIN ")), "{report:#?}");
    }
}
