//! What must happen, and by whom. Every diagnosis has exactly one class, one remedy
//! per kind of credential, and one person who acts.

use serde::{Deserialize, Serialize};

use crate::{
    credential::CredentialKind,
    diagnosis::{Class, Diagnosis},
};

/// What must happen for the mailbox to work again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Remedy {
    /// Nothing to do: the next attempts mend it.
    Wait,
    /// The owner signs in at the provider again.
    SignInAgain,
    /// Another account signs in, one that may open the mailbox.
    AnotherPersonSignsIn,
    /// Somebody types user name and password.
    GivePassword,
    /// The owner makes an app password and types it here.
    UseAppPassword,
    /// The password is replaced by the provider's sign-in.
    SwitchToSignIn,
    /// An administrator of the organisation allows the app.
    AdminConsent,
    /// The owner of the app registration mends it.
    FixAppRegistration,
    /// A setting of the mailbox, here or at the provider, is changed.
    FixMailboxSettings,
    /// An administrator of the provider's side changes a rule.
    AskAdministrator,
}

/// Who acts. The wording says more: a name where one is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Who {
    /// Whoever signs in for the mailbox.
    Owner,
    /// The administrator of the organisation or server that holds the mailbox.
    TenantAdmin,
    /// Whoever looks after the app registration.
    AppOwner,
    /// The administrator of this help desk.
    DeskAdmin,
    /// Nobody: it mends itself.
    Nobody,
}

impl Remedy {
    /// The name used in JSON and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Remedy::Wait => "wait",
            Remedy::SignInAgain => "sign_in_again",
            Remedy::AnotherPersonSignsIn => "another_person_signs_in",
            Remedy::GivePassword => "give_password",
            Remedy::UseAppPassword => "use_app_password",
            Remedy::SwitchToSignIn => "switch_to_sign_in",
            Remedy::AdminConsent => "admin_consent",
            Remedy::FixAppRegistration => "fix_app_registration",
            Remedy::FixMailboxSettings => "fix_mailbox_settings",
            Remedy::AskAdministrator => "ask_administrator",
        }
    }
}

impl Who {
    /// The name used in JSON and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Who::Owner => "owner",
            Who::TenantAdmin => "tenant_admin",
            Who::AppOwner => "app_owner",
            Who::DeskAdmin => "desk_admin",
            Who::Nobody => "nobody",
        }
    }
}

impl Diagnosis {
    /// What must happen. The kind of credential decides how a refused one is given anew.
    pub fn remedy(self, credential: CredentialKind) -> Remedy {
        match self.class() {
            Class::Transient => Remedy::Wait,
            Class::SignInAgain => match (self, credential) {
                (Diagnosis::PasswordSignInRetired | Diagnosis::PasswordNotTaken, CredentialKind::Password) => {
                    Remedy::SwitchToSignIn
                }
                (_, CredentialKind::Password) => Remedy::GivePassword,
                (_, CredentialKind::Grant) => Remedy::SignInAgain,
            },
            Class::FixAccount => match self {
                Diagnosis::AccountDisabled
                | Diagnosis::AccountGone
                | Diagnosis::AccountKindRefused
                | Diagnosis::AccountNotAllowed
                | Diagnosis::WrongTenant => Remedy::AnotherPersonSignsIn,
                Diagnosis::AppPasswordNeeded | Diagnosis::TooManyBadPasswords => Remedy::UseAppPassword,
                _ => Remedy::FixMailboxSettings,
            },
            Class::Policy => Remedy::AskAdministrator,
            Class::AdminConsent => Remedy::AdminConsent,
            Class::FixAppRegistration => Remedy::FixAppRegistration,
        }
    }

    /// The kind of credential that only this diagnosis can be about, if it tells one.
    /// For a caller that has a reply and no mailbox, such as the command line.
    pub fn credential(self) -> Option<CredentialKind> {
        match self {
            Diagnosis::PasswordRefused
            | Diagnosis::PasswordSignInRetired
            | Diagnosis::PasswordNotTaken
            | Diagnosis::AppPasswordNeeded
            | Diagnosis::TooManyBadPasswords => Some(CredentialKind::Password),
            Diagnosis::TokenRefused | Diagnosis::AccessTokenExpired => Some(CredentialKind::Grant),
            _ => None,
        }
    }

    /// The same refusal, said exactly, once the caller knows what was refused.
    /// `AUTHENTICATE failed` alone does not tell a password from a token.
    pub fn seen_with(self, credential: CredentialKind) -> Self {
        match (self, credential) {
            (Diagnosis::CredentialRefused, CredentialKind::Password)
            | (Diagnosis::TokenRefused, CredentialKind::Password) => Diagnosis::PasswordRefused,
            (Diagnosis::CredentialRefused | Diagnosis::PasswordRefused, CredentialKind::Grant) => {
                Diagnosis::TokenRefused
            }
            (same, _) => same,
        }
    }

    /// Whose one remedy this is, where it mends every mailbox of an organisation or of an app
    /// registration at once: the organisation's domain, or the provider's name.
    pub fn shared_by(self, domain: &str, provider: &str) -> Option<String> {
        match (self, self.class()) {
            (_, Class::FixAppRegistration) => Some(provider.to_owned()),
            (
                Diagnosis::SmtpAuthDisabledTenant
                | Diagnosis::ImapDisabledForDomain
                | Diagnosis::ConditionalAccess
                | Diagnosis::SecurityDefaults
                | Diagnosis::AdminPolicy,
                _,
            )
            | (_, Class::AdminConsent) => Some(domain.to_owned()),
            _ => None,
        }
    }

    /// The class under the name that the data files use.
    pub fn remedy_class(self) -> &'static str {
        self.class().name()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The mapping of classes to remedies, as the design fixes it.
    #[test]
    fn every_remedy_belongs_to_its_class() {
        for diagnosis in Diagnosis::ALL {
            for credential in [CredentialKind::Password, CredentialKind::Grant] {
                let remedy = diagnosis.remedy(credential);
                let fits = match diagnosis.class() {
                    Class::Transient => remedy == Remedy::Wait,
                    Class::SignInAgain => {
                        matches!(remedy, Remedy::SignInAgain | Remedy::GivePassword | Remedy::SwitchToSignIn)
                    }
                    Class::FixAccount => matches!(
                        remedy,
                        Remedy::AnotherPersonSignsIn | Remedy::UseAppPassword | Remedy::FixMailboxSettings
                    ),
                    Class::Policy => remedy == Remedy::AskAdministrator,
                    Class::AdminConsent => remedy == Remedy::AdminConsent,
                    Class::FixAppRegistration => remedy == Remedy::FixAppRegistration,
                };
                assert!(fits, "{diagnosis:?} with {credential:?}: {remedy:?}");
                assert_eq!(
                    diagnosis.who() == Who::Nobody,
                    remedy == Remedy::Wait,
                    "{diagnosis:?}: nobody acts exactly where waiting helps"
                );
            }
        }
    }

    #[test]
    fn names_are_those_of_json() {
        for diagnosis in Diagnosis::ALL {
            let json = serde_json::to_string(&diagnosis).unwrap();
            assert_eq!(json, format!("\"{}\"", diagnosis.name()));
            assert_eq!(Diagnosis::from_name(diagnosis.name()), Some(diagnosis));
            let who = serde_json::to_string(&diagnosis.who()).unwrap();
            assert_eq!(who, format!("\"{}\"", diagnosis.who().name()));
            for credential in [CredentialKind::Password, CredentialKind::Grant] {
                let remedy = diagnosis.remedy(credential);
                let json = serde_json::to_string(&remedy).unwrap();
                assert_eq!(json, format!("\"{}\"", remedy.name()));
            }
        }
    }
}
