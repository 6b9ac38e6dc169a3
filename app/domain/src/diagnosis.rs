//! stub until the tables land
use crate::credential::CredentialKind;
use crate::remedy::{Remedy, Who};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Diagnosis {
    SignInExpired, SignInRevoked, PasswordRefused, PasswordSignInRetired, AccountDisabled, ConsentMissing,
    AdminConsentNeeded, ScopeMissing, ClientSecretExpired, ClientSecretWrong, ImapDisabled,
    SmtpAuthDisabledMailbox, SmtpAuthDisabledTenant, SharedAddressRefused, SendAsDenied,
    MailboxUnreachable, FolderGone, RateLimited, ProviderFault, NameNotFound, HostUnreachable,
    ConnectionRefused, TimedOut, TlsNotOffered, TlsMismatch, CertificateInvalid,
    CertificateNameMismatch, NotAMailServer, RecipientRefused, MessageTooLarge, Unknown,
}
impl Diagnosis {
    pub fn remedy(self, credential: CredentialKind) -> Remedy {
        use Diagnosis::*;
        match self {
            SignInExpired | SignInRevoked | AccountDisabled | ConsentMissing | ScopeMissing => Remedy::SignInAgain,
            PasswordRefused => match credential { CredentialKind::Password => Remedy::GivePassword, CredentialKind::Grant => Remedy::SignInAgain },
            PasswordSignInRetired => Remedy::SwitchToSignIn,
            AdminConsentNeeded => Remedy::AdminConsent,
            ClientSecretExpired | ClientSecretWrong => Remedy::FixAppRegistration,
            ImapDisabled | SmtpAuthDisabledMailbox | SmtpAuthDisabledTenant => Remedy::AskAdministrator,
            SharedAddressRefused | SendAsDenied | MailboxUnreachable | FolderGone => Remedy::FixMailboxSettings,
            _ => Remedy::Wait,
        }
    }
    pub fn who(self) -> Who { Who::Nobody }
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty { Definite, NeedsSecond, Passing }
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding { pub diagnosis: Diagnosis, pub certainty: Certainty, pub known: bool }
