//! The port of test mails.

use crate::store::{mailboxes, people, test_mails};
use crate::test_mail::{self, What};
use crate::{Engine, clock};
use async_trait::async_trait;
use domain::console::people::Actor;
use domain::console::test_mails::*;
use domain::id::MailboxId;
use domain::{Address, Answer, Fault, Refusal};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl TestMails for Port {
    async fn send(&self, actor: &Actor, mailbox: MailboxId, to: String) -> Answer<TestMail> {
        actor.admin()?;
        let row = mailboxes::get(&self.0.store, mailbox).await?.ok_or(Refusal::NotFound)?;
        if to.trim().is_empty() {
            return Err(Fault::RecipientMissing.into());
        }
        let to = Address::parse(&to).map_err(|_| Fault::RecipientMalformed)?;
        send(&self.0, actor, row, to, What::Test).await
    }

    async fn acknowledgement(&self, actor: &Actor, mailbox: MailboxId) -> Answer<TestMail> {
        actor.admin()?;
        let row = mailboxes::get(&self.0.store, mailbox).await?.ok_or(Refusal::NotFound)?;
        let person = people::get(self.0.store.read(), actor.person).await?.ok_or(Refusal::SignedOut)?;
        let to = Address::parse(&person.email).map_err(|_| Fault::RecipientMalformed)?;
        send(&self.0, actor, row, to, What::Acknowledgement).await
    }

    async fn last(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Option<TestMail>> {
        actor.admin()?;
        let kept = test_mails::last(&self.0.store, mailbox).await?;
        let last: Option<TestMail> = kept.and_then(|text| serde_json::from_str(&text).ok());
        Ok(last.map(|mut last| {
            // Nobody finishes what was under way when the program ended.
            if last.outcome == Outcome::Sending && clock::now().since(last.at) > test_mail::LONGEST {
                last.outcome = Outcome::Uncertain;
            }
            last
        }))
    }
}

/// A person who leaves the page does not stop it half-way.
async fn send(engine: &Arc<Engine>, actor: &Actor, row: mailboxes::Row, to: Address, what: What) -> Answer<TestMail> {
    let (engine, actor) = (engine.clone(), actor.clone());
    let sent = tokio::spawn(async move { test_mail::send(&engine, &actor, row, to, what).await });
    sent.await.unwrap_or(Err(Refusal::Unavailable))
}
