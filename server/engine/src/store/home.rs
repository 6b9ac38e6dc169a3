//! Where the database was last at work, and whether it is a silent copy.

use super::settings::{get, remove, set};
use super::{Store, StoreError};
use domain::home::{Home, Silent};
use sea_orm::{ConnectionTrait as _, Statement};

const HOME: &str = "home";
const SILENT: &str = "silent";

pub async fn home(store: &Store) -> Result<Option<Home>, StoreError> {
    Ok(get(store, HOME).await?.and_then(|text| serde_json::from_str(&text).ok()))
}

/// What can't be read counts as silent: a damaged note must not set a copy free.
pub async fn silent(store: &Store) -> Result<Option<Silent>, StoreError> {
    Ok(get(store, SILENT).await?.map(|text| {
        serde_json::from_str(&text).unwrap_or(Silent {
            since: crate::clock::now(),
            why: domain::home::Why::Restored,
            from: None,
            made_at: None,
            stays: false,
        })
    }))
}

/// The silence first: what dies in between is silent.
pub async fn keep(store: &Store, home: &Home, silent: Option<&Silent>) -> Result<(), StoreError> {
    keep_silent(store, silent).await?;
    keep_home(store, home).await
}

pub async fn keep_home(store: &Store, home: &Home) -> Result<(), StoreError> {
    set(store, HOME, &serde_json::to_string(home).unwrap_or_default()).await
}

pub async fn keep_silent(store: &Store, silent: Option<&Silent>) -> Result<(), StoreError> {
    match silent {
        Some(silent) => set(store, SILENT, &serde_json::to_string(silent).unwrap_or_default()).await,
        None => remove(store, SILENT).await,
    }
}

/// For a database that was put back: it knows no home, and is silent.
pub async fn unsettle(store: &Store, silent: &Silent) -> Result<(), StoreError> {
    keep_silent(store, Some(silent)).await?;
    remove(store, HOME).await
}

/// Which server, database and table this is, on PostgreSQL. A dump that was put back is another
/// table, another database or another server.
pub async fn server(store: &Store) -> Result<String, StoreError> {
    let ask = |sql: &'static str| async move {
        let row = store.read().query_one_raw(Statement::from_string(store.backend(), sql)).await?;
        Ok::<String, StoreError>(row.and_then(|row| row.try_get::<String>("", "it").ok()).unwrap_or_default())
    };
    let table = ask("SELECT CAST(d.oid AS TEXT) || '/' || CAST(CAST('setting' AS regclass) AS oid) AS it
         FROM pg_database d WHERE d.datname = current_database()")
    .await?;
    // Not everybody may ask for the server's number.
    let server = ask("SELECT CAST(system_identifier AS TEXT) AS it FROM pg_control_system()").await.unwrap_or_default();
    Ok(format!("{server}/{table}"))
}
