//! What happened, in words: one title and one sentence of fact per diagnosis.
//! No codes, no blame; whose turn it is and what to do stand in `steps`.

use super::Diagnosis;

impl Diagnosis {
    /// The state in a few words, as a heading.
    pub const fn title(self) -> &'static str {
        use Diagnosis::*;
        match self {
            SignInExpired | SignInInactive => "Sign-in expired",
            SignInRevoked => "Sign-in revoked",
            SignInFrequencyPolicy => "Sign-in ended by a rule",
            SignInInterrupted => "Sign-in not finished",
            InteractionNeeded => "Sign-in needed",
            MfaNeeded => "Second factor needed",
            PasswordChanged => "Sign-in ended",
            PasswordExpired | PasswordExpiredOnPremises => "Password expired",
            PasswordRefused | CredentialRefused => "Reauthorization required",
            TokenRefused => "Sign-in refused",
            PasswordSignInRetired => "Password sign-in retired",
            PasswordNotTaken => "Password sign-in not possible",
            ConsentMissing => "Permission missing",
            ConsentDeclined => "Permission declined",
            ScopeMissing => "Permission incomplete",
            SpaRegistration => "Sign-in lasts 24 hours only",
            AccountDisabled => "Account switched off",
            AccountGone => "Account gone",
            AccountLocked => "Account locked",
            AccountKindRefused => "Wrong kind of account",
            AccountNotAllowed => "Account not allowed",
            WrongTenant => "Account of another organisation",
            AppPasswordNeeded => "App password needed",
            TooManyBadPasswords => "Too many wrong passwords",
            ImapDisabled | ImapDisabledForDomain => "IMAP is off",
            MailboxUnreachable => "Mailbox cannot be opened",
            SharedAddressRefused => "No access to the mailbox",
            SendAsDenied => "Send As missing",
            SenderRefused => "Sender address refused",
            SenderUnauthenticated => "Sender's domain not proved",
            RightMissing => "Right missing",
            MailboxGone => "Mailbox gone",
            MailboxFull => "Mailbox full",
            FolderGone => "Folder gone",
            FolderNameRefused => "Folder name refused",
            NotAuthenticated => "Sign-in missing",
            TlsRequired => "Encryption needed",
            TlsNotOffered => "No encryption offered",
            TlsMismatch => "Wrong encryption setting",
            CertificateNameMismatch => "Certificate of another name",
            NotAMailServer => "Not the expected mail server",
            RecipientRefused => "Recipient refused",
            TooManyRecipients => "Too many recipients",
            ConditionalAccess => "Blocked by Conditional Access",
            DeviceRequired => "Managed device demanded",
            AccountRisk => "Account seen as risky",
            SecurityDefaults => "Blocked by Security Defaults",
            AdminPolicy => "Blocked by a rule",
            FederationFault => "The organisation's sign-in fails",
            AdministratorNeeded => "Administrator needed",
            SmtpAuthDisabledMailbox | SmtpAuthDisabledTenant => "SMTP AUTH is off",
            MechanismNotOffered => "Way to sign in not offered",
            LicenceMissing => "Licence missing",
            SendingBlocked => "Barred from sending",
            MessageTooLarge => "Message too large",
            ContentRefused => "Message refused",
            CertificateInvalid => "Certificate not valid",
            AdminConsentNeeded => "Approval by an administrator needed",
            UserNotAssigned => "Account not assigned to the app",
            AppDisabled => "App switched off",
            ServiceMissing => "Exchange Online missing",
            ClientSecretExpired => "App secret expired",
            ClientSecretWrong => "App secret wrong",
            ClientKindWrong => "App secret does not fit",
            RegistrationUnknown => "App unknown",
            RedirectMismatch => "Return address not registered",
            SpaPlatform => "Return address of the wrong kind",
            RegistrationSingleTenant => "App for one organisation only",
            RegistrationAccountTypes => "Kind of account not allowed by the app",
            RegistrationInternal => "App for another organisation",
            AppInTesting => "App still in testing",
            TenantUnknown => "Organisation unknown",
            CloudMismatch => "Another Microsoft cloud",
            ScopeInvalid => "Permission not valid",
            RegistrationFault => "App registration at fault",
            RequestRefused => "Request refused",
            AccessTokenExpired | TooManySessions | RateLimited | RecipientDeferred | ProviderFault | SessionClosed
            | CommandRefused | IdRequired | NameNotFound | HostUnreachable | ConnectionRefused | TimedOut => "Retrying",
            AwaitingApproval => "Waiting",
            SendingLimitReached => "Sending limit reached",
            Unknown => "Not understood",
        }
    }

    /// What happened, in one sentence. `provider_name` as the page calls it: *Microsoft*,
    /// *Google*, *Fastmail*, or *The server*. [`super::Finding::sentence`] may be closer.
    pub fn sentence(&self, provider_name: &str) -> String {
        self.pattern().replace("{p}", provider_name)
    }

    const fn pattern(self) -> &'static str {
        use Diagnosis::*;
        match self {
            SignInExpired => "{p} no longer accepts the sign-in of this mailbox.",
            SignInRevoked => "{p} revoked the sign-in of this mailbox.",
            SignInInactive => "The sign-in was not used for too long, and {p} ended it.",
            SignInFrequencyPolicy => "The organisation's rule how often to sign in ended this sign-in.",
            SignInInterrupted => "The sign-in was broken off and has to begin anew.",
            InteractionNeeded => "{p} wants to see the person on its sign-in page.",
            MfaNeeded => "{p} asks for a second factor, which only the person can give.",
            PasswordChanged => "{p} ended the sign-in: the password has expired or was changed.",
            PasswordExpired => "The password of the account has expired.",
            PasswordRefused => "The server refuses the password.",
            TokenRefused => "{p} does not accept the sign-in for this mailbox.",
            CredentialRefused => "{p} refuses the password or the sign-in.",
            PasswordSignInRetired => "{p} takes no passwords any more.",
            PasswordNotTaken => "{p} takes no account password from programs for this account.",
            ConsentMissing => "Nobody has allowed the app to use this mailbox, or the permission was withdrawn.",
            ConsentDeclined => "The person did not give the permission at {p}.",
            ScopeMissing => "The sign-in does not cover everything this mailbox needs.",
            SpaRegistration => {
                "The app registration is made for a single-page app, so {p} ends every sign-in after 24 hours."
            }
            AccountDisabled => "The account that signs in for this mailbox has been switched off.",
            AccountGone => "{p} no longer knows the account that signs in for this mailbox.",
            AccountLocked => "The account that signs in for this mailbox is locked.",
            AccountKindRefused => "A personal account was used where a work account is expected, or the reverse.",
            AccountNotAllowed => "This account may not use the app.",
            WrongTenant => "The account belongs to another organisation than the mailbox.",
            PasswordExpiredOnPremises => "The password has expired in the company's own directory.",
            AppPasswordNeeded => "The server takes an app password instead of the account's own.",
            TooManyBadPasswords => "The server has counted too many wrong passwords and refuses the sign-in.",
            ImapDisabled => "IMAP is off for this mailbox.",
            MailboxUnreachable => "{p} accepts the sign-in but does not open the mailbox.",
            SharedAddressRefused => "The account that signs in may not open this mailbox.",
            SendAsDenied => "The account that signs in may not send as this address.",
            SenderRefused => "The server does not take this address as a sender.",
            SenderUnauthenticated => "The receiving server finds no valid SPF, DKIM or DMARC proof for this domain.",
            RightMissing => "The account lacks a right on this folder.",
            MailboxGone => "The server has no mailbox of this name.",
            MailboxFull => "The mailbox has reached its size limit.",
            FolderGone => "The server has no folder of this name.",
            FolderNameRefused => "The server does not allow a folder of this name.",
            NotAuthenticated => "The server wants a sign-in before it takes mail.",
            TlsRequired => "The server wants encryption before anything else.",
            TlsNotOffered => "The server does not offer encryption on this port, and no password is sent without it.",
            TlsMismatch => "One side speaks TLS on this port and the other does not.",
            CertificateNameMismatch => "The server's certificate is made out to another name than the one set here.",
            NotAMailServer => "Something else than the expected mail server answers on this port.",
            RecipientRefused => "A recipient of the message was refused.",
            TooManyRecipients => "The message has more recipients than the server takes.",
            ConditionalAccess => "A Conditional Access rule of the organisation refuses this sign-in.",
            DeviceRequired => "The organisation accepts sign-ins from registered devices only, and a server is none.",
            AccountRisk => "The organisation blocks this account as risky.",
            SecurityDefaults => "The organisation's Security Defaults refuse this sign-in.",
            AdminPolicy => "A rule of the organisation does not allow this.",
            FederationFault => "The organisation's own sign-in service answers {p} with an error.",
            AdministratorNeeded => "The server asks to call its administrator.",
            SmtpAuthDisabledMailbox => "SMTP AUTH is off for this mailbox.",
            SmtpAuthDisabledTenant => "SMTP AUTH is off for the whole organisation.",
            ImapDisabledForDomain => "IMAP is off for the whole organisation.",
            MechanismNotOffered => "The server does not offer this way to sign in.",
            LicenceMissing => "The mailbox has no valid licence.",
            SendingBlocked => "The server takes no mail from this mailbox, this organisation or this network address.",
            MessageTooLarge => "The message is larger than the server takes.",
            ContentRefused => "The server refuses this message for what it holds.",
            CertificateInvalid => "The server's certificate has expired or comes from an issuer nobody vouches for.",
            AdminConsentNeeded => "In this organisation only an administrator may allow the app.",
            UserNotAssigned => "The organisation lets only listed people use the app.",
            AppDisabled => "The app is switched off in this organisation.",
            ServiceMissing => "The organisation has no Exchange Online that the app may use.",
            ClientSecretExpired => "The client secret of the app has expired, which stops every mailbox of the app.",
            ClientSecretWrong => {
                "{p} does not accept the client secret of the app, which stops every mailbox of the app."
            }
            ClientKindWrong => "The app registration and the request differ on whether there is a secret.",
            RegistrationUnknown => "{p} knows no app of this client id.",
            RedirectMismatch => "The address to return to is not listed in the app registration.",
            SpaPlatform => "The address to return to is registered as a single-page app instead of Web.",
            RegistrationSingleTenant => {
                "The app registration is open to one organisation only, and this account is of another or went to the address for all."
            }
            RegistrationAccountTypes => "The app registration does not allow this kind of account.",
            RegistrationInternal => "The app is internal to another Google organisation.",
            AppInTesting => "The app is in testing, and this account is not among its test users.",
            TenantUnknown => "{p} cannot tell which organisation is meant.",
            CloudMismatch => "The organisation lives in another Microsoft cloud than the sign-in address.",
            ScopeInvalid => "The app asks for a permission that {p} does not accept.",
            RegistrationFault => "A setting of the app registration does not fit.",
            RequestRefused => "{p} could not use the request of the app.",
            AccessTokenExpired => "The short-lived token ran out during the session, and a fresh one is fetched.",
            AwaitingApproval => "Nobody has entered the code yet.",
            TooManySessions => "The mailbox has more sessions open than the server allows.",
            RateLimited => "{p} asks to go slower.",
            SendingLimitReached => "The mailbox has used up what it may send for now.",
            RecipientDeferred => "The recipient's server asks to try again later.",
            ProviderFault => "{p} has a fault of its own for the moment.",
            SessionClosed => "The server closed the session.",
            CommandRefused => "The server did not take a command.",
            IdRequired => "The server wants to know the program's name first.",
            NameNotFound => "The name of the server is not found.",
            HostUnreachable => "There is no way to the server at present.",
            ConnectionRefused => "Nothing answers on this port of the server.",
            TimedOut => "The server did not answer in time.",
            Unknown => "{p} gave an answer that is not known here.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_diagnosis_has_plain_words() {
        for diagnosis in Diagnosis::ALL {
            let sentence = diagnosis.sentence("Microsoft");
            assert!(sentence.ends_with('.'), "{sentence}");
            for word in ["AADSTS", "please", "oops", "!", "{", "invalid_grant"] {
                assert!(!sentence.contains(word), "{word} in {sentence}");
                assert!(!diagnosis.title().contains(word));
            }
            assert!(!diagnosis.title().ends_with('.'));
        }
        assert_eq!(Diagnosis::SmtpAuthDisabledMailbox.sentence("Microsoft"), "SMTP AUTH is off for this mailbox.");
        assert_eq!(Diagnosis::PasswordRefused.sentence("The server"), "The server refuses the password.");
    }
}
