//! The first import of a mailbox: counted and shown before anything older than the connection comes in.

use crate::console::mailboxes::ImportFrom;
use crate::console::people::Actor;
use crate::id::MailboxId;
use crate::refusal::Answer;
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// What a folder would bring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderCount {
    pub folder: String,
    /// `None`: it can't be opened.
    pub messages: Option<u32>,
    /// All that lie there.
    pub of: u32,
}

/// A message that would come in, by its header alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    pub at: Option<Time>,
    pub from: String,
    pub subject: String,
}

/// What an import from this date on would bring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    pub counted_at: Time,
    pub folders: Vec<FolderCount>,
    /// The newest few, newest first.
    pub sample: Vec<Sample>,
}

impl Count {
    /// Of all folders together.
    pub fn messages(&self) -> u64 {
        self.folders.iter().filter_map(|f| f.messages).map(u64::from).sum()
    }
}

/// An import that waits for somebody to look at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// The mailbox was connected then: what arrives from then on comes in already.
    pub asked_at: Time,
    pub from: ImportFrom,
    /// `None`: it is being counted.
    pub count: Option<Count>,
}

#[async_trait]
pub trait Imports: Send + Sync {
    /// The import that waits, if one does.
    async fn show(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Option<Import>>;
    /// Another beginning; it is counted anew.
    async fn change(&self, actor: &Actor, mailbox: MailboxId, from: ImportFrom) -> Answer<()>;
    /// Lets it begin.
    async fn begin(&self, actor: &Actor, mailbox: MailboxId) -> Answer<()>;
}
