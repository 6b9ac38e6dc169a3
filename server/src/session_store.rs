//! tower-sessions' store on the engine's session table.

use async_trait::async_trait;
use domain::Time;
use domain::id::PersonId;
use engine::store::sessions::{self, Kept};
use engine::{Engine, clock, vault};
use std::sync::Arc;
use time::OffsetDateTime;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

/// The key of the signed-in person in a session's data.
pub const PERSON: &str = "person";
/// The key of the browser's own words about itself.
pub const BROWSER: &str = "browser";
/// The key of the row's id, filled in on loading.
pub const ROW: &str = "row";

#[derive(Clone)]
pub struct Sessions(pub Arc<Engine>);

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions")
    }
}

fn hash(id: &Id) -> Vec<u8> {
    vault::token_hash(&id.to_string())
}

fn person(record: &Record) -> Option<PersonId> {
    record.data.get(PERSON)?.as_i64().map(PersonId)
}

fn browser(record: &Record) -> &str {
    record.data.get(BROWSER).and_then(|v| v.as_str()).unwrap_or_default()
}

fn millis(at: OffsetDateTime) -> Time {
    Time(at.unix_timestamp() * 1_000)
}

fn backend(error: engine::store::StoreError) -> Error {
    Error::Backend(error.to_string())
}

fn kept<'a>(record: &'a Record, text: &'a str) -> Kept<'a> {
    Kept {
        key_hash: hash(&record.id),
        record: text,
        person: person(record),
        browser: browser(record),
        now: clock::now(),
        expires_at: millis(record.expiry_date),
    }
}

fn encode(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let text = encode(record)?;
        // 128 random bits don't collide twice.
        for _ in 0..2 {
            if sessions::create(&self.0.store, kept(record, &text)).await.map_err(backend)? {
                return Ok(());
            }
            record.id = Id::default();
        }
        Err(Error::Backend("no free session id".into()))
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let text = encode(record)?;
        sessions::save(&self.0.store, kept(record, &text)).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let now = clock::now();
        let Some(row) = sessions::load(&self.0.store, &hash(id), now).await.map_err(backend)? else {
            return Ok(None);
        };
        let mut data: std::collections::HashMap<String, serde_json::Value> =
            serde_json::from_str(&row.record).map_err(|e| Error::Decode(e.to_string()))?;
        data.insert(ROW.into(), row.id.into());
        let expiry_date =
            OffsetDateTime::from_unix_timestamp(row.expires_at / 1_000).map_err(|e| Error::Decode(e.to_string()))?;
        if now.since(Time(row.seen_at)) > domain::time::Span::minutes(1) {
            sessions::seen(&self.0.store, domain::id::SessionId(row.id), now).await.map_err(backend)?;
        }
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sessions::delete(&self.0.store, &hash(id), clock::now()).await.map_err(backend)
    }
}
