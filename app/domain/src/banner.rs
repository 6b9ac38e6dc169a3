//! Which banner stands on every page. Never stored: [`banners`] derives it from facts.

use crate::address::Address;
use crate::diagnosis::Diagnosis;
use crate::direction::Direction;
use crate::id::{AccountId, MailboxId};
use crate::mailbox::{self, MailboxFacts, MailboxState};
use crate::provider::ProviderKind;
use crate::remedy::Remedy;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// What the banner asks for; its sentence follows from this alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Ask {
    /// R1 with R13's line: a sign-in at the provider ended.
    SignIn,
    /// R1 with R12's line: the password is refused.
    Password,
    /// R1, R2: the provider takes no passwords any more, or soon.
    MoveToSignIn,
    /// The client secret or another part of an app registration.
    Registration,
    /// Consent by the organisation's admin.
    Consent,
    /// A setting or policy at the provider.
    Setting,
}

/// A mailbox that a banner speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concerned {
    pub mailbox: MailboxId,
    pub address: Address,
    pub diagnosis: Option<Diagnosis>,
    pub since: Time,
    /// The direction concerned; `None`: both.
    pub only: Option<Direction>,
    pub account: Option<(AccountId, String)>,
}

/// One banner: one ask, the mailboxes it concerns, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Banner {
    pub ask: Ask,
    pub provider: ProviderKind,
    pub provider_name: String,
    pub provider_short: String,
    pub concerned: Vec<Concerned>,
    /// The retirement of password sign-in that `MoveToSignIn` speaks of.
    pub retires_at: Option<Time>,
}

/// All banners that hold now, the worst first. The console shows the first and counts the rest.
pub fn banners(all: &[MailboxFacts], _now: Time) -> Vec<Banner> {
    let mut found: Vec<Banner> = Vec::new();
    for facts in all {
        let (ask, diagnosis, since, only, retires_at) = match mailbox::state(facts) {
            MailboxState::Needs { remedy, diagnosis, since, only } => {
                let retires = (remedy == Remedy::SwitchToSignIn).then_some(facts.basic_retires_at);
                (ask_for(remedy), Some(diagnosis), since, only, retires.flatten())
            }
            MailboxState::BasicRetires { at } => (Some(Ask::MoveToSignIn), None, at, None, Some(at)),
            _ => continue,
        };
        let Some(ask) = ask else { continue };
        let concerned = Concerned {
            mailbox: facts.id,
            address: facts.address.clone(),
            diagnosis,
            since,
            only,
            account: facts.account.clone(),
        };
        match found.iter_mut().find(|b| b.ask == ask && b.provider == facts.provider) {
            Some(banner) => banner.concerned.push(concerned),
            None => found.push(Banner {
                ask,
                provider: facts.provider,
                provider_name: facts.provider_name.clone(),
                provider_short: facts.provider_short.clone(),
                concerned: vec![concerned],
                retires_at,
            }),
        }
    }
    for banner in &mut found {
        banner.concerned.sort_by_key(|c| (c.since, c.mailbox));
    }
    found.sort_by_key(|b| (b.ask, b.concerned.first().map(|c| c.since)));
    found
}

fn ask_for(remedy: Remedy) -> Option<Ask> {
    Some(match remedy {
        Remedy::Wait => return None,
        Remedy::SignInAgain | Remedy::AnotherPersonSignsIn => Ask::SignIn,
        Remedy::GivePassword | Remedy::UseAppPassword => Ask::Password,
        Remedy::SwitchToSignIn => Ask::MoveToSignIn,
        Remedy::AdminConsent => Ask::Consent,
        Remedy::FixAppRegistration => Ask::Registration,
        Remedy::FixMailboxSettings | Remedy::AskAdministrator => Ask::Setting,
    })
}
