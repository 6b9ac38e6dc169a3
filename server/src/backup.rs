//! `mailkeep backup FILE` and `mailkeep restore FILE`. The vault's key is never inside.

use crate::say::say;
use crate::serve::runtime;
use crate::settings::Settings;
use anyhow::{Context, Result, bail};
use domain::home::{Silent, Why};
use engine::store::{Store, backup, home, key_check, nodes};
use engine::vault::Vault;
use engine::{StartError, clock, node};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Writes one consistent file, also while the server runs.
///
/// # Errors
/// A sentence that says what to do.
pub fn backup(file: &Path) -> Result<()> {
    let settings = Settings::read()?;
    if file.exists() {
        bail!("{} is there already; name a new file", file.display());
    }
    let part = beside(file, "part");
    let _ = std::fs::remove_file(&part);
    // Readable by its owner only, from the first byte on.
    std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&part)
        .with_context(|| format!("can't write {}", part.display()))?;
    let done = match node::file_of(&settings.engine.database) {
        Some(database) if !database.is_file() => Err(anyhow::anyhow!("there is no database {}", database.display())),
        Some(database) => runtime()?
            .block_on(backup::copy(&database, &part, clock::now()))
            .with_context(|| format!("can't write {}", file.display())),
        None => {
            let target = part.display().to_string();
            pg(
                &settings.engine.database,
                "pg_dump",
                &["--format=custom", "--no-owner", "--no-privileges", "--file", &target],
            )
        }
    };
    if let Err(error) = done {
        let _ = std::fs::remove_file(&part);
        return Err(error);
    }
    std::fs::File::open(&part)?.sync_all()?;
    std::fs::rename(&part, file)?;
    say!("Wrote {}, {} bytes.", file.display(), std::fs::metadata(file)?.len());
    say!(
        "The vault's key is not in it: keep a copy of {} somewhere else. Without it nobody can read the sign-ins and passwords in the backup.",
        settings.key_from()
    );
    Ok(())
}

/// Puts a backup in the database's place; what it becomes starts silent.
///
/// # Errors
/// A sentence that says what to do; the database is as before then.
pub fn restore(file: &Path) -> Result<()> {
    let settings = Settings::read()?;
    if !file.is_file() {
        bail!("there is no file {}", file.display());
    }
    runtime()?.block_on(async {
        match node::file_of(&settings.engine.database) {
            Some(database) => restore_file(file, &database, &settings).await,
            None => restore_dump(file, &settings).await,
        }
    })?;
    say!(
        "It starts silent: nothing is fetched, sent, deleted or refreshed until an admin says on the console that it takes over, or `mailkeep serve --take-over` does."
    );
    Ok(())
}

async fn restore_file(file: &Path, database: &Path, settings: &Settings) -> Result<()> {
    crate::serve::make_folder(&settings.engine.database)?;
    let _lock = node::lock(&settings.engine.database).map_err(StartError::InUse).context("stop it first")?;
    let fresh = beside(database, "restoring");
    let _ = std::fs::remove_file(&fresh);
    std::fs::copy(file, &fresh).with_context(|| format!("can't write {}", fresh.display()))?;
    // A look opens it for writing: the backup itself stays as it is.
    if let Err(error) = backup::check(&fresh).await {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", fresh.display()));
        }
        return Err(error).with_context(|| format!("{} can't be restored", file.display()));
    }
    let url = format!("sqlite:{}", fresh.display());
    let store = backup::as_it_is(&url).await?;
    unsettle(&store).await?;
    let fits = fits(&store, settings).await;
    store.close().await;
    std::fs::File::open(&fresh)?.sync_all()?;
    if database.exists() {
        // Its log is folded back first, so that the file alone is whole.
        backup::as_it_is(&settings.engine.database).await?.close().await;
        let before = free(&beside(database, "before-restore"));
        std::fs::rename(database, &before)?;
        say!("The database of before is kept as {}.", before.display());
    }
    for log in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{log}", database.display()));
    }
    std::fs::rename(&fresh, database)?;
    say!("Restored {} to {}.", file.display(), database.display());
    if !fits {
        say!("It was sealed with another key than {}: put that key back before the start.", settings.key_from());
    }
    Ok(())
}

async fn restore_dump(file: &Path, settings: &Settings) -> Result<()> {
    let url = &settings.engine.database;
    let store = backup::as_it_is(url).await.context("MAILKEEP_DATABASE")?;
    let empty = backup::is_empty(&store).await;
    let alive = !empty && !nodes::living_keys(&store).await.unwrap_or_default().is_empty();
    store.close().await;
    if alive {
        bail!("a Mailkeep runs on this database; stop it first");
    }
    if !empty {
        bail!("the database holds a desk already; make an empty one (createdb NAME) and let MAILKEEP_DATABASE name it");
    }
    let source = file.display().to_string();
    pg(url, "pg_restore", &["--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", &source])?;
    let store = backup::as_it_is(url).await?;
    unsettle(&store).await?;
    let fits = fits(&store, settings).await;
    store.close().await;
    say!("Restored {}.", file.display());
    if !fits {
        say!("It was sealed with another key than {}: put that key back before the start.", settings.key_from());
    }
    Ok(())
}

/// It knows no home, and is silent; when and where it was made stays known.
async fn unsettle(store: &Store) -> Result<()> {
    let told = home::silent(store).await?;
    let from = match &told {
        Some(told) => told.from.clone(),
        None => home::home(store).await?.map(|home| home.place.shown),
    };
    let made_at = told.and_then(|told| told.made_at);
    let silent = Silent { since: clock::now(), why: Why::Restored, from, made_at, stays: false };
    Ok(home::unsettle(store, &silent).await?)
}

async fn fits(store: &Store, settings: &Settings) -> bool {
    let Ok(vault) = Vault::new(&settings.engine.key) else { return false };
    key_check::fits(store, &vault).await.unwrap_or(false)
}

/// Runs PostgreSQL's own program; the password goes by the environment, where no list of processes
/// shows it.
fn pg(database: &str, program: &str, arguments: &[&str]) -> Result<()> {
    let mut url = url::Url::parse(database).context("MAILKEEP_DATABASE")?;
    let password = url.password().map(percent).unwrap_or_default();
    let _ = url.set_password(None);
    let mut command = Command::new(program);
    command.arg("--dbname").arg(url.as_str()).args(arguments);
    if !password.is_empty() {
        command.env("PGPASSWORD", &password);
    }
    let shown = format!("{program} --dbname '{url}' {}", arguments.join(" "));
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => bail!("{program} ended with {status}: {shown}"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            bail!("{program} is not installed here (Debian: postgresql-client). Where it is, run: {shown}")
        }
        Err(error) => Err(error).with_context(|| format!("can't run {program}")),
    }
}

/// `%41` to `A`: a password in a URL is written so.
fn percent(text: &str) -> String {
    let mut out = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let coded = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match coded.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn beside(file: &Path, what: &str) -> PathBuf {
    PathBuf::from(format!("{}.{what}", file.display()))
}

/// The name, or with a number behind it if it is taken.
fn free(path: &Path) -> PathBuf {
    let numbered = (2..).map(|n| PathBuf::from(format!("{}-{n}", path.display())));
    std::iter::once(path.to_owned()).chain(numbered).find(|path| !path.exists()).unwrap_or_else(|| path.to_owned())
}
