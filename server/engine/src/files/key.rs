//! Addresses that prove themselves.

use crate::vault::Vault;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Time;
use domain::id::{AttachmentId, MessageId, SourceId};
use domain::time::Span;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// What an address leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    Attachment(AttachmentId),
    /// The stored source of a message.
    Source(MessageId),
    /// The formatted body of a message.
    Body(MessageId),
    /// A stored message that became nothing.
    Raw(SourceId),
}

/// An address lasts at least this long...
const LASTS: Span = Span::minutes(50);
/// ... and at most this much longer: all those made meanwhile are the same, so that a page that is
/// drawn again does not load its images again.
const STEP: i64 = Span::minutes(10).0;

/// Octets of the signature.
const PROOF: usize = 16;

/// `/files/{key}`.
pub fn address(vault: &Vault, thing: Thing, now: Time) -> String {
    format!("/files/{}", seal(vault, thing, now))
}

/// `/messages/{key}/body`, with `?images=true` where images from elsewhere are wanted.
pub fn body_address(vault: &Vault, id: MessageId, images: bool, now: Time) -> String {
    let wanted = if images { "?images=true" } else { "" };
    format!("/messages/{}/body{wanted}", seal(vault, Thing::Body(id), now))
}

fn seal(vault: &Vault, thing: Thing, now: Time) -> String {
    let until = ((now + LASTS).0 / STEP + 1) * STEP;
    let (kind, id) = match thing {
        Thing::Attachment(id) => (1_u8, id.0),
        Thing::Source(id) => (2, id.0),
        Thing::Body(id) => (3, id.0),
        Thing::Raw(id) => (4, id.0),
    };
    let mut bytes = vec![kind];
    bytes.extend(id.to_be_bytes());
    bytes.extend(until.to_be_bytes());
    let proof = sign(vault, &bytes).finalize().into_bytes();
    bytes.extend(&proof[..PROOF]);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What a key names, if it is ours and not over.
pub fn read(vault: &Vault, key: &str, now: Time) -> Option<Thing> {
    let bytes = URL_SAFE_NO_PAD.decode(key).ok()?;
    let (named, proof) = bytes.split_at_checked(17).filter(|(_, proof)| proof.len() == PROOF)?;
    sign(vault, named).verify_truncated_left(proof).ok()?;
    let id = i64::from_be_bytes(named[1..9].try_into().ok()?);
    let until = i64::from_be_bytes(named[9..17].try_into().ok()?);
    if now.0 > until {
        return None;
    }
    match named[0] {
        1 => Some(Thing::Attachment(AttachmentId(id))),
        2 => Some(Thing::Source(MessageId(id))),
        3 => Some(Thing::Body(MessageId(id))),
        4 => Some(Thing::Raw(SourceId(id))),
        _ => None,
    }
}

fn sign(vault: &Vault, bytes: &[u8]) -> Hmac<Sha256> {
    let key = vault.signing_key("files");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes a key of any length");
    mac.update(bytes);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_one_thing_for_an_hour() {
        let vault = Vault::new(&Vault::fresh_key()).expect("a key");
        let now = Time(1_800_000_123_456);
        for thing in [Thing::Attachment(AttachmentId(7)), Thing::Source(MessageId(7)), Thing::Body(MessageId(i64::MAX))]
        {
            let key = seal(&vault, thing, now);
            assert_eq!(read(&vault, &key, now), Some(thing));
            assert_eq!(read(&vault, &key, now + Span::minutes(50)), Some(thing));
            assert_eq!(read(&vault, &key, now + Span::minutes(61)), None);
            assert_eq!(seal(&vault, thing, now + Span::seconds(1)), key);
            let other = Vault::new(&Vault::fresh_key()).expect("a key");
            assert_eq!(read(&other, &key, now), None);
            let mut bytes = URL_SAFE_NO_PAD.decode(&key).expect("base64");
            for at in 0..bytes.len() {
                bytes[at] ^= 1;
                assert_eq!(read(&vault, &URL_SAFE_NO_PAD.encode(&bytes), now), None, "octet {at}");
                bytes[at] ^= 1;
            }
        }
        for key in ["", "AAAA", "!", &"A".repeat(44)] {
            assert_eq!(read(&vault, key, now), None);
        }
    }
}
