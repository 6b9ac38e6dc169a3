//! Reads single fields out of an error answer without trusting its shape: JSON, whole or
//! cut off, a redirect's query, or plain `name: value`. Never fails, never recurses.

/// No field of interest is longer; a hostile one is cut here.
const LONGEST: usize = 4096;

/// The value of the first field of this name that has a plain value.
pub(super) fn field(text: &str, name: &str) -> Option<String> {
    let mut from = 0;
    while let Some(at) = text.get(from..)?.find(name) {
        let start = from + at;
        let end = start + name.len();
        from = end;
        let before = text[..start].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        if let Some(value) = value(&text[end..]) {
            return Some(value);
        }
    }
    None
}

/// What stands behind a field's name, if that was one.
fn value(rest: &str) -> Option<String> {
    let quoted_name = rest.starts_with(['"', '\'']);
    let rest = rest.trim_start_matches(['"', '\'']).trim_start();
    if let Some(query) = rest.strip_prefix('=') {
        let end = query.find(|c: char| c == '&' || c == '#' || c.is_whitespace()).unwrap_or(query.len());
        return Some(percent_decoded(cut(&query[..end])));
    }
    let rest = rest.strip_prefix(':')?.trim_start();
    match rest.chars().next()? {
        '{' => None,
        quote @ ('"' | '\'') if quoted_name || quote == '"' => Some(unquoted(&rest[1..], quote)),
        '[' => {
            let end = rest.find(']').unwrap_or(rest.len());
            Some(cut(&rest[1..end.max(1)]).trim().to_owned())
        }
        _ => {
            let end = rest.find([',', '}', '&', '"', '\n']).unwrap_or(rest.len());
            Some(cut(&rest[..end]).trim().to_owned())
        }
    }
}

/// The text cut to a length that ends between two characters.
pub(super) fn cut(text: &str) -> &str {
    shortened(text, LONGEST)
}

/// At most `most` bytes of the text, ending between two characters.
pub(super) fn shortened(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn unquoted(text: &str, quote: char) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == quote || out.len() >= LONGEST {
            break;
        }
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n' | 'r' | 't') => out.push(' '),
            Some('u') => {
                let hex: String = chars.by_ref().take(4).collect();
                let code = u32::from_str_radix(&hex, 16).unwrap_or(0xfffd);
                out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
            }
            Some(other) => out.push(other),
            None => break,
        }
    }
    out
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|pair| std::str::from_utf8(pair).ok())
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (bytes[at], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_from_every_shape() {
        let json = r#"{"suberror":"bad_token","error" : "invalid_grant","error_description":"a \"b\" \u0041\r\nc","error_codes":[1, 2]}"#;
        assert_eq!(field(json, "error").as_deref(), Some("invalid_grant"));
        assert_eq!(field(json, "suberror").as_deref(), Some("bad_token"));
        assert_eq!(field(json, "error_description").as_deref(), Some("a \"b\" A  c"));
        assert_eq!(field(json, "error_codes").as_deref(), Some("1, 2"));
        let query = "https://desk.example/cb?error=access_denied&error_description=the+user%20said+no&state=x";
        assert_eq!(field(query, "error").as_deref(), Some("access_denied"));
        assert_eq!(field(query, "error_description").as_deref(), Some("the user said no"));
        assert_eq!(field("error: invalid_grant", "error").as_deref(), Some("invalid_grant"));
        assert_eq!(
            field(r#"{"error":{"code":401,"status":"UNAUTHENTICATED"}}"#, "status").as_deref(),
            Some("UNAUTHENTICATED")
        );
        assert_eq!(field(r#"{"error":{"code":401}}"#, "error"), None);
        assert_eq!(field(r#"{"error":"cut o"#, "error").as_deref(), Some("cut o"));
        assert_eq!(field("%", "error"), None);
        assert_eq!(field("error=%", "error").as_deref(), Some("%"));
    }
}
