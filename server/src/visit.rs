//! One request's browser session, as the console's port sees it.

use crate::session_store::{BROWSER, PERSON, ROW};
use app::api::context::Reached;
use async_trait::async_trait;
use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::console::Visit;
use domain::id::{PersonId, SessionId};
use domain::{Answer, Refusal};
use engine::vault;
use std::net::{IpAddr, SocketAddr};
use tower_sessions::Session;

/// What a sign-in at a provider is bound to.
const BINDING: &str = "binding";

/// Who may say where a request came from.
#[derive(Clone, Default)]
pub struct Proxy {
    /// The proxies whose X-Forwarded-* headers are believed; from anybody else they are taken off.
    pub named: Vec<IpAddr>,
    /// We have a certificate of our own.
    pub tls: bool,
}

/// Takes off what nobody named may say, and notes under which address the request came.
pub async fn sift(mut request: Request, next: Next) -> Response {
    let proxy = request.extensions().get::<Proxy>().cloned().unwrap_or_default();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip());
    if !peer.is_some_and(|ip| proxy.named.contains(&ip)) {
        let said = |name: &&HeaderName| name.as_str().starts_with("x-forwarded-") || name.as_str() == "forwarded";
        let names: Vec<HeaderName> = request.headers().keys().filter(said).cloned().collect();
        for name in names {
            request.headers_mut().remove(name);
        }
    }
    let reached = reached(&request, proxy.tls);
    let secure = reached.as_ref().is_some_and(|reached| reached.0.starts_with("https://"));
    if let Some(reached) = reached {
        request.extensions_mut().insert(reached);
    }
    let mut response = next.run(request).await;
    if secure {
        fasten(&mut response);
    }
    response
}

/// Over https, whoever ended it: cookies stay there, and browsers are told to.
fn fasten(response: &mut Response) {
    let headers = response.headers_mut();
    headers
        .entry(header::STRICT_TRANSPORT_SECURITY)
        .or_insert(axum::http::HeaderValue::from_static(crate::guard::STAY));
    let cookies: Vec<_> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    for cookie in cookies {
        let secure = cookie.to_str().ok().filter(|text| !text.to_ascii_lowercase().contains("; secure"));
        let secure = secure.and_then(|text| format!("{text}; Secure").parse().ok());
        headers.append(header::SET_COOKIE, secure.unwrap_or(cookie));
    }
}

/// Host and port as the browser asked for them; over HTTP/2 the address alone has them (RFC 9113, 8.3.1).
pub fn host<'a>(headers: &'a HeaderMap, uri: &'a Uri) -> Option<&'a str> {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).map(str::trim);
    text("x-forwarded-host").or_else(|| text("host")).or_else(|| uri.authority().map(|a| a.as_str()))
}

/// Scheme, host and port as the browser asked for them. The headers were sifted before.
fn reached(request: &Request, tls: bool) -> Option<Reached> {
    let text = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok()).map(str::trim);
    let scheme = match text("x-forwarded-proto") {
        Some("https") => "https",
        Some("http") => "http",
        _ if tls => "https",
        _ => "http",
    };
    let host = host(request.headers(), request.uri())?;
    // As it is kept: in lower case, without the scheme's own port.
    engine::oauth_address::checked(&format!("{scheme}://{host}")).map(Reached)
}

#[derive(Clone)]
pub struct Browser {
    session: Session,
    peer: String,
    words: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Browser {
    type Rejection = (StatusCode, &'static str);

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let session = Session::from_request_parts(parts, state).await?;
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip());
        Ok(Self { session, peer: peer(parts, address), words: browser_words(parts) })
    }
}

/// The peer's address, or the one that the named proxy saw last; nobody else's header came this far.
fn peer(parts: &Parts, address: Option<IpAddr>) -> String {
    let forwarded = || {
        let header = parts.headers.get("x-forwarded-for")?.to_str().ok()?;
        header.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
    };
    forwarded().or(address).map(|ip| ip.to_string()).unwrap_or_default()
}

/// "Firefox on Windows": enough to tell one's sessions apart.
fn browser_words(parts: &Parts) -> String {
    let agent = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let first =
        |pairs: &[(&str, &'static str)]| pairs.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.into(),
        (None, None) => "Unknown browser".into(),
    }
}

fn broken(error: tower_sessions::session::Error) -> Refusal {
    tracing::error!(%error, "the session store refused");
    Refusal::Unavailable
}

#[async_trait]
impl Visit for Browser {
    async fn person(&self) -> Option<PersonId> {
        self.session.get::<i64>(PERSON).await.ok().flatten().map(PersonId)
    }

    async fn session(&self) -> Option<SessionId> {
        self.session.get::<i64>(ROW).await.ok().flatten().map(SessionId)
    }

    async fn begin(&self, person: PersonId) -> Answer<()> {
        self.session.cycle_id().await.map_err(broken)?;
        let _ = self.session.remove::<String>(BINDING).await;
        self.session.insert(BROWSER, &self.words).await.map_err(broken)?;
        self.session.insert(PERSON, person.0).await.map_err(broken)
    }

    async fn end(&self) -> Answer<()> {
        self.session.flush().await.map_err(broken)
    }

    async fn browser(&self) -> Answer<String> {
        if let Some(known) = self.session.get::<String>(BINDING).await.map_err(broken)? {
            return Ok(known);
        }
        let fresh = vault::token();
        self.session.insert(BINDING, &fresh).await.map_err(broken)?;
        Ok(fresh)
    }

    fn peer(&self) -> String {
        self.peer.clone()
    }
}
