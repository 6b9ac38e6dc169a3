//! A sign-in at a provider, as a resource with an intent.

use crate::time::Time;
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
    /// Somebody else signed in for the mailbox while this one was under way.
    AlreadyRepaired,
    /// The account can't open the mailbox, so it does not become the one that signs in for it.
    CannotOpen,
    /// The sign-in link was used, revoked or too old by then.
    LinkEnded,
}

impl CallbackRefusal {
    pub const ALL: [CallbackRefusal; 15] = [
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
        CallbackRefusal::AlreadyRepaired,
        CallbackRefusal::CannotOpen,
        CallbackRefusal::LinkEnded,
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
            CallbackRefusal::AlreadyRepaired => "already-repaired",
            CallbackRefusal::CannotOpen => "cannot-open",
            CallbackRefusal::LinkEnded => "link-ended",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.key() == key)
    }
}

/// Whom a sign-in link is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkFor {
    /// The account that signs in for the mailbox now.
    Same,
    /// Another account, named by the admin as its provider knows it.
    Named(String),
    /// Whoever proves able to open the mailbox.
    Anyone,
}

impl LinkFor {
    /// The word in forms and in the database.
    pub fn key(&self) -> &'static str {
        match self {
            LinkFor::Same => "same",
            LinkFor::Named(_) => "named",
            LinkFor::Anyone => "anyone",
        }
    }

    /// The way back; the name counts for `named` alone.
    pub fn from_key(key: &str, name: &str) -> Option<Self> {
        match key {
            "same" => Some(LinkFor::Same),
            "named" => Some(LinkFor::Named(name.trim().to_owned())),
            "anyone" => Some(LinkFor::Anyone),
            _ => None,
        }
    }

    /// What a sign-in by the link means for a mailbox.
    pub fn intent(&self, draft: bool, by_password: bool) -> Intent {
        match (draft, self, by_password) {
            (true, ..) => Intent::Connect,
            (false, LinkFor::Same, _) => Intent::Reauthorize,
            (false, _, true) => Intent::Switch,
            // The admin named the other person, or left it open: that is the confirmation.
            (false, _, false) => Intent::Adopt,
        }
    }
}

/// When which thing happened to a sign-in link.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkFacts {
    pub expires_at: Time,
    pub sent_at: Option<Time>,
    /// Somebody pressed its button. A GET leaves no mark: scanners of mail open links.
    pub opened_at: Option<Time>,
    pub refused_at: Option<Time>,
    pub completed_at: Option<Time>,
    pub ended_at: Option<Time>,
    pub ended: Option<LinkEnd>,
}

/// Why a link ended before a sign-in by it succeeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkEnd {
    /// An admin took it back.
    Revoked,
    /// Whoever got it said that it was not for them.
    Declined,
    /// The mailbox was repaired by another sign-in.
    NotNeeded,
}

impl LinkEnd {
    pub const ALL: [LinkEnd; 3] = [LinkEnd::Revoked, LinkEnd::Declined, LinkEnd::NotNeeded];

    pub fn key(self) -> &'static str {
        match self {
            LinkEnd::Revoked => "revoked",
            LinkEnd::Declined => "declined",
            LinkEnd::NotNeeded => "not_needed",
        }
    }

    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|e| e.key() == key)
    }
}

/// How far a sign-in link has come, with the time of its last step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkState {
    /// Made, to be passed on by the admin.
    Made,
    Sent(Time),
    Opened(Time),
    /// The last sign-in by it was refused; it can be tried again.
    Refused(Time),
    Completed(Time),
    Ended(LinkEnd, Time),
    Expired(Time),
}

impl LinkState {
    /// Whether a sign-in may begin by it.
    pub fn is_open(self) -> bool {
        matches!(self, LinkState::Made | LinkState::Sent(_) | LinkState::Opened(_) | LinkState::Refused(_))
    }
}

/// How far a link has come: an end before everything else, then the later of opened and refused.
pub fn link_state(facts: &LinkFacts, now: Time) -> LinkState {
    if let Some(at) = facts.completed_at {
        return LinkState::Completed(at);
    }
    if let (Some(end), Some(at)) = (facts.ended, facts.ended_at) {
        return LinkState::Ended(end, at);
    }
    if facts.expires_at <= now {
        return LinkState::Expired(facts.expires_at);
    }
    match (facts.refused_at, facts.opened_at, facts.sent_at) {
        (Some(refused), opened, _) if opened.is_none_or(|opened| opened <= refused) => LinkState::Refused(refused),
        (_, Some(opened), _) => LinkState::Opened(opened),
        (_, None, Some(sent)) => LinkState::Sent(sent),
        (_, None, None) => LinkState::Made,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_links_state_follows_from_what_happened() {
        let open = LinkFacts { expires_at: Time(100), ..Default::default() };
        let sent = LinkFacts { sent_at: Some(Time(1)), ..open };
        let opened = LinkFacts { opened_at: Some(Time(2)), ..sent };
        let refused = LinkFacts { refused_at: Some(Time(3)), ..opened };
        let again = LinkFacts { opened_at: Some(Time(4)), ..refused };
        let revoked = LinkFacts { ended_at: Some(Time(5)), ended: Some(LinkEnd::Revoked), ..again };
        let completed = LinkFacts { completed_at: Some(Time(6)), ..again };
        for (facts, now, state) in [
            (open, 0, LinkState::Made),
            (sent, 1, LinkState::Sent(Time(1))),
            (opened, 2, LinkState::Opened(Time(2))),
            (refused, 3, LinkState::Refused(Time(3))),
            (again, 4, LinkState::Opened(Time(4))),
            (again, 100, LinkState::Expired(Time(100))),
            (revoked, 200, LinkState::Ended(LinkEnd::Revoked, Time(5))),
            (completed, 200, LinkState::Completed(Time(6))),
        ] {
            assert_eq!(link_state(&facts, Time(now)), state, "{facts:?}");
        }
        assert!(LinkState::Refused(Time(1)).is_open() && !LinkState::Expired(Time(1)).is_open());
    }

    #[test]
    fn a_links_intent_is_what_the_admin_chose() {
        let named = LinkFor::Named("ben@contoso.example".into());
        for (who, draft, by_password, intent) in [
            (&LinkFor::Same, false, false, Intent::Reauthorize),
            (&named, false, false, Intent::Adopt),
            (&LinkFor::Anyone, false, true, Intent::Switch),
            (&LinkFor::Anyone, true, false, Intent::Connect),
        ] {
            assert_eq!(who.intent(draft, by_password), intent, "{who:?}");
        }
    }
}
