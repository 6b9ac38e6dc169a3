//! Watches what an IMAP server announces. A parser sizes its buffer by the announcement of a
//! literal, not by its arrival (530 MB announced were 522 MB touched), so an announcement above
//! what was asked for ends the session before the parser sees it.

use super::fault::finding;
use crate::login::Fault;
use domain::Diagnosis;
use std::io;

/// How the words of a refused announcement begin.
pub const ANNOUNCED: &str = "the server announces";

/// What a command's answer may hold when nobody said otherwise. Bytes.
const SMALL: u64 = 64 << 10;
/// Of a line without literals: the numbers of a SEARCH. Bytes.
const LINE: u64 = 4 << 20;

/// One session's server side, line by line.
#[derive(Debug)]
pub struct Guard {
    /// The largest literal, and all literals together, that may still come.
    largest: u64,
    left: u64,
    /// Bytes of a literal that are still to come.
    literal: u64,
    line: u64,
    /// The first bytes of the response, to know status responses, whose text may hold anything.
    head: Vec<u8>,
    tail: Vec<u8>,
    /// The line goes on after a literal.
    continued: bool,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            largest: SMALL,
            left: 16 * SMALL,
            literal: 0,
            line: 0,
            head: Vec::new(),
            tail: Vec::new(),
            continued: false,
        }
    }
}

impl Guard {
    /// How much the next answer may announce: each literal, and all of them.
    pub fn allow(&mut self, largest: u64, total: u64) {
        (self.largest, self.left) = (largest.max(SMALL), total.max(16 * SMALL));
    }

    /// Looks at bytes that came. `seen` is told of each whole line, without its end.
    pub fn look(&mut self, mut bytes: &[u8], mut seen: impl FnMut(&[u8], bool)) -> io::Result<()> {
        while !bytes.is_empty() {
            if self.literal > 0 {
                let skip = usize::try_from(self.literal).unwrap_or(usize::MAX).min(bytes.len());
                self.literal -= skip as u64;
                bytes = &bytes[skip..];
                continue;
            }
            let end = bytes.iter().position(|b| *b == b'\n');
            let part = &bytes[..end.unwrap_or(bytes.len())];
            self.line += part.len() as u64;
            if self.line > LINE {
                return Err(refused(format!("{ANNOUNCED} a line of more than {LINE} bytes")));
            }
            let room = 400_usize.saturating_sub(self.head.len()).min(part.len());
            self.head.extend_from_slice(&part[..room]);
            self.tail.extend_from_slice(&part[part.len().saturating_sub(TAIL)..]);
            let spare = self.tail.len().saturating_sub(TAIL);
            self.tail.drain(..spare);
            let Some(end) = end else { return Ok(()) };
            bytes = &bytes[end + 1..];
            let announced = if self.continued || is_data(&self.head) { announced(&self.tail) } else { None };
            while self.head.last() == Some(&b'\r') {
                self.head.pop();
            }
            seen(&self.head, self.continued);
            if let Some(size) = announced {
                if size > self.largest || size > self.left {
                    return Err(refused(format!(
                        "{ANNOUNCED} {size} bytes where at most {} were asked for",
                        self.largest.min(self.left)
                    )));
                }
                self.left -= size;
                self.literal = size;
            }
            self.continued = announced.is_some();
            (self.line, self.head, self.tail) = (0, Vec::new(), Vec::new());
        }
        Ok(())
    }
}

/// How much of a line's end is kept: a size longer than any number must still be seen as one.
const TAIL: usize = 64;

/// The typed end of a session whose server announces too much.
fn refused(said: String) -> io::Error {
    io::Error::other(Fault { finding: finding(Diagnosis::ProviderFault), said })
}

/// Whether a response holds data: no status line, whose text may end in anything.
fn is_data(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"* ") else { return false };
    let word: Vec<u8> = rest.iter().take_while(|b| b.is_ascii_alphabetic()).map(u8::to_ascii_uppercase).collect();
    !matches!(word.as_slice(), b"OK" | b"NO" | b"BAD" | b"BYE" | b"PREAUTH")
}

/// The size in `{123}`, `{123+}` or `~{123}` at a line's end (RFC 9051 4.3, RFC 7888).
fn announced(tail: &[u8]) -> Option<u64> {
    let tail = tail.strip_suffix(b"\r").unwrap_or(tail).strip_suffix(b"}")?;
    let tail = tail.strip_suffix(b"+").unwrap_or(tail);
    let open = tail.iter().rposition(|b| *b == b'{')?;
    let digits = std::str::from_utf8(&tail[open + 1..]).ok()?;
    // A number too long to be one is too large all the same.
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(guard: &mut Guard, pieces: &[&[u8]]) -> io::Result<Vec<String>> {
        let mut seen = Vec::new();
        for piece in pieces {
            guard.look(piece, |line, _| seen.push(String::from_utf8_lossy(line).into_owned()))?;
        }
        Ok(seen)
    }

    #[test]
    fn literals_are_skipped_wherever_the_pieces_end() {
        let whole = b"* 1 FETCH (UID 1 BODY[] {12}\r\nab{999999}\r\n)\r\na1 OK done\r\n";
        for cut in 0..whole.len() {
            let (a, b) = whole.split_at(cut);
            let seen = lines(&mut Guard::default(), &[a, b]).expect("all is within bounds");
            assert_eq!(seen, ["* 1 FETCH (UID 1 BODY[] {12}", ")", "a1 OK done"], "cut at {cut}");
        }
    }

    #[test]
    fn too_much_is_refused_when_announced() {
        for (line, refused) in [
            (&b"* 1 FETCH (BODY[] {524288000}\r\n"[..], true),
            (b"* 1 FETCH (BODY[] {524288000+}\r\n", true),
            (b"* 1 FETCH (BODY[] ~{524288000}\r\n", true),
            (b"* 1 FETCH (BODY[] {99999999999999999999999}\r\n", true),
            (b"* 1 FETCH (BODY[] {70000}\r\n", true),
            (b"* 1 FETCH (BODY[] {60000}\r\n", false),
            (b"* OK look at {524288000}\r\n", false),
            (b"a1 NO look at {524288000}\r\n", false),
        ] {
            let mut guard = Guard::default();
            assert_eq!(guard.look(line, |_, _| ()).is_err(), refused, "{}", String::from_utf8_lossy(line));
        }
        let mut guard = Guard::default();
        guard.allow(100_000, 150_000);
        assert!(guard.look(b"* 1 FETCH (BODY[] {100000}\r\n", |_, _| ()).is_ok());
        guard.look(&vec![b'x'; 100_000], |_, _| ()).expect("the literal itself");
        guard.look(b")\r\n", |_, _| ()).expect("its end");
        assert!(guard.look(b"* 2 FETCH (BODY[] {2000000}\r\n", |_, _| ()).is_err());
        let mut guard = Guard::default();
        assert!((0..80).any(|_| guard.look(&vec![b'x'; 64 << 10], |_, _| ()).is_err()), "an endless line ends");
    }
}
