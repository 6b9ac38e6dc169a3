//! Refreshes ahead of time, probes kept sign-ins, wipes what is no longer needed.

use super::flight;
use crate::Engine;
use crate::clock;
use crate::signins;
use crate::store::grants as rows;
use crate::store::{StoreError, signins as sign_ins};
use domain::Time;
use domain::time::Span;
use futures::StreamExt as _;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Refreshes under way at a time.
const ABREAST: usize = 8;
/// By itself the loop looks this often.
const LOOK: Duration = Duration::from_secs(60);
/// What is over is wiped this often.
const SWEEP: Span = Span::minutes(1);
/// Kept sign-ins are probed this often: policy and SMTP AUTH are mended elsewhere.
const PROBE: Span = Span::hours(1);

/// Refreshes ahead of time, until stopped.
pub async fn run(engine: Arc<Engine>, stop: CancellationToken) {
    // Both go by the wall clock: a machine that slept has wiped and probed nothing meanwhile.
    let (mut swept, mut probed) = (None::<Time>, clock::now());
    loop {
        let woken = engine.wake.refresher.notified();
        let pause = match turn(&engine).await {
            Ok(pause) => pause,
            Err(error) => {
                tracing::error!(%error, "the refresher can't read the database");
                LOOK
            }
        };
        if swept.is_none_or(|at| passed(at, SWEEP)) {
            swept = Some(clock::now());
            sweep(&engine).await;
            tokio::spawn(look_back(engine.clone(), stop.clone()));
        }
        if passed(probed, PROBE) {
            probed = clock::now();
            tokio::spawn(probe_kept(engine.clone(), stop.clone()));
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = woken => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Whether so long has passed since `at`, or the clock was set back behind it.
fn passed(at: Time, span: Span) -> bool {
    let since = clock::now().since(at);
    since >= span || since < Span(0)
}

/// Refreshes what is due; says how long nothing will be.
async fn turn(engine: &Arc<Engine>) -> Result<Duration, StoreError> {
    let due = rows::due(&engine.store, clock::now(), 500).await?;
    futures::stream::iter(due)
        .for_each_concurrent(ABREAST, |grant| async move {
            let engine = engine.clone();
            // A task of its own: a stop must not cut a refresh between answer and commit.
            let _ = tokio::spawn(async move { flight::ahead(&engine, grant).await }).await;
        })
        .await;
    let next = rows::next_due(&engine.store).await?;
    let wait = next.map_or(LOOK, |at| Duration::from_millis(u64::try_from(at.since(clock::now()).0).unwrap_or(0)));
    // Never a hot loop, should a row not move on.
    Ok(wait.clamp(Duration::from_millis(250), LOOK))
}

async fn sweep(engine: &Engine) {
    let now = clock::now();
    let result = async {
        sign_ins::expire(&engine.store, now).await?;
        crate::switching::wipe_due(engine).await?;
        rows::sweep(&engine.store, now).await
    };
    match result.await {
        Ok(0) => {}
        Ok(removed) => tracing::info!(removed, "grants that nothing uses are wiped"),
        Err(error) => tracing::error!(%error, "the sweep failed"),
    }
}

async fn look_back(engine: Arc<Engine>, stop: CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        result = crate::switching::look_back(&engine) => {
            if let Err(error) = result {
                tracing::error!(%error, "the sides that switches left were not looked at");
            }
        }
    }
}

async fn probe_kept(engine: Arc<Engine>, stop: CancellationToken) {
    let Ok(mailboxes) = rows::mailboxes_with_kept(&engine.store).await else { return };
    for mailbox in mailboxes {
        tokio::select! {
            () = stop.cancelled() => return,
            result = signins::retry_kept(&engine, mailbox) => {
                if let Err(refusal) = result {
                    tracing::warn!(mailbox = mailbox.0, %refusal, "a kept sign-in could not be probed");
                }
            }
        }
    }
}
