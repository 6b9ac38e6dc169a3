//! The port of forwarders.

use crate::Engine;
use crate::store::{forwards, mailboxes};
use async_trait::async_trait;
use domain::console::forwarders::Forwarders;
use domain::console::people::Actor;
use domain::id::MailboxId;
use domain::{Address, Answer, Fault, Refusal};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

impl Port {
    async fn checked(&self, actor: &Actor, mailbox: MailboxId, address: &str) -> Answer<Address> {
        actor.admin()?;
        mailboxes::get(&self.0.store, mailbox).await?.ok_or(Refusal::NotFound)?;
        Address::parse(address).map_err(|_| Fault::AddressMalformed.into())
    }
}

#[async_trait]
impl Forwarders for Port {
    async fn list(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Vec<Address>> {
        actor.admin()?;
        Ok(forwards::list(&self.0.store, mailbox).await?)
    }

    async fn allow(&self, actor: &Actor, mailbox: MailboxId, address: String) -> Answer<()> {
        let address = self.checked(actor, mailbox, &address).await?;
        Ok(forwards::allow(self.0.store.write(), mailbox, &address).await?)
    }

    async fn forbid(&self, actor: &Actor, mailbox: MailboxId, address: String) -> Answer<()> {
        let address = self.checked(actor, mailbox, &address).await?;
        Ok(forwards::forbid(self.0.store.write(), mailbox, address.as_str()).await?)
    }
}
