//! The tickets port.

use crate::Engine;
use async_trait::async_trait;
use domain::console::tickets::*;
use domain::console::people::Actor;
use domain::id::*;
use domain::{Answer, Refusal};
use domain::ticket::TicketStatus;
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl Tickets for Port {
    async fn list(&self, _actor: &Actor, _filter: TicketFilter) -> Answer<TicketList> {
        Err(Refusal::Unavailable)
    }
    async fn show(&self, _actor: &Actor, _id: TicketId) -> Answer<TicketPage> {
        Err(Refusal::Unavailable)
    }
    async fn reply(&self, _actor: &Actor, _form: ReplyForm) -> Answer<MessageId> {
        Err(Refusal::Unavailable)
    }
    async fn create(&self, _actor: &Actor, _form: NewTicketForm) -> Answer<TicketId> {
        Err(Refusal::Unavailable)
    }
    async fn keep_draft(&self, _actor: &Actor, _ticket: TicketId, _text: String, _to: String, _cc: String) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
    async fn set_status(&self, _actor: &Actor, _id: TicketId, _status: TicketStatus) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
    async fn assign(&self, _actor: &Actor, _id: TicketId, _to: Option<PersonId>) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
    async fn drop_upload(&self, _actor: &Actor, _ticket: TicketId, _upload: UploadId) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
}
