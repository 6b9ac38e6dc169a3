//! This process among others: a lease on the database's clock, renewed every few seconds. Whoever
//! can't renew it stops working before another node may begin.

use crate::Engine;
use crate::store::nodes::{self, Node};
use domain::id::{GrantId, MailboxId};
use std::fs::{File, TryLockError};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The node as which this process is entered, if it is.
#[derive(Default)]
pub struct Here {
    node: Mutex<Option<Node>>,
    late: AtomicU64,
}

impl Here {
    pub fn get(&self) -> Option<Node> {
        *self.node.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn set(&self, node: Option<Node>) {
        *self.node.lock().unwrap_or_else(PoisonError::into_inner) = node;
    }

    /// A write came after another node had taken the mailbox, and changed nothing.
    pub fn refused_late(&self, mailbox: MailboxId, what: &'static str) {
        let count = self.late.fetch_add(1, Ordering::Relaxed) + 1;
        tracing::warn!(mailbox = mailbox.0, what, count, "another node has the mailbox: a late write was refused");
    }

    /// The same for a grant, whose epoch is its generation: somebody refreshed it meanwhile.
    pub fn refused_late_grant(&self, grant: GrantId) {
        let count = self.late.fetch_add(1, Ordering::Relaxed) + 1;
        tracing::warn!(grant = grant.0, count, "the grant has a newer generation: a late write was refused");
    }

    /// How many late writes were refused since the start.
    pub fn late(&self) -> u64 {
        self.late.load(Ordering::Relaxed)
    }
}

/// Held as long as this process works on an SQLite file; the system lets go of it when it dies.
#[derive(Debug)]
pub struct Lock(#[allow(dead_code)] File);

/// The file of an SQLite database; `None` at a server.
pub fn file_of(database: &str) -> Option<PathBuf> {
    let path = database.strip_prefix("sqlite:")?.trim_start_matches("//").split('?').next().unwrap_or_default();
    (!path.is_empty() && !path.contains(":memory:")).then(|| PathBuf::from(path))
}

/// Locks the file beside an SQLite database; a server's database needs none.
///
/// # Errors
/// The database's path, when another process holds the lock or it can't be made.
pub fn lock(database: &str) -> Result<Option<Lock>, PathBuf> {
    let Some(path) = file_of(database) else { return Ok(None) };
    let beside = PathBuf::from(format!("{}.lock", path.display()));
    let file = File::options().create(true).truncate(false).write(true).open(&beside).map_err(|_| beside)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock(file))),
        Err(TryLockError::WouldBlock) => Err(path),
        // A file system without locks: the lease has to do.
        Err(TryLockError::Error(error)) => {
            tracing::warn!(%error, "the database's folder knows no locks");
            Ok(None)
        }
    }
}

/// How often a lease is renewed: three times within it.
const RENEW: Duration = Duration::from_millis(nodes::LEASE as u64 / 3);

/// Enters this process; tries until the database answers or `stop`.
pub async fn enter(engine: &Engine, stop: &CancellationToken) -> Option<Node> {
    loop {
        // The file's lock says that no other process is alive.
        match nodes::enter(&engine.store, &engine.config.node_name, engine.store.is_sqlite()).await {
            Ok(node) => {
                engine.node.set(Some(node));
                tracing::info!(node = node.id, "entered");
                return Some(node);
            }
            Err(error) => tracing::error!(%error, "can't enter this node"),
        }
        tokio::select! {
            () = stop.cancelled() => return None,
            () = tokio::time::sleep(Duration::from_secs(2)) => {}
        }
    }
}

/// Renews the lease until `stop`; returns early when it is lost: everything must stop at once.
pub async fn keep(engine: &Engine, node: Node, stop: &CancellationToken) {
    let mut renewed = tokio::time::Instant::now();
    let longest = Duration::from_millis(nodes::LEASE as u64) - RENEW / 2;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(RENEW.min(longest.saturating_sub(renewed.elapsed()))) => {}
        }
        let asked = tokio::time::Instant::now();
        // A database that does not answer must not keep us at work past the lease.
        let patience = RENEW.min(longest.saturating_sub(renewed.elapsed()));
        match tokio::time::timeout(patience, nodes::renew(&engine.store, node)).await {
            Ok(Ok(true)) => renewed = asked,
            Ok(Ok(false)) => {
                tracing::error!(node = node.id, "the lease ran out");
                break;
            }
            Ok(Err(error)) => tracing::warn!(%error, "the lease was not renewed"),
            Err(_) => tracing::warn!("the database did not renew the lease in time"),
        }
        if renewed.elapsed() >= longest {
            tracing::error!(node = node.id, "the lease could not be renewed");
            break;
        }
    }
    engine.node.set(None);
}
