//! The id_token: who signed in.
//!
//! It came straight from the token endpoint, over TLS or the operator's allowed channel, so that
//! the server's identity stands in for the signature (OpenID Connect Core 3.1.3.7, 6).

use crate::secret::Secret;
use crate::vault::token_hash;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::Time;
use domain::provider::ProviderKind;
use domain::time::Span;
use serde::Deserialize;

/// How far the provider's clock and ours may differ.
const SKEW: Span = Span::minutes(5);

/// Who signed in. Identity is tenant and object id; the rest is for people to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    /// Microsoft: the directory. Google: the hosted domain, empty for a private account.
    pub tenant_id: String,
    pub object_id: String,
    /// As a rule the user name for mail.
    pub login: String,
    pub name: String,
}

/// What an id_token must say.
pub struct Expected<'a> {
    pub kind: ProviderKind,
    /// With `{tenantid}` where `tid` goes.
    pub issuer: &'a str,
    pub client_id: &'a str,
    /// The registration's tenant: a GUID binds the sign-in to that directory.
    pub tenant: &'a str,
    pub nonce_hash: &'a [u8],
    pub now: Time,
}

/// What is wrong with an id_token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsound {
    #[error("not a token")]
    Malformed,
    #[error("from another issuer")]
    Issuer,
    #[error("for another client")]
    Audience,
    #[error("too old")]
    Expired,
    #[error("for another sign-in")]
    Nonce,
    #[error("does not say who")]
    Anonymous,
    #[error("of another directory")]
    Tenant,
}

#[derive(Deserialize)]
struct Payload {
    iss: String,
    aud: Audience,
    azp: Option<String>,
    exp: i64,
    nonce: Option<String>,
    sub: String,
    tid: Option<String>,
    oid: Option<String>,
    preferred_username: Option<String>,
    upn: Option<String>,
    email: Option<String>,
    name: Option<String>,
    hd: Option<String>,
}

/// What the userinfo endpoint tells of an account.
#[derive(Clone, Debug, Deserialize)]
pub struct Told {
    pub sub: String,
    pub email: Option<String>,
    pub preferred_username: Option<String>,
    pub name: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

/// Reads and checks an id_token. `told` is what the provider said of its holder besides, where that was asked for.
///
/// # Errors
/// [`Unsound`], by the first check that failed.
pub fn check(token: &Secret, expected: &Expected<'_>, told: Option<Told>) -> Result<Claims, Unsound> {
    let payload = token.reveal().split('.').nth(1).ok_or(Unsound::Malformed)?;
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).map_err(|_| Unsound::Malformed)?;
    let mut payload: Payload = serde_json::from_slice(&payload).map_err(|_| Unsound::Malformed)?;
    if !issued_by(&payload, expected) {
        return Err(Unsound::Issuer);
    }
    let meant = match &payload.aud {
        Audience::One(one) => one == expected.client_id,
        Audience::Several(all) => {
            all.iter().any(|a| a == expected.client_id)
                && (all.len() == 1 || payload.azp.as_deref() == Some(expected.client_id))
        }
    };
    if !meant {
        return Err(Unsound::Audience);
    }
    if Time(payload.exp.saturating_mul(1_000)) + SKEW < expected.now {
        return Err(Unsound::Expired);
    }
    if payload.nonce.as_deref().map(token_hash).as_deref() != Some(expected.nonce_hash) {
        return Err(Unsound::Nonce);
    }
    // OpenID Connect Core 5.3.2: another subject's words are not used.
    if let Some(told) = told.filter(|told| told.sub == payload.sub) {
        payload.email = payload.email.or(told.email);
        payload.preferred_username = payload.preferred_username.or(told.preferred_username);
        payload.name = payload.name.or(told.name);
    }
    who(payload, expected)
}

fn issued_by(payload: &Payload, expected: &Expected<'_>) -> bool {
    if expected.issuer.contains("{tenantid}") {
        let Some(tid) = payload.tid.as_deref().filter(|tid| is_guid(tid)) else { return false };
        return payload.iss == expected.issuer.replace("{tenantid}", tid);
    }
    // Google also writes its issuer without the scheme.
    payload.iss == expected.issuer || expected.issuer.strip_prefix("https://") == Some(&payload.iss)
}

fn who(payload: Payload, expected: &Expected<'_>) -> Result<Claims, Unsound> {
    let named = |text: Option<String>| text.filter(|t| !t.trim().is_empty());
    let login = match expected.kind {
        ProviderKind::Microsoft => named(payload.preferred_username).or(named(payload.upn)).or(named(payload.email)),
        _ => named(payload.email).or(named(payload.preferred_username)),
    };
    let login = login.ok_or(Unsound::Anonymous)?;
    let (tenant_id, object_id) = match expected.kind {
        ProviderKind::Microsoft => {
            let tid = payload.tid.ok_or(Unsound::Anonymous)?;
            if is_guid(expected.tenant) && !tid.eq_ignore_ascii_case(expected.tenant) {
                return Err(Unsound::Tenant);
            }
            // `oid` needs the scope profile; `sub` differs per app and is stable within ours.
            (tid, payload.oid.unwrap_or(payload.sub))
        }
        _ => (payload.hd.unwrap_or_default(), payload.sub),
    };
    if object_id.is_empty() {
        return Err(Unsound::Anonymous);
    }
    let name = named(payload.name).unwrap_or_else(|| login.clone());
    Ok(Claims { tenant_id, object_id, login, name })
}

/// Whether a text has the shape of a GUID.
pub fn is_guid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, b)| match at {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const TID: &str = "c0570505-0000-4000-a000-00000000c001";
    const NOW: Time = Time(1_700_000_000_000);

    fn token(payload: &Value) -> Secret {
        Secret::new(format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload.to_string())))
    }

    fn microsoft() -> Value {
        json!({
            "iss": format!("https://login.example/{TID}/v2.0"), "aud": "client", "exp": 1_700_000_300, "nonce": "n",
            "sub": "s", "tid": TID, "oid": "o", "preferred_username": "anna@contoso.example", "name": "Anna Berg",
        })
    }

    fn verdict(payload: &Value, tenant: &str) -> Result<Claims, Unsound> {
        let hash = token_hash("n");
        let expected = Expected {
            kind: ProviderKind::Microsoft,
            issuer: "https://login.example/{tenantid}/v2.0",
            client_id: "client",
            tenant,
            nonce_hash: &hash,
            now: NOW,
        };
        check(&token(payload), &expected, None)
    }

    #[test]
    fn a_sound_token_names_the_account() {
        let claims = verdict(&microsoft(), "common").expect("sound");
        assert_eq!((&*claims.tenant_id, &*claims.object_id), (TID, "o"));
        assert_eq!((&*claims.login, &*claims.name), ("anna@contoso.example", "Anna Berg"));
    }

    #[test]
    fn each_check_counts() {
        let other = "fab12ca0-0000-4000-a000-00000000fab1";
        for (field, value, unsound) in [
            ("iss", json!("https://evil.example/v2.0"), Unsound::Issuer),
            ("tid", json!("../evil"), Unsound::Issuer),
            ("tid", json!(other), Unsound::Issuer),
            ("aud", json!("somebody"), Unsound::Audience),
            ("aud", json!(["client", "somebody"]), Unsound::Audience),
            ("exp", json!(1_699_999_000), Unsound::Expired),
            ("nonce", json!("m"), Unsound::Nonce),
            ("nonce", Value::Null, Unsound::Nonce),
            ("preferred_username", json!(" "), Unsound::Anonymous),
            ("exp", json!("soon"), Unsound::Malformed),
        ] {
            let mut payload = microsoft();
            payload[field] = value;
            assert_eq!(verdict(&payload, "common"), Err(unsound), "{field}");
        }
        assert_eq!(verdict(&microsoft(), other), Err(Unsound::Tenant));
        assert!(verdict(&microsoft(), TID).is_ok());
        let hash = token_hash("n");
        let expected = Expected {
            kind: ProviderKind::Google,
            issuer: "https://accounts.example",
            client_id: "c",
            tenant: "",
            nonce_hash: &hash,
            now: NOW,
        };
        assert_eq!(check(&Secret::new("nonsense"), &expected, None), Err(Unsound::Malformed));
        let google = json!({"iss": "accounts.example", "aud": ["c"], "exp": 1_700_000_300, "nonce": "n", "sub": "77", "email": "care@northwind.example", "hd": "northwind.example"});
        let claims = check(&token(&google), &expected, None).expect("sound");
        assert_eq!(
            (&*claims.tenant_id, &*claims.object_id, &*claims.name),
            ("northwind.example", "77", "care@northwind.example")
        );
    }

    #[test]
    fn what_the_id_token_leaves_out_may_be_told_of_its_own_subject() {
        let hash = token_hash("n");
        let expected = Expected {
            kind: ProviderKind::Other,
            issuer: "https://id.example",
            client_id: "c",
            tenant: "",
            nonce_hash: &hash,
            now: NOW,
        };
        let bare = json!({"iss": "https://id.example", "aud": "c", "exp": 1_700_000_300, "nonce": "n", "sub": "7"});
        let told = |sub: &str| Told {
            sub: sub.into(),
            email: Some("olga@litware.example".into()),
            preferred_username: None,
            name: Some("Olga".into()),
        };
        assert_eq!(check(&token(&bare), &expected, None), Err(Unsound::Anonymous));
        assert_eq!(check(&token(&bare), &expected, Some(told("8"))), Err(Unsound::Anonymous));
        let claims = check(&token(&bare), &expected, Some(told("7"))).expect("sound");
        assert_eq!((&*claims.login, &*claims.name, &*claims.object_id), ("olga@litware.example", "Olga", "7"));
    }
}
