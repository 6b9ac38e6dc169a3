//! The signins port.

use crate::Engine;
use async_trait::async_trait;
use domain::console::signins::*;
use domain::console::people::Actor;
use domain::id::*;
use domain::{Answer, Refusal};
use domain::signin::Intent;
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl SignIns for Port {
    async fn begin(&self, _actor: &Actor, _browser: String, _mailbox: MailboxId, _intent: Intent, _pick: bool) -> Answer<String> {
        Err(Refusal::Unavailable)
    }
    async fn complete(&self, _browser: String, _callback: Callback) -> Answer<Arrival> {
        Err(Refusal::Unavailable)
    }
    async fn result(&self, _actor: &Actor, _id: SignInId) -> Answer<SignInResult> {
        Err(Refusal::Unavailable)
    }
    async fn adopt(&self, _actor: &Actor, _id: SignInId) -> Answer<SignInId> {
        Err(Refusal::Unavailable)
    }
}
