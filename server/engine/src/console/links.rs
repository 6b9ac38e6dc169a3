//! The sign-in links port.

use crate::Engine;
use crate::signins::links;
use async_trait::async_trait;
use domain::Answer;
use domain::console::links::*;
use domain::console::people::Actor;
use domain::id::{LinkId, MailboxId, SignInId};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl Links for Port {
    async fn offer(&self, actor: &Actor, mailbox: MailboxId) -> Answer<LinkOffer> {
        actor.admin()?;
        links::offer(&self.0, mailbox).await
    }

    async fn make(&self, actor: &Actor, mailbox: MailboxId, form: LinkForm) -> Answer<NewLink> {
        actor.admin()?;
        links::make_and_send(&self.0, actor.person, mailbox, form).await
    }

    async fn list(&self, actor: &Actor, mailbox: Option<MailboxId>) -> Answer<Vec<LinkRow>> {
        actor.admin()?;
        links::list(&self.0, mailbox).await
    }

    async fn revoke(&self, actor: &Actor, link: LinkId) -> Answer<MailboxId> {
        actor.admin()?;
        links::revoke(&self.0, link).await
    }

    // Nobody of ours need be signed in for the rest: the token or the browser says which link it is.
    async fn page(&self, token: String) -> Answer<LinkPage> {
        links::page(&self.0, &token).await
    }

    async fn begin(&self, browser: String, by: By) -> Answer<String> {
        links::begin(&self.0, &browser, by).await
    }

    async fn decline(&self, token: String) -> Answer<()> {
        links::decline(&self.0, &token).await
    }

    async fn result(&self, browser: String, sign_in: SignInId) -> Answer<LinkResult> {
        links::result(&self.0, &browser, sign_in).await
    }
}
