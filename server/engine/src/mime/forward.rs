//! A mail that somebody forwarded inside his own text: English Gmail and Outlook.
//!
//! Pure. What is no whole header block - an address after *From:*, a *Date:* or *Sent:*, a
//! *Subject:* - is no forward, but text: in doubt the mail stays what it is, its sender's own.

mod when;

pub use when::Written;

use super::parties::Party;
use super::{body, text};
use domain::thread::base_subject;
use sha2::{Digest, Sha256};

/// The forwarded message, as its header block and text tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inline {
    /// What the forwarder wrote above it.
    pub lead: String,
    pub from: Party,
    pub to: Vec<Party>,
    pub cc: Vec<Party>,
    pub subject: String,
    /// To the minute; `None` where the date can't be read.
    pub written: Option<Written>,
    pub text: String,
}

/// Lines that a header block has at most, folded ones included.
const FOLDED: usize = 30;
/// People of a field that are kept.
const PEOPLE: usize = 200;

/// The message that a text forwards; `subject` is the forwarding mail's.
pub fn inline(subject: &str, text: &str) -> Option<Inline> {
    let lines: Vec<&str> = text.lines().collect();
    let forwarded = body::is_forward(subject);
    let answered = subject.trim_start().to_lowercase().starts_with("re:");
    let (mark, head) = (0..lines.len()).find_map(|at| {
        let line = lines[at].trim();
        if is_gmail(line) && !answered {
            let next = (at + 1..lines.len()).find(|n| !lines[*n].trim().is_empty())?;
            return Some((at, next));
        }
        // Outlook writes the same block above a quoted message: only the subject says *forwarded*.
        if !forwarded {
            return None;
        }
        if is_rule(line) {
            let next = (at + 1..lines.len()).find(|n| !lines[*n].trim().is_empty())?;
            return field(lines[next]).filter(|(name, _)| *name == "from").map(|_| (at, next));
        }
        field(line).filter(|(name, _)| *name == "from").map(|_| (at, at))
    })?;
    let block = Block::read(&lines[head..])?;
    let from = parties(block.get("from")?).into_iter().next()?;
    let written = when::read(block.get("sent").or_else(|| block.get("date"))?);
    Some(Inline {
        lead: lead(&lines[..mark]),
        from,
        to: block.get("to").map(parties).unwrap_or_default(),
        cc: block.get("cc").map(parties).unwrap_or_default(),
        subject: text::line(block.get("subject")?, text::SUBJECT),
        written,
        text: lines[head + block.lines..].join("\n").trim().to_owned(),
    })
}

/// By what a forward and its original are known as the same, beside the time: sender, subject, and
/// the words without what programs change on the way (line breaks, marks, links, pictures).
pub fn alike(sender: &str, subject: &str, words: &str) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in [sender.trim().to_lowercase(), letters(&base_subject(subject)), letters(&without_marks(words))] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.finalize().to_vec()
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Without `[image: x.png]`, `[cid:..]` and addresses in angle brackets.
fn without_marks(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // What is nowhere closed is not looked for again at every mark: that would take the square.
    let mut unclosed: Vec<char> = Vec::new();
    while let Some(at) = rest.find(['[', '<']) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let close = if from.starts_with('[') { ']' } else { '>' };
        let folded: String = from.chars().skip(1).take(8).flat_map(char::to_lowercase).collect();
        let marks = ["image:", "cid:", "http:", "https:", "mailto:"].iter().any(|mark| folded.starts_with(mark));
        let end = if marks && !unclosed.contains(&close) { from.find(close) } else { None };
        match end {
            Some(end) => rest = &from[end + 1..],
            None => {
                if marks {
                    unclosed.push(close);
                }
                out.push(' ');
                rest = &from[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// `---------- Forwarded message ---------`, in the lengths that Gmail has had.
fn is_gmail(line: &str) -> bool {
    line.starts_with("-----")
        && line.ends_with("----")
        && line.trim_matches(['-', ' ']).eq_ignore_ascii_case("forwarded message")
}

/// `-----Original Message-----`, or a line of underscores.
fn is_rule(line: &str) -> bool {
    let original = line.starts_with("--") && line.trim_matches(['-', ' ']).eq_ignore_ascii_case("original message");
    original || (line.len() >= 10 && line.bytes().all(|b| b == b'_'))
}

const NAMES: [&str; 9] = ["from", "sent", "date", "to", "cc", "subject", "importance", "attachments", "reply-to"];

/// `*From:* Mia Lind <mia@x.example>` as its name and value.
fn field(line: &str) -> Option<(&'static str, &str)> {
    let line = line.trim().trim_start_matches('*');
    let (name, value) = line.split_once(':')?;
    let name = name.trim().trim_end_matches('*').to_lowercase();
    let name = NAMES.iter().find(|known| **known == name)?;
    Some((name, value.trim().trim_start_matches('*').trim()))
}

/// A header block: name and value, in order.
struct Block {
    fields: Vec<(&'static str, String)>,
    lines: usize,
}

impl Block {
    fn read(lines: &[&str]) -> Option<Self> {
        let mut fields: Vec<(&'static str, String)> = Vec::new();
        let mut at = 0;
        while at < lines.len() {
            let line = lines[at].trim();
            if line.is_empty() {
                break;
            }
            match field(line).filter(|(name, _)| !fields.iter().any(|(known, _)| known == name)) {
                Some((name, value)) => fields.push((name, value.to_owned())),
                // A long list of people, broken by the forwarder's program.
                None if at <= FOLDED && lines[at.saturating_sub(1)].trim_end().ends_with([',', ';']) => {
                    let (_, last) = fields.last_mut()?;
                    last.push(' ');
                    last.push_str(line);
                }
                // A formatted mail may leave no blank line before the text.
                None => break,
            }
            at += 1;
        }
        let has = |name: &str| fields.iter().any(|(known, _)| *known == name);
        let whole = has("from") && has("subject") && (has("sent") || has("date"));
        whole.then_some(Self { fields, lines: at })
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

/// `Mia Lind <mia@x.example>; Jo [mailto:jo@y.example]`, those with an address.
fn parties(line: &str) -> Vec<Party> {
    let mut found = Vec::new();
    let mut name = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(['<', '[', ';', ',']).filter(|_| found.len() < PEOPLE) {
        name.push_str(&rest[..at]);
        let mark = rest.as_bytes()[at];
        let behind = &rest[at + 1..];
        let close = match mark {
            b'<' => '>',
            b'[' => ']',
            _ => {
                push(&mut found, &name, "");
                name.clear();
                rest = behind;
                continue;
            }
        };
        let Some(end) = behind.find(close) else { break };
        // `<mia@x.example<mailto:mia@x.example>>`
        let inner = behind[..end].split(['<', '|']).next().unwrap_or_default();
        if is_address(inner) {
            push(&mut found, &name, inner);
            name.clear();
        }
        rest = behind[end + 1..].trim_start_matches(close);
    }
    name.push_str(rest);
    push(&mut found, &name, "");
    found
}

fn push(found: &mut Vec<Party>, name: &str, address: &str) {
    let name = text::line(name.trim_matches([' ', '"', '\'', '*', ';', ',']), text::NAME);
    let (name, address) = if address.is_empty() { (String::new(), name.as_str()) } else { (name, address) };
    let address = address.trim().trim_start_matches("mailto:").trim().to_lowercase();
    if is_address(&address) && !found.iter().any(|p| p.address == address) {
        let name = if name.eq_ignore_ascii_case(&address) { String::new() } else { name };
        found.push(Party { name, address });
    }
}

fn is_address(text: &str) -> bool {
    domain::Address::parse(text.trim().trim_start_matches("mailto:")).is_ok()
}

/// What stands above the mark, without the forwarder's own signature mark alone.
fn lead(lines: &[&str]) -> String {
    let text = lines.join("\n");
    let text = text.split("\n-- \n").next().unwrap_or_default().trim();
    if text.starts_with("-- ") || text == "--" { String::new() } else { text.to_owned() }
}

#[cfg(test)]
#[path = "forward/tests.rs"]
mod tests;
