//! What a provider's refusal means, and how it may be shown.

use domain::Diagnosis;
use domain::diagnosis::{Certainty, Finding, diagnose_oauth};
use domain::provider::ProviderKind;

/// A finding of our own, where no server spoke.
pub fn finding(diagnosis: Diagnosis, certainty: Certainty) -> Finding {
    Finding { diagnosis, certainty, known: true, code: None, sentence: None, wait_ms: None }
}

/// Decodes an error answer, from the token endpoint or the redirect.
pub fn diagnose(body: &str, status: Option<u16>, provider: ProviderKind) -> Finding {
    diagnose_oauth(body, status, provider)
}

/// A provider's words on one line and without anything that could be a token. GUIDs, which an
/// admin needs for the provider's log, are shorter.
pub fn redacted(text: &str) -> String {
    let text: String = text.chars().take(2_048).map(|c| if c.is_control() { ' ' } else { c }).collect();
    crate::net::redacted(&text).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_a_token_is_not_shown() {
        let token = "M.C507_BAY.".to_owned() + &"aZ-9_".repeat(40);
        let shown =
            redacted(&format!("AADSTS50173: bad\r\ntoken {token}. Trace ID: c0570505-0000-4000-a000-00000000c001"));
        assert!(!shown.contains(&"aZ-9_".repeat(3)), "{shown}");
        assert!(shown.contains("Trace ID: c0570505-0000-4000-a000-00000000c001"));
        assert!(!shown.contains('\n'));
    }
}
