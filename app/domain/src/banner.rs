//! Which banner stands on every page. Never stored: [`banners`] derives it from facts.

use crate::address::Address;
use crate::diagnosis::Diagnosis;
use crate::direction::Direction;
use crate::expiry::{End, Kind, Source, WARNING};
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
    /// R1: who signed in can't any more, so somebody else with access has to (a leaver).
    AnotherPerson,
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
    /// R21: something still works and ends soon; [`Banner::end`] says what.
    Ends,
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
    /// The soonest end that `Ends` speaks of.
    pub end: Option<End>,
}

impl Banner {
    /// Nothing has stopped yet.
    pub fn warns(&self, now: Time) -> bool {
        self.end.is_some()
            || (self.retires_at.is_some_and(|at| at > now) && self.concerned.iter().all(|c| c.diagnosis.is_none()))
    }

    /// Whether an end belongs to this banner: sign-ins together, a secret by itself.
    fn takes(&self, end: &End) -> bool {
        self.end.as_ref().is_some_and(|ours| match (ours.source.kind(), end.source.kind()) {
            (Kind::AppSecret, Kind::AppSecret) => ours.source == end.source,
            (ours, theirs) => ours == theirs,
        })
    }
}

/// All banners that hold now, the worst first. The console shows the first and counts the rest.
pub fn banners(all: &[MailboxFacts], now: Time) -> Vec<Banner> {
    let mut found: Vec<Banner> = Vec::new();
    for facts in all {
        ends(&mut found, facts, now);
        let (ask, diagnosis, since, only, retires_at) = match mailbox::standing(facts) {
            MailboxState::Needs { remedy, diagnosis, since, only } => {
                let retires = (remedy == Remedy::SwitchToSignIn).then_some(facts.basic_retires_at);
                (ask_for(remedy), Some(diagnosis), since, only, retires.flatten())
            }
            // So near its end it has the alert's shape.
            MailboxState::BasicRetires { at } if at > now && at <= now + WARNING => continue,
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
                end: None,
            }),
        }
    }
    for banner in &mut found {
        banner.concerned.sort_by_key(|c| (c.since, c.mailbox));
    }
    // What has stopped before what will stop; of the latter the soonest.
    found.sort_by_key(|b| {
        let since = b.concerned.first().map(|c| c.since);
        if b.warns(now) { (true, None, since) } else { (false, Some(b.ask), since) }
    });
    found
}

/// R21: what ends soon for a mailbox, unless it has stopped already.
fn ends(found: &mut Vec<Banner>, facts: &MailboxFacts, now: Time) {
    let retiring = match mailbox::standing(facts) {
        MailboxState::Unfinished | MailboxState::Needs { .. } => return,
        MailboxState::BasicRetires { at } if at > now && at <= now + WARNING => {
            Some(End { at, begun: at - WARNING, source: Source::PasswordRetired })
        }
        _ => None,
    };
    for end in facts.ends_soon.iter().map(|soon| &soon.end).chain(&retiring) {
        let concerned = Concerned {
            mailbox: facts.id,
            address: facts.address.clone(),
            diagnosis: None,
            since: end.at,
            only: None,
            account: facts.account.clone(),
        };
        match found.iter_mut().find(|b| b.takes(end)) {
            Some(banner) => {
                if banner.end.as_ref().is_none_or(|first| end.at < first.at) {
                    banner.end = Some(end.clone());
                }
                if banner.concerned.iter().all(|c| c.mailbox != facts.id) {
                    banner.concerned.push(concerned);
                }
            }
            None => found.push(Banner {
                ask: Ask::Ends,
                provider: facts.provider,
                provider_name: facts.provider_name.clone(),
                provider_short: facts.provider_short.clone(),
                concerned: vec![concerned],
                retires_at: None,
                end: Some(end.clone()),
            }),
        }
    }
}

fn ask_for(remedy: Remedy) -> Option<Ask> {
    Some(match remedy {
        Remedy::Wait => return None,
        Remedy::SignInAgain => Ask::SignIn,
        Remedy::AnotherPersonSignsIn => Ask::AnotherPerson,
        Remedy::GivePassword | Remedy::UseAppPassword => Ask::Password,
        Remedy::SwitchToSignIn => Ask::MoveToSignIn,
        Remedy::AdminConsent => Ask::Consent,
        Remedy::FixAppRegistration => Ask::Registration,
        Remedy::FixMailboxSettings | Remedy::AskAdministrator => Ask::Setting,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::CredentialKind;
    use crate::direction::{Facts, Failing};
    use crate::expiry::Soon;
    use crate::id::RegistrationId;
    use crate::time::Span;

    const NOW: Time = Time(1_800_000_000_000);

    fn works(credential: CredentialKind) -> Facts {
        Facts {
            used: true,
            paused: false,
            credential: Some(credential),
            proved_at: Some(NOW),
            failing: None,
            next_attempt_at: None,
            importing: None,
        }
    }

    fn mailbox(id: i64, ends: &[(Source, i64)]) -> MailboxFacts {
        let soon = |(source, days): &(Source, i64)| Soon {
            subject: format!("{id}"),
            end: End { at: NOW + Span::days(*days), begun: NOW - Span::days(80), source: source.clone() },
        };
        MailboxFacts {
            id: MailboxId(id),
            address: Address::parse(&format!("m{id}@contoso.example")).expect("an address"),
            provider: ProviderKind::Microsoft,
            provider_name: "Microsoft Office 365".into(),
            provider_short: "Microsoft".into(),
            draft: false,
            account: None,
            incoming: works(CredentialKind::Grant),
            outgoing: works(CredentialKind::Grant),
            held: 0,
            basic_retires_at: None,
            ends_soon: ends.iter().map(soon).collect(),
            mail: mailbox::Mail::default(),
        }
    }

    fn lost(mut facts: MailboxFacts) -> MailboxFacts {
        facts.incoming.failing =
            Some(Failing { since: NOW, diagnosis: Diagnosis::SignInRevoked, definite: true, said: String::new() });
        facts
    }

    fn secret() -> Source {
        Source::AppSecret { registration: RegistrationId(1), name: "Contoso".into() }
    }

    #[test]
    fn what_stopped_comes_before_what_will_stop() {
        let retires = |id, days| MailboxFacts {
            basic_retires_at: Some(NOW + Span::days(days)),
            incoming: works(CredentialKind::Password),
            outgoing: works(CredentialKind::Password),
            ..mailbox(id, &[])
        };
        let shape = |all: &[MailboxFacts]| -> Vec<(Ask, Option<Kind>, Vec<i64>)> {
            banners(all, NOW)
                .iter()
                .map(|b| {
                    let kind = b.end.as_ref().map(|end| end.source.kind());
                    (b.ask, kind, b.concerned.iter().map(|c| c.mailbox.0).collect())
                })
                .collect()
        };
        let told = |days| (Source::Told, days);
        for (all, wanted) in [
            (vec![mailbox(1, &[])], vec![]),
            (
                vec![mailbox(1, &[told(9)]), mailbox(2, &[told(2), (Source::Window { days: 90 }, 5)])],
                vec![(Ask::Ends, Some(Kind::SignIn), vec![2, 1])],
            ),
            // A mailbox that stopped is not warned of as well.
            (vec![lost(mailbox(1, &[told(3)]))], vec![(Ask::SignIn, None, vec![1])]),
            (
                vec![mailbox(1, &[told(1)]), lost(mailbox(2, &[]))],
                vec![(Ask::SignIn, None, vec![2]), (Ask::Ends, Some(Kind::SignIn), vec![1])],
            ),
            (
                vec![mailbox(1, &[(secret(), 4)]), mailbox(2, &[(secret(), 4), told(2)])],
                vec![(Ask::Ends, Some(Kind::SignIn), vec![2]), (Ask::Ends, Some(Kind::AppSecret), vec![1, 2])],
            ),
            (vec![retires(1, 39)], vec![(Ask::MoveToSignIn, None, vec![1])]),
            (vec![retires(1, 9)], vec![(Ask::Ends, Some(Kind::Password), vec![1])]),
            (vec![retires(1, -1)], vec![(Ask::MoveToSignIn, None, vec![1])]),
        ] {
            assert_eq!(shape(&all), wanted, "{all:?}");
        }
    }
}
