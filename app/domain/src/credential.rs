//! How a direction proves itself to its server.

use serde::{Deserialize, Serialize};

/// What kind of credential a direction uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CredentialKind {
    /// A user name with a password or an app password.
    Password,
    /// A sign-in at the provider.
    Grant,
}
