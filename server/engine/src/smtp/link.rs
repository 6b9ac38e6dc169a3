//! From an endpoint to a stream. Stands in for `net` until that can connect.

use super::session::Steps;
use crate::login::Fault;
use crate::net::Net;
use domain::provider::Endpoint;
use tokio::io::{AsyncRead, AsyncWrite};

pub trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

/// A byte stream to a server.
pub type Stream = Box<dyn Io>;

/// Name, TCP and, where the endpoint begins with it, TLS.
pub async fn connect(_net: &Net, _endpoint: &Endpoint, _steps: &mut Steps) -> Result<Stream, Fault> {
    Err(Fault { finding: super::finding::passing(domain::Diagnosis::HostUnreachable), said: String::new() })
}

/// TLS on a stream that was plain so far.
pub async fn start_tls(_net: &Net, _endpoint: &Endpoint, _stream: Stream, _steps: &mut Steps) -> Result<Stream, Fault> {
    Err(Fault { finding: super::finding::passing(domain::Diagnosis::TlsMismatch), said: String::new() })
}
