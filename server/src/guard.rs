//! What every answer carries, and what no request may do.
//!
//! Cross-site request forgery: each request that may change something must say that it comes from
//! our own site, by `Sec-Fetch-Site` or, in older browsers, by `Origin` (OWASP, *CSRF prevention*,
//! fetch metadata). Cookies are SameSite=Lax besides.

use crate::visit::host;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use engine::Engine;
use std::sync::Arc;

/// For a year (RFC 6797).
pub const STAY: &str = "max-age=31536000";

/// What the guard needs to know.
#[derive(Clone)]
pub struct Guard {
    /// Knows the origins of providers' sign-in pages, which admins add to: a form's redirect may lead there (CSP
    /// `form-action`).
    pub engine: Arc<Engine>,
    /// Only reached over https: tell browsers to stay there.
    pub https: bool,
}

/// Refuses forged requests; adds headers to answers.
pub async fn guard(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let upgrade = request.headers().contains_key(header::UPGRADE);
    if (changes || upgrade) && !from_here(request.headers(), request.uri()) {
        let words = "This request came from another site, so nothing was done. Open Mailkeep and try again there.";
        return (StatusCode::FORBIDDEN, words).into_response();
    }
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: header::HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // The address of a sign-in link is a secret: it is told to nobody, not even to ourselves.
    let link = ["/s/", "/sign-in-link/"].iter().any(|prefix| path.starts_with(prefix));
    set(header::REFERRER_POLICY, if link { "no-referrer" } else { "same-origin" });
    if !path.starts_with("/style/") && !path.starts_with("/pkg/") {
        set(header::CACHE_CONTROL, "no-store");
    }
    if guard.https {
        set(header::STRICT_TRANSPORT_SECURITY, STAY);
    }
    if let Ok(policy) = HeaderValue::from_str(&policy(&guard, None)) {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    }
    response
}

/// The policy of a page; scripts of its own carry the nonce.
pub fn policy(guard: &Guard, nonce: Option<&str>) -> String {
    let nonce = nonce.map(|n| format!(" 'nonce-{n}'")).unwrap_or_default();
    let origins: String = guard.engine.providers.sign_in_origins().iter().map(|o| format!(" {o}")).collect();
    format!(
        "default-src 'none'; script-src 'self'{nonce} 'wasm-unsafe-eval'; style-src 'self'; font-src 'self'; \
         img-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'{origins}; \
         base-uri 'none'; frame-ancestors 'none'"
    )
}

/// Whether a request says that our own pages sent it. Programs without a browser's headers pass:
/// they carry no cookie that a page could lend them.
fn from_here(headers: &HeaderMap, uri: &Uri) -> bool {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text("origin") else { return !headers.contains_key(header::COOKIE) };
    let host = host(headers, uri).unwrap_or_default();
    origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_change_things() {
        let at = |address: &'static str, pairs: &[(&'static str, &'static str)]| {
            let headers =
                pairs.iter().map(|(k, v)| (header::HeaderName::from_static(k), HeaderValue::from_static(v))).collect();
            from_here(&headers, &Uri::from_static(address))
        };
        let with = |pairs: &[(&'static str, &'static str)]| at("/me", pairs);
        assert!(with(&[("sec-fetch-site", "same-origin"), ("cookie", "a=b")]));
        assert!(!with(&[("sec-fetch-site", "cross-site"), ("cookie", "a=b")]));
        assert!(!with(&[("sec-fetch-site", "same-site"), ("cookie", "a=b")]));
        assert!(with(&[("origin", "https://desk.example"), ("host", "desk.example"), ("cookie", "a=b")]));
        assert!(!with(&[("origin", "https://evil.example"), ("host", "desk.example"), ("cookie", "a=b")]));
        assert!(!with(&[("origin", "null"), ("host", "desk.example"), ("cookie", "a=b")]));
        assert!(!with(&[("host", "desk.example"), ("cookie", "a=b")]));
        assert!(with(&[("host", "desk.example")]));
        // HTTP/2 has no Host.
        assert!(at("https://desk.example/me", &[("origin", "https://desk.example"), ("cookie", "a=b")]));
        assert!(!at("https://desk.example/me", &[("origin", "https://evil.example"), ("cookie", "a=b")]));
    }
}
