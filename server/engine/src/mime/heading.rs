//! What a list shows of a message, read off its header alone.

use super::{Broken, identity, isolated, parties, text};
use domain::Time;
use mail_parser::MessageParser;

/// Who wrote it, about what, when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// As in `Anna <anna@x.example>`.
    pub from: String,
    pub subject: String,
    pub date: Option<Time>,
    /// The Message-ID, or what stands for it.
    pub key: String,
}

impl Heading {
    /// Whether a person who typed these words means this message.
    pub fn has(&self, words: &str) -> bool {
        let words = words.to_lowercase();
        let fields = [&self.from, &self.subject, &self.key];
        fields.iter().any(|field| field.to_lowercase().contains(&words))
    }
}

/// Headings of many, in their order; what can't be read is empty.
///
/// # Errors
/// [`Broken`], as a whole.
pub async fn headings(headers: Vec<Vec<u8>>) -> Result<Vec<Heading>, Broken> {
    isolated(move || headers.iter().map(|header| heading(header)).collect()).await
}

fn heading(header: &[u8]) -> Heading {
    let key = identity::identify(header).key;
    let Some(message) = MessageParser::default().parse_headers(header) else {
        return Heading { key, ..Heading::default() };
    };
    Heading {
        from: parties::of(message.from()).first().map(parties::Party::line).unwrap_or_default(),
        subject: text::line(message.subject().unwrap_or_default(), text::SUBJECT),
        date: message.date().and_then(identity::time),
        key,
    }
}
