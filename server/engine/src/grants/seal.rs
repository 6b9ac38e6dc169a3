//! Tokens into the row: sealed for it, with the times that follow from their lives.

use crate::oauth::Tokens;
use crate::providers::ProviderEntry;
use crate::store::grants::{Row, Sealed};
use crate::vault::Vault;
use domain::Time;
use domain::id::GrantId;
use domain::provider::ProviderKind;
use domain::time::Span;

/// An idle grant is refreshed so often that a sliding window never closes.
const IDLE: Span = Span::days(7);

pub fn refresh_purpose(grant: GrantId) -> String {
    format!("grant:{grant}:refresh")
}

pub fn access_purpose(grant: GrantId) -> String {
    format!("grant:{grant}:access")
}

/// What is known when tokens came.
pub struct Fresh<'a> {
    pub tokens: &'a Tokens,
    /// Mail scopes that were granted; `None` in a refresh: they stay.
    pub scopes: Option<&'a [String]>,
    pub provider: &'a ProviderEntry,
    /// A fixed end told earlier.
    pub fixed_end_at: Option<Time>,
    /// A mailbox at work uses the grant.
    pub used: bool,
    /// 0.0 to 1.0.
    pub jitter: f64,
    pub now: Time,
}

/// Seals tokens for a grant's row.
pub fn sealed(vault: &Vault, grant: GrantId, fresh: &Fresh<'_>) -> Sealed {
    let Fresh { tokens, now, .. } = *fresh;
    let fixed_end_at = tokens.refresh_ends_in.map(|span| now + span).or(fresh.fixed_end_at);
    let window = fresh.provider.refresh_window_days.map(|days| now + Span::days(days));
    let window_ends_at = match (window, fixed_end_at) {
        (Some(window), Some(fixed)) => Some(window.min(fixed)),
        (window, fixed) => window.or(fixed),
    };
    Sealed {
        refresh: tokens.refresh.as_ref().map(|token| vault.seal(&refresh_purpose(grant), token)),
        access: vault.seal(&access_purpose(grant), &tokens.access),
        access_expires_at: now + tokens.expires_in,
        scopes: fresh.scopes.map(|list| list.join(" ")),
        window_ends_at,
        fixed_end_at,
        refresh_due_at: now + pause(tokens.expires_in, fresh.used, fresh.jitter),
    }
}

/// The tokens of a new row sealed for an older one of the same account and registration. Google
/// may give no refresh token again: then the older one's goes on.
pub fn moved(vault: &Vault, new: &Row, old: &Row) -> Option<Sealed> {
    let (from, to) = (GrantId(new.id), GrantId(old.id));
    let access = vault.open(&access_purpose(from), new.access_sealed.as_deref()?).ok()?;
    let refresh = match &new.refresh_sealed {
        Some(sealed) => Some(vault.seal(&refresh_purpose(to), &vault.open(&refresh_purpose(from), sealed).ok()?)),
        None => old.refresh_sealed.clone(),
    };
    Some(Sealed {
        refresh,
        access: vault.seal(&access_purpose(to), &access),
        access_expires_at: Time(new.access_expires_at),
        scopes: Some(new.scopes.clone()),
        window_ends_at: new.window_ends_at.map(Time),
        fixed_end_at: new.fixed_end_at.map(Time),
        refresh_due_at: Time(new.refresh_due_at),
    })
}

/// Seven tenths of the access token's life while a mailbox uses it, less up to a tenth of that.
fn pause(life: Span, used: bool, jitter: f64) -> Span {
    let whole = if used { (life.0 / 10 * 7).max(1_000) } else { IDLE.0.max(life.0) };
    Span(whole - (whole as f64 * 0.1 * jitter.clamp(0.0, 1.0)) as i64)
}

/// Of the granted scopes those for mail; where the answer names none, what was asked for counts
/// (RFC 6749 5.1). Google writes `email` as an address of its own, Microsoft leaves identity out.
pub fn mail_scopes(provider: &ProviderEntry, granted: Option<&[String]>, asked: &[String]) -> Vec<String> {
    let wanted = |scope: &&String| {
        let same = |known: &String| known.trim_end_matches('/').eq_ignore_ascii_case(scope.trim_end_matches('/'));
        provider.scopes.incoming.iter().any(same) || provider.scopes.outgoing.iter().any(same)
    };
    granted.unwrap_or(asked).iter().filter(wanted).cloned().collect()
}

/// The scopes of a refresh: the very ones that were granted (AADSTS70000 otherwise). Google takes
/// none: it means the same as before.
pub fn refresh_scopes(provider: &ProviderEntry, granted: &str) -> Vec<String> {
    if provider.kind != ProviderKind::Microsoft {
        return Vec::new();
    }
    provider.scopes.identity.iter().cloned().chain(granted.split_whitespace().map(str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refreshes_come_at_a_share_of_life() {
        assert_eq!(pause(Span::seconds(60), true, 0.0), Span::seconds(42));
        assert_eq!(pause(Span::hours(1), true, 0.0), Span::minutes(42));
        assert!(pause(Span::hours(1), true, 1.0) >= Span::minutes(37));
        assert_eq!(pause(Span::hours(1), false, 0.0), Span::days(7));
    }

    #[test]
    fn scopes_are_told_apart() {
        let providers = crate::providers::Providers::load(None, &Default::default()).expect("they load");
        let google = providers.get("google").expect("known");
        let mail = "https://mail.google.com/".to_owned();
        let granted = ["openid".to_owned(), "https://www.googleapis.com/auth/userinfo.email".to_owned()];
        assert!(mail_scopes(google, Some(&granted), std::slice::from_ref(&mail)).is_empty());
        assert_eq!(mail_scopes(google, None, std::slice::from_ref(&mail)), [mail]);
        assert!(refresh_scopes(google, "https://mail.google.com/").is_empty());
        let microsoft = providers.get("microsoft").expect("known");
        let scopes = refresh_scopes(microsoft, "https://outlook.office.com/SMTP.Send");
        assert!(
            scopes.contains(&"offline_access".to_owned())
                && scopes.contains(&"https://outlook.office.com/SMTP.Send".to_owned())
        );
        assert_eq!(scopes.len(), 5);
    }
}
