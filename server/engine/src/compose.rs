//! Compose.

/// A domain in ASCII (RFC 5891), as SMTP and headers want it.
pub fn ascii_domain(domain: &str) -> String {
    match url::Host::parse(domain) {
        Ok(url::Host::Domain(ascii)) => ascii,
        _ => domain.to_owned(),
    }
}
