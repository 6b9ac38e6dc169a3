//! Whether this database is a copy, and what a copy does not do.
//!
//! Invariant: while it is silent nothing leaves the process - no session is opened, no token is
//! refreshed, no evidence about a direction is written - whoever asks. The loops wait, and the way
//! out ([`crate::net`]) is shut besides.

use crate::store::{Store, StoreError, home as rows};
use crate::{Engine, clock, node, vault};
use domain::home::{Home, Mark, Place, Silent, Verdict, Why, judge};
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};
use tokio_util::sync::CancellationToken;

/// How often a silent node looks whether somebody answered elsewhere.
const LOOK: Duration = Duration::from_secs(2);
/// How often the count goes on without a start or an end.
const BEAT: Duration = Duration::from_secs(3600);

/// What the operator said at the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Nothing: what is found decides.
    AsFound,
    /// This copy is the desk from now on.
    TakeOver,
    /// Silent, also at home.
    Silent,
}

/// Whether the engine is silent, for those who wait for the end of it.
pub struct Silence(tokio::sync::watch::Sender<bool>);

impl Default for Silence {
    fn default() -> Self {
        Self(tokio::sync::watch::Sender::new(false))
    }
}

impl Silence {
    pub fn is(&self) -> bool {
        *self.0.borrow()
    }

    pub fn set(&self, silent: bool) {
        self.0.send_replace(silent);
    }

    /// Waits until it is over.
    pub async fn over(&self) {
        let mut told = self.0.subscribe();
        // The sender lives as long as the engine, of which the caller holds a part.
        let _ = told.wait_for(|silent| !*silent).await;
    }
}

/// The copy's question, if this is a silent copy.
pub async fn silent(store: &Store) -> Result<Option<Silent>, StoreError> {
    rows::silent(store).await
}

/// Judges where the database is, before any loop begins. The caller holds the file's lock.
///
/// # Errors
/// The database's.
pub async fn settle(engine: &Engine, start: Start) -> Result<Option<Silent>, StoreError> {
    let store = &engine.store;
    let here = place(store, &engine.config.database).await?;
    let path = mark_path(&engine.config.database);
    let found = path.as_deref().and_then(read_mark);
    let home = rows::home(store).await?;
    let verdict = judge(home.as_ref(), found.as_ref(), &here);
    let mut silent = rows::silent(store).await?;
    let asked = match (start, verdict) {
        (Start::Silent, _) if silent.is_none() => Some(Why::Asked),
        (_, Verdict::Copy(why)) if silent.as_ref().is_none_or(|s| s.stays || s.why != Why::Restored) => Some(why),
        _ => None,
    };
    if let Some(why) = asked {
        let from = home.as_ref().map(|home| home.place.shown.clone()).filter(|from| *from != here.shown);
        silent = Some(Silent { since: clock::now(), why, from, made_at: None, stays: false });
    }
    if start == Start::TakeOver {
        silent = None;
    }
    let next = match (home, verdict) {
        (Some(home), Verdict::AtHome) => Home { beats: home.beats + 1, place: here, ..home },
        _ => Home { mark: vault::token(), beats: 1, place: here },
    };
    if next.beats == 1 {
        // A first mark before the database knows of it: who dies in between begins anew, and is no copy.
        write_mark(path.as_deref(), &Home { beats: 0, ..next.clone() });
    }
    rows::keep(store, &next, silent.as_ref()).await?;
    write_mark(path.as_deref(), &next);
    engine.hush(silent.is_some());
    if let Some(silent) = &silent {
        tracing::warn!(why = ?silent.why, "this is a silent copy: nothing is fetched, sent, deleted or refreshed");
    }
    Ok(silent)
}

/// The copy is the desk from now on.
pub async fn take_over(engine: &Engine) -> Result<(), StoreError> {
    rows::keep_silent(&engine.store, None).await?;
    engine.hush(false);
    Ok(())
}

/// The copy stays silent, and asks no more.
pub async fn stay_silent(engine: &Engine) -> Result<(), StoreError> {
    match rows::silent(&engine.store).await? {
        Some(silent) => rows::keep_silent(&engine.store, Some(&Silent { stays: true, ..silent })).await,
        None => Ok(()),
    }
}

/// Counts on, and hears an answer that was given to another node, until stopped.
pub async fn run(engine: Arc<Engine>, stop: CancellationToken) {
    loop {
        let pause = if engine.silence.is() { LOOK } else { BEAT };
        tokio::select! {
            () = stop.cancelled() => break,
            () = engine.silence.over(), if engine.silence.is() => {}
            () = tokio::time::sleep(pause) => {}
        }
        if engine.silence.is() {
            if matches!(rows::silent(&engine.store).await, Ok(None)) {
                engine.hush(false);
            }
        } else if pause == BEAT {
            beat(&engine).await;
        }
    }
    beat(&engine).await;
}

async fn beat(engine: &Engine) {
    let path = mark_path(&engine.config.database);
    if path.is_none() {
        return;
    }
    let counted = async {
        let Some(home) = rows::home(&engine.store).await? else { return Ok(()) };
        let home = Home { beats: home.beats + 1, ..home };
        rows::keep_home(&engine.store, &home).await?;
        write_mark(path.as_deref(), &home);
        Ok::<_, StoreError>(())
    };
    if let Err(error) = counted.await {
        tracing::warn!(%error, "the installation's count stays");
    }
}

/// Where a database is.
pub async fn place(store: &Store, database: &str) -> Result<Place, StoreError> {
    let Some(path) = node::file_of(database) else {
        return Ok(Place { shown: shown(database), server: Some(rows::server(store).await?), ..Place::default() });
    };
    let full = std::fs::canonicalize(&path).unwrap_or(path);
    let file = std::fs::metadata(&full).ok().map(|meta| {
        let born = meta.created().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        format!("{}:{}", meta.ino(), born.map_or(0, |at| at.as_nanos()))
    });
    Ok(Place { shown: full.display().to_string(), file, machine: machine(), server: None })
}

/// A database server's address without user and password.
fn shown(database: &str) -> String {
    let rest = database.split_once("://").map_or(database, |(_, rest)| rest);
    let rest = rest.split_once('@').map_or(rest, |(_, rest)| rest);
    rest.split('?').next().unwrap_or_default().to_owned()
}

/// The machine's id (machine-id(5)), hashed, as that page asks. A container has none that lasts.
fn machine() -> Option<String> {
    let boxed = ["/.dockerenv", "/run/.containerenv", "/var/run/secrets/kubernetes.io"];
    if boxed.iter().any(|path| Path::new(path).exists()) {
        return None;
    }
    let id = std::fs::read_to_string("/etc/machine-id").ok()?;
    let id = id.trim();
    (!id.is_empty()).then(|| crate::hex(&vault::token_hash(&format!("mailkeep home {id}"))[..8]))
}

/// The file beside an SQLite database.
pub fn mark_path(database: &str) -> Option<PathBuf> {
    node::file_of(database).map(|path| PathBuf::from(format!("{}.home", path.display())))
}

fn read_mark(path: &Path) -> Option<Mark> {
    let text = std::fs::read_to_string(path).ok()?;
    let (mark, beats) = text.trim().split_once(' ')?;
    Some(Mark { mark: mark.to_owned(), beats: beats.parse().ok()? })
}

/// Written after the database, so that a process that dies in between leaves the database ahead.
fn write_mark(path: Option<&Path>, home: &Home) {
    let Some(path) = path else { return };
    let beside = PathBuf::from(format!("{}.new", path.display()));
    let written = || {
        let mut file = std::fs::File::create(&beside)?;
        writeln!(file, "{} {}", home.mark, home.beats)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)?;
        // The name as well outlives a power cut.
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        folder.map_or(Ok(()), |folder| std::fs::File::open(folder)?.sync_all())
    };
    if let Err(error) = written() {
        tracing::warn!(%error, "the mark beside the database can't be written: the next start takes it for a copy");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_shown() {
        assert_eq!(shown("postgres://desk:pw@db.example:5432/desk?sslmode=require"), "db.example:5432/desk");
    }
}
