//! The tickets port: the list, a conversation, and what an agent does with it.

mod list;
mod moving;
mod recipients;
mod reply;
mod show;

use crate::store::{self, directions, drafts, people, tickets, uploads};
use crate::{Engine, clock};
use async_trait::async_trait;
use domain::console::people::Actor;
use domain::console::tickets::*;
use domain::id::*;
use domain::ticket::TicketStatus;
use domain::{Answer, Fault, Refusal};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

/// Bytes of a text that a person may write.
const TEXT: usize = 400 << 10;
/// Bytes of a line of recipients.
const RECIPIENTS: usize = 20 << 10;

/// Passes everybody who works here, admins and agents alike.
async fn works_here(engine: &Engine, actor: &Actor) -> Answer<()> {
    let row = people::get(engine.store.read(), actor.person).await?;
    match row {
        Some(row) if row.disabled_at.is_none() => Ok(()),
        _ => Err(Refusal::SignedOut),
    }
}

fn tell(engine: &Engine, id: TicketId) {
    engine.changes.tell("tickets");
    engine.changes.tell(format!("ticket:{id}"));
}

#[async_trait]
impl Tickets for Port {
    async fn list(&self, actor: &Actor, filter: TicketFilter) -> Answer<TicketList> {
        works_here(&self.0, actor).await?;
        list::list(&self.0, actor, filter).await
    }

    async fn show(&self, actor: &Actor, id: TicketId) -> Answer<TicketPage> {
        works_here(&self.0, actor).await?;
        show::show(&self.0, actor, id).await
    }

    async fn reply(&self, actor: &Actor, form: ReplyForm) -> Answer<MessageId> {
        works_here(&self.0, actor).await?;
        reply::reply(&self.0, actor, form).await
    }

    async fn create(&self, actor: &Actor, form: NewTicketForm) -> Answer<TicketId> {
        works_here(&self.0, actor).await?;
        reply::create(&self.0, actor, form).await
    }

    async fn new_draft(&self, actor: &Actor) -> Answer<Draft> {
        works_here(&self.0, actor).await?;
        let mut draft = show::draft(&self.0, actor, NO_TICKET).await?;
        if draft.mailbox.is_none() {
            draft.mailbox = directions::first_that_sends(&self.0.store).await?;
        }
        Ok(draft)
    }

    async fn keep_draft(&self, actor: &Actor, mut draft: DraftForm) -> Answer<()> {
        works_here(&self.0, actor).await?;
        let engine = &self.0;
        let subject = draft.subject.as_ref().map_or(0, String::len);
        if draft.text.len() > TEXT || draft.to.len() + draft.cc.len() + subject > RECIPIENTS {
            return Err(Fault::TextTooLong.into());
        }
        if draft.ticket != NO_TICKET {
            tickets::get(engine.store.read(), draft.ticket).await?.ok_or(Refusal::NotFound)?;
        }
        for text in [&mut draft.text, &mut draft.to, &mut draft.cc].into_iter().chain(&mut draft.subject) {
            text.retain(|c| c != '\0');
        }
        drafts::keep(engine.store.write(), actor.person, &draft, clock::now()).await?;
        Ok(())
    }

    async fn set_status(&self, actor: &Actor, id: TicketId, status: TicketStatus) -> Answer<()> {
        works_here(&self.0, actor).await?;
        let engine = &self.0;
        let tx = engine.store.begin().await?;
        tickets::get(&tx, id).await?.ok_or(Refusal::NotFound)?;
        let changed = tickets::set_status(&tx, id, status).await?;
        store::commit(tx).await?;
        if changed {
            tracing::info!(ticket = id.0, person = actor.person.0, status = status.key(), "changed a ticket's status");
            tell(engine, id);
        }
        Ok(())
    }

    async fn assign(&self, actor: &Actor, id: TicketId, to: Option<PersonId>) -> Answer<()> {
        works_here(&self.0, actor).await?;
        let engine = &self.0;
        if let Some(person) = to {
            let row = people::get(engine.store.read(), person).await?;
            row.filter(|row| row.disabled_at.is_none()).ok_or(Refusal::NotFound)?;
        }
        let tx = engine.store.begin().await?;
        if !tickets::assign(&tx, id, to).await? {
            return Err(Refusal::NotFound);
        }
        store::commit(tx).await?;
        tell(engine, id);
        Ok(())
    }

    async fn move_message(&self, actor: &Actor, message: MessageId, to: TicketId) -> Answer<TicketId> {
        works_here(&self.0, actor).await?;
        moving::move_message(&self.0, actor, message, to).await
    }

    async fn drop_upload(&self, actor: &Actor, ticket: TicketId, upload: UploadId) -> Answer<()> {
        works_here(&self.0, actor).await?;
        match uploads::forget(&self.0.store, ticket, actor.person, upload).await? {
            true => Ok(()),
            false => Err(Refusal::NotFound),
        }
    }
}
