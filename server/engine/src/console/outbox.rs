//! The outbox port.

use super::told;
use crate::deliver::line;
use crate::store::deliveries::{self, Shown};
use crate::{Engine, clock, compose, evidence};
use async_trait::async_trait;
use domain::console::outbox::*;
use domain::console::people::Actor;
use domain::id::*;
use domain::outbox::DeliveryState;
use domain::refusal::Conflict;
use domain::{Address, Answer, Refusal, Time};
use std::sync::Arc;

/// Replies that left, shown below the others.
const LEFT: u64 = 100;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl Outbox for Port {
    async fn page(&self, _actor: &Actor) -> Answer<OutboxPage> {
        let engine = &self.0;
        let facts = evidence::facts(engine).await?;
        let mut rows: Vec<OutboxRow> = deliveries::recent(&engine.store, LEFT)
            .await?
            .into_iter()
            .map(|(shown, message, ticket, mailbox)| OutboxRow {
                line: line(&shown, &facts),
                ticket: TicketId(shown.row.ticket_id),
                subject: ticket.map(|t| t.subject).unwrap_or_default(),
                to: message
                    .as_ref()
                    .map(|m| compose::people(&m.to_list).into_iter().map(|p| p.address.as_str().to_owned()).collect())
                    .unwrap_or_default(),
                mailbox: mailbox.and_then(|m| Some((MailboxId(m.id), Address::parse(&m.address).ok()?))),
                author: message.map(|m| m.author).unwrap_or_default(),
                written_at: Time(shown.row.created_at),
            })
            .collect();
        rows.sort_by_key(|row| {
            let newest_first = matches!(row.line.state, DeliveryState::Sent | DeliveryState::Refused);
            (rank(&row.line), if newest_first { -row.line.at.0 } else { row.written_at.0 })
        });
        Ok(OutboxPage { now: clock::now(), rows })
    }

    async fn settle(&self, _actor: &Actor, id: DeliveryId, verdict: Verdict) -> Answer<()> {
        let shown = self.find(id).await?;
        let (store, now) = (&self.0.store, clock::now());
        let done = match verdict {
            Verdict::Arrived => deliveries::found(store, None, id, "a person says that it arrived", now).await?,
            Verdict::SendAgain => deliveries::send_again(store, id, now).await?,
        };
        self.done(done, &shown, Conflict::AlreadyDone)
    }

    async fn cancel(&self, actor: &Actor, id: DeliveryId) -> Answer<TicketId> {
        let shown = self.find(id).await?;
        let done = deliveries::cancel(&self.0.store, id, actor.person, clock::now()).await?;
        self.done(done, &shown, Conflict::AlreadySent)?;
        Ok(TicketId(shown.row.ticket_id))
    }

    async fn retry(&self, _actor: &Actor, id: DeliveryId) -> Answer<()> {
        let shown = self.find(id).await?;
        let done = deliveries::retry(&self.0.store, id).await?;
        self.done(done, &shown, Conflict::AlreadySent)
    }

    async fn told(&self, _actor: &Actor, mailbox: MailboxId) -> Answer<Told> {
        told::told(&self.0, mailbox).await
    }

    async fn tell_admins(&self, actor: &Actor, id: DeliveryId) -> Answer<()> {
        told::tell(&self.0, actor, &self.find(id).await?).await
    }
}

impl Port {
    async fn find(&self, id: DeliveryId) -> Answer<Shown> {
        deliveries::shown(&self.0.store, id).await?.ok_or(Refusal::NotFound)
    }

    /// After the commit: the outbox looks, and pages are told.
    fn done(&self, done: bool, shown: &Shown, otherwise: Conflict) -> Answer<()> {
        if !done {
            return Err(otherwise.into());
        }
        self.0.wake.outbox.notify_one();
        self.0.changes.tell(format!("ticket:{}", shown.row.ticket_id));
        self.0.changes.tell("outbox");
        self.0.changes.tell("tickets");
        Ok(())
    }
}

/// Those that need a person first, then held, then on their way, then the last that left.
fn rank(line: &DeliveryLine) -> u8 {
    match line.state {
        DeliveryState::Uncertain => 0,
        DeliveryState::Refused => 1,
        _ if line.held.is_some() => 2,
        DeliveryState::Waiting | DeliveryState::Sending | DeliveryState::HandingOver => 3,
        DeliveryState::Sent | DeliveryState::Cancelled => 4,
    }
}
