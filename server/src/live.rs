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

/// What a page is to be told, and when.
struct Due {
    keys: Vec<String>,
    at: Instant,
    /// The next message goes then at the earliest.
    paced: Instant,
}

impl Due {
    fn new(keys: Vec<String>, now: Instant) -> Self {
        let mut due = Self { keys: Vec::new(), at: now, paced: now };
        due.add(keys, now);
        due.at = now;
        due
    }

    /// A ticket's word goes as soon as it may. That of a mailbox, which comes just before it when mail arrives, would
    /// otherwise use up the pace: it waits for company.
    fn add(&mut self, keys: Vec<String>, now: Instant) {
        if self.keys.is_empty() {
            self.at = now + PACE;
        }
        if keys.iter().any(|key| !key.starts_with("mailbox")) {
            self.at = self.at.min(now);
        }
        self.at = self.at.max(self.paced);
        for key in keys {
            if !self.keys.contains(&key) {
                self.keys.push(key);
            }
        }
    }

    fn take(&mut self, now: Instant) -> Vec<String> {
        self.paced = now + PACE;
        std::mem::take(&mut self.keys)
    }
}

async fn tell(console: Console, browser: Browser, mut socket: WebSocket, mut changes: Changes, due: Vec<String>) {
    let mut due = Due::new(due, Instant::now());
    let mut ping = interval(PING);
    loop {
        tokio::select! {
            keys = changes.next() => match keys {
                Some(keys) => due.add(keys, Instant::now()),
                None => break,
            },
            () = sleep_until(due.at), if !due.keys.is_empty() => {
                let Ok(text) = serde_json::to_string(&due.take(Instant::now())) else { break };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_s_word_does_not_hold_up_a_ticket_s() {
        let start = Instant::now();
        let ms = |n| start + Duration::from_millis(n);
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        let mut due = Due::new(Vec::new(), start);
        due.add(keys(&["mailbox:1"]), ms(10));
        assert_eq!(due.at, ms(260));
        due.add(keys(&["ticket:7", "tickets"]), ms(20));
        assert_eq!(due.at, ms(20));
        assert_eq!(due.take(due.at), ["mailbox:1", "ticket:7", "tickets"]);
        // Four a second, whoever asks.
        due.add(keys(&["mailbox:2"]), ms(30));
        due.add(keys(&["ticket:8"]), ms(40));
        due.add(keys(&["ticket:8", "mailbox:2"]), ms(50));
        assert_eq!(due.at, ms(270));
        assert_eq!(due.take(due.at), ["mailbox:2", "ticket:8"]);
        // A mailbox's alone is told after a pace, however many follow.
        due.add(keys(&["mailboxes"]), ms(1_000));
        due.add(keys(&["mailbox:3"]), ms(1_200));
        assert_eq!(due.at, ms(1_250));
        assert_eq!(due.take(due.at), ["mailboxes", "mailbox:3"]);
    }

    #[test]
    fn what_a_page_missed_since_it_was_rendered_is_told_at_once() {
        let start = Instant::now();
        let due = Due::new(vec!["mailbox:1".into(), "mailbox:1".into()], start);
        assert_eq!((due.at, due.keys.len()), (start, 1));
    }
}
