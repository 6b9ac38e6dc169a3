//! One WebSocket a tab: the keys of what changed, at most four messages a second.
//!
//! WebSockets don't count towards the six HTTP/1.1 streams that a browser allows a host, so ten
//! open tabs all work.

use crate::sign_in_routes::actor;
use crate::visit::Browser;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::console::Console;
use domain::console::desk::changes::Changes;
use engine::Engine;
use serde::Deserialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, interval, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

const PACE: Duration = Duration::from_millis(250);
const PING: Duration = Duration::from_secs(25);
const SEND: Duration = Duration::from_secs(10);

/// What the page had seen when it was rendered.
#[derive(Deserialize)]
pub struct Rendered {
    #[serde(default)]
    since: Option<u64>,
}

/// GET /live.
pub async fn live(
    State(console): State<Console>,
    State(engine): State<Arc<Engine>>,
    State(stopping): State<CancellationToken>,
    browser: Browser,
    Query(rendered): Query<Rendered>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if actor(&console, &browser).await.is_err() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    upgrade.on_upgrade(move |socket| async move {
        // Subscribed first: what changes in between comes twice rather than never.
        let changes = console.desk.changes();
        let due = rendered.since.map(|seen| engine.changes.since(seen)).unwrap_or_default();
        tokio::select! {
            () = tell(console, browser, socket, changes, due) => {}
            // A tab that is left open does not hold up the end; it asks again by itself.
            () = stopping.cancelled() => {}
        }
    })
}

async fn tell(console: Console, browser: Browser, mut socket: WebSocket, mut changes: Changes, mut due: Vec<String>) {
    due.dedup();
    let mut ping = interval(PING);
    let mut next = Instant::now();
    loop {
        tokio::select! {
            keys = changes.next() => match keys {
                Some(keys) => {
                    for key in keys {
                        if !due.contains(&key) {
                            due.push(key);
                        }
                    }
                }
                None => break,
            },
            () = sleep_until(next), if !due.is_empty() => {
                let Ok(text) = serde_json::to_string(&due) else { break };
                due.clear();
                next = Instant::now() + PACE;
                if !send(&mut socket, Message::Text(text.into())).await {
                    break;
                }
            }
            _ = ping.tick() => {
                // A session that was ended elsewhere stops hearing, too.
                let alive = actor(&console, &browser).await.is_ok();
                if !alive || !send(&mut socket, Message::Ping(Default::default())).await {
                    break;
                }
            }
            message = socket.recv() => match message {
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
        }
    }
}

async fn send(socket: &mut WebSocket, message: Message) -> bool {
    matches!(timeout(SEND, socket.send(message)).await, Ok(Ok(())))
}
