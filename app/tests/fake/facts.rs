//! The facts from which every fake mailbox is derived, and checks that went well and badly.

use super::{address, ago, now};
use domain::Diagnosis;
use domain::credential::CredentialKind;
use domain::direction::{Direction, Facts, Failing};
use domain::id::{AccountId, MailboxId};
use domain::mailbox::MailboxFacts;
use domain::probe::{ProbeFailure, ProbeReport, Step, StepResult};
use domain::provider::{Endpoint, Passwords, Provider, ProviderKind, Tls};
use domain::silence::{Silence, Silent};
use domain::time::Span;

pub const SAID: &str = "400 invalid_grant, suberror bad_token\nAADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is needed.\nCorrelation id 6f1d2a90-0c1e-4b57-9a53-8f2f0c9d7a11";
pub const SMTP_SAID: &str = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information. [AM0PR02CA0101.eurprd02.prod.outlook.com]";

pub fn provider(key: &str) -> Provider {
    let end = |host: &str, port, tls| Some(Endpoint { host: host.into(), port, tls });
    match key {
        "microsoft" => Provider {
            key: key.into(),
            kind: ProviderKind::Microsoft,
            name: "Microsoft Office 365".into(),
            short: "Microsoft".into(),
            signs_in: true,
            passwords: Passwords::No,
            incoming: end("outlook.office365.com", 993, Tls::Implicit),
            outgoing: end("smtp.office365.com", 587, Tls::StartTls),
        },
        "google" => Provider {
            key: key.into(),
            kind: ProviderKind::Google,
            name: "Gmail".into(),
            short: "Google".into(),
            signs_in: true,
            passwords: Passwords::AppPassword,
            incoming: end("imap.gmail.com", 993, Tls::Implicit),
            outgoing: end("smtp.gmail.com", 465, Tls::Implicit),
        },
        _ => Provider {
            key: "other".into(),
            kind: ProviderKind::Other,
            name: "Other".into(),
            short: "the server".into(),
            signs_in: false,
            passwords: Passwords::Account,
            incoming: None,
            outgoing: None,
        },
    }
}

fn works(credential: CredentialKind) -> Facts {
    Facts {
        used: true,
        paused: false,
        credential: Some(credential),
        proved_at: Some(ago(Span::minutes(2))),
        failing: None,
        next_attempt_at: None,
        importing: None,
    }
}

fn fails(credential: CredentialKind, diagnosis: Diagnosis, since: Span, definite: bool) -> Facts {
    let next = if definite { Span::minutes(35) } else { Span::seconds(40) };
    Facts {
        failing: Some(Failing { since: ago(since), diagnosis, definite, said: SAID.into() }),
        next_attempt_at: Some(now() + next),
        ..works(credential)
    }
}

/// The facts of all fake mailboxes; everything shown is derived from them.
pub fn facts() -> Vec<MailboxFacts> {
    use CredentialKind::{Grant, Password};
    use Diagnosis as D;
    let it = Some((AccountId(1), "it@contoso.example".to_owned()));
    let one = |id: i64,
               text: &str,
               key: &str,
               account: &Option<(AccountId, String)>,
               incoming: Facts,
               outgoing: Facts,
               held| {
        let p = provider(key);
        MailboxFacts {
            id: MailboxId(id),
            address: address(text),
            provider: p.kind,
            provider_name: p.name,
            provider_short: p.short,
            draft: false,
            account: account.clone(),
            incoming,
            outgoing,
            held,
            basic_retires_at: None,
            ends_soon: Vec::new(),
            mail: domain::mailbox::Mail::default(),
        }
    };
    let h = Span::hours;
    let lost = || fails(Grant, D::SignInRevoked, h(3), true);
    let refused = || fails(Password, D::PasswordRefused, Span::minutes(353), true);
    let mut orders = one(
        3,
        "orders@contoso.example",
        "microsoft",
        &None,
        fails(Password, D::PasswordSignInRetired, h(22), true),
        works(Password),
        0,
    );
    orders.basic_retires_at = Some(ago(Span::days(1)));
    let mut retires = one(6, "press@northwind.example", "microsoft", &None, works(Password), works(Password), 0);
    retires.basic_retires_at = Some(now() + Span::days(30));
    let mut importing = one(8, "partners@tailspin.example", "other", &None, works(Password), works(Password), 0);
    importing.incoming.importing = Some((18_240, 46_902));
    let mut paused = one(11, "events@contoso.example", "microsoft", &it, works(Grant), works(Grant), 0);
    paused.incoming.paused = true;
    paused.outgoing.paused = true;
    let mut draft = one(12, "service@contoso.example", "microsoft", &None, works(Grant), works(Grant), 0);
    draft.draft = true;
    draft.incoming.credential = None;
    draft.outgoing.credential = None;
    let mut plain = one(13, "hello@adatum.example", "other", &None, works(Password), works(Password), 0);
    plain.draft = true;
    plain.incoming.credential = None;
    plain.outgoing.credential = None;
    let mut secret = one(
        14,
        "desk@northwind.example",
        "microsoft",
        &Some((AccountId(9), "desk@northwind.example".into())),
        fails(Grant, D::ClientSecretExpired, h(14), true),
        fails(Grant, D::ClientSecretExpired, h(14), true),
        1,
    );
    secret.incoming.failing.as_mut().unwrap().said =
        "AADSTS7000222: The provided client secret keys are expired.".into();
    let mut incoming_only = one(
        15,
        "a-very-long-name-for-a-mailbox-that-nobody-would-choose@customer-care.contoso.example",
        "google",
        &Some((AccountId(4), "care@contoso.example".into())),
        works(Grant),
        works(Grant),
        0,
    );
    incoming_only.outgoing.used = false;
    let mut silent = one(10, "info@fabrikam.example", "other", &None, works(Password), works(Password), 0);
    silent.mail.silent = Some(Silent { how: Silence::NoMail, since: ago(Span::days(4)) });
    vec![
        one(1, "support@contoso.example", "microsoft", &it, lost(), lost(), 4),
        one(2, "returns@contoso.example", "microsoft", &it, lost(), lost(), 1),
        orders,
        one(4, "hello@fabrikam.example", "other", &None, refused(), refused(), 1),
        one(
            5,
            "billing@contoso.example",
            "microsoft",
            &it,
            works(Grant),
            fails(Grant, D::SmtpAuthDisabledMailbox, h(4), true),
            2,
        ),
        retires,
        one(
            7,
            "jobs@contoso.example",
            "microsoft",
            &it,
            fails(Grant, D::HostUnreachable, Span::minutes(2), false),
            works(Grant),
            0,
        ),
        importing,
        one(9, "sales@contoso.example", "microsoft", &it, works(Grant), works(Grant), 0),
        silent,
        paused,
        draft,
        plain,
        secret,
        incoming_only,
    ]
}

fn ok_steps(direction: Direction, host: &str, user: &str) -> Vec<StepResult> {
    let evidence = [
        "52.98.151.66 and 7 more",
        "Port 993",
        "TLS 1.3, outlook.com by DigiCert, until 11 Aug 2027",
        "The Microsoft Exchange IMAP4 service is ready. XOAUTH2 offered",
        "",
        "Inbox opened, 8,412 messages, UIDVALIDITY 14",
    ];
    Step::of(direction)
        .into_iter()
        .enumerate()
        .map(|(at, step)| StepResult {
            step,
            ok: true,
            millis: [8, 21, 46, 38, 312, 94][at],
            evidence: match at {
                0 => format!("{host}, {}", evidence[0]),
                4 => format!("XOAUTH2 as {user}"),
                _ => evidence[at].to_owned(),
            },
        })
        .collect()
}

pub fn good(direction: Direction) -> ProbeReport {
    ProbeReport {
        direction,
        steps: ok_steps(direction, "outlook.office365.com", "service@contoso.example"),
        failure: None,
        backlog: (direction == Direction::Incoming).then_some(8_412),
        transcript: vec!["S: * OK ready".into(), "C: A1 AUTHENTICATE XOAUTH2 [token hidden]".into()],
        user: Some("it@contoso.example".into()),
    }
}

pub fn bad(direction: Direction, diagnosis: Diagnosis, said: &str) -> ProbeReport {
    let mut report = good(direction);
    report.steps.truncate(5);
    let last = report.steps.last_mut().unwrap();
    (last.ok, last.millis) = (false, 5_214);
    report.failure = Some(ProbeFailure::new(diagnosis, said));
    report.backlog = None;
    report
}
