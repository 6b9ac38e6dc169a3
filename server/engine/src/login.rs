//! What a session signs in with.

use crate::secret::Secret;
use domain::credential::CredentialKind;
use domain::probe::ProbeFailure;
use domain::provider::{Endpoint, ProviderKind};
use domain::{Address, Diagnosis};

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
    /// Whose token it is.
    pub owner: Option<Owner>,
}

/// The account behind a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    pub login: String,
    /// A personal account (R11).
    pub personal: bool,
}

impl Owner {
    pub fn of(account: &crate::store::accounts::Row) -> Self {
        Self { login: account.login.clone(), personal: account.tenant_id == crate::oauth::CONSUMERS }
    }
}

/// Why a session did not open, or broke.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{said}")]
pub struct Fault {
    pub finding: domain::diagnosis::Finding,
    /// The server's words or the system's, redacted.
    pub said: String,
}

impl Fault {
    /// The same, said exactly: `AUTHENTICATE failed` alone tells no password from a token.
    pub fn seen_with(mut self, credential: CredentialKind) -> Self {
        let exact = self.finding.diagnosis.seen_with(credential);
        if exact != self.finding.diagnosis {
            self.finding.diagnosis = exact;
            self.finding.sentence = None;
        }
        self
    }

    /// As a check's report tells it.
    pub fn failure(&self) -> ProbeFailure {
        ProbeFailure { diagnosis: self.finding.diagnosis, certainty: self.finding.certainty, said: self.said.clone() }
    }
}

impl Access {
    /// A fault of this access, said as exactly as what was tried allows.
    pub fn exact(&self, fault: Fault) -> Fault {
        let mut fault = fault.seen_with(self.credential());
        // Outlook.com has IMAP off at first, and nobody's rights are in the way there (R11).
        if fault.finding.diagnosis == Diagnosis::MailboxUnreachable && self.owner.as_ref().is_some_and(|o| o.personal) {
            fault.finding.diagnosis = Diagnosis::ImapDisabled;
            fault.finding.sentence = None;
        }
        fault
    }

    /// What kind of credential is tried.
    pub fn credential(&self) -> CredentialKind {
        match self.logins.first().map(|login| &login.proof) {
            Some(Proof::Password(_)) | None => CredentialKind::Password,
            Some(Proof::Token(_)) => CredentialKind::Grant,
        }
    }
}
