//! Asking a provider whether it knows us, without a person: would a sign-in begin, and is the secret right?
//!
//! Nothing is granted by it. The answers are typed for `domain::registration`; what is not understood is *nothing*.

use super::transport::Http;
use super::{Party, TokenError, diagnose, redacted};
use crate::Engine;
use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use domain::diagnosis::{Certainty, Class, Finding};
use domain::provider::ProviderKind;
use domain::registration::Heard;
use oauth2::http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION};
use oauth2::http::{HeaderValue, Request};
use std::time::Duration;
use url::Url;

/// For one question.
const DEADLINE: Duration = Duration::from_secs(8);
/// Of an error page. Bytes.
const LONGEST: usize = 256 << 10;

/// What was heard, and in which words where it was a refusal.
pub struct Told {
    pub heard: Heard,
    pub said: String,
}

impl Told {
    pub fn nothing() -> Self {
        Self { heard: Heard::Nothing, said: String::new() }
    }

    fn accepted() -> Self {
        Self { heard: Heard::Accepted, said: String::new() }
    }

    fn refused(finding: &Finding, said: &str) -> Self {
        Self { heard: Heard::Refused(finding.diagnosis), said: redacted(said) }
    }
}

/// Whether a sign-in would begin: the authorize endpoint with `prompt=none` (OpenID Connect Core 3.1.2.1) and
/// nobody signed in. A provider that accepts every value sends us back with *login required*.
pub async fn begin(engine: &Engine, party: &Party, scopes: &[String]) -> Told {
    let Ok(mut url) = Url::parse(&party.authorize_url) else { return Told::nothing() };
    {
        let mut query = url.query_pairs_mut();
        query
            .append_pair("client_id", &party.client_id)
            .append_pair("response_type", "code")
            .append_pair("redirect_uri", &party.redirect)
            .append_pair("scope", &scopes.join(" "))
            .append_pair("state", "test")
            .append_pair("prompt", "none");
        for (name, value) in party.authorize_params.iter().filter(|(name, _)| name != "prompt") {
            query.append_pair(name, value);
        }
    }
    let asked = async {
        let mut answer = engine.net.http()?.get(url).send().await.ok()?;
        let to = answer.headers().get(LOCATION).and_then(|v| v.to_str().ok()).map(str::to_owned);
        let mut page = Vec::new();
        while let Some(chunk) = answer.chunk().await.ok()? {
            if page.len() + chunk.len() > LONGEST {
                break;
            }
            page.extend_from_slice(&chunk);
        }
        Some((answer.status().as_u16(), to, String::from_utf8_lossy(&page).into_owned()))
    };
    match tokio::time::timeout(DEADLINE, asked).await {
        Ok(Some((status, to, page))) => heard(party, status, to.as_deref(), &page),
        _ => Told::nothing(),
    }
}

/// Back to us, to an error page, or anywhere else.
fn heard(party: &Party, status: u16, to: Option<&str>, page: &str) -> Told {
    if let Some(to) = to {
        if to.starts_with(&party.redirect) {
            return sent_back(party.kind, to);
        }
        // Google sends to a page of its own; the error stands in base64 in the address.
        return match in_address(to) {
            Some(text) => refusal(party.kind, status, &text),
            None => Told::nothing(),
        };
    }
    let text = without_tags(page);
    refusal(party.kind, status, &text)
}

/// What the redirect says. That somebody must sign in, choose or consent is what we want to hear.
fn sent_back(kind: ProviderKind, to: &str) -> Told {
    let Ok(url) = Url::parse(to) else { return Told::nothing() };
    let of = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    let Some(error) = of("error") else { return Told::accepted() };
    let description = of("error_description").unwrap_or_default();
    let body = serde_json::json!({ "error": error, "error_description": description }).to_string();
    let finding = diagnose(&body, None, kind);
    if finding.diagnosis.class() == Class::FixAppRegistration {
        return Told::refused(&finding, &format!("{error}: {description}"));
    }
    Told::accepted()
}

/// An error page counts when the registration is what it speaks of.
fn refusal(kind: ProviderKind, status: u16, text: &str) -> Told {
    if status == 429 || status >= 500 {
        return Told::nothing();
    }
    let finding = diagnose(text, None, kind);
    if finding.known && finding.diagnosis.class() == Class::FixAppRegistration {
        Told::refused(&finding, text)
    } else {
        Told::nothing()
    }
}

/// `...?authError=BASE64`, and the plain `error=` of older pages.
fn in_address(to: &str) -> Option<String> {
    let url = Url::parse(to).ok()?;
    for (key, value) in url.query_pairs() {
        match &*key {
            "error" => return Some(value.into_owned()),
            "authError" => {
                let bytes = [URL_SAFE_NO_PAD, URL_SAFE, STANDARD, STANDARD_NO_PAD]
                    .iter()
                    .find_map(|alphabet| alphabet.decode(value.as_bytes()).ok())?;
                let text = String::from_utf8_lossy(&bytes);
                return Some(text.chars().map(|c| if c.is_ascii_graphic() || c == ' ' { c } else { ' ' }).collect());
            }
            _ => {}
        }
    }
    None
}

fn without_tags(page: &str) -> String {
    let body = page.rfind("</style>").map_or(page, |at| &page[at..]);
    let mut out = String::new();
    let mut inside = false;
    for c in body.chars().take(20_000) {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the token endpoint takes the secret. At Microsoft the app's own token (RFC 6749 4.4) tells for sure,
/// where a tenant is known; else a code that nobody issued must be what it stumbles over, not we.
pub async fn secret(engine: &Engine, party: &Party, scope: Option<&str>) -> Told {
    let Some(secret) = &party.client_secret else { return Told::nothing() };
    let body = question(party, secret, scope);
    let Ok(mut request) = Request::post(&party.token_url).body(body) else { return Told::nothing() };
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    if party.basic_auth
        && let Ok(value) = HeaderValue::from_str(&basic(&party.client_id, secret))
    {
        request.headers_mut().insert(AUTHORIZATION, value);
    }
    let http = Http::new(engine.net.http());
    let answer = match tokio::time::timeout(DEADLINE, http.send(request)).await {
        Ok(Ok(answer)) => answer,
        _ => return Told::nothing(),
    };
    if answer.status().is_success() {
        return Told::accepted();
    }
    let body = String::from_utf8_lossy(answer.body()).into_owned();
    judged(party.kind, scope.is_some(), http.status(), &body)
}

fn question(party: &Party, secret: &Secret, scope: Option<&str>) -> Vec<u8> {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("client_id", &party.client_id);
    if !party.basic_auth {
        form.append_pair("client_secret", secret.reveal());
    }
    match scope {
        Some(scope) => form.append_pair("grant_type", "client_credentials").append_pair("scope", scope),
        None => form
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", "0.test")
            .append_pair("redirect_uri", &party.redirect),
    };
    form.finish().into_bytes()
}

/// RFC 6749 2.3.1: both form-encoded first.
fn basic(client_id: &str, secret: &Secret) -> String {
    let coded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", coded(client_id), coded(secret.reveal()))))
}

fn judged(kind: ProviderKind, own_token: bool, status: u16, body: &str) -> Told {
    let finding = diagnose(body, Some(status), kind);
    let said = serde_json::from_str::<super::ErrorBody>(body).map(|body| body.said()).unwrap_or_default();
    if domain::registration::field_of(finding.diagnosis).is_some() {
        return Told::refused(&finding, &said);
    }
    // Google looks at the client first (RFC 6749 5.2). Microsoft may look at the code first: that proves nothing.
    if !own_token && kind != ProviderKind::Microsoft && finding.certainty != Certainty::Passing {
        return Told::accepted();
    }
    Told::nothing()
}

/// Whether a refusal is about the secret, so that another one may still do.
pub fn about_secret(error: &TokenError) -> bool {
    let (TokenError::Refused { finding, .. } | TokenError::Later { finding, .. }) = error;
    domain::registration::field_of(finding.diagnosis) == Some(domain::registration::Field::Secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Diagnosis as D;

    fn party(kind: ProviderKind) -> Party {
        Party {
            kind,
            authorize_url: "https://login.example/authorize".into(),
            token_url: "https://login.example/token".into(),
            issuer: "https://login.example".into(),
            authorize_params: vec![],
            userinfo_url: None,
            basic_auth: false,
            client_id: "client".into(),
            client_secret: None,
            redirect: "https://desk.example/oauth/callback".into(),
        }
    }

    #[test]
    fn the_authorize_endpoint_names_what_it_refuses() {
        let microsoft = party(ProviderKind::Microsoft);
        let page = |text: &str| format!("<html><style>b{{}}</style><p id=\"error\">{text}</p></html>");
        let heard = |status, to: Option<&str>, text: &str| heard(&microsoft, status, to, &page(text)).heard;
        let back = "https://desk.example/oauth/callback?state=test&error=";
        for (status, to, text, wanted) in [
            (302, Some(format!("{back}login_required&error_description=AADSTS50058")), "", Heard::Accepted),
            (302, Some(format!("{back}consent_required")), "", Heard::Accepted),
            (
                302,
                Some(format!("{back}invalid_scope&error_description=AADSTS70011:+not+valid")),
                "",
                Heard::Refused(D::ScopeInvalid),
            ),
            (302, Some("https://elsewhere.example/".into()), "", Heard::Nothing),
            (400, None, "AADSTS50011: The redirect URI 'x' does not match.", Heard::Refused(D::RedirectMismatch)),
            (400, None, "AADSTS700016: Application with identifier", Heard::Refused(D::RegistrationUnknown)),
            (400, None, "AADSTS90002: Tenant 'x' not found.", Heard::Refused(D::TenantUnknown)),
            (400, None, "AADSTS50194: not configured as multi-tenant", Heard::Refused(D::RegistrationSingleTenant)),
            (200, None, "Sign in to your account", Heard::Nothing),
            (503, None, "AADSTS50011", Heard::Nothing),
        ] {
            assert_eq!(heard(status, to.as_deref(), text), wanted, "{status} {to:?} {text}");
        }
        let google = party(ProviderKind::Google);
        let error = URL_SAFE_NO_PAD.encode("\u{a}\u{15}redirect_uri_mismatch\u{12}Error 400");
        let to = format!("https://accounts.example/signin/oauth/error?authError={error}");
        assert_eq!(super::heard(&google, 302, Some(&to), "").heard, Heard::Refused(D::RedirectMismatch));
    }

    #[test]
    fn the_token_endpoint_tells_secret_from_code() {
        let body = |code: u32, error: &str| {
            format!(r#"{{"error":"{error}","error_description":"AADSTS{code}: x","error_codes":[{code}]}}"#)
        };
        let at = |own, status, text: &str| judged(ProviderKind::Microsoft, own, status, text).heard;
        assert_eq!(at(true, 401, &body(7_000_215, "invalid_client")), Heard::Refused(D::ClientSecretWrong));
        assert_eq!(at(false, 401, &body(7_000_222, "invalid_client")), Heard::Refused(D::ClientSecretExpired));
        assert_eq!(at(true, 400, &body(700_016, "unauthorized_client")), Heard::Refused(D::RegistrationUnknown));
        assert_eq!(at(true, 400, &body(90_002, "invalid_request")), Heard::Refused(D::TenantUnknown));
        assert_eq!(at(false, 400, &body(9_002_313, "invalid_grant")), Heard::Nothing);
        let google = |status, text: &str| judged(ProviderKind::Google, false, status, text).heard;
        assert_eq!(google(400, r#"{"error":"invalid_grant","error_description":"Bad Request"}"#), Heard::Accepted);
        assert_eq!(
            google(401, r#"{"error":"invalid_client","error_description":"Unauthorized"}"#),
            Heard::Refused(D::ClientSecretWrong)
        );
        assert_eq!(
            google(401, r#"{"error":"invalid_client","error_description":"The OAuth client was not found."}"#),
            Heard::Refused(D::RegistrationUnknown)
        );
    }
}
