//! Takes a server's answer apart: status, codes, text. Lenient, as people paste answers out
//! of logs: a tag, `S: `, several lines, or no status at all.

use super::Protocol;
use super::fields::shortened;

/// More than any real answer; a hostile one is cut here before anything looks at it.
pub(super) const LONGEST: usize = 8 * 1024;

/// The class an answer announces, before its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// IMAP tagged or untagged NO.
    No,
    /// IMAP BAD.
    Bad,
    /// IMAP BYE.
    Bye,
    /// A SASL challenge, `+ ..` or `334 ..`.
    Challenge,
    /// An SMTP reply code (RFC 5321 section 4.2).
    Code(u16),
    /// None: a bare text.
    None,
}

/// An answer taken apart.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: Status,
    /// SMTP enhanced status (RFC 3463).
    pub enhanced: Option<(u16, u16, u16)>,
    /// IMAP response codes in upper case (RFC 9051 section 7.1, RFC 5530).
    pub codes: Vec<String>,
    /// The words, lower case.
    pub words: String,
    /// The answer in the forms a table row may begin with, folded.
    pub forms: Vec<String>,
}

/// Takes the answer apart. Of several lines the one that refuses counts.
pub(super) fn read(protocol: Protocol, text: &str) -> Answer {
    let text = shortened(text, LONGEST).replace('\0', " ");
    match protocol {
        Protocol::Imap => imap(&text),
        Protocol::Smtp => smtp(&text),
    }
}

/// Marks of logs and libraries before the answer itself.
fn bare(line: &str) -> &str {
    let mut line = line.trim().trim_matches(['"', '\'', '`']);
    for mark in ["S: ", "s: ", "<< ", "<- ", "< ", "> "] {
        line = line.strip_prefix(mark).unwrap_or(line).trim_start();
    }
    line
}

fn imap(text: &str) -> Answer {
    let lines: Vec<&str> = text.lines().map(bare).filter(|line| !line.is_empty()).collect();
    let found = |wanted: Status| {
        lines
            .iter()
            .find_map(|line| imap_status(line).filter(|(status, _)| *status == wanted).map(|found| (*line, found)))
    };
    // A tagged refusal says more than the BYE that follows it.
    let chosen = [Status::No, Status::Bad, Status::Challenge, Status::Bye].into_iter().find_map(found);
    let (line, status, rest) = match chosen {
        Some((line, (status, rest))) => (line, status, rest),
        None => (lines.first().copied().unwrap_or(""), Status::None, lines.first().copied().unwrap_or("")),
    };
    let mut codes = Vec::new();
    let mut left = rest.trim_start();
    // `NO [ALERT] [AUTHENTICATIONFAILED] text`: several codes do occur.
    while let Some((code, after)) = left.strip_prefix('[').and_then(|open| open.split_once(']')) {
        let name = code.split_whitespace().next().unwrap_or("");
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            break;
        }
        codes.push(name.to_ascii_uppercase());
        left = after.trim_start();
    }
    let mut words = super::tables::folded(left);
    // A code that a log put behind other words still counts.
    for name in CODES {
        if !codes.iter().any(|code| code == name) && words.contains(&format!("[{}]", name.to_ascii_lowercase())) {
            codes.push((*name).to_owned());
        }
    }
    if words.is_empty() {
        words = super::tables::folded(rest);
    }
    let prefix = match status {
        Status::No => "no",
        Status::Bad => "bad",
        Status::Bye => "* bye",
        Status::Challenge => "+",
        _ => "",
    };
    let tail = super::tables::folded(rest);
    let forms = vec![super::tables::folded(line), format!("{prefix} {tail}"), tail];
    Answer { status, enhanced: None, codes, words, forms }
}

/// The codes that may be found in mid-text; others only where RFC 9051 puts them.
const CODES: &[&str] = &[
    "UNAVAILABLE",
    "AUTHENTICATIONFAILED",
    "AUTHORIZATIONFAILED",
    "EXPIRED",
    "PRIVACYREQUIRED",
    "CONTACTADMIN",
    "NOPERM",
    "INUSE",
    "LIMIT",
    "OVERQUOTA",
    "NONEXISTENT",
    "SERVERBUG",
    "THROTTLED",
    "TRYCREATE",
    "CANNOT",
];

/// The status word of a line and what follows it. The tag may be anything without a space.
fn imap_status(line: &str) -> Option<(Status, &str)> {
    if let Some(rest) = line.strip_prefix("+ ") {
        return Some((Status::Challenge, rest));
    }
    let mut rest = line;
    for _ in 0..3 {
        let word = rest.split_whitespace().next()?;
        let after = rest.trim_start().get(word.len()..)?;
        let status = match word.trim_end_matches(':') {
            "NO" | "no" | "No" => Status::No,
            "BAD" | "bad" | "Bad" => Status::Bad,
            "BYE" | "bye" | "Bye" => Status::Bye,
            "OK" | "PREAUTH" => return None,
            _ => {
                rest = after;
                continue;
            }
        };
        // `No Response: text` and `Bad Response: text` of client libraries.
        let after = after.trim_start();
        let after = after.strip_prefix("Response:").or_else(|| after.strip_prefix("response:")).unwrap_or(after);
        return Some((status, after.trim_start()));
    }
    None
}

fn smtp(text: &str) -> Answer {
    let lines: Vec<&str> = text.lines().map(bare).filter(|line| !line.is_empty()).collect();
    // The last code of a transcript that refuses; a 250 before it is only the way there.
    let coded = |line: &&str| reply_code(line).filter(|(code, _)| *code >= 400 || *code == 334).map(|(code, _)| code);
    let code = lines.iter().rev().find_map(coded);
    let mut enhanced = None;
    let mut joined = String::new();
    for line in &lines {
        let rest = match (code, reply_code(line)) {
            (Some(code), Some((this, rest))) if this == code => rest,
            (Some(_), Some(_)) => continue,
            (_, _) => line,
        };
        let (status, rest) = enhanced_status(rest);
        enhanced = enhanced.or(status);
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(rest);
    }
    let words = super::tables::folded(&joined);
    let status = match code {
        Some(334) => Status::Challenge,
        Some(code) => Status::Code(code),
        None => enhanced.map_or(Status::None, |(class, ..)| Status::Code(class * 100)),
    };
    let dotted = enhanced.map(|(a, b, c)| format!("{a}.{b}.{c} ")).unwrap_or_default();
    let mut forms = vec![format!("{dotted}{words}")];
    if let Some(code) = code {
        forms.insert(0, format!("{code} {dotted}{words}"));
    }
    for form in &mut forms {
        form.truncate(form.trim_end().len());
    }
    Answer { status, enhanced, codes: Vec::new(), words, forms }
}

/// The reply code of a line, at its start or, in a log line, as its first number of that kind.
fn reply_code(line: &str) -> Option<(u16, &str)> {
    let bytes = line.as_bytes();
    for at in 0..bytes.len().min(80).saturating_sub(2) {
        let free = at == 0 || matches!(bytes[at - 1], b' ' | b'(' | b':' | b'"' | b'=' | b'\'');
        let code = &bytes[at..at + 3];
        let ends = bytes.get(at + 3).is_none_or(|b| matches!(b, b' ' | b'-' | b':' | b',' | b')' | b'\t'));
        if free && ends && (b'2'..=b'5').contains(&code[0]) && code.iter().all(u8::is_ascii_digit) {
            let number = code.iter().fold(0u16, |sum, digit| sum * 10 + u16::from(digit - b'0'));
            let rest = line.get(at + 3..).unwrap_or("");
            let rest = rest.trim_start_matches(['-', ' ', ':', ',', '(', ')', '\t']);
            return Some((number, rest.trim_start_matches("b'").trim_start_matches("b\"")));
        }
    }
    None
}

/// The enhanced status at the start of the text, and the rest.
fn enhanced_status(text: &str) -> (Option<(u16, u16, u16)>, &str) {
    let text = text.trim_start().trim_start_matches('#');
    let word = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ':' | '>')).next().unwrap_or("");
    let parts: Vec<Option<u16>> = word.split('.').map(|part| part.parse().ok()).collect();
    match parts[..] {
        [Some(class @ (2 | 4 | 5)), Some(subject), Some(detail)] => {
            let rest = text[word.len()..].trim_start_matches([' ', ':', '\t']);
            (Some((class, subject, detail)), rest)
        }
        _ => (None, text),
    }
}
