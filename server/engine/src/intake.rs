//! intake

use crate::Engine;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Runs until stopped.
pub async fn run(_engine: Arc<Engine>, stop: CancellationToken) {
    stop.cancelled().await;
}
