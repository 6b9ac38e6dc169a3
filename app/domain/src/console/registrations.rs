//! App registrations: the client id and secret under which we are known at a provider.

use crate::console::people::Actor;
use crate::diagnosis::Diagnosis;
use crate::guide::{Guide, Whose};
use crate::id::{MailboxId, RegistrationId};
use crate::provider::ProviderKind;
use crate::refusal::Answer;
use crate::registration::Tested;
use crate::signin::Intent;
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
    /// A new secret beside the present one, until it has proved itself.
    pub next_secret: Option<NextSecret>,
    /// Whose mailboxes it was made for, as the admin said.
    pub audience: Option<Whose>,
    /// The desk's redirect address is another one than the provider was told.
    pub redirect_moved: bool,
    pub tested: Option<Tested>,
}

/// A new secret that is tried first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextSecret {
    pub entered_at: Time,
    pub ends_at: Option<Time>,
    /// What the provider says against it.
    pub refused: Option<Diagnosis>,
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
    /// Whose mailboxes, as [`Whose::key`]; empty leaves what was known.
    pub audience: String,
}

/// A guide, filled in for this server. It holds no secret and is shown to anybody who has its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuidePage {
    /// Every value filled in for `whose`.
    pub guide: Guide,
    pub whose: Whose,
    pub provider_kind: ProviderKind,
    pub provider_short: String,
    pub desk_name: String,
    pub redirect_address: String,
    /// Neither https nor localhost: the public address comes first.
    pub redirect_refused: bool,
    /// The same page without the console around it, for whoever may make the registration.
    pub link: String,
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
    /// The guide to a registration at this provider. For anybody: the page to send has no account.
    async fn guide(&self, provider_key: String, whose: Option<Whose>) -> Answer<GuidePage>;
    /// Saves and tests. A new secret stands beside the present one until it has proved itself, and is tried at
    /// once on every mailbox that waits for it. Refused while the public address is neither https nor localhost.
    async fn save(&self, actor: &Actor, form: RegistrationForm) -> Answer<RegistrationId>;
    /// The provider at which this mailbox's sign-in needs a registration.
    async fn needed_by(&self, mailbox: MailboxId, intent: Intent) -> Answer<String>;
    /// Asks the provider what it says to every value; the answer is kept with the registration.
    async fn test(&self, actor: &Actor, id: RegistrationId) -> Answer<Tested>;
    /// Takes the new secret away again; the present one stays.
    async fn drop_secret(&self, actor: &Actor, id: RegistrationId) -> Answer<()>;
    async fn make_default(&self, actor: &Actor, id: RegistrationId) -> Answer<()>;
    /// Refused while a mailbox uses it.
    async fn delete(&self, actor: &Actor, id: RegistrationId) -> Answer<()>;
}
