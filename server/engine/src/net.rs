//! Names, TCP and TLS, under the operator's rules.

use crate::config::NetworkRules;
use crate::providers::Providers;

/// The way out.
pub struct Net {
    rules: NetworkRules,
}

/// A setting that makes no way out.
#[derive(Debug, thiserror::Error)]
pub enum NetError {
    #[error("can't read the certificates in {0}")]
    Roots(std::path::PathBuf),
}

impl Net {
    pub fn new(_providers: &Providers, rules: NetworkRules) -> Result<Self, NetError> {
        Ok(Self { rules })
    }

    pub fn rules(&self) -> &NetworkRules {
        &self.rules
    }
}
