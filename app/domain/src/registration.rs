//! A test of an app registration: from the provider's answers to the field that is wrong.
//!
//! Two questions are put to the provider: whether it would begin a sign-in (client id, tenant, redirect
//! address, account types, permissions), and whether it takes the secret. What no answer tells stays
//! *untold*: the first sign-in proves it.

use crate::diagnosis::Diagnosis;
use crate::time::Time;
use serde::{Deserialize, Serialize};

/// What an admin entered, here or in the provider's console.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    ClientId,
    Secret,
    Tenant,
    Redirect,
    AccountTypes,
    Permissions,
}

impl Field {
    pub const ALL: [Field; 6] =
        [Field::ClientId, Field::Tenant, Field::Redirect, Field::AccountTypes, Field::Permissions, Field::Secret];
}

/// What the test says of one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Right,
    Wrong(Diagnosis),
    Untold,
}

/// The last test of a registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tested {
    pub at: Time,
    pub fields: Vec<(Field, Verdict)>,
    /// The provider's own words about what is wrong, redacted; empty where nothing is.
    pub said: String,
}

impl Tested {
    /// The first field that is wrong.
    pub fn wrong(&self) -> Option<(Field, Diagnosis)> {
        self.fields.iter().find_map(|(field, verdict)| match verdict {
            Verdict::Wrong(diagnosis) => Some((*field, *diagnosis)),
            _ => None,
        })
    }

    /// The provider could not be asked at all.
    pub fn silent(&self) -> bool {
        self.fields.iter().all(|(_, verdict)| *verdict == Verdict::Untold)
    }
}

/// How the provider answered one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It went on: every value of this question is right.
    Accepted,
    Refused(Diagnosis),
    /// It did not answer, or not understandably.
    Nothing,
}

/// The field that a diagnosis is about.
pub fn field_of(diagnosis: Diagnosis) -> Option<Field> {
    use Diagnosis as D;
    Some(match diagnosis {
        D::ClientSecretExpired | D::ClientSecretWrong | D::ClientKindWrong => Field::Secret,
        D::RegistrationUnknown => Field::ClientId,
        D::TenantUnknown | D::CloudMismatch => Field::Tenant,
        D::RedirectMismatch | D::SpaPlatform => Field::Redirect,
        D::RegistrationSingleTenant | D::RegistrationAccountTypes | D::RegistrationInternal => Field::AccountTypes,
        D::ScopeInvalid => Field::Permissions,
        _ => return None,
    })
}

/// The verdicts, in the order of [`Field::ALL`]. `begin` is the answer to a sign-in that would begin, `secret` the
/// token endpoint's. A refusal names one field; what it did not come to stays untold.
pub fn verdicts(begin: Heard, secret: Heard) -> Vec<(Field, Verdict)> {
    let named = |heard: Heard| match heard {
        Heard::Refused(diagnosis) => field_of(diagnosis).map(|field| (field, diagnosis)),
        _ => None,
    };
    let wrong: Vec<(Field, Diagnosis)> = [named(begin), named(secret)].into_iter().flatten().collect();
    Field::ALL
        .into_iter()
        .map(|field| {
            let verdict = match wrong.iter().find(|(at, _)| *at == field) {
                Some((_, diagnosis)) => Verdict::Wrong(*diagnosis),
                None if field == Field::Secret => right_if(secret == Heard::Accepted),
                // The token endpoint takes a secret only for an app and a tenant that it knows.
                None if matches!(field, Field::ClientId | Field::Tenant) => right_if(
                    begin == Heard::Accepted
                        || secret == Heard::Accepted
                        || wrong.iter().any(|(at, _)| !matches!(at, Field::ClientId | Field::Tenant)),
                ),
                None => right_if(begin == Heard::Accepted),
            };
            (field, verdict)
        })
        .collect()
}

fn right_if(told: bool) -> Verdict {
    if told { Verdict::Right } else { Verdict::Untold }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Diagnosis as D;
    use Heard::*;

    #[test]
    fn each_refusal_names_its_field() {
        for (begin, secret, wrong) in [
            (Accepted, Accepted, None),
            (Accepted, Refused(D::ClientSecretWrong), Some(Field::Secret)),
            (Accepted, Refused(D::ClientSecretExpired), Some(Field::Secret)),
            (Refused(D::RegistrationUnknown), Refused(D::RegistrationUnknown), Some(Field::ClientId)),
            (Refused(D::TenantUnknown), Refused(D::TenantUnknown), Some(Field::Tenant)),
            (Refused(D::RedirectMismatch), Accepted, Some(Field::Redirect)),
            (Refused(D::RegistrationSingleTenant), Accepted, Some(Field::AccountTypes)),
            (Refused(D::ScopeInvalid), Accepted, Some(Field::Permissions)),
            (Nothing, Nothing, None),
            // A policy or a network fault is no field's fault.
            (Refused(D::ConditionalAccess), Nothing, None),
        ] {
            let tested = Tested { at: Time(0), fields: verdicts(begin, secret), said: String::new() };
            assert_eq!(tested.wrong().map(|(field, _)| field), wrong, "{begin:?} {secret:?}");
        }
    }

    #[test]
    fn what_was_not_asked_is_not_called_right() {
        let of = |begin, secret, field| {
            verdicts(begin, secret).into_iter().find(|(at, _)| *at == field).map(|(_, verdict)| verdict)
        };
        assert_eq!(of(Refused(D::RegistrationUnknown), Nothing, Field::Redirect), Some(Verdict::Untold));
        assert_eq!(of(Accepted, Nothing, Field::Secret), Some(Verdict::Untold));
        assert_eq!(of(Nothing, Accepted, Field::ClientId), Some(Verdict::Right));
        assert_eq!(of(Nothing, Accepted, Field::Redirect), Some(Verdict::Untold));
        assert_eq!(of(Refused(D::RedirectMismatch), Nothing, Field::ClientId), Some(Verdict::Right));
        assert_eq!(of(Accepted, Accepted, Field::Permissions), Some(Verdict::Right));
    }
}
