//! Starting, serving, and stopping within a deadline.

use crate::say::{complain, say};
use crate::settings::Settings;
use crate::visit::Proxy;
use crate::{heap, key_file, metrics, router};
use anyhow::{Context, Result, anyhow, bail};
use engine::home::{self, Start};
use engine::store::{backup, key_check};
use engine::{Engine, StartError, node};
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::time::Duration;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// How long pages share what is known of all mailboxes, while nothing is told to have changed. Not told of is what a
/// page gives by the minute or the day: when the last message came, how many come in a day, what will end.
const PAGES_SHARE: Duration = Duration::from_secs(10);

/// Reads the settings and serves until asked to stop.
///
/// # Errors
/// A sentence that says what to mend.
pub fn serve(start: Start) -> Result<()> {
    log()?;
    let settings = Settings::read()?;
    #[cfg(feature = "failpoints")]
    crate::crash_points::arm()?;
    runtime()?.block_on(run(settings, start))
}

/// Begins logging; what the program says otherwise goes to the standard output.
pub fn log() -> Result<()> {
    let filter = match std::env::var("RUST_LOG") {
        Ok(words) if !words.trim().is_empty() => {
            EnvFilter::try_new(words).map_err(|error| anyhow!("RUST_LOG makes no sense: {error}"))?
        }
        _ => EnvFilter::new("info"),
    };
    // That a line can't be written can't be said on the same stream.
    let lines = tracing_subscriber::fmt().with_env_filter(quiet(filter)).log_internal_errors(false);
    lines.with_writer(std::io::stderr).init();
    hush_panics();
    // One provider of TLS for the process; a second call finds it there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Ok(())
}

/// For every command that asks the database.
pub fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// The words of a parser's panic may quote a mail: the log gets the place alone.
fn hush_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        tracing::error!(place, "panicked");
    }));
}

/// These crates print tokens, passwords or bodies at trace level; whatever the operator asks for,
/// they stay at warnings.
fn quiet(filter: EnvFilter) -> EnvFilter {
    [
        "async_imap",
        "imap_proto",
        "lettre",
        "oauth2",
        "reqwest",
        "hyper",
        "hyper_util",
        "h2",
        "rustls",
        "sqlx",
        "sea_orm",
        "sea_orm_migration",
        "tower_sessions",
        "tower_sessions_core",
        "tungstenite",
        "tokio_tungstenite",
        "leptos",
        "server_fn",
        "tower_http",
        "axum",
        "hickory_proto",
        "hickory_resolver",
        "hickory_net",
    ]
    .iter()
    .filter_map(|name| format!("{name}=warn").parse().ok())
    .fold(filter, EnvFilter::add_directive)
}

async fn run(mut settings: Settings, start: Start) -> Result<()> {
    if !settings.site.is_dir() {
        bail!("MAILKEEP_SITE: there is no folder {}; script/build makes it", settings.site.display());
    }
    let database = settings.engine.database.clone();
    make_folder(&database)?;
    // Before the database is so much as looked at: nobody else works on it.
    let lock = node::lock(&database).map_err(StartError::InUse)?;
    let new = database_is_new(&settings).await?;
    if let Some(path) = &settings.engine.key_file {
        settings.engine.key = key_file::load_or_make(path, new)?;
    }
    let key_from = settings.key_from();
    let named = |error: StartError| match error {
        StartError::Vault(cause) => anyhow!("{key_from}: {cause}"),
        StartError::WrongKey => anyhow!("{key_from}: {}", StartError::WrongKey),
        StartError::Providers(cause) => anyhow!("MAILKEEP_PROVIDERS: {cause}"),
        StartError::Net(cause) => anyhow!("MAILKEEP_PROVIDERS: {cause}"),
        StartError::Store(cause) => anyhow!("MAILKEEP_DATABASE: {cause}"),
        other => other.into(),
    };
    let engine = Engine::open(settings.engine).await.map_err(named)?;
    if engine.store.is_sqlite() {
        engine.shown.keep(&engine, PAGES_SHARE);
    }
    let silent = home::settle(&engine, start).await?;
    let public = engine.public_address().await?;
    let https = settings.tls.is_some() || public.starts_with("https://");
    let stopping = CancellationToken::new();
    let proxy = Proxy { named: settings.proxies, tls: settings.tls.is_some() };
    let mut app = router::router(&engine, &settings.site, proxy, https, stopping.clone());
    if settings.metrics.is_none() && settings.metrics_token.is_some() {
        app = app.merge(metrics::routes(&engine, settings.metrics_token.clone()));
    }
    engine.notify.word(std::sync::Arc::new(app::wording::notices::English));
    let listener = listen(settings.listen, "MAILKEEP_LISTEN")?;
    let address = listener.local_addr()?;
    let tls = match settings.tls {
        Some((cert, key)) => Some(
            axum_server::tls_rustls::RustlsConfig::from_pem_file(&cert, &key)
                .await
                .context("MAILKEEP_TLS_CERT and MAILKEEP_TLS_KEY don't make a certificate")?,
        ),
        None => None,
    };
    let handle = axum_server::Handle::new();
    if let Some(address) = settings.metrics {
        let listener = listen(address, "MAILKEEP_METRICS")?;
        let routes = metrics::routes(&engine, settings.metrics_token);
        tokio::spawn(metrics::serve(listener, routes, handle.clone()));
    }
    // Everything that could refuse has had its say: from here on mail is touched.
    let running = engine.start_locked(lock);
    announce(&engine, address, tls.is_some(), &public).await?;
    if let Some(silent) = &silent {
        say!("{}", app::wording::installation::announced(silent));
    }

    let asked = running.asked();
    tokio::spawn(heap::keep_small(stopping.clone()));
    let stopped = tokio::spawn(stop(handle.clone(), stopping, asked, settings.stop_within));
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        Some(tls) => axum_server::from_tcp_rustls(listener, tls)?.handle(handle).serve(service).await?,
        None => axum_server::from_tcp(listener)?.handle(handle).serve(service).await?,
    }
    let began = stopped.await.unwrap_or_else(|_| Instant::now());
    // What is left of the deadline, and a moment in any case.
    let left = settings.stop_within.saturating_sub(began.elapsed()).max(Duration::from_millis(500));
    running.stop(left).await;
    engine.store.clone().close().await;
    tracing::info!("stopped");
    Ok(())
}

/// Waits for the first signal, then lets everything end at once, each by itself; a second signal
/// ends the process.
async fn stop(
    handle: axum_server::Handle<SocketAddr>,
    stopping: CancellationToken,
    engine: CancellationToken,
    within: Duration,
) -> Instant {
    stop_signal().await;
    let began = Instant::now();
    tracing::info!(within_s = within.as_secs(), "stopping; a second signal ends at once");
    tokio::spawn(async {
        stop_signal().await;
        complain!("mailkeep: ended at once; what was under way is found after the next start");
        std::process::exit(130);
    });
    stopping.cancel();
    engine.cancel();
    handle.graceful_shutdown(Some(within));
    began
}

fn listen(address: SocketAddr, setting: &str) -> Result<std::net::TcpListener> {
    let listener =
        std::net::TcpListener::bind(address).with_context(|| format!("{setting}: can't listen on {address}"))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Says where the desk is, and what is still to be done.
async fn announce(engine: &Engine, address: SocketAddr, tls: bool, public: &str) -> Result<()> {
    say!("Mailkeep listens on {}://{address}, for browsers at {public}", if tls { "https" } else { "http" });
    if !engine::oauth_address::accepted(public) {
        say!(
            "Microsoft and Google send people back only to https addresses or to localhost: with {public} no mailbox can sign in there.\n\
             Put a certificate in (MAILKEEP_TLS_CERT, MAILKEEP_TLS_KEY), or a proxy with one in front, and change the public address."
        );
    }
    if let Some(token) = engine.first_token().await? {
        say!("Nobody can sign in yet. Open {public}/first-start and enter this token once:\n\n    {token}\n");
    }
    Ok(())
}

/// Whether nothing is sealed in the database yet, so that a key may be made. Its schema stays as
/// it is: with the wrong key nothing may change.
async fn database_is_new(settings: &Settings) -> Result<bool> {
    let url = &settings.engine.database;
    if node::file_of(url).is_some_and(|path| !path.exists()) {
        return Ok(true);
    }
    let store = backup::as_it_is(url).await.context("MAILKEEP_DATABASE")?;
    let found = async {
        if backup::is_empty(&store).await {
            return Ok(true);
        }
        if backup::pending(&store).await? == usize::MAX {
            bail!("MAILKEEP_DATABASE: {}; start that one again", backup::NotOurs::Newer);
        }
        if !key_check::holds_sealed(&store).await? {
            return Ok(true);
        }
        // The keys are checked before a step of the schema is taken.
        if let Ok(vault) = engine::vault::Vault::new(&settings.engine.key)
            && !key_check::fits(&store, &vault).await?
        {
            bail!("{}: {}", settings.key_from(), StartError::WrongKey);
        }
        Ok(false)
    };
    let found = found.await;
    store.close().await;
    found
}

/// Makes the folder of an embedded database.
pub fn make_folder(url: &str) -> Result<()> {
    let file = node::file_of(url);
    if let Some(folder) = file.as_deref().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty()) {
        // It holds customers' mail: nobody else on the machine reads it.
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .with_context(|| format!("MAILKEEP_DATA: can't make the folder {}", folder.display()))?;
    }
    Ok(())
}

async fn stop_signal() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
