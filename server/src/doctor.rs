//! `mailkeep doctor`: settings, database, key, providers and every mailbox, a line each.
//!
//! It asks as *Check again* does, so it may refresh a token, and what it finds is evidence. On a
//! silent copy it asks nobody. It takes no step of the schema.

use crate::say::say;
use crate::serve::{log, runtime};
use crate::settings::{SETTINGS, Settings};
use anyhow::Result;
use app::wording::{diagnoses, installation};
use domain::Direction;
use domain::credential::CredentialKind;
use domain::direction::State;
use engine::doctor::{self, Examined};
use engine::store::{Store, backup, home, key_check};
use engine::vault::Vault;
use engine::{Engine, StartError, node, oauth_address, rotation};
use std::os::unix::fs::PermissionsExt as _;
use std::process::ExitCode;
use std::sync::Arc;

/// What was said so far.
#[derive(Default)]
struct Report {
    wrong: usize,
    looked_at: usize,
}

impl Report {
    fn ok(&mut self, what: &str, words: impl AsRef<str>) {
        self.looked_at += 1;
        say!("ok     {what:<12} {}", words.as_ref());
    }

    /// What is wrong, and what to do.
    fn wrong(&mut self, what: &str, words: impl AsRef<str>, remedy: impl AsRef<str>) {
        self.looked_at += 1;
        self.wrong += 1;
        say!("WRONG  {what:<12} {} Remedy: {}", words.as_ref(), remedy.as_ref());
    }

    fn end(&self) -> ExitCode {
        match self.wrong {
            0 => say!("{} looked at, all well", self.looked_at),
            wrong => say!("{} looked at, {wrong} wrong", self.looked_at),
        }
        if self.wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}

/// Runs the command: 0 when all is well, 1 when something is wrong.
///
/// # Errors
/// None that has a line of its own; what this machine can't do at all.
pub fn run() -> Result<ExitCode> {
    // Its own lines are the report; the log would only repeat them.
    if std::env::var_os("RUST_LOG").is_none() {
        let _ = rustls_ready();
    } else {
        log()?;
    }
    let mut report = Report::default();
    let settings = match Settings::read() {
        Ok(settings) => settings,
        Err(error) => {
            report.wrong("settings", format!("{error:#}."), "mend this setting; `mailkeep settings` lists them all.");
            return Ok(report.end());
        }
    };
    let set = settings.engine.shown.iter().filter(|line| !line.value.starts_with("Not set")).count();
    report.ok("settings", format!("{set} of {} set", SETTINGS.len()));
    runtime()?.block_on(look(&mut report, settings));
    Ok(report.end())
}

fn rustls_ready() -> bool {
    rustls::crypto::ring::default_provider().install_default().is_ok()
}

async fn look(report: &mut Report, settings: Settings) {
    let url = settings.engine.database.clone();
    if let Some(path) = node::file_of(&url).filter(|path| !path.is_file()) {
        report.wrong(
            "database",
            format!("There is no file {}.", path.display()),
            "start the server once, restore a backup, or name the right folder in MAILKEEP_DATA.",
        );
        return;
    }
    let store = match backup::as_it_is(&url).await {
        Ok(store) => store,
        Err(error) => {
            report.wrong(
                "database",
                format!("It does not open: {error}."),
                "see that MAILKEEP_DATABASE is right and its server runs.",
            );
            return;
        }
    };
    let goes_on = database(report, &store, &url).await && key(report, &store, &settings).await;
    if !goes_on {
        store.close().await;
        return;
    }
    let engine = match Engine::on(settings.engine, store).await {
        Ok(engine) => engine,
        Err(error) => {
            report.wrong("providers", format!("{error}."), "mend what MAILKEEP_PROVIDERS names.");
            return;
        }
    };
    address(report, &engine).await;
    providers(report, &engine).await;
    mailboxes(report, &engine).await;
    engine.store.clone().close().await;
}

/// Whether the rest can be looked at.
async fn database(report: &mut Report, store: &Store, url: &str) -> bool {
    if backup::is_empty(store).await {
        report.wrong("database", "It is empty.", "start the server once, or restore a backup.");
        return false;
    }
    match backup::pending(store).await {
        Ok(0) => {}
        Ok(usize::MAX) => {
            report.wrong("database", "A newer Mailkeep has worked on it.", "use that version again.");
            return false;
        }
        Ok(steps) => {
            report.wrong(
                "database",
                format!("{steps} step(s) of its schema are missing."),
                "start the server once: it takes them.",
            );
            return false;
        }
        Err(error) => {
            report.wrong("database", format!("It does not answer: {error}."), "see that it runs and is not full.");
            return false;
        }
    }
    let size = node::file_of(url).and_then(|path| std::fs::metadata(path).ok()).map(|meta| meta.len());
    let kind = size.map_or_else(|| "PostgreSQL".to_owned(), |bytes| format!("SQLite, {bytes} bytes"));
    let runs = match node::file_of(url) {
        Some(_) => node::lock(url).is_err(),
        None => engine::store::nodes::living_keys(store).await.is_ok_and(|nodes| !nodes.is_empty()),
    };
    match backup::whole(store).await {
        Ok(true) => report.ok("database", format!("{kind}; the server {}", if runs { "runs" } else { "does not run" })),
        Ok(false) | Err(_) => {
            report.wrong("database", format!("{kind}: it is damaged."), "stop the server and restore the last backup.");
        }
    }
    if let Ok(Some(silent)) = home::silent(store).await {
        let clock = app::wording::times::Clock { now: engine::clock::now(), offset: 0 };
        report.wrong(
            "copy",
            format!("{} {}", installation::why(&silent, clock), installation::STAYS),
            "answer the question on the console, or start with --take-over.",
        );
    }
    true
}

async fn key(report: &mut Report, store: &Store, settings: &Settings) -> bool {
    let from = settings.key_from();
    let Ok(vault) = Vault::new(&settings.engine.key) else {
        report.wrong("key", format!("{from} holds no key."), "put the vault's key back.");
        return false;
    };
    if !key_check::fits(store, &vault).await.unwrap_or(false) {
        report.wrong(
            "key",
            format!("{from}: {}.", StartError::WrongKey),
            "put back the key that the database was sealed with.",
        );
        return false;
    }
    let open =
        |path: &std::path::PathBuf| std::fs::metadata(path).is_ok_and(|meta| meta.permissions().mode() & 0o077 != 0);
    let left = rotation::left(store, &vault).await.unwrap_or(0);
    if let Some(path) = settings.engine.key_file.as_ref().filter(|path| open(path)) {
        report.wrong("key", format!("Others may read {}.", path.display()), format!("chmod 600 {}", path.display()));
    } else if vault.ids().0.len() > 1 || left > 0 {
        report.wrong(
            "key",
            format!("A rotation is not done: {left} value(s) are sealed with an older key."),
            "run `mailkeep key rotate`.",
        );
    } else {
        report.ok("key", format!("{from} fits"));
    }
    true
}

async fn address(report: &mut Report, engine: &Engine) {
    match engine.public_address().await {
        Ok(public) if oauth_address::accepted(&public) => report.ok("address", public),
        Ok(public) => report.wrong(
            "address",
            format!("Microsoft and Google send nobody back to {public}."),
            "use https: MAILKEEP_TLS_CERT and MAILKEEP_TLS_KEY, or a proxy in front; then change the public address.",
        ),
        Err(error) => report.wrong("address", format!("{error}."), "see that the database answers."),
    }
}

async fn providers(report: &mut Report, engine: &Engine) {
    for provider in engine.providers.all() {
        if engine.silence.is() {
            break;
        }
        let what = format!("provider {}", provider.key);
        match doctor::answers(engine, provider).await {
            None => {}
            Some(Ok(())) => report.ok(&what, "its sign-in answers"),
            Some(Err(said)) => report.wrong(
                &what,
                format!("Its sign-in does not answer: {said}."),
                "see that this machine reaches the internet and its DNS server.",
            ),
        }
    }
}

async fn mailboxes(report: &mut Report, engine: &Arc<Engine>) {
    match doctor::everything(engine).await {
        Ok(all) => {
            let public = engine.public_address().await.unwrap_or_default();
            for examined in &all {
                for direction in Direction::BOTH {
                    one(report, examined, direction, &public, engine.silence.is());
                }
            }
        }
        Err(_) => report.wrong("mailboxes", "The database does not answer.", "see that it runs and is not full."),
    }
}

fn one(report: &mut Report, examined: &Examined, direction: Direction, public: &str, silent: bool) {
    let facts = &examined.facts;
    let what = format!("{} {}", facts.address, direction.key());
    let side = facts.direction(direction);
    let state = facts.state_of(direction);
    let failure = examined.reports.iter().find(|r| r.direction == direction).and_then(|r| r.failure.as_ref());
    let diagnosis = failure.map(|f| f.diagnosis).or_else(|| state.trouble().map(|(_, diagnosis)| diagnosis));
    match (diagnosis, &state) {
        _ if facts.draft => report.ok(&what, "set-up is not finished"),
        (_, State::NotUsed) => {}
        (_, State::Paused) => report.ok(&what, "paused"),
        (_, State::Unfinished) => report.wrong(
            &what,
            "It has no sign-in and no password.",
            format!("finish it at {public}/admin/channels/email/{}.", facts.id),
        ),
        (Some(diagnosis), _) => {
            let short = &facts.provider_short;
            let remedy = diagnosis.remedy(side.credential.unwrap_or(CredentialKind::Password));
            let (who, _) = diagnoses::who(diagnosis, remedy, short, facts.address.domain());
            let page = format!("{public}/admin/channels/email/{}", facts.id);
            report.wrong(
                &what,
                format!("{}. {}", diagnoses::title(diagnosis, short), diagnoses::sentence(diagnosis, short)),
                format!("{} {page}", diagnoses::remedied(remedy, &who)),
            );
        }
        _ if silent => report.ok(&what, "not asked: this copy is silent"),
        _ => report.ok(&what, "works"),
    }
}
