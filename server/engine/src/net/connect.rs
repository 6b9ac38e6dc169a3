//! From a host name to an open session, step by step.

use super::fault::{finding, of_io, shut};
use super::transcript::Protocol;
use super::{Net, Resolved, Steps, Stream, certificate};
use crate::login::Fault;
use domain::Diagnosis;
use domain::probe::{Step, StepResult};
use domain::provider::{Endpoint, Tls};
use rustls::pki_types::ServerName;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;

/// How long each step may take, and each read and write afterwards.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    pub name: Duration,
    /// For each of a host's addresses.
    pub tcp: Duration,
    pub tls: Duration,
    pub read: Duration,
    pub write: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { name: seconds(8), tcp: seconds(10), tls: seconds(10), read: seconds(60), write: seconds(60) }
    }
}

impl Deadlines {
    /// While a person looks on.
    pub fn check() -> Self {
        let seconds = Duration::from_secs;
        Self { name: seconds(6), tcp: seconds(6), tls: seconds(8), read: seconds(10), write: seconds(10) }
    }
}

/// Notes a step that was reached.
pub fn note(steps: &mut Steps, step: Step, since: Instant, result: &Result<String, Fault>) {
    let millis = u32::try_from(since.elapsed().as_millis()).unwrap_or(u32::MAX);
    let (ok, evidence) = match result {
        Ok(evidence) => (true, evidence.clone()),
        Err(fault) => (false, fault.said.clone()),
    };
    steps.push(StepResult { step, ok, millis, evidence });
}

fn late(what: &str, after: Duration) -> Fault {
    Fault { finding: finding(Diagnosis::TimedOut), said: format!("{what} took more than {} s", after.as_secs()) }
}

impl Net {
    /// Opens a session: name, TCP, and TLS where it is implicit. A `STARTTLS` endpoint comes back
    /// in clear, for [`Net::start_tls`] after the protocol's command. Each step that was reached
    /// is noted.
    ///
    /// # Errors
    /// A [`Fault`] of name, TCP or TLS; never of a credential.
    pub async fn connect(
        &self,
        endpoint: &Endpoint,
        protocol: Protocol,
        deadlines: &Deadlines,
        steps: &mut Steps,
    ) -> Result<Stream, Fault> {
        if !self.open() {
            return Err(shut());
        }
        let began = Instant::now();
        let found = match timeout(deadlines.name, self.resolver.resolve(&endpoint.host)).await {
            Ok(found) => found,
            Err(_) => Err(late("looking up the name", deadlines.name)),
        };
        let shown = found.as_ref().map_err(Clone::clone).map(|Resolved(all)| named(&endpoint.host, all));
        note(steps, Step::Name, began, &shown);
        let Resolved(addresses) = found?;

        let began = Instant::now();
        let tcp = self.dial(&addresses, endpoint.port, deadlines).await;
        note(
            steps,
            Step::Tcp,
            began,
            &tcp.as_ref().map_err(Clone::clone).map(|(_, peer)| format!("port {}", peer.port())),
        );
        let (tcp, peer) = tcp?;
        let mut stream = Stream::new(tcp, peer, protocol, deadlines.read, deadlines.write);
        if endpoint.tls == Tls::Implicit {
            self.start_tls(&mut stream, &endpoint.host, deadlines, steps).await?;
        }
        Ok(stream)
    }

    async fn dial(
        &self,
        addresses: &[std::net::IpAddr],
        port: u16,
        deadlines: &Deadlines,
    ) -> Result<(TcpStream, SocketAddr), Fault> {
        let mut last = late("connecting", deadlines.tcp);
        for address in addresses {
            let peer = SocketAddr::new(*address, port);
            match timeout(deadlines.tcp, TcpStream::connect(peer)).await {
                Ok(Ok(tcp)) => {
                    // Small commands and their answers take turns: no waiting for more bytes.
                    let _ = tcp.set_nodelay(true);
                    return Ok((tcp, peer));
                }
                Ok(Err(error)) => last = of_io(&error),
                Err(_) => last = late("connecting", deadlines.tcp),
            }
        }
        Err(last)
    }

    /// Encrypts a session, at once or after `STARTTLS`.
    ///
    /// # Errors
    /// A [`Fault`] of TLS or the certificate; the stream is of no use then.
    pub async fn start_tls(
        &self,
        stream: &mut Stream,
        host: &str,
        deadlines: &Deadlines,
        steps: &mut Steps,
    ) -> Result<(), Fault> {
        let began = Instant::now();
        let done = self.handshake(stream, host, deadlines).await;
        note(steps, Step::Tls, began, &done);
        done.map(|_| ())
    }

    async fn handshake(&self, stream: &mut Stream, host: &str, deadlines: &Deadlines) -> Result<String, Fault> {
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())
            .map_err(|_| Fault { finding: finding(Diagnosis::NameNotFound), said: "this is not a host name".into() })?;
        let tcp = stream.take_plain().ok_or_else(|| of_io(&io::ErrorKind::NotConnected.into()))?;
        let connector = TlsConnector::from(self.tls());
        let tls = match timeout(deadlines.tls, connector.connect(name, tcp)).await {
            Ok(Ok(tls)) => tls,
            Ok(Err(error)) => {
                let closed = matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset);
                return Err(if closed {
                    let said = "the server closed the session during the TLS handshake".to_owned();
                    Fault { finding: finding(Diagnosis::TlsMismatch), said }
                } else {
                    of_io(&error)
                });
            }
            Err(_) => return Err(late("the TLS handshake", deadlines.tls)),
        };
        let (_, session) = tls.get_ref();
        let version = match session.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
            Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2",
            _ => "TLS",
        };
        let until = session.peer_certificates().and_then(|chain| certificate::valid_until(chain.first()?));
        stream.put_tls(tls);
        Ok(match until {
            Some(until) => {
                const MONTHS: [&str; 12] =
                    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
                let day = until.civil(0);
                let month = MONTHS.get(usize::from(day.month).saturating_sub(1)).unwrap_or(&"");
                format!("{version}, until {} {month} {}", day.day, day.year)
            }
            None => version.to_owned(),
        })
    }

    /// Why a plain session heard no greeting: a server that speaks TLS from the first byte waits
    /// for us as we wait for it. Asks by a handshake on a session of its own.
    pub async fn silent(&self, endpoint: &Endpoint, protocol: Protocol, deadlines: &Deadlines, fault: Fault) -> Fault {
        if endpoint.tls == Tls::Implicit || fault.finding.diagnosis != Diagnosis::TimedOut {
            return fault;
        }
        let implicit = Endpoint { tls: Tls::Implicit, ..endpoint.clone() };
        let mut steps = Steps::new();
        let spoke = self.connect(&implicit, protocol, deadlines, &mut steps).await;
        let speaks = match &spoke {
            Ok(_) => true,
            Err(f) => matches!(f.finding.diagnosis, Diagnosis::CertificateInvalid | Diagnosis::CertificateNameMismatch),
        };
        if speaks {
            let said = "the server speaks TLS from the first byte on this port".to_owned();
            return Fault { finding: finding(Diagnosis::TlsMismatch), said };
        }
        fault
    }
}

/// The name that was asked for, its first address, and how many more there are.
fn named(host: &str, addresses: &[std::net::IpAddr]) -> String {
    let more = match addresses.len().saturating_sub(1) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    match addresses.first() {
        Some(first) if first.to_string() != host => format!("{host}, {first}{more}"),
        _ => host.to_owned(),
    }
}
