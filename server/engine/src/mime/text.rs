//! Bounded, printable text.

/// Characters of a subject that are kept.
pub const SUBJECT: usize = 500;
/// Characters of a name or address.
pub const NAME: usize = 250;
/// Bytes of a body's text. What is beyond stays in the source.
pub const BODY: usize = 512 << 10;
/// Bytes of a formatted body; a longer one is only in the source.
pub const HTML: usize = 4 << 20;

/// One line: blanks folded, control and direction-override characters gone, cut at `most` characters.
pub fn line(raw: &str, most: usize) -> String {
    let mut out = String::new();
    let mut kept = 0;
    let mut gap = false;
    for c in raw.chars() {
        if c.is_whitespace() {
            gap = !out.is_empty();
        } else if !is_hidden(c) {
            if gap {
                out.push(' ');
                kept += 1;
                gap = false;
            }
            out.push(c);
            kept += 1;
        }
        if kept >= most {
            break;
        }
    }
    out
}

/// Several lines: `\n` only, no other control characters, at most `most` bytes.
pub fn lines(raw: &str, most: usize) -> String {
    let mut out = String::with_capacity(raw.len().min(most));
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        if out.len() + c.len_utf8() > most {
            break;
        }
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' => out.push('\n'),
            '\n' | '\t' => out.push(c),
            '\u{a0}' => out.push(' '),
            c if is_hidden(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// Characters that show nothing, or turn what follows round.
fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
