//! The error challenge of XOAUTH2 and OAUTHBEARER: base64 of
//! `{"status":"401","schemes":"Bearer","scope":"..."}` (Google's *XOAUTH2 protocol*,
//! RFC 7628 section 3.2.2). The NO or 535 comes only after the client has answered it.

use super::{Diagnosis, fields::field};

/// What a challenge tells; `text` is what follows `+ ` or `334 `.
pub(super) fn read(text: &str) -> Option<Diagnosis> {
    let word = text.split_whitespace().next()?;
    let decoded = decode(word.trim_end_matches('.'))?;
    let status = field(&decoded, "status")?;
    Some(match status.as_str() {
        "429" => Diagnosis::RateLimited,
        "403" | "insufficient_scope" => Diagnosis::ScopeMissing,
        "invalid_request" => Diagnosis::RequestRefused,
        _ if status.starts_with('5') => Diagnosis::ProviderFault,
        _ => Diagnosis::TokenRefused,
    })
}

/// Base64 up to the first character that is none; a challenge may be cut short in a log.
fn decode(word: &str) -> Option<String> {
    let mut out = Vec::new();
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in word.bytes().take(4096) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => break,
        };
        held = (held << 6) | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from((held >> bits) & 0xff).ok()?);
            held &= (1 << bits) - 1;
        }
    }
    let text = String::from_utf8(out).ok()?;
    text.trim_start().starts_with('{').then_some(text)
}
