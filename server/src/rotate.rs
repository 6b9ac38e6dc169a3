//! `mailkeep key rotate`: a new key for the vault, while the server runs or stands still. Called
//! again, it goes on where it was cut short.

use crate::say::say;
use crate::serve::runtime;
use crate::settings::Settings;
use anyhow::{Context, Result, bail};
use engine::rotation::{self, Reached};
use engine::secret::Secret;
use engine::store::{Store, backup, home, key_check};
use engine::vault::Vault;
use engine::{StartError, node};
use std::path::Path;
use std::time::{Duration, Instant};

/// How long living nodes may take to see the file: longer than a dead one's lease lasts.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(500);

/// Runs the command.
///
/// # Errors
/// A sentence that says what to do; nothing is unreadable then, and the next call goes on.
pub fn rotate() -> Result<()> {
    let settings = Settings::read()?;
    #[cfg(feature = "failpoints")]
    crate::crash_points::arm()?;
    runtime()?.block_on(async {
        let store = backup::as_it_is(&settings.engine.database).await.context("MAILKEEP_DATABASE")?;
        let done = through(&store, &settings).await;
        store.close().await;
        done
    })
}

async fn through(store: &Store, settings: &Settings) -> Result<()> {
    if backup::is_empty(store).await || backup::pending(store).await? > 0 {
        bail!("the database is not of this version; start the server once");
    }
    // A silent server has entered no node, so that nobody would say whether it knows the new key.
    if home::silent(store).await?.is_some() && node::lock(&settings.engine.database).is_err() {
        bail!("a silent copy runs here: answer its question or stop it first");
    }
    let vault = Vault::new(&settings.engine.key).with_context(|| settings.key_from())?;
    if !key_check::fits(store, &vault).await? {
        bail!("{}: {}", settings.key_from(), StartError::WrongKey);
    }
    let file = settings.engine.key_file.as_deref();
    let (ids, current) = vault.ids();
    if current > 0 {
        say!("A rotation was cut short; it goes on.");
    } else {
        if ids.len() == 1 {
            begin(&vault, file)?;
        }
        let next = vault.ids().0[1].clone();
        known(store, file, &next).await?;
        if !key_check::switch(store, &vault).await? {
            bail!("somebody else rotates the key just now; look again in a minute");
        }
        say!("The new key seals from now on.");
    }
    let present = vault.ids().0[vault.ids().1].clone();
    let mut done = rotation::renew(store, &vault).await?;
    if settle(store, &present).await? {
        let more = rotation::renew(store, &vault).await?;
        done.written += more.written;
        done.unreadable = more.unreadable;
    }
    say!("Sealed {} values anew.", done.written);
    if done.unreadable > 0 {
        bail!(
            "{} values open with no key that is known; the old key stays in {}",
            done.unreadable,
            settings.key_from()
        );
    }
    match file {
        Some(path) => {
            rotation::trim(path, &present)?;
            say!(
                "The old key is out of {}. Keep a copy of the new one; backups of before still need the old one.",
                path.display()
            );
        }
        None => {
            say!("Nothing needs the old key any more: take it out of MAILKEEP_KEY on every node, and restart them.")
        }
    }
    Ok(())
}

/// Writes the new key, and learns it.
fn begin(vault: &Vault, file: Option<&Path>) -> Result<()> {
    let Some(path) = file else {
        bail!(
            "the key comes from MAILKEEP_KEY: make a new one (openssl rand -base64 32), set MAILKEEP_KEY to OLD,NEW on every node, restart them, and run this again"
        );
    };
    rotation::append(path).with_context(|| format!("can't write {}", path.display()))?;
    say!("A new key stands in {}, beside the old one.", path.display());
    vault.learn(&Secret::new(std::fs::read_to_string(path)?))?;
    Ok(())
}

/// Waits until every living node knows the key.
async fn known(store: &Store, file: Option<&Path>, key: &str) -> Result<()> {
    let began = Instant::now();
    loop {
        match rotation::reached(store, key).await? {
            Reached::Nobody | Reached::All { .. } => return Ok(()),
            Reached::Missing(nodes) if began.elapsed() > PATIENCE => {
                let place = file.map_or_else(|| "MAILKEEP_KEY".to_owned(), |path| path.display().to_string());
                bail!("{nodes} running node(s) do not know the new key: copy {place} to them and run this again");
            }
            Reached::Missing(_) => tokio::time::sleep(LOOK).await,
        }
    }
}

/// Waits until every living node seals with the key, and until what they sealed before is stored.
/// `false`: nobody is alive, and nothing was waited for.
async fn settle(store: &Store, key: &str) -> Result<bool> {
    let began = Instant::now();
    let mut waited = false;
    loop {
        match rotation::reached(store, key).await? {
            Reached::Nobody => return Ok(waited),
            Reached::All { sealing: true } => break,
            _ if began.elapsed() > PATIENCE => bail!("a running node does not take the new key; run this again later"),
            _ => {
                waited = true;
                tokio::time::sleep(LOOK).await;
            }
        }
    }
    say!("Waiting {} seconds for what the server was writing.", rotation::SETTLED.as_secs());
    tokio::time::sleep(rotation::SETTLED).await;
    Ok(true)
}
