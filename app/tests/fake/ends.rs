//! Ends of every kind.

use super::{HOSTILE, Scene, address, ago, now};
use async_trait::async_trait;
use domain::console::Actor;
use domain::console::ends::{EndLine, Ends, EndsPage, Lasting, What, Whom};
use domain::expiry::{End, Expected, Source};
use domain::id::{MailboxId, RegistrationId};
use domain::time::Span;
use domain::{Answer, Diagnosis, Fault};

pub struct Fake(pub Scene);

fn line(what: What, title: &str, expected: Expected) -> EndLine {
    EndLine {
        what,
        title: title.into(),
        provider_short: "Microsoft".into(),
        mailboxes: vec![address("support@contoso.example"), address("returns@contoso.example")],
        expected,
        cause: None,
    }
}

fn ends(days: i64, source: Source) -> Expected {
    Expected::Ends(End { at: now() + Span::days(days), begun: ago(Span::days(80)), source })
}

#[async_trait]
impl Ends for Fake {
    async fn page(&self, actor: &Actor) -> Answer<EndsPage> {
        actor.admin()?;
        if self.0.empty {
            return Ok(EndsPage { now: now(), lines: vec![], lasting: vec![], whom: vec![] });
        }
        let mut lost = line(What::SignIn(MailboxId(1)), "it@contoso.example", Expected::Ended(ago(Span::hours(3))));
        lost.cause = Some(Diagnosis::SignInRevoked);
        let renewed = Expected::NoEnd { renewed_at: ago(Span::minutes(18)), window: Some(Span::days(90)) };
        let secret = Source::AppSecret { registration: RegistrationId(1), name: HOSTILE.into() };
        let rule = Source::TenantRule { every: Span::days(30) };
        let lasting = |whom: Whom, name: &str| Lasting {
            whom,
            name: name.into(),
            days: 30,
            by: Some("Ada Lindqvist".into()),
            at: ago(Span::days(2)),
        };
        Ok(EndsPage {
            now: now(),
            lines: vec![
                lost,
                line(What::SignIn(MailboxId(2)), "press@northwind.example", ends(7, Source::Told)),
                line(What::SignIn(MailboxId(4)), "legal@contoso.example", ends(9, rule)),
                line(What::Password(MailboxId(6)), "archive@tailspin.example", ends(37, Source::PasswordRetired)),
                line(What::SignIn(MailboxId(11)), "events@contoso.example", ends(85, Source::Window { days: 90 })),
                line(What::AppSecret, HOSTILE, ends(120, secret)),
                line(What::SignIn(MailboxId(5)), "sales@contoso.example", renewed),
            ],
            lasting: vec![lasting(Whom::Mailbox(MailboxId(2)), "press@northwind.example")],
            whom: vec![
                (Whom::Mailbox(MailboxId(2)), "press@northwind.example".into()),
                (Whom::Tenant("t-1".into()), "All of contoso.example".into()),
            ],
        })
    }
    async fn enter(&self, actor: &Actor, _: Whom, days: Option<u32>) -> Answer<()> {
        actor.admin()?;
        if days == Some(0) { Err(Fault::DaysOutOfRange.into()) } else { Ok(()) }
    }
}
