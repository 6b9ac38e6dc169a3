//! Threading: to which ticket a message belongs.
//!
//! Ties are tried from the strongest to the weakest, and each needs a sender who takes part in the
//! ticket already: a stranger who knows a number or a Message-ID begins a ticket of his own.

use crate::id::TicketId;

/// How a message points at a ticket, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tie {
    /// A plus address or Message-ID that we signed.
    Signed,
    /// A Message-ID that a ticket knows, in In-Reply-To or References (RFC 5322 3.6.4).
    Known,
    /// `[#123]` in the subject.
    Tagged,
}

/// A ticket that a message points at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub ticket: TicketId,
    pub tie: Tie,
    /// The sender wrote or got a message of this ticket, or works here.
    pub participant: bool,
}

/// The ticket that a message joins; `None`: it begins its own.
pub fn choose(candidates: &[Candidate]) -> Option<Candidate> {
    // A stable sort: of two alike the one found first, which stands nearer to the message.
    let mut ordered: Vec<&Candidate> = candidates.iter().filter(|c| c.participant).collect();
    ordered.sort_by_key(|c| c.tie);
    ordered.first().copied().copied()
}

/// The ticket that a message may be about although its sender takes no part there: the strongest
/// tie of those that led nowhere.
pub fn possible(candidates: &[Candidate]) -> Option<Candidate> {
    let mut ordered: Vec<&Candidate> = candidates.iter().filter(|c| !c.participant).collect();
    ordered.sort_by_key(|c| c.tie);
    ordered.first().copied().copied()
}

/// The ticket number in a subject's last `[#123]`.
pub fn subject_tag(subject: &str) -> Option<TicketId> {
    let mut found = None;
    let mut rest = subject;
    while let Some(at) = rest.find("[#") {
        rest = &rest[at + 2..];
        let Some(end) = rest.find(']') else { break };
        let digits = &rest[..end];
        if (1..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) {
            found = digits.parse().ok().filter(|n| *n > 0).map(TicketId);
        }
    }
    found
}

/// What mail programs put before a subject, lower case, without the colon.
const PREFIXES: [&str; 28] = [
    "re", "aw", "sv", "vs", "antw", "antwort", "odp", "ynt", "res", "rif", "r", "fw", "fwd", "wg", "tr", "rv", "enc",
    "vb", "vl", "doorst", "i", "réf", "pd", "redir", "回复", "转发", "転送", "返信",
];

/// A subject without our tag and without leading *Re:*, *AW:*, *Re[2]:*, for a ticket's title.
pub fn base_subject(subject: &str) -> String {
    let mut text = without_tag(subject);
    loop {
        let trimmed = text.trim_start();
        let Some((head, rest)) = trimmed.split_once([':', '：']) else { break };
        let word = head.trim().to_lowercase();
        let word = word.split('[').next().unwrap_or_default().trim();
        if word.is_empty() || !PREFIXES.contains(&word) {
            break;
        }
        text = rest.to_owned();
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The subject of a reply: one *Re:*, the title, our tag.
pub fn reply_subject(title: &str, ticket: TicketId) -> String {
    format!("Re: {} [#{ticket}]", base_subject(title)).replace("  ", " ")
}

fn without_tag(subject: &str) -> String {
    let mut out = String::with_capacity(subject.len());
    let mut rest = subject;
    while let Some(at) = rest.find("[#") {
        let Some(end) = rest[at..].find(']') else { break };
        let inner = &rest[at + 2..at + end];
        if inner.is_empty() || !inner.bytes().all(|b| b.is_ascii_digit()) {
            out.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            continue;
        }
        out.push_str(&rest[..at]);
        rest = &rest[at + end + 1..];
    }
    out.push_str(rest);
    out
}

/// What we write into a Message-ID or plus address so that an answer finds its ticket: the number,
/// something random, and a signature over both. Lower-case letters and digits only: relays fold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub ticket: TicketId,
    /// Empty in a plus address.
    pub nonce: String,
    pub signature: String,
}

/// Hex digits of a token's signature.
pub const SIGNATURE_DIGITS: usize = 20;

impl Token {
    /// The left part of a Message-ID.
    pub fn in_message_id(&self) -> String {
        format!("mk.{}.{}.{}", self.ticket, self.nonce, self.signature)
    }

    /// What stands behind the plus sign (RFC 5233).
    pub fn in_plus_address(&self) -> String {
        format!("mk-{}-{}", self.ticket, self.signature)
    }

    /// Reads a Message-ID without angle brackets, in any case of letters.
    pub fn from_message_id(id: &str) -> Option<Token> {
        let (local, _) = id.rsplit_once('@')?;
        let local = local.to_ascii_lowercase();
        let mut parts = local.strip_prefix("mk.")?.split('.');
        let token = Token {
            ticket: number(parts.next()?)?,
            nonce: hex(parts.next()?, None)?,
            signature: hex(parts.next()?, Some(SIGNATURE_DIGITS))?,
        };
        parts.next().is_none().then_some(token)
    }

    /// Reads an address such as `support+mk-12-0123..@desk.example`.
    pub fn from_plus_address(address: &str) -> Option<Token> {
        let (local, _) = address.rsplit_once('@')?;
        let (_, detail) = local.split_once('+')?;
        let detail = detail.to_ascii_lowercase();
        let (ticket, signature) = detail.strip_prefix("mk-")?.split_once('-')?;
        Some(Token {
            ticket: number(ticket)?,
            nonce: String::new(),
            signature: hex(signature, Some(SIGNATURE_DIGITS))?,
        })
    }
}

fn number(text: &str) -> Option<TicketId> {
    let sound = (1..=15).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    sound.then(|| text.parse().ok().map(TicketId)).flatten()
}

fn hex(text: &str, digits: Option<usize>) -> Option<String> {
    let length = digits.map_or((1..=64).contains(&text.len()), |n| text.len() == n);
    (length && text.bytes().all(|b| b.is_ascii_hexdigit())).then(|| text.to_owned())
}

#[cfg(test)]
#[path = "thread_tests.rs"]
mod tests;
