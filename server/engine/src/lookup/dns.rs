//! Servers that a domain names in DNS: SRV records of RFC 6186 and RFC 8314.

use super::server_name;
use crate::Engine;
use domain::provider::{Endpoint, Tls};

/// Services of each direction, the better encryption first.
const SERVICES: [[(&str, Tls); 2]; 2] = [
    [("_imaps._tcp", Tls::Implicit), ("_imap._tcp", Tls::StartTls)],
    [("_submissions._tcp", Tls::Implicit), ("_submission._tcp", Tls::StartTls)],
];

/// The servers that a domain names; a target of `.` says that there is none (RFC 6186 3.4).
pub async fn find(engine: &Engine, domain: &str) -> [Option<Endpoint>; 2] {
    let [incoming, outgoing] = SERVICES.map(|services| async move {
        for (service, tls) in services {
            for (target, port) in engine.net.srv(&format!("{service}.{domain}")).await {
                if let Some(host) = server_name(&target).filter(|_| port > 0) {
                    return Some(Endpoint { host, port, tls });
                }
            }
        }
        None
    });
    let (incoming, outgoing) = tokio::join!(incoming, outgoing);
    [incoming, outgoing]
}
