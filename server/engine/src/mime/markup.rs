//! HTML as plain text, in one pass: for search, for replies, and where a message has no text part.

/// Words of a formatted body, one line per block. Linear in its length whatever it contains.
pub fn to_text(html: &str) -> String {
    let mut out = Lines::default();
    let mut rest = html;
    let mut quotes = true;
    let mut unclosed: Vec<&'static str> = Vec::new();
    while let Some(at) = rest.find('<') {
        out.words(&rest[..at]);
        rest = &rest[at..];
        if let Some(behind) = rest.strip_prefix("<!--") {
            rest = behind.find("-->").map_or("", |end| &behind[end + 3..]);
            continue;
        }
        let marks = rest[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
        if !marks {
            out.words("<");
            rest = &rest[1..];
            continue;
        }
        let end = match tag_end(rest, quotes) {
            Some(end) => end,
            None => {
                // An open quotation mark runs to the end: from here on they don't count.
                quotes = false;
                match tag_end(rest, false) {
                    Some(end) => end,
                    None => break,
                }
            }
        };
        let tag = &rest[1..end];
        rest = &rest[end + 1..];
        let closing = tag.starts_with('/');
        let name = tag.trim_start_matches('/').split(|c: char| !c.is_ascii_alphanumeric()).next();
        let name = name.unwrap_or_default().to_ascii_lowercase();
        match name.as_str() {
            "script" | "style" | "head" | "title" | "template" | "svg" | "math" if !closing => {
                if let Some(known) = SKIPPED.iter().find(|s| **s == name)
                    && !unclosed.contains(known)
                {
                    match find_closing(rest, known) {
                        Some(behind) => rest = &rest[behind..],
                        None => unclosed.push(known),
                    }
                }
            }
            "br" => out.newline(1),
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "ul" | "ol" | "table" | "pre" => {
                out.newline(2);
                if name == "pre" {
                    out.pre = !closing;
                }
            }
            "div" | "tr" | "hr" | "section" | "article" | "header" | "footer" | "dt" | "dd" | "form" => out.newline(1),
            "li" => {
                out.newline(1);
                if !closing {
                    out.words("- ");
                }
            }
            "td" | "th" => out.words(" "),
            _ => {}
        }
    }
    out.words(if rest.starts_with('<') { "" } else { rest });
    out.text.trim().to_owned()
}

const SKIPPED: [&str; 7] = ["script", "style", "head", "title", "template", "svg", "math"];

/// Where the tag that begins here ends, at its `>`.
fn tag_end(text: &str, quotes: bool) -> Option<usize> {
    let mut open = None;
    for (at, byte) in text.bytes().enumerate() {
        match (byte, open) {
            (b'"' | b'\'', None) if quotes => open = Some(byte),
            (b, Some(o)) if b == o => open = None,
            (b'>', None) => return Some(at),
            _ => {}
        }
    }
    None
}

/// The place behind `</name>`.
fn find_closing(text: &str, name: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text[from..].find("</") {
        let here = from + at + 2;
        let same =
            text.as_bytes().get(here..here + name.len()).is_some_and(|w| w.eq_ignore_ascii_case(name.as_bytes()));
        if same {
            return text[here..].find('>').map(|end| here + end + 1);
        }
        from = here;
    }
    None
}

#[derive(Default)]
struct Lines {
    text: String,
    /// A blank waits between two words.
    gap: bool,
    /// Line breaks that wait for the next word.
    breaks: usize,
    pre: bool,
}

impl Lines {
    fn words(&mut self, raw: &str) {
        if raw.is_empty() {
            return;
        }
        let decoded = html_escape::decode_html_entities(raw);
        for c in decoded.chars() {
            if self.pre && c == '\n' {
                self.newline(1);
                continue;
            }
            if c.is_whitespace() && !(self.pre && c == ' ') {
                self.gap = true;
                continue;
            }
            if self.breaks > 0 {
                if !self.text.is_empty() {
                    self.text.extend(std::iter::repeat_n('\n', self.breaks));
                }
                self.breaks = 0;
            } else if self.gap && !self.text.is_empty() {
                self.text.push(' ');
            }
            self.gap = false;
            self.text.push(c);
        }
    }

    /// At least this many breaks before the next word, at most two.
    fn newline(&mut self, least: usize) {
        self.breaks = if least == 1 && self.breaks > 0 {
            (self.breaks + usize::from(self.pre)).min(2)
        } else {
            self.breaks.max(least)
        };
        self.gap = false;
    }
}
