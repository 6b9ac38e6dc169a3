//! What happened, from evidence. One row per diagnosis: its name in JSON and in the
//! database, the class of what helps, and who acts.
//!
//! A network fault is never a credential fault: what is not understood is `Unknown`,
//! and that waits. Absent here: wording (`words`), steps (`steps`), remedies (`crate::remedy`).

mod step;
mod steps;
mod words;

#[cfg(feature = "data")]
mod challenge;
#[cfg(feature = "data")]
mod errors;
#[cfg(feature = "data")]
mod fields;
#[cfg(feature = "data")]
mod imap;
#[cfg(feature = "data")]
mod line;
#[cfg(feature = "data")]
mod network;
#[cfg(feature = "data")]
mod oauth;
#[cfg(feature = "data")]
mod phrases;
#[cfg(feature = "data")]
mod reply;
#[cfg(feature = "data")]
mod smtp;
#[cfg(feature = "data")]
mod tables;

use serde::{Deserialize, Serialize};

use crate::remedy::Who;

#[cfg(feature = "data")]
pub use self::{
    oauth::{correlation_id, diagnose_oauth},
    reply::{asked_wait, diagnose_reply},
    tables::{AadstsRow, ReplyRow, aadsts_rows, reply_rows},
};
pub use self::{step::Step, steps::remedy_steps};

/// The class of what helps, under the names of the data files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// It passes.
    Transient,
    /// The credential has to be given anew.
    SignInAgain,
    /// The account, the mailbox or its settings need a hand.
    FixAccount,
    /// A rule of the organisation or server stands in the way.
    Policy,
    /// An administrator has to allow the app.
    AdminConsent,
    /// The app registration is wrong.
    FixAppRegistration,
}

impl Class {
    /// The name in the data files.
    pub const fn name(self) -> &'static str {
        match self {
            Class::Transient => "transient",
            Class::SignInAgain => "sign_in_again",
            Class::FixAccount => "fix_account",
            Class::Policy => "policy",
            Class::AdminConsent => "admin_consent",
            Class::FixAppRegistration => "fix_app_registration",
        }
    }
}

/// How much one sighting proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// Once is enough.
    Definite,
    /// A second sighting, with a fresh token or some minutes later, makes it definite.
    NeedsSecond,
    /// It passes by itself and proves nothing about the mailbox.
    Passing,
}

/// What a provider's answer tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What happened.
    pub diagnosis: Diagnosis,
    /// How much this one answer proves.
    pub certainty: Certainty,
    /// Recognised by a code or by words; otherwise only the protocol's rules spoke,
    /// and the page shows what the server said.
    pub known: bool,
    /// The code that decided: `AADSTS50173`, `invalid_grant`, `535 5.7.8`, `[UNAVAILABLE]`.
    pub code: Option<String>,
    /// The sentence of the table's row, closer than [`Diagnosis::sentence`].
    pub sentence: Option<&'static str>,
    /// How long the provider asked us to wait, where it named a time.
    pub wait_ms: Option<u64>,
}

/// The two protocols that answer in lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// RFC 9051 and 3501.
    Imap,
    /// RFC 5321 and 6409.
    Smtp,
}

/// Where in the session the answer came. `Any` where the caller cannot tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Not known, as on the command line.
    Any,
    /// Up to and with the greeting.
    Greeting,
    /// EHLO, CAPABILITY, STARTTLS.
    Tls,
    /// AUTHENTICATE, LOGIN, AUTH.
    Authentication,
    /// Any IMAP command after the sign-in.
    Mailbox,
    /// MAIL FROM.
    Sender,
    /// RCPT TO.
    Recipient,
    /// DATA and what follows it.
    Data,
}

macro_rules! diagnoses {
    ($( $(#[doc = $doc:literal])+ $variant:ident $name:literal $class:ident $who:ident, )+) => {
        /// What happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Diagnosis {
            $( $(#[doc = $doc])+ #[serde(rename = $name)] $variant, )+
        }

        impl Diagnosis {
            /// Every diagnosis, in the order of the table.
            pub const ALL: [Diagnosis; [$( $name ),+].len()] = [$( Diagnosis::$variant ),+];

            /// The name used in JSON and in the database.
            pub const fn name(self) -> &'static str {
                match self { $( Diagnosis::$variant => $name, )+ }
            }

            /// The diagnosis of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $( $name => Some(Diagnosis::$variant), )+ _ => None }
            }

            /// The class of what helps.
            pub const fn class(self) -> Class {
                match self { $( Diagnosis::$variant => Class::$class, )+ }
            }

            /// Who acts.
            pub const fn who(self) -> Who {
                match self { $( Diagnosis::$variant => Who::$who, )+ }
            }
        }
    };
}

diagnoses! {
    /// The provider no longer accepts the grant and names no closer cause.
    SignInExpired "sign_in_expired" SignInAgain Owner,
    /// The provider revoked the grant.
    SignInRevoked "sign_in_revoked" SignInAgain Owner,
    /// The grant was not used for too long.
    SignInInactive "sign_in_inactive" SignInAgain Owner,
    /// A rule how often to sign in ended the grant, and will again.
    SignInFrequencyPolicy "sign_in_frequency_policy" SignInAgain Owner,
    /// A sign-in was broken off or its code used twice: begin anew.
    SignInInterrupted "sign_in_interrupted" SignInAgain Owner,
    /// The provider wants the person on its page.
    InteractionNeeded "interaction_needed" SignInAgain Owner,
    /// A second factor is asked for.
    MfaNeeded "mfa_needed" SignInAgain Owner,
    /// The grant ended with an expired or changed password.
    PasswordChanged "password_changed" SignInAgain Owner,
    /// The password has expired; a new one is set at the sign-in.
    PasswordExpired "password_expired" SignInAgain Owner,
    /// The server refuses user name and password.
    PasswordRefused "password_refused" SignInAgain Owner,
    /// The server refuses an access token.
    TokenRefused "token_refused" SignInAgain Owner,
    /// The server refuses the credential without telling which kind.
    CredentialRefused "credential_refused" SignInAgain Owner,
    /// The provider takes no passwords any more.
    PasswordSignInRetired "password_sign_in_retired" SignInAgain Owner,
    /// The provider takes no account password here and offers its sign-in instead.
    PasswordNotTaken "password_not_taken" SignInAgain Owner,
    /// Nobody consented, or the consent was withdrawn.
    ConsentMissing "consent_missing" SignInAgain Owner,
    /// The person pressed Cancel.
    ConsentDeclined "consent_declined" SignInAgain Owner,
    /// The grant does not cover what the mailbox needs.
    ScopeMissing "scope_missing" SignInAgain Owner,
    /// The redirect address is registered as a single-page app: the grant lives 24 hours.
    SpaRegistration "spa_registration" SignInAgain Owner,

    /// The account was switched off.
    AccountDisabled "account_disabled" FixAccount DeskAdmin,
    /// The account does not exist.
    AccountGone "account_gone" FixAccount DeskAdmin,
    /// The account is locked.
    AccountLocked "account_locked" FixAccount TenantAdmin,
    /// A personal account where a work account is expected, or the reverse.
    AccountKindRefused "account_kind_refused" FixAccount Owner,
    /// The account may not use the app: a guest, a minor, unknown there.
    AccountNotAllowed "account_not_allowed" FixAccount DeskAdmin,
    /// The account belongs to another organisation.
    WrongTenant "wrong_tenant" FixAccount Owner,
    /// The password expired in the company's own directory; the sign-in cannot renew it.
    PasswordExpiredOnPremises "password_expired_on_premises" FixAccount Owner,
    /// The server takes an app password only.
    AppPasswordNeeded "app_password_needed" FixAccount Owner,
    /// The server counted too many wrong passwords.
    TooManyBadPasswords "too_many_bad_passwords" FixAccount Owner,
    /// IMAP is off in the mailbox's settings.
    ImapDisabled "imap_disabled" FixAccount Owner,
    /// Exchange: authenticated but not connected.
    MailboxUnreachable "mailbox_unreachable" FixAccount TenantAdmin,
    /// The account may not sign in for this address (RFC 5530 AUTHORIZATIONFAILED).
    SharedAddressRefused "shared_address_refused" FixAccount TenantAdmin,
    /// The account may not send as this address.
    SendAsDenied "send_as_denied" FixAccount TenantAdmin,
    /// The server refuses the sender address as such.
    SenderRefused "sender_refused" FixAccount DeskAdmin,
    /// The sender's domain fails SPF, DKIM or DMARC.
    SenderUnauthenticated "sender_unauthenticated" FixAccount DeskAdmin,
    /// The account lacks a right on the folder (RFC 5530 NOPERM).
    RightMissing "right_missing" FixAccount TenantAdmin,
    /// The mailbox does not exist.
    MailboxGone "mailbox_gone" FixAccount DeskAdmin,
    /// The mailbox is full.
    MailboxFull "mailbox_full" FixAccount Owner,
    /// The folder does not exist.
    FolderGone "folder_gone" FixAccount DeskAdmin,
    /// The server does not take this folder name.
    FolderNameRefused "folder_name_refused" FixAccount DeskAdmin,
    /// The server wants a sign-in before it takes mail.
    NotAuthenticated "not_authenticated" FixAccount DeskAdmin,
    /// The server wants encryption first.
    TlsRequired "tls_required" FixAccount DeskAdmin,
    /// The server offers no encryption.
    TlsNotOffered "tls_not_offered" FixAccount DeskAdmin,
    /// One side speaks TLS where the other speaks plain.
    TlsMismatch "tls_mismatch" FixAccount DeskAdmin,
    /// The certificate is made out to another name.
    CertificateNameMismatch "certificate_name_mismatch" FixAccount DeskAdmin,
    /// Something else than the expected mail server answers.
    NotAMailServer "not_a_mail_server" FixAccount DeskAdmin,
    /// The recipient's server or ours refuses a recipient.
    RecipientRefused "recipient_refused" FixAccount DeskAdmin,
    /// A message has more recipients than the server takes.
    TooManyRecipients "too_many_recipients" FixAccount DeskAdmin,

    /// A Conditional Access rule refuses.
    ConditionalAccess "conditional_access" Policy TenantAdmin,
    /// The organisation asks for a managed or registered device.
    DeviceRequired "device_required" Policy TenantAdmin,
    /// The account is blocked as risky.
    AccountRisk "account_risk" Policy TenantAdmin,
    /// Microsoft's Security Defaults refuse.
    SecurityDefaults "security_defaults" Policy TenantAdmin,
    /// Another rule of the organisation refuses.
    AdminPolicy "admin_policy" Policy TenantAdmin,
    /// The organisation's own sign-in service is at fault.
    FederationFault "federation_fault" Policy TenantAdmin,
    /// The server asks to call its administrator (RFC 5530 CONTACTADMIN).
    AdministratorNeeded "administrator_needed" Policy TenantAdmin,
    /// SMTP AUTH is off for the mailbox.
    SmtpAuthDisabledMailbox "smtp_auth_disabled_mailbox" Policy TenantAdmin,
    /// SMTP AUTH is off for the organisation.
    SmtpAuthDisabledTenant "smtp_auth_disabled_tenant" Policy TenantAdmin,
    /// IMAP is off for the whole domain.
    ImapDisabledForDomain "imap_disabled_for_domain" Policy TenantAdmin,
    /// The server does not offer this way to sign in.
    MechanismNotOffered "mechanism_not_offered" Policy TenantAdmin,
    /// The mailbox has no licence.
    LicenceMissing "licence_missing" Policy TenantAdmin,
    /// The mailbox, the organisation or our network address is barred from sending.
    SendingBlocked "sending_blocked" Policy TenantAdmin,
    /// The message is larger than the server takes.
    MessageTooLarge "message_too_large" Policy TenantAdmin,
    /// The server refuses the message for what it holds.
    ContentRefused "content_refused" Policy TenantAdmin,
    /// The certificate is expired or from nobody known.
    CertificateInvalid "certificate_invalid" Policy TenantAdmin,

    /// Only an administrator may allow the app.
    AdminConsentNeeded "admin_consent_needed" AdminConsent TenantAdmin,
    /// The account is not assigned to the app.
    UserNotAssigned "user_not_assigned" AdminConsent TenantAdmin,
    /// The app is switched off in the organisation.
    AppDisabled "app_disabled" AdminConsent TenantAdmin,
    /// The organisation has no Exchange Online, or not for this app.
    ServiceMissing "service_missing" AdminConsent TenantAdmin,

    /// The client secret has expired.
    ClientSecretExpired "client_secret_expired" FixAppRegistration AppOwner,
    /// The client secret is wrong.
    ClientSecretWrong "client_secret_wrong" FixAppRegistration AppOwner,
    /// A secret was sent where none is expected, or the reverse.
    ClientKindWrong "client_kind_wrong" FixAppRegistration AppOwner,
    /// The client id is unknown.
    RegistrationUnknown "registration_unknown" FixAppRegistration AppOwner,
    /// The redirect address is not registered.
    RedirectMismatch "redirect_mismatch" FixAppRegistration AppOwner,
    /// The redirect address is registered for a single-page app.
    SpaPlatform "spa_platform" FixAppRegistration AppOwner,
    /// The registration is for one organisation only.
    RegistrationSingleTenant "registration_single_tenant" FixAppRegistration AppOwner,
    /// The registration does not allow this kind of account.
    RegistrationAccountTypes "registration_account_types" FixAppRegistration AppOwner,
    /// Google: the app is internal to another organisation.
    RegistrationInternal "registration_internal" FixAppRegistration AppOwner,
    /// Google: the app is in testing, and the account no test user.
    AppInTesting "app_in_testing" FixAppRegistration AppOwner,
    /// The tenant is unknown or not named.
    TenantUnknown "tenant_unknown" FixAppRegistration AppOwner,
    /// The sign-in host belongs to another cloud.
    CloudMismatch "cloud_mismatch" FixAppRegistration AppOwner,
    /// A permission is misspelt or not registered.
    ScopeInvalid "scope_invalid" FixAppRegistration AppOwner,
    /// Something else in the registration is wrong.
    RegistrationFault "registration_fault" FixAppRegistration AppOwner,
    /// The provider could not use our request.
    RequestRefused "request_refused" FixAppRegistration AppOwner,

    /// The access token ran out in a session; a fresh one is fetched.
    AccessTokenExpired "access_token_expired" Transient Nobody,
    /// Somebody still has to type a code.
    AwaitingApproval "awaiting_approval" Transient Nobody,
    /// More sessions than the server allows.
    TooManySessions "too_many_sessions" Transient Nobody,
    /// The server asks to go slower.
    RateLimited "rate_limited" Transient Nobody,
    /// The mailbox has used up what it may send.
    SendingLimitReached "sending_limit_reached" Transient Nobody,
    /// The recipient's server asks to try later.
    RecipientDeferred "recipient_deferred" Transient Nobody,
    /// The server has a fault that passes.
    ProviderFault "provider_fault" Transient Nobody,
    /// The server closed the session.
    SessionClosed "session_closed" Transient Nobody,
    /// The server did not understand a command.
    CommandRefused "command_refused" Transient Nobody,
    /// NetEase: the client must name itself first.
    IdRequired "id_required" Transient Nobody,
    /// The host's name is not known to DNS.
    NameNotFound "name_not_found" Transient Nobody,
    /// No way to the host.
    HostUnreachable "host_unreachable" Transient Nobody,
    /// Nothing listens at the port.
    ConnectionRefused "connection_refused" Transient Nobody,
    /// No answer in time.
    TimedOut "timed_out" Transient Nobody,
    /// Not understood.
    Unknown "unknown" Transient Nobody,
}

impl Diagnosis {
    /// How much one sighting proves when it came as a reply of a mail server.
    #[cfg(feature = "data")]
    fn certainty_in_session(self) -> Certainty {
        match self {
            Diagnosis::CredentialRefused
            | Diagnosis::PasswordRefused
            | Diagnosis::TokenRefused
            | Diagnosis::MailboxUnreachable => Certainty::NeedsSecond,
            _ if matches!(self.class(), Class::Transient) => Certainty::Passing,
            _ => Certainty::Definite,
        }
    }
}
