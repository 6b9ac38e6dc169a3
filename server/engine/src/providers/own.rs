//! Providers that an admin added by OpenID discovery: kept in the database, at hand on the shelf.

use super::{ProviderEntry, Scopes};
use crate::oauth::discovery::Document;
use crate::store::own_providers::{self as rows, Row};
use crate::store::{Store, StoreError};
use crate::{Engine, clock};
use domain::id::PersonId;
use domain::provider::{Endpoint, OWN, Passwords, ProviderKind};
use std::collections::BTreeMap;

fn number(key: &str) -> Option<i64> {
    key.strip_prefix(OWN)?.parse().ok()
}

/// Puts every one of the database on the shelf: at the start, and what another node added meanwhile.
///
/// # Errors
/// The database's.
pub async fn load(store: &Store, providers: &super::Providers) -> Result<(), StoreError> {
    let rows = rows::all(store).await?;
    let gone: Vec<String> = providers
        .own
        .all()
        .map(|entry| entry.key.clone())
        .filter(|known| !rows.iter().any(|row| key(row) == *known))
        .collect();
    for key in gone {
        providers.put(&key, None);
    }
    for row in &rows {
        providers.put(&key(row), Some(entry(row)));
    }
    Ok(())
}

/// One as it is kept.
///
/// # Errors
/// The database's.
pub async fn show(store: &Store, key: &str) -> Result<Option<Row>, StoreError> {
    match number(key) {
        Some(id) => rows::get(store, id).await,
        None => Ok(None),
    }
}

/// Keeps what an issuer publishes; the provider's key.
///
/// # Errors
/// The database's.
pub async fn discover(engine: &Engine, document: Document, by: PersonId) -> Result<String, StoreError> {
    let host = url::Url::parse(&document.issuer).ok().and_then(|url| url.host_str().map(str::to_owned));
    let new = Row {
        id: 0,
        name: host.unwrap_or_else(|| "OpenID provider".into()),
        identity_scopes: document.identity_scopes().join(" "),
        mail_scopes: document.mail_scopes().join(" "),
        issuer: document.issuer,
        authorize_url: document.authorize_url,
        token_url: document.token_url,
        userinfo_url: document.userinfo_url,
        revoke_url: document.revoke_url,
        basic_auth: document.basic_auth,
        incoming: None,
        outgoing: None,
        found_at: clock::now().0,
        found_by: Some(by.0),
    };
    let row = rows::found(&engine.store, new).await?;
    let key = key(&row);
    engine.providers.put(&key, Some(entry(&row)));
    tracing::info!(provider = key, "a provider was found by its issuer");
    Ok(key)
}

/// What an admin says of one.
///
/// # Errors
/// The database's.
pub async fn describe(
    engine: &Engine,
    row: &Row,
    name: &str,
    mail_scopes: &[String],
    servers: &[Option<Endpoint>; 2],
) -> Result<(), StoreError> {
    let servers = servers.clone().map(|server| server.and_then(|server| serde_json::to_string(&server).ok()));
    let row = rows::describe(&engine.store, row.id, name.to_owned(), mail_scopes.join(" "), servers).await?;
    engine.providers.put(&key(&row), Some(entry(&row)));
    Ok(())
}

/// Removes one that nothing uses. Whether it was removed.
///
/// # Errors
/// The database's.
pub async fn forget(engine: &Engine, row: &Row) -> Result<bool, StoreError> {
    let key = key(row);
    let gone = rows::forget(&engine.store, row.id, &key).await?;
    if gone {
        engine.providers.put(&key, None);
    }
    Ok(gone)
}

fn key(row: &Row) -> String {
    format!("{OWN}{}", row.id)
}

fn entry(row: &Row) -> ProviderEntry {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let server = |text: &Option<String>| text.as_deref().and_then(|text| serde_json::from_str::<Endpoint>(text).ok());
    let (incoming, outgoing) = (server(&row.incoming), server(&row.outgoing));
    let mut hosts: Vec<String> = [&incoming, &outgoing].into_iter().flatten().map(|e| e.host.clone()).collect();
    hosts.dedup();
    let identity = words(&row.identity_scopes);
    let mut authorize_params = BTreeMap::new();
    if identity.iter().any(|scope| scope == "offline_access") {
        // Without it the wish for a lasting sign-in is to be ignored (OpenID Connect Core 11).
        authorize_params.insert("prompt".to_owned(), "consent".to_owned());
    }
    ProviderEntry {
        key: key(row),
        kind: ProviderKind::Other,
        name: row.name.clone(),
        short: row.name.clone(),
        authorize_url: Some(row.authorize_url.clone()),
        token_url: Some(row.token_url.clone()),
        issuer: Some(row.issuer.clone()),
        revoke_url: row.revoke_url.clone(),
        userinfo_url: row.userinfo_url.clone(),
        basic_auth: row.basic_auth,
        scopes: Scopes { identity, incoming: words(&row.mail_scopes), outgoing: words(&row.mail_scopes) },
        authorize_params,
        incoming,
        outgoing,
        personal: None,
        hosts,
        domains: Vec::new(),
        mx_domains: Vec::new(),
        keeps_sent_copy: false,
        takes_passwords: Passwords::Account,
        basic_retired_on: None,
        refresh_window_days: None,
        send_per_minute: None,
        sessions: None,
    }
}
