//! The registrations port.

use crate::Engine;
use async_trait::async_trait;
use domain::console::registrations::*;
use domain::console::people::Actor;
use domain::id::*;
use domain::{Answer, Refusal};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl Registrations for Port {
    async fn page(&self, _actor: &Actor) -> Answer<RegistrationsPage> {
        Err(Refusal::Unavailable)
    }
    async fn save(&self, _actor: &Actor, _form: RegistrationForm) -> Answer<RegistrationId> {
        Err(Refusal::Unavailable)
    }
    async fn make_default(&self, _actor: &Actor, _id: RegistrationId) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
    async fn delete(&self, _actor: &Actor, _id: RegistrationId) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
}
