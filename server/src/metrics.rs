//! GET /metrics: off, at an address of its own, or behind a token.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use engine::secret::Secret;
use engine::{Engine, vault};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

/// A database that answers later than this is a fault by itself.
const DEADLINE: Duration = Duration::from_secs(10);

#[derive(Clone)]
struct Asked {
    engine: Arc<Engine>,
    /// What the asker must show, as `Authorization: Bearer ...`.
    token: Option<Secret>,
}

/// The route; with a token nobody else is answered.
pub fn routes(engine: &Arc<Engine>, token: Option<Secret>) -> Router {
    Router::new().route("/metrics", get(metrics)).with_state(Asked { engine: engine.clone(), token })
}

/// Serves them at an address of their own until the server stops.
pub async fn serve(listener: TcpListener, routes: Router, handle: axum_server::Handle<SocketAddr>) {
    let served = match axum_server::from_tcp(listener) {
        Ok(server) => server.handle(handle).serve(routes.into_make_service()).await,
        Err(error) => Err(error),
    };
    if let Err(error) = served {
        tracing::error!(%error, "nobody serves the metrics any more");
    }
}

async fn metrics(State(asked): State<Asked>, headers: HeaderMap) -> Response {
    if let Some(token) = &asked.token {
        let shown = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok());
        let shown = shown.and_then(|v| v.strip_prefix("Bearer ")).unwrap_or_default();
        // Hashes are compared: how long it takes says nothing about the token.
        if vault::token_hash(shown) != vault::token_hash(token.reveal()) {
            return (StatusCode::UNAUTHORIZED, "Send MAILKEEP_METRICS_TOKEN as a bearer token.\n").into_response();
        }
    }
    match tokio::time::timeout(DEADLINE, engine::metrics::text(&asked.engine)).await {
        Ok(Ok(text)) => {
            let kind = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Ok(Err(_)) | Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response(),
    }
}
