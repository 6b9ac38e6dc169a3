//! The way to the token endpoint. What is not a plain answer of the protocol becomes *later* here,
//! before oauth2 sees it: it would take any status but 200 for a refusal and lose Retry-After.

use super::refusal::finding;
use domain::Diagnosis;
use domain::diagnosis::{Certainty, Finding};
use domain::time::Span;
use futures::future::BoxFuture;
use oauth2::http::header::{CONTENT_TYPE, RETRY_AFTER};
use oauth2::http::{HeaderMap, HeaderValue, Response, StatusCode};
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

/// From the first byte sent to the last one read.
pub(super) const DEADLINE: Duration = Duration::from_secs(15);
/// No answer of a token endpoint is longer. Bytes.
const LONGEST: usize = 256 << 10;

/// No answer of the protocol: it passes.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{said}")]
pub struct Transit {
    pub finding: Finding,
    pub said: String,
    /// Retry-After, where the provider sent one.
    pub after: Option<Span>,
}

impl Transit {
    fn new(diagnosis: Diagnosis, said: impl Into<String>) -> Self {
        Self { finding: finding(diagnosis, Certainty::Passing), said: said.into(), after: None }
    }

    /// An answer that is none.
    pub fn garbled() -> Self {
        Self::new(Diagnosis::ProviderFault, "the provider's answer was not understood")
    }
}

/// The engine's client as oauth2 asks for one. A type of its own, not a closure: with a closure the
/// compiler can't tell that the futures may move between threads.
pub struct Http {
    /// `None`: the way out is shut.
    client: Option<reqwest::Client>,
    /// Of the last answer: oauth2 forgets it.
    status: AtomicU16,
}

impl Http {
    pub fn new(client: Option<&reqwest::Client>) -> Self {
        Self { client: client.cloned(), status: AtomicU16::new(0) }
    }

    pub fn status(&self) -> u16 {
        self.status.load(Ordering::Relaxed)
    }

    /// Sends one request; follows no redirect.
    pub async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Transit> {
        let (head, body) = request.into_parts();
        let Some(client) = &self.client else {
            return Err(Transit::new(Diagnosis::HostUnreachable, crate::net::SHUT));
        };
        let request = client.request(head.method, head.uri.to_string()).headers(head.headers).body(body);
        let (code, headers, bytes) = tokio::time::timeout(DEADLINE, answer(request))
            .await
            .map_err(|_| Transit::new(Diagnosis::TimedOut, "the provider did not answer in time"))??;
        self.status.store(code.as_u16(), Ordering::Relaxed);
        sifted(code, &headers, bytes)
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = Transit;
    type Future = BoxFuture<'c, Result<HttpResponse, Transit>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Result<(StatusCode, HeaderMap, Vec<u8>), Transit> {
    let mut answer = request.send().await.map_err(broken)?;
    let (code, headers) = (answer.status(), answer.headers().clone());
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(broken)? {
        if bytes.len() + chunk.len() > LONGEST {
            return Err(Transit::garbled());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok((code, headers, bytes))
}

/// Lets through what RFC 6749 5.1 and 5.2 describe, and nothing else.
fn sifted(code: StatusCode, headers: &HeaderMap, bytes: Vec<u8>) -> Result<HttpResponse, Transit> {
    let after = headers.get(RETRY_AFTER).and_then(|v| v.to_str().ok()).and_then(|v| v.trim().parse::<i64>().ok());
    let later = |diagnosis, said: &str| Transit {
        after: after.map(|s| Span::seconds(s.clamp(0, 3_600))),
        ..Transit::new(diagnosis, said)
    };
    let said = format!("HTTP {}", code.as_u16());
    if code == StatusCode::TOO_MANY_REQUESTS {
        return Err(later(Diagnosis::RateLimited, &said));
    }
    if code.is_server_error() {
        return Err(later(Diagnosis::ProviderFault, &said));
    }
    let body: Option<serde_json::Value> = serde_json::from_slice(&bytes).ok();
    let names_error = |v: &serde_json::Value| v.get("error").is_some_and(serde_json::Value::is_string);
    match (&body, code) {
        (Some(body), StatusCode::OK) if body.is_object() && !names_error(body) => {}
        // GitHub's way, seen at small providers: a refusal under 200.
        (Some(body), _) if names_error(body) => {}
        _ => return Err(later(Diagnosis::ProviderFault, &format!("{said}, and not an answer of the protocol"))),
    }
    let refused = body.as_ref().is_some_and(names_error);
    let mut response = Response::new(bytes);
    *response.status_mut() = if refused { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}

/// reqwest's errors name the address, which has no secret in it here, but says more than is needed.
fn broken(error: reqwest::Error) -> Transit {
    if error.is_timeout() {
        Transit::new(Diagnosis::TimedOut, "the provider did not answer in time")
    } else if error.is_connect() {
        Transit::new(Diagnosis::HostUnreachable, "the provider can't be reached")
    } else {
        Transit::new(Diagnosis::ProviderFault, "the provider broke off")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_answers_of_the_protocol_pass() {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_static("7"));
        let sift = |code: u16, body: &str| sifted(StatusCode::from_u16(code).expect("a status"), &headers, body.into());
        assert!(sift(200, r#"{"access_token":"x"}"#).is_ok());
        assert!(sift(400, r#"{"error":"invalid_grant"}"#).is_ok());
        assert!(sift(200, r#"{"error":"invalid_grant"}"#).is_ok_and(|r| r.status() == 400));
        for (code, body) in [
            (429, r#"{"error":"invalid_grant"}"#),
            (503, r#"{"error":"invalid_grant"}"#),
            (200, "<html>"),
            (400, "<html>"),
            (400, ""),
            (302, ""),
            (400, r#"{"error":{"code":400}}"#),
        ] {
            let transit = sift(code, body).expect_err("later");
            assert_eq!(transit.finding.certainty, Certainty::Passing, "{code} {body}");
            assert_eq!(transit.after, Some(Span::seconds(7)));
        }
    }
}
