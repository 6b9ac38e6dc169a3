//! OAuth 2.0 at a provider: the address to sign in at, the code's exchange, the refresh.
//!
//! Tokens exist here only on their way between the provider and the vault. What comes back is
//! typed by what must happen next: tokens, a refusal with its decoded cause, or *later*.
//! Absent: the database, and any decision about grants.

pub mod claims;
pub mod discovery;
mod refusal;
mod transport;
pub mod trial;
pub mod userinfo;
mod wire;

use crate::Engine;
use crate::providers::ProviderEntry;
use crate::secret::Secret;
use domain::diagnosis::Finding;
use domain::provider::ProviderKind;
use domain::time::Span;
use oauth2::{
    AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    RefreshToken, RequestTokenError, Scope, TokenResponse, TokenUrl,
};
use transport::{Http, Transit};
use wire::{Client, ErrorBody, Tokens as Wire};

pub use claims::Expected;
pub use refusal::{diagnose, finding, redacted};

/// The tenant of every personal account at Microsoft.
pub const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// Both sides of a conversation: the provider's endpoints and the registration we are known by.
#[derive(Clone, Debug)]
pub struct Party {
    pub kind: ProviderKind,
    pub authorize_url: String,
    pub token_url: String,
    /// With `{tenantid}` where the id_token's `tid` goes.
    pub issuer: String,
    pub authorize_params: Vec<(String, String)>,
    pub userinfo_url: Option<String>,
    /// The secret goes into the header, not into the body (RFC 6749 2.3.1).
    pub basic_auth: bool,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    /// Where the provider sends the browser back to, word for word as registered.
    pub redirect: String,
}

impl Party {
    /// The provider under one registration; `None` when the provider has no sign-in.
    pub fn new(
        entry: &ProviderEntry,
        client_id: &str,
        tenant: &str,
        client_secret: Option<Secret>,
        redirect: String,
    ) -> Option<Self> {
        let tenant = if tenant.is_empty() { "common" } else { tenant };
        // A code must be redeemed at the segment it was issued through (AADSTS700005).
        let at = |url: &Option<String>| url.as_ref().map(|u| u.replace("{tenant}", tenant));
        Some(Self {
            kind: entry.kind,
            authorize_url: at(&entry.authorize_url)?,
            token_url: at(&entry.token_url)?,
            issuer: entry.issuer.clone()?,
            authorize_params: entry.authorize_params.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
            userinfo_url: entry.userinfo_url.clone(),
            basic_auth: entry.basic_auth,
            client_id: client_id.to_owned(),
            client_secret,
            redirect,
        })
    }

    fn client(&self) -> Result<Client, Misconfigured> {
        let mut client = oauth2::Client::new(ClientId::new(self.client_id.clone()))
            // Microsoft and Google both take the secret in the body; secrets hold `~`, `+` and the like.
            .set_auth_type(if self.basic_auth { oauth2::AuthType::BasicAuth } else { oauth2::AuthType::RequestBody })
            .set_auth_uri(AuthUrl::new(self.authorize_url.clone()).map_err(|_| Misconfigured)?)
            .set_token_uri(TokenUrl::new(self.token_url.clone()).map_err(|_| Misconfigured)?)
            .set_redirect_uri(RedirectUrl::new(self.redirect.clone()).map_err(|_| Misconfigured)?);
        if let Some(secret) = &self.client_secret {
            client = client.set_client_secret(ClientSecret::new(secret.reveal().to_owned()));
        }
        Ok(client)
    }
}

/// An address in the providers file or the desk's own is no address.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("an address of this provider or of this desk is malformed")]
pub struct Misconfigured;

/// What a sign-in asks for.
pub struct Ask<'a> {
    pub scopes: &'a [String],
    /// Who is expected: prefilled at the provider, who may still let another account in.
    pub login_hint: Option<&'a str>,
    /// Forces the account picker.
    pub pick: bool,
}

/// A sign-in that set out: where to, and what to keep until it comes back.
pub struct Outset {
    pub url: String,
    pub state: Secret,
    pub nonce: Secret,
    /// PKCE's verifier (RFC 7636 4.1).
    pub verifier: Secret,
}

/// The address of the provider's sign-in, with state, nonce and PKCE (S256).
///
/// # Errors
/// [`Misconfigured`].
pub fn set_out(party: &Party, ask: &Ask<'_>) -> Result<Outset, Misconfigured> {
    let client = party.client()?;
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (state, nonce) = (crate::vault::token(), crate::vault::token());
    let own_state = state.clone();
    let mut request = client
        .authorize_url(move || CsrfToken::new(own_state))
        .set_pkce_challenge(challenge)
        .add_scopes(ask.scopes.iter().cloned().map(Scope::new))
        .add_extra_param("nonce", nonce.clone());
    // At Microsoft select_account and login_hint exclude each other.
    let hint = ask.login_hint.filter(|_| !ask.pick);
    let mut prompts: Vec<&str> = Vec::new();
    if hint.is_none() {
        // The one that every provider has to know is `login` (OpenID Connect Core 3.1.2.1).
        prompts.push(if party.kind == ProviderKind::Other { "login" } else { "select_account" });
    }
    for (name, value) in &party.authorize_params {
        if name == "prompt" {
            prompts.extend(value.split(' '));
        } else {
            request = request.add_extra_param(name.clone(), value.clone());
        }
    }
    if !prompts.is_empty() {
        request = request.add_extra_param("prompt", prompts.join(" "));
    }
    if let Some(hint) = hint {
        request = request.add_extra_param("login_hint", hint.to_owned());
    }
    let (url, _) = request.url();
    Ok(Outset {
        url: url.into(),
        state: Secret::new(state),
        nonce: Secret::new(nonce),
        verifier: Secret::new(verifier.secret().clone()),
    })
}

/// What the token endpoint gave.
pub struct Tokens {
    pub access: Secret,
    /// Missing in an answer to a refresh: the old one goes on.
    pub refresh: Option<Secret>,
    /// The access token's life.
    pub expires_in: Span,
    /// What was granted, where the answer says so; else it is what was asked for.
    pub scopes: Option<Vec<String>>,
    pub id_token: Option<Secret>,
    /// A fixed end of the refresh token, where the provider tells (Google: time-limited access).
    pub refresh_ends_in: Option<Span>,
}

/// Why there are no tokens.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TokenError {
    /// The provider refused, and said why.
    #[error("refused")]
    Refused { finding: Finding, said: String },
    /// It passes: try again, not before `after` if that is given.
    #[error("later")]
    Later { finding: Finding, said: String, after: Option<Span> },
}

/// Redeems a code (RFC 6749 4.1.3, RFC 7636 4.5).
///
/// # Errors
/// [`TokenError`].
pub async fn exchange(engine: &Engine, party: &Party, code: &str, verifier: &Secret) -> Result<Tokens, TokenError> {
    let client = party.client().map_err(misconfigured)?;
    let http = Http::new(engine.net.http());
    let answer = client
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .set_pkce_verifier(PkceCodeVerifier::new(verifier.reveal().to_owned()))
        .request_async(&http)
        .await;
    read(party, answer, http.status())
}

/// Fetches fresh tokens (RFC 6749 6). `scopes` are those that were granted: a scope that was never
/// consented to is refused by personal accounts (AADSTS70000); none means the same as before.
///
/// # Errors
/// [`TokenError`].
pub async fn refresh(engine: &Engine, party: &Party, token: &Secret, scopes: &[String]) -> Result<Tokens, TokenError> {
    let client = party.client().map_err(misconfigured)?;
    let http = Http::new(engine.net.http());
    let answer = client
        .exchange_refresh_token(&RefreshToken::new(token.reveal().to_owned()))
        .add_scopes(scopes.iter().cloned().map(Scope::new))
        .request_async(&http)
        .await;
    read(party, answer, http.status())
}

/// Withdraws a grant at its provider (RFC 7009). At Google that ends everything the account gave
/// this app, whichever of its tokens is shown. `false`: the provider did not take it.
pub async fn revoke(engine: &Engine, url: &str, token: &Secret) -> bool {
    let Some(http) = engine.net.http() else { return false };
    let request = http.post(url).form(&[("token", token.reveal())]);
    match tokio::time::timeout(transport::DEADLINE, request.send()).await {
        Ok(Ok(answer)) => answer.status().is_success(),
        // The error's own words may hold the address with what was sent.
        Ok(Err(_)) | Err(_) => false,
    }
}

/// Never shows the library's error: its Debug carries the answer's body.
fn read(
    party: &Party,
    answer: Result<Wire, RequestTokenError<Transit, ErrorBody>>,
    status: u16,
) -> Result<Tokens, TokenError> {
    match answer {
        Ok(tokens) => Ok(Tokens {
            access: Secret::new(tokens.access_token().secret().clone()),
            refresh: tokens.refresh_token().map(|t| Secret::new(t.secret().clone())),
            expires_in: tokens
                .expires_in()
                .map_or(Span::hours(1), |d| Span(i64::try_from(d.as_millis()).unwrap_or(i64::MAX))),
            scopes: tokens.scopes().map(|list| list.iter().map(|s| s.to_string()).collect()),
            id_token: tokens.extra_fields().id_token.clone().map(Secret::new),
            refresh_ends_in: tokens.extra_fields().refresh_token_expires_in.map(Span::seconds),
        }),
        Err(RequestTokenError::ServerResponse(body)) => Err(refused(party, &body, status)),
        Err(RequestTokenError::Request(transit)) => Err(later(transit)),
        Err(RequestTokenError::Parse(..) | RequestTokenError::Other(_)) => Err(later(Transit::garbled())),
    }
}

fn refused(party: &Party, body: &ErrorBody, status: u16) -> TokenError {
    let text = body.text();
    let finding = diagnose(&text, Some(status), party.kind);
    let said = body.said();
    match finding.certainty {
        domain::diagnosis::Certainty::Passing => TokenError::Later { finding, said, after: None },
        _ => TokenError::Refused { finding, said },
    }
}

fn later(transit: Transit) -> TokenError {
    TokenError::Later { finding: transit.finding, said: transit.said, after: transit.after }
}

fn misconfigured(error: Misconfigured) -> TokenError {
    TokenError::Later { finding: Transit::garbled().finding, said: error.to_string(), after: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn party(kind: ProviderKind) -> Party {
        let params = match kind {
            ProviderKind::Google => vec![("access_type".into(), "offline".into()), ("prompt".into(), "consent".into())],
            _ => vec![],
        };
        Party {
            kind,
            authorize_url: "https://login.example/contoso/oauth2/v2.0/authorize".into(),
            token_url: "https://login.example/contoso/oauth2/v2.0/token".into(),
            issuer: "https://login.example/{tenantid}/v2.0".into(),
            authorize_params: params,
            userinfo_url: None,
            basic_auth: false,
            client_id: "client".into(),
            client_secret: None,
            redirect: "https://desk.example/oauth/callback".into(),
        }
    }

    fn query(party: &Party, hint: Option<&str>, pick: bool) -> BTreeMap<String, String> {
        let scopes = ["openid".to_owned(), "https://outlook.office.com/SMTP.Send".to_owned()];
        let outset = set_out(party, &Ask { scopes: &scopes, login_hint: hint, pick }).expect("an address");
        let url = url::Url::parse(&outset.url).expect("a url");
        let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(query["state"], outset.state.reveal());
        assert_eq!(query["nonce"], outset.nonce.reveal());
        assert_ne!(query["code_challenge"], outset.verifier.reveal());
        query
    }

    #[test]
    fn the_address_carries_what_the_provider_needs() {
        let q = query(&party(ProviderKind::Microsoft), None, false);
        assert_eq!(q["client_id"], "client");
        assert_eq!(q["response_type"], "code");
        assert_eq!(q["code_challenge_method"], "S256");
        assert_eq!(q["redirect_uri"], "https://desk.example/oauth/callback");
        assert_eq!(q["scope"], "openid https://outlook.office.com/SMTP.Send");
        assert_eq!(q["prompt"], "select_account");
        assert!(!q.contains_key("login_hint"));
    }

    #[test]
    fn a_hint_and_the_picker_exclude_each_other() {
        let q = query(&party(ProviderKind::Microsoft), Some("anna@contoso.example"), false);
        assert_eq!(q["login_hint"], "anna@contoso.example");
        assert!(!q.contains_key("prompt"));
        let q = query(&party(ProviderKind::Microsoft), Some("anna@contoso.example"), true);
        assert_eq!(q["prompt"], "select_account");
        assert!(!q.contains_key("login_hint"));
    }

    #[test]
    fn google_is_always_asked_for_consent() {
        let q = query(&party(ProviderKind::Google), Some("care@northwind.example"), false);
        assert_eq!((&*q["prompt"], &*q["access_type"]), ("consent", "offline"));
        assert_eq!(query(&party(ProviderKind::Google), None, true)["prompt"], "select_account consent");
        assert_eq!(query(&party(ProviderKind::Other), None, true)["prompt"], "login");
    }

    #[test]
    fn the_tenant_goes_into_both_addresses() {
        let entry = crate::providers::Providers::load(None, &Default::default()).expect("they load");
        let entry = entry.get("microsoft").expect("known").clone();
        let party = Party::new(&entry, "c", "", None, "https://d.example/oauth/callback".into()).expect("signs in");
        assert!(party.token_url.contains("/common/"), "{}", party.token_url);
        let party = Party::new(&entry, "c", "contoso.example", None, "https://d.example/oauth/callback".into())
            .expect("signs in");
        assert!(party.authorize_url.contains("/contoso.example/"), "{}", party.authorize_url);
    }
}
