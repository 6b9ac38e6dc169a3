//! The people port.

use crate::Engine;
use async_trait::async_trait;
use domain::console::people::*;
use domain::console::people::Actor;
use domain::id::*;
use domain::{Answer, Refusal};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl People for Port {
    async fn first_start(&self) -> Answer<bool> {
        Err(Refusal::Unavailable)
    }
    async fn create_first(&self, _token: String, _name: String, _email: String, _password: String) -> Answer<PersonId> {
        Err(Refusal::Unavailable)
    }
    async fn sign_in(&self, _email: String, _password: String, _peer: String) -> Answer<PersonId> {
        Err(Refusal::Unavailable)
    }
    async fn actor(&self, _person: PersonId) -> Answer<Actor> {
        Err(Refusal::Unavailable)
    }
    async fn list(&self, _actor: &Actor) -> Answer<Vec<Person>> {
        Err(Refusal::Unavailable)
    }
    async fn invite(&self, _actor: &Actor, _name: String, _email: String, _role: Role) -> Answer<PersonLink> {
        Err(Refusal::Unavailable)
    }
    async fn reset(&self, _actor: &Actor, _person: PersonId) -> Answer<PersonLink> {
        Err(Refusal::Unavailable)
    }
    async fn disable(&self, _actor: &Actor, _person: PersonId, _disabled: bool) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
    async fn change_role(&self, _actor: &Actor, _person: PersonId, _role: Role) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
    async fn welcome(&self, _token: String) -> Answer<Welcome> {
        Err(Refusal::Unavailable)
    }
    async fn accept(&self, _token: String, _password: String) -> Answer<PersonId> {
        Err(Refusal::Unavailable)
    }
    async fn me(&self, _actor: &Actor) -> Answer<Person> {
        Err(Refusal::Unavailable)
    }
    async fn rename(&self, _actor: &Actor, _name: String) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
    async fn change_password(&self, _actor: &Actor, _old: String, _new: String, _session: Option<SessionId>) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
    async fn sessions(&self, _actor: &Actor, _this: Option<SessionId>) -> Answer<Vec<OwnSession>> {
        Err(Refusal::Unavailable)
    }
    async fn end_session(&self, _actor: &Actor, _session: SessionId) -> Answer<()> {
        Err(Refusal::Unavailable)
    }
}
