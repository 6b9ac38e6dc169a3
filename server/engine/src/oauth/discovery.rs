//! What an OpenID provider publishes about itself (OpenID Connect Discovery 1.0).
//!
//! Invariant: nothing is taken from a document whose issuer is not the one that was asked, and no address that
//! the network rules would not let an admin type.

use crate::Engine;
use crate::config::NetworkRules;
use domain::Fault;
use serde::Deserialize;
use std::time::Duration;

/// For the whole question; a person waits.
const DEADLINE: Duration = Duration::from_secs(10);
/// No such document is longer. Bytes.
const LONGEST: usize = 64 << 10;
const PATH: &str = "/.well-known/openid-configuration";

/// What of it we use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Word for word: an id_token names it the same way.
    pub issuer: String,
    pub authorize_url: String,
    pub token_url: String,
    pub userinfo_url: Option<String>,
    pub revoke_url: Option<String>,
    /// Empty where the provider names none.
    pub scopes: Vec<String>,
    /// The secret goes into the header, not into the body.
    pub basic_auth: bool,
}

#[derive(Deserialize)]
struct Published {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    #[serde(default)]
    scopes_supported: Vec<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

impl Document {
    /// What tells who signed in, and keeps the sign-in.
    pub fn identity_scopes(&self) -> Vec<String> {
        ["openid", "email", "profile", "offline_access"]
            .into_iter()
            .filter(|scope| *scope == "openid" || self.scopes.is_empty() || self.scopes.iter().any(|s| s == scope))
            .map(str::to_owned)
            .collect()
    }

    /// Those that by their names are about mail: a proposal.
    pub fn mail_scopes(&self) -> Vec<String> {
        let about_mail = |scope: &&String| {
            let scope = scope.to_ascii_lowercase();
            let identity = ["email", "email_verified"].contains(&&*scope);
            !identity && ["mail", "imap", "smtp"].iter().any(|word| scope.contains(word))
        };
        self.scopes.iter().filter(about_mail).cloned().collect()
    }
}

/// Asks an issuer, by its address or only its host, for its document.
///
/// # Errors
/// [`Fault::IssuerMalformed`], [`Fault::HostNotAllowed`], [`Fault::IssuerSilent`], [`Fault::IssuerOther`].
pub async fn discover(engine: &Engine, typed: &str) -> Result<Document, Fault> {
    let rules = &engine.config.network;
    let issuer = issuer(rules, typed)?;
    let asked = async {
        let answer = engine.net.http()?.get(format!("{issuer}{PATH}")).send().await.ok()?;
        if answer.status() != reqwest::StatusCode::OK {
            return None;
        }
        crate::net::body(answer, LONGEST).await
    };
    let bytes = tokio::time::timeout(DEADLINE, asked).await.ok().flatten().ok_or(Fault::IssuerSilent)?;
    read(rules, &issuer, &bytes)
}

/// The issuer's address, without a slash at its end.
fn issuer(rules: &NetworkRules, typed: &str) -> Result<String, Fault> {
    let typed = typed.trim();
    let typed = typed.strip_suffix(PATH).unwrap_or(typed);
    let whole = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    let checked = rules.web_address(&whole).map_err(|fault| match fault {
        Fault::HostNotAllowed => Fault::HostNotAllowed,
        _ => Fault::IssuerMalformed,
    })?;
    // RFC 8414 2: no query, no fragment.
    if checked.contains(['?', '#']) {
        return Err(Fault::IssuerMalformed);
    }
    Ok(checked.trim_end_matches('/').to_owned())
}

fn read(rules: &NetworkRules, asked: &str, bytes: &[u8]) -> Result<Document, Fault> {
    let published: Published = serde_json::from_slice(bytes).map_err(|_| Fault::IssuerSilent)?;
    // OpenID Connect Discovery 4.3: else anybody could speak for another issuer.
    if published.issuer.trim_end_matches('/') != asked {
        return Err(Fault::IssuerOther);
    }
    let address = |text: &str| rules.web_address(text).map_err(|_| Fault::HostNotAllowed);
    let optional = |text: Option<String>| text.and_then(|text| address(&text).ok());
    // RFC 6749 3.3.
    let scope = |s: &String| !s.is_empty() && s.len() <= 200 && s.bytes().all(|b| b.is_ascii_graphic() && b != b'"');
    // Where nothing is said it is the header (Discovery 3); where both are taken, the body, as everywhere else here.
    let ways = published.token_endpoint_auth_methods_supported;
    let basic_auth = ways.is_none_or(|ways| !ways.iter().any(|way| way == "client_secret_post"));
    Ok(Document {
        authorize_url: address(&published.authorization_endpoint)?,
        token_url: address(&published.token_endpoint)?,
        userinfo_url: optional(published.userinfo_endpoint),
        revoke_url: optional(published.revocation_endpoint),
        scopes: published.scopes_supported.into_iter().filter(scope).take(100).collect(),
        issuer: published.issuer,
        basic_auth,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn rules() -> NetworkRules {
        NetworkRules { allow: vec!["127.0.0.1".into()] }
    }

    fn document() -> Value {
        json!({
            "issuer": "https://id.example/realms/desk", "authorization_endpoint": "https://id.example/auth",
            "token_endpoint": "https://id.example/token", "userinfo_endpoint": "https://id.example/me",
            "scopes_supported": ["openid", "email", "profile", "offline_access", "imap", "smtp.send", "roles", "a\"b"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        })
    }

    fn verdict(document: &Value) -> Result<Document, Fault> {
        read(&rules(), "https://id.example/realms/desk", document.to_string().as_bytes())
    }

    #[test]
    fn issuers_are_taken_as_people_type_them() {
        for (typed, wanted) in [
            ("id.example", Ok("https://id.example")),
            (" https://id.example/realms/desk/ ", Ok("https://id.example/realms/desk")),
            ("https://id.example/x/.well-known/openid-configuration", Ok("https://id.example/x")),
            ("http://127.0.0.1:8080/x", Ok("http://127.0.0.1:8080/x")),
            ("http://id.example", Err(Fault::HostNotAllowed)),
            ("https://10.0.0.7", Err(Fault::HostNotAllowed)),
            ("https://169.254.169.254/", Err(Fault::HostNotAllowed)),
            ("https://id.example/?x=1", Err(Fault::IssuerMalformed)),
            ("https://a:b@id.example/", Err(Fault::IssuerMalformed)),
            ("ftp://id.example", Err(Fault::IssuerMalformed)),
            ("", Err(Fault::IssuerMalformed)),
        ] {
            assert_eq!(issuer(&rules(), typed), wanted.map(str::to_owned), "{typed}");
        }
    }

    #[test]
    fn a_document_counts_for_its_own_issuer_and_for_addresses_we_may_reach() {
        let found = verdict(&document()).expect("sound");
        assert_eq!(found.identity_scopes(), ["openid", "email", "profile", "offline_access"]);
        assert_eq!(found.mail_scopes(), ["imap", "smtp.send"]);
        assert!(!found.basic_auth && found.revoke_url.is_none());
        for (field, value, wanted) in [
            ("issuer", json!("https://evil.example"), Fault::IssuerOther),
            ("token_endpoint", json!("https://169.254.169.254/token"), Fault::HostNotAllowed),
            ("token_endpoint", json!("http://id.example/token"), Fault::HostNotAllowed),
            ("authorization_endpoint", json!("javascript:alert(1)"), Fault::HostNotAllowed),
            ("authorization_endpoint", Value::Null, Fault::IssuerSilent),
        ] {
            let mut wrong = document();
            wrong[field] = value;
            assert_eq!(verdict(&wrong), Err(wanted), "{field}");
        }
        let mut plain = document();
        plain["userinfo_endpoint"] = json!("http://10.0.0.7/me");
        plain["token_endpoint_auth_methods_supported"] = Value::Null;
        let found = verdict(&plain).expect("sound");
        assert!(found.basic_auth && found.userinfo_url.is_none());
        assert_eq!(read(&rules(), "x", b"<html>"), Err(Fault::IssuerSilent));
    }
}
