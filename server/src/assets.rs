//! The console's style and scripts, precompressed where the build left a `.br` beside a file.

use crate::router::Shared;
use axum::Router;
use axum::http::{HeaderValue, header};
use std::path::Path;
use tower::ServiceBuilder;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// `/style/*` and `/pkg/*`. Browsers ask each time whether a file changed: names carry no hash.
pub fn routes(site: &Path) -> Router<Shared> {
    let folder = |name: &str| {
        ServiceBuilder::new()
            .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, HeaderValue::from_static("no-cache")))
            .service(ServeDir::new(site.join(name)).precompressed_br())
    };
    Router::new().nest_service("/style", folder("style")).nest_service("/pkg", folder("pkg"))
}
