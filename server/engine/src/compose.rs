//! The bytes of a reply (RFC 5322, 2045 to 2047, 2231).
//!
//! Invariants: the same delivery always gives the same bytes, so that a second attempt sends the
//! same message; nothing that a person or a customer wrote can end a header line.
//!
//! lettre's builder, which is here anyway for SMTP: it folds and encodes headers (RFC 2047),
//! names of files (RFC 2231), and chooses the transfer encoding. Dates, Message-ID and boundaries
//! are given to it, for it would draw them by chance.

mod addresses;
mod html;
pub mod notice;
mod subject;

pub use addresses::{Person, ascii_domain, people};
pub use subject::reply_subject;

use domain::{Address, Time};
use lettre::message::header::{
    ContentDisposition, ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue,
};
use lettre::message::{Body, Mailbox, Message, MultiPart, SinglePart};
use sha2::{Digest, Sha256};
use std::time::{Duration, UNIX_EPOCH};

/// At most this many known Message-IDs go into References, and the first.
const REFERENCES: usize = 20;
/// A Message-ID above this can't be folded into a line (RFC 5322 2.1.1).
const LONGEST_ID: usize = 300;

/// A file to be sent along.
pub struct File {
    pub name: String,
    pub mime: String,
    pub bytes: Vec<u8>,
}

/// Everything that a reply's bytes follow from.
pub struct Letter {
    pub from_name: String,
    pub from: Address,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<Address>,
    pub to: Vec<Person>,
    pub cc: Vec<Person>,
    pub subject: String,
    /// With or without angle brackets.
    pub header_id: String,
    /// Message-IDs of the conversation, oldest first.
    pub references: Vec<String>,
    /// The message that this one answers.
    pub in_reply_to: Option<String>,
    pub at: Time,
    pub text: String,
    pub signature: String,
    pub files: Vec<File>,
    /// No person wrote it (RFC 3834 5).
    pub automatic: bool,
}

/// What other programs know an automatic reply by, so that they do not answer it.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-replied".to_owned())
    }
}

/// The same for Exchange, whose out-of-office replies heed only this.
#[derive(Clone)]
struct NoAnswers;

impl Header for NoAnswers {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("X-Auto-Response-Suppress")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "All".to_owned())
    }
}

/// Why a reply can't be composed.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    #[error("the sender's address can't stand in a message")]
    Sender,
    #[error("no recipient's address can stand in a message")]
    Recipients,
    #[error("{0}")]
    Message(#[from] lettre::error::Error),
}

/// The bytes of a reply, with CRLF line ends.
///
/// # Errors
/// [`ComposeError`]: the same at every attempt.
pub fn compose(letter: &Letter) -> Result<Vec<u8>, ComposeError> {
    let from_name = Some(one_line(&letter.from_name)).filter(|name| !name.is_empty());
    let from = addresses::mailbox(&letter.from, from_name).ok_or(ComposeError::Sender)?;
    let mut message = Message::builder()
        .from(from)
        .message_id(Some(bracketed(&letter.header_id)))
        .date(UNIX_EPOCH + Duration::from_millis(u64::try_from(letter.at.0).unwrap_or(0)))
        .subject(one_line(&letter.subject));
    if let Some(reply_to) = letter.reply_to.as_ref().and_then(|address| addresses::mailbox(address, None)) {
        message = message.reply_to(reply_to);
    }
    let to = mailboxes(&letter.to);
    let cc = mailboxes(&letter.cc);
    if to.is_empty() && cc.is_empty() {
        return Err(ComposeError::Recipients);
    }
    for mailbox in to {
        message = message.to(mailbox);
    }
    for mailbox in cc {
        message = message.cc(mailbox);
    }
    if let Some(id) = letter.in_reply_to.as_deref().and_then(sound_id) {
        message = message.in_reply_to(id);
    }
    let references = references(&letter.references, letter.in_reply_to.as_deref());
    if !references.is_empty() {
        message = message.references(references);
    }
    if letter.automatic {
        message = message.header(AutoSubmitted).header(NoAnswers);
    }
    let text = with_signature(&letter.text, &letter.signature);
    let words = MultiPart::alternative()
        .boundary(boundary(&letter.header_id, "words"))
        .singlepart(SinglePart::plain(text.clone()))
        .singlepart(SinglePart::html(html::of_text(&text)));
    let message = if letter.files.is_empty() {
        message.multipart(words)?
    } else {
        let mut whole = MultiPart::mixed().boundary(boundary(&letter.header_id, "whole")).multipart(words);
        for file in &letter.files {
            whole = whole.singlepart(part(file));
        }
        message.multipart(whole)?
    };
    Ok(message.formatted())
}

fn mailboxes(people: &[Person]) -> Vec<Mailbox> {
    people.iter().filter_map(|p| addresses::mailbox(&p.address, p.name.as_deref().map(one_line))).collect()
}

/// A file as a part, in base64 whatever it holds: what arrives is what was uploaded, byte for byte.
fn part(file: &File) -> SinglePart {
    let octets = || ContentType::parse("application/octet-stream").unwrap_or(ContentType::TEXT_PLAIN);
    // RFC 2046 5.2.1 and 5.1: message and multipart must not be encoded.
    let kind = file.mime.trim().to_ascii_lowercase();
    let plain = kind.is_ascii() && !kind.starts_with("message/") && !kind.starts_with("multipart/");
    let content_type = if plain { ContentType::parse(&kind).unwrap_or_else(|_| octets()) } else { octets() };
    let body = Body::new_with_encoding(file.bytes.clone(), ContentTransferEncoding::Base64).unwrap_or_else(Body::new);
    SinglePart::builder().header(content_type).header(ContentDisposition::attachment(&file_name(&file.name))).body(body)
}

/// A file's name without path and control characters.
fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).take(200).collect();
    if name.trim().is_empty() { "file".to_owned() } else { name }
}

/// One line: what is a line's end or another control character becomes a blank.
fn one_line(text: &str) -> String {
    let blanked: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    blanked.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The text, and the signature below the mark by which mail programs know it (RFC 3676 4.3).
pub fn with_signature(text: &str, signature: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let signature = signature.replace("\r\n", "\n");
    let text = text.trim_end();
    match signature.trim() {
        "" => format!("{text}\n"),
        signature => format!("{text}\n\n-- \n{signature}\n"),
    }
}

/// The first and the last known ids, each once, the answered one last (RFC 5322 3.6.4).
fn references(known: &[String], answered: Option<&str>) -> String {
    let mut ids: Vec<String> = Vec::new();
    let answered = answered.and_then(sound_id);
    for id in known.iter().filter_map(|id| sound_id(id)) {
        if Some(&id) != answered.as_ref() && !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids.extend(answered);
    if ids.len() > REFERENCES + 1 {
        ids.drain(1..ids.len() - REFERENCES);
    }
    ids.join(" ")
}

/// A Message-ID that may stand in a header, in its brackets.
fn sound_id(id: &str) -> Option<String> {
    let inner = id.trim().trim_start_matches('<').trim_end_matches('>');
    let sound = !inner.is_empty()
        && inner.len() <= LONGEST_ID
        && inner.bytes().all(|b| b.is_ascii_graphic() && !b"<>".contains(&b));
    sound.then(|| format!("<{inner}>"))
}

fn bracketed(id: &str) -> String {
    sound_id(id).unwrap_or_else(|| format!("<{}@invalid>", boundary(id, "id")))
}

/// A mark that follows from the message's id alone and that nobody can foresee in a text.
fn boundary(header_id: &str, part: &str) -> String {
    let digest = Sha256::new().chain_update(header_id.as_bytes()).chain_update(part.as_bytes()).finalize();
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests;
