//! Delivery reports (RFC 3464, 6522): which of our messages, which recipients, why.

use super::{identity, text};
use mail_parser::{Message, MessageParser, MimeHeaders, PartType};

/// What a report says became of one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    Failed,
    /// Still tried by the server that reports.
    Delayed,
    /// Delivered, relayed or expanded.
    Done,
}

/// A recipient of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedRecipient {
    /// Lower case. The one we wrote to where the report tells it (Original-Recipient).
    pub address: String,
    /// The one it ended at, if another.
    pub last: String,
    pub action: Action,
    /// `5.1.1`.
    pub status: String,
    /// The server's words, one line.
    pub said: String,
}

/// A delivery report.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub recipients: Vec<FailedRecipient>,
    /// Keys of the messages it may be about.
    pub about: Vec<String>,
}

/// More than this in one report are not read.
const MOST: usize = 200;

/// Reads the machine part of a report; `None` where there is none.
pub fn of(message: &Message<'_>) -> Option<Report> {
    let machine = message.parts.iter().find(|part| {
        part.is_content_type("message", "delivery-status") || part.is_content_type("message", "global-delivery-status")
    })?;
    let mut report = Report::default();
    let words = String::from_utf8_lossy(machine.contents());
    let words = text::lines(&words, 256 << 10);
    for group in words.split("\n\n").take(MOST) {
        report.recipients.extend(recipient(group));
    }
    report.about = about(message);
    Some(report)
}

/// Keys of the messages that are returned with a report, in whole or as headers, and of those it
/// answers.
pub fn about(message: &Message<'_>) -> Vec<String> {
    let mut named = Vec::new();
    for part in &message.parts {
        let id = match &part.body {
            PartType::Message(original) if !original.parts.is_empty() => original.message_id().map(str::to_owned),
            _ if part.is_content_type("text", "rfc822-headers")
                || part.is_content_type("message", "global-headers") =>
            {
                let headers = part.contents();
                let parsed = MessageParser::default().parse_headers(headers);
                parsed
                    .filter(|m| !m.parts.is_empty())
                    .and_then(|m| m.message_id().map(str::to_owned))
                    .or_else(|| raw_id(headers))
            }
            _ => None,
        };
        named.extend(id.map(|id| identity::message_key(&id)));
    }
    // Exchange names the original there too.
    named.extend(identity::ancestors(message));
    named.dedup();
    named.truncate(MOST);
    named
}

/// `parse_headers` returns no part for a block that ends without an empty line.
fn raw_id(headers: &[u8]) -> Option<String> {
    let words = String::from_utf8_lossy(headers);
    let mut lines = words.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((name, value)) = line.split_once(':') else { continue };
        if name.eq_ignore_ascii_case("message-id") {
            let folded = value.trim().is_empty().then(|| lines.peek().copied()).flatten();
            return Some(folded.unwrap_or(value).to_owned());
        }
    }
    None
}

fn recipient(group: &str) -> Option<FailedRecipient> {
    let field = |wanted: &str| -> Option<String> {
        let mut found: Option<String> = None;
        for line in group.lines() {
            if let Some(value) = found.as_mut() {
                if line.starts_with([' ', '\t']) {
                    value.push(' ');
                    value.push_str(line.trim());
                    continue;
                }
                break;
            }
            let (name, value) = line.split_once(':').unwrap_or_default();
            if name.trim().eq_ignore_ascii_case(wanted) {
                found = Some(value.trim().to_owned());
            }
        }
        found
    };
    // `rfc822; anna@x.example`
    let behind = |value: String| -> String {
        let plain = value.split_once(';').map_or(value.as_str(), |(_, rest)| rest);
        text::line(plain, text::NAME).trim_matches(['<', '>']).to_lowercase()
    };
    let last = behind(field("Final-Recipient")?);
    let address = field("Original-Recipient").map(behind).filter(|a| a.contains('@'));
    let action = match field("Action").unwrap_or_default().to_ascii_lowercase().as_str() {
        "failed" => Action::Failed,
        "delayed" => Action::Delayed,
        _ => Action::Done,
    };
    let said =
        field("Diagnostic-Code").map(|value| value.split_once(';').map_or(value.clone(), |(_, rest)| rest.to_owned()));
    Some(FailedRecipient {
        address: address.unwrap_or_else(|| last.clone()),
        last,
        action,
        status: text::line(&field("Status").unwrap_or_default(), 20),
        said: text::line(&said.unwrap_or_default(), 300),
    })
}
