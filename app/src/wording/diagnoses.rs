//! Diagnoses in words: what happened, who can mend it, how.
//!
//! The provider's own words never stand here; pages quote them under *What ... said*.

use domain::Diagnosis;
use domain::direction::Direction;
use domain::provider::ProviderKind;
use domain::remedy::Remedy;

/// What happened, in a few words, as a state or a title.
pub fn title(diagnosis: Diagnosis, short: &str) -> String {
    use Diagnosis as D;
    match diagnosis {
        D::SignInExpired | D::SignInRevoked => format!("{short} sign-in expired"),
        D::PasswordRefused => "Reauthorization required".into(),
        D::PasswordSignInRetired => "Password sign-in retired".into(),
        D::AccountDisabled => "Account switched off".into(),
        D::ConsentMissing => "Consent withdrawn".into(),
        D::AdminConsentNeeded => "Waiting for an admin's approval".into(),
        D::ScopeMissing => "Sign-in allows too little".into(),
        D::ClientSecretExpired => "App secret expired".into(),
        D::ClientSecretWrong => "App secret refused".into(),
        D::ImapDisabled => "IMAP is off".into(),
        D::SmtpAuthDisabledMailbox | D::SmtpAuthDisabledTenant => "SMTP AUTH is off".into(),
        D::SharedAddressRefused => "Shared address refused".into(),
        D::SendAsDenied => "Send As is missing".into(),
        D::MailboxUnreachable => "Mailbox not reachable".into(),
        D::FolderGone => "Folder gone".into(),
        D::RateLimited => "Slowed down by the provider".into(),
        D::ProviderFault => format!("{short} has a fault"),
        D::NameNotFound => "Server name not found".into(),
        D::HostUnreachable => "Server not reachable".into(),
        D::ConnectionRefused => "Nobody listens on this port".into(),
        D::TimedOut => "No answer".into(),
        D::TlsNotOffered => "No encryption offered".into(),
        D::TlsMismatch => "Encryption setting does not fit".into(),
        D::CertificateInvalid => "Certificate not trusted".into(),
        D::CertificateNameMismatch => "Certificate is for another name".into(),
        D::NotAMailServer => "Not a mail server".into(),
        D::RecipientRefused => "Recipient refused".into(),
        D::MessageTooLarge => "Message too large".into(),
        _ => "Refused".into(),
    }
}

/// One sentence of fact. No blame, no guess beyond the evidence.
pub fn sentence(diagnosis: Diagnosis, short: &str) -> String {
    use Diagnosis as D;
    match diagnosis {
        D::SignInExpired => format!("{short} ended the sign-in."),
        D::SignInRevoked => format!("{short} revoked the sign-in."),
        D::PasswordRefused => "The server refuses the password.".into(),
        D::PasswordSignInRetired => format!("{short} takes no passwords any more."),
        D::AccountDisabled => "The account that signed in was switched off.".into(),
        D::ConsentMissing => "The consent for Mailkeep was withdrawn.".into(),
        D::AdminConsentNeeded => format!("The organisation's rules at {short} ask for an admin's approval."),
        D::ScopeMissing => "At the sign-in a permission was left out.".into(),
        D::ClientSecretExpired => format!("The secret of our app registration at {short} has ended."),
        D::ClientSecretWrong => format!("{short} does not know the secret of our app registration."),
        D::ImapDisabled => "IMAP is off for this mailbox.".into(),
        D::SmtpAuthDisabledMailbox => "SMTP AUTH is off for this mailbox.".into(),
        D::SmtpAuthDisabledTenant => "SMTP AUTH is off for the whole organisation.".into(),
        D::SharedAddressRefused => "The server takes the person as user, not the shared address.".into(),
        D::SendAsDenied => "The person who signed in may not send as this address.".into(),
        D::MailboxUnreachable => "The sign-in is good, but the mailbox does not open.".into(),
        D::FolderGone => "The folder is not there any more.".into(),
        D::RateLimited => "The server asks for a pause. Mailkeep waits and goes on by itself.".into(),
        D::ProviderFault => format!("{short} answers with a fault of its own."),
        D::NameNotFound => "No server has this name.".into(),
        D::HostUnreachable => "There is no way to the server.".into(),
        D::ConnectionRefused => "The server is there, but nobody listens on this port.".into(),
        D::TimedOut => "The server does not answer.".into(),
        D::TlsNotOffered => "The server offers no encryption on this port.".into(),
        D::TlsMismatch => "The server speaks another kind of encryption on this port.".into(),
        D::CertificateInvalid => "The server's certificate is not trusted.".into(),
        D::CertificateNameMismatch => "The server's certificate is for another name.".into(),
        D::NotAMailServer => "What answers on this port is not a mail server.".into(),
        D::RecipientRefused => "The server refuses a recipient.".into(),
        D::MessageTooLarge => "The message is larger than the server takes.".into(),
        _ => "The server refuses, in words that Mailkeep does not know.".into(),
    }
}

/// Who can mend it, and what does not help.
pub fn who(remedy: Remedy, short: &str, domain: &str) -> (String, Option<&'static str>) {
    match remedy {
        Remedy::Wait => ("Nobody needs to.".into(), Some("Mailkeep tries again by itself.")),
        Remedy::SignInAgain => ("Whoever may sign in for this mailbox.".into(), None),
        Remedy::AnotherPersonSignsIn => {
            ("Another person with access to this mailbox.".into(), Some("Signing in as the same person does not help."))
        }
        Remedy::GivePassword => ("Whoever knows the mailbox's password.".into(), None),
        Remedy::UseAppPassword => {
            ("Whoever may sign in for this mailbox.".into(), Some("The account's own password does not help."))
        }
        Remedy::SwitchToSignIn => {
            ("Whoever may sign in for this mailbox.".into(), Some("A new password does not help."))
        }
        Remedy::AdminConsent => {
            (format!("An admin of {domain} at {short}."), Some("Signing in again does not help before that."))
        }
        Remedy::FixAppRegistration => {
            ("You, with the app registration.".into(), Some("Signing in again does not help."))
        }
        Remedy::FixMailboxSettings => {
            ("You, or whoever manages the mailbox.".into(), Some("Signing in again does not help."))
        }
        Remedy::AskAdministrator => {
            (format!("An admin of {domain} at {short}."), Some("Signing in again does not help."))
        }
    }
}

/// How to mend it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// Where the steps are done: a heading.
    pub place: String,
    pub steps: Vec<String>,
    /// The same as one line to copy, and where it goes.
    pub command: Option<(String, String)>,
    /// What to know about the time it takes.
    pub after: Option<String>,
}

/// The exact steps for a diagnosis of one direction.
pub fn steps(diagnosis: Diagnosis, provider: ProviderKind, address: &str, direction: Direction) -> Option<Steps> {
    use Diagnosis as D;
    let local = address.split('@').next().unwrap_or(address);
    let domain = address.rsplit('@').next().unwrap_or(address);
    let list = |steps: &[&str]| steps.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    let exchange = "Or in Exchange Online PowerShell".to_owned();
    Some(match (diagnosis, provider) {
        (D::SmtpAuthDisabledMailbox, _) => Steps {
            place: "In the Microsoft 365 admin center".into(),
            steps: vec![
                format!("Open admin.microsoft.com, Users, Active users, {local}@."),
                "Choose Mail, then Manage email apps.".into(),
                "Tick Authenticated SMTP, then Save changes.".into(),
            ],
            command: Some((
                exchange,
                format!("Set-CASMailbox -Identity {address} -SmtpClientAuthenticationDisabled $false"),
            )),
            after: Some("It can take up to an hour until Exchange acts on it.".into()),
        },
        (D::SmtpAuthDisabledTenant, _) => Steps {
            place: "In the Exchange admin center".into(),
            steps: list(&[
                "Open admin.exchange.microsoft.com, Settings, Mail flow.",
                "Untick Turn off SMTP AUTH protocol for your organization, then Save.",
                "If the organisation uses security defaults, they must allow it too.",
            ]),
            command: Some((exchange, "Set-TransportConfig -SmtpClientAuthenticationDisabled $false".into())),
            after: Some("It can take up to an hour until Exchange acts on it.".into()),
        },
        (D::ImapDisabled, ProviderKind::Microsoft) => Steps {
            place: "In the Microsoft 365 admin center".into(),
            steps: vec![
                format!("Open admin.microsoft.com, Users, Active users, {local}@."),
                "Choose Mail, then Manage email apps.".into(),
                "Tick IMAP, then Save changes.".into(),
            ],
            command: Some((exchange, format!("Set-CASMailbox -Identity {address} -ImapEnabled $true"))),
            after: Some("It can take up to an hour until Exchange acts on it.".into()),
        },
        (D::ImapDisabled, ProviderKind::Google) => Steps {
            place: "In Gmail, and for Google Workspace in the admin console".into(),
            steps: list(&[
                "Open Gmail as this account, Settings, See all settings, Forwarding and POP/IMAP.",
                "Choose Enable IMAP where it is shown, then Save changes.",
                "In a Workspace: admin.google.com, Apps, Google Workspace, Gmail, End User Access, POP and IMAP access.",
            ]),
            ..Steps::default()
        },
        (D::SendAsDenied | D::SharedAddressRefused, ProviderKind::Microsoft) => Steps {
            place: "In the Exchange admin center".into(),
            steps: vec![
                format!("Open admin.exchange.microsoft.com, Recipients, Mailboxes, {local}@."),
                "Choose Delegation, Send as, Edit.".into(),
                "Add the person who signs in here, then Save.".into(),
            ],
            command: Some((
                exchange,
                format!("Add-RecipientPermission -Identity {address} -Trustee PERSON -AccessRights SendAs"),
            )),
            after: Some("It can take up to an hour until Exchange acts on it.".into()),
        },
        (D::MailboxUnreachable, ProviderKind::Microsoft) => Steps {
            place: "Three likely causes".into(),
            steps: vec![
                format!(
                    "The person who signed in has no Full Access to {address}: grant it under Recipients, Mailboxes, Delegation."
                ),
                format!(
                    "{address} is an alias, a group or a distribution list and has no mailbox of its own: connect the mailbox behind it and add {address} as an own address."
                ),
                "The mailbox has no licence, or is not made yet: wait a quarter of an hour after it was made.".into(),
            ],
            ..Steps::default()
        },
        (D::ClientSecretExpired | D::ClientSecretWrong, _) => Steps {
            place: "In the provider's console, then here".into(),
            steps: list(&[
                "Open the app registration, Certificates & secrets, New client secret.",
                "Copy the column Value, not the Secret ID. It is shown only once.",
                "Paste it under App registrations here. All its mailboxes go on without a sign-in.",
            ]),
            ..Steps::default()
        },
        (D::AdminConsentNeeded, _) => Steps {
            place: "The organisation's admin".into(),
            steps: vec![
                format!(
                    "Ask an admin of {domain} to approve Mailkeep: they sign in once and accept for the organisation."
                ),
                "Then sign in here as before.".into(),
            ],
            ..Steps::default()
        },
        (D::FolderGone, _) => Steps {
            place: "Here".into(),
            steps: list(&[
                "Choose Edit and name the folder that is to be fetched.",
                "Or make the folder again in the mailbox, then check again.",
            ]),
            ..Steps::default()
        },
        (
            D::NameNotFound | D::HostUnreachable | D::ConnectionRefused | D::TimedOut | D::NotAMailServer,
            ProviderKind::Other,
        ) => Steps {
            place: "Look at".into(),
            steps: vec![
                "The server's name: is it spelled as your mail provider gives it?".into(),
                match direction {
                    Direction::Incoming => "The port: 993 with TLS, or 143 with STARTTLS.".into(),
                    Direction::Outgoing => "The port: 465 with TLS, or 587 with STARTTLS.".into(),
                },
                "A firewall between this server and that one.".into(),
            ],
            ..Steps::default()
        },
        (D::TlsMismatch | D::TlsNotOffered, _) => Steps {
            place: "Look at".into(),
            steps: vec![match direction {
                Direction::Incoming => "Port and encryption belong together: 993 with TLS, 143 with STARTTLS.".into(),
                Direction::Outgoing => "Port and encryption belong together: 465 with TLS, 587 with STARTTLS.".into(),
            }],
            ..Steps::default()
        },
        (D::CertificateInvalid | D::CertificateNameMismatch, _) => Steps {
            place: "Look at".into(),
            steps: list(&[
                "The server's name: it must be the one that the certificate is made for.",
                "The certificate itself: whoever runs the mail server has to renew it, or have it signed.",
            ]),
            ..Steps::default()
        },
        _ => return None,
    })
}

/// The help article about it.
pub fn article(diagnosis: Diagnosis) -> &'static str {
    use Diagnosis as D;
    match diagnosis {
        D::PasswordRefused => "password-refused",
        D::PasswordSignInRetired => "password-retired",
        D::SmtpAuthDisabledMailbox | D::SmtpAuthDisabledTenant => "smtp-auth-off",
        D::ImapDisabled => "imap-off",
        D::ClientSecretExpired | D::ClientSecretWrong => "app-secret-expired",
        D::SignInExpired
        | D::SignInRevoked
        | D::AccountDisabled
        | D::ConsentMissing
        | D::ScopeMissing
        | D::AdminConsentNeeded => "sign-in-expired",
        _ => "own-servers",
    }
}
