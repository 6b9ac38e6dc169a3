//! Rows of *Support emails*.

use crate::store::{StoreError, mailboxes, people, traffic};
use crate::{Engine, clock, evidence};
use domain::console::mailboxes::MailboxRow;
use domain::credential::CredentialKind;
use domain::habit::per_day;
use domain::id::PersonId;
use domain::mailbox::{MailboxFacts, state};
use domain::time::Span;
use domain::{Direction, Time};
use std::collections::HashMap;
use std::sync::Arc;

/// Over how long a habit is reckoned.
const HABIT: Span = Span::days(30);

/// All rows, in the list's order: those that need somebody first, the oldest outage on top.
pub async fn all(engine: &Engine) -> Result<Arc<[MailboxRow]>, StoreError> {
    let facts = evidence::shown(engine).await?;
    let stored: HashMap<i64, mailboxes::Row> =
        mailboxes::all(&engine.store).await?.into_iter().map(|row| (row.id, row)).collect();
    let habit = traffic::since(&engine.store, None, clock::now() - HABIT).await?;
    let names: HashMap<i64, String> = people::all(&engine.store).await?.into_iter().map(|p| (p.id, p.name)).collect();
    let mut rows = Vec::new();
    for facts in facts.iter().cloned() {
        let Some(stored) = stored.get(&facts.id.0) else { continue };
        let last = match habit.get(&facts.id.0) {
            Some(came) => Some(came.last),
            None => traffic::last_at(&engine.store, facts.id).await?,
        };
        let usual = habit.get(&facts.id.0).and_then(|came| usual(stored, *came, clock::now()));
        rows.push(row(facts, stored, last, usual, &names));
    }
    rows.sort_by_key(|row| {
        let since = [&row.incoming, &row.outgoing].iter().filter_map(|s| s.trouble()).map(|(t, _)| t).min();
        (row.state.group(), since.unwrap_or(Time(i64::MAX)), row.address.clone())
    });
    Ok(rows.into())
}

/// What usually comes in a day; `None` before there are some days to tell it from.
pub fn usual(stored: &mailboxes::Row, came: traffic::Came, now: Time) -> Option<u32> {
    let since = came.first.min(Time(stored.created_at)).max(now - HABIT);
    per_day(came.messages, now.since(since))
}

/// One row.
pub fn row(
    facts: MailboxFacts,
    stored: &mailboxes::Row,
    last_message_at: Option<Time>,
    usual_per_day: Option<u32>,
    names: &HashMap<i64, String>,
) -> MailboxRow {
    let by_password = Direction::BOTH.iter().any(|d| {
        let side = facts.direction(*d);
        side.used && side.credential == Some(CredentialKind::Password)
    });
    let paused_by = stored.paused_at.map(|at| {
        let name = stored.paused_by.map(PersonId).and_then(|p| names.get(&p.0).cloned());
        (name.unwrap_or_default(), Time(at))
    });
    MailboxRow {
        id: facts.id,
        name: stored.name.clone(),
        address: facts.address.clone(),
        provider_key: stored.provider_key.clone(),
        provider: facts.provider,
        provider_name: facts.provider_name.clone(),
        provider_short: facts.provider_short.clone(),
        signs_in_by: facts.account.as_ref().map(|(_, login)| login.clone()),
        by_password,
        state: state(&facts),
        incoming: facts.state_of(Direction::Incoming),
        outgoing: facts.state_of(Direction::Outgoing),
        held: facts.held,
        usual_per_day,
        last_message_at,
        paused_by,
        retires_at: facts.basic_retires_at,
    }
}
