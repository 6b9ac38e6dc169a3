//! The address that providers send a browser back to.

use url::{Host, Url};

/// The path of the callback, below the desk's public address.
pub const CALLBACK: &str = "/oauth/callback";

/// A public address as it is kept: scheme, host and port, nothing behind.
pub fn checked(text: &str) -> Option<String> {
    let url = Url::parse(text.trim()).ok()?;
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let web = matches!(url.scheme(), "http" | "https") && url.host().is_some();
    (plain && web).then(|| url.as_str().trim_end_matches('/').to_owned())
}

/// Whether Microsoft and Google take redirects to this address: https, or a loopback host
/// (entra-docs *reply-url*, Google *OAuth 2.0 for Web Server Applications*).
pub fn accepted(public_address: &str) -> bool {
    let Ok(url) = Url::parse(public_address) else { return false };
    match (url.scheme(), url.host()) {
        ("https", Some(_)) => true,
        ("http", Some(Host::Domain(name))) => name == "localhost",
        ("http", Some(Host::Ipv4(v4))) => v4.is_loopback(),
        ("http", Some(Host::Ipv6(v6))) => v6.is_loopback(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_addresses_providers_take() {
        for (address, kept, taken) in [
            ("https://desk.contoso.example/", Some("https://desk.contoso.example"), true),
            ("http://localhost:8080", Some("http://localhost:8080"), true),
            ("http://127.0.0.1:8080", Some("http://127.0.0.1:8080"), true),
            ("http://desk.contoso.example", Some("http://desk.contoso.example"), false),
            ("https://desk.contoso.example/path", None, true),
            ("https://user@desk.contoso.example", None, true),
            ("ftp://desk.contoso.example", None, false),
            ("desk.contoso.example", None, false),
        ] {
            assert_eq!(checked(address).as_deref(), kept, "{address}");
            assert_eq!(accepted(address), taken, "{address}");
        }
    }
}
