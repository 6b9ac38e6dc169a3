//! Under which terms a mailbox is watched: when they change, the session ends.

use crate::store::receipts::Claim;
use crate::store::{self, StoreError, mailboxes};
use crate::{Engine, clock};
use domain::Direction;
use domain::console::mailboxes::{AfterFetch, ImportFrom, Tidy};
use domain::id::GrantId;

/// What a session was opened under; when it changes, the session ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub generation: i64,
    pub grant: Option<i64>,
    pub endpoint: (Option<String>, Option<i64>, Option<String>, Option<String>),
    pub used: bool,
    pub idle: bool,
    /// The provider ended the grant: fetching stops at once, although the open session would go on.
    pub lost: bool,
    /// It failed elsewhere and is to be tried again: a session that goes on proves itself by opening anew.
    pub retry: bool,
    pub delete: bool,
    pub after: AfterFetch,
    pub import: ImportFrom,
    /// What the first import would bring is to be counted.
    pub uncounted: bool,
    /// The folder that is watched first.
    pub folder: String,
    pub ours: bool,
}

impl Terms {
    /// Whether anything is changed on the server.
    pub fn writes(&self) -> bool {
        self.delete || self.after.tidy != Tidy::Leave
    }
}

/// Whether they still hold.
pub async fn same(engine: &Engine, claim: Claim, then: &Terms) -> Result<bool, StoreError> {
    Ok(of(engine, claim).await?.is_some_and(|now| now == *then))
}

pub async fn of(engine: &Engine, claim: Claim) -> Result<Option<Terms>, StoreError> {
    let Some(mailbox) = mailboxes::get(&engine.store, claim.mailbox).await? else { return Ok(None) };
    let side = store::directions::get(engine.store.read(), claim.mailbox, Direction::Incoming).await?;
    let Some(side) = side else { return Ok(None) };
    let import = store::imports::in_force(&mailbox);
    let grant = match side.grant_id {
        Some(id) => store::grants::get(engine.store.read(), GrantId(id)).await?,
        None => None,
    };
    let folder = store::folders::of(&engine.store, claim.mailbox).await?.into_iter().next();
    Ok(Some(Terms {
        folder: folder.map_or_else(|| "INBOX".to_owned(), |row| row.name),
        lost: grant.is_some_and(|grant| grant.lost_at.is_some()),
        generation: side.generation,
        retry: side.failing_since.is_some()
            && side.next_attempt_at.is_some()
            && store::directions::waits_until(&side, clock::now()).is_none(),
        grant: side.grant_id,
        endpoint: (side.host, side.port, side.tls, side.user_name),
        used: side.used,
        idle: mailbox.paused_at.is_some() || mailbox.draft,
        delete: mailbox.delete_after_fetch,
        after: mailbox.after_fetch(),
        import,
        uncounted: mailbox.import_asked_at.is_some() && mailbox.import_count.is_none(),
        ours: mailbox.node_id == Some(claim.node) && mailbox.epoch == claim.epoch,
    }))
}
