//! The database. This module and those below it are the only ones that name sea-orm.
//!
//! SQLite has two pools: one writer with a single connection, whose transactions begin at once
//! (`BEGIN IMMEDIATE`), and several readers that can't write. PostgreSQL uses one pool for both.
//! No transaction lives across a network await.

pub mod accounts;
pub mod acknowledged;
pub mod approvals;
pub mod attachments;
pub mod backup;
pub mod bounces;
pub mod deliveries;
pub mod directions;
pub mod drafts;
pub mod entity;
pub mod episodes;
pub mod events;
pub mod find;
pub mod folders;
pub mod forwards;
pub mod grants;
pub mod held_told;
pub mod home;
pub mod imports;
pub mod key_check;
pub mod known;
pub mod ledger;
pub mod listed;
pub mod mailboxes;
pub mod marks;
pub mod messages;
pub mod metrics;
pub mod moving;
pub mod nodes;
pub mod notice_way;
pub mod notices;
pub mod own_providers;
pub mod people;
pub mod posted;
pub mod quarantine;
pub mod receipts;
pub mod received;
pub mod refreshes;
pub mod registrations;
pub mod relays;
pub mod requesters;
pub mod rules;
pub mod sealed;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod settling;
pub mod sign_in_links;
pub mod signins;
pub mod sources;
pub mod switches;
pub mod test_mails;
pub mod tickets;
pub mod tickets_waiting;
pub mod touched;
pub mod traffic;
pub mod uploads;
mod values;
pub mod vanished;
pub mod whole;
pub mod wishes;

use migrations::Migrator;
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseBackend, DatabaseConnection, DatabaseTransaction, DbErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use std::time::Duration;

/// How many of these rows one statement takes: a few sizes only, so that prepared statements are found again.
fn rows_at_once(left: usize) -> usize {
    match left {
        50.. => 50,
        10.. => 10,
        _ => left.min(1),
    }
}

/// A column's new value.
pub fn set<V: Into<sea_orm::Value>>(value: V) -> sea_orm::ActiveValue<V> {
    sea_orm::ActiveValue::Set(value)
}

/// A transaction, for parts that write several things together.
pub type Tx = DatabaseTransaction;

/// Commits; what follows may be told to others.
///
/// # Errors
/// The database's; nothing was written then.
pub async fn commit(tx: DatabaseTransaction) -> Result<(), StoreError> {
    Ok(tx.commit().await?)
}

/// Both ends of the database.
#[derive(Clone)]
pub struct Store {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    backend: DatabaseBackend,
}

/// A transaction, for those who pass one on.
pub type Transaction = DatabaseTransaction;

/// Why the database does not answer.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique key is taken.
    #[error("taken")]
    Taken,
    /// The node's lease moved on: nothing was written.
    #[error("stale epoch")]
    StaleEpoch,
    #[error("database: {0}")]
    Database(DbErr),
}

impl StoreError {
    /// Whether the database was away, or had no room for us just then: nothing that was asked is at fault.
    pub fn is_passing(&self) -> bool {
        use sea_orm::{RuntimeErr, sqlx};
        let StoreError::Database(error) = self else { return false };
        match error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => true,
            DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => match &**error {
                sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed => true,
                sqlx::Error::Database(said) => said.code().is_some_and(|code| is_away(&code)),
                _ => false,
            },
            _ => false,
        }
    }
}

/// PostgreSQL (appendix A): the connection, its resources but for memory, an operator's intervention. SQLite:
/// an I/O error, a full disk, a file that can't be opened, with the extended codes that go with them.
fn is_away(code: &str) -> bool {
    if code.len() == 5 {
        return code.starts_with("08") || code.starts_with("57P") || (code.starts_with("53") && code != "53200");
    }
    code.parse::<u32>().is_ok_and(|code| [10, 13, 14].contains(&(code & 0xff)))
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(sea_orm::SqlErr::UniqueConstraintViolation(_)) => StoreError::Taken,
            _ => StoreError::Database(error),
        }
    }
}

impl From<StoreError> for domain::Refusal {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the database refused");
        domain::Refusal::Unavailable
    }
}

impl Store {
    /// Opens the database and brings its schema up to date.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let store = Self::connect(url).await?;
        use migrations::MigratorTrait as _;
        Migrator::up(&store.writer, None).await?;
        Ok(store)
    }

    /// Opens the database as it is.
    async fn connect(url: &str) -> Result<Self, StoreError> {
        Ok(if url.starts_with("sqlite:") {
            let path = url.trim_start_matches("sqlite:").trim_start_matches("//");
            let writer = Database::connect(sqlite(path, 1, false)).await?;
            let reader = Database::connect(sqlite(path, 4, true)).await?;
            Self { writer, reader, backend: DatabaseBackend::Sqlite }
        } else {
            let mut options = ConnectOptions::new(url);
            options
                .max_connections(12)
                .connect_timeout(Duration::from_secs(10))
                .acquire_timeout(Duration::from_secs(10))
                .sqlx_logging(false)
                // No transaction waits for a network: one that stands still is a frozen node's, and its
                // locks would keep its mailboxes from the others. And what is deleted on a mail server
                // must be on disk here first, whatever the cluster's default.
                .map_sqlx_postgres_opts(|pg| {
                    pg.options([("idle_in_transaction_session_timeout", "5s"), ("synchronous_commit", "on")])
                });
            let pool = Database::connect(options).await?;
            Self { writer: pool.clone(), reader: pool, backend: DatabaseBackend::Postgres }
        })
    }

    /// For questions.
    pub fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// For a single statement that writes.
    pub fn write(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Begins a transaction that writes: at SQLite it holds the write lock from the start.
    pub async fn begin(&self) -> Result<DatabaseTransaction, StoreError> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        Ok(self.writer.begin_with_options(options).await?)
    }

    /// What a commit survives, as the database itself says: read back, not what was asked for.
    ///
    /// # Errors
    /// The database's.
    pub async fn durability(&self) -> Result<String, StoreError> {
        let asked = if self.is_sqlite() {
            ["PRAGMA journal_mode", "PRAGMA synchronous"]
        } else {
            ["SHOW synchronous_commit", "SHOW fsync"]
        };
        let mut said = Vec::new();
        for sql in asked {
            let row = self.writer.query_one_raw(Statement::from_string(self.backend, sql)).await?;
            let word = row.and_then(|row| {
                let level = || row.try_get_by_index::<i32>(0).ok().map(|level| level.to_string());
                row.try_get_by_index::<String>(0).ok().or_else(level)
            });
            let name = sql.rsplit(' ').next().unwrap_or_default();
            said.push(format!("{name}={}", word.unwrap_or_else(|| "unknown".into())));
        }
        Ok(said.join(" "))
    }

    pub fn is_sqlite(&self) -> bool {
        self.backend == DatabaseBackend::Sqlite
    }

    pub fn backend(&self) -> DatabaseBackend {
        self.backend
    }

    /// Closes the pools, letting SQLite fold its write-ahead log back.
    pub async fn close(self) {
        let _ = self.reader.close().await;
        let _ = self.writer.close().await;
    }
}

fn sqlite(path: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(format!("sqlite:{path}"));
    options
        .max_connections(connections)
        .min_connections(1)
        .acquire_timeout(Duration::from_secs(30))
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            let sqlite = sqlite
                .create_if_missing(!read_only)
                .busy_timeout(Duration::from_secs(20))
                .foreign_keys(true)
                .pragma("journal_mode", "WAL")
                .pragma("synchronous", "FULL")
                .pragma("temp_store", "MEMORY");
            if read_only { sqlite.pragma("query_only", "ON") } else { sqlite }
        })
        .map_sqlx_sqlite_pool_opts(move |pool| {
            if read_only {
                return pool;
            }
            // SQLite rolls a transaction back by itself where the disk is full or fails, and sqlx 0.9 goes on
            // counting it as open: the next ones would be savepoints inside one that nobody ever commits. A
            // connection that comes back with a transaction is closed; the ping waits for a rollback under way.
            pool.after_release(|connection, _| {
                use sea_orm::sqlx::Connection as _;
                Box::pin(async move {
                    connection.ping().await?;
                    let open = connection.is_in_transaction();
                    if open {
                        tracing::warn!("a connection came back amid a transaction, and is closed");
                    }
                    Ok(!open)
                })
            })
        });
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As SQLite does when the disk is full: the transaction is gone, and only SQLite knows.
    #[tokio::test]
    async fn what_is_committed_after_a_full_disk_is_there_for_others() {
        let folder = std::env::temp_dir().join(format!("mailkeep-store-{}", crate::vault::token()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let store = Store::open(&format!("sqlite:{}", folder.join("mailkeep.db").display())).await.expect("it opens");
        let full = store.begin().await.expect("a transaction");
        full.execute_unprepared("ROLLBACK").await.expect("SQLite's own");
        drop(full);
        // One that changes nothing after all, as many do.
        drop(store.begin().await.expect("a transaction"));
        let tx = store.begin().await.expect("a transaction");
        tx.execute_unprepared("INSERT INTO setting (key, value) VALUES ('a', 'b')").await.expect("an insert");
        commit(tx).await.expect("it is committed");
        let seen = settings::get(&store, "a").await.expect("a question");
        assert_eq!(seen.as_deref(), Some("b"));
        store.close().await;
        std::fs::remove_dir_all(folder).expect("it goes");
    }
}
