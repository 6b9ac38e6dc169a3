//! Starting, serving, and stopping within a deadline.

use crate::settings::Settings;
use crate::visit::Proxy;
use crate::{key_file, router};
use anyhow::{Context, Result, anyhow};
use engine::{Engine, StartError};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// How long requests and loops may take to end.
const DEADLINE: Duration = Duration::from_secs(10);

/// Reads the settings and serves until asked to stop.
///
/// # Errors
/// A sentence that says what to mend.
pub fn serve() -> Result<()> {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(quiet(filter)).with_writer(std::io::stderr).init();
    hush_panics();
    // One provider of TLS for the process; a second call finds it there.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let settings = Settings::read()?;
    #[cfg(feature = "failpoints")]
    crate::crash_points::arm()?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run(settings))
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

async fn run(mut settings: Settings) -> Result<()> {
    let new = database_is_new(&settings.engine.database).await?;
    if let Some(path) = &settings.key_file {
        settings.engine.key = key_file::load_or_make(path, new)?;
    }
    make_folder(&settings.engine.database)?;
    let https =
        settings.tls.is_some() || settings.engine.public_address.as_deref().is_some_and(|a| a.starts_with("https://"));
    let key_from = settings
        .key_file
        .as_ref()
        .map_or_else(|| "MAILKEEP_KEY".to_owned(), |path| format!("MAILKEEP_KEY_FILE {}", path.display()));
    let engine = Engine::open(settings.engine).await.map_err(|error| match error {
        StartError::Vault(cause) => anyhow!("{key_from}: {cause}"),
        StartError::WrongKey => anyhow!("{key_from}: {}", StartError::WrongKey),
        other => other.into(),
    })?;
    let app =
        router::router(&engine, &settings.site, Proxy { named: settings.proxies, tls: settings.tls.is_some() }, https);
    engine.notify.word(std::sync::Arc::new(app::wording::notices::English));
    let running = engine.start()?;
    let listener = std::net::TcpListener::bind(settings.listen)
        .with_context(|| format!("MAILKEEP_LISTEN: can't listen on {}", settings.listen))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    announce(&engine, address, https).await?;

    let handle = axum_server::Handle::new();
    tokio::spawn({
        let handle = handle.clone();
        async move {
            stop_signal().await;
            tracing::info!("stopping");
            handle.graceful_shutdown(Some(DEADLINE));
        }
    });
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    match settings.tls {
        Some((cert, key)) => {
            let tls = axum_server::tls_rustls::RustlsConfig::from_pem_file(&cert, &key)
                .await
                .context("MAILKEEP_TLS_CERT and MAILKEEP_TLS_KEY don't make a certificate")?;
            axum_server::from_tcp_rustls(listener, tls)?.handle(handle).serve(service).await?;
        }
        None => axum_server::from_tcp(listener)?.handle(handle).serve(service).await?,
    }
    running.stop(DEADLINE).await;
    engine.store.clone().close().await;
    Ok(())
}

/// Says where the desk is, and what is still to be done.
async fn announce(engine: &Engine, address: SocketAddr, https: bool) -> Result<()> {
    let public = engine.public_address().await?;
    println!("Mailkeep listens on {}://{address}, for browsers at {public}", if https { "https" } else { "http" });
    if !engine::oauth_address::accepted(&public) {
        println!(
            "Microsoft and Google send people back only to https addresses or to localhost: with {public} no mailbox can sign in there.\n\
             Put a certificate in (MAILKEEP_TLS_CERT, MAILKEEP_TLS_KEY), or a proxy with one in front, and change the public address."
        );
    }
    if let Some(token) = engine.first_token().await? {
        println!("Nobody can sign in yet. Open {public}/first-start and enter this token once:\n\n    {token}\n");
    }
    Ok(())
}

/// Whether no database is there yet, so that nothing can be sealed in it.
async fn database_is_new(url: &str) -> Result<bool> {
    match file_of(url) {
        Some(path) if !Path::new(path).exists() => Ok(true),
        _ => {
            let store = engine::store::Store::open(url).await.context("MAILKEEP_DATABASE")?;
            let holds = engine::store::key_check::holds_sealed(&store).await.context("MAILKEEP_DATABASE")?;
            store.close().await;
            Ok(!holds)
        }
    }
}

fn file_of(url: &str) -> Option<&str> {
    url.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//"))
}

fn make_folder(url: &str) -> Result<()> {
    if let Some(folder) = file_of(url).and_then(|path| Path::new(path).parent()) {
        std::fs::create_dir_all(folder).with_context(|| format!("can't make the folder {}", folder.display()))?;
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
