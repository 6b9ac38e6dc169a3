//! Sign-in links: somebody without an account here signs in for a mailbox.
//!
//! A link is a bearer secret: what the console gets back is its address, once, when it is made.

use crate::console::people::Actor;
use crate::diagnosis::Diagnosis;
use crate::id::{LinkId, MailboxId, SignInId};
use crate::provider::ProviderKind;
use crate::refusal::Answer;
use crate::signin::{CallbackRefusal, LinkFor, LinkState};
use crate::time::Time;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// What the form of a new link can offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkOffer {
    pub mailbox: MailboxId,
    pub address: String,
    pub provider: ProviderKind,
    pub provider_short: String,
    /// Who signs in now; `None`: nobody did yet, or it is by password.
    pub same: Option<String>,
    /// That account can't sign in any more (a leaver): another person has to.
    pub left: bool,
    /// Through which address a mail would leave; `None`: links can only be copied.
    pub sent_from: Option<String>,
    /// The provider's registration is there, so that a sign-in can begin.
    pub registered: bool,
}

/// What the admin chose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkForm {
    pub who: LinkFor,
    /// The mail that takes it there; `None`: the admin passes it on.
    pub letter: Option<LinkLetter>,
}

/// A mail with a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkLetter {
    pub to: String,
    pub subject: String,
    /// [`LINK_PLACE`] stands where the address goes.
    pub text: String,
}

/// Stands in a letter for the link's address, which only the engine knows.
pub const LINK_PLACE: &str = "{link}";

/// A link that was just made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewLink {
    /// Shown once where it was not mailed.
    pub url: String,
    pub expires_at: Time,
    /// A server took the mail.
    pub sent: bool,
}

/// A link as the admin sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkRow {
    pub id: LinkId,
    pub mailbox: MailboxId,
    pub who: LinkFor,
    /// The account expected, where one is.
    pub expected: Option<String>,
    pub email: Option<String>,
    /// It should have been mailed and was not.
    pub not_sent: bool,
    /// Who made it; `None`: the desk by itself.
    pub by: Option<String>,
    pub created_at: Time,
    pub expires_at: Time,
    pub state: LinkState,
    /// Who signed in by it last, also when that was refused.
    pub account: Option<String>,
    pub refused: Option<CallbackRefusal>,
}

/// The page behind a link, for whoever got it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkPage {
    pub now: Time,
    pub desk_name: String,
    /// Host of the desk's public address.
    pub desk_host: String,
    /// Name and email of the admin who made it; `None`: the desk by itself.
    pub asker: Option<(String, String)>,
    pub address: String,
    pub provider: ProviderKind,
    pub provider_name: String,
    pub provider_short: String,
    pub incoming: bool,
    pub outgoing: bool,
    pub who: LinkFor,
    pub expected: Option<String>,
    /// What ended, and since when; `None`: nothing has, or nothing began yet.
    pub trouble: Option<(Diagnosis, Time)>,
    pub expires_at: Time,
    pub state: LinkState,
}

/// What came of a sign-in by a link, for the browser that made it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkResult {
    pub sign_in: SignInId,
    pub address: String,
    pub provider: ProviderKind,
    pub provider_short: String,
    pub asker: Option<String>,
    pub account: Option<String>,
    pub expected: Option<String>,
    pub refused: Option<CallbackRefusal>,
    /// What the provider said on refusal, redacted.
    pub said: Option<String>,
    /// Both directions work, as far as they are used.
    pub works: bool,
    /// The link may be tried again.
    pub open: bool,
}

/// By what a sign-in begins: the link itself, or a try of this browser that was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    Token(String),
    Again(SignInId),
}

#[async_trait]
pub trait Links: Send + Sync {
    async fn offer(&self, actor: &Actor, mailbox: MailboxId) -> Answer<LinkOffer>;
    /// Makes a link, and mails it where that was asked.
    async fn make(&self, actor: &Actor, mailbox: MailboxId, form: LinkForm) -> Answer<NewLink>;
    /// The newest links of a mailbox, or of all, newest first.
    async fn list(&self, actor: &Actor, mailbox: Option<MailboxId>) -> Answer<Vec<LinkRow>>;
    /// Ends a link; gives its mailbox.
    async fn revoke(&self, actor: &Actor, link: LinkId) -> Answer<MailboxId>;

    /// What a link asks. Changes nothing. `NotFound` for one that never was.
    async fn page(&self, token: String) -> Answer<LinkPage>;
    /// Sets out: gives the provider's address to redirect to.
    async fn begin(&self, browser: String, by: By) -> Answer<String>;
    /// "It was not for me": ends the link.
    async fn decline(&self, token: String) -> Answer<()>;
    /// What came of it, in the browser that signed in.
    async fn result(&self, browser: String, sign_in: SignInId) -> Answer<LinkResult>;
}
