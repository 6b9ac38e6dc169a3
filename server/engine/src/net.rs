//! Names, TCP and TLS, under the operator's rules. The only way out of the process.
//!
//! Invariants: an address is judged by [`NetworkRules::reaches`] after the name was resolved and
//! just before it is connected to, so that no name leads inside; every step has a time-out; what a
//! session says is kept bounded and without credentials; a literal is counted against one memory
//! budget before its bytes are read.
//!
//! Absent: proxies, redirects, protocols.

mod certificate;
mod connect;
mod fault;
mod guard;
mod resolve;
mod seats;
mod stream;
mod transcript;

use crate::config::{Limits, NetworkRules};
use crate::providers::Providers;
use resolve::Resolver;
use rustls::{ClientConfig, RootCertStore};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::Semaphore;

pub use connect::{Deadlines, note};
pub use fault::{SHUT, finding, of_io};
pub use guard::ANNOUNCED;
pub use resolve::Resolved;
pub use seats::{Place, Seat, Seats};
pub use stream::Stream;
pub use transcript::{Protocol, Transcript, redacted};

/// The steps of a check that were reached, in order.
pub type Steps = Vec<domain::probe::StepResult>;

/// The way out.
pub struct Net {
    rules: NetworkRules,
    resolver: Arc<Resolver>,
    tls: Arc<ClientConfig>,
    http: reqwest::Client,
    foreign: reqwest::Client,
    /// Kibibytes that literals in flight may take, all sessions together.
    memory: Arc<Semaphore>,
    memory_kib: u32,
    seats: Arc<Seats>,
    shut: AtomicBool,
}

/// A setting that makes no way out.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    #[error("can't read the certificates in {0}")]
    Roots(PathBuf),
    #[error("this machine trusts no certificates; install ca-certificates")]
    NoRoots,
    #[error("TLS: {0}")]
    Tls(#[from] rustls::Error),
    #[error("HTTP: {0}")]
    Http(#[from] reqwest::Error),
}

impl Net {
    /// Reads the roots and the resolver; touches no network.
    ///
    /// # Errors
    /// [`NetError`] names the setting to mend.
    pub fn new(providers: &Providers, rules: NetworkRules, limits: &Limits) -> Result<Self, NetError> {
        let resolver = Arc::new(Resolver::new(providers.resolver, rules.clone()));
        let roots = Arc::new(roots(providers.roots.as_deref())?);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let http = reqwest::Client::builder()
            .use_preconfigured_tls(tls.clone())
            .dns_resolver(resolver.clone())
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .connect_timeout(Duration::from_secs(10))
            .timeout(Duration::from_secs(30))
            .build()?;
        let foreign = reqwest::Client::builder()
            .use_preconfigured_tls(tls.clone())
            .dns_resolver(Arc::new(resolve::Foreign(resolver.clone())))
            .redirect(reqwest::redirect::Policy::none())
            .https_only(true)
            .no_proxy()
            .connect_timeout(Duration::from_secs(3))
            .timeout(Duration::from_secs(4))
            .build()?;
        let memory_kib = u32::try_from(limits.memory_bytes >> 10).unwrap_or(u32::MAX).clamp(1 << 10, 4 << 20);
        Ok(Self {
            rules,
            resolver,
            tls: Arc::new(tls),
            http,
            foreign,
            memory: Arc::new(Semaphore::new(memory_kib as usize)),
            memory_kib,
            seats: Arc::new(Seats::new(limits.sessions_per_host)),
            shut: AtomicBool::new(false),
        })
    }

    pub fn rules(&self) -> &NetworkRules {
        &self.rules
    }

    /// For OAuth: no redirects, no proxy, 30 s in all, the same roots, names and rules. An address
    /// written as a number is not looked up, so that only the providers file may name one.
    /// `None`: the way out is shut.
    pub fn http(&self) -> Option<&reqwest::Client> {
        self.open().then_some(&self.http)
    }

    /// For look-ups at domains that strangers name: HTTPS at public addresses, no redirects, 4 s.
    /// `None`: the way out is shut.
    pub fn foreign(&self) -> Option<&reqwest::Client> {
        self.open().then_some(&self.foreign)
    }

    /// Shuts the way out, for a silent copy, or opens it again.
    pub fn shut(&self, shut: bool) {
        self.shut.store(shut, Ordering::SeqCst);
    }

    fn open(&self) -> bool {
        !self.shut.load(Ordering::SeqCst)
    }

    /// Targets and ports of a service's SRV records, best first.
    pub async fn srv(&self, name: &str) -> Vec<(String, u16)> {
        if self.open() { self.resolver.srv(name).await } else { Vec::new() }
    }

    /// The mail exchangers of a domain, best first, without the final dot.
    pub async fn mx(&self, domain: &str) -> Vec<String> {
        if self.open() { self.resolver.mx(domain).await } else { Vec::new() }
    }

    /// The TLS settings of every session.
    pub fn tls(&self) -> Arc<ClientConfig> {
        self.tls.clone()
    }

    /// Who may hold a session with which host.
    pub fn seats(&self) -> &Arc<Seats> {
        &self.seats
    }

    /// Waits until so many bytes of literals may be in flight; hold the share until they are
    /// stored. A wish above the whole budget gets the whole budget.
    pub async fn memory(&self, bytes: u64) -> MemoryShare {
        let kib = u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX).clamp(1, self.memory_kib);
        MemoryShare(self.memory.clone().acquire_many_owned(kib).await.ok())
    }
}

/// An answer's whole body; `None` when it is longer than so many bytes, or breaks off.
pub async fn body(mut answer: reqwest::Response, longest: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(part) = answer.chunk().await.ok()? {
        if bytes.len() + part.len() > longest {
            return None;
        }
        bytes.extend_from_slice(&part);
    }
    Some(bytes)
}

/// A part of the memory budget; given back when dropped.
#[derive(Debug)]
pub struct MemoryShare(#[allow(dead_code)] Option<tokio::sync::OwnedSemaphorePermit>);

/// The system's roots and those of the providers file.
fn roots(file: Option<&std::path::Path>) -> Result<RootCertStore, NetError> {
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    let mut store = RootCertStore::empty();
    let system = rustls_native_certs::load_native_certs();
    store.add_parsable_certificates(system.certs);
    if let Some(path) = file {
        let unreadable = || NetError::Roots(path.into());
        let own = CertificateDer::pem_file_iter(path).map_err(|_| unreadable())?;
        let mut found = 0;
        for certificate in own {
            store.add(certificate.map_err(|_| unreadable())?).map_err(|_| unreadable())?;
            found += 1;
        }
        if found == 0 {
            return Err(unreadable());
        }
    }
    if store.is_empty() { Err(NetError::NoRoots) } else { Ok(store) }
}
