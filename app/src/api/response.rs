//! Where the browser goes after a form.

use super::context::{location, wants_html};
use super::error::{ApiError, code};
use domain::{Answer, Refusal};
use http::StatusCode;
use http::header::{HeaderValue, LOCATION};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use std::fmt::Write as _;

/// A path of our own site that may follow a sign-in: no scheme, no other host.
pub fn local(path: &str) -> Option<String> {
    let sound = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.len() <= 512
        && path.bytes().all(|b| b.is_ascii_graphic());
    sound.then(|| path.to_owned())
}

/// Percent-encodes a value for a query.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Adds a pair to a path's query.
pub fn with(path: &str, key: &str, value: &str) -> String {
    let (path, fragment) = path.split_once('#').map_or((path, None), |(p, f)| (p, Some(f)));
    let glue = if path.contains('?') { '&' } else { '?' };
    let fragment = fragment.map(|f| format!("#{f}")).unwrap_or_default();
    format!("{path}{glue}{key}={}{fragment}", encode(value))
}

/// Sends the browser to a path of ours by GET (303); programs get leptos' redirect header.
pub fn go(path: &str) {
    if !wants_html() {
        return leptos_axum::redirect(path);
    }
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(path)) {
        response.insert_header(LOCATION, value);
        response.set_status(StatusCode::SEE_OTHER);
    }
}

/// Sets the status of a page that shows a refusal.
pub fn status(refusal: Refusal) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(match refusal {
            Refusal::SignedOut => StatusCode::UNAUTHORIZED,
            Refusal::NotAllowed => StatusCode::FORBIDDEN,
            Refusal::NotFound => StatusCode::NOT_FOUND,
            Refusal::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::Conflict(_) => StatusCode::CONFLICT,
            Refusal::Slow(_) => StatusCode::TOO_MANY_REQUESTS,
            Refusal::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        });
    }
}

/// To the sign-in page, and from there back to this request's page with its query; what a form said of itself there
/// is over by then.
pub fn to_sign_in_from_here() -> String {
    let (path, _) = location();
    let kept = query().into_iter().filter(|(key, _)| !["refused", "done"].contains(&key.as_str()));
    let whole = kept.fold(path.clone(), |path, (key, value)| with(&path, &key, &value));
    to_sign_in(if local(&whole).is_some() { &whole } else { &path })
}

/// To the sign-in page, and from there back to `path`.
pub fn to_sign_in(path: &str) -> String {
    match local(path).as_deref() {
        None | Some("/") => "/sign-in".into(),
        Some(path) => with("/sign-in", "next", path),
    }
}

/// Runs a form's work. It answers with the path to show next; a refusal goes back to `back`.
///
/// # Errors
/// The refusal, for programs; a browser is redirected either way.
pub async fn submit(back: impl Into<String>, work: impl Future<Output = Answer<String>>) -> Result<(), ApiError> {
    match work.await {
        Ok(next) => {
            go(&next);
            Ok(())
        }
        Err(refusal) => Err(refuse(refusal, &back.into())),
    }
}

/// Sends the browser back to the form's page with the refusal's code.
pub fn refuse(refusal: Refusal, back: &str) -> ApiError {
    if !wants_html() {
        status(refusal);
    } else if refusal == Refusal::SignedOut {
        go(&to_sign_in(back));
    } else {
        go(&with(back, "refused", &code(refusal)));
    }
    ApiError(refusal)
}

/// The query of this request, decoded.
pub fn query() -> Vec<(String, String)> {
    let (_, query) = location();
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key), decode(value))
        })
        .collect()
}

/// Undoes percent-encoding and form encoding; what is no UTF-8 is replaced.
pub fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16));
        match bytes[at] {
            b'+' => out.push(b' '),
            b'%' => match (hex(bytes.get(at + 1)), hex(bytes.get(at + 2))) {
                (Some(high), Some(low)) => {
                    out.push((high * 16 + low) as u8);
                    at += 2;
                }
                _ => out.push(b'%'),
            },
            byte => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_local_paths_follow_a_sign_in() {
        assert_eq!(local("/tickets/4?x=1").as_deref(), Some("/tickets/4?x=1"));
        for bad in ["", "tickets", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nb", "/ä"] {
            assert_eq!(local(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn queries_go_there_and_back() {
        assert_eq!(with("/a?b=1#c", "d", "x y&z"), "/a?b=1&d=x%20y%26z#c");
        for text in ["a b", "ä&=+%", "100%", "<b>"] {
            assert_eq!(decode(&encode(text)), text);
        }
        assert_eq!(decode("a+b%2"), "a b%2");
    }
}
