//! A direction's way to its server: which endpoint, which login.

use crate::Engine;
use crate::login::{Access, Fault};
use domain::Direction;
use domain::id::MailboxId;

/// Why there is no access now.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NoAccess {
    /// Not used, paused, unfinished, or it waits for a person: nothing to attempt.
    #[error("not to be attempted")]
    NotNow,
    /// Getting a token failed.
    #[error("{0}")]
    Fault(#[from] Fault),
}

/// What to open a session of this direction with. Refreshes a token where needed.
pub async fn access(_engine: &Engine, _mailbox: MailboxId, _direction: Direction) -> Result<Access, NoAccess> {
    Err(NoAccess::NotNow)
}
