//! Who asks, and whom we ask. The server provides both with every request.

use domain::console::{Actor, Console, Visit};
use domain::{Answer, Refusal};
use leptos::prelude::use_context;
use std::sync::Arc;

/// The port to the engine.
///
/// # Errors
/// [`Refusal::Unavailable`] when the server provided none.
pub fn console() -> Answer<Console> {
    use_context().ok_or(Refusal::Unavailable)
}

/// The browser session of this request.
///
/// # Errors
/// [`Refusal::Unavailable`] when the server provided none.
pub fn visit() -> Answer<Arc<dyn Visit>> {
    use_context().ok_or(Refusal::Unavailable)
}

/// The person who is signed in.
///
/// # Errors
/// [`Refusal::SignedOut`] when nobody is.
pub async fn actor() -> Answer<Actor> {
    let (visit, console) = (visit()?, console()?);
    let person = visit.person().await.ok_or(Refusal::SignedOut)?;
    console.people.actor(person).await
}

#[cfg(feature = "ssr")]
mod request {
    use http::header::COOKIE;
    use http::request::Parts;
    use leptos::prelude::use_context;

    /// A cookie of this request.
    pub fn cookie(name: &str) -> Option<String> {
        let parts: Parts = use_context()?;
        parts.headers.get_all(COOKIE).iter().filter_map(|v| v.to_str().ok()).find_map(|line| {
            line.split(';').find_map(|pair| {
                let (key, value) = pair.trim().split_once('=')?;
                (key == name).then(|| value.to_owned())
            })
        })
    }

    /// Minutes east of UTC where the reader sits, as the browser told; else UTC.
    pub fn offset_minutes() -> i32 {
        // The widest real offsets are -12:00 and +14:00.
        cookie("tz").and_then(|v| v.parse().ok()).filter(|m| (-720..=840).contains(m)).unwrap_or(0)
    }

    /// The theme that the reader chose; `None` follows the system.
    pub fn theme() -> Option<&'static str> {
        match cookie("theme")?.as_str() {
            "light" => Some("light"),
            "dark" => Some("dark"),
            _ => None,
        }
    }

    /// Path and query of this request.
    pub fn location() -> (String, String) {
        use_context::<Parts>().map_or_else(Default::default, |parts| {
            (parts.uri.path().to_owned(), parts.uri.query().unwrap_or_default().to_owned())
        })
    }

    /// Whether a browser asks for a page (a form, a link), not a program for data.
    pub fn wants_html() -> bool {
        use_context::<Parts>().is_some_and(|parts| {
            parts
                .headers
                .get(http::header::ACCEPT)
                .and_then(|v| v.to_str().ok())
                .is_some_and(|v| v.contains("text/html"))
        })
    }

    /// Where the browser says that it is, in what it sends (RFC 6454 7).
    pub fn origin() -> Option<String> {
        let parts: Parts = use_context()?;
        parts.headers.get(http::header::ORIGIN).and_then(|v| v.to_str().ok()).map(str::to_owned)
    }

    /// The address under which this request reached us, as far as the server can see.
    pub fn reached() -> Option<String> {
        use_context::<super::Reached>().map(|reached| reached.0)
    }

    /// Whether the browser speaks https with whoever stands in front of us.
    pub fn is_https() -> bool {
        use_context::<Parts>().is_some_and(|parts| {
            parts
                .headers
                .get(http::header::ORIGIN)
                .and_then(|v| v.to_str().ok())
                .is_some_and(|v| v.starts_with("https://"))
        })
    }
}

#[cfg(feature = "ssr")]
pub use request::{cookie, is_https, location, offset_minutes, origin, reached, theme, wants_html};

/// Provided by the server in the demo, for pages without a person: no mail leaves this machine.
#[derive(Clone, Copy, Debug)]
pub struct Demo;

/// Provided by the server with every request: scheme, host and port under which it came, from what the browser
/// asked for or from the proxy that the settings name.
#[derive(Clone, Debug)]
pub struct Reached(pub String);

/// Provided by the server with every request: the number of the last change when it came in. Told
/// back by the page's WebSocket, so that nothing is missed between rendering and listening.
#[derive(Clone, Copy, Debug)]
pub struct Seen(pub u64);
