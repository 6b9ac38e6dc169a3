//! The outbox port.

use super::told;
mod queue;

use crate::deliver::line;
use crate::files::{self, Thing};
use crate::store::attachments;
use crate::store::deliveries::{self, Beside, Shown};
use crate::{Engine, clock, compose, evidence};
use async_trait::async_trait;
use domain::console::outbox::*;
use domain::console::people::Actor;
use domain::console::tickets::File;
use domain::direction::State;
use domain::id::*;
use domain::mailbox::MailboxFacts;
use domain::outbox::DeliveryState;
use domain::refusal::Conflict;
use domain::{Address, Answer, Direction, Fault, Refusal, Time};
use std::sync::Arc;

/// Replies that left, shown below the others.
const LEFT: u64 = 100;
/// Newer mail shown before a waiting reply.
const NEWER: u64 = 20;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl Outbox for Port {
    async fn page(&self, _actor: &Actor) -> Answer<OutboxPage> {
        let engine = &self.0;
        let facts = evidence::shown(engine).await?;
        let mut rows: Vec<OutboxRow> =
            deliveries::recent(&engine.store, LEFT).await?.into_iter().map(|beside| row(beside, &facts)).collect();
        queue::stand(engine, &mut rows, &facts).await?;
        rows.sort_by_key(|row| {
            let newest_first = matches!(row.line.state, DeliveryState::Sent | DeliveryState::Refused);
            (rank(&row.line), if newest_first { -row.line.at.0 } else { row.written_at.0 })
        });
        Ok(OutboxPage { now: clock::now(), rows })
    }

    async fn waiting(&self, _actor: &Actor, id: DeliveryId) -> Answer<WaitingReply> {
        let engine = &self.0;
        let now = clock::now();
        let beside = deliveries::with_beside(&engine.store, id).await?.ok_or(Refusal::NotFound)?;
        if beside.0.state() != DeliveryState::Waiting {
            return Err(Refusal::NotFound);
        }
        let message = MessageId(beside.0.row.message_id);
        let text = beside.1.as_ref().map(|m| m.text.clone()).unwrap_or_default();
        let facts = evidence::facts(engine).await?;
        let mut row = vec![row(beside, &facts)];
        queue::stand(engine, &mut row, &facts).await?;
        let row = row.remove(0);
        let newer = deliveries::newer(engine.store.read(), row.ticket, message, NEWER).await?;
        let own = row.mailbox.as_ref().map(|(id, _)| *id);
        Ok(WaitingReply {
            newer: newer.into_iter().map(|m| Newer { author: m.author, at: Time(m.at), text: m.text }).collect(),
            text,
            files: attachments::of_messages(&engine.store, &[message])
                .await?
                .into_iter()
                .map(|file| File {
                    id: AttachmentId(file.id),
                    url: files::address(&engine.vault, Thing::Attachment(AttachmentId(file.id)), now),
                    name: file.name,
                    mime: file.mime,
                    bytes: u64::try_from(file.bytes).unwrap_or(0),
                })
                .collect(),
            through: facts
                .iter()
                .filter(|f| Some(f.id) != own && sends(f))
                .map(|f| (f.id, f.address.clone()))
                .collect(),
            row,
        })
    }

    async fn release(&self, _actor: &Actor, id: DeliveryId) -> Answer<()> {
        let shown = self.find(id).await?;
        let done = deliveries::release(&self.0.store, id, clock::now()).await?;
        self.done(done, &shown, Conflict::AlreadySent)
    }

    async fn send_through(&self, _actor: &Actor, id: DeliveryId, mailbox: MailboxId) -> Answer<()> {
        let shown = self.find(id).await?;
        let facts = evidence::facts(&self.0).await?;
        let through = facts.into_iter().find(|f| f.id == mailbox && sends(f)).ok_or(Fault::NobodySends)?;
        let done = deliveries::send_through(&self.0.store, id, mailbox, &through.address, clock::now()).await?;
        if done {
            tracing::info!(delivery = id.0, mailbox = mailbox.0, "a waiting reply goes through another mailbox");
        }
        self.done(done, &shown, Conflict::AlreadySent)
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

/// Whether a mailbox sends at the moment.
fn sends(facts: &MailboxFacts) -> bool {
    !facts.draft && matches!(facts.state_of(Direction::Outgoing), State::Works)
}

fn row((shown, message, ticket, mailbox): Beside, facts: &[MailboxFacts]) -> OutboxRow {
    OutboxRow {
        line: line(&shown, facts),
        queue: None,
        ticket: TicketId(shown.row.ticket_id),
        subject: ticket.map(|t| t.subject).unwrap_or_default(),
        to: message
            .as_ref()
            .map(|m| compose::people(&m.to_list).into_iter().map(|p| p.address.as_str().to_owned()).collect())
            .unwrap_or_default(),
        mailbox: mailbox.and_then(|m| Some((MailboxId(m.id), Address::parse(&m.address).ok()?))),
        author: message.map(|m| m.author).unwrap_or_default(),
        written_at: Time(shown.row.created_at),
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
        DeliveryState::Waiting if line.look && line.held.is_none() => 1,
        _ if line.held.is_some() => 2,
        DeliveryState::Waiting | DeliveryState::Sending | DeliveryState::HandingOver => 3,
        DeliveryState::Sent | DeliveryState::Cancelled => 4,
    }
}
