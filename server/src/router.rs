//! Which request goes where.

use crate::guard::{Guard, guard, policy};
use crate::session_store::Sessions;
use crate::visit::{Browser, Proxy, sift};
use crate::{assets, live, sign_in_routes, streams};
use app::api::context::{Demo, Reached, Seen};
use axum::extract::{FromRef, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{Extension, Router};
use domain::Console;
use domain::console::Visit;
use engine::Engine;
use leptos::prelude::{LeptosOptions, provide_context, use_context};
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};

/// What handlers share.
#[derive(Clone, FromRef)]
pub struct Shared {
    pub console: Console,
    pub engine: Arc<Engine>,
    pub guard: Guard,
    pub leptos: LeptosOptions,
    pub stopping: CancellationToken,
}

/// How long an unused browser session lives.
const SESSION_DAYS: i64 = 14;

/// The whole server, ready to be served.
pub fn router(engine: &Arc<Engine>, site: &Path, proxy: Proxy, https: bool, stopping: CancellationToken) -> Router {
    let guarded = Guard { engine: engine.clone(), https };
    let leptos = LeptosOptions::builder()
        .output_name("mailkeep")
        .site_root(site.display().to_string())
        .site_pkg_dir("pkg")
        .build();
    let shared = Shared {
        console: engine.console(),
        engine: engine.clone(),
        guard: guarded.clone(),
        leptos: leptos.clone(),
        stopping,
    };

    let routes = generate_route_list(app::App);
    let context = {
        let shared = shared.clone();
        move || provide(&shared)
    };
    let shell = move || app::shell(leptos.clone());
    // Whole, not streamed: only then can the page set its status.
    let nowhere = leptos_axum::render_app_async_with_context(context.clone(), shell.clone());
    let pages = Router::new()
        .leptos_routes_with_context(&shared, routes, context, shell)
        .fallback(nowhere)
        .layer(from_fn(pass_browser));

    // Lax: with Strict the session would be missing on the way back from a provider.
    let sessions = SessionManagerLayer::new(Sessions(engine.clone()))
        .with_name("mailkeep")
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_secure(https)
        .with_expiry(Expiry::OnInactivity(time::Duration::days(SESSION_DAYS)));

    Router::new()
        .route("/oauth/begin", post(sign_in_routes::begin))
        .route("/oauth/link", post(sign_in_routes::begin_by_link))
        .route("/oauth/callback", get(sign_in_routes::callback))
        .route("/live", get(live::live))
        .merge(streams::routes(engine))
        .merge(pages)
        .layer(sessions)
        .merge(assets::routes(site))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .with_state(shared)
        .layer(from_fn_with_state(engine.clone(), forget))
        // Styles and scripts are compressed by the build; a page is asked for once, and waited for.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(guarded, guard))
        .layer(from_fn(log))
        .layer(from_fn(sift))
        .layer(Extension(proxy))
}

/// What pages and server functions find in their context.
fn provide(shared: &Shared) {
    provide_context(shared.console.clone());
    provide_context(Seen(shared.engine.changes.seen()));
    if shared.engine.config.demo {
        provide_context(Demo);
    }
    let parts = use_context::<axum::http::request::Parts>();
    if let Some(reached) = parts.as_ref().and_then(|parts| parts.extensions.get::<Reached>().cloned()) {
        provide_context(reached);
    }
    if let Some(browser) = parts.and_then(|parts| parts.extensions.get::<Browser>().cloned()) {
        provide_context::<Arc<dyn Visit>>(Arc::new(browser));
    }
    let (nonce, response) = (leptos::nonce::use_nonce(), use_context::<ResponseOptions>());
    if let (Some(nonce), Some(response)) = (nonce, response)
        && let Ok(value) = HeaderValue::from_str(&policy(&shared.guard, Some(&nonce)))
    {
        response.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
}

/// Puts the browser session where the context finds it.
async fn pass_browser(browser: Browser, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(browser);
    next.run(request).await
}

/// Whether requests should come here: the database answers, and nobody asked us to stop.
async fn ready(
    State(engine): State<Arc<Engine>>,
    State(stopping): State<CancellationToken>,
) -> (StatusCode, &'static str) {
    if stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    let asked = tokio::time::timeout(Duration::from_secs(3), engine.public_address()).await;
    match asked {
        Ok(Ok(_)) => (StatusCode::OK, "ready\n"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n"),
    }
}

/// Pages show what was changed at once: by everything but a question, and by the way back from a provider.
async fn forget(State(engine): State<Arc<Engine>>, request: Request, next: Next) -> Response {
    let changes = request.method() != Method::GET || request.uri().path().starts_with("/oauth/");
    // Also where the browser has gone meanwhile.
    let _forget = changes.then(|| Forget(engine));
    next.run(request).await
}

struct Forget(Arc<Engine>);

impl Drop for Forget {
    fn drop(&mut self) {
        self.0.shown.forget();
    }
}

/// One line per request: method, route and time; never the query, which may hold a code.
async fn log(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<axum::extract::MatchedPath>()
        .map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let began = std::time::Instant::now();
    let response = next.run(request).await;
    tracing::debug!(%method, route, status = response.status().as_u16(), millis = began.elapsed().as_millis() as u64, "answered");
    response
}
