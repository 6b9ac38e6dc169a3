//! What a mailbox signs in with.

use serde::{Deserialize, Serialize};

/// The two kinds of credential. They differ in what a person does when one is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialKind {
    /// User name and password, an app password among them.
    Password,
    /// The consent of an account, with tokens.
    Grant,
}
