//! The sign-ins port.

use crate::{Engine, signins};
use async_trait::async_trait;
use domain::Answer;
use domain::console::people::Actor;
use domain::console::signins::*;
use domain::id::*;
use domain::signin::Intent;
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl SignIns for Port {
    async fn begin(
        &self,
        actor: &Actor,
        browser: String,
        mailbox: MailboxId,
        intent: Intent,
        pick: bool,
    ) -> Answer<String> {
        actor.admin()?;
        signins::begin(&self.0, actor, &browser, mailbox, intent, pick).await
    }

    // Nobody of ours need be signed in: the state and the browser say which sign-in it is.
    async fn complete(&self, browser: String, callback: Callback) -> Answer<Arrival> {
        signins::complete(&self.0, &browser, callback).await
    }

    async fn result(&self, actor: &Actor, id: SignInId) -> Answer<SignInResult> {
        actor.admin()?;
        signins::result(&self.0, id).await
    }

    async fn adopt(&self, actor: &Actor, id: SignInId) -> Answer<SignInId> {
        actor.admin()?;
        signins::adopt(&self.0, actor, id).await
    }

    async fn repaired(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Option<Repaired>> {
        actor.admin()?;
        signins::repaired(&self.0, mailbox).await
    }

    async fn lately(&self, actor: &Actor) -> Answer<Vec<RepairedAccount>> {
        actor.admin()?;
        signins::lately(&self.0).await
    }
}
