//! What nearly all pages ask for - the facts of all mailboxes, which addresses are ours, the counts at the side -
//! gathered once for those drawn in one moment. Several nodes do not share: one knows nothing of what another one's
//! requests changed.

use super::facts;
use super::kept::{Gathered, Kept, Kind};
use crate::Engine;
use crate::changes::Changes;
use crate::intake::Own;
use crate::store::{StoreError, mailboxes, settings, tickets_waiting};
use domain::Address;
use domain::console::mailboxes::MailboxRow;
use domain::home::Silent;
use domain::id::MailboxId;
use domain::mailbox::MailboxFacts;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

/// What pages were last shown.
#[derive(Default)]
pub struct Shown {
    facts: Kept<Arc<[MailboxFacts]>>,
    own: Kept<Arc<Own>>,
    rows: Kept<Arc<[MailboxRow]>>,
    desk: Kept<Arc<Desk>>,
    forgotten: AtomicU64,
    keeping: OnceLock<(Weak<Engine>, Duration)>,
}

/// What every page says of the desk as a whole.
pub(crate) struct Desk {
    pub name: Option<String>,
    /// Tickets whose turn is ours.
    pub open_tickets: u64,
    /// Replies that wait, due or held.
    pub outbox: u64,
    pub silent: Option<Silent>,
}

impl Shown {
    /// From now on what was gathered is kept so long; without this, not at all.
    pub fn keep(&self, engine: &Arc<Engine>, lasts: Duration) {
        let _ = self.keeping.set((Arc::downgrade(engine), lasts));
    }

    /// Somebody may have changed something.
    pub fn forget(&self) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn forgotten(&self) -> u64 {
        self.forgotten.load(Ordering::SeqCst)
    }

    /// The engine, to gather for when nobody waits for it, and for how long.
    pub(super) fn keeping(&self) -> Option<(Option<Arc<Engine>>, Duration)> {
        self.keeping.get().map(|(engine, lasts)| (engine.upgrade(), *lasts))
    }
}

/// The facts of all mailboxes, as pages show them.
///
/// # Errors
/// The database's.
pub async fn shown(engine: &Engine) -> Result<Arc<[MailboxFacts]>, StoreError> {
    Kind {
        kept: |shown| &shown.facts,
        told: Changes::of_mailboxes,
        gather: |engine| Box::pin(async move { Ok(facts(engine).await?.into()) }),
    }
    .get(engine)
    .await
}

/// Which addresses are ours, as pages show them.
///
/// # Errors
/// The database's.
pub(crate) async fn own_shown(engine: &Engine) -> Result<Arc<Own>, StoreError> {
    Kind {
        kept: |shown| &shown.own,
        told: Changes::of_mailboxes,
        gather: |engine| Box::pin(async move { Ok(Own::load(engine).await?.into()) }),
    }
    .get(engine)
    .await
}

/// The rows of *Support emails*, as `gather` makes them.
///
/// # Errors
/// The database's.
pub(crate) async fn rows_shown(
    engine: &Engine,
    gather: for<'a> fn(&'a Engine) -> Gathered<'a, Arc<[MailboxRow]>>,
) -> Result<Arc<[MailboxRow]>, StoreError> {
    Kind { kept: |shown| &shown.rows, told: Changes::of_mailboxes, gather }.get(engine).await
}

/// The addresses of mailboxes at work, as pages show them.
///
/// # Errors
/// The database's.
pub(crate) async fn names_shown(engine: &Engine) -> Result<Vec<(MailboxId, Address)>, StoreError> {
    if engine.shown.keeping().is_some() {
        return Ok(shown(engine).await?.iter().filter(|f| !f.draft).map(|f| (f.id, f.address.clone())).collect());
    }
    let rows = mailboxes::all(&engine.store).await?;
    let at_work = rows.into_iter().filter(|row| !row.draft);
    Ok(at_work.filter_map(|row| Some((MailboxId(row.id), Address::parse(&row.address).ok()?))).collect())
}

/// What every page says of the desk as a whole.
///
/// # Errors
/// The database's.
pub(crate) async fn desk_shown(engine: &Engine) -> Result<Arc<Desk>, StoreError> {
    Kind { kept: |shown| &shown.desk, told: Changes::seen, gather: |engine| Box::pin(desk(engine)) }.get(engine).await
}

async fn desk(engine: &Engine) -> Result<Arc<Desk>, StoreError> {
    let store = &engine.store;
    Ok(Arc::new(Desk {
        name: settings::get(store, settings::DESK_NAME).await?,
        open_tickets: tickets_waiting::open(store).await?,
        outbox: mailboxes::due_replies(store).await?.values().map(|n| u64::from(*n)).sum(),
        silent: crate::home::silent(store).await?,
    }))
}
