//! The installation's port.

use crate::{Engine, home};
use async_trait::async_trait;
use domain::Answer;
use domain::console::{Actor, Installation};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl Installation for Port {
    async fn take_over(&self, actor: &Actor) -> Answer<()> {
        actor.admin()?;
        tracing::warn!(person = actor.person.0, "this copy takes over");
        Ok(home::take_over(&self.0).await?)
    }

    async fn stay_silent(&self, actor: &Actor) -> Answer<()> {
        actor.admin()?;
        home::stay_silent(&self.0).await?;
        self.0.changes.tell("everything");
        Ok(())
    }
}
