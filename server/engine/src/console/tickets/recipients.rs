//! The lines *To* and *Cc*, as people type them.

use domain::{Address, Fault};

/// Recipients of one reply.
const MOST: usize = 100;

/// Somebody to write to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    pub address: Address,
    /// As in `Anna <anna@x.example>`.
    pub line: String,
}

/// Reads a list with commas, semicolons or lines between; names are allowed.
///
/// # Errors
/// [`Fault::RecipientMalformed`] when one of them can't be written to.
pub fn parse(text: &str) -> Result<Vec<Typed>, Fault> {
    let mut found: Vec<Typed> = Vec::new();
    for one in pieces(text) {
        let one = one.trim();
        if one.is_empty() {
            continue;
        }
        let typed = typed(one).ok_or(Fault::RecipientMalformed)?;
        if !found.iter().any(|t| t.address == typed.address) {
            found.push(typed);
        }
        if found.len() > MOST {
            return Err(Fault::TextTooLong);
        }
    }
    Ok(found)
}

/// One of them: `anna@x.example` or `Anna <anna@x.example>`.
pub fn typed(one: &str) -> Option<Typed> {
    let Some((name, rest)) = one.rsplit_once('<') else {
        let address = Address::parse(one).ok()?;
        let line = address.as_str().to_owned();
        return Some(Typed { address, line });
    };
    let address = Address::parse(rest.trim_end().strip_suffix('>')?).ok()?;
    let name: String = name.chars().map(|c| if c.is_control() || "\"<>,;".contains(c) { ' ' } else { c }).collect();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = if name.is_empty() { address.as_str().to_owned() } else { format!("{name} <{address}>") };
    Some(Typed { address, line })
}

/// Splits outside quotation marks and angle brackets.
fn pieces(text: &str) -> Vec<&str> {
    let (mut quoted, mut bracket, mut from) = (false, false, 0);
    let mut out = Vec::new();
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '<' if !quoted => bracket = true,
            '>' if !quoted => bracket = false,
            ',' | ';' | '\n' if !quoted && !bracket => {
                out.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    out.push(&text[from..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type() {
        let lines = |text: &str| parse(text).map(|list| list.into_iter().map(|t| t.line).collect::<Vec<_>>());
        for (text, wanted) in [
            ("", Ok(vec![])),
            (" , ;", Ok(vec![])),
            ("Anna@X.example", Ok(vec!["anna@x.example"])),
            (
                "a@x.example, b@x.example; c@x.example\nd@x.example",
                Ok(vec!["a@x.example", "b@x.example", "c@x.example", "d@x.example"]),
            ),
            ("Anna Berg <a@x.example>, a@x.example", Ok(vec!["Anna Berg <a@x.example>"])),
            ("\"Berg, Anna\" <a@x.example>", Ok(vec!["Berg Anna <a@x.example>"])),
            ("Anna", Err(Fault::RecipientMalformed)),
            ("a@x.example b@x.example", Err(Fault::RecipientMalformed)),
            ("Anna <a@x.example", Err(Fault::RecipientMalformed)),
            ("a@x.example\r\nBcc: b@x.example", Err(Fault::RecipientMalformed)),
            ("Anna\u{0}\r <a@x.example>", Ok(vec!["Anna <a@x.example>"])),
        ] {
            assert_eq!(lines(text), wanted.map(|w| w.into_iter().map(str::to_owned).collect()), "{text:?}");
        }
    }
}
