//! What makes two copies the same message.
//!
//! Size and bytes differ between two fetches at Exchange, so the identity is made of decoded
//! fields: Message-ID, Date, From, To, Subject. The same Message-ID with another digest is another
//! message.

use super::{parties, text};
use domain::Time;
use mail_parser::{DateTime, HeaderValue, Message, MessageParser};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::panic::catch_unwind;

/// Keys of ancestors that are kept: first and last ones, as RFC 5322 3.6.4 lets them be trimmed.
const ANCESTORS: usize = 40;
/// Octets of a header that are looked at.
const HEADER: usize = 256 << 10;
/// Octets of a key; a longer Message-ID is kept as its hash.
const KEY: usize = 250;

/// By which a message is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The Message-ID, or one made of the digest where it has none.
    pub key: String,
    /// SHA-256 over the decoded fields.
    pub digest: Vec<u8>,
    /// It came with a Message-ID of its own.
    pub given: bool,
}

/// The identity that the header alone tells, for the ledger: anything at all has one. Where there
/// is no Message-ID it is not the one that the whole message has, as then the parts belong to it.
pub fn identify(header: &[u8]) -> Identity {
    // Of any size; what counts stands early.
    let header = &header[..header.len().min(HEADER)];
    // Fetching asks this of bytes that nobody has looked at: a parser's panic must not stop it.
    let read = catch_unwind(|| MessageParser::default().parse_headers(header).map(|message| of(&message, false)));
    read.ok().flatten().unwrap_or_else(|| {
        let digest = Sha256::digest(b"").to_vec();
        Identity { key: format!("none:{}", hex(&digest)), digest, given: false }
    })
}

/// Sender and subject as a person reads them, of a header alone.
pub fn headline(header: &[u8]) -> (String, String) {
    let header = &header[..header.len().min(HEADER)];
    let read = catch_unwind(|| {
        let message = MessageParser::default().parse_headers(header)?;
        let from = parties::of(message.from()).first().map(|party| party.label().to_owned());
        Some((from.unwrap_or_default(), super::text::line(message.subject().unwrap_or_default(), super::text::NAME)))
    });
    read.ok().flatten().unwrap_or_default()
}

/// `whole`: the message is there with its parts, which take part in its identity where it has no
/// Message-ID: a scanner sends many messages with the same sender and subject.
pub fn of(message: &Message<'_>, whole: bool) -> Identity {
    let key = message.message_id().map(message_key).filter(|key| !key.is_empty());
    let mut hash = Sha256::new();
    let mut field = |value: &str| {
        hash.update((value.len() as u64).to_le_bytes());
        hash.update(value.as_bytes());
    };
    field(key.as_deref().unwrap_or_default());
    field(&message.date().and_then(time).map(|at| at.0.to_string()).unwrap_or_default());
    for list in [message.from(), message.to()] {
        for party in parties::of(list) {
            field(&party.address);
        }
        field("");
    }
    field(&text::line(message.subject().unwrap_or_default(), text::SUBJECT));
    if key.is_none() && whole {
        let nameless = message.date().is_none() && message.from().is_none() && message.subject().is_none();
        if nameless {
            hash.update(message.raw_message());
        }
        // Decoded, as another rendering may encode them anew.
        for part in message.parts.iter().filter(|part| !part.is_multipart() && !part.is_message()) {
            hash.update((part.contents().len() as u64).to_le_bytes());
            hash.update(part.contents());
        }
    }
    let digest = hash.finalize().to_vec();
    let given = key.is_some();
    Identity { key: key.unwrap_or_else(|| format!("none:{}", hex(&digest))), digest, given }
}

/// The key under which a Message-ID is known: without brackets and blanks, bounded.
pub fn message_key(id: &str) -> String {
    let id = id.trim().trim_start_matches('<').trim_end_matches('>');
    let id: String = id.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    if id.len() > KEY { format!("long:{}", hex(&Sha256::digest(id.as_bytes()))) } else { id }
}

/// The keys of In-Reply-To and then of References from the last to the first.
pub fn ancestors(message: &Message<'_>) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    let mut references = ids(message.references());
    references.reverse();
    if references.len() > ANCESTORS {
        // The first one is the thread's root.
        let root = references.pop();
        references.truncate(ANCESTORS - 1);
        references.extend(root);
    }
    let mut replied = ids(message.in_reply_to());
    replied.truncate(ANCESTORS);
    for key in replied.into_iter().chain(references) {
        if !key.is_empty() && !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(one) => vec![message_key(one)],
        HeaderValue::TextList(list) => list.iter().map(|one| message_key(one)).collect(),
        _ => Vec::new(),
    }
}

/// A Date field as an instant, if it is one.
pub fn time(date: &DateTime) -> Option<Time> {
    date.is_valid().then(|| Time(date.to_timestamp().saturating_mul(1_000)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
