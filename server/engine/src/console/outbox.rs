//! The outbox port.

use crate::Engine;
use async_trait::async_trait;
use domain::console::outbox::*;
use domain::console::people::Actor;
use domain::id::*;
use domain::{Answer, Refusal};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl Outbox for Port {
    async fn page(&self, _actor: &Actor) -> Answer<OutboxPage> {
        Err(Refusal::Unavailable)
    }
    async fn settle(&self, _actor: &Actor, _id: DeliveryId, _verdict: Verdict) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
    async fn cancel(&self, _actor: &Actor, _id: DeliveryId) -> Answer<TicketId> {
        Err(Refusal::Unavailable)
    }
    async fn retry(&self, _actor: &Actor, _id: DeliveryId) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
}
