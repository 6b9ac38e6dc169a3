//! Mailbox 1 has a forwarded address.

use super::{address, ago};
use async_trait::async_trait;
use domain::console::Actor;
use domain::console::relays::{Relay, Relays};
use domain::id::MailboxId;
use domain::time::Span;
use domain::{Address, Answer};

pub struct Fake;

#[async_trait]
impl Relays for Fake {
    async fn list(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Vec<Relay>> {
        actor.admin()?;
        let one = Relay {
            address: address("sales@contoso.example"),
            sent_at: Some(ago(Span::minutes(3))),
            seen_at: Some(ago(Span::minutes(2))),
        };
        Ok(if mailbox.0 == 1 { vec![one] } else { vec![] })
    }
    async fn forward(&self, actor: &Actor, _: MailboxId, _: MailboxId) -> Answer<()> {
        actor.admin()
    }
    async fn check(&self, actor: &Actor, _: MailboxId, _: Address) -> Answer<()> {
        actor.admin()
    }
    async fn own_server(&self, actor: &Actor, _: MailboxId, _: Address) -> Answer<MailboxId> {
        actor.admin()?;
        Ok(MailboxId(12))
    }
}
