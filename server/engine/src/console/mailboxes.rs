//! The mailboxes port.

use crate::Engine;
use async_trait::async_trait;
use domain::console::mailboxes::*;
use domain::console::people::Actor;
use domain::id::*;
use domain::{Answer, Refusal};
use domain::Address;
use domain::provider::Provider;
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl Mailboxes for Port {
    async fn list(&self, _actor: &Actor) -> Answer<MailboxList> {
        Err(Refusal::Unavailable)
    }
    async fn show(&self, _actor: &Actor, _id: MailboxId) -> Answer<MailboxPage> {
        Err(Refusal::Unavailable)
    }
    async fn providers(&self, _actor: &Actor) -> Answer<Vec<Provider>> {
        Err(Refusal::Unavailable)
    }
    async fn start(&self, _actor: &Actor, _address: String, _name: String) -> Answer<MailboxId> {
        Err(Refusal::Unavailable)
    }
    async fn choose_provider(&self, _actor: &Actor, _id: MailboxId, _provider_key: String) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
    async fn choose_use(&self, _actor: &Actor, _id: MailboxId, _wanted: Use) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
    async fn give_password(&self, _actor: &Actor, _id: MailboxId, _form: PasswordForm) -> Answer<CheckResult> {
        Err(Refusal::Unavailable)
    }
    async fn check(&self, _actor: &Actor, _id: MailboxId) -> Answer<CheckResult> {
        Err(Refusal::Unavailable)
    }
    async fn last_check(&self, _actor: &Actor, _id: MailboxId) -> Answer<Option<CheckResult>> {
        Err(Refusal::Unavailable)
    }
    async fn change(&self, _actor: &Actor, _id: MailboxId, _form: MailboxForm) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
    async fn add_address(&self, _actor: &Actor, _id: MailboxId, _address: String) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
    async fn pause(&self, _actor: &Actor, _id: MailboxId, _paused: bool) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
    async fn disconnect(&self, _actor: &Actor, _id: MailboxId) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
    async fn discard(&self, _actor: &Actor, _id: MailboxId) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
    async fn names(&self, _actor: &Actor) -> Answer<Vec<(MailboxId, Address)>> {
        Err(Refusal::Unavailable)
    }
    async fn agents(&self, _actor: &Actor) -> Answer<Vec<(PersonId, String)>> {
        Err(Refusal::Unavailable)
    }
}
