//! Watches for silence: a mailbox that nothing is wrong with, and that is not fetched from, or
//! brings no mail against its own habit.
//!
//! Invariant: a silence counts when two looks a minute apart find it: after a start, or when the
//! clock jumped, the first pass has had its time.

use crate::store::{StoreError, folders, traffic};
use crate::{Engine, clock, evidence};
use domain::direction::State;
use domain::id::MailboxId;
use domain::mailbox::MailboxFacts;
use domain::silence::{Habit, Silent, silent};
use domain::time::Span;
use domain::{Direction, Time};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const LOOK: Duration = Duration::from_secs(60);
/// Over how long a habit is reckoned.
const HABIT: Span = Span::days(30);
/// How many looks a reckoning lasts.
const LASTS: u32 = 30;

/// What this process knows of silence.
#[derive(Default)]
pub struct Watch(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    /// Those that should be fetched from and were never passed over: since which look.
    unpassed: HashMap<MailboxId, Time>,
    /// Found by the last look.
    once: HashMap<MailboxId, Silent>,
    /// Found by the last two.
    twice: HashMap<MailboxId, Silent>,
    habits: HashMap<i64, Habit>,
    looks: u32,
}

impl Watch {
    /// The silence of a mailbox.
    pub fn of(&self, mailbox: MailboxId) -> Option<Silent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).twice.get(&mailbox).copied()
    }
}

/// Runs until stopped.
pub async fn run(engine: Arc<Engine>, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        if let Err(error) = look(&engine).await {
            tracing::warn!(%error, "silence can't be looked for");
        }
    }
}

/// One look over all mailboxes. For `run` and tests.
///
/// # Errors
/// The database's.
pub async fn look(engine: &Engine) -> Result<(), StoreError> {
    look_at(engine, clock::now()).await
}

/// The same as it is at a time. For tests.
///
/// # Errors
/// The database's.
pub async fn look_at(engine: &Engine, now: Time) -> Result<(), StoreError> {
    let fresh = {
        let mut seen = engine.quiet.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.looks += 1;
        seen.looks % LASTS == 1
    };
    let reckoned = if fresh { Some(traffic::habits(&engine.store, HABIT).await?) } else { None };
    let passed = folders::passed(&engine.store).await?;
    let facts = evidence::facts(engine).await?;
    let (habits, unpassed) = {
        let mut seen = engine.quiet.0.lock().unwrap_or_else(PoisonError::into_inner);
        let never = facts.iter().filter(|one| is_fetched(one) && !passed.contains_key(&one.id.0));
        let unpassed = never.map(|one| (one.id, seen.unpassed.get(&one.id).copied().unwrap_or(now))).collect();
        seen.unpassed = unpassed;
        if let Some(habits) = reckoned {
            seen.habits = habits;
        }
        (seen.habits.clone(), seen.unpassed.clone())
    };
    let mut found = HashMap::new();
    for one in facts.iter().filter(|one| is_fetched(one)) {
        let passed = passed.get(&one.id.0).copied();
        // Before the first pass has ended nothing is known of what should have come: an import brings the oldest first.
        let imports = one.incoming.importing.is_some();
        let mut habit = passed.filter(|_| !imports).and_then(|_| habits.get(&one.id.0).copied());
        // The reckoning may be half an hour old.
        if let Some(habit) = &mut habit
            && habit.patience().is_some_and(|patience| now.since(habit.last) >= patience)
        {
            habit.last = traffic::last_at(&engine.store, one.id).await?.unwrap_or(habit.last).max(habit.last);
        }
        if let Some(silent) = silent(passed.or(unpassed.get(&one.id).copied()), habit.as_ref(), now) {
            found.insert(one.id, silent);
        }
    }
    let changed: Vec<MailboxId> = {
        let mut seen = engine.quiet.0.lock().unwrap_or_else(PoisonError::into_inner);
        let twice: HashMap<MailboxId, Silent> = found
            .iter()
            .filter(|(id, silent)| seen.once.get(id).is_some_and(|before| before.how == silent.how))
            .map(|(id, silent)| (*id, *silent))
            .collect();
        let differs = |id: &&MailboxId| twice.get(*id).map(|s| s.how) != seen.twice.get(*id).map(|s| s.how);
        let changed = twice.keys().chain(seen.twice.keys()).filter(differs).copied().collect();
        (seen.once, seen.twice) = (found, twice);
        changed
    };
    for mailbox in changed {
        tracing::warn!(mailbox = mailbox.0, silent = ?engine.quiet.of(mailbox).map(|s| s.how), "silence began or ended");
        engine.changes.tell(format!("mailbox:{mailbox}"));
        engine.changes.tell("mailboxes");
    }
    Ok(())
}

/// Whether mail should come in by itself now.
fn is_fetched(facts: &MailboxFacts) -> bool {
    let state = facts.state_of(Direction::Incoming);
    // A first pass that never ends keeps a mailbox connecting, or importing.
    let first = matches!(state, State::Connecting | State::Importing { .. });
    !facts.draft && (first || matches!(state, State::Works | State::Retrying { .. }))
}
