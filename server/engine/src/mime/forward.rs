//! Mails that somebody forwarded inside his own text: Gmail, Outlook, Apple Mail, Thunderbird and
//! their like, in the languages of [`words`].
//!
//! Pure. What is no whole header block - an address after *From:*, a *Date:* or *Sent:*, a
//! *Subject:* - is no forward, but text: in doubt the mail stays what it is, its sender's own.

mod when;
mod words;

pub use when::{Written, Zone};
pub use words::PREFIXES;

use super::parties::Party;
use super::{body, text};
use domain::thread::base_subject;
use sha2::{Digest, Sha256};
use words::{ANSWERED, FIELDS, FORWARDED, Field, ORIGINAL};

/// A forwarded message, as its header block and text tell it.
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
/// More than this in one text are nobody's forward.
const MOST: usize = 50;
/// People of a field that are kept.
const PEOPLE: usize = 200;

/// The messages that a text forwards, in their order; `subject` is the forwarding mail's.
pub fn inline(subject: &str, text: &str) -> Vec<Inline> {
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let Some(head) = find(subject, &lines) else { return Vec::new() };
    let lead = lead(&lines[..head.mark]);
    // Apple Mail quotes the whole message in plain text.
    let quoted = lines[head.block].starts_with('>');
    let rest: Vec<String> = lines[head.block..]
        .iter()
        .map(|line| {
            if quoted { line.strip_prefix("> ").or(line.strip_prefix('>')).unwrap_or(line) } else { line }.to_owned()
        })
        .collect();
    let mut found: Vec<Inline> = Vec::new();
    let mut from = 0;
    while let Some((mut one, lines)) = message(&rest[from..]).filter(|_| found.len() < MOST) {
        from += lines;
        // *Forward all* sets a conversation's messages one after the other, the oldest first. An
        // older one is what this message itself forwarded, and part of it.
        let mut seek = from;
        let next = loop {
            let Some(mark) = (seek..rest.len()).find(|at| is_mark(&rest[*at])) else { break None };
            let block = (mark + 1..rest.len()).find(|at| !rest[*at].trim().is_empty());
            let later = |other: &Inline| {
                one.written
                    .zip(other.written)
                    .is_some_and(|(this, other)| this.zoned == other.zoned && this.at <= other.at)
            };
            match block.and_then(|block| Some((mark, block, message(&rest[block..])?.0))) {
                Some((mark, block, other)) if later(&other) => break Some((mark, block)),
                _ => seek = mark + 1,
            }
        };
        let end = next.map_or(rest.len(), |(mark, _)| mark);
        one.text = rest[from..end].join("\n").trim().to_owned();
        found.push(one);
        match next {
            Some((_, block)) => from = block,
            None => break,
        }
    }
    if let Some(first) = found.first_mut() {
        first.lead = lead;
    }
    found
}

/// Where the forwarder's words end, and where the header block begins.
struct Head {
    mark: usize,
    block: usize,
}

fn find(subject: &str, lines: &[String]) -> Option<Head> {
    let forwarded = body::is_forward(subject);
    let answered = ANSWERED.contains(&prefix(subject).as_str());
    (0..lines.len()).find_map(|at| {
        let line = lines[at].trim();
        let next = || (at + 1..lines.len()).find(|n| !lines[*n].trim_matches([' ', '>']).is_empty());
        if is_mark(line) && !answered {
            return Some(Head { mark: at, block: next()? });
        }
        // Outlook writes the same block above a quoted message: only the subject says *forwarded*.
        if !forwarded {
            return None;
        }
        if is_rule(line) {
            let block = next()?;
            return field(&lines[block]).filter(|(name, _)| *name == Field::From).map(|_| Head { mark: at, block });
        }
        let whole = || Block::read(&lines[at..]).is_some();
        field(line).filter(|(name, _)| *name == Field::From && whole()).map(|_| Head { mark: at, block: at })
    })
}

/// What stands before a subject, lower case, without the colon.
fn prefix(subject: &str) -> String {
    subject.split_once([':', '：']).map(|(head, _)| head.trim().to_lowercase()).unwrap_or_default()
}

/// The message whose header block begins here, without its text, and the lines of the block.
fn message(lines: &[String]) -> Option<(Inline, usize)> {
    let block = Block::read(lines)?;
    let from = parties(block.get(Field::From)?).into_iter().next()?;
    let one = Inline {
        lead: String::new(),
        from,
        to: block.get(Field::To).map(parties).unwrap_or_default(),
        cc: block.get(Field::Cc).map(parties).unwrap_or_default(),
        subject: text::line(block.get(Field::Subject)?, text::SUBJECT),
        written: when::read(block.get(Field::Date)?),
        text: String::new(),
    };
    Some((one, block.lines))
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

/// Whether a text says nothing by which it could be told from another.
pub fn wordless(words: &str) -> bool {
    letters(&without_marks(words)).is_empty()
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

/// `---------- Forwarded message ---------`, `Begin forwarded message:`, in every language.
pub fn is_mark(line: &str) -> bool {
    let line = line.trim();
    let dashed = line.starts_with("---") && line.ends_with("---");
    let announced = line.ends_with([':', '：']);
    (dashed || announced) && FORWARDED.contains(&plain(line).as_str())
}

/// `-----Original Message-----`, or a line of underscores.
fn is_rule(line: &str) -> bool {
    let original = line.starts_with("--") && ORIGINAL.contains(&plain(line).as_str());
    original || (line.len() >= 10 && line.bytes().all(|b| b == b'_'))
}

fn plain(line: &str) -> String {
    line.trim_matches(|c: char| c.is_whitespace() || "->:：*".contains(c)).to_lowercase().replace('\u{2019}', "'")
}

/// `*From:* Mia Lind <mia@x.example>` as its name and value.
fn field(line: &str) -> Option<(Field, &str)> {
    let line = line.trim().trim_start_matches('*');
    let (name, value) = line.split_once([':', '：'])?;
    // The longest is *date d'envoi*; a sentence is none.
    if name.len() > 40 {
        return None;
    }
    let name = name.trim().trim_end_matches('*').trim_end().to_lowercase().replace('\u{2019}', "'");
    let (field, _) = FIELDS.iter().find(|(_, names)| names.contains(&name.as_str()))?;
    Some((*field, value.trim().trim_start_matches('*').trim()))
}

/// A header block: name and value, in order.
struct Block {
    fields: Vec<(Field, String)>,
    lines: usize,
}

impl Block {
    fn read(lines: &[String]) -> Option<Self> {
        let mut fields: Vec<(Field, String)> = Vec::new();
        let mut at = 0;
        while at < lines.len() {
            let line = lines[at].trim();
            if line.is_empty() {
                break;
            }
            let fresh = |name: Field| name == Field::Other || !fields.iter().any(|(known, _)| *known == name);
            match field(line).filter(|(name, _)| fresh(*name)) {
                Some((name, value)) => fields.push((name, value.to_owned())),
                // A long list of people, broken by the forwarder's program; or a value on a line
                // of its own.
                None if at <= FOLDED
                    && fields.last().is_some_and(|(_, value)| value.is_empty() || value.ends_with([',', ';'])) =>
                {
                    let (_, last) = fields.last_mut()?;
                    last.push(' ');
                    last.push_str(line);
                }
                // A formatted mail may leave no blank line before the text.
                None => break,
            }
            at += 1;
        }
        let has = |name: Field| fields.iter().any(|(known, _)| *known == name);
        let whole = has(Field::From) && has(Field::Subject) && has(Field::Date);
        whole.then_some(Self { fields, lines: at })
    }

    fn get(&self, name: Field) -> Option<&str> {
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
fn lead(lines: &[String]) -> String {
    let text = lines.join("\n");
    let text = text.split("\n-- \n").next().unwrap_or_default().trim();
    if text.starts_with("-- ") || text == "--" { String::new() } else { text.to_owned() }
}

#[cfg(test)]
#[path = "forward/tests.rs"]
mod tests;
