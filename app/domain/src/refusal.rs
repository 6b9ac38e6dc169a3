//! Why the console does not do what it was asked: typed by what the asker does next.
//!
//! A refusal carries no input, no address and no secret: server functions put it into redirect
//! URLs for pages that work without scripts.

use serde::{Deserialize, Serialize};

/// What every question to the console answers with.
pub type Answer<T> = Result<T, Refusal>;

/// Why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Refusal {
    /// Nobody is signed in: go to the sign-in page.
    #[error("signed out")]
    SignedOut,
    /// The person's role does not allow it.
    #[error("not allowed")]
    NotAllowed,
    /// No such thing, or not any more.
    #[error("not found")]
    NotFound,
    /// Bad input; nothing was changed.
    #[error("invalid: {0:?}")]
    Invalid(Fault),
    /// Somebody or something was quicker; look again.
    #[error("conflict: {0:?}")]
    Conflict(Conflict),
    /// Too many tries; wait this many seconds.
    #[error("try again in {0} s")]
    Slow(u32),
    /// Our own fault; it is in the log.
    #[error("unavailable")]
    Unavailable,
}

/// What is wrong with the input. The sentences stand in the app's wording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    AddressMalformed,
    /// The address belongs to another mailbox.
    AddressTaken,
    /// It is the mailbox's address already.
    AddressSame,
    NameMissing,
    TextTooLong,
    PasswordShort,
    PasswordWrong,
    PasswordMissing,
    /// Sign-in of a person: we don't say which of the two.
    EmailOrPasswordWrong,
    EmailTaken,
    TokenWrong,
    TokenUsedOrOld,
    HostMissing,
    HostMalformed,
    HostNotAllowed,
    PortOutOfRange,
    UserMissing,
    NoDirection,
    DateMalformed,
    DaysOutOfRange,
    /// Mail would be moved to a folder that is fetched from.
    FolderIsFetched,
    ClientIdMalformed,
    SecretMissing,
    /// Looks like the secret's id (a GUID), not its value.
    SecretIsAnId,
    TenantMalformed,
    RecipientMissing,
    RecipientMalformed,
    MessageEmpty,
    SubjectMissing,
    AttachmentsTooLarge,
    UrlMalformed,
    LastAdmin,
    /// Notices would go to nobody.
    NobodyTold,
    ProviderUnknown,
    RegistrationMissing,
    RegistrationInUse,
    /// What was typed to confirm is not the mailbox's address.
    ConfirmationWrong,
    /// A personal account, and no registration that allows one.
    RegistrationNotPersonal,
    /// No other mailbox can send now.
    NobodySends,
    /// The browser is not at the address that it should prove.
    AddressNotReached,
    /// The public address is neither https nor localhost: providers refuse it.
    PublicAddressRefused,
    /// A link for a named person names nobody.
    AccountMissing,
    /// A link can't be used any more.
    LinkEnded,
    /// There is no ticket with this number.
    TicketMissing,
    /// Not the address of an OpenID issuer.
    IssuerMalformed,
    /// Nothing there that could be understood as an OpenID configuration.
    IssuerSilent,
    /// The configuration is that of another issuer.
    IssuerOther,
    /// It is a provider that is on offer already.
    IssuerKnown,
    /// A name of a permission that can't be one.
    ScopeMalformed,
    /// Something still uses the provider.
    ProviderInUse,
}

/// What came in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Conflict {
    /// A newer message came since the page was opened.
    NewerMessage,
    /// The reply has left, or is leaving.
    AlreadySent,
    /// It was done already.
    AlreadyDone,
    /// Only an unfinished draft can be changed this way.
    NotADraft,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Refusal::Invalid(fault)
    }
}

impl From<Conflict> for Refusal {
    fn from(conflict: Conflict) -> Self {
        Refusal::Conflict(conflict)
    }
}
