//! Byte streams, which don't pass the console's port: files, mail bodies, uploads.

use crate::router::Shared;
use axum::Router;

pub fn routes() -> Router<Shared> {
    Router::new()
}
