//! Queues as a monitor sees them: how many wait, and since when.

use super::{Store, StoreError};
use domain::Time;
use domain::id::MailboxId;
use sea_orm::{ConnectionTrait as _, Statement};
use std::collections::HashMap;

/// What waits, and since when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    pub number: u64,
    pub since: Option<Time>,
}

/// One mailbox's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// When its first folder was last looked at whole.
    pub fetched_at: Option<Time>,
    pub intake: Queue,
    pub outbox: Queue,
    pub uncertain: u64,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct All {
    of: HashMap<i64, Waiting>,
    pub notices: Queue,
}

impl All {
    pub fn of(&self, mailbox: MailboxId) -> Waiting {
        self.of.get(&mailbox.0).copied().unwrap_or_default()
    }
}

const INTAKE: &str = "SELECT mailbox_id AS it, COUNT(*) AS n, MIN(stored_at) AS since
  FROM receipt WHERE disposition = 'stored' GROUP BY mailbox_id";
const OUTBOX: &str = "SELECT mailbox_id AS it, COUNT(*) AS n, MIN(created_at) AS since
  FROM delivery WHERE state IN ('waiting', 'sending', 'handing_over') GROUP BY mailbox_id";
const UNCERTAIN: &str = "SELECT mailbox_id AS it, COUNT(*) AS n, MIN(created_at) AS since
  FROM delivery WHERE state = 'uncertain' GROUP BY mailbox_id";
const FETCHED: &str = "SELECT mailbox_id AS it, COUNT(*) AS n, MAX(fetched_at) AS since
  FROM folder WHERE former_switch_id IS NULL AND role = 'inbox' GROUP BY mailbox_id";
const NOTICES: &str = "SELECT CAST(0 AS BIGINT) AS it, COUNT(*) AS n, MIN(due_at) AS since
  FROM notice_delivery WHERE state IN ('waiting', 'sending', 'handing_over')";

/// Asks for all of it.
pub async fn waiting(store: &Store) -> Result<All, StoreError> {
    let mut all = All::default();
    for (id, queue) in ask(store, FETCHED).await? {
        all.of.entry(id).or_default().fetched_at = queue.since;
    }
    for (id, queue) in ask(store, INTAKE).await? {
        all.of.entry(id).or_default().intake = queue;
    }
    for (id, queue) in ask(store, OUTBOX).await? {
        all.of.entry(id).or_default().outbox = queue;
    }
    for (id, queue) in ask(store, UNCERTAIN).await? {
        all.of.entry(id).or_default().uncertain = queue.number;
    }
    all.notices = ask(store, NOTICES).await?.into_iter().next().map(|(_, queue)| queue).unwrap_or_default();
    Ok(all)
}

async fn ask(store: &Store, sql: &str) -> Result<Vec<(i64, Queue)>, StoreError> {
    let rows = store.read().query_all_raw(Statement::from_string(store.backend(), sql)).await?;
    rows.iter()
        .map(|row| {
            let (id, n): (i64, i64) = (row.try_get("", "it")?, row.try_get("", "n")?);
            let since: Option<i64> = row.try_get("", "since")?;
            Ok((id, Queue { number: u64::try_from(n).unwrap_or(0), since: since.map(Time) }))
        })
        .collect()
}
