//! The vault: seals secrets for the database, and opens them.
//!
//! XChaCha20-Poly1305 with a random nonce of 24 bytes. A sealed value begins with a format byte
//! and the key's id, so that a key can be replaced and a wrong one is known as such. The
//! associated data names what the value is for: a password moved to another row does not open.

use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::RngCore;
use sha2::{Digest, Sha256};

const FORMAT: u8 = 1;
const NONCE: usize = 24;

/// Why something does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    #[error("the vault's key must be 32 bytes in base64")]
    KeyMalformed,
    #[error("sealed with another key")]
    OtherKey,
    #[error("the sealed value is damaged or belongs elsewhere")]
    Damaged,
}

/// Seals and opens with one key.
pub struct Vault {
    cipher: XChaCha20Poly1305,
    key_id: [u8; 4],
    /// For codes that prove themselves without a row: links, file addresses.
    signing: [u8; 32],
}

impl Vault {
    /// # Errors
    /// [`VaultError::KeyMalformed`] when the text is not 32 bytes in base64.
    pub fn new(key: &Secret) -> Result<Self, VaultError> {
        let bytes = STANDARD.decode(key.reveal().trim()).map_err(|_| VaultError::KeyMalformed)?;
        let cipher = XChaCha20Poly1305::new_from_slice(&bytes).map_err(|_| VaultError::KeyMalformed)?;
        let id = Sha256::new().chain_update(b"mailkeep key id").chain_update(&bytes).finalize();
        let signing = Sha256::new().chain_update(b"mailkeep signing").chain_update(&bytes).finalize();
        Ok(Self { cipher, key_id: [id[0], id[1], id[2], id[3]], signing: signing.into() })
    }

    /// A fresh key in base64.
    pub fn fresh_key() -> Secret {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        Secret::new(STANDARD.encode(bytes))
    }

    /// Seals a secret for one purpose, as in `direction:12:incoming`.
    pub fn seal(&self, purpose: &str, secret: &Secret) -> Vec<u8> {
        let mut nonce = [0; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        let payload = Payload { msg: secret.reveal().as_bytes(), aad: purpose.as_bytes() };
        // The cipher only fails above 256 GB.
        let sealed = self.cipher.encrypt(XNonce::from_slice(&nonce), payload).unwrap_or_default();
        let mut out = Vec::with_capacity(5 + NONCE + sealed.len());
        out.push(FORMAT);
        out.extend(self.key_id);
        out.extend(nonce);
        out.extend(sealed);
        out
    }

    /// Opens what was sealed for the same purpose.
    ///
    /// # Errors
    /// [`VaultError::OtherKey`], or [`VaultError::Damaged`] for anything else that does not fit.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Result<Secret, VaultError> {
        let (head, body) = sealed.split_at_checked(5 + NONCE).ok_or(VaultError::Damaged)?;
        if head[0] != FORMAT {
            return Err(VaultError::Damaged);
        }
        if head[1..5] != self.key_id {
            return Err(VaultError::OtherKey);
        }
        let payload = Payload { msg: body, aad: purpose.as_bytes() };
        let opened = self.cipher.decrypt(XNonce::from_slice(&head[5..]), payload).map_err(|_| VaultError::Damaged)?;
        String::from_utf8(opened).map(Secret::new).map_err(|_| VaultError::Damaged)
    }

    /// The key for signing things that carry their own proof, derived per purpose.
    pub fn signing_key(&self, purpose: &str) -> [u8; 32] {
        Sha256::new().chain_update(self.signing).chain_update(purpose.as_bytes()).finalize().into()
    }
}

/// A random token of 32 bytes for URLs, in base64url.
pub fn token() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// How tokens are kept: found by their hash, useless to whoever reads the database.
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_with_the_same_key_for_the_same_purpose() {
        let vault = Vault::new(&Vault::fresh_key()).expect("a key");
        let sealed = vault.seal("direction:1:incoming", &Secret::new("hunter2"));
        assert!(!sealed.windows(7).any(|w| w == b"hunter2"));
        assert_eq!(vault.open("direction:1:incoming", &sealed).expect("opens").reveal(), "hunter2");
        assert_eq!(vault.open("direction:2:incoming", &sealed).err(), Some(VaultError::Damaged));
        let other = Vault::new(&Vault::fresh_key()).expect("a key");
        assert_eq!(other.open("direction:1:incoming", &sealed).err(), Some(VaultError::OtherKey));
        let mut damaged = sealed.clone();
        *damaged.last_mut().expect("bytes") ^= 1;
        assert_eq!(vault.open("direction:1:incoming", &damaged).err(), Some(VaultError::Damaged));
        assert_eq!(vault.open("x", &[]).err(), Some(VaultError::Damaged));
    }

    #[test]
    fn keys_are_checked() {
        for key in ["", "c2hvcnQ=", "not base64!"] {
            assert_eq!(Vault::new(&Secret::new(key)).err(), Some(VaultError::KeyMalformed));
        }
    }
}
