//! The doctor's port.

use crate::store::posted::{self, Kind};
use crate::{Engine, doctor, evidence};
use async_trait::async_trait;
use domain::console::Actor;
use domain::console::doctor::{Card, Doctor, SentCard, TestMail, TestOutcome};
use domain::id::MailboxId;
use domain::mailbox::MailboxFacts;
use domain::{Address, Answer, Diagnosis, Direction, Time};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl Doctor for Port {
    async fn send_test(&self, actor: &Actor, mailbox: MailboxId, letter: Card) -> Answer<()> {
        actor.admin()?;
        // A task of its own: a browser that goes away must not cut it between mail and note.
        let (engine, actor) = (self.0.clone(), actor.clone());
        let task = tokio::spawn(async move { doctor::send_test(&engine, &actor, mailbox, &letter).await });
        task.await.unwrap_or(Err(domain::Refusal::Unavailable))
    }

    async fn last_test(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Option<TestMail>> {
        actor.admin()?;
        let Some(row) = posted::last(&self.0.store, mailbox, Kind::Test).await? else { return Ok(None) };
        let removed_at = posted::removed_at(&self.0.store, &row).await?;
        let said = row.said.unwrap_or_default();
        let diagnosis = row.diagnosis.as_deref().and_then(evidence::diagnosis);
        let outcome = match (row.state.as_str(), diagnosis) {
            ("accepted", _) => TestOutcome::Accepted { server: said },
            ("refused", diagnosis) => TestOutcome::Refused { diagnosis: diagnosis.unwrap_or(Diagnosis::Unknown), said },
            ("unsure", _) => TestOutcome::Unsure { said },
            _ => TestOutcome::Sending,
        };
        Ok(Some(TestMail { at: Time(row.posted_at), outcome, arrived_at: row.arrived_at.map(Time), removed_at }))
    }

    async fn send_card(&self, actor: &Actor, mailbox: MailboxId, to: String, card: Card) -> Answer<Address> {
        actor.admin()?;
        let (engine, actor) = (self.0.clone(), actor.clone());
        let task = tokio::spawn(async move { doctor::send_card(&engine, &actor, mailbox, &to, &card).await });
        task.await.unwrap_or(Err(domain::Refusal::Unavailable))
    }

    async fn last_card(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Option<SentCard>> {
        actor.admin()?;
        let row = posted::last(&self.0.store, mailbox, Kind::Card).await?.filter(|row| row.state == "accepted");
        Ok(row.map(|row| SentCard { to: row.to_address, at: Time(row.posted_at) }))
    }

    async fn same_cause(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Vec<Address>> {
        actor.admin()?;
        let all = evidence::facts(&self.0).await?;
        let Some(this) = all.iter().find(|facts| facts.id == mailbox).and_then(cause) else { return Ok(Vec::new()) };
        let others = all.iter().filter(|facts| facts.id != mailbox && cause(facts).as_ref() == Some(&this));
        Ok(others.map(|facts| facts.address.clone()).collect())
    }
}

/// What one remedy mends at once: an app registration of a provider, or a rule of an organisation.
fn cause(facts: &MailboxFacts) -> Option<(Diagnosis, String)> {
    if facts.draft {
        return None;
    }
    let failing = Direction::BOTH.into_iter().find_map(|direction| {
        let side = match direction {
            Direction::Incoming => &facts.incoming,
            Direction::Outgoing => &facts.outgoing,
        };
        side.failing.as_ref().filter(|failing| failing.definite && side.used).map(|failing| failing.diagnosis)
    })?;
    failing.shared_by(facts.address.domain(), &facts.provider_name).map(|whose| (failing, whose))
}
