//! The mail engine: keeps mailboxes connected, fetches, threads, delivers, and says what is wrong.
//!
//! Invariants: every UID seen has one receipt; a source is committed before anything is parsed or
//! deleted; a delivery attempt is written down before the network is touched; no transaction lives
//! across a network await; a secret leaves the vault only for its own provider.
//!
//! Absent: HTTP, sessions of browsers, environment variables, the clock in tests.

pub mod changes;
pub mod clock;
pub mod compose;
pub mod config;
mod console;
pub mod deliver;
pub mod directions;
pub mod doctor;
mod ending;
pub mod ends;
pub mod errand;
pub mod evidence;
pub mod fetch;
pub mod files;
mod find;
pub mod grants;
pub mod home;
pub mod html;
pub mod imap;
pub mod intake;
mod jump;
pub mod login;
mod lookup;
pub mod metrics;
pub mod mime;
pub mod net;
pub mod node;
pub mod notify;
mod oauth;
pub mod oauth_address;
pub mod password;
pub mod pool;
pub mod post;
pub mod providers;
pub mod reconcile;
pub mod registrations;
pub mod rotation;
pub mod search;
pub mod secret;
pub mod signins;
pub mod silence;
pub mod smtp;
pub mod source;
pub mod store;
pub mod switching;
mod test_mail;
pub mod vault;
pub mod wake;
pub mod watch;
mod wishes;

use changes::Changes;
use config::Config;
use domain::Console;
use net::Net;
use providers::Providers;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use vault::Vault;
use wake::Wake;

/// Everything that the engine's parts share.
pub struct Engine {
    pub config: Config,
    pub store: Store,
    pub vault: Vault,
    pub providers: Providers,
    pub net: Net,
    pub wake: Wake,
    pub changes: Changes,
    pub grants: grants::Flights,
    pub node: node::Here,
    pub errands: errand::Errands,
    pub notify: notify::Notify,
    pub quiet: silence::Watch,
    pub shown: evidence::Shown,
    pub silence: home::Silence,
    pub counts: metrics::Counts,
    pub backlogs: fetch::Backlogs,
    pub started_at: domain::Time,
}

/// Why the engine does not start. Each names what to mend.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("the vault's key: {0}")]
    Vault(#[from] vault::VaultError),
    #[error("the providers file: {0}")]
    Providers(#[from] providers::ProvidersError),
    #[error("the database: {0}")]
    Store(#[from] store::StoreError),
    #[error("the network settings: {0}")]
    Net(#[from] net::NetError),
    #[error("the database was sealed with another key than the one given; give that key back")]
    WrongKey,
    #[error("another Mailkeep runs on {0}")]
    InUse(std::path::PathBuf),
}

impl Engine {
    /// Opens everything; starts nothing.
    ///
    /// # Errors
    /// [`StartError`], before anything was changed but the schema.
    pub async fn open(config: Config) -> Result<Arc<Self>, StartError> {
        let store = Store::open(&config.database).await?;
        Self::on(config, store).await
    }

    /// The same on a database that is open already.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn on(config: Config, store: Store) -> Result<Arc<Self>, StartError> {
        let providers = Providers::load(config.providers_file.as_deref(), &config.network)?;
        let net = Net::new(&providers, config.network.clone(), &config.limits)?;
        let vault = Vault::new(&config.key)?;
        if !store::key_check::fits(&store, &vault).await? {
            return Err(StartError::WrongKey);
        }
        let durability = store.durability().await?;
        tracing::info!(%durability, "opened the database");
        providers::load(&store, &providers).await?;
        let engine = Arc::new(Self {
            config,
            store,
            vault,
            providers,
            net,
            wake: Wake::default(),
            changes: Changes::default(),
            grants: grants::Flights::default(),
            node: node::Here::default(),
            errands: errand::Errands::default(),
            notify: notify::Notify::default(),
            quiet: silence::Watch::default(),
            shown: evidence::Shown::default(),
            silence: home::Silence::default(),
            counts: metrics::Counts::default(),
            backlogs: fetch::Backlogs::default(),
            started_at: clock::now(),
        });
        engine.grants.attach(&engine);
        engine.hush(home::silent(&engine.store).await?.is_some());
        Ok(engine)
    }

    /// The port for the console's pages.
    pub fn console(self: &Arc<Self>) -> Console {
        console::console(self)
    }

    /// Under which address browsers reach the desk, without a slash at the end.
    pub async fn public_address(&self) -> Result<String, store::StoreError> {
        let set = store::settings::get(&self.store, store::settings::PUBLIC_ADDRESS).await?;
        let address = set.or_else(|| self.config.public_address.clone()).unwrap_or_default();
        Ok(address.trim_end_matches('/').to_owned())
    }

    /// Makes the token for the first admin, while there is nobody; `None` later.
    ///
    /// # Errors
    /// The database's.
    pub async fn first_token(&self) -> Result<Option<String>, store::StoreError> {
        if store::people::count(self.store.read()).await? > 0 {
            return Ok(None);
        }
        let token = vault::token();
        store::settings::set(&self.store, store::settings::FIRST_TOKEN, &hex(&vault::token_hash(&token))).await?;
        Ok(Some(token))
    }

    /// Starts all loops.
    ///
    /// # Errors
    /// [`StartError::InUse`]: another process works on the same SQLite file.
    pub fn start(self: &Arc<Self>) -> Result<Running, StartError> {
        let lock = node::lock(&self.config.database).map_err(StartError::InUse)?;
        Ok(self.start_locked(lock))
    }

    /// The same for who holds the lock already.
    pub fn start_locked(self: &Arc<Self>, lock: Option<node::Lock>) -> Running {
        let stop = CancellationToken::new();
        // A reply that is being handed over still writes under this node's lease: it is let go of
        // after the outbox has ended.
        let drained = CancellationToken::new();
        let mut loops = JoinSet::new();
        loops.spawn(self.aloud(&stop, pool::run(self.clone(), stop.clone(), drained.clone())));
        loops.spawn(self.aloud(&stop, grants::run(self.clone(), stop.clone())));
        loops.spawn(self.aloud(&stop, notify::run(self.clone(), stop.clone())));
        let deliver = self.aloud(&stop, deliver::run(self.clone(), stop.clone()));
        loops.spawn(async move {
            let _ended = drained.drop_guard();
            deliver.await;
        });
        loops.spawn(intake::run(self.clone(), stop.clone()));
        loops.spawn(jump::run(self.clone(), stop.clone()));
        loops.spawn(search::run(self.clone(), stop.clone()));
        loops.spawn(self.aloud(&stop, silence::run(self.clone(), stop.clone())));
        loops.spawn(rotation::run(self.clone(), stop.clone()));
        loops.spawn(home::run(self.clone(), stop.clone()));
        Running { stop, loops, _lock: lock }
    }

    /// A loop that touches the network: it begins when this is no silent copy, or no more.
    fn aloud(
        self: &Arc<Self>,
        stop: &CancellationToken,
        run: impl Future<Output = ()> + Send + 'static,
    ) -> impl Future<Output = ()> + Send + 'static {
        let (engine, stop) = (self.clone(), stop.clone());
        async move {
            tokio::select! {
                () = engine.silence.over() => run.await,
                () = stop.cancelled() => {}
            }
        }
    }

    /// Shuts the way out, or opens it.
    fn hush(&self, silent: bool) {
        self.net.shut(silent);
        self.silence.set(silent);
        if !silent {
            self.wake.everybody();
        }
        self.changes.tell("everything");
    }
}

/// Lower-case hexadecimal, for hashes kept as text.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The loops of a started engine.
pub struct Running {
    stop: CancellationToken,
    loops: JoinSet<()>,
    /// Let go of when everything has ended.
    _lock: Option<node::Lock>,
}

impl Running {
    /// Cancelled, it asks every loop to end: nothing new is begun.
    pub fn asked(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Asks every loop to end and waits for them, at most this long.
    pub async fn stop(mut self, deadline: Duration) {
        self.stop.cancel();
        let all = async { while self.loops.join_next().await.is_some() {} };
        if tokio::time::timeout(deadline, all).await.is_err() {
            tracing::warn!("some loops did not end in time; what they began is found after the next start");
        }
    }
}
