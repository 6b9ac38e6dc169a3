//! App registrations: the client id and secret under which we are known at a provider.

use crate::console::people::Actor;
use crate::diagnosis::Diagnosis;
use crate::id::RegistrationId;
use crate::refusal::Answer;
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// An app registration without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    pub id: RegistrationId,
    /// `microsoft`, `google`, ...
    pub provider_key: String,
    pub provider_short: String,
    pub name: String,
    pub client_id: String,
    /// Microsoft only: `common`, `organizations`, `consumers`, a GUID or a verified domain.
    pub tenant: String,
    /// When the secret ends, as the admin said.
    pub secret_ends_at: Option<Time>,
    /// Used where nothing else is chosen.
    pub default: bool,
    /// How many mailboxes sign in by it.
    pub mailboxes: u32,
    /// What the provider refuses, if it does.
    pub failing: Option<(Diagnosis, Time)>,
}

/// What the form asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationForm {
    pub id: Option<RegistrationId>,
    pub provider_key: String,
    pub name: String,
    pub client_id: String,
    pub tenant: String,
    /// Empty on a change: the old one stays.
    pub secret: String,
    /// `YYYY-MM-DD` or empty.
    pub secret_ends_on: String,
}

/// The page: what is there, and what to copy into the provider's console.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationsPage {
    pub registrations: Vec<Registration>,
    /// To copy, word for word.
    pub redirect_address: String,
    /// Neither https nor localhost: Microsoft and Google refuse it.
    pub redirect_refused: bool,
    /// Providers that sign in: key and short name.
    pub providers: Vec<(String, String)>,
}

#[async_trait]
pub trait Registrations: Send + Sync {
    async fn page(&self, actor: &Actor) -> Answer<RegistrationsPage>;
    /// Saves; a new secret is tried at once on every mailbox that waits for it.
    async fn save(&self, actor: &Actor, form: RegistrationForm) -> Answer<RegistrationId>;
    async fn make_default(&self, actor: &Actor, id: RegistrationId) -> Answer<()>;
    /// Refused while a mailbox uses it.
    async fn delete(&self, actor: &Actor, id: RegistrationId) -> Answer<()>;
}
