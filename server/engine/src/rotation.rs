//! A key of the vault is replaced while everything runs on.
//!
//! The key file holds keys, the oldest first; the database says which of them seals (the key of its
//! check row). So a rotation is: a fresh key at the file's end, until every node knows it; the
//! check row sealed with it, from where on everybody seals with it; every older value sealed anew,
//! in batches; the old key out of the file. Cut short anywhere, the file and the check row say how
//! far it came, and the next call, or a running server by itself, goes on from there.
//!
//! Invariant: a key leaves the file only when nothing is sealed with it, and nothing that was
//! sealed with it can still be on its way to the database.

use crate::secret::Secret;
use crate::store::{Store, StoreError, key_check, nodes, sealed};
use crate::vault::Vault;
use crate::{Engine, hex};
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// Tells one state of a file from the next: its inode, and when it was written (seconds, nanoseconds).
type Stamp = (u64, i64, i64);

/// How often a node looks at the key file.
const LOOK: Duration = Duration::from_secs(2);
/// Longer than a write may wait for the database: what was sealed before a switch is stored by then.
pub const SETTLED: Duration = Duration::from_secs(35);

/// What became of the values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Renewed {
    pub written: u64,
    /// No key opens them: sealed with a key that is lost, or damaged.
    pub unreadable: u64,
}

/// Seals every value anew that another key than the present one sealed.
///
/// # Errors
/// The database's; what was written stays.
pub async fn renew(store: &Store, vault: &Vault) -> Result<Renewed, StoreError> {
    let present = vault.present();
    let mut done = Renewed::default();
    for column in sealed::COLUMNS {
        let mut skipped = 0;
        loop {
            let fresh =
                |old: &sealed::Old| Some(vault.seal(&old.purpose, &vault.open(&old.purpose, &old.sealed).ok()?));
            let (written, left) = sealed::renew(store, column, &present, skipped, fresh).await?;
            fail::fail_point!("rotation-batch");
            done.written += written;
            skipped += left;
            if written + left == 0 {
                break;
            }
        }
        done.unreadable += skipped;
    }
    Ok(done)
}

/// Writes a fresh key to the file's end.
///
/// # Errors
/// The file's.
pub fn append(path: &Path) -> std::io::Result<()> {
    let text = Secret::new(std::fs::read_to_string(path)?);
    write(path, &format!("{}\n{}\n", text.reveal().trim(), Vault::fresh_key().reveal()))
}

/// Takes the keys out of the file that come before this one.
///
/// # Errors
/// The file's.
pub fn trim(path: &Path, present: &str) -> std::io::Result<()> {
    let text = Secret::new(std::fs::read_to_string(path)?);
    let old = |key: &&str| Vault::id_of(key).is_ok_and(|id| id != present);
    let kept: Vec<&str> = text.reveal().split_whitespace().skip_while(old).collect();
    if kept.is_empty() { Ok(()) } else { write(path, &format!("{}\n", kept.join("\n"))) }
}

/// In one step: the file is never without a key.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let beside = PathBuf::from(format!("{}.new", path.display()));
    let _ = std::fs::remove_file(&beside);
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    // The name as well outlives a power cut.
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    folder.map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all())
}

/// Watches the key file, says which keys this node knows, and ends a rotation that was cut short,
/// until stopped.
pub async fn run(engine: Arc<Engine>, stop: CancellationToken) {
    let file = engine.config.key_file.clone();
    let stamp = || {
        file.as_deref()
            .and_then(|path| std::fs::metadata(path).ok().map(|file| (file.ino(), file.mtime(), file.mtime_nsec())))
    };
    let mut here = Here { engine, seen: stamp(), since: Instant::now(), told: (0, String::new()), ended: false };
    loop {
        if let Err(error) = here.look(file.as_deref(), stamp()).await {
            tracing::warn!(%error, "the vault's keys can't be looked after");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

struct Here {
    engine: Arc<Engine>,
    seen: Option<Stamp>,
    /// Since when the present key seals here.
    since: Instant,
    told: (i64, String),
    ended: bool,
}

impl Here {
    async fn look(&mut self, file: Option<&Path>, stamp: Option<Stamp>) -> Result<(), StoreError> {
        let (store, vault) = (&self.engine.store, &self.engine.vault);
        if let Some(path) = file
            && stamp != self.seen
            && let Ok(text) = std::fs::read_to_string(path)
        {
            (self.seen, self.ended) = (stamp, false);
            if let Err(error) = vault.learn(&Secret::new(text)) {
                tracing::error!(%error, "the key file changed and can't be read: the keys of before stay");
            }
        }
        let before = vault.present();
        if vault.ids().0.len() > 1 {
            key_check::fits(store, vault).await?;
        }
        if vault.present() != before {
            tracing::info!("another key of the vault seals from now on");
            self.since = Instant::now();
        }
        let (ids, current) = vault.ids();
        if let Some(node) = self.engine.node.get() {
            let known = [&ids[current..], &ids[..current]].concat().join(" ");
            if self.told != (node.id, known.clone()) {
                nodes::tell_keys(store, node, &known).await?;
                self.told = (node.id, known);
            }
        }
        // Several nodes have several files: there the command takes the old key away.
        let alone = store.is_sqlite();
        if current > 0 && !self.ended && alone && self.since.elapsed() >= SETTLED {
            let done = renew(store, vault).await?;
            self.ended = true;
            if done.unreadable == 0
                && let Some(path) = file
            {
                match trim(path, &ids[current]) {
                    Ok(()) => tracing::info!(values = done.written, "the vault's key is replaced; the old one is gone"),
                    Err(error) => tracing::warn!(%error, "the old key stays in its file"),
                }
            }
        }
        Ok(())
    }
}

/// How far the living nodes are with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// No node is alive.
    Nobody,
    /// Everybody knows it, and perhaps seals with it.
    All { sealing: bool },
    /// So many do not know it yet.
    Missing(usize),
}

/// Asks the living nodes' rows.
///
/// # Errors
/// The database's.
pub async fn reached(store: &Store, key: &str) -> Result<Reached, StoreError> {
    let known = nodes::living_keys(store).await?;
    let missing = known.iter().filter(|ids| !ids.split(' ').any(|id| id == key)).count();
    Ok(match (known.len(), missing) {
        (0, _) => Reached::Nobody,
        (_, 0) => Reached::All { sealing: known.iter().all(|ids| ids.split(' ').next() == Some(key)) },
        (_, missing) => Reached::Missing(missing),
    })
}

impl Vault {
    /// The id of the key that seals, as it stands in what it sealed.
    pub(crate) fn present(&self) -> Vec<u8> {
        let (ids, current) = self.ids();
        let digits = ids[current].as_bytes();
        digits.chunks(2).filter_map(|d| u8::from_str_radix(std::str::from_utf8(d).ok()?, 16).ok()).collect()
    }
}

/// How many values other keys than the present one sealed.
///
/// # Errors
/// The database's.
pub async fn left(store: &Store, vault: &Vault) -> Result<u64, StoreError> {
    debug_assert_eq!(hex(&vault.present()), vault.ids().0[vault.ids().1]);
    sealed::old(store, &vault.present()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_file_is_never_without_a_key() {
        let path = std::env::temp_dir().join(format!("mailkeep-ring-{}", std::process::id()));
        let first = Vault::fresh_key();
        std::fs::write(&path, format!("{}\n", first.reveal())).expect("written");
        append(&path).expect("appended");
        let both = std::fs::read_to_string(&path).expect("read");
        let keys: Vec<&str> = both.split_whitespace().collect();
        assert_eq!((keys.len(), keys[0]), (2, first.reveal()));
        trim(&path, &Vault::id_of(keys[1]).expect("a key")).expect("trimmed");
        assert_eq!(std::fs::read_to_string(&path).expect("read").trim(), keys[1]);
        trim(&path, "00000000").expect("nobody");
        assert_eq!(std::fs::read_to_string(&path).expect("read").trim(), keys[1], "an unknown id takes nothing away");
        std::fs::remove_file(&path).expect("removed");
    }
}
