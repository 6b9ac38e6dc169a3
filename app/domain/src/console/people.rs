//! The people who work in the console: admins and agents.

use crate::id::{PersonId, SessionId};
use crate::refusal::{Answer, Refusal};
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Connects mailboxes, manages people, and works tickets.
    Admin,
    /// Works tickets.
    Agent,
}

impl Role {
    pub fn key(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Agent => "agent",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        match key {
            "admin" => Some(Role::Admin),
            "agent" => Some(Role::Agent),
            _ => None,
        }
    }
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    pub person: PersonId,
    pub name: String,
    pub role: Role,
}

impl Actor {
    /// Passes admins.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`] for anybody else.
    pub fn admin(&self) -> Answer<()> {
        match self.role {
            Role::Admin => Ok(()),
            Role::Agent => Err(Refusal::NotAllowed),
        }
    }
}

/// A person in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: PersonId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub disabled_at: Option<Time>,
    /// Invited, but never signed in.
    pub invited: bool,
    pub seen_at: Option<Time>,
}

/// A browser session of one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnSession {
    pub id: SessionId,
    /// As in "Firefox on Windows".
    pub browser: String,
    pub begun_at: Time,
    pub seen_at: Time,
    /// The one that asks.
    pub this: bool,
}

/// A link that an admin hands to a person: shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonLink {
    pub url: String,
    pub expires_at: Time,
}

/// Whom a link welcomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    pub name: String,
    pub email: String,
    /// A new person chooses a first password; else it is a reset.
    pub new: bool,
}

/// People: signing in to the console, and who may.
#[async_trait]
pub trait People: Send + Sync {
    /// Whether the first admin is still to be made.
    async fn first_start(&self) -> Answer<bool>;
    /// Makes the first admin, given the one-time token that the console printed.
    async fn create_first(&self, token: String, name: String, email: String, password: String) -> Answer<PersonId>;
    /// Checks a password. Slowed down per peer and per address.
    async fn sign_in(&self, email: String, password: String, peer: String) -> Answer<PersonId>;
    /// The actor behind a session; `SignedOut` once disabled.
    async fn actor(&self, person: PersonId) -> Answer<Actor>;

    async fn list(&self, actor: &Actor) -> Answer<Vec<Person>>;
    async fn invite(&self, actor: &Actor, name: String, email: String, role: Role) -> Answer<PersonLink>;
    /// A link by which the person chooses a new password; ends their sessions when used.
    async fn reset(&self, actor: &Actor, person: PersonId) -> Answer<PersonLink>;
    async fn disable(&self, actor: &Actor, person: PersonId, disabled: bool) -> Answer<()>;
    async fn change_role(&self, actor: &Actor, person: PersonId, role: Role) -> Answer<()>;
    /// Whom an invitation or reset link is for. Changes nothing.
    async fn welcome(&self, token: String) -> Answer<Welcome>;
    /// Uses the link up.
    async fn accept(&self, token: String, password: String) -> Answer<PersonId>;

    async fn me(&self, actor: &Actor) -> Answer<Person>;
    async fn rename(&self, actor: &Actor, name: String) -> Answer<()>;
    /// Changes one's own password and ends one's other sessions.
    async fn change_password(&self, actor: &Actor, old: String, new: String, session: Option<SessionId>) -> Answer<()>;
    async fn sessions(&self, actor: &Actor, this: Option<SessionId>) -> Answer<Vec<OwnSession>>;
    async fn end_session(&self, actor: &Actor, session: SessionId) -> Answer<()>;
}
