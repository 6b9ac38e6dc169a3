//! The doctor's acts: mailbox 9's test mail was refused, 1's arrived; 14's cause is not its own.

use super::{address, ago};
use async_trait::async_trait;
use domain::console::Actor;
use domain::console::doctor::{Card, Doctor, SentCard, TestMail, TestOutcome};
use domain::id::MailboxId;
use domain::refusal::Fault;
use domain::time::Span;
use domain::{Address, Answer, Diagnosis};

pub struct Fake;

#[async_trait]
impl Doctor for Fake {
    async fn send_test(&self, actor: &Actor, _: MailboxId, _: Card) -> Answer<()> {
        actor.admin()
    }
    async fn last_test(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Option<TestMail>> {
        actor.admin()?;
        let at = ago(Span::seconds(40));
        let taken = TestOutcome::Accepted { server: "RIG.outlook.example".into() };
        let denied = TestOutcome::Refused {
            diagnosis: Diagnosis::SendAsDenied,
            said: "554 5.2.252 SendAsDenied <b>x</b>".into(),
        };
        Ok(match mailbox.0 {
            1 => Some(TestMail {
                at,
                outcome: taken,
                arrived_at: Some(ago(Span::seconds(38))),
                removed_at: Some(ago(Span::seconds(37))),
            }),
            9 => Some(TestMail { at, outcome: denied, arrived_at: None, removed_at: None }),
            _ => None,
        })
    }
    async fn send_card(&self, actor: &Actor, _: MailboxId, to: String, card: Card) -> Answer<Address> {
        actor.admin()?;
        assert!(card.text.contains("Who can fix it"), "{}", card.text);
        Address::parse(&to).map_err(|_| Fault::RecipientMalformed)?;
        Ok(address("sales@contoso.example"))
    }
    async fn last_card(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Option<SentCard>> {
        actor.admin()?;
        Ok((mailbox.0 == 5).then(|| SentCard { to: "it@contoso.example".into(), at: ago(Span::minutes(3)) }))
    }
    async fn same_cause(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Vec<Address>> {
        actor.admin()?;
        Ok(if mailbox.0 == 14 { vec![address("shop@northwind.example")] } else { Vec::new() })
    }
}
