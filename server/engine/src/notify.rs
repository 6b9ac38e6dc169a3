//! Notices: people are told by email and webhook when a mailbox stops, or soon will.
//!
//! Invariants: a notice is committed with everybody it goes to before any of it is sent; one notice
//! per subject and step; nothing leaves through a mailbox in trouble; what was being handed over
//! when the lights went out is never sent again.

mod link;
mod plan;
mod send;
mod sign;
mod ways;
mod webhook;

use crate::Engine;
use crate::clock;
use crate::store::notices as rows;
use domain::notice::{Content, Letter, Letters, Sheet};
use domain::time::Span;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

pub(crate) use plan::{audience_of, ids, is_quiet, not_put_off, once, test};
pub(crate) use ways::{PASSWORD as SMTP_PASSWORD, can_tell, endpoint, system, ways};
pub(crate) use webhook::SECRET as WEBHOOK_SECRET;

/// How often to look without being woken.
const LOOK: Duration = Duration::from_secs(60);
/// A process that has not moved a delivery on for so long is gone.
const GONE: Span = Span::minutes(15);

/// What sending notices needs beside the engine.
pub struct Notify {
    letters: OnceLock<Arc<dyn Letters>>,
    /// This process in the rows.
    owner: String,
}

impl Default for Notify {
    fn default() -> Self {
        Self { letters: OnceLock::new(), owner: crate::vault::token() }
    }
}

impl Notify {
    /// Gives the notices their words; without them they wait.
    pub fn word(&self, letters: Arc<dyn Letters>) {
        let _ = self.letters.set(letters);
    }

    fn letter(&self, content: &Content, sheet: &Sheet<'_>) -> Option<Letter> {
        self.letters.get().map(|letters| letters.letter(content, sheet))
    }
}

/// Runs until stopped.
pub async fn run(engine: Arc<Engine>, stop: CancellationToken) {
    let started = clock::now();
    let mut changes = engine.changes.subscribe();
    loop {
        let woken = engine.wake.notices.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        let now = clock::now();
        // On SQLite the file's lock says that no other process is alive.
        let before = if engine.store.is_sqlite() { started.max(now - GONE) } else { now - GONE };
        let turn = async {
            if engine.notify.letters.get().is_none() {
                return Ok(LOOK);
            }
            rows::recover(&engine.store, &engine.notify.owner, before, now).await?;
            plan::look(&engine).await?;
            send::due(&engine).await
        };
        let pause = match turn.await {
            Ok(pause) => pause.min(LOOK),
            Err(error) => {
                tracing::error!(%error, "notices can't be looked after");
                Duration::from_secs(5)
            }
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = &mut woken => {}
            () = heard(&mut changes) => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Waits until something changed that a notice may be about.
async fn heard(changes: &mut crate::changes::Subscription) {
    use domain::console::desk::changes::Next as _;
    while let Some(keys) = changes.next().await {
        let about = |key: &String| key.starts_with("mailbox") || key == "registrations" || key == "everything";
        if keys.iter().any(about) {
            // Both directions of a mailbox are told one after the other: one look for both.
            tokio::time::sleep(Duration::from_millis(300)).await;
            return;
        }
    }
    std::future::pending::<()>().await;
}
