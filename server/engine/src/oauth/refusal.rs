//! What a provider's refusal means, and how it may be shown.

use domain::Diagnosis;
use domain::diagnosis::{Certainty, Finding};
use domain::provider::ProviderKind;

/// A finding of our own, where no server spoke.
pub fn finding(diagnosis: Diagnosis, certainty: Certainty) -> Finding {
    Finding { diagnosis, certainty, known: true }
}

/// Decodes an error answer, from the token endpoint or the redirect.
pub fn diagnose(body: &str, status: u16, provider: ProviderKind) -> Finding {
    let _ = (status, provider);
    let has = |what: &str| body.contains(what);
    let definite = |d| finding(d, Certainty::Definite);
    if has("temporarily_unavailable") || has("server_error") {
        finding(Diagnosis::ProviderFault, Certainty::Passing)
    } else if has("7000222") {
        definite(Diagnosis::ClientSecretExpired)
    } else if has("invalid_client") || has("unauthorized_client") {
        definite(Diagnosis::ClientSecretWrong)
    } else if has("90094") {
        definite(Diagnosis::AdminConsentNeeded)
    } else if has("65001") || has("65004") || has("access_denied") || has("consent_required") {
        definite(Diagnosis::ConsentMissing)
    } else if has("50057") || has("deleted") {
        definite(Diagnosis::AccountDisabled)
    } else if has("50173") {
        definite(Diagnosis::SignInRevoked)
    } else {
        definite(Diagnosis::SignInExpired)
    }
}

/// A provider's words without line ends and without anything that could be a token: a run of more
/// than 40 characters of the token alphabets. GUIDs, which an admin needs, have 36.
pub fn redacted(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(2_048));
    let mut run = String::new();
    let flush = |run: &mut String, out: &mut String| {
        if run.len() > 40 { out.push_str("[removed]") } else { out.push_str(run) }
        run.clear();
    };
    for c in text.chars().take(2_048) {
        if c.is_ascii_alphanumeric() || "-_~+/=".contains(c) {
            run.push(c);
        } else {
            flush(&mut run, &mut out);
            out.push(if c.is_control() { ' ' } else { c });
        }
    }
    flush(&mut run, &mut out);
    out.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_a_token_is_not_shown() {
        let token = "M.C507_BAY.".to_owned() + &"aZ-9_".repeat(40);
        let shown = redacted(&format!("AADSTS50173: bad\r\ntoken {token}. Trace ID: c0570505-0000-4000-a000-00000000c001"));
        assert!(!shown.contains(&"aZ-9_".repeat(3)), "{shown}");
        assert!(shown.contains("Trace ID: c0570505-0000-4000-a000-00000000c001"));
        assert!(!shown.contains('\n'));
    }
}
