//! Proving a credential: one probe per direction, with the logins in the order that R10 gives.

use crate::Engine;
use crate::directions::kind_of;
use crate::login::{Access, Login, Owner, Proof};
use crate::oauth::CONSUMERS;
use crate::providers::{ProviderEntry, is_own};
use crate::secret::Secret;
use crate::store::accounts::Row as Account;
use crate::store::directions::Row;
use crate::{imap, smtp};
use domain::probe::{ProbeFailure, ProbeReport};
use domain::provider::Endpoint;
use domain::{Address, Diagnosis, Direction};
use std::time::Duration;

/// A probe's whole time: name, TCP, TLS, sign-in, folder or sender, perhaps with two logins.
const PROBE: Duration = Duration::from_secs(15);

/// The server a sign-in belongs to: the one in use if it is the provider's, else the customary one.
pub fn endpoint(
    engine: &Engine,
    entry: &ProviderEntry,
    account: &Account,
    row: &Row,
    direction: Direction,
    address: &Address,
) -> Option<Endpoint> {
    // A provider that an admin added may have servers that it does not know by name.
    let its = |host: &str| match engine.providers.by_host(host) {
        Some(known) => known.key == entry.key,
        None => is_own(&entry.key),
    };
    let own = row.endpoint().filter(|e| its(&e.host));
    // A personal account may sit behind an address of any domain (R11).
    let personal =
        entry.personal.as_ref().filter(|_| account.tenant_id == CONSUMERS && direction == Direction::Outgoing);
    own.or_else(|| personal.map(|p| p.outgoing.clone())).or_else(|| entry.endpoint(direction, address))
}

/// The user names to try for a person's token (R10). Incoming is the address and nothing else: with
/// the person's own name the server would open the person's own mailbox. Outgoing is the person
/// first: Exchange refuses the shared address as user (535 5.7.3).
pub fn users(direction: Direction, address: &Address, login: &str) -> Vec<String> {
    let address = address.as_str().to_owned();
    match direction {
        Direction::Incoming => vec![address],
        Direction::Outgoing if login.eq_ignore_ascii_case(&address) => vec![address],
        Direction::Outgoing => vec![login.to_owned(), address],
    }
}

/// What a probe needs.
pub fn access(
    engine: &Engine,
    provider_key: &str,
    endpoint: Endpoint,
    address: &Address,
    users: Vec<String>,
    proof: &Proof,
    account: Option<&Account>,
) -> Access {
    let logins = users.into_iter().map(|user| Login { user, proof: proof.clone() }).collect();
    Access {
        provider: kind_of(engine, provider_key, &endpoint.host),
        endpoint,
        address: address.clone(),
        logins,
        owner: account.map(Owner::of),
    }
}

/// The proof of a token.
pub fn token(token: &Secret) -> Proof {
    Proof::Token(token.clone())
}

/// Probes one direction; a probe that does not end in time is a report too.
pub async fn probe(engine: &Engine, direction: Direction, access: &Access, folder: &str) -> ProbeReport {
    let probing = async {
        match direction {
            Direction::Incoming => imap::probe(engine, access, folder).await,
            Direction::Outgoing => smtp::probe(engine, access).await,
        }
    };
    match tokio::time::timeout(PROBE, probing).await {
        Ok(report) => report,
        Err(_) => failed(direction, Diagnosis::TimedOut, "the server did not answer in time"),
    }
}

/// A report of a check that ended before a server was asked.
pub fn failed(direction: Direction, diagnosis: Diagnosis, said: &str) -> ProbeReport {
    unreached(direction, ProbeFailure::new(diagnosis, said))
}

/// The report of a check that reached no server.
pub fn unreached(direction: Direction, failure: ProbeFailure) -> ProbeReport {
    let failure = Some(failure);
    ProbeReport { direction, steps: Vec::new(), failure, backlog: None, transcript: Vec::new(), user: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_mailbox_is_read_as_itself_and_sent_from_as_the_person() {
        let shared = Address::parse("support@contoso.example").expect("an address");
        assert_eq!(users(Direction::Incoming, &shared, "anna@contoso.example"), ["support@contoso.example"]);
        assert_eq!(
            users(Direction::Outgoing, &shared, "anna@contoso.example"),
            ["anna@contoso.example", "support@contoso.example"]
        );
        assert_eq!(users(Direction::Outgoing, &shared, "Support@Contoso.example"), ["support@contoso.example"]);
    }
}
