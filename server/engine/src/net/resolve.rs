//! Host names, asked of the system's DNS server or of the one in the providers file.

use super::fault::finding;
use crate::config::{NetworkRules, is_public};
use crate::login::Fault;
use domain::Diagnosis;
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfigGroup, ResolveHosts, ResolverConfig};
use hickory_resolver::name_server::TokioConnectionProvider;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// A name's addresses that may be connected to, in the order of trying.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved(pub Vec<IpAddr>);

pub struct Resolver {
    inner: TokioResolver,
    rules: NetworkRules,
}

impl Resolver {
    pub fn new(own: Option<SocketAddr>, rules: NetworkRules) -> Self {
        let provider = TokioConnectionProvider::default;
        let mut builder = match own {
            Some(server) => {
                let servers = NameServerConfigGroup::from_ips_clear(&[server.ip()], server.port(), true);
                let config = ResolverConfig::from_parts(None, Vec::new(), servers);
                let mut builder = TokioResolver::builder_with_config(config, provider());
                builder.options_mut().use_hosts_file = ResolveHosts::Never;
                builder
            }
            // Without a resolv.conf the C library asks the machine itself; so do we.
            None => TokioResolver::builder_tokio().unwrap_or_else(|_| {
                let local = NameServerConfigGroup::from_ips_clear(&[IpAddr::from([127, 0, 0, 1])], 53, true);
                TokioResolver::builder_with_config(ResolverConfig::from_parts(None, Vec::new(), local), provider())
            }),
        };
        let options = builder.options_mut();
        options.timeout = Duration::from_secs(3);
        options.attempts = 2;
        // A name that was just made, or mended, is found at the next attempt.
        options.negative_max_ttl = Some(Duration::from_secs(1));
        options.positive_max_ttl = Some(Duration::from_secs(60));
        Self { inner: builder.build(), rules }
    }

    /// The addresses of a host that the rules reach; a name under which there are only others is
    /// as good as unreachable.
    pub async fn resolve(&self, host: &str) -> Result<Resolved, Fault> {
        let found: Vec<IpAddr> = match host.trim_matches(['[', ']']).parse::<IpAddr>() {
            Ok(address) => vec![address],
            Err(_) => match self.inner.lookup_ip(host).await {
                Ok(found) => found.iter().collect(),
                Err(error) if error.is_no_records_found() || error.is_nx_domain() => {
                    let said = format!("the name {host} does not exist");
                    return Err(Fault { finding: finding(Diagnosis::NameNotFound), said });
                }
                Err(_) => {
                    let said = format!("the DNS server did not answer for {host}");
                    return Err(Fault { finding: finding(Diagnosis::TimedOut), said });
                }
            },
        };
        let reached: Vec<IpAddr> = found.iter().copied().filter(|a| self.rules.reaches(host, *a)).collect();
        if reached.is_empty() {
            let said = format!("{host} leads to a private address, which this server may not reach");
            return Err(Fault { finding: finding(Diagnosis::HostUnreachable), said });
        }
        Ok(Resolved(reached))
    }

    /// Targets and ports of a service's SRV records, best first (RFC 2782); `.` is none.
    pub async fn srv(&self, name: &str) -> Vec<(String, u16)> {
        let Ok(Ok(found)) = tokio::time::timeout(Duration::from_secs(5), self.inner.srv_lookup(name)).await else {
            return Vec::new();
        };
        let mut all: Vec<(u16, std::cmp::Reverse<u16>, String, u16)> = found
            .iter()
            .map(|srv| {
                let target = srv.target().to_utf8().trim_end_matches('.').to_owned();
                (srv.priority(), std::cmp::Reverse(srv.weight()), target, srv.port())
            })
            .collect();
        all.sort();
        all.into_iter().filter(|(_, _, target, _)| !target.is_empty()).map(|(_, _, t, port)| (t, port)).collect()
    }

    pub async fn mx(&self, domain: &str) -> Vec<String> {
        let Ok(Ok(found)) = tokio::time::timeout(Duration::from_secs(5), self.inner.mx_lookup(domain)).await else {
            return Vec::new();
        };
        let mut hosts: Vec<(u16, String)> = found
            .iter()
            .map(|mx| (mx.preference(), mx.exchange().to_utf8().trim_end_matches('.').to_owned()))
            .collect();
        hosts.sort();
        hosts.into_iter().map(|(_, host)| host).collect()
    }
}

/// The HTTP client resolves by the same rules.
impl reqwest::dns::Resolve for Resolver {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let (inner, rules) = (self.inner.clone(), self.rules.clone());
        Box::pin(async move {
            let Resolved(addresses) = Resolver { inner, rules }.resolve(name.as_str()).await.map_err(Box::new)?;
            let addresses: reqwest::dns::Addrs = Box::new(addresses.into_iter().map(|a| SocketAddr::new(a, 0)));
            Ok(addresses)
        })
    }
}

/// For look-ups at domains that strangers name: public addresses alone. The operator's list of
/// private addresses is for servers that an admin types; here only a name on it is let through.
pub struct Foreign(pub Arc<Resolver>);

impl reqwest::dns::Resolve for Foreign {
    fn resolve(&self, name: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let resolver = self.0.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let Resolved(found) = resolver.resolve(&host).await.map_err(Box::new)?;
            let named = resolver.rules.allows(&host);
            let public: Vec<SocketAddr> =
                found.into_iter().filter(|a| named || is_public(*a)).map(|a| SocketAddr::new(a, 0)).collect();
            if public.is_empty() {
                let said = format!("{host} leads to a private address");
                return Err(Box::new(Fault { finding: finding(Diagnosis::HostUnreachable), said }).into());
            }
            let public: reqwest::dns::Addrs = Box::new(public.into_iter());
            Ok(public)
        })
    }
}
