//! Bytes for the browser: attachments, sources, formatted bodies, uploads.
//!
//! Invariant: an address proves itself. It names one thing until a time and is signed, so that a
//! sandboxed frame, which sends no cookie, can load it, and nobody can make one up. Files of mail
//! that came are cut out of the stored source; nothing here trusts what they claim to be.

mod key;

pub use key::{Thing, address, body_address};

use crate::store::{attachments, messages, settling, tickets, uploads};
use crate::{Engine, clock, html, mime};
use bytes::Bytes;
use domain::console::people::Actor;
use domain::console::tickets::NO_TICKET;
use domain::id::{AttachmentId, MessageId, SourceId, TicketId, UploadId};
use domain::{Answer, Fault, Refusal};
use futures::{Stream, StreamExt};
use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;

/// A file for a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileBody {
    pub name: String,
    /// Safe to send as it is: what a browser might run is `application/octet-stream`.
    pub mime: String,
    pub bytes: Vec<u8>,
    /// May be shown in place; else `Content-Disposition: attachment`.
    pub inline: bool,
    /// The Content-Security-Policy of the response.
    pub csp: &'static str,
}

/// The policy of everything but a formatted body.
const CSP: &str = "default-src 'none'; sandbox";

/// Images that browsers draw and don't run.
const IMAGES: [&str; 6] = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/avif"];

/// What a browser might run, or act on, under our address.
const ACTIVE: [&str; 4] = ["html", "xml", "svg", "javascript"];

/// The file behind `/files/{key}`: an attachment or a source.
///
/// # Errors
/// [`Refusal::NotFound`] for a key that is old, made up, or names nothing any more.
pub async fn open(engine: &Engine, key: &str) -> Answer<FileBody> {
    match key::read(&engine.vault, key, clock::now()).ok_or(Refusal::NotFound)? {
        Thing::Attachment(id) => attachment(engine, id).await,
        Thing::Source(id) => {
            let message = messages::get(&engine.store, id).await?.ok_or(Refusal::NotFound)?;
            let bytes = source(engine, message.source_id).await?;
            let name = format!("message-{id}.eml");
            Ok(FileBody { name, mime: "message/rfc822".into(), bytes, inline: false, csp: CSP })
        }
        Thing::Raw(id) => {
            let bytes = source(engine, Some(id.0)).await?;
            let name = format!("unreadable-{id}.eml");
            Ok(FileBody { name, mime: "message/rfc822".into(), bytes, inline: false, csp: CSP })
        }
        Thing::Body(_) => Err(Refusal::NotFound),
    }
}

/// The document behind `/messages/{key}/body`, with or without images from elsewhere.
///
/// # Errors
/// As [`open`]; and where the body can't be cleaned.
pub async fn body(engine: &Engine, key: &str, images: bool) -> Answer<FileBody> {
    let Some(Thing::Body(id)) = key::read(&engine.vault, key, clock::now()) else { return Err(Refusal::NotFound) };
    let message = messages::get(&engine.store, id).await?.ok_or(Refusal::NotFound)?;
    let markup = message.html.ok_or(Refusal::NotFound)?;
    let now = clock::now();
    let shown: HashMap<String, String> = attachments::of_messages(&engine.store, &[id])
        .await?
        .into_iter()
        .filter(|file| IMAGES.contains(&file.mime.as_str()))
        .filter_map(|file| {
            let url = address(&engine.vault, Thing::Attachment(AttachmentId(file.id)), now);
            Some((file.content_id?, url))
        })
        .collect();
    let document = mime::isolated(move || html::document(&markup, &shown, images)).await;
    let document = document.map_err(|error| {
        tracing::warn!(message = id.0, %error, "a formatted body can't be shown");
        Refusal::NotFound
    })?;
    Ok(FileBody {
        name: format!("message-{id}.html"),
        mime: "text/html; charset=utf-8".into(),
        bytes: document.html.into_bytes(),
        inline: true,
        csp: html::csp(images),
    })
}

async fn attachment(engine: &Engine, id: AttachmentId) -> Answer<FileBody> {
    let row = attachments::get(&engine.store, id).await?.ok_or(Refusal::NotFound)?;
    let bytes = bytes_of(engine, &row).await?;
    let inline = IMAGES.contains(&row.mime.as_str());
    let active = ACTIVE.iter().any(|word| row.mime.contains(word));
    let mime = if active { "application/octet-stream".to_owned() } else { row.mime };
    Ok(FileBody { name: row.name, mime, bytes, inline, csp: CSP })
}

/// The bytes of an attachment, from its upload or out of its message's source. The outbox reads
/// what it sends by this.
///
/// # Errors
/// [`Refusal::NotFound`] when they are gone.
pub async fn bytes_of(engine: &Engine, row: &attachments::Row) -> Answer<Vec<u8>> {
    if let Some(upload) = row.upload_id {
        return Ok(uploads::bytes(&engine.store, UploadId(upload)).await?);
    }
    let message = messages::get(&engine.store, MessageId(row.message_id)).await?.ok_or(Refusal::NotFound)?;
    let source = source(engine, message.source_id).await?;
    match row.part {
        Some(attachments::WHOLE) => Ok(source),
        Some(part) => {
            let index = u32::try_from(part).map_err(|_| Refusal::NotFound)?;
            let cut = mime::isolated(move || mime::part(&source, index)).await;
            cut.ok().flatten().ok_or(Refusal::NotFound)
        }
        None => Err(Refusal::NotFound),
    }
}

async fn source(engine: &Engine, id: Option<i64>) -> Answer<Vec<u8>> {
    let id = SourceId(id.ok_or(Refusal::NotFound)?);
    settling::source_bytes(&engine.store, id).await?.ok_or(Refusal::NotFound)
}

/// Takes a file for a reply, as it comes in; it waits with this person's draft.
///
/// # Errors
/// [`Fault::AttachmentsTooLarge`] once all waiting files together exceed the limit; a stream that
/// breaks leaves nothing behind.
pub async fn upload<E>(
    engine: &Arc<Engine>,
    actor: &Actor,
    ticket: TicketId,
    name: &str,
    mime: &str,
    stream: impl Stream<Item = Result<Bytes, E>>,
) -> Answer<UploadId> {
    if ticket != NO_TICKET {
        tickets::get(engine.store.read(), ticket).await?.ok_or(Refusal::NotFound)?;
    }
    let waiting = uploads::waiting(engine.store.read(), ticket, actor.person).await?;
    let before: u64 = waiting.iter().map(|row| u64::try_from(row.bytes).unwrap_or(0)).sum();
    let room = engine.config.limits.reply_bytes.saturating_sub(before);
    let (name, mime) = (mime::file_name(name), mime::file_type(mime));
    let id = uploads::begin(&engine.store, ticket, actor.person, &name, &mime, clock::now()).await?;
    let stored = store_chunks(engine, id, room, stream).await;
    match stored {
        Ok(bytes) => {
            uploads::finish(&engine.store, id, bytes).await?;
            Ok(id)
        }
        Err(refusal) => {
            uploads::forget(&engine.store, ticket, actor.person, id).await?;
            Err(refusal)
        }
    }
}

async fn store_chunks<E>(
    engine: &Engine,
    id: UploadId,
    room: u64,
    stream: impl Stream<Item = Result<Bytes, E>>,
) -> Answer<u64> {
    let mut stream = pin!(stream);
    let mut chunk = Vec::with_capacity(uploads::CHUNK);
    let (mut total, mut place) = (0_u64, 0_i64);
    while let Some(next) = stream.next().await {
        let mut next = next.map_err(|_| Refusal::Unavailable)?;
        total += next.len() as u64;
        if total > room {
            return Err(Fault::AttachmentsTooLarge.into());
        }
        while !next.is_empty() {
            let take = next.len().min(uploads::CHUNK - chunk.len());
            chunk.extend_from_slice(&next.split_to(take));
            if chunk.len() == uploads::CHUNK {
                let full = std::mem::replace(&mut chunk, Vec::with_capacity(uploads::CHUNK));
                uploads::add_chunk(&engine.store, id, place, full).await?;
                place += 1;
            }
        }
    }
    if !chunk.is_empty() {
        uploads::add_chunk(&engine.store, id, place, chunk).await?;
    }
    Ok(total)
}
