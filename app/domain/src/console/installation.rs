//! A copy's question: does it take over, or stay silent?

use crate::console::people::Actor;
use crate::refusal::Answer;
use async_trait::async_trait;

/// This installation of the desk. Whether it is silent stands in every page's frame.
#[async_trait]
pub trait Installation: Send + Sync {
    /// The copy is the desk from now on: mail is fetched, sent and deleted, sign-ins are refreshed.
    async fn take_over(&self, actor: &Actor) -> Answer<()>;
    /// The copy stays silent, and asks no more.
    async fn stay_silent(&self, actor: &Actor) -> Answer<()>;
}
