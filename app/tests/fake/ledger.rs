//! Received messages, and test mails.

use super::{HOSTILE, address, ago};
use async_trait::async_trait;
use domain::console::received::{Received, ReceivedPage, Window};
use domain::console::test_mails::{Outcome, TestMail};
use domain::console::{Actor, Forwarders, Receipts, TestMails};
use domain::id::{MailboxId, TicketId};
use domain::receipt::Disposition;
use domain::time::Span;
use domain::{Address, Answer, Diagnosis, Fault, Refusal};

pub struct Fake;

#[async_trait]
impl Receipts for Fake {
    async fn received(&self, actor: &Actor, id: MailboxId, window: Window) -> Answer<ReceivedPage> {
        actor.admin()?;
        if id.0 > 15 {
            return Err(Refusal::NotFound);
        }
        let row = |at: usize, disposition: Disposition| {
            let known = !matches!(disposition, Disposition::Stored | Disposition::Own | Disposition::Ignored);
            let reason = match disposition {
                Disposition::TooLarge => Some("too_large".to_owned()),
                Disposition::Forward => {
                    Some("forwarded by jonas@contoso.example: 2 new tickets, 1 known already".into())
                }
                _ => None,
            };
            Received {
                uid: 47_748 - at as u32,
                arrived_at: ago(Span::minutes(380 * 60 - 7 * at as i64)),
                stored_at: ago(Span::days(13)),
                late: at < 6,
                disposition,
                reason,
                from: known.then(|| if at == 1 { HOSTILE.into() } else { "Hanna Lind".into() }),
                subject: known.then(|| "Which size fits".into()),
                ticket: known.then_some(TicketId(4_100 + at as i64)),
            }
        };
        let all = Disposition::ALL.into_iter().enumerate().map(|(at, d)| row(at, d)).collect();
        let rows = if window.from.is_some_and(|from| from > ago(Span::hours(1))) { vec![] } else { all };
        Ok(ReceivedPage { address: address("support@contoso.example"), rows, more: window.from.is_none() })
    }
}

#[async_trait]
impl TestMails for Fake {
    async fn send(&self, actor: &Actor, mailbox: MailboxId, to: String) -> Answer<TestMail> {
        actor.admin()?;
        Address::parse(&to).map_err(|_| Refusal::Invalid(Fault::RecipientMalformed))?;
        Ok(self.last(actor, mailbox).await?.ok_or(Refusal::NotFound)?)
    }
    async fn acknowledgement(&self, actor: &Actor, mailbox: MailboxId) -> Answer<TestMail> {
        actor.admin()?;
        Ok(self.last(actor, mailbox).await?.ok_or(Refusal::NotFound)?)
    }
    async fn last(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Option<TestMail>> {
        actor.admin()?;
        let outcome = match mailbox.0 {
            1 => Outcome::NotSent { diagnosis: Diagnosis::SignInRevoked, said: "AADSTS50173".into() },
            5 => Outcome::Refused { diagnosis: Diagnosis::RecipientRefused, said: "550 5.1.1 <b>nobody</b>".into() },
            9 => Outcome::Accepted { server: "smtp.office365.com".into(), said: "250 2.0.0 OK".into() },
            10 => Outcome::Uncertain,
            _ => return Ok(None),
        };
        Ok(Some(TestMail { to: "ada@contoso.example".into(), at: ago(Span::minutes(3)), millis: 812, outcome }))
    }
}

#[async_trait]
impl Forwarders for Fake {
    async fn list(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Vec<Address>> {
        actor.admin()?;
        Ok(if mailbox.0 == 1 { vec![address("kim@partner.example")] } else { vec![] })
    }
    async fn allow(&self, actor: &Actor, _: MailboxId, text: String) -> Answer<()> {
        actor.admin()?;
        Address::parse(&text).map(|_| ()).map_err(|_| Fault::AddressMalformed.into())
    }
    async fn forbid(&self, actor: &Actor, _: MailboxId, _: String) -> Answer<()> {
        actor.admin()
    }
}
