//! The files of a message. Their bytes stay in the source; a part's index finds them again.

use super::text;
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use std::borrow::Cow;
use std::collections::HashSet;

/// A file of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its place among the parsed parts.
    pub index: u32,
    pub name: String,
    pub mime: String,
    /// Decoded size in bytes.
    pub bytes: u64,
    /// Without angle brackets.
    pub content_id: Option<String>,
    /// An image that the formatted body shows.
    pub inline: bool,
}

/// More than this in one message are not listed: the source has them.
const MOST: usize = 300;

pub fn of(message: &Message<'_>) -> Vec<Part> {
    let mut seen = HashSet::new();
    let listed = message.attachments.iter().copied().filter(|index| seen.insert(*index));
    listed
        .filter_map(|index| Some((index, message.parts.get(index as usize)?)))
        // The machine's half of a report is for us, not for people.
        .filter(|(_, part)| !matches!(part.body, PartType::Multipart(_)))
        .take(MOST)
        .map(|(index, part)| describe(index, part, message))
        .collect()
}

fn describe(index: u32, part: &MessagePart<'_>, message: &Message<'_>) -> Part {
    let mime = part.content_type().map_or_else(
        || match part.body {
            PartType::Message(_) => "message/rfc822".to_owned(),
            _ => "application/octet-stream".to_owned(),
        },
        |t| format!("{}/{}", t.ctype(), t.subtype().unwrap_or("octet-stream")).to_lowercase(),
    );
    let mime = file_type(&mime);
    let content_id = part
        .content_id()
        .map(|id| text::line(id.trim_matches(['<', '>', ' ']), text::NAME))
        .filter(|id| !id.is_empty());
    let attached = part.content_disposition().is_some_and(|d| d.is_attachment());
    let inline = content_id.is_some() && mime.starts_with("image/") && !attached;
    Part { index, name: name(part, &mime, index), bytes: content(part, message).len() as u64, mime, content_id, inline }
}

/// A media type that can stand in a header, or else the one that says nothing.
pub fn file_type(claimed: &str) -> String {
    let plain = claimed.split(';').next().unwrap_or_default().trim().to_lowercase();
    if is_mime(&plain) { plain } else { "application/octet-stream".to_owned() }
}

/// A file name that any disk takes: no path, no control characters; may be empty.
fn tame(given: &str) -> String {
    let given = text::line(given, 200);
    let given: String = given.chars().map(|c| if "/\\:*?\"<>|".contains(c) { '_' } else { c }).collect();
    given.trim_matches(['.', ' ']).to_owned()
}

/// The name of an uploaded file, never empty.
pub fn file_name(given: &str) -> String {
    let name = tame(given);
    if name.is_empty() { "file".into() } else { name }
}

fn is_mime(text: &str) -> bool {
    text.len() <= 100
        && text.matches('/').count() == 1
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/.+-_".contains(&b))
}

/// A name that any disk takes: no path, no control characters, never empty.
fn name(part: &MessagePart<'_>, mime: &str, index: u32) -> String {
    let given = part.attachment_name().map(str::to_owned).or_else(|| {
        let subject = part.message().filter(|m| !m.parts.is_empty())?.subject()?;
        Some(format!("{subject}.eml"))
    });
    let given = tame(&given.unwrap_or_default());
    if !given.is_empty() {
        return given;
    }
    let ending = match mime {
        "message/rfc822" => "eml",
        "text/plain" => "txt",
        "text/html" => "html",
        "text/calendar" => "ics",
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "application/pdf" => "pdf",
        _ => "bin",
    };
    format!("part-{index}.{ending}")
}

/// The bytes as they were attached: a text in its own charset, a message as it came. Copied only
/// where they must be decoded: a file may be most of what memory there is.
fn content<'x>(part: &'x MessagePart<'_>, message: &'x Message<'_>) -> Cow<'x, [u8]> {
    let raw = || {
        let (from, to) = (part.raw_body_offset() as usize, part.raw_end_offset() as usize);
        message.raw_message().get(from..to).unwrap_or_default()
    };
    let decoded = |bytes: Option<Vec<u8>>| bytes.map_or(Cow::Borrowed(part.contents()), Cow::Owned);
    match (&part.body, part.encoding) {
        (PartType::Text(_) | PartType::Html(_), _) if part.is_encoding_problem => Cow::Borrowed(raw()),
        (PartType::Text(_) | PartType::Html(_), Encoding::Base64) => decoded(base64_decode(raw())),
        (PartType::Text(_) | PartType::Html(_), Encoding::QuotedPrintable) => decoded(quoted_printable_decode(raw())),
        (PartType::Text(_) | PartType::Html(_) | PartType::Message(_), Encoding::None) => Cow::Borrowed(raw()),
        _ => Cow::Borrowed(part.contents()),
    }
}

/// Cuts one part out of a source again.
pub fn part(source: &[u8], index: u32) -> Option<Vec<u8>> {
    cut(&MessageParser::default().parse(source)?, index)
}

/// The same of a message that is parsed already.
pub fn cut(message: &Message<'_>, index: u32) -> Option<Vec<u8>> {
    message.parts.get(index as usize).map(|part| content(part, message).into_owned())
}
