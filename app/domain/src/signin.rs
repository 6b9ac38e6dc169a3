//! A sign-in at a provider, as a resource with an intent.

use serde::{Deserialize, Serialize};

/// What a sign-in is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// The mailbox's first.
    Connect,
    /// The same account again.
    Reauthorize,
    /// From a password or another account to this sign-in.
    Switch,
    /// Another account from now on, confirmed by name.
    Adopt,
}

impl Intent {
    pub const ALL: [Intent; 4] = [Intent::Connect, Intent::Reauthorize, Intent::Switch, Intent::Adopt];

    pub fn key(self) -> &'static str {
        match self {
            Intent::Connect => "connect",
            Intent::Reauthorize => "reauthorize",
            Intent::Switch => "switch",
            Intent::Adopt => "adopt",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|i| i.key() == key)
    }
}

/// How far a sign-in has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInState {
    Created,
    Completed,
    Refused,
    Expired,
}

impl SignInState {
    pub const ALL: [SignInState; 4] =
        [SignInState::Created, SignInState::Completed, SignInState::Refused, SignInState::Expired];

    pub fn key(self) -> &'static str {
        match self {
            SignInState::Created => "created",
            SignInState::Completed => "completed",
            SignInState::Refused => "refused",
            SignInState::Expired => "expired",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.key() == key)
    }
}

/// Why a callback did not end in a completed sign-in. Nothing was changed in any of these cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallbackRefusal {
    /// The state is not one of ours.
    Forged,
    /// It was used before.
    Replayed,
    /// It is older than the ten minutes that a code lives.
    Stale,
    /// It came in another browser than the one that set out.
    OtherBrowser,
    /// The mailbox was deleted meanwhile.
    MailboxGone,
    /// The person declined at the provider.
    Declined,
    /// Another account than expected signed in (R28).
    WrongAccount,
    /// Consent is missing, or only for a part of what the mailbox needs.
    ConsentMissing,
    /// The organisation's admin has to consent first.
    AdminConsentNeeded,
    /// The provider says that the app registration is wrong.
    Registration,
    /// The provider could not be reached, or failed.
    ProviderFailed,
    /// The id_token is not what it should be.
    TokenUnsound,
}

impl CallbackRefusal {
    pub const ALL: [CallbackRefusal; 12] = [
        CallbackRefusal::Forged,
        CallbackRefusal::Replayed,
        CallbackRefusal::Stale,
        CallbackRefusal::OtherBrowser,
        CallbackRefusal::MailboxGone,
        CallbackRefusal::Declined,
        CallbackRefusal::WrongAccount,
        CallbackRefusal::ConsentMissing,
        CallbackRefusal::AdminConsentNeeded,
        CallbackRefusal::Registration,
        CallbackRefusal::ProviderFailed,
        CallbackRefusal::TokenUnsound,
    ];

    /// The word in URLs and in the database.
    pub fn key(self) -> &'static str {
        match self {
            CallbackRefusal::Forged => "forged",
            CallbackRefusal::Replayed => "replayed",
            CallbackRefusal::Stale => "stale",
            CallbackRefusal::OtherBrowser => "other-browser",
            CallbackRefusal::MailboxGone => "mailbox-gone",
            CallbackRefusal::Declined => "declined",
            CallbackRefusal::WrongAccount => "wrong-account",
            CallbackRefusal::ConsentMissing => "consent-missing",
            CallbackRefusal::AdminConsentNeeded => "admin-consent-needed",
            CallbackRefusal::Registration => "registration",
            CallbackRefusal::ProviderFailed => "provider-failed",
            CallbackRefusal::TokenUnsound => "token-unsound",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.key() == key)
    }
}
