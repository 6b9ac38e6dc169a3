//! Sessions and probes: each wrong thing is named as what it is, and nothing leaks.

use crate::desk::{By, Desk};
use crate::rig::{At, unique};
use domain::probe::Step;
use domain::provider::{Endpoint, Tls};
use domain::{Diagnosis, Direction};
use engine::imap;
use engine::login::{Access, Proof};
use engine::secret::Secret;
use serde_json::json;
use std::time::{Duration, Instant};

fn at(rig: &crate::rig::Rig, host: &str, port: &str, tls: Tls) -> Endpoint {
    Endpoint { host: host.into(), port: rig.port(port), tls }
}

#[tokio::test]
async fn a_check_shows_each_step() {
    let desk = Desk::open().await;
    for (at, by) in [
        (At::Litware, By::Password),
        (At::Microsoft, By::Token),
        (At::Google, By::Token),
        (At::Microsoft, By::Password),
    ] {
        let user = desk.rig.user("probe", at).await;
        desk.rig.append(&user, "INBOX", 3, json!({})).await;
        let access = desk.access(&user, Direction::Incoming, by).await;
        let report = imap::probe(&desk.engine, &access, "INBOX").await;
        assert_eq!(report.failure, None, "{at:?} {by:?} {report:#?}");
        let steps: Vec<Step> = report.steps.iter().map(|s| s.step).collect();
        assert_eq!(steps, Step::of(Direction::Incoming), "{report:#?}");
        assert!(report.steps.iter().all(|s| s.ok));
        assert_eq!(report.backlog, Some(3), "{at:?}");
        assert_eq!(report.user.as_deref(), Some(user.email.as_str()));
        let tls = &report.steps[2].evidence;
        assert!(tls.starts_with("TLS 1.") && tls.contains("until"), "{tls}");
        let secret = match &access.logins[0].proof {
            Proof::Password(secret) | Proof::Token(secret) => secret.reveal().to_owned(),
        };
        let shown = format!("{report:?}");
        assert!(!shown.contains(&secret), "the secret is shown: {shown}");
        assert!(report.transcript.len() > 5, "{:#?}", report.transcript);
    }
}

#[tokio::test]
async fn start_tls_is_taken_and_nothing_is_sent_before() {
    let desk = Desk::open().await;
    let user = desk.rig.user("starttls", At::Litware).await;
    let mut access = desk.access(&user, Direction::Incoming, By::Password).await;
    access.endpoint = at(&desk.rig, "imap.litware.example", "LITWARE_IMAP_PORT", Tls::StartTls);
    let report = imap::probe(&desk.engine, &access, "INBOX").await;
    assert_eq!(report.failure, None, "{report:#?}");
    let lines = report.transcript.join("\n");
    let (tls, login) = (
        lines.find("STARTTLS").expect("it was asked for"),
        lines.find("AUTHENTICATE").or(lines.find("LOGIN ")).expect("a sign-in"),
    );
    assert!(tls < login, "{lines}");
}

#[tokio::test]
async fn each_wrong_setting_is_named() {
    let desk = Desk::open().await;
    let rig = &desk.rig;
    let user = rig.user("wrong", At::Litware).await;
    let right = desk.access(&user, Direction::Incoming, By::Password).await;
    let host = "imap.litware.example";
    let with = |endpoint: Endpoint| Access { endpoint, ..right.clone() };
    let elsewhere = Endpoint { host: "no-such-host.litware.example".into(), port: 993, tls: Tls::Implicit };
    for (what, access, wanted) in [
        ("unknown name", with(elsewhere), Diagnosis::NameNotFound),
        ("closed port", with(at(rig, host, "CLOSED_PORT", Tls::Implicit)), Diagnosis::ConnectionRefused),
        ("silent port", with(at(rig, host, "SILENT_PORT", Tls::Implicit)), Diagnosis::TimedOut),
        ("TLS at a plain port", with(at(rig, host, "LITWARE_IMAP_PORT", Tls::Implicit)), Diagnosis::TlsMismatch),
        ("plain at a TLS port", with(at(rig, host, "LITWARE_IMAPS_PORT", Tls::StartTls)), Diagnosis::TlsMismatch),
        (
            "a stranger's certificate",
            with(at(rig, host, "STRANGER_IMAPS_PORT", Tls::Implicit)),
            Diagnosis::CertificateInvalid,
        ),
        (
            "an expired certificate",
            with(at(rig, host, "EXPIRED_IMAPS_PORT", Tls::Implicit)),
            Diagnosis::CertificateInvalid,
        ),
        (
            "another name's certificate",
            with(at(rig, host, "NAMELESS_IMAPS_PORT", Tls::Implicit)),
            Diagnosis::CertificateNameMismatch,
        ),
        (
            "an SMTP server",
            with(at(rig, "smtp.litware.example", "LITWARE_SMTPS_PORT", Tls::Implicit)),
            Diagnosis::NotAMailServer,
        ),
    ] {
        let began = Instant::now();
        let report = imap::probe(&desk.engine, &access, "INBOX").await;
        let failure = report.failure.clone().unwrap_or_else(|| panic!("{what}: no failure"));
        assert_eq!(failure.diagnosis, wanted, "{what}: {report:#?}");
        assert!(!failure.said.is_empty() && !failure.said.contains(&user.password), "{what}: {}", failure.said);
        assert!(began.elapsed() < Duration::from_secs(30), "{what} took {:?}", began.elapsed());
        assert!(!report.steps.last().expect("a step").ok, "{what}");
    }
}

#[tokio::test]
async fn a_refused_login_is_told_from_a_closed_door() {
    let desk = Desk::open().await;
    let user = desk.rig.user("refused", At::Litware).await;
    let mut access = desk.access(&user, Direction::Incoming, By::Password).await;
    access.logins[0].proof = Proof::Password(Secret::new("not this one"));
    let report = imap::probe(&desk.engine, &access, "INBOX").await;
    let failure = report.failure.expect("it is refused");
    assert!(matches!(failure.diagnosis, Diagnosis::PasswordRefused | Diagnosis::CredentialRefused), "{failure:?}");
    assert_eq!(report.steps.last().map(|s| s.step), Some(Step::Authentication));

    // IMAP switched off at Exchange: the sign-in succeeds, the folder does not open.
    let user = desk.rig.user("off", At::Microsoft).await;
    desk.rig.call("/front/imap", json!({ "user": user.email, "enabled": false })).await;
    let access = desk.access(&user, Direction::Incoming, By::Token).await;
    let report = imap::probe(&desk.engine, &access, "INBOX").await;
    let failure = report.failure.expect("it is off");
    assert!(failure.said.contains("not connected"), "{failure:?}");
    assert_eq!(report.steps.last().map(|s| s.step), Some(Step::Folder));

    // A token that is no good, where the server asks back in JSON.
    let user = desk.rig.user("token", At::Google).await;
    let mut access = desk.access(&user, Direction::Incoming, By::Token).await;
    access.logins[0].proof = Proof::Token(Secret::new("no-token"));
    let report = imap::probe(&desk.engine, &access, "INBOX").await;
    let failure = report.failure.expect("it is refused");
    assert!(failure.said.starts_with("NO"), "{failure:?}");
}

#[tokio::test]
async fn a_shared_mailbox_opens_with_the_person_s_token() {
    let desk = Desk::open().await;
    let person = desk.rig.user("person", At::Microsoft).await;
    let shared = desk.rig.shared("shared", &[&person]).await;
    let mut access = desk.access(&person, Direction::Incoming, By::Token).await;
    let mut as_shared = access.logins[0].clone();
    as_shared.user = shared.email.clone();
    // A stranger's address is refused, the next login is tried.
    let mut stranger = access.logins[0].clone();
    stranger.user = format!("nobody-{}@contoso.example", unique());
    access.logins = vec![stranger, as_shared];
    let report = imap::probe(&desk.engine, &access, "INBOX").await;
    assert_eq!(report.failure, None, "{report:#?}");
    assert_eq!(report.user, Some(shared.email));
}

#[tokio::test]
async fn private_addresses_need_the_operator_s_word() {
    let desk = Desk::open().await;
    let user = desk.rig.user("private", At::Litware).await;
    let mut access = desk.access(&user, Direction::Incoming, By::Password).await;
    // A name that anybody may set leads inside.
    let name = format!("inside-{}.customer.example", unique());
    for address in ["10.0.0.5", "169.254.169.254", "127.0.0.2"] {
        desk.rig.call("/dns/set", json!({ "name": name, "type": "A", "values": address })).await;
        access.endpoint.host = name.clone();
        let report = imap::probe(&desk.engine, &access, "INBOX").await;
        assert_eq!(report.failure.clone().expect("it is refused").diagnosis, Diagnosis::HostUnreachable, "{report:#?}");
        assert_eq!(report.steps.len(), 1, "no packet leaves: {:#?}", report.steps);
    }
}

#[tokio::test]
async fn sent_mail_is_filed_and_found() {
    let desk = Desk::open().await;
    for (place, by) in [(At::Litware, By::Password), (At::Microsoft, By::Token), (At::Google, By::Token)] {
        let user = desk.rig.user("sent", place).await;
        let access = desk.access(&user, Direction::Incoming, by).await;
        let id = format!("<{}@desk.example>", unique());
        let mut session = imap::open(&desk.engine, &access).await.expect("it opens");
        assert_eq!(session.find_in_sent(&id, &imap::Where::default()).await.expect("it looks"), None, "{place:?}");
        let mail = format!("Message-ID: {id}\r\nFrom: a@b.example\r\nSubject: Filed\r\n\r\nText\r\n");
        session.append_sent(mail.as_bytes()).await.expect("it is filed");
        assert!(session.find_in_sent(&id, &imap::Where::default()).await.expect("it looks").is_some(), "{place:?}");
    }
}

#[tokio::test]
async fn a_word_of_news_before_the_invitation_is_heard() {
    let desk = Desk::open().await;
    let user = desk.rig.user("idle", At::Litware).await;
    let access = desk.access(&user, Direction::Incoming, By::Password).await;
    let mut session = imap::open(&desk.engine, &access).await.expect("it opens");
    session.examine("INBOX").await.expect("it opens");
    // Delivered while nobody listens: told with the next command, before the `+`.
    desk.rig.append(&user, "INBOX", 1, json!({})).await;
    let news = session.idle(Duration::from_secs(20), std::future::pending()).await.expect("it waits");
    assert_eq!(news, imap::News::Arrived);
    session.news = false;
    let quiet = session.idle(Duration::from_millis(300), std::future::pending()).await.expect("it waits");
    assert_eq!(quiet, imap::News::Quiet);
    let stopped = session.idle(Duration::from_secs(20), async {}).await.expect("it waits");
    assert_eq!(stopped, imap::News::Interrupted);
    // A cut is a fault, not a wanted stop.
    desk.rig.fault(&user, json!({ "kind": "cut" })).await;
    let cut = session.idle(Duration::from_secs(20), std::future::pending()).await;
    assert!(cut.is_err(), "{cut:?}");
}

#[tokio::test]
async fn a_huge_announcement_ends_the_session_before_it_takes_memory() {
    let desk = Desk::open().await;
    let user = desk.rig.user("literal", At::Litware).await;
    desk.rig.append(&user, "INBOX", 1, json!({})).await;
    let access = desk.access(&user, Direction::Incoming, By::Password).await;
    let mut session = imap::open(&desk.engine, &access).await.expect("it opens");
    session.examine("INBOX").await.expect("it opens");
    desk.rig.fault(&user, json!({ "kind": "literal", "on": "UID FETCH" })).await;
    let before = resident_kib();
    let refused = session.bodies(&[1]).await.expect_err("it is refused");
    let grown = resident_kib().saturating_sub(before);
    assert!(refused.said.contains("announces 524288000 bytes"), "{}", refused.said);
    assert!(grown < 64 << 10, "{grown} KiB more");
}

#[tokio::test]
async fn a_command_succeeds_only_by_its_tagged_line() {
    let desk = Desk::open().await;
    let user = desk.rig.user("tagged", At::Litware).await;
    desk.rig.append(&user, "INBOX", 8, json!({})).await;
    let access = desk.access(&user, Direction::Incoming, By::Password).await;
    for fault in ["no", "bad", "close", "cut"] {
        let mut session = imap::open(&desk.engine, &access).await.expect("it opens");
        session.select("INBOX").await.expect("it opens");
        let uids = session.search_uids(1, None).await.expect("it searches");
        assert_eq!(uids.len(), 8);
        desk.rig.fault(&user, json!({ "kind": fault, "on": "UID FETCH", "after": 3 })).await;
        let fetched = session.bodies(&uids).await;
        assert!(fetched.is_err(), "{fault}: {fetched:?}");
        assert_eq!(imap::is_refusal(&fetched.expect_err("a fault")), matches!(fault, "no" | "bad"), "{fault}");
        if matches!(fault, "no" | "bad") {
            // The session is still good.
            assert_eq!(session.bodies(&uids).await.expect("it fetches").len(), 8, "{fault}");
            desk.rig.fault(&user, json!({ "kind": fault, "on": "UID SEARCH" })).await;
            assert!(session.search_uids(1, None).await.is_err(), "{fault}");
            desk.rig.fault(&user, json!({ "kind": fault, "on": "UID STORE", "after": 0 })).await;
            assert!(session.delete(&uids[..2]).await.is_err(), "{fault}");
        }
    }
}

/// Resident memory of this process.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|l| l.starts_with("VmRSS")).expect("a figure");
    line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).expect("a number")
}
