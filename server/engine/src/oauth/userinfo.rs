//! Who signed in, from the provider's own mouth (OpenID Connect Core 5.3): only where the id_token does not say.

use super::Party;
use super::claims::Told;
use crate::Engine;
use crate::secret::Secret;
use std::time::Duration;

/// For the whole question.
const DEADLINE: Duration = Duration::from_secs(8);
/// No answer is longer. Bytes.
const LONGEST: usize = 64 << 10;

/// What the provider tells of a token's holder; `None`: nothing that could be understood.
pub async fn ask(engine: &Engine, party: &Party, token: &Secret) -> Option<Told> {
    let url = party.userinfo_url.as_ref()?;
    let asked = async {
        let answer = engine.net.http()?.get(url).bearer_auth(token.reveal()).send().await.ok()?;
        if answer.status() != reqwest::StatusCode::OK {
            return None;
        }
        serde_json::from_slice(&crate::net::body(answer, LONGEST).await?).ok()
    };
    tokio::time::timeout(DEADLINE, asked).await.ok().flatten()
}
