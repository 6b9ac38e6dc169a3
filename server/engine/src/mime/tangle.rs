//! Markup that would take an HTML parser for ever.
//!
//! The standard's parser opens every unclosed `<font>` anew at every paragraph, and looks through
//! all open elements at every tag: four mebibytes made for it become thousands of millions of
//! nodes. So the work is counted before it is done. A newsletter takes a thousandth of the bound.

use std::collections::HashMap;

/// Steps that cleaning may take.
const WORK: u64 = 20_000_000;
/// Bytes that the serialiser may look through. At every `&`, and at every character of which U+00A0
/// may be one, html5ever 0.40 looks for a `<` up to the text's end.
const LOOKED: u64 = 100_000_000_000;
/// Elements open at a time.
const DEEP: u64 = 2_000;

/// Closed by what follows, or never open: they don't nest by themselves.
const FLAT: [&str; 29] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "p", "li",
    "dd", "dt", "td", "th", "tr", "tbody", "thead", "tfoot", "option", "optgroup", "html", "body", "head", "rt",
];

/// Text until they end.
const RAW: [&str; 8] = ["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes"];

/// Whether cleaning this would cost more than any mail is worth. Linear in its length.
pub fn is_tangled(html: &str) -> bool {
    let marks = html.bytes().filter(|byte| matches!(byte, b'&' | 0xc2)).count();
    if (marks as u64).saturating_mul(html.len() as u64) > LOOKED {
        return true;
    }
    let mut open: HashMap<String, u64> = HashMap::new();
    let (mut depth, mut work) = (0_u64, 0_u64);
    let mut tags = Tags { rest: html, unended: Vec::new() };
    while let Some((name, closing)) = tags.next() {
        if !FLAT.contains(&name.as_str()) {
            let count = open.entry(name).or_default();
            if !closing {
                *count += 1;
                depth += 1;
            } else if *count > 0 {
                *count -= 1;
                depth -= 1;
            }
        }
        work += 1 + depth;
        if work > WORK || depth > DEEP {
            return true;
        }
    }
    false
}

/// The tags of a document, as the standard finds them.
struct Tags<'a> {
    rest: &'a str,
    /// Elements whose end is nowhere behind: not looked for again.
    unended: Vec<&'static str>,
}

impl Tags<'_> {
    /// The next tag's name, and whether it closes.
    fn next(&mut self) -> Option<(String, bool)> {
        loop {
            let at = self.rest.find('<')?;
            self.rest = &self.rest[at + 1..];
            if let Some(behind) = self.rest.strip_prefix("!--") {
                // `<!-->` is a whole comment.
                let end = if behind.starts_with('>') { 1 } else { behind.find("-->").map(|at| at + 3)? };
                self.rest = &behind[end..];
                continue;
            }
            let closing = self.rest.starts_with('/');
            let text = self.rest.strip_prefix('/').unwrap_or(self.rest);
            if !text.starts_with(|c: char| c.is_ascii_alphabetic()) {
                continue;
            }
            let end = text.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').unwrap_or(text.len());
            let name = text[..end].to_ascii_lowercase();
            self.rest = behind_attributes(&text[end..]);
            if let Some(raw) = RAW.iter().find(|raw| **raw == name && !closing) {
                self.skip(raw);
            }
            return Some((name, closing));
        }
    }

    /// To the end tag of an element that holds only text; where there is none, nothing is text:
    /// too many tags are better than too few.
    fn skip(&mut self, name: &'static str) {
        if self.unended.contains(&name) {
            return;
        }
        let found = self.rest.match_indices("</").find(|(at, _)| {
            self.rest
                .as_bytes()
                .get(at + 2..at + 2 + name.len())
                .is_some_and(|w| w.eq_ignore_ascii_case(name.as_bytes()))
        });
        match found {
            Some((at, _)) => self.rest = &self.rest[at..],
            None => self.unended.push(name),
        }
    }
}

/// Behind the tag's `>`. A `"` only quotes behind a `=`.
fn behind_attributes(text: &str) -> &str {
    let mut quote = None;
    let mut value = false;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return &text[at + 1..],
            (None, b'"' | b'\'') if value => (quote, value) = (Some(byte), false),
            (None, b'=') => value = true,
            (None, b' ' | b'\t' | b'\r' | b'\n' | 0x0c) => {}
            (None, _) => value = false,
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_take_for_ever_is_known_before() {
        let fonts = |n: usize| (0..n).map(|i| format!("<font color={i}>")).collect::<String>();
        for html in [
            fonts(20_000) + &"<p>".repeat(50_000),
            "<div>".repeat(100_000),
            "<b><i>".repeat(50_000),
            fonts(1_500) + &"<p>x</p>".repeat(50_000),
            "<table><td>".repeat(3_000),
            format!("<!--{}--><div>", "x").repeat(5_000),
            "&amp;".repeat(200_000),
            "\u{a0}".repeat(400_000),
        ] {
            assert!(is_tangled(&html), "{}", &html[..60]);
        }
    }

    #[test]
    fn a_newsletter_is_not() {
        let row = "<tr><td style=\"x>y\"><table><tr><td><p><b>Sale</b> <a href='https://x.example'><font color=red>now</font></a><br>&nbsp;<li>one<li>two</td></tr></table></td></tr>";
        for html in [
            format!("<html><body><style>b{{}} </b><div></style><table>{}</table>", row.repeat(5_000)),
            "<p>never closed".repeat(100_000),
            "1 < 2 and <3".repeat(10_000),
            "<!-- <div> -->".repeat(100_000),
            "<blockquote>".repeat(200) + "answer",
            "<td>&nbsp;&nbsp;Preis: 5,00&nbsp;\u{a3}</td>".repeat(10_000),
            "<title>a <b> title</title>".repeat(5_000),
        ] {
            assert!(!is_tangled(&html), "{}", &html[..60]);
        }
    }

    #[test]
    fn counting_is_linear() {
        let started = std::time::Instant::now();
        for piece in ["<", "<a \"", "<style>", "<!--", "</", "<a b='", "<title></titl", "<script></", "<a =\""] {
            is_tangled(&piece.repeat((512 << 10) / piece.len()));
        }
        assert!(started.elapsed().as_secs() < 20, "quadratic: {:?}", started.elapsed());
    }
}
