//! Sign-in providers that an admin adds by OpenID discovery.

use crate::console::people::Actor;
use crate::provider::Endpoint;
use crate::refusal::Answer;
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// One that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnProvider {
    /// As in `own-3`.
    pub key: String,
    pub name: String,
    /// Word for word as the provider writes it.
    pub issuer: String,
    /// Where people sign in.
    pub authorize_url: String,
    pub token_url: String,
    /// It takes a token back.
    pub revokes: bool,
    pub found_at: Time,
    /// What tells who signs in, and keeps the sign-in.
    pub identity_scopes: Vec<String>,
    pub mail_scopes: Vec<String>,
    pub incoming: Option<Endpoint>,
    pub outgoing: Option<Endpoint>,
    /// The client ID of its registration, where there is one.
    pub client_id: Option<String>,
    /// To copy into the provider's console.
    pub redirect_address: String,
    /// Neither https nor localhost: providers refuse it.
    pub redirect_refused: bool,
    /// Neither a registration nor a mailbox names it.
    pub unused: bool,
}

/// What an admin adds to what the provider publishes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnProviderForm {
    pub key: String,
    pub name: String,
    pub client_id: String,
    /// Empty where a registration is there: its secret stays. Goes into the vault; never comes back out.
    pub secret: String,
    /// Apart by spaces.
    pub mail_scopes: String,
    pub incoming: Option<Endpoint>,
    pub outgoing: Option<Endpoint>,
}

#[async_trait]
pub trait OwnProviders: Send + Sync {
    /// All of them, oldest first.
    async fn list(&self, actor: &Actor) -> Answer<Vec<OwnProvider>>;
    async fn show(&self, actor: &Actor, key: String) -> Answer<OwnProvider>;
    /// Asks the issuer what it publishes, and keeps it; the provider's key. Known issuers are asked anew.
    async fn discover(&self, actor: &Actor, issuer: String) -> Answer<String>;
    /// Saves name, servers and permissions, then the registration, and tests it.
    async fn save(&self, actor: &Actor, form: OwnProviderForm) -> Answer<()>;
    /// Removes one that nothing uses.
    async fn forget(&self, actor: &Actor, key: String) -> Answer<()>;
}
