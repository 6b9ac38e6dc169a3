//! The server's public address: under which browsers reach it, and providers send them back.

use crate::console::people::Actor;
use crate::refusal::Answer;
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// An address that no browser has been seen at yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub address: String,
    /// Leads to a page under the new address; a press of its button proves it.
    pub link: String,
}

/// The public address and how sure it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicAddress {
    /// Without a slash at the end.
    pub address: String,
    /// What providers must have: word for word.
    pub redirect_address: String,
    /// https or localhost: providers take it.
    pub accepted: bool,
    /// When a browser was seen there last; `None`: it was entered, not checked.
    pub checked_at: Option<Time>,
    pub candidate: Option<Candidate>,
    /// Registrations that were told another redirect address.
    pub registrations_behind: u32,
}

/// What came of an address that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Proposed {
    /// The browser was there when it was given: it is in use.
    Checked,
    /// In use after the check, or after *Use it without the check*.
    Unchecked,
}

#[async_trait]
pub trait Addresses: Send + Sync {
    async fn show(&self, actor: &Actor) -> Answer<PublicAddress>;
    /// Gives a new address. `origin` is where the browser says it is (the Origin header of RFC 6454).
    async fn propose(&self, actor: &Actor, address: String, origin: Option<String>) -> Answer<Proposed>;
    /// Uses the candidate although nobody was seen there.
    async fn insist(&self, actor: &Actor) -> Answer<()>;
    /// Forgets the candidate.
    async fn forget(&self, actor: &Actor) -> Answer<()>;
    /// The candidate of a link, for its page under the new address. For anybody who has the link.
    async fn candidate(&self, token: String) -> Answer<String>;
    /// The button of that page: in use if the browser is where it should be.
    async fn confirm(&self, token: String, origin: Option<String>) -> Answer<()>;
}
