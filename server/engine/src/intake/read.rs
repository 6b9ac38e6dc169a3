//! Waiting messages are read: their sources from the store, what they say off the async threads.

use super::Own;
use super::TRIES;
use super::forward::{self, Forwarded};
use crate::Engine;
use crate::mime::{self, Broken, Mail};
use crate::store::StoreError;
use crate::store::forwards::Forwarders;
use crate::store::receipts::Claim;
use crate::store::settling::{self, Waiting};
use domain::id::SourceId;
use futures::stream::{self, StreamExt as _, TryStreamExt as _};
use std::collections::HashMap;

/// Small messages that are in memory together.
const GROUP: usize = 32;
/// Messages read at a time.
const READERS: usize = 2;

/// A waiting receipt with what its source says.
pub(super) struct Read {
    pub waiting: Waiting,
    pub mail: Result<Box<Mail>, Unreadable>,
    /// What it forwards, if somebody who may sent it.
    pub forwarded: Forwarded,
}

/// Why there is no mail.
pub(super) struct Unreadable {
    pub reason: String,
}

/// What reading needs besides the source.
#[derive(Clone, Copy)]
pub(super) struct With<'a> {
    pub engine: &'a Engine,
    pub claim: Claim,
    pub own: &'a Own,
    pub may: &'a Forwarders,
}

/// The first of these that are read together: several small ones, or one that is not.
pub(super) fn group(waiting: &[Waiting]) -> &[Waiting] {
    let small = waiting.iter().take(GROUP).take_while(|one| one.small).count();
    &waiting[..small.max(1).min(waiting.len())]
}

impl With<'_> {
    /// Reads a [`group`], in its order.
    pub async fn read(self, group: &[Waiting]) -> Result<Vec<Read>, StoreError> {
        let small: Vec<SourceId> = group.iter().filter(|one| one.small).filter_map(|one| one.source).collect();
        let mut sources = match small.is_empty() {
            true => HashMap::new(),
            false => settling::small_sources(&self.engine.store, &small).await?,
        };
        let work: Vec<_> = group
            .iter()
            .map(|waiting| self.one(waiting.clone(), waiting.source.and_then(|id| sources.remove(&id))))
            .collect();
        stream::iter(work).buffered(READERS).try_collect().await
    }

    async fn one(self, waiting: Waiting, source: Option<Vec<u8>>) -> Result<Read, StoreError> {
        // Before its bytes are touched: it may be they that can't be loaded.
        if waiting.tries_alone() >= TRIES {
            return Ok(Read { mail: Err(unreadable(&waiting, Broken::Killed)), waiting, forwarded: Forwarded::No });
        }
        let source = match (source, waiting.source) {
            (None, Some(id)) => settling::source_bytes(&self.engine.store, id).await?,
            (source, _) => source,
        };
        let Some(source) = source else {
            let mail = Err(Unreadable { reason: "its source is not stored".into() });
            return Ok(Read { waiting, mail, forwarded: Forwarded::No });
        };
        let mail = mime::read(source).await.map(Box::new).map_err(|broken| unreadable(&waiting, broken));
        let forwarded = match &mail {
            Ok(mail) => forward::forwarded(self.engine, self.own, self.may, &waiting, mail).await?,
            Err(_) => Forwarded::No,
        };
        if waiting.tries_alone() > 0 {
            // A process that is killed again and again may meet the same message each time: only reading it tells.
            settling::count(&self.engine.store, self.claim, &waiting, waiting.tries_alone()).await?;
        }
        fail::fail_point!("after-parse");
        Ok(Read { waiting, mail, forwarded })
    }
}

fn unreadable(waiting: &Waiting, broken: Broken) -> Unreadable {
    let (mailbox, uid, reason) = (waiting.mailbox.0, waiting.uid, broken.to_string());
    tracing::warn!(mailbox, uid, %reason, "a message can't be read; its source is kept");
    Unreadable { reason }
}
