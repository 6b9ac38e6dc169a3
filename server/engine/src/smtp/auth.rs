//! Signing in (RFC 4954). Only called under TLS.

use super::features::Features;
use super::limits;
use super::reply::Reply;
use super::wire::{Lost, Wire};
use crate::login::{Login, Proof};
use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// Signs in with one login; the reply that settled it is 235 or a refusal.
pub async fn sign_in(wire: &mut Wire, features: &Features, login: &Login) -> Result<Reply, Lost> {
    match &login.proof {
        Proof::Token(token) => xoauth2(wire, &login.user, token).await,
        Proof::Password(password) if !features.offers("PLAIN") && features.offers("LOGIN") => {
            login_words(wire, &login.user, password).await
        }
        Proof::Password(password) => plain(wire, &login.user, password).await,
    }
}

/// XOAUTH2, never as an initial response: Microsoft's tokens are longer than the 2,048 octets
/// at which Postfix cuts a command line ("535 5.7.8 Error: authentication failed: Invalid base64
/// data in initial response"). A refusal may come as a 334 with JSON, which wants an empty line
/// before the server says 535 (Google, "XOAUTH2 mechanism", *Error response*).
async fn xoauth2(wire: &mut Wire, user: &str, token: &Secret) -> Result<Reply, Lost> {
    let line = encode(&format!("user={user}\x01auth=Bearer {}\x01\x01", token.reveal()));
    wire.hide(token);
    wire.hide(&line);
    let asked = wire.ask("AUTH XOAUTH2\r\n", limits::AUTH).await?;
    if asked.code != 334 {
        return Ok(asked);
    }
    let answer = wire.ask_secretly(&line, limits::AUTH).await?;
    if answer.code != 334 {
        return Ok(answer);
    }
    let refusal = wire.ask("\r\n", limits::AUTH).await?;
    Ok(explained(refusal, &answer))
}

/// RFC 4616, as an initial response: short enough for every server.
async fn plain(wire: &mut Wire, user: &str, password: &Secret) -> Result<Reply, Lost> {
    let word = encode(&format!("\0{user}\0{}", password.reveal()));
    wire.hide(password);
    wire.hide(&word);
    let line = Secret::new(format!("AUTH PLAIN {}", word.reveal()));
    wire.ask_secretly(&line, limits::AUTH).await
}

/// LOGIN, of draft-murchison-sasl-login: two challenges, whatever they say.
async fn login_words(wire: &mut Wire, user: &str, password: &Secret) -> Result<Reply, Lost> {
    wire.hide(password);
    let asked = wire.ask("AUTH LOGIN\r\n", limits::AUTH).await?;
    if asked.code != 334 {
        return Ok(asked);
    }
    let asked = wire.ask_secretly(&encode(user), limits::AUTH).await?;
    if asked.code != 334 {
        return Ok(asked);
    }
    wire.ask_secretly(&encode(password.reveal()), limits::AUTH).await
}

fn encode(text: &str) -> Secret {
    let text = Zeroizing::new(text.to_owned());
    Secret::new(STANDARD.encode(text.as_bytes()))
}

/// The refusal with the status that its challenge named, which tells more: `{"status":"400",..}`.
fn explained(mut refusal: Reply, challenge: &Reply) -> Reply {
    let status = challenge
        .lines
        .first()
        .and_then(|word| STANDARD.decode(word.trim()).ok())
        .and_then(|json| serde_json::from_slice::<serde_json::Value>(&json).ok())
        .and_then(|json| json.get("status").and_then(|s| s.as_str().map(str::to_owned)))
        .filter(|status| status.len() < 40 && status.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
    if let Some(status) = status {
        refusal.lines.push(format!("(status {status})"));
    }
    refusal
}
