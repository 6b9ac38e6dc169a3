//! A server's answer (RFC 5321 4.2). Pure: it is fuzzed.

/// A server's whole answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub code: u16,
    /// The lines without their codes.
    pub lines: Vec<String>,
}

impl Reply {
    /// Reads the lines `250-..` up to `250 ..`, or a bare `250`.
    ///
    /// # Errors
    /// The line that is none, or that has another code than the first.
    pub fn read(raw: &[u8]) -> Result<Self, String> {
        let text = String::from_utf8_lossy(raw);
        let mut code = None;
        let mut lines = Vec::new();
        for line in text.lines() {
            let number = line.get(..3).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
            let number = number.and_then(|digits| digits.parse::<u16>().ok()).filter(|n| (200..600).contains(n));
            let rest = line.get(3..).filter(|rest| rest.is_empty() || rest.starts_with([' ', '-']));
            let (Some(number), Some(rest)) = (number, rest) else { return Err(line.to_owned()) };
            if *code.get_or_insert(number) != number {
                return Err(line.to_owned());
            }
            lines.push(rest.get(1..).unwrap_or_default().to_owned());
        }
        Ok(Self { code: code.ok_or_else(String::new)?, lines })
    }

    /// As one line: `535 5.7.3 Authentication unsuccessful`.
    pub fn text(&self) -> String {
        format!("{} {}", self.code, self.lines.join(" ")).trim_end().to_owned()
    }

    pub fn is_positive(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// 4yz: the same may work later (RFC 5321 4.2.1).
    pub fn is_passing(&self) -> bool {
        (400..500).contains(&self.code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_reply_is_read_and_nothing_else() {
        let read = |raw: &str| Reply::read(raw.as_bytes());
        let lines = |lines: &[&str]| lines.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>();
        for (raw, code, wanted) in [
            ("250 ok\r\n", 250, lines(&["ok"])),
            ("250\r\n", 250, lines(&[""])),
            ("250-a\r\n250-\r\n250 b\r\n", 250, lines(&["a", "", "b"])),
            ("535 5.7.3  two blanks\r\n", 535, lines(&["5.7.3  two blanks"])),
            ("421 \u{e9}\r\n", 421, lines(&["\u{e9}"])),
        ] {
            assert_eq!(read(raw), Ok(Reply { code, lines: wanted }), "{raw:?}");
        }
        for garbled in
            ["", "hello\r\n", "25\r\n", "2500 x\r\n", "099 x\r\n", "699 x\r\n", "250-a\r\n550 b\r\n", "\u{663}50 x"]
        {
            assert!(read(garbled).is_err(), "{garbled:?}");
        }
    }
}
