//! Large messages: never as a whole in memory where the server gives parts.

use super::Broken;
use super::item::{Item, Parts};
use super::pass::Run;
use crate::imap::{self, Fetched};
use crate::source::{self, Known};
use crate::store::receipts;
use crate::store::sources::{self, CHUNK};
use crate::{clock, store};
use domain::Time;
use domain::id::SourceId;
use domain::provider::ProviderKind;
use sha2::{Digest, Sha256};

/// Of a message over the limit: bytes of its header, and of its text.
const HEADER: u64 = 256 << 10;
const TEXT: u64 = 256 << 10;

/// Chunks on their way into a source that nobody reads yet.
struct Writing {
    source: SourceId,
    bytes: u64,
    place: i64,
    digest: Sha256,
    known: Option<Known>,
}

impl Writing {
    async fn begin(run: &Run<'_>, arrived_at: Option<Time>) -> Result<Self, Broken> {
        let now = clock::now();
        let source = sources::begin(run.engine.store.write(), arrived_at.unwrap_or(now), now).await?;
        Ok(Self { source, bytes: 0, place: 0, digest: Sha256::new(), known: None })
    }

    /// Goes on where an interruption left off, if UIDVALIDITY, UID, size and header are still the
    /// same; else begins, and says of which message.
    async fn go_on(run: &mut Run<'_>, one: &Fetched) -> Result<Self, Broken> {
        let header = run.session.headers(&[one.uid]).await?.into_iter().find(|f| f.uid == one.uid);
        let header = header.and_then(|f| f.header.or(f.body)).unwrap_or_default();
        let digest = source::known(&header).digest;
        let message = sources::Message {
            folder: run.folder,
            uid_validity: run.uid_validity,
            uid: one.uid,
            size: one.size.unwrap_or(0),
            digest: &digest,
        };
        let store = &run.engine.store;
        if let Some(source) = sources::unfinished(store, &message).await? {
            let mut writing = Self { source, bytes: 0, place: 0, digest: Sha256::new(), known: None };
            while let Some(chunk) = sources::chunk(store, source, writing.place).await? {
                writing.count(&chunk);
            }
            tracing::info!(
                mailbox = run.job.claim.mailbox.0,
                uid = one.uid,
                bytes = writing.bytes,
                "a large message goes on where it stopped"
            );
            return Ok(writing);
        }
        let now = clock::now();
        let tx = store.begin().await?;
        receipts::hold(&tx, run.job.claim).await?;
        let source = sources::begin(&tx, one.arrived_at.unwrap_or(now), now).await?;
        sources::mark_unfinished(&tx, source, &message).await?;
        store::commit(tx).await?;
        Ok(Self { source, bytes: 0, place: 0, digest: Sha256::new(), known: None })
    }

    fn count(&mut self, bytes: &[u8]) {
        self.known.get_or_insert_with(|| source::known(bytes));
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
        self.place += 1;
    }

    async fn add(&mut self, run: &Run<'_>, bytes: Vec<u8>) -> Result<(), Broken> {
        let place = self.place;
        self.count(&bytes);
        let tx = run.engine.store.begin().await?;
        receipts::hold(&tx, run.job.claim).await?;
        sources::add_chunk(&tx, self.source, place, bytes).await?;
        store::commit(tx).await?;
        fail::fail_point!("after-chunk");
        Ok(())
    }

    fn parts(self) -> Parts {
        let known = self.known.unwrap_or_else(|| source::known(b""));
        Parts { source: self.source, bytes: self.bytes, digest: self.digest.finalize().to_vec(), known }
    }
}

/// In partial fetches (RFC 9051 6.4.5, `<partial>`), each written before the next is asked for.
pub async fn in_parts(run: &mut Run<'_>, one: &Fetched) -> Result<(), Broken> {
    let (uid, arrived_at) = (one.uid, one.arrived_at);
    // Exchange renders a message anew at each fetch: parts of two fetches make no message.
    let resumable = run.job.provider != ProviderKind::Microsoft;
    let mut writing = if resumable { Writing::go_on(run, one).await? } else { Writing::begin(run, arrived_at).await? };
    let source = writing.source;
    let limit = run.engine.config.limits.message_bytes;
    let done = parts(run, uid, &mut writing, limit).await;
    if let (Err(error), true) = (&done, resumable)
        && !matches!(error, Broken::Session(fault) if imap::is_answer(fault))
    {
        // What came so far stays for the next session.
        return done.map(|_| ());
    }
    settle(run, uid, arrived_at, source, done.map(|end| (end, writing))).await
}

/// Because a person asks: up to so many bytes, as a source of its own.
pub async fn on_demand(run: &mut Run<'_>, one: &Fetched, most: u64) -> Result<Option<SourceId>, Broken> {
    let mut writing = Writing::begin(run, one.arrived_at).await?;
    let source = writing.source;
    let done = if run.job.provider == ProviderKind::Microsoft {
        at_once(run, one, &mut writing, most).await
    } else {
        parts(run, one.uid, &mut writing, most).await
    };
    if let Ok(End::All) = done {
        let parts = writing.parts();
        let tx = run.engine.store.begin().await?;
        receipts::hold(&tx, run.job.claim).await?;
        sources::complete(&tx, source, parts.bytes, parts.digest).await?;
        store::commit(tx).await?;
        return Ok(Some(source));
    }
    sources::drop_unfinished(run.engine.store.write(), source).await?;
    done.map(|_| None)
}

/// Exchange renders a message anew at each fetch: parts of two fetches make no message.
async fn at_once(run: &mut Run<'_>, one: &Fetched, writing: &mut Writing, most: u64) -> Result<End, Broken> {
    let size = one.size.unwrap_or(0);
    if size > most {
        return Ok(End::TooLarge);
    }
    let expected = (size + size / 2 + CHUNK as u64).min(most);
    let _share = run.engine.net.memory(expected).await;
    run.session.allow(expected, expected);
    let body = run.session.bodies(&[one.uid]).await?.into_iter().find(|f| f.uid == one.uid).and_then(|f| f.body);
    let Some(body) = body else { return Ok(End::NotDelivered) };
    for chunk in body.chunks(CHUNK) {
        writing.add(run, chunk.to_vec()).await?;
    }
    Ok(End::All)
}

enum End {
    All,
    /// Larger than it was said to be, and than the limit.
    TooLarge,
    NotDelivered,
}

async fn parts(run: &mut Run<'_>, uid: u32, writing: &mut Writing, limit: u64) -> Result<End, Broken> {
    let _share = run.engine.net.memory(2 * CHUNK as u64).await;
    loop {
        let Some(part) = run.session.part(uid, writing.bytes, CHUNK as u64).await? else {
            return Ok(End::NotDelivered);
        };
        // A short part may be the end, or a server that gives less than asked: only an empty one
        // is surely the end.
        if part.is_empty() {
            return Ok(End::All);
        }
        writing.add(run, part).await?;
        if writing.bytes > limit {
            return Ok(End::TooLarge);
        }
    }
}

/// As a whole, for Exchange, which renders a message anew at each fetch.
pub async fn whole(run: &mut Run<'_>, uid: u32, size: u64, arrived_at: Option<Time>) -> Result<(), Broken> {
    let limit = run.engine.config.limits.message_bytes;
    let expected = (size + size / 2 + CHUNK as u64).min(limit + CHUNK as u64);
    let _share = run.engine.net.memory(expected).await;
    run.session.allow(expected, expected);
    let body = run.session.bodies(&[uid]).await?.into_iter().find(|f| f.uid == uid).and_then(|f| f.body);
    let Some(body) = body else { return run.undelivered(uid).await };
    let mut writing = Writing::begin(run, arrived_at).await?;
    let source = writing.source;
    let done = async {
        for chunk in body.chunks(CHUNK) {
            writing.add(run, chunk.to_vec()).await?;
        }
        Ok((End::All, writing))
    }
    .await;
    settle(run, uid, arrived_at, source, done).await
}

async fn settle(
    run: &mut Run<'_>,
    uid: u32,
    arrived_at: Option<Time>,
    source: SourceId,
    done: Result<(End, Writing), Broken>,
) -> Result<(), Broken> {
    let (done, unfinished) = match done {
        Ok((End::All, writing)) => {
            run.store(vec![Item::Parts(uid, arrived_at, writing.parts())], None).await;
            return Ok(());
        }
        Ok((End::TooLarge, _)) => (Ok(()), true),
        Ok((End::NotDelivered, _)) => (run.undelivered(uid).await, false),
        Err(error) => (Err(error), false),
    };
    // What was begun is of no use; where this fails, the next start throws it away.
    if let Err(error) = sources::drop_unfinished(run.engine.store.write(), source).await {
        tracing::warn!(mailbox = run.job.claim.mailbox.0, %error, "an unfinished source stays for now");
    }
    if unfinished { shortened(run, uid, arrived_at).await } else { done }
}

/// Over the limit: the header and the beginning of the text become the source. The message stays
/// on the server.
pub async fn shortened(run: &mut Run<'_>, uid: u32, arrived_at: Option<Time>) -> Result<(), Broken> {
    let share = run.engine.net.memory(HEADER + TEXT).await;
    let header = run.session.header(uid, HEADER).await?;
    let text = run.session.text(uid, TEXT).await?;
    let Some(mut bytes) = header else { return run.undelivered(uid).await };
    if !bytes.ends_with(b"\r\n\r\n") {
        bytes.extend_from_slice(b"\r\n\r\n");
    }
    bytes.extend(text.unwrap_or_default());
    run.store(vec![Item::Shortened(uid, arrived_at, bytes)], Some(share)).await;
    Ok(())
}
