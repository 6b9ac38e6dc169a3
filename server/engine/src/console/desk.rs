//! The desk port.

use crate::Engine;
use async_trait::async_trait;
use domain::console::desk::*;
use domain::console::people::Actor;
use domain::{Answer, Refusal};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl Desk for Port {
    async fn frame(&self, _actor: &Actor) -> Answer<Frame> {
        Err(Refusal::Unavailable)
    }
    async fn server(&self, _actor: &Actor) -> Answer<ServerPage> {
        Err(Refusal::Unavailable)
    }
    async fn change(&self, _actor: &Actor, _desk_name: String, _public_address: String) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
    fn changes(&self) -> changes::Changes {
        Box::new(self.0.changes.subscribe())
    }
}
