//! What a session said, for *Transcript*: bounded, and without a credential or a message.

use std::collections::VecDeque;

/// Whose rules of hiding hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Imap,
    Smtp,
}

/// Lines kept from the beginning, and from the end.
const FIRST: usize = 40;
const LAST: usize = 80;
/// Characters of a line.
const WIDTH: usize = 300;
const HIDDEN: &str = "‹not recorded›";

/// One session's lines.
#[derive(Debug)]
pub struct Transcript {
    protocol: Protocol,
    first: Vec<Box<str>>,
    last: VecDeque<Box<str>>,
    left_out: usize,
    /// The part of a client's line that came so far.
    client: Vec<u8>,
    /// A client's literal, bytes to come.
    literal: u64,
    hiding: Hiding,
    /// The last tagged answer, or SMTP reply. Beside the farewell, since a server may send both at
    /// once and the stream hears them before the parser reads the first.
    answer: String,
    /// A BYE, or a line that is no IMAP at all.
    farewell: String,
    capability: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hiding {
    Nothing,
    /// Between AUTHENTICATE or AUTH and its answer.
    Sasl,
    /// DATA was sent, its 354 is awaited.
    DataAsked,
    /// Between 354 and the lone dot.
    Data,
}

impl Transcript {
    pub fn new(protocol: Protocol) -> Self {
        Self {
            protocol,
            first: Vec::new(),
            last: VecDeque::new(),
            left_out: 0,
            client: Vec::new(),
            literal: 0,
            hiding: Hiding::Nothing,
            answer: String::new(),
            farewell: String::new(),
            capability: String::new(),
        }
    }

    /// The lines, `C: ` or `S: ` before each.
    pub fn lines(&self) -> Vec<String> {
        let gap = (self.left_out > 0).then(|| format!("… {} lines …", self.left_out));
        let (first, last) = (self.first.iter(), self.last.iter());
        first.map(|line| line.to_string()).chain(gap).chain(last.map(|line| line.to_string())).collect()
    }

    /// The server's last answer to a command, without tag, redacted.
    pub fn answer(&self) -> &str {
        &self.answer
    }

    /// What the server said before it closed, redacted; empty when it said nothing.
    pub fn farewell(&self) -> &str {
        &self.farewell
    }

    /// The server's last list of capabilities.
    pub fn capability(&self) -> &str {
        &self.capability
    }

    fn keep(&mut self, who: &str, text: &str) {
        let mut line = format!("{who}: {}", redacted(text));
        if let Some((at, _)) = line.char_indices().nth(WIDTH) {
            line.truncate(at);
            line.push('…');
        }
        let line = line.into_boxed_str();
        if self.first.len() < FIRST {
            self.first.push(line);
            return;
        }
        self.last.push_back(line);
        if self.last.len() > LAST {
            self.last.pop_front();
            self.left_out += 1;
        }
    }

    /// A whole line of the server's, without its end.
    pub fn server(&mut self, line: &[u8], continued: bool) {
        let line = String::from_utf8_lossy(line);
        if continued {
            return;
        }
        match self.protocol {
            Protocol::Imap => {
                if self.hiding == Hiding::Sasl && line.starts_with('+') {
                    return self.keep("S", &format!("+ {HIDDEN}"));
                }
                let upper = line.to_ascii_uppercase();
                let listed = upper.strip_prefix("* CAPABILITY ").or_else(|| Some(upper.split_once("[CAPABILITY ")?.1));
                if let Some(listed) = listed {
                    self.capability = listed.split(']').next().unwrap_or_default().to_owned();
                }
                let tagged = !line.starts_with("* ") && !line.starts_with('+');
                if tagged || upper.starts_with("* BYE") {
                    self.hiding = Hiding::Nothing;
                    let words = line.split_once(' ').map_or(&*line, |(_, words)| words);
                    let word = words.split(' ').next().unwrap_or_default();
                    match word {
                        "OK" | "NO" | "BAD" if tagged => self.answer = redacted(words),
                        "BYE" => self.farewell = redacted(words),
                        // `Server Unavailable.` comes from Exchange without tag or star: kept whole.
                        _ => self.farewell = redacted(&line),
                    }
                }
            }
            Protocol::Smtp => {
                if self.hiding == Hiding::Sasl && line.starts_with("334") {
                    return self.keep("S", &format!("334 {HIDDEN}"));
                }
                self.hiding = match self.hiding {
                    Hiding::DataAsked if line.starts_with("354") => Hiding::Data,
                    Hiding::Data => Hiding::Data,
                    _ => Hiding::Nothing,
                };
                self.answer = redacted(&line);
            }
        }
        self.keep("S", &line);
    }

    /// Bytes that we sent, in whatever pieces.
    pub fn client(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.literal > 0 {
                let skip = usize::try_from(self.literal).unwrap_or(usize::MAX).min(bytes.len());
                self.literal -= skip as u64;
                bytes = &bytes[skip..];
                continue;
            }
            let end = bytes.iter().position(|b| *b == b'\n');
            let part = &bytes[..end.unwrap_or(bytes.len())];
            let room = 8192_usize.saturating_sub(self.client.len()).min(part.len());
            self.client.extend_from_slice(&part[..room]);
            let Some(end) = end else { return };
            bytes = &bytes[end + 1..];
            let line = std::mem::take(&mut self.client);
            self.sent(String::from_utf8_lossy(&line).trim_end());
        }
    }

    fn sent(&mut self, line: &str) {
        match self.hiding {
            Hiding::Sasl => return self.keep("C", HIDDEN),
            Hiding::Data => {
                if line == "." {
                    self.hiding = Hiding::Nothing;
                    self.keep("C", HIDDEN);
                    self.keep("C", ".");
                }
                return;
            }
            Hiding::Nothing | Hiding::DataAsked => {}
        }
        let words: Vec<&str> = line.split(' ').collect();
        match self.protocol {
            Protocol::Imap => {
                let verb = words.get(1).map(|w| w.to_ascii_uppercase()).unwrap_or_default();
                let tag = words.first().copied().unwrap_or_default();
                match verb.as_str() {
                    "LOGIN" => return self.keep("C", &format!("{tag} LOGIN {HIDDEN}")),
                    "AUTHENTICATE" => {
                        self.hiding = Hiding::Sasl;
                        let mechanism = words.get(2).copied().unwrap_or_default();
                        let more = if words.len() > 3 { HIDDEN } else { "" };
                        return self.keep("C", format!("{tag} AUTHENTICATE {mechanism} {more}").trim_end());
                    }
                    "APPEND" => {
                        let size = line.rsplit_once('{').and_then(|(_, n)| n.trim_end_matches(['}', '+']).parse().ok());
                        self.literal = size.unwrap_or(0);
                    }
                    _ => {}
                }
            }
            Protocol::Smtp => match words.first().map(|w| w.to_ascii_uppercase()).as_deref() {
                Some("AUTH") => {
                    self.hiding = Hiding::Sasl;
                    let mechanism = words.get(1).copied().unwrap_or_default();
                    let more = if words.len() > 2 { HIDDEN } else { "" };
                    return self.keep("C", format!("AUTH {mechanism} {more}").trim_end());
                }
                Some("DATA") => self.hiding = Hiding::DataAsked,
                _ => {}
            },
        }
        self.keep("C", line);
    }
}

/// Text without anything that could be a token: no word of 48 characters or more stays.
pub fn redacted(text: &str) -> String {
    let is_token = |c: char| c.is_ascii_alphanumeric() || "+/=_-.~".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if is_token(c) {
            word.push(c);
            continue;
        }
        // Server names and web addresses have dots and slashes; tokens seldom have only short parts.
        if word.split(['.', '/']).any(|part| part.len() >= 48) {
            out.push('…');
        } else {
            out.push_str(&word);
        }
        word.clear();
        if !c.is_control() {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_credential_is_kept_at_imap() {
        let mut t = Transcript::new(Protocol::Imap);
        t.server(b"* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2] ready", false);
        for piece in ["A1 ", "LOG", "IN \"mia\" \"hunter2\"\r", "\n"] {
            t.client(piece.as_bytes());
        }
        t.server(b"A1 NO [AUTHENTICATIONFAILED] Authentication failed.", false);
        assert_eq!(t.answer(), "NO [AUTHENTICATIONFAILED] Authentication failed.");
        assert_eq!(t.capability(), "IMAP4REV1 AUTH=XOAUTH2");
        t.server(b"* BYE Connection closed. 14", false);
        assert_eq!(
            (t.answer(), t.farewell()),
            ("NO [AUTHENTICATIONFAILED] Authentication failed.", "BYE Connection closed. 14")
        );
        t.client(b"A2 AUTHENTICATE XOAUTH2\r\n");
        t.server(b"+ ", false);
        t.client(b"dXNlcj1zb21l\r\n");
        t.server(b"+ eyJzdGF0dXMiOiI0MDAifQ==", false);
        t.client(b"\r\n");
        t.server(b"A2 NO refused", false);
        t.client(b"A3 AUTHENTICATE PLAIN AGEAYg==\r\n");
        t.server(b"A3 OK done", false);
        t.client(b"A4 APPEND Sent {14}\r\nSubject: X\r\nY\r\n\r\nA5 NOOP\r\n");
        let all = t.lines().join("\n");
        for secret in ["hunter2", "dXNl", "eyJz", "AGEA", "Subject"] {
            assert!(!all.contains(secret), "{all}");
        }
        assert!(all.contains("C: A5 NOOP"), "{all}");
    }

    #[test]
    fn no_credential_and_no_message_is_kept_at_smtp() {
        let mut t = Transcript::new(Protocol::Smtp);
        t.client(b"AUTH XOAUTH2\r\n");
        t.server(b"334 ", false);
        t.client(b"dXNlcj1z\r\n");
        t.server(b"235 2.7.0 ok", false);
        t.client(b"DATA\r\n");
        t.server(b"354 go", false);
        t.client(b"Subject: private\r\n\r\nText\r\n.\r\n");
        t.server(b"250 2.0.0 taken", false);
        t.client(b"QUIT\r\n");
        let all = t.lines().join("\n");
        assert!(!all.contains("dXNl") && !all.contains("private") && !all.contains("Text"), "{all}");
        assert!(all.ends_with("C: QUIT"), "{all}");
        assert_eq!(t.answer(), "250 2.0.0 taken");
    }

    #[test]
    fn it_stays_small() {
        let mut t = Transcript::new(Protocol::Imap);
        for n in 0..10_000 {
            t.server(format!("* {n} FETCH {}", "x y ".repeat(90)).as_bytes(), false);
        }
        let lines = t.lines();
        assert!(lines.len() <= FIRST + LAST + 1 && lines.iter().all(|l| l.chars().count() <= WIDTH + 1));
    }

    #[test]
    fn tokens_are_cut_out_of_what_a_server_says() {
        let token = "EwBAAl3BAAUFFpUAo7J3Ve0bjLBWZWCclRC3EoAAEwBAAl3BAAUFFpUA";
        assert_eq!(redacted(&format!("NO bad token {token}.")), "NO bad token …");
        let plain =
            "535 5.7.139 ... Visit https://aka.ms/smtp_auth_disabled for more information. [RIG0.prod.outlook.example]";
        assert_eq!(redacted(plain), plain);
    }
}
