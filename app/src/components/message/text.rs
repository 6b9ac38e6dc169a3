//! Plain text as paragraphs, with addresses of the web as links.
//!
//! Invariant: text stays text. Everything goes through the view's escaping, and only `http` and
//! `https` become links, which tell the other side nothing about where they were clicked.

use leptos::prelude::*;

/// A part of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Words(&'a str),
    Link(&'a str),
}

/// Bytes of an address.
const LONGEST: usize = 2_000;

/// Cuts a line into words and links.
pub fn pieces(line: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = line;
    while let Some(at) = next_link(rest) {
        let (before, from) = rest.split_at(at);
        let end = from.find(|c: char| c.is_whitespace() || "<>\"{}|\\^`".contains(c)).unwrap_or(from.len());
        // What is longer is no address that a person follows, and only costs time to trim.
        let link = if end > LONGEST { &from[..0] } else { trimmed(&from[..end]) };
        if link.is_empty() {
            out.push(Piece::Words(&rest[..at + end]));
            rest = &rest[at + end..];
            continue;
        }
        if !before.is_empty() {
            out.push(Piece::Words(before));
        }
        out.push(Piece::Link(link));
        rest = &from[link.len()..];
    }
    if !rest.is_empty() {
        out.push(Piece::Words(rest));
    }
    out
}

/// Where the next `http://` or `https://` with something behind it begins, at the start of a word.
fn next_link(text: &str) -> Option<usize> {
    text.match_indices("http").map(|(at, _)| at).find(|&at| {
        let from = &text[at..];
        let host = from.strip_prefix("https://").or_else(|| from.strip_prefix("http://"));
        let begins = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        begins && host.is_some_and(|h| h.starts_with(|c: char| c.is_alphanumeric() || c == '['))
    })
}

/// Without the sentence's own marks: `(see https://a.example/b).` ends at `b`.
fn trimmed(link: &str) -> &str {
    let mut link = link;
    while let Some(last) = link.chars().next_back() {
        let unpaired = last == ')' && link.matches(')').count() > link.matches('(').count();
        if unpaired || ".,;:!?'*_\u{2019}\u{201d}\u{bb}".contains(last) {
            link = &link[..link.len() - last.len_utf8()];
        } else {
            break;
        }
    }
    link
}

/// Paragraphs of lines: blank lines part them.
pub fn paragraphs(text: &str) -> Vec<Vec<&str>> {
    let mut all: Vec<Vec<&str>> = Vec::new();
    let mut open = false;
    for line in text.lines().map(str::trim_end) {
        match (line.is_empty(), open) {
            (true, _) => open = false,
            (false, true) => all.last_mut().into_iter().for_each(|p| p.push(line)),
            (false, false) => {
                all.push(vec![line]);
                open = true;
            }
        }
    }
    all
}

/// The text as paragraphs.
pub fn view(text: &str) -> AnyView {
    paragraphs(text)
        .into_iter()
        .map(|lines| {
            let lines = lines.into_iter().enumerate().map(|(n, line)| {
                ((n > 0).then(|| view! { <br/> }), pieces(line).into_iter().map(piece).collect_view())
            });
            view! { <p>{lines.collect_view()}</p> }
        })
        .collect_view()
        .into_any()
}

fn piece(piece: Piece<'_>) -> AnyView {
    match piece {
        Piece::Words(words) => words.to_owned().into_any(),
        Piece::Link(link) => {
            let (href, words) = (link.to_owned(), link.to_owned());
            view! { <a href=href target="_blank" rel="noopener noreferrer nofollow">{words}</a> }.into_any()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_without_the_marks_around_them() {
        for (line, links) in [
            ("see https://a.example/b.", vec!["https://a.example/b"]),
            ("(http://a.example/x_(y))", vec!["http://a.example/x_(y)"]),
            (
                "<https://a.example>, https://b.example/?q=1&r=\u{e4}!",
                vec!["https://a.example", "https://b.example/?q=1&r=\u{e4}"],
            ),
            ("javascript:alert(1) ftp://a.example xhttps://no.example", vec![]),
            ("https:// http:/// http", vec![]),
            ("https://a.example/\"onmouseover=alert(1)", vec!["https://a.example/"]),
        ] {
            let found: Vec<&str> = pieces(line)
                .into_iter()
                .filter_map(|p| match p {
                    Piece::Link(link) => Some(link),
                    Piece::Words(_) => None,
                })
                .collect();
            assert_eq!(found, links, "{line}");
            let again: String = pieces(line)
                .into_iter()
                .map(|p| match p {
                    Piece::Link(s) | Piece::Words(s) => s,
                })
                .collect();
            assert_eq!(again, line);
        }
    }

    #[test]
    fn no_text_takes_the_square_of_its_length() {
        let started = std::time::Instant::now();
        for piece in ["http://a", ")", "http", "http://a.b/)", "http://a)) ", "https://"] {
            let text = format!("http://a.example/{}", piece.repeat((512 << 10) / piece.len()));
            let again: usize = pieces(&text)
                .iter()
                .map(|p| match p {
                    Piece::Words(s) | Piece::Link(s) => s.len(),
                })
                .sum();
            assert_eq!(again, text.len());
        }
        assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    }

    #[test]
    fn blank_lines_part_paragraphs() {
        assert_eq!(paragraphs("\n\na\r\nb  \n \n\nc\n"), vec![vec!["a", "b"], vec!["c"]]);
        assert!(paragraphs(" \n").is_empty());
    }

    #[test]
    fn hostile_text_stays_text() {
        let html = view("<script>alert(1)</script>\n<img src=x onerror=alert(1)> https://a.example/'\"><b>").to_html();
        assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<b>"), "{html}");
    }
}
