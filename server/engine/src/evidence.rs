//! Evidence about directions: what proved itself, what failed, since when.
//!
//! The only place that writes the failing columns of a direction and its episodes.

use crate::Engine;
use crate::login::Fault;
use crate::store::StoreError;
use domain::id::MailboxId;
use domain::mailbox::MailboxFacts;
use domain::{Direction, Time};

/// What a failure means for the loop that met it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// A person must act, or a setting outside must change: stop, or probe seldom.
    pub definite: bool,
    /// When to try again by oneself; `None`: not before a person did something.
    pub next_attempt_at: Option<Time>,
}

/// A session of this direction proved its credential: ends a running episode.
pub async fn proved(_engine: &Engine, _mailbox: MailboxId, _direction: Direction) -> Result<(), StoreError> {
    Ok(())
}

/// A session failed: begins or goes on with an episode, and says what follows.
pub async fn failed(_engine: &Engine, _mailbox: MailboxId, _direction: Direction, _fault: &Fault) -> Result<Verdict, StoreError> {
    Ok(Verdict { definite: false, next_attempt_at: None })
}

/// The facts of all mailboxes, for states and banners.
pub async fn facts(_engine: &Engine) -> Result<Vec<MailboxFacts>, StoreError> {
    Ok(Vec::new())
}
