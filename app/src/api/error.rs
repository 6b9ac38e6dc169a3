//! What a server function answers when the console refuses.

use domain::Refusal;
use domain::refusal::{Conflict, Fault};
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};
use serde::{Deserialize, Serialize};

/// A refusal on its way to the browser. Carries nothing that was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError(pub Refusal);

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    /// The framework's own errors may quote input: they become a plain *unavailable*.
    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        Self(Refusal::Unavailable)
    }
}

/// A refusal as a word for the query: `invalid.PasswordShort`, `slow.30`, `not_found`.
pub fn code(refusal: Refusal) -> String {
    match refusal {
        Refusal::SignedOut => "signed_out".into(),
        Refusal::NotAllowed => "not_allowed".into(),
        Refusal::NotFound => "not_found".into(),
        Refusal::Invalid(fault) => format!("invalid.{fault:?}"),
        Refusal::Conflict(conflict) => format!("conflict.{conflict:?}"),
        Refusal::Slow(seconds) => format!("slow.{seconds}"),
        Refusal::Unavailable => "unavailable".into(),
    }
}

/// The way back; `None` for a word that is not ours.
pub fn from_code(code: &str) -> Option<Refusal> {
    fn variant<'de, T: Deserialize<'de>>(name: &'de str) -> Option<T> {
        let name: StrDeserializer<'de, ValueError> = name.into_deserializer();
        T::deserialize(name).ok()
    }
    Some(match code.split_once('.') {
        Some(("invalid", fault)) => Refusal::Invalid(variant::<Fault>(fault)?),
        Some(("conflict", conflict)) => Refusal::Conflict(variant::<Conflict>(conflict)?),
        Some(("slow", seconds)) => Refusal::Slow(seconds.parse().ok()?),
        None if code == "signed_out" => Refusal::SignedOut,
        None if code == "not_allowed" => Refusal::NotAllowed,
        None if code == "not_found" => Refusal::NotFound,
        None if code == "unavailable" => Refusal::Unavailable,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_there_and_back() {
        for refusal in [
            Refusal::SignedOut,
            Refusal::NotAllowed,
            Refusal::NotFound,
            Refusal::Invalid(Fault::SecretIsAnId),
            Refusal::Conflict(Conflict::NewerMessage),
            Refusal::Slow(30),
            Refusal::Unavailable,
        ] {
            assert_eq!(from_code(&code(refusal)), Some(refusal));
        }
        for hostile in ["", "invalid.", "invalid.<script>", "slow.-1", "slow.x", "x.y"] {
            assert_eq!(from_code(hostile), None, "{hostile:?}");
        }
    }
}
