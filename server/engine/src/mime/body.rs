//! The readable body.

use super::{markup, quote, tangle, text};
use mail_parser::{Message, MimeHeaders, PartType};
use std::borrow::Cow;

pub struct Body {
    pub text: String,
    pub quoted: Option<String>,
    pub html: Option<String>,
}

/// Whether the subject says that the quoted rest is what the writer wants to show.
pub fn is_forward(subject: &str) -> bool {
    let Some((head, _)) = subject.split_once([':', '：']) else { return false };
    super::forward::PREFIXES.contains(&head.trim().trim_end_matches('.').to_lowercase().as_str())
}

/// All readable parts in order, as text and, where one was formatted, as HTML.
pub fn of(message: &Message<'_>, forwarded: bool) -> Body {
    let mut plain = String::new();
    let mut from_html = false;
    for part in message.text_body.iter().filter_map(|id| message.parts.get(*id as usize)) {
        let words = match &part.body {
            PartType::Text(words) => text::lines(words, text::BODY),
            PartType::Html(markup) => {
                from_html = true;
                text::lines(&markup::to_text(bounded(markup)), text::BODY)
            }
            _ => continue,
        };
        if !plain.is_empty() && !words.trim().is_empty() {
            plain.push_str("\n\n");
        }
        plain.push_str(words.trim_end());
    }
    if plain.is_empty() && message.html_body.is_empty() {
        plain = text::lines(&stray(message).unwrap_or_default(), text::BODY);
    }
    let html = formatted(message);
    // A quotation that the sender's program marked is cut where it says, not guessed.
    let marked = match &html {
        Some(html) if from_html && !forwarded => quote::split_html(html),
        _ => None,
    };
    let (words, quoted) = match marked {
        Some((words, quoted)) => (words, Some(quoted)),
        None if forwarded => (plain, None),
        None => quote::split(&plain),
    };
    Body { text: text::lines(words.trim(), text::BODY), quoted: quoted.map(|q| text::lines(&q, text::BODY)), html }
}

/// A text that the parser took for a file, because a boundary is missing or was never closed.
fn stray<'a>(message: &'a Message<'_>) -> Option<Cow<'a, str>> {
    let plain = message.parts.iter().find_map(|part| match &part.body {
        PartType::Text(words) => {
            let attached = part.content_disposition().is_some_and(|d| d.is_attachment());
            let plain = part.content_type().is_none_or(|t| t.ctype() == "text" && t.subtype() == Some("plain"));
            ((plain && !attached) || part.is_encoding_problem).then_some(Cow::Borrowed(words.as_ref()))
        }
        _ => None,
    });
    let whole = || {
        let root = message.parts.first()?;
        let multipart = root.content_type().is_some_and(|t| t.ctype() == "multipart");
        match &root.body {
            PartType::Text(words) if multipart => Some(Cow::Borrowed(words.as_ref())),
            PartType::Binary(bytes) if multipart => Some(String::from_utf8_lossy(bytes)),
            _ => None,
        }
    };
    plain.or_else(whole)
}

/// The formatted body, unless it is too long or too tangled to be cleaned, with plain parts between formatted ones set as they are.
fn formatted(message: &Message<'_>) -> Option<String> {
    let mut out = String::new();
    let mut any = false;
    for part in message.html_body.iter().filter_map(|id| message.parts.get(*id as usize)) {
        match &part.body {
            PartType::Html(markup) => {
                any = true;
                out.push_str(markup);
            }
            PartType::Text(words) => {
                out.push_str("<pre>");
                out.push_str(&html_escape::encode_text(words));
                out.push_str("</pre>");
            }
            _ => {}
        }
        if out.len() > text::HTML {
            return None;
        }
    }
    (any && !out.trim().is_empty() && !tangle::is_tangled(&out)).then(|| out.replace('\0', ""))
}

fn bounded(markup: &str) -> &str {
    let mut end = markup.len().min(text::HTML);
    while !markup.is_char_boundary(end) {
        end -= 1;
    }
    &markup[..end]
}
