//! App registrations: their fields, and what a test says of them.

use crate::wording::diagnoses;
use domain::Diagnosis;
use domain::guide::Whose;
use domain::registration::{Field, Tested, Verdict};

/// What ends a sign-in at Google besides an admin, told before it happens (R14).
pub const GOOGLE_ENDS: &str = "Google ends it when the account's password changes, after six months without use, and where one account has signed in to this app more than 100 times: then the oldest sign-in goes.";

/// A field as the forms name it.
pub fn field(field: Field) -> &'static str {
    match field {
        Field::ClientId => "Client ID",
        Field::Tenant => "Tenant",
        Field::Redirect => "Redirect address",
        Field::AccountTypes => "Account types",
        Field::Permissions => "Permissions",
        Field::Secret => "Client secret",
    }
}

/// What is wrong with it, as a title.
pub fn wrong(at: Field, diagnosis: Diagnosis, short: &str) -> String {
    match at {
        Field::ClientId => format!("{short} does not know this client ID"),
        Field::Tenant => format!("{short} does not know this tenant"),
        Field::Redirect => format!("{short} does not know our redirect address"),
        Field::AccountTypes => "The account types do not fit".into(),
        Field::Permissions => "A permission is missing".into(),
        Field::Secret if diagnosis == Diagnosis::ClientSecretExpired => "The client secret has ended".into(),
        Field::Secret => "The client secret is wrong".into(),
    }
}

/// Where to mend it: in our form or in the provider's console.
pub fn mend(at: Field) -> &'static str {
    match at {
        Field::ClientId => {
            "Copy the Client ID again, whole, and enter it here. It must come from the tenant entered here."
        }
        Field::Tenant => "Copy the Directory (tenant) ID again and enter it here.",
        Field::Redirect => {
            "In the console add the redirect address below, letter by letter; at Microsoft under Authentication, platform Web, not SPA."
        }
        Field::AccountTypes => "In the console change who may sign in, or enter the organisation's own tenant here.",
        Field::Permissions => "In the console add every permission that the guide lists.",
        Field::Secret => {
            "In the console make a new secret, copy the column Value, not the Secret ID, and enter it here."
        }
    }
}

/// The result as a title.
pub fn tested(tested: &Tested, short: &str) -> String {
    match tested.wrong() {
        Some((at, diagnosis)) => wrong(at, diagnosis, short),
        None if tested.silent() => format!("{short} did not answer the test"),
        None if tested.fields.iter().any(|(_, verdict)| *verdict == Verdict::Untold) => {
            "Nothing wrong was found; the first sign-in proves the rest".into()
        }
        None => "Every value is right".into(),
    }
}

/// One sentence under it.
pub fn tested_sentence(tested: &Tested, short: &str) -> String {
    match tested.wrong() {
        Some((at, diagnosis)) => format!("{} {}", diagnoses::sentence(diagnosis, short), mend(at)),
        None if tested.silent() => {
            "It may be a network fault. The registration is kept; test it again in a minute.".into()
        }
        None => "Sign in to a mailbox with it now.".into(),
    }
}

/// Whose mailboxes it was made for.
pub fn whose(whose: Whose) -> &'static str {
    match whose {
        Whose::One => "one organisation",
        Whose::Several => "several organisations",
        Whose::Personal => "personal accounts too",
    }
}
