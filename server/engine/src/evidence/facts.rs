//! What is known of the mailboxes, for states and banners.

use super::diagnosis;
use crate::Engine;
use crate::clock;
use crate::ends::{self, Rows};
use crate::store::{StoreError, directions, ledger, mailboxes};
use domain::credential::CredentialKind;
use domain::direction::{Facts, Failing};
use domain::id::{AccountId, MailboxId};
use domain::mailbox::{Mail, MailboxFacts};
use domain::provider::ProviderKind;
use domain::{Address, Diagnosis, Direction, Time};
use std::collections::HashMap;

/// The facts of all mailboxes, for states and banners.
///
/// # Errors
/// The database's.
pub async fn facts(engine: &Engine) -> Result<Vec<MailboxFacts>, StoreError> {
    let store = &engine.store;
    let (rows, directions) = (mailboxes::all(store).await?, directions::all(store).await?);
    let accounts = mailboxes::accounts_by_grant(store).await?;
    let due = mailboxes::due_replies(store).await?;
    let known = Rows { mailboxes: &rows, directions: &directions, accounts: &accounts };
    let mut ends = ends::soon(engine, &known, clock::now()).await?;
    let mut sides: HashMap<(i64, String), directions::Row> =
        directions.into_iter().map(|row| ((row.mailbox_id, row.direction.clone()), row)).collect();
    let mut unexplained = ledger::unexplained(store).await?;
    let unreadable = ledger::unreadable(store).await?;
    let importing = mailboxes::importing(store).await?;
    let mut all = Vec::new();
    for row in rows {
        let Ok(address) = Address::parse(&row.address) else { continue };
        let mut side = |d: Direction| sides.remove(&(row.id, d.key().to_owned()));
        let (incoming, outgoing) = (side(Direction::Incoming), side(Direction::Outgoing));
        // Told by host, not by the choice made (R2).
        let host = [&incoming, &outgoing].into_iter().flatten().find_map(|side| side.host.as_deref());
        let entry = host.and_then(|host| engine.providers.by_host(host));
        let provider = entry.map_or_else(|| engine.providers.view(&row.provider_key), |entry| entry.view());
        let account = [&incoming, &outgoing]
            .into_iter()
            .flatten()
            .filter_map(|s| accounts.get(&s.grant_id?))
            .map(|a| (AccountId(a.id), a.login.clone()))
            .next();
        let paused = row.paused_at.is_some();
        let mut facts = MailboxFacts {
            id: MailboxId(row.id),
            address,
            provider: provider.kind,
            provider_name: provider.name,
            provider_short: provider.short,
            draft: row.draft,
            account,
            basic_retires_at: retires_at(engine, &row.provider_key, [&incoming, &outgoing]),
            incoming: side_facts(incoming.as_ref(), paused),
            outgoing: side_facts(outgoing.as_ref(), paused),
            held: 0,
            ends_soon: ends.remove(&row.id).unwrap_or_default(),
            mail: Mail {
                silent: engine.quiet.of(MailboxId(row.id)),
                unexplained: unexplained.remove(&row.id).unwrap_or_default(),
                unreadable: unreadable.get(&row.id).copied(),
            },
        };
        if facts.incoming.used && facts.incoming.credential.is_some() && !row.draft {
            facts.incoming.importing = importing.get(&row.id).copied();
        }
        if facts.state_of(Direction::Outgoing).needs_person() {
            facts.held = due.get(&row.id).copied().unwrap_or(0);
        }
        all.push(facts);
    }
    Ok(all)
}

/// These facts with what stands in the directions' rows now: an attempt that failed once more is not told of.
pub(crate) fn with_directions(
    mut facts: MailboxFacts,
    [incoming, outgoing]: [&directions::Row; 2],
    paused: bool,
) -> MailboxFacts {
    let importing = facts.incoming.importing;
    facts.incoming = Facts { importing, ..side_facts(Some(incoming), paused) };
    facts.outgoing = side_facts(Some(outgoing), paused);
    facts
}

fn side_facts(row: Option<&directions::Row>, paused: bool) -> Facts {
    let Some(row) = row else {
        return Facts {
            used: false,
            paused,
            credential: None,
            proved_at: None,
            failing: None,
            next_attempt_at: None,
            importing: None,
        };
    };
    let failing = row.failing_since.map(|since| Failing {
        since: Time(since),
        diagnosis: row.failing_diagnosis.as_deref().and_then(diagnosis).unwrap_or(Diagnosis::Unknown),
        definite: row.failing_definite,
        said: row.failing_said.clone().unwrap_or_default(),
    });
    Facts {
        used: row.used,
        paused,
        credential: row.credential_kind(),
        proved_at: row.proved_at.map(Time),
        failing,
        next_attempt_at: row.next_attempt_at.map(Time),
        importing: None,
    }
}

/// When the provider ends, or ended, password sign-in for a mailbox that uses one there (R2).
fn retires_at(engine: &Engine, provider_key: &str, sides: [&Option<directions::Row>; 2]) -> Option<Time> {
    sides.into_iter().flatten().find_map(|side| {
        let host = side.host.as_deref()?;
        let by_password = side.used && side.credential_kind() == Some(CredentialKind::Password);
        let entry = engine.providers.by_host(host).or_else(|| engine.providers.get(provider_key))?;
        let on = entry.basic_retired_on.as_deref().filter(|_| by_password && entry.kind == ProviderKind::Microsoft)?;
        let mut parts = on.split('-').map(|part| part.parse::<i64>().ok());
        Time::from_date(parts.next()??, u8::try_from(parts.next()??).ok()?, u8::try_from(parts.next()??).ok()?)
    })
}
