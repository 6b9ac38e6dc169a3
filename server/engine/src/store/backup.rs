//! A copy of an SQLite database as one file, and a file in a database's place.
//!
//! A copy is silent from the start, whichever way it is put back: it says so itself.

use super::entity::setting;
use super::{Store, StoreError, home, sqlite};
use domain::Time;
use domain::home::{Silent, Why};
use migrations::{Migrator, MigratorTrait as _};
use sea_orm::{ConnectionTrait as _, Database, DatabaseBackend, EntityTrait as _, Statement};
use std::path::Path;

/// Why a file is no database of ours.
#[derive(Debug, thiserror::Error)]
pub enum NotOurs {
    #[error("it is no SQLite database, or it is damaged")]
    Damaged,
    #[error("it is an SQLite database, but not one of Mailkeep's")]
    Foreign,
    #[error("it was written by a newer Mailkeep than this one")]
    Newer,
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes a consistent copy while others read and write; `to` is a new file.
///
/// # Errors
/// The database's: a full disk, a file that is there.
pub async fn copy(from: &Path, to: &Path, now: Time) -> Result<(), StoreError> {
    // A connection of its own: the running server's may be busy, and its schema is not ours to change.
    let source = Database::connect(sqlite(&from.display().to_string(), 1, false)).await?;
    let target =
        Statement::from_sql_and_values(DatabaseBackend::Sqlite, "VACUUM INTO $1", [to.display().to_string().into()]);
    let copied = source.execute_raw(target).await;
    let _ = source.close().await;
    copied?;
    let store = at(to).await?;
    let silent = Silent {
        since: now,
        why: Why::Restored,
        from: Some(from.display().to_string()),
        made_at: Some(now),
        stays: false,
    };
    home::unsettle(&store, &silent).await?;
    // The last to close folds the log back: one file is left.
    store.close().await;
    Ok(())
}

/// Looks whether a file is a whole database of ours, no newer than this program.
///
/// # Errors
/// [`NotOurs`].
pub async fn check(file: &Path) -> Result<(), NotOurs> {
    let store = at(file).await.map_err(|_| NotOurs::Damaged)?;
    let found = look(&store).await;
    store.close().await;
    found
}

/// Whether an SQLite database is undamaged; a server sees to its own.
pub async fn whole(store: &Store) -> Result<bool, StoreError> {
    if !store.is_sqlite() {
        return Ok(true);
    }
    let sql = Statement::from_string(DatabaseBackend::Sqlite, "PRAGMA quick_check(1)");
    let row = store.read().query_one_raw(sql).await?;
    Ok(row.and_then(|row| row.try_get_by_index::<String>(0).ok()).as_deref() == Some("ok"))
}

async fn look(store: &Store) -> Result<(), NotOurs> {
    if !whole(store).await.unwrap_or(false) {
        return Err(NotOurs::Damaged);
    }
    if setting::Entity::find_by_id("vault_check").one(store.read()).await.is_err() {
        return Err(NotOurs::Foreign);
    }
    if newer(store).await? { Err(NotOurs::Newer) } else { Ok(()) }
}

/// Whether a program with more steps than this one has worked on the schema.
async fn newer(store: &Store) -> Result<bool, StoreError> {
    let sql = Statement::from_string(store.backend(), "SELECT version AS it FROM seaql_migrations");
    let ours: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
    let theirs = store.read().query_all_raw(sql).await?;
    Ok(theirs.iter().filter_map(|row| row.try_get::<String>("", "it").ok()).any(|name| !ours.contains(&name)))
}

/// How many steps the schema lacks.
pub async fn pending(store: &Store) -> Result<usize, StoreError> {
    if newer(store).await? {
        return Ok(usize::MAX);
    }
    Ok(Migrator::get_pending_migrations_read_only(store.read()).await?.len())
}

/// Opens a database as it is: no step of the schema is taken.
///
/// # Errors
/// Whatever the database says; an SQLite file must be there.
pub async fn as_it_is(url: &str) -> Result<Store, StoreError> {
    Store::connect(url).await
}

async fn at(file: &Path) -> Result<Store, StoreError> {
    Store::connect(&format!("sqlite:{}", file.display())).await
}

/// Whether a database server holds a desk already.
pub async fn is_empty(store: &Store) -> bool {
    setting::Entity::find_by_id("vault_check").one(store.read()).await.is_err()
}
