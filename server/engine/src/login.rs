//! What a session signs in with.

use crate::secret::Secret;
use domain::Address;
use domain::provider::{Endpoint, ProviderKind};

/// A user name and what proves it.
#[derive(Clone, Debug)]
pub struct Login {
    pub user: String,
    pub proof: Proof,
}

/// A password, or an access token for XOAUTH2.
#[derive(Clone, Debug)]
pub enum Proof {
    Password(Secret),
    Token(Secret),
}

/// Everything that opening a session needs.
#[derive(Clone, Debug)]
pub struct Access {
    pub endpoint: Endpoint,
    pub provider: ProviderKind,
    /// The mailbox's own address.
    pub address: Address,
    /// Tried in this order; for a shared mailbox the person and the shared address (R10).
    pub logins: Vec<Login>,
}

/// Why a session did not open, or broke.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{said}")]
pub struct Fault {
    pub finding: domain::diagnosis::Finding,
    /// The server's words or the system's, redacted.
    pub said: String,
}
