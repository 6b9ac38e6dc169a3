//! The browser that asks: its session, and who is signed in there.

use crate::id::{PersonId, SessionId};
use crate::refusal::Answer;
use async_trait::async_trait;

/// One request's browser session. The server implements it over its session store.
#[async_trait]
pub trait Visit: Send + Sync {
    /// Who is signed in here.
    async fn person(&self) -> Option<PersonId>;
    /// The row of this session, once it has one.
    async fn session(&self) -> Option<SessionId>;
    /// Signs a person in, under a new session id (OWASP: against fixation).
    async fn begin(&self, person: PersonId) -> Answer<()>;
    /// Signs out and forgets the session.
    async fn end(&self) -> Answer<()>;
    /// An opaque name for this browser, stable while the session lives; made on first use. What a
    /// sign-in at a provider is bound to.
    async fn browser(&self) -> Answer<String>;
    /// Who knocks, for the rate limit on sign-in: the peer's address, or what a named proxy says.
    fn peer(&self) -> String;
}
