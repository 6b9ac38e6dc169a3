//! Messages known again by their headers, where their numbers say nothing.

use super::Broken;
use crate::Engine;
use crate::imap::{Fetched, Session};
use crate::net::MemoryShare;
use crate::source::{self, Known};
use crate::store::receipts::Row;
use std::collections::HashMap;

/// Headers asked for at once.
pub const AT_ONCE: usize = 100;

/// Some messages by their headers. Holds its share of the memory until it is dropped.
pub struct Read {
    pub messages: Vec<(Fetched, Known)>,
    _share: MemoryShare,
}

/// Reads the headers of at most [`AT_ONCE`] messages.
pub async fn read(engine: &Engine, session: &mut Session, uids: &[u32]) -> Result<Read, Broken> {
    let _share = engine.net.memory(uids.len() as u64 * (8 << 10)).await;
    let known = |one: Fetched| {
        let known = source::known(one.header.as_deref().or(one.body.as_deref()).unwrap_or_default());
        (one, known)
    };
    let messages = session.headers(uids).await?.into_iter().map(known).collect();
    Ok(Read { messages, _share })
}

impl Read {
    /// By which receipts of the same messages are found.
    pub fn keys(&self) -> Vec<String> {
        self.messages.iter().map(|(_, known)| known.key.clone()).collect()
    }
}

/// Receipts that may be of the same messages.
pub struct Candidates(HashMap<String, Vec<Row>>);

impl Candidates {
    pub fn of(rows: Vec<Row>) -> Self {
        let mut by_key: HashMap<String, Vec<Row>> = HashMap::new();
        for row in rows {
            by_key.entry(row.message_key.clone().unwrap_or_default()).or_default().push(row);
        }
        Self(by_key)
    }

    /// The receipt of the same message: equal digest; of several alike the one that arrived at the same time, each
    /// only once.
    pub fn take(&mut self, one: &Fetched, known: &Known) -> Option<Row> {
        let old = self.0.get_mut(&known.key)?;
        let alike = |row: &Row| row.header_digest.as_deref() == Some(known.digest.as_slice());
        let then = |row: &Row| one.arrived_at.is_some_and(|at| at.0 == row.arrived_at);
        let place = old.iter().position(|row| alike(row) && then(row)).or_else(|| old.iter().position(alike))?;
        Some(old.swap_remove(place))
    }
}
