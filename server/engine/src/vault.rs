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
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use zeroize::Zeroizing;

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

/// One key.
struct Key {
    id: [u8; 4],
    cipher: XChaCha20Poly1305,
    signing: [u8; 32],
}

impl Key {
    fn read(text: &str) -> Result<Self, VaultError> {
        let bytes = Zeroizing::new(STANDARD.decode(text).map_err(|_| VaultError::KeyMalformed)?);
        let cipher = XChaCha20Poly1305::new_from_slice(&bytes).map_err(|_| VaultError::KeyMalformed)?;
        let id = Sha256::new().chain_update(b"mailkeep key id").chain_update(&bytes).finalize();
        let signing = Sha256::new().chain_update(b"mailkeep signing").chain_update(&bytes).finalize();
        Ok(Self { id: [id[0], id[1], id[2], id[3]], cipher, signing: signing.into() })
    }
}

struct Ring {
    /// The oldest first.
    keys: Vec<Key>,
    /// Which of them seals.
    current: usize,
    /// For codes that prove themselves without a row: links, file addresses, addresses of tickets.
    /// They outlive a key, or answers to old mail would find no ticket any more.
    signing: [u8; 32],
    /// The database keeps the seed; before a first rotation it is the key's.
    pinned: bool,
}

/// Seals with one key, and opens with every key it knows: while a key is being replaced, there are
/// two.
pub struct Vault {
    ring: RwLock<Ring>,
}

impl Vault {
    /// One key or several, the oldest first, apart by white space or commas. Until
    /// [`Vault::settle_on`] says otherwise the youngest seals.
    ///
    /// # Errors
    /// [`VaultError::KeyMalformed`] when one of them is not 32 bytes in base64.
    pub fn new(keys: &Secret) -> Result<Self, VaultError> {
        let keys = words(keys.reveal()).map(Key::read).collect::<Result<Vec<_>, _>>()?;
        let current = keys.len().checked_sub(1).ok_or(VaultError::KeyMalformed)?;
        let signing = keys[current].signing;
        Ok(Self { ring: RwLock::new(Ring { keys, current, signing, pinned: false }) })
    }

    /// A fresh key in base64.
    pub fn fresh_key() -> Secret {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        Secret::new(STANDARD.encode(bytes))
    }

    /// The id of a key, as in front of what it sealed.
    ///
    /// # Errors
    /// [`VaultError::KeyMalformed`].
    pub fn id_of(key: &str) -> Result<String, VaultError> {
        Ok(crate::hex(&Key::read(key.trim())?.id))
    }

    /// The same keys as in the file again: new ones are known from now on, those that went are forgotten, except
    /// the one that seals.
    ///
    /// # Errors
    /// [`VaultError::KeyMalformed`]; nothing changed then.
    pub fn learn(&self, keys: &Secret) -> Result<(), VaultError> {
        let mut fresh = words(keys.reveal()).map(Key::read).collect::<Result<Vec<_>, _>>()?;
        let mut ring = self.write();
        let Ring { keys, current, .. } = &mut *ring;
        if !fresh.iter().any(|key| key.id == keys[*current].id) {
            fresh.insert(0, keys.swap_remove(*current));
            *current = 0;
        } else {
            let id = keys[*current].id;
            *current = fresh.iter().position(|key| key.id == id).unwrap_or(0);
        }
        *keys = fresh;
        Ok(())
    }

    /// The key that this was sealed with seals from now on; `false`: it is not known.
    pub fn settle_on(&self, sealed: &[u8]) -> bool {
        let Some(id) = sealed.get(1..5) else { return false };
        let mut ring = self.write();
        let Some(at) = ring.keys.iter().position(|key| key.id == id) else { return false };
        if !ring.pinned {
            ring.signing = ring.keys[at].signing;
        }
        ring.current = at;
        true
    }

    /// The seed of what is signed, as the database keeps it since the first rotation, in base64.
    pub fn signing_seed(&self) -> Secret {
        Secret::new(STANDARD.encode(self.read().signing))
    }

    /// Takes the seed as [`Vault::signing_seed`] gave it.
    pub fn sign_with(&self, seed: &Secret) {
        if let Ok(Ok(seed)) = STANDARD.decode(seed.reveal()).map(<[u8; 32]>::try_from) {
            let mut ring = self.write();
            (ring.signing, ring.pinned) = (seed, true);
        }
    }

    /// The ids of all keys, the oldest first, and which of them seals.
    pub fn ids(&self) -> (Vec<String>, usize) {
        let ring = self.read();
        (ring.keys.iter().map(|key| crate::hex(&key.id)).collect(), ring.current)
    }

    /// Whether something is sealed with the present key.
    pub fn is_present(&self, sealed: &[u8]) -> bool {
        let ring = self.read();
        sealed.get(1..5) == Some(&ring.keys[ring.current].id[..])
    }

    /// Seals a secret for one purpose, as in `direction:12:incoming`.
    pub fn seal(&self, purpose: &str, secret: &Secret) -> Vec<u8> {
        let ring = self.read();
        seal(&ring.keys[ring.current], purpose, secret)
    }

    /// The same with the key that comes after the present one, if there is one.
    pub fn seal_with_next(&self, purpose: &str, secret: &Secret) -> Option<Vec<u8>> {
        let ring = self.read();
        Some(seal(ring.keys.get(ring.current + 1)?, purpose, secret))
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
        let ring = self.read();
        let key = ring.keys.iter().find(|key| key.id == head[1..5]).ok_or(VaultError::OtherKey)?;
        let payload = Payload { msg: body, aad: purpose.as_bytes() };
        let opened = key.cipher.decrypt(XNonce::from_slice(&head[5..]), payload).map_err(|_| VaultError::Damaged)?;
        String::from_utf8(opened).map(Secret::new).map_err(|_| VaultError::Damaged)
    }

    /// The key for signing things that carry their own proof, derived per purpose.
    pub fn signing_key(&self, purpose: &str) -> [u8; 32] {
        Sha256::new().chain_update(self.read().signing).chain_update(purpose.as_bytes()).finalize().into()
    }

    fn read(&self) -> RwLockReadGuard<'_, Ring> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Ring> {
        self.ring.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ', '\t', '\r', '\n']).filter(|word| !word.is_empty())
}

fn seal(key: &Key, purpose: &str, secret: &Secret) -> Vec<u8> {
    let mut nonce = [0; NONCE];
    rand::rng().fill_bytes(&mut nonce);
    let payload = Payload { msg: secret.reveal().as_bytes(), aad: purpose.as_bytes() };
    // The cipher only fails above 256 GB.
    let sealed = key.cipher.encrypt(XNonce::from_slice(&nonce), payload).unwrap_or_default();
    let mut out = Vec::with_capacity(5 + NONCE + sealed.len());
    out.push(FORMAT);
    out.extend(key.id);
    out.extend(nonce);
    out.extend(sealed);
    out
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
    fn a_key_is_replaced_while_both_are_known() {
        let (old, new) = (Vault::fresh_key(), Vault::fresh_key());
        let vault = Vault::new(&old).expect("a key");
        let (sealed, signed) = (vault.seal("x", &Secret::new("hunter2")), vault.signing_key("thread"));
        let both = Secret::new(format!("{}\n{}\n", old.reveal(), new.reveal()));
        vault.learn(&both).expect("keys");
        assert_eq!((vault.ids().1, vault.is_present(&sealed)), (0, true));
        let next = vault.seal_with_next("check", &Secret::new("")).expect("the new key");
        vault.sign_with(&vault.signing_seed());
        assert!(vault.settle_on(&next));
        assert_eq!(vault.signing_key("thread"), signed);
        assert!(!vault.is_present(&sealed) && vault.is_present(&vault.seal("x", &Secret::new(""))));
        assert_eq!(vault.open("x", &sealed).expect("opens").reveal(), "hunter2");
        // After a start with both, the database says which one seals.
        let again = Vault::new(&both).expect("keys");
        assert!(again.settle_on(&sealed));
        assert_eq!((again.ids().1, again.signing_key("thread")), (0, signed));
        let moved = vault.seal("x", &Secret::new("hunter2"));
        vault.learn(&new).expect("a key");
        assert_eq!(vault.open("x", &sealed).err(), Some(VaultError::OtherKey));
        assert_eq!(vault.open("x", &moved).expect("opens").reveal(), "hunter2");
    }

    #[test]
    fn keys_are_checked() {
        for key in ["", "c2hvcnQ=", "not base64!"] {
            assert_eq!(Vault::new(&Secret::new(key)).err(), Some(VaultError::KeyMalformed));
        }
    }
}
