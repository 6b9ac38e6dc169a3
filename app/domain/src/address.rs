//! Email addresses, as far as a help desk compares them.

use serde::{Deserialize, Serialize};

/// A checked address. Compared without case: providers do so, whatever RFC 5321 2.4 allows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Address(String);

/// The text is not an address that mail can be sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an email address")]
pub struct NotAnAddress;

impl Address {
    /// Checks and folds an address: one `@`, no blanks or control characters, 254 octets at most
    /// (RFC 5321 4.5.3.1.3 less the angle brackets), a domain with sound labels.
    ///
    /// # Errors
    /// [`NotAnAddress`] for anything else.
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(NotAnAddress)?;
        let sound_local = !local.is_empty()
            && local.len() <= 64
            && !local.chars().any(|c| c.is_whitespace() || c.is_control() || "<>(),;:\\\"[]@".contains(c));
        if sound_local && text.len() <= 254 && is_domain(domain) {
            Ok(Self(text.to_lowercase()))
        } else {
            Err(NotAnAddress)
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the last `@`.
    pub fn local(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// The part after the last `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

/// Whether the text can be a host name: labels of letters, digits and inner hyphens.
pub fn is_domain(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 253
        && text.split('.').all(|label| {
            !label.is_empty()
                && label.len() <= 63
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
        })
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Address {
    type Error = NotAnAddress;
    fn try_from(text: String) -> Result<Self, NotAnAddress> {
        Self::parse(&text)
    }
}

impl From<Address> for String {
    fn from(address: Address) -> String {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_an_address() {
        for (text, folded) in [
            ("support@contoso.example", Some("support@contoso.example")),
            ("  Support@Contoso.Example ", Some("support@contoso.example")),
            ("a+b@x.example", Some("a+b@x.example")),
            ("root@localhost", Some("root@localhost")),
            ("no-at.example", None),
            ("two words@x.example", None),
            ("a@b@c.example", None),
            ("@x.example", None),
            ("a@", None),
            ("a@-x.example", None),
            ("a@x..example", None),
            ("a\r\nBcc: b@x.example", None),
            ("<a@x.example>", None),
        ] {
            assert_eq!(Address::parse(text).ok().as_ref().map(Address::as_str), folded, "{text:?}");
        }
        assert!(Address::parse(&format!("{}@x.example", "a".repeat(65))).is_err());
    }
}
