//! The port of test mails.

use crate::store::{mailboxes, test_mails};
use crate::{Engine, clock, test_mail};
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
        // A person who leaves the page does not stop it half-way.
        let (engine, actor) = (self.0.clone(), actor.clone());
        let sent = tokio::spawn(async move { test_mail::send(&engine, &actor, row, to).await });
        sent.await.unwrap_or(Err(Refusal::Unavailable))
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
