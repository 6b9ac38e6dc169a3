//! One WebSocket a tab: the keys of what changed, at most four messages a second.
//!
//! WebSockets don't count towards the six HTTP/1.1 streams that a browser allows a host, so ten
//! open tabs all work.

use crate::sign_in_routes::actor;
use crate::visit::Browser;
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::console::Console;
use std::time::Duration;
use tokio::time::{Instant, interval, sleep_until, timeout};

const PACE: Duration = Duration::from_millis(250);
const PING: Duration = Duration::from_secs(25);
const SEND: Duration = Duration::from_secs(10);

/// GET /live.
pub async fn live(State(console): State<Console>, browser: Browser, upgrade: WebSocketUpgrade) -> Response {
    if actor(&console, &browser).await.is_err() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    upgrade.on_upgrade(move |socket| tell(console, browser, socket))
}

async fn tell(console: Console, browser: Browser, mut socket: WebSocket) {
    let mut changes = console.desk.changes();
    let mut ping = interval(PING);
    let mut due: Vec<String> = Vec::new();
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
