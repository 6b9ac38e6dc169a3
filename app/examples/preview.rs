//! Every page on the fake console, to look at: `preview [--empty|--first|--demo|--unregistered|--copied]`.
#![allow(clippy::unwrap_used)]

#[path = "../tests/fake/mod.rs"]
mod fake;

use fake::{Scene, router};
use tower_http::services::ServeDir;

#[tokio::main]
async fn main() {
    let has = |flag: &str| std::env::args().any(|arg| arg == flag);
    let scene = Scene {
        first_start: has("--first"),
        empty: has("--empty"),
        demo: has("--demo"),
        unregistered: has("--unregistered"),
        copied: has("--copied"),
    };
    let visitor = if has("--out") || scene.first_start { None } else { Some(1) };
    let pages = router(scene, visitor)
        .nest_service("/style", ServeDir::new("style"))
        .nest_service("/pkg", ServeDir::new("target/site/pkg"));
    let port = std::env::var("PORT").ok().and_then(|p| p.parse().ok()).unwrap_or(0_u16);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    axum::serve(listener, pages).await.unwrap();
}
