//! Ways out for notices: the installation's own SMTP server, else a mailbox that works and is not
//! the one in trouble.

use crate::Engine;
use crate::directions::{self, NoAccess};
use crate::evidence;
use crate::login::{Access, Login, Proof};
use crate::store::StoreError;
use crate::store::notice_way::{self, Row as Ways};
use domain::direction::State;
use domain::id::MailboxId;
use domain::mailbox::MailboxFacts;
use domain::provider::{Endpoint, ProviderKind, Tls};
use domain::{Address, Direction};

/// What the system server's password is sealed for.
pub const PASSWORD: &str = "notices:smtp:password";

/// One way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    System,
    Mailbox(MailboxId),
}

/// The ways in the order they are tried. `trouble`: mailboxes that must not be used, with all that
/// hang on the same sign-in.
pub fn ways(settings: &Ways, facts: &[MailboxFacts], trouble: &[MailboxId]) -> Vec<Way> {
    let accounts: Vec<_> = facts
        .iter()
        .filter(|f| trouble.contains(&f.id))
        .filter_map(|f| f.account.as_ref().map(|(id, _)| *id))
        .collect();
    let shares = |f: &MailboxFacts| f.account.as_ref().is_some_and(|(id, _)| accounts.contains(id));
    let mut mailboxes: Vec<MailboxId> = facts
        .iter()
        .filter(|f| !f.draft && !trouble.contains(&f.id) && !shares(f))
        .filter(|f| matches!(f.state_of(Direction::Outgoing), State::Works))
        .map(|f| f.id)
        .collect();
    mailboxes.sort_by_key(|id| (settings.mailbox_id != Some(id.0), *id));
    settings.host.is_some().then_some(Way::System).into_iter().chain(mailboxes.into_iter().map(Way::Mailbox)).collect()
}

/// Whether somebody can be told by email when this mailbox fails, as pages show it.
pub async fn can_tell(engine: &Engine, mailbox: MailboxId) -> Result<bool, StoreError> {
    let settings = notice_way::get(&engine.store).await?;
    let facts = evidence::shown(engine).await?;
    Ok(!ways(&settings, &facts, &[mailbox]).is_empty())
}

/// How to sign in there, and From whom; `None` when it can't be used now.
pub async fn access(engine: &Engine, way: &Way, settings: &Ways) -> Result<Option<(Access, Address)>, StoreError> {
    match way {
        Way::Mailbox(id) => match directions::access(engine, *id, Direction::Outgoing).await {
            Ok(access) => {
                let from = access.address.clone();
                Ok(Some((access, from)))
            }
            Err(NoAccess::Store(error)) => Err(error),
            Err(_) => Ok(None),
        },
        Way::System => Ok(system(engine, settings)),
    }
}

/// The system server's way in, and the address it sends from; `None` where none is set.
pub fn system(engine: &Engine, settings: &Ways) -> Option<(Access, Address)> {
    let from = Address::parse(settings.from_address.as_deref()?).ok()?;
    let endpoint = endpoint(settings)?;
    let password = engine.vault.open(PASSWORD, settings.password_sealed.as_deref()?).ok()?;
    let login = Login { user: settings.user_name.clone()?, proof: Proof::Password(password) };
    let access =
        Access { endpoint, provider: ProviderKind::Other, address: from.clone(), owner: None, logins: vec![login] };
    Some((access, from))
}

/// The system server's endpoint.
pub fn endpoint(settings: &Ways) -> Option<Endpoint> {
    let tls = match settings.tls.as_deref() {
        Some("starttls") => Tls::StartTls,
        _ => Tls::Implicit,
    };
    Some(Endpoint { host: settings.host.clone()?, port: u16::try_from(settings.port?).ok()?, tls })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::credential::CredentialKind;
    use domain::direction::{Facts, Failing};
    use domain::id::AccountId;
    use domain::{Diagnosis, Time};

    fn mailbox(id: i64, account: Option<i64>, works: bool) -> MailboxFacts {
        let side = || Facts {
            used: true,
            paused: false,
            credential: Some(CredentialKind::Grant),
            proved_at: Some(Time(1)),
            failing: (!works).then(|| Failing {
                since: Time(1),
                diagnosis: Diagnosis::SignInRevoked,
                definite: true,
                said: String::new(),
            }),
            next_attempt_at: None,
            importing: None,
        };
        MailboxFacts {
            id: MailboxId(id),
            address: Address::parse(&format!("m{id}@contoso.example")).expect("an address"),
            provider: ProviderKind::Microsoft,
            provider_name: String::new(),
            provider_short: String::new(),
            draft: false,
            account: account.map(|a| (AccountId(a), "it@contoso.example".into())),
            incoming: side(),
            outgoing: side(),
            held: 0,
            basic_retires_at: None,
            ends_soon: Vec::new(),
            mail: domain::mailbox::Mail::default(),
        }
    }

    #[test]
    fn nothing_leaves_through_a_mailbox_in_trouble() {
        let settings = |host: Option<&str>, chosen: Option<i64>| Ways {
            id: 1,
            host: host.map(Into::into),
            port: None,
            tls: None,
            user_name: None,
            password_sealed: None,
            from_address: None,
            mailbox_id: chosen,
            webhook_url: None,
            webhook_sealed: None,
            tell_owner: true,
            more_addresses: String::new(),
            not_told: String::new(),
            changed_at: 0,
        };
        let facts = [
            mailbox(1, Some(1), true),
            mailbox(2, Some(1), true),
            mailbox(3, None, true),
            mailbox(4, None, false),
            mailbox(5, None, true),
        ];
        let m = |id| Way::Mailbox(MailboxId(id));
        for (host, chosen, trouble, wanted) in [
            (None, None, vec![], vec![m(1), m(2), m(3), m(5)]),
            // The second hangs on the same sign-in.
            (None, None, vec![1], vec![m(3), m(5)]),
            (None, Some(5), vec![1], vec![m(5), m(3)]),
            (Some("smtp.example"), Some(3), vec![3], vec![Way::System, m(1), m(2), m(5)]),
        ] {
            let trouble: Vec<MailboxId> = trouble.into_iter().map(MailboxId).collect();
            assert_eq!(ways(&settings(host, chosen), &facts, &trouble), wanted, "{host:?} {chosen:?} {trouble:?}");
        }
        assert!(ways(&settings(None, None), &facts[..2], &[MailboxId(1)]).is_empty());
    }
}
