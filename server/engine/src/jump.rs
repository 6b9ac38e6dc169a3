//! Notices a wall clock that jumped - the machine slept, somebody set it - and wakes every loop:
//! they sleep by the monotonic clock, and what they wait for may be due.

use crate::{Engine, clock};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

const LOOK: Duration = Duration::from_secs(1);
/// A clock that is steered moves less than this between two looks. Milliseconds.
const JUMP: i64 = 5_000;

/// Runs until stopped.
pub async fn run(engine: Arc<Engine>, stop: CancellationToken) {
    let (mut wall, mut since) = (clock::now(), Instant::now());
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        let now = clock::now();
        let passed = i64::try_from(since.elapsed().as_millis()).unwrap_or(i64::MAX);
        let jumped = now.0 - wall.0 - passed;
        (wall, since) = (now, Instant::now());
        if jumped.abs() > JUMP {
            tracing::info!(seconds = jumped / 1_000, "the clock jumped; every loop looks again");
            engine.wake.everybody();
            engine.changes.tell("everything");
        }
    }
}
