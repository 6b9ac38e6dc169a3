//! Why something was not done, what that means, and what to do.

use domain::Refusal;
use domain::refusal::{Conflict, Fault};

/// What is wrong with a field, and that nothing was saved.
pub fn fault(fault: Fault) -> &'static str {
    match fault {
        Fault::AddressMalformed => "This is not a whole email address. Nothing was saved.",
        Fault::AddressTaken => "Another mailbox has this address already. Nothing was saved.",
        Fault::AddressSame => "This is the mailbox's address already. Nothing was saved.",
        Fault::NameMissing => "The name is missing. Nothing was saved.",
        Fault::TextTooLong => "This text is too long. Nothing was saved.",
        Fault::PasswordShort => "Use at least 10 characters. Nothing was saved.",
        Fault::PasswordWrong => "This is not the present password. Nothing was saved.",
        Fault::PasswordMissing => "The password is missing. Nothing was saved.",
        Fault::EmailOrPasswordWrong => "Email and password do not match.",
        Fault::EmailTaken => "Somebody has this email address here already. Nothing was saved.",
        Fault::TokenWrong => "This is not the token that the server printed at its start. Nothing was saved.",
        Fault::TokenUsedOrOld => "This link was used already, or is too old. Ask an admin for a new one.",
        Fault::HostMissing => "The server's name is missing. Nothing was saved.",
        Fault::HostMalformed => "This is not the name of a server, as in mail.example.com. Nothing was saved.",
        Fault::HostNotAllowed => {
            "This server is in a private network that the server's settings do not allow. Nothing was saved."
        }
        Fault::PortOutOfRange => "A port is a number from 1 to 65535. Nothing was saved.",
        Fault::UserMissing => "The user name is missing. Nothing was saved.",
        Fault::NoDirection => "Choose incoming, outgoing or both. Nothing was saved.",
        Fault::DateMalformed => "There is no such day. Nothing was saved.",
        Fault::DaysOutOfRange => "Days are a whole number from 1 to 3650. Nothing was saved.",
        Fault::FolderIsFetched => {
            "Mail can't be moved to a folder that is fetched from: it would come again. Nothing was saved."
        }
        Fault::ClientIdMalformed => "This is not a client id. Copy the whole value. Nothing was saved.",
        Fault::SecretMissing => "The secret is missing. Nothing was saved.",
        Fault::SecretIsAnId => "This looks like the secret's ID. Copy the column Value instead. Nothing was saved.",
        Fault::TenantMalformed => {
            "A tenant is a GUID, a domain, or one of common, organizations and consumers. Nothing was saved."
        }
        Fault::RecipientMissing => "Nobody is addressed. Nothing was sent.",
        Fault::RecipientMalformed => "One of the recipients is not a whole email address. Nothing was sent.",
        Fault::MessageEmpty => "There is nothing to send yet. Nothing was sent.",
        Fault::SubjectMissing => "The subject is missing. Nothing was sent.",
        Fault::AttachmentsTooLarge => "The files are larger than a mail may be. Nothing was sent.",
        Fault::UrlMalformed => "This is not a whole address, as in https://help.example.com. Nothing was saved.",
        Fault::LastAdmin => "This is the last admin. Make somebody else an admin first. Nothing was changed.",
        Fault::NobodyTold => "Somebody must be told: tick an admin, or give an address. Nothing was saved.",
        Fault::ProviderUnknown => "There is no such provider. Nothing was saved.",
        Fault::RegistrationMissing => {
            "No app registration is there for this provider yet. An admin enters it once, then everybody can sign in."
        }
        Fault::ConfirmationWrong => "This is not the mailbox's address. Nothing was deleted.",
        Fault::RegistrationNotPersonal => {
            "This is a personal account, and the app registration takes work accounts only. Nothing was sent to Microsoft. In entra.microsoft.com open App registrations, the app, Authentication, and let personal Microsoft accounts in; then enter the tenant common here."
        }
        Fault::NobodySends => {
            "No other mailbox of this desk can send now. Nothing was sent. Copy the text, or open it in your own mail program."
        }
        Fault::AddressNotReached => {
            "This browser is not at that address, or a proxy in front changes it on the way. Nothing was changed."
        }
        Fault::PublicAddressRefused => {
            "Microsoft and Google take only https addresses and localhost. Set the public address under Server first. Nothing was saved."
        }
        Fault::AccountMissing => "Give the account's name at its provider, as in anna@example.com. Nothing was made.",
        Fault::LinkEnded => "This link was used already, is too old, or was taken back. Nothing was changed.",
        Fault::TicketMissing => "There is no ticket with this number. Nothing was moved.",
        Fault::IssuerMalformed => {
            "This is not the address of a sign-in provider, as in https://login.example.com. Nothing was saved."
        }
        Fault::IssuerSilent => {
            "No OpenID configuration is published there, or this server can't reach it. Compare the address with the provider's documentation. Nothing was saved."
        }
        Fault::IssuerOther => {
            "What is published there names another issuer. Enter the issuer's address exactly as the provider gives it. Nothing was saved."
        }
        Fault::IssuerKnown => {
            "This is Microsoft's or Google's own sign-in, which Mailkeep knows by name. Choose it in the list instead. Nothing was saved."
        }
        Fault::ScopeMalformed => "Permissions are words without quotation marks, apart by spaces. Nothing was saved.",
        Fault::ProviderInUse => {
            "A registration or a mailbox still uses this provider. Remove those first. Nothing was removed."
        }
        Fault::RegistrationInUse => "Mailboxes sign in by this registration. Move them first. Nothing was deleted.",
    }
}

/// Title and sentence of a refusal, for a notice or a page of its own.
pub fn refusal(refusal: Refusal) -> (String, String) {
    let (title, sentence) = match refusal {
        Refusal::SignedOut => ("You are signed out", "Sign in again; you come back to this page."),
        Refusal::NotAllowed => {
            ("This is for admins", "Your account here works tickets. An admin can show you this, or make you an admin.")
        }
        Refusal::NotFound => ("Nothing is here", "It was deleted, or the address is wrong. Nothing was changed."),
        Refusal::Invalid(Fault::RegistrationMissing) => {
            ("An app registration comes first", fault(Fault::RegistrationMissing))
        }
        Refusal::Invalid(Fault::RegistrationNotPersonal) => {
            ("This registration does not allow personal accounts", fault(Fault::RegistrationNotPersonal))
        }
        Refusal::Invalid(Fault::NobodySends) => ("Not sent", fault(Fault::NobodySends)),
        Refusal::Invalid(Fault::AddressNotReached) => ("Not reached", fault(Fault::AddressNotReached)),
        Refusal::Invalid(Fault::PublicAddressRefused) => {
            ("The public address comes first", fault(Fault::PublicAddressRefused))
        }
        Refusal::Invalid(Fault::RegistrationInUse) => ("Not deleted", fault(Fault::RegistrationInUse)),
        Refusal::Invalid(Fault::TicketMissing) => ("Not moved", fault(Fault::TicketMissing)),
        Refusal::Invalid(Fault::ProviderInUse) => ("Not removed", fault(Fault::ProviderInUse)),
        Refusal::Invalid(Fault::LastAdmin) => ("Not changed", fault(Fault::LastAdmin)),
        Refusal::Invalid(fault_of) => ("Not saved", fault(fault_of)),
        Refusal::Conflict(conflict) => match conflict {
            Conflict::NewerMessage => {
                ("Something newer came", "A message arrived after you opened this page. Read it, then send.")
            }
            Conflict::AlreadySent => {
                ("It has left already", "The reply was handed over before you could stop it. Nothing was changed.")
            }
            Conflict::AlreadyDone => ("Done already", "Somebody was quicker. This page shows how it stands now."),
            Conflict::NotADraft => ("This mailbox is set up already", "Change it under Edit. Nothing was changed."),
        },
        Refusal::Slow(seconds) => {
            let wait =
                if seconds < 90 { format!("{seconds} seconds") } else { format!("{} minutes", seconds.div_ceil(60)) };
            return ("Too many tries".into(), format!("Wait {wait}, then try again. Nothing was changed."));
        }
        Refusal::Unavailable => (
            "Mailkeep could not do this",
            "The fault is on the server; its log says more. Nothing was changed. Try again in a minute.",
        ),
    };
    (title.into(), sentence.into())
}
