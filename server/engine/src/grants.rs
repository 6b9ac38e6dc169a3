//! Grants and their tokens. [`access_token`] is the only way to a token.

use crate::Engine;
use crate::login::Fault;
use crate::secret::Secret;
use domain::id::GrantId;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// Refreshes that are under way in this process.
#[derive(Default)]
pub struct Flights {}

/// A token that is good for at least another minute.
pub async fn access_token(_engine: &Engine, _grant: GrantId) -> Result<Secret, Fault> {
    Err(Fault { finding: unknown(), said: String::new() })
}

/// A server refused the token: refresh at once, unless the generation moved on meanwhile.
pub async fn refused(_engine: &Engine, _grant: GrantId) -> Result<Secret, Fault> {
    Err(Fault { finding: unknown(), said: String::new() })
}

fn unknown() -> domain::diagnosis::Finding {
    domain::diagnosis::Finding {
        diagnosis: domain::Diagnosis::Unknown,
        certainty: domain::diagnosis::Certainty::Passing,
        known: false,
        code: None,
        sentence: None,
        wait_ms: None,
    }
}

/// Refreshes ahead of time, until stopped.
pub async fn run(_engine: Arc<Engine>, stop: CancellationToken) {
    stop.cancelled().await;
}
