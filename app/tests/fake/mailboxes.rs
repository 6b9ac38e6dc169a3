//! Mailboxes in every state.

pub use super::facts::{SMTP_SAID, bad, facts, good, provider};
use super::{HOSTILE, Scene, address, ago, now};
use async_trait::async_trait;
use domain::console::Actor;
use domain::console::mailboxes::{
    CheckResult, DayCount, DirectionPage, Event, ImportFrom, MailboxForm, MailboxList, MailboxPage, MailboxRow,
    Mailboxes, Outage, PasswordForm, TimelineEntry, Use,
};
use domain::credential::CredentialKind;
use domain::direction::{Direction, state};
use domain::id::{MailboxId, PersonId};
use domain::mailbox::{self, MailboxFacts, MailboxState};
use domain::provider::{Endpoint, Provider, ProviderKind};
use domain::time::Span;
use domain::{Address, Answer, Diagnosis, Fault, Refusal, Time};

pub struct Fake(pub Scene);

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
        id: f.id,
        name,
        address: f.address.clone(),
        provider_key: p.key,
        provider: f.provider,
        provider_name: host_name,
        provider_short: host_short,
        signs_in_by: f.account.as_ref().map(|(_, who)| who.clone()).filter(|who| *who != f.address.as_str()),
        by_password: f.incoming.credential == Some(CredentialKind::Password),
        state: mailbox::state(f),
        incoming: state(&f.incoming),
        outgoing: state(&f.outgoing),
        held: f.held,
        usual_per_day: (f.id.0 != 2).then_some(40),
        last_message_at: Some(ago(Span::minutes(f.id.0 * 4 - 2))),
        paused_by: (f.id.0 == 11).then(|| ("Ada Lindqvist".into(), ago(Span::days(5)))),
        retires_at: f.basic_retires_at,
    }
}

fn direction_page(f: &MailboxFacts, direction: Direction) -> DirectionPage {
    let facts = f.direction(direction);
    let p = provider(match f.provider {
        ProviderKind::Microsoft => "microsoft",
        ProviderKind::Google => "google",
        ProviderKind::Other => "other",
    });
    let own = Endpoint::customary(&format!("mail.{}", f.address.domain()), direction);
    let incoming = direction == Direction::Incoming;
    DirectionPage {
        direction,
        state: state(facts),
        endpoint: if f.id.0 == 13 { None } else { p.endpoint(direction).cloned().or(Some(own)) },
        user: facts.credential.map(|_| {
            f.account.as_ref().filter(|_| !incoming).map_or_else(|| f.address.to_string(), |(_, who)| who.clone())
        }),
        credential: facts.credential,
        proved_at: facts.credential.and(Some(ago(Span::minutes(180)))),
        last_at: facts.credential.and(Some(ago(Span::minutes(184)))),
        last_uid: (incoming && !f.draft).then_some(48_211),
        held: if incoming { 0 } else { f.held },
        said: facts.failing.as_ref().map(|x| x.said.clone()),
        failures: facts.failing.as_ref().map_or(0, |_| 2),
        refused_at: facts.failing.as_ref().filter(|x| x.definite).map(|x| x.since),
    }
}

fn timeline() -> Vec<TimelineEntry> {
    let at = |span, event, by: Option<&str>| TimelineEntry { at: ago(span), event, by: by.map(str::to_owned) };
    vec![
        at(Span::hours(3), Event::Failed { direction: Direction::Incoming, diagnosis: Diagnosis::SignInRevoked }, None),
        at(Span::hours(4), Event::Refreshed { from: now() - Span::days(5), times: 412 }, None),
        at(Span::days(5), Event::Renumbered { folder: "INBOX".into(), known: 8_411, new: 1 }, None),
        at(
            Span::days(13),
            Event::Recovered {
                direction: Direction::Incoming,
                diagnosis: Diagnosis::ImapDisabled,
                from: ago(Span::hours(388)),
                to: ago(Span::days(13)),
                fetched: 47,
                sent: 3,
            },
            None,
        ),
        at(
            Span::hours(388),
            Event::Failed { direction: Direction::Incoming, diagnosis: Diagnosis::ImapDisabled },
            None,
        ),
        at(
            Span::days(22),
            Event::MovedToSignIn { account: "it@contoso.example".into(), uid: Some(46_980) },
            Some("Ada Lindqvist"),
        ),
        at(Span::days(300), Event::Connected { account: None }, Some(HOSTILE)),
        at(Span::days(300), Event::Created, Some("Ada Lindqvist")),
    ]
}

fn days() -> Vec<DayCount> {
    let midnight = Time(now().0 - now().0.rem_euclid(86_400_000));
    let received = [
        34, 31, 42, 38, 36, 12, 9, 41, 42, 32, 34, 38, 11, 5, 14, 19, 25, 38, 33, 10, 11, 37, 36, 46, 40, 34, 13, 8,
        44, 18,
    ];
    received
        .iter()
        .enumerate()
        .map(|(at, n)| DayCount {
            day: midnight - Span::days(29 - at as i64),
            received: *n,
            late: if (13..16).contains(&at) { *n } else { 0 },
        })
        .collect()
}

#[async_trait]
impl Mailboxes for Fake {
    async fn list(&self, actor: &Actor) -> Answer<MailboxList> {
        actor.admin()?;
        Ok(MailboxList { now: now(), rows: if self.0.empty { [].into() } else { facts().iter().map(row).collect() } })
    }
    async fn show(&self, actor: &Actor, id: MailboxId) -> Answer<MailboxPage> {
        actor.admin()?;
        let f = facts().into_iter().find(|f| f.id == id).ok_or(Refusal::NotFound)?;
        let row = row(&f);
        let signed = f.account.is_some();
        let lost = matches!(row.state, MailboxState::Needs { .. });
        let outage = (!f.draft).then(|| Outage {
            from: ago(Span::hours(388)),
            to: Some(ago(Span::days(13))),
            diagnosis: Diagnosis::ImapDisabled,
            arrived: 47,
            tickets: 39,
            replies: 6,
            automatic: 2,
            other: 0,
            waiting: 0,
            unreadable: 0,
            incoming: true,
            uids: Some((47_702, 47_748)),
            released: 3,
        });
        Ok(MailboxPage {
            now: now(),
            draft: f.draft,
            provider: provider(&row.provider_key),
            wanted: Use {
                incoming: true,
                outgoing: f.outgoing.used,
                delete_after_fetch: false,
                after_fetch: Default::default(),
                folder: "INBOX".into(),
                other_folders: vec!["Bestellungen &- R&APw-ckfragen".into()],
                import: ImportFrom::Date(Time::from_date(2026, 3, 1).unwrap()),
                replies_through: None,
                arrives_at: None,
            },
            incoming: direction_page(&f, Direction::Incoming),
            outgoing: direction_page(&f, Direction::Outgoing),
            account: f.account.as_ref().map(|(_, who)| who.clone()),
            last_signed_in_at: signed.then(|| ago(Span::days(22))),
            sign_in_ends_at: None,
            refreshing: signed && !lost,
            same_account: if id.0 == 1 { vec!["returns@contoso.example".into()] } else { vec![] },
            from_name: if id.0 == 1 { "Contoso support".into() } else { String::new() },
            signature: "Contoso support\nhelp.contoso.example".into(),
            acknowledge: id.0 == 1,
            acknowledge_text: String::new(),
            own_addresses: if id.0 == 1 { vec![address("help@contoso.example")] } else { vec![] },
            outage,
            days: if f.draft { vec![] } else { days() },
            down: if f.draft { vec![] } else { vec![(ago(Span::hours(388)), ago(Span::days(13)))] },
            counted_since: ago(Span::days(300)),
            timeline: if f.draft { vec![] } else { timeline() },
            registered: !self.0.unregistered,
            senders: vec![(MailboxId(1), address("support@contoso.example"))],
            receivers: vec![(MailboxId(1), address("support@contoso.example"))],
            system_sender: Some(("smtp.contoso.example".into(), address("notices@contoso.example"))),
            row,
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
            4 | 13 => vec![
                bad(Incoming, Diagnosis::PasswordRefused, no),
                bad(Outgoing, Diagnosis::PasswordRefused, "535 5.7.8 Error: authentication failed"),
            ],
            5 | 12 => vec![good(Incoming), bad(Outgoing, Diagnosis::SmtpAuthDisabledMailbox, SMTP_SAID)],
            7 => return Ok(None),
            10 => vec![
                bad(Incoming, Diagnosis::PasswordRefused, no),
                bad(Outgoing, Diagnosis::ConnectionRefused, "Connection refused (os error 111)"),
            ],
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
    async fn delete(&self, actor: &Actor, id: MailboxId, typed: String) -> Answer<()> {
        actor.admin()?;
        let f = facts().into_iter().find(|f| f.id == id).ok_or(Refusal::NotFound)?;
        if typed == f.address.as_str() { Ok(()) } else { Err(Fault::ConfirmationWrong.into()) }
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
