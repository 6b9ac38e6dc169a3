//! What we write into a reply so that its answer finds the ticket, and can't be made up.

use crate::Engine;
use crate::vault::Vault;
use domain::Address;
use domain::id::TicketId;
use domain::thread::{SIGNATURE_DIGITS, Token};
use hmac::{Hmac, Mac};
use rand::RngCore;
use sha2::Sha256;
use std::fmt::Write as _;

/// A Message-ID for a reply, without angle brackets (RFC 5322 3.6.4): final, signed, and of the
/// sender's domain.
pub fn fresh_header_id(engine: &Engine, ticket: TicketId, from: &Address) -> String {
    let mut random = [0; 8];
    rand::rng().fill_bytes(&mut random);
    let nonce = hex(&random);
    let signature = signature(&engine.vault, ticket, &nonce);
    let token = Token { ticket, nonce, signature };
    format!("{}@{}", token.in_message_id(), from.domain())
}

/// An address under which an answer finds its ticket even where relays rewrite Message-IDs.
pub fn plus_address(engine: &Engine, ticket: TicketId, base: &Address) -> String {
    let token = Token { ticket, nonce: String::new(), signature: signature(&engine.vault, ticket, "") };
    format!("{}+{}@{}", base.local(), token.in_plus_address(), base.domain())
}

/// The ticket of a Message-ID or plus address that we signed.
pub fn signed_ticket(vault: &Vault, text: &str) -> Option<TicketId> {
    let token = Token::from_message_id(text).or_else(|| Token::from_plus_address(text))?;
    let wanted = signature(vault, token.ticket, &token.nonce);
    // Not secret by time: 80 bits, and a wrong guess only begins a ticket of its own.
    (wanted == token.signature).then_some(token.ticket)
}

fn signature(vault: &Vault, ticket: TicketId, nonce: &str) -> String {
    let key = vault.signing_key("thread");
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&key) else { return String::new() };
    mac.update(format!("{ticket}:{nonce}").as_bytes());
    let mut digits = hex(&mac.finalize().into_bytes());
    digits.truncate(SIGNATURE_DIGITS);
    digits
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}
