//! Mailboxes in every state.

use super::{HOSTILE, Scene, address, ago, now};
use async_trait::async_trait;
use domain::console::mailboxes::{
    CheckResult, DayCount, DirectionPage, Event, ImportFrom, MailboxForm, MailboxList, MailboxPage, MailboxRow, Mailboxes,
    Outage, PasswordForm, TimelineEntry, Use,
};
use domain::console::Actor;
use domain::credential::CredentialKind;
use domain::direction::{Direction, Facts, Failing, state};
use domain::id::{AccountId, MailboxId, PersonId};
use domain::mailbox::{self, MailboxFacts, MailboxState};
use domain::probe::{ProbeFailure, ProbeReport, Step, StepResult};
use domain::provider::{Endpoint, Passwords, Provider, ProviderKind, Tls};
use domain::time::Span;
use domain::{Address, Answer, Diagnosis, Fault, Refusal, Time};

pub struct Fake(pub Scene);

pub const SAID: &str = "400 invalid_grant, suberror bad_token\nAADSTS50173: The provided grant has expired due to it being revoked, a fresh auth token is needed.\nCorrelation id 6f1d2a90-0c1e-4b57-9a53-8f2f0c9d7a11";
pub const SMTP_SAID: &str = "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled for more information. [AM0PR02CA0101.eurprd02.prod.outlook.com]";

pub fn provider(key: &str) -> Provider {
    let end = |host: &str, port, tls| Some(Endpoint { host: host.into(), port, tls });
    match key {
        "microsoft" => Provider {
            key: key.into(), kind: ProviderKind::Microsoft, name: "Microsoft Office 365".into(), short: "Microsoft".into(), signs_in: true, passwords: Passwords::No,
            incoming: end("outlook.office365.com", 993, Tls::Implicit), outgoing: end("smtp.office365.com", 587, Tls::StartTls),
        },
        "google" => Provider {
            key: key.into(), kind: ProviderKind::Google, name: "Gmail".into(), short: "Google".into(), signs_in: true, passwords: Passwords::AppPassword,
            incoming: end("imap.gmail.com", 993, Tls::Implicit), outgoing: end("smtp.gmail.com", 465, Tls::Implicit),
        },
        _ => Provider {
            key: "other".into(), kind: ProviderKind::Other, name: "Other".into(), short: "the server".into(), signs_in: false, passwords: Passwords::Account,
            incoming: None, outgoing: None,
        },
    }
}

fn works(credential: CredentialKind) -> Facts {
    Facts { used: true, paused: false, credential: Some(credential), proved_at: Some(ago(Span::minutes(2))), failing: None, next_attempt_at: None, importing: None }
}

fn fails(credential: CredentialKind, diagnosis: Diagnosis, since: Span, definite: bool) -> Facts {
    let next = if definite { Span::minutes(35) } else { Span::seconds(40) };
    Facts { failing: Some(Failing { since: ago(since), diagnosis, definite, said: SAID.into() }), next_attempt_at: Some(now() + next), ..works(credential) }
}

/// The facts of all fake mailboxes; everything shown is derived from them.
pub fn facts() -> Vec<MailboxFacts> {
    use CredentialKind::{Grant, Password};
    use Diagnosis as D;
    let it = Some((AccountId(1), "it@contoso.example".to_owned()));
    let one = |id: i64, text: &str, key: &str, account: &Option<(AccountId, String)>, incoming: Facts, outgoing: Facts, held| {
        let p = provider(key);
        MailboxFacts {
            id: MailboxId(id), address: address(text), provider: p.kind, provider_name: p.name, provider_short: p.short, draft: false,
            account: account.clone(), incoming, outgoing, held, basic_retires_at: None,
        }
    };
    let h = Span::hours;
    let lost = || fails(Grant, D::SignInRevoked, h(3), true);
    let refused = || fails(Password, D::PasswordRefused, Span::minutes(353), true);
    let mut orders = one(3, "orders@contoso.example", "microsoft", &None, fails(Password, D::PasswordSignInRetired, h(22), true), works(Password), 0);
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
    let mut secret = one(14, "desk@northwind.example", "microsoft", &Some((AccountId(9), "desk@northwind.example".into())), fails(Grant, D::ClientSecretExpired, h(14), true), fails(Grant, D::ClientSecretExpired, h(14), true), 1);
    secret.incoming.failing.as_mut().unwrap().said = "AADSTS7000222: The provided client secret keys are expired.".into();
    let mut incoming_only = one(15, "a-very-long-name-for-a-mailbox-that-nobody-would-choose@customer-care.contoso.example", "google", &Some((AccountId(4), "care@contoso.example".into())), works(Grant), works(Grant), 0);
    incoming_only.outgoing.used = false;
    vec![
        one(1, "support@contoso.example", "microsoft", &it, lost(), lost(), 4),
        one(2, "returns@contoso.example", "microsoft", &it, lost(), lost(), 1),
        orders,
        one(4, "hello@fabrikam.example", "other", &None, refused(), refused(), 1),
        one(5, "billing@contoso.example", "microsoft", &it, works(Grant), fails(Grant, D::SmtpAuthDisabledMailbox, h(4), true), 2),
        retires,
        one(7, "jobs@contoso.example", "microsoft", &it, fails(Grant, D::HostUnreachable, Span::minutes(2), false), works(Grant), 0),
        importing,
        one(9, "sales@contoso.example", "microsoft", &it, works(Grant), works(Grant), 0),
        one(10, "info@fabrikam.example", "other", &None, works(Password), works(Password), 0),
        paused,
        draft,
        plain,
        secret,
        incoming_only,
    ]
}

fn row(f: &MailboxFacts) -> MailboxRow {
    let p = provider(match f.provider {
        ProviderKind::Microsoft => "microsoft",
        ProviderKind::Google => "google",
        ProviderKind::Other => "other",
    });
    let name = match f.id.0 {
        1 => "Contoso support".to_owned(),
        10 => HOSTILE.to_owned(),
        _ => String::new(),
    };
    let (host_name, host_short) = match f.provider {
        ProviderKind::Other => (format!("mail.{}", f.address.domain()), format!("mail.{}", f.address.domain())),
        _ => (p.name, p.short),
    };
    MailboxRow {
        id: f.id, name, address: f.address.clone(), provider_key: p.key, provider: f.provider, provider_name: host_name, provider_short: host_short,
        signs_in_by: f.account.as_ref().map(|(_, who)| who.clone()).filter(|who| *who != f.address.as_str()),
        by_password: f.incoming.credential == Some(CredentialKind::Password),
        state: mailbox::state(f), incoming: state(&f.incoming), outgoing: state(&f.outgoing), held: f.held,
        usual_per_day: (f.id.0 != 2).then_some(40), last_message_at: Some(ago(Span::minutes(f.id.0 * 4 - 2))),
        paused_by: (f.id.0 == 11).then(|| ("Ada Lindqvist".into(), ago(Span::days(5)))), retires_at: f.basic_retires_at,
    }
}

fn direction_page(f: &MailboxFacts, direction: Direction) -> DirectionPage {
    let facts = f.direction(direction);
    let p = provider(match f.provider { ProviderKind::Microsoft => "microsoft", ProviderKind::Google => "google", ProviderKind::Other => "other" });
    let own = Endpoint::customary(&format!("mail.{}", f.address.domain()), direction);
    let incoming = direction == Direction::Incoming;
    DirectionPage {
        direction, state: state(facts), endpoint: if f.id.0 == 13 { None } else { p.endpoint(direction).cloned().or(Some(own)) },
        user: facts.credential.map(|_| f.account.as_ref().filter(|_| !incoming).map_or_else(|| f.address.to_string(), |(_, who)| who.clone())),
        credential: facts.credential, proved_at: facts.credential.and(Some(ago(Span::minutes(180)))),
        last_at: facts.credential.and(Some(ago(Span::minutes(184)))), last_uid: (incoming && !f.draft).then_some(48_211),
        held: if incoming { 0 } else { f.held }, said: facts.failing.as_ref().map(|x| x.said.clone()),
    }
}

fn timeline() -> Vec<TimelineEntry> {
    let at = |span, event, by: Option<&str>| TimelineEntry { at: ago(span), event, by: by.map(str::to_owned) };
    vec![
        at(Span::hours(3), Event::Failed { direction: Direction::Incoming, diagnosis: Diagnosis::SignInRevoked }, None),
        at(Span::days(5), Event::Renumbered { folder: "INBOX".into(), known: 8_411, new: 1 }, None),
        at(Span::days(13), Event::Recovered { direction: Direction::Incoming, diagnosis: Diagnosis::ImapDisabled, from: ago(Span::hours(388)), to: ago(Span::days(13)), fetched: 47, sent: 3 }, None),
        at(Span::hours(388), Event::Failed { direction: Direction::Incoming, diagnosis: Diagnosis::ImapDisabled }, None),
        at(Span::days(22), Event::MovedToSignIn { account: "it@contoso.example".into(), uid: Some(46_980) }, Some("Ada Lindqvist")),
        at(Span::days(300), Event::Connected { account: None }, Some(HOSTILE)),
        at(Span::days(300), Event::Created, Some("Ada Lindqvist")),
    ]
}

fn days() -> Vec<DayCount> {
    let midnight = Time(now().0 - now().0.rem_euclid(86_400_000));
    let received = [34, 31, 42, 38, 36, 12, 9, 41, 42, 32, 34, 38, 11, 5, 14, 19, 25, 38, 33, 10, 11, 37, 36, 46, 40, 34, 13, 8, 44, 18];
    received.iter().enumerate().map(|(at, n)| DayCount { day: midnight - Span::days(29 - at as i64), received: *n, late: if (13..16).contains(&at) { *n } else { 0 } }).collect()
}

fn ok_steps(direction: Direction, host: &str, user: &str) -> Vec<StepResult> {
    let evidence = ["52.98.151.66 and 7 more", "Port 993", "TLS 1.3, outlook.com by DigiCert, until 11 Aug 2027", "The Microsoft Exchange IMAP4 service is ready. XOAUTH2 offered", "", "Inbox opened, 8,412 messages, UIDVALIDITY 14"];
    Step::of(direction).into_iter().enumerate().map(|(at, step)| StepResult {
        step, ok: true, millis: [8, 21, 46, 38, 312, 94][at],
        evidence: match at { 0 => format!("{host}, {}", evidence[0]), 4 => format!("XOAUTH2 as {user}"), _ => evidence[at].to_owned() },
    }).collect()
}

pub fn good(direction: Direction) -> ProbeReport {
    ProbeReport { direction, steps: ok_steps(direction, "outlook.office365.com", "service@contoso.example"), failure: None, backlog: (direction == Direction::Incoming).then_some(8_412), transcript: vec!["S: * OK ready".into(), "C: A1 AUTHENTICATE XOAUTH2 [token hidden]".into()], user: Some("it@contoso.example".into()) }
}

pub fn bad(direction: Direction, diagnosis: Diagnosis, said: &str) -> ProbeReport {
    let mut report = good(direction);
    report.steps.truncate(5);
    let last = report.steps.last_mut().unwrap();
    (last.ok, last.millis) = (false, 5_214);
    report.failure = Some(ProbeFailure { diagnosis, said: said.into() });
    report.backlog = None;
    report
}

#[async_trait]
impl Mailboxes for Fake {
    async fn list(&self, actor: &Actor) -> Answer<MailboxList> {
        actor.admin()?;
        Ok(MailboxList { now: now(), rows: if self.0.empty { vec![] } else { facts().iter().map(row).collect() } })
    }
    async fn show(&self, actor: &Actor, id: MailboxId) -> Answer<MailboxPage> {
        actor.admin()?;
        let f = facts().into_iter().find(|f| f.id == id).ok_or(Refusal::NotFound)?;
        let row = row(&f);
        let signed = f.account.is_some();
        let lost = matches!(row.state, MailboxState::Needs { .. });
        let outage = (!f.draft).then(|| Outage { from: ago(Span::hours(388)), to: Some(ago(Span::days(13))), diagnosis: Diagnosis::ImapDisabled, arrived: 47, tickets: 39, replies: 6, automatic: 2, other: 0, released: 3 });
        Ok(MailboxPage {
            now: now(), draft: f.draft, provider: provider(&row.provider_key),
            wanted: Use { incoming: true, outgoing: f.outgoing.used, delete_after_fetch: false, folder: "INBOX".into(), import: ImportFrom::Date(Time::from_date(2026, 3, 1).unwrap()) },
            incoming: direction_page(&f, Direction::Incoming), outgoing: direction_page(&f, Direction::Outgoing),
            account: f.account.as_ref().map(|(_, who)| who.clone()), last_signed_in_at: signed.then(|| ago(Span::days(22))), sign_in_ends_at: None, refreshing: signed && !lost,
            same_account: if id.0 == 1 { vec!["returns@contoso.example".into()] } else { vec![] },
            from_name: if id.0 == 1 { "Contoso support".into() } else { String::new() }, signature: "Contoso support\nhelp.contoso.example".into(),
            own_addresses: if id.0 == 1 { vec![address("help@contoso.example")] } else { vec![] },
            outage, days: if f.draft { vec![] } else { days() }, timeline: if f.draft { vec![] } else { timeline() }, registered: !self.0.unregistered, row,
        })
    }
    async fn providers(&self, _: &Actor) -> Answer<Vec<Provider>> {
        Ok(["microsoft", "google", "other"].map(provider).into())
    }
    async fn start(&self, actor: &Actor, text: String, _: String) -> Answer<MailboxId> {
        actor.admin()?;
        let address = Address::parse(&text).map_err(|_| Refusal::Invalid(Fault::AddressMalformed))?;
        if address.as_str() == "support@contoso.example" { Err(Fault::AddressTaken.into()) } else { Ok(MailboxId(12)) }
    }
    async fn choose_provider(&self, actor: &Actor, _: MailboxId, _: String) -> Answer<()> {
        actor.admin()
    }
    async fn choose_use(&self, actor: &Actor, _: MailboxId, _: Use) -> Answer<()> {
        actor.admin()
    }
    async fn give_password(&self, actor: &Actor, id: MailboxId, form: PasswordForm) -> Answer<CheckResult> {
        actor.admin()?;
        if form.password.is_empty() {
            return Err(Fault::PasswordMissing.into());
        }
        Ok(self.last_check(actor, id).await?.unwrap())
    }
    async fn check(&self, actor: &Actor, id: MailboxId) -> Answer<CheckResult> {
        Ok(self.last_check(actor, id).await?.unwrap())
    }
    async fn last_check(&self, actor: &Actor, id: MailboxId) -> Answer<Option<CheckResult>> {
        actor.admin()?;
        use Direction::{Incoming, Outgoing};
        let no = "NO [AUTHENTICATIONFAILED] Authentication failed. <b>hostile</b>";
        let reports = match id.0 {
            4 | 13 => vec![bad(Incoming, Diagnosis::PasswordRefused, no), bad(Outgoing, Diagnosis::PasswordRefused, "535 5.7.8 Error: authentication failed")],
            5 | 12 => vec![good(Incoming), bad(Outgoing, Diagnosis::SmtpAuthDisabledMailbox, SMTP_SAID)],
            7 => return Ok(None),
            _ => vec![good(Incoming), good(Outgoing)],
        };
        Ok(Some(CheckResult { mailbox: id, at: ago(Span::seconds(30)), reports, swapped: vec![] }))
    }
    async fn change(&self, actor: &Actor, _: MailboxId, form: MailboxForm) -> Answer<()> {
        actor.admin()?;
        if form.name.len() > 100 { Err(Fault::TextTooLong.into()) } else { Ok(()) }
    }
    async fn add_address(&self, actor: &Actor, _: MailboxId, text: String) -> Answer<()> {
        actor.admin()?;
        Address::parse(&text).map(|_| ()).map_err(|_| Fault::AddressMalformed.into())
    }
    async fn pause(&self, actor: &Actor, _: MailboxId, _: bool) -> Answer<()> {
        actor.admin()
    }
    async fn disconnect(&self, actor: &Actor, _: MailboxId) -> Answer<()> {
        actor.admin()
    }
    async fn discard(&self, actor: &Actor, _: MailboxId) -> Answer<()> {
        actor.admin()
    }
    async fn names(&self, _: &Actor) -> Answer<Vec<(MailboxId, Address)>> {
        Ok(facts().into_iter().filter(|f| !f.draft).map(|f| (f.id, f.address)).collect())
    }
    async fn agents(&self, _: &Actor) -> Answer<Vec<(PersonId, String)>> {
        Ok(vec![(PersonId(1), "Ada Lindqvist".into()), (PersonId(2), "Jonas Weber".into())])
    }
}
