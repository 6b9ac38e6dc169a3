//! A mailbox's folders: which are watched, and what arrived in others while nobody could look.

use crate::console::people::Actor;
use crate::folder::FolderRole;
use crate::id::MailboxId;
use crate::refusal::Answer;
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// A folder that may be watched beside the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderChoice {
    /// As the server writes it; give it back unchanged.
    pub name: String,
    pub role: FolderRole,
    pub chosen: bool,
    /// The server named it when it was last asked.
    pub there: bool,
}

/// Mail that arrived in a folder that is not watched, during the last outage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    pub name: String,
    pub role: FolderRole,
    pub messages: u32,
    pub from: Time,
    pub to: Time,
    /// Asked for; it comes in, or has come in.
    pub imported: bool,
}

#[async_trait]
pub trait Folders: Send + Sync {
    /// What may be watched beside the first folder: as the server last listed it, and what is chosen.
    async fn choices(&self, actor: &Actor, id: MailboxId) -> Answer<Vec<FolderChoice>>;
    /// What the last outage left in other folders.
    async fn elsewhere(&self, actor: &Actor, id: MailboxId) -> Answer<Vec<Elsewhere>>;
    /// Brings that in, once.
    async fn import(&self, actor: &Actor, id: MailboxId, folder: String) -> Answer<()>;
}
