//! What to click, exactly, for a diagnosis at a provider, and who does it.
//! Places are named after Microsoft Learn (*Enable or disable SMTP AUTH in Exchange Online*,
//! *Manage email apps*, *Set-CASMailbox*, *Add-MailboxPermission*, *Add-RecipientPermission*,
//! *Register an application*) and Google's help (*Add Gmail to another email client*,
//! *Turn POP & IMAP on and off for users*, *Sign in with app passwords*). Consoles move: not yet
//! clicked through.

use super::{
    Diagnosis,
    step::{Step, line, quoted, registration, secret, step},
};
use crate::{provider::ProviderKind, remedy::Who};

/// What to click, in order, for this diagnosis at this provider. `address` is the mailbox.
/// Empty where nothing but waiting helps.
pub fn remedy_steps(diagnosis: Diagnosis, provider: ProviderKind, address: &str) -> Vec<Step> {
    use Diagnosis::*;
    let who = diagnosis.who();
    let id = quoted(address);
    let microsoft = provider == ProviderKind::Microsoft;
    let google = provider == ProviderKind::Google;
    let sign_in = match provider {
        ProviderKind::Microsoft => "Click Sign in with Microsoft here, with the account named on the mailbox page.",
        ProviderKind::Google => "Click Sign in with Google here, with the account named on the mailbox page.",
        ProviderKind::Other => "Open the mailbox here and sign in again.",
    };
    let secret = |text: &str| secret(google, text);
    let registration = |text: &str| registration(google, text);
    match diagnosis {
        SignInExpired | SignInRevoked | SignInInactive | SignInInterrupted | InteractionNeeded | MfaNeeded
        | PasswordChanged | TokenRefused => vec![step(who, sign_in)],
        CredentialRefused | PasswordRefused | PasswordExpired if !microsoft && !google => vec![
            step(who, "Sign in at the provider's own webmail to make sure that the password is right."),
            step(who, "Type user name and password here. Where the provider has app passwords, use one."),
        ],
        CredentialRefused | PasswordRefused | PasswordExpired => vec![step(who, sign_in)],
        SignInFrequencyPolicy => vec![
            step(Who::Owner, sign_in),
            step(
                Who::TenantAdmin,
                if google {
                    "To end the repetition: in admin.google.com open Security, Access and data control, Google Cloud session control, and exempt the app."
                } else {
                    "To end the repetition: in entra.microsoft.com open Protection, Conditional Access, the policy with Sign-in frequency, and exclude the account."
                },
            ),
        ],
        PasswordSignInRetired => vec![step(who, sign_in)],
        PasswordNotTaken => vec![
            step(who, sign_in),
            line(who, "Or make an app password and type it here.", "https://myaccount.google.com/apppasswords".into()),
        ],
        ConsentMissing | ConsentDeclined | ScopeMissing => {
            vec![step(who, sign_in), step(who, "On the provider's page leave every permission ticked and accept.")]
        }
        SpaRegistration => vec![
            step(
                Who::AppOwner,
                "In entra.microsoft.com open App registrations, the app, Authentication. Delete the platform Single-page application and add the same address under Web.",
            ),
            step(Who::Owner, sign_in),
        ],
        SpaPlatform => registration(
            "Under Authentication delete the platform Single-page application and add the same address under Web.",
        ),
        AccountDisabled | AccountGone | AccountNotAllowed => vec![
            step(Who::DeskAdmin, "Send a sign-in link to another person who has access to this mailbox."),
            step(
                Who::TenantAdmin,
                if google {
                    "Or restore the account in admin.google.com under Directory, Users."
                } else if microsoft {
                    "Or restore the account in admin.microsoft.com under Users."
                } else {
                    "Or restore the account on the mail server."
                },
            ),
        ],
        AccountLocked => vec![step(
            who,
            if microsoft {
                "Wait 30 minutes, or unlock the account in entra.microsoft.com under Users, the user, Reset password."
            } else {
                "Wait an hour without further attempts, or unlock the account at the provider."
            },
        )],
        AccountKindRefused | WrongTenant => vec![
            step(Who::Owner, "Sign in with the account that belongs to the organisation of this mailbox."),
            step(Who::TenantAdmin, "Or invite the account as a guest and give it access to the mailbox."),
        ],
        PasswordExpiredOnPremises => {
            vec![step(who, "Set a new password in the company's network."), step(who, sign_in)]
        }
        AppPasswordNeeded | TooManyBadPasswords => vec![
            step(who, "In the account's security settings at the provider make an app password."),
            step(who, "Type it here in place of the password."),
        ],
        // Personal accounts have it off at first, and no admin.
        ImapDisabled if microsoft => vec![
            step(
                Who::Owner,
                "At outlook.com: Settings, Mail, Forwarding and IMAP, then let devices and apps use IMAP.",
            ),
            line(
                Who::TenantAdmin,
                "In an organisation instead, in Exchange Online PowerShell:",
                format!("Set-CASMailbox -Identity {id} -ImapEnabled $true"),
            ),
        ],
        MailboxUnreachable if microsoft => vec![
            step(
                Who::TenantAdmin,
                "In admin.microsoft.com open Users, Active users, the mailbox, Mail, Manage email apps. Tick IMAP, then Save changes.",
            ),
            line(
                Who::TenantAdmin,
                "Or in Exchange Online PowerShell:",
                format!("Set-CASMailbox -Identity {id} -ImapEnabled $true"),
            ),
            line(
                Who::TenantAdmin,
                "For a shared mailbox the person who signs in needs Full Access:",
                format!("Add-MailboxPermission -Identity {id} -User <person> -AccessRights FullAccess"),
            ),
        ],
        ImapDisabled if google => vec![step(
            who,
            "In Gmail open Settings, See all settings, Forwarding and POP/IMAP. Choose Enable IMAP, then Save Changes.",
        )],
        ImapDisabled | MailboxUnreachable => {
            vec![step(who, "In the settings of the provider's webmail switch IMAP on for this mailbox.")]
        }
        ImapDisabledForDomain => vec![step(
            who,
            if google {
                "In admin.google.com open Apps, Google Workspace, Gmail, End User Access. Under POP and IMAP access enable IMAP."
            } else {
                "Switch IMAP on for this organisation at the provider."
            },
        )],
        SharedAddressRefused | RightMissing if microsoft => vec![
            step(
                who,
                "In admin.exchange.microsoft.com open Recipients, Mailboxes, the mailbox, Delegation, Read and manage (Full Access). Add the person who signs in.",
            ),
            line(
                who,
                "Or in Exchange Online PowerShell:",
                format!("Add-MailboxPermission -Identity {id} -User <person> -AccessRights FullAccess"),
            ),
        ],
        SharedAddressRefused | RightMissing => {
            vec![step(who, "Give the account that signs in access to this mailbox and its folders.")]
        }
        SendAsDenied if microsoft => vec![
            step(
                who,
                "In admin.exchange.microsoft.com open Recipients, Mailboxes, the mailbox, Delegation, Send as. Add the person who signs in.",
            ),
            line(
                who,
                "Or in Exchange Online PowerShell:",
                format!("Add-RecipientPermission -Identity {id} -Trustee <person> -AccessRights SendAs"),
            ),
        ],
        SendAsDenied if google => vec![step(
            Who::Owner,
            "In Gmail open Settings, See all settings, Accounts, Send mail as, and add this address.",
        )],
        SendAsDenied => vec![step(who, "Allow the account that signs in to send as this address.")],
        SmtpAuthDisabledMailbox => vec![
            step(
                who,
                "In admin.microsoft.com open Users, Active users, the mailbox, Mail, Manage email apps. Tick Authenticated SMTP, then Save changes.",
            ),
            line(
                who,
                "Or in Exchange Online PowerShell:",
                format!("Set-CASMailbox -Identity {id} -SmtpClientAuthenticationDisabled $false"),
            ),
        ],
        SmtpAuthDisabledTenant => vec![
            line(
                who,
                "For this mailbox alone, in Exchange Online PowerShell:",
                format!("Set-CASMailbox -Identity {id} -SmtpClientAuthenticationDisabled $false"),
            ),
            line(
                who,
                "Or for the whole organisation:",
                "Set-TransportConfig -SmtpClientAuthenticationDisabled $false".into(),
            ),
        ],
        SenderRefused => vec![step(who, "Check the mailbox's address and From name here.")],
        SenderUnauthenticated => {
            vec![step(who, "At the domain's DNS add the SPF and DKIM records that the provider names.")]
        }
        MailboxGone => vec![step(who, "Make sure the mailbox still exists, then correct or delete it here.")],
        MailboxFull => vec![step(who, "Delete or archive mail in this mailbox, or have it enlarged.")],
        FolderGone | FolderNameRefused => {
            vec![step(who, "Open the mailbox here, Settings, Folders, and choose a folder that exists.")]
        }
        NotAuthenticated => {
            vec![step(who, "Open the mailbox here, Outgoing, and choose a sign-in or give a password.")]
        }
        TlsRequired | TlsNotOffered | TlsMismatch => vec![step(
            who,
            "Open the mailbox here and set port and encryption: IMAP 993 TLS, SMTP 465 TLS or 587 STARTTLS.",
        )],
        CertificateNameMismatch | NotAMailServer => {
            vec![step(who, "Open the mailbox here and set the host and port that the provider names.")]
        }
        CertificateInvalid => vec![step(who, "Renew the certificate of the mail server.")],
        RecipientRefused => vec![step(who, "Correct the recipient's address and send again.")],
        TooManyRecipients => vec![step(who, "Send to fewer recipients at once.")],
        ConditionalAccess | DeviceRequired | SecurityDefaults | AccountRisk | AdminPolicy if microsoft => {
            vec![
                step(
                    who,
                    "In entra.microsoft.com open Users, the account, Sign-in logs: the failed line names the policy.",
                ),
                step(
                    who,
                    match diagnosis {
                        SecurityDefaults => {
                            "Replace Security Defaults by a Conditional Access policy that leaves this account out."
                        }
                        AccountRisk => "Under Protection, Risky users, confirm the account as safe.",
                        _ => "Exclude this account or this app from that policy.",
                    },
                ),
            ]
        }
        ConditionalAccess | DeviceRequired | SecurityDefaults | AccountRisk | AdminPolicy if google => {
            vec![step(
                who,
                "In admin.google.com open Security, Access and data control, API controls, Manage third-party app access, and trust this app.",
            )]
        }
        ConditionalAccess | DeviceRequired | SecurityDefaults | AccountRisk | AdminPolicy | AdministratorNeeded
        | MechanismNotOffered | MessageTooLarge | ContentRefused | FederationFault => vec![step(
            who,
            "Show this page to the administrator of the mail server: the answer below says what was refused.",
        )],
        LicenceMissing => vec![step(
            who,
            "In admin.microsoft.com open Users, Active users, the mailbox, Licenses and apps, and assign a licence.",
        )],
        SendingBlocked if microsoft => vec![step(
            who,
            "In security.microsoft.com open Email & collaboration, Review, Restricted entities, and unblock the mailbox.",
        )],
        SendingBlocked => vec![step(who, "Ask the provider why sending is barred and have the bar lifted.")],
        AdminConsentNeeded | AppDisabled => vec![
            step(Who::DeskAdmin, "Send the consent link from this page to an administrator of the organisation."),
            step(
                Who::TenantAdmin,
                "Or in entra.microsoft.com open Enterprise applications, the app, Permissions, Grant admin consent.",
            ),
        ],
        UserNotAssigned => vec![step(
            who,
            "In entra.microsoft.com open Enterprise applications, the app, Users and groups, and add the account.",
        )],
        ServiceMissing => {
            vec![step(who, "Make sure that the organisation has an Exchange Online plan and that the app may use it.")]
        }
        ClientSecretExpired | ClientSecretWrong | ClientKindWrong => {
            secret("Create a new client secret and copy its Value, not its ID.")
        }
        RegistrationUnknown => {
            registration("Copy the client id and the tenant id exactly, and compare them with those entered here.")
        }
        RedirectMismatch => {
            registration("Add the redirect address shown here, letter by letter, for the platform Web.")
        }
        RegistrationSingleTenant | RegistrationAccountTypes => {
            registration("Under Authentication choose the supported account types, or enter the tenant here.")
        }
        RegistrationInternal | AppInTesting => vec![step(
            who,
            "In the Google Cloud console open Google Auth Platform, Audience, and set user type, publishing status or test users.",
        )],
        TenantUnknown | CloudMismatch => {
            vec![step(who, "Compare the tenant entered here with the Directory (tenant) ID in entra.microsoft.com.")]
        }
        ScopeInvalid => registration("Add the permissions listed in the guide here."),
        RegistrationFault | RequestRefused => registration("Compare every value with the guide here."),
        AccessTokenExpired | AwaitingApproval | TooManySessions | RateLimited | SendingLimitReached
        | RecipientDeferred | ProviderFault | SessionClosed | CommandRefused | IdRequired | NameNotFound
        | HostUnreachable | ConnectionRefused | TimedOut | Unknown => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROVIDERS: [ProviderKind; 3] = [ProviderKind::Microsoft, ProviderKind::Google, ProviderKind::Other];

    #[test]
    fn steps_exist_exactly_where_somebody_acts() {
        for diagnosis in Diagnosis::ALL {
            for provider in PROVIDERS {
                let steps = remedy_steps(diagnosis, provider, "support@contoso.example");
                assert_eq!(steps.is_empty(), diagnosis.who() == Who::Nobody, "{diagnosis:?} {provider:?}");
                assert!(steps.iter().all(|step| step.who != Who::Nobody));
            }
        }
    }

    #[test]
    fn smtp_auth_has_its_line() {
        let steps =
            remedy_steps(Diagnosis::SmtpAuthDisabledMailbox, ProviderKind::Microsoft, "support@contoso.example");
        assert_eq!(
            steps[1].code.as_deref(),
            Some("Set-CASMailbox -Identity support@contoso.example -SmtpClientAuthenticationDisabled $false")
        );
    }
}
