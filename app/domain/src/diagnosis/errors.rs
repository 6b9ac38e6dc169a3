//! The names of OAuth errors and the words of their descriptions: one of the two places where
//! providers' words are matched (the other is `phrases`).

use super::{
    Diagnosis::{self, *},
    phrases::has,
};
use crate::provider::ProviderKind;

/// By the error's name (RFC 6749, 6750, 7009, 8628, 9470, OpenID Connect Core 3.1.2.6).
pub(super) fn by_error(error: &str, provider: ProviderKind) -> Option<Diagnosis> {
    Some(match error {
        "invalid_grant" | "invalid_code" | "invalid_refresh_token" | "expired_access_token" => SignInExpired,
        "invalid_token" | "unauthenticated" => TokenRefused,
        "insufficient_scope" => ScopeMissing,
        "interaction_required" | "login_required" | "account_selection_required" | "session_expired" => {
            InteractionNeeded
        }
        "insufficient_user_authentication" | "unmet_authentication_requirements" => MfaNeeded,
        "consent_required" => ConsentMissing,
        "access_denied" | "authorization_declined" | "user_cancelled" | "cancelled" | "user_denied" => ConsentDeclined,
        "expired_token" | "bad_verification_code" => SignInInterrupted,
        "authorization_pending" => AwaitingApproval,
        "slow_down" | "rate_limit_exceeded" | "resource_exhausted" | "too_many_requests" | "quota_exceeded" => {
            RateLimited
        }
        "server_error"
        | "temporarily_unavailable"
        | "unavailable"
        | "internal"
        | "internal_failure"
        | "internal_error"
        | "deadline_exceeded"
        | "backend_error"
        | "service_unavailable" => ProviderFault,
        "admin_policy_enforced" | "policy_enforced" | "permission_denied" => AdminPolicy,
        "invalid_client" => ClientSecretWrong,
        "unauthorized_client" if provider == ProviderKind::Google => RegistrationFault,
        "unauthorized_client" | "deleted_client" | "disabled_client" | "invalid_client_id" | "client_not_found" => {
            RegistrationUnknown
        }
        "redirect_uri_mismatch" | "invalid_redirect_uri" | "mismatching_redirect_uri" => RedirectMismatch,
        "org_internal" => RegistrationInternal,
        "invalid_scope" | "invalid_resource" | "invalid_target" => ScopeInvalid,
        "access_not_configured" => RegistrationFault,
        "invalid_request"
        | "invalid_argument"
        | "unsupported_grant_type"
        | "unsupported_response_type"
        | "disallowed_useragent"
        | "unsupported_token_type"
        | "invalid_request_object"
        | "request_not_supported" => RequestRefused,
        // Names of a provider's own, told by what they are made of.
        own if own.contains("refresh_token") => SignInExpired,
        own if own.contains("rate_limit") || own.contains("ratelimit") => RateLimited,
        _ => return None,
    })
}

/// For which error words count.
enum Only {
    Any,
    Error(&'static str),
}
use Only::{Any, Error};

impl Only {
    fn covers(&self, error: Option<&str>) -> bool {
        match self {
            Any => true,
            Error(only) => error.is_none_or(|error| error == *only),
        }
    }
}

/// By the words of a description, or of a page that a person copied.
pub(super) fn by_words(words: &str, error: Option<&str>) -> Option<Diagnosis> {
    WORDS.iter().find(|(only, pieces, _)| only.covers(error) && has(words, pieces)).map(|(_, _, diagnosis)| *diagnosis)
}

/// Words of providers, the exact before the general. Descriptions are not documented and
/// drift: they choose a closer name and, where the error alone misleads, a better class.
const WORDS: &[(Only, &str, Diagnosis)] = &[
    // Zoho answers access_denied to too many token requests.
    (Any, "too many requests", RateLimited),
    // Microsoft's pages, as a person copies them.
    (Any, "need admin approval", AdminConsentNeeded),
    (Any, "that only an admin can grant", AdminConsentNeeded),
    (Any, "admin consent", AdminConsentNeeded),
    (Any, "approval required", AdminConsentNeeded),
    (Any, "conditional access", ConditionalAccess),
    (Any, "does not meet the criteria to access this resource", ConditionalAccess),
    (Any, "you cannot access this right now", ConditionalAccess),
    (Any, "can't get there from here", DeviceRequired),
    (Any, "selected user account does not exist in tenant", WrongTenant),
    (Any, "more information required", MfaNeeded),
    (Any, "multi-factor authentication", MfaNeeded),
    (Any, "your account is blocked", AccountDisabled),
    (Any, "your account has been locked", AccountLocked),
    (Any, "unauthorized_client+not enabled for consumers", RegistrationAccountTypes),
    (Any, "not enabled for consumers", RegistrationAccountTypes),
    // Google's pages and descriptions.
    (Any, "access blocked+request is invalid", RequestRefused),
    (Any, "developer-approved testers", AppInTesting),
    (Any, "has not completed the google verification", AppInTesting),
    (Any, "only be used within its organization", RegistrationInternal),
    (Any, "restricted to users within its organization", RegistrationInternal),
    (Any, "institution's admin", AdminPolicy),
    (Any, "blocked by+admin", AdminPolicy),
    (Any, "accessnotconfigured", RegistrationFault),
    (Any, "has not been used in project", RegistrationFault),
    (Error("invalid_client"), "was not found", RegistrationUnknown),
    (Error("invalid_client"), "was deleted", RegistrationUnknown),
    (Error("invalid_grant"), "account has been deleted", AccountGone),
    (Error("invalid_grant"), "invalid_rapt", SignInFrequencyPolicy),
    (Error("invalid_grant"), "reauth related error", SignInFrequencyPolicy),
    // Keycloak, Okta, Auth0 and others.
    (Error("invalid_grant"), "account+disabled", AccountDisabled),
    (Error("invalid_grant"), "user+disabled", AccountDisabled),
    (Error("invalid_grant"), "account+suspended", AccountDisabled),
    (Error("invalid_grant"), "account+restricted", AccountDisabled),
    (Error("invalid_grant"), "account+blocked", AccountDisabled),
    (Error("invalid_grant"), "user+blocked", AccountDisabled),
    (Error("invalid_grant"), "user+deleted", AccountGone),
    (Error("invalid_grant"), "unknown user", AccountGone),
    (Error("invalid_grant"), "user not found", AccountGone),
    (Error("invalid_grant"), "account+locked", AccountLocked),
    (Error("invalid_grant"), "user+locked", AccountLocked),
    (Error("invalid_grant"), "redirect_uri", RedirectMismatch),
    (Error("invalid_grant"), "code_verifier", RequestRefused),
    (Error("invalid_grant"), "code verifier", RequestRefused),
    (Error("invalid_grant"), "pkce", RequestRefused),
    (Error("invalid_grant"), "already redeemed", SignInInterrupted),
    (Error("invalid_grant"), "malformed auth code", SignInInterrupted),
    (Error("invalid_grant"), "authorization code", SignInInterrupted),
    (Error("invalid_grant"), "consent", ConsentMissing),
    (Error("invalid_grant"), "inactivity", SignInInactive),
    (Error("invalid_request"), "redirect", RedirectMismatch),
    (Error("invalid_client"), "expired", ClientSecretExpired),
    (Error("access_denied"), "account+disabled", AccountDisabled),
    (Error("access_denied"), "account+suspended", AccountDisabled),
    (Error("access_denied"), "account+blocked", AccountDisabled),
    (Error("access_denied"), "account+locked", AccountLocked),
    (Error("access_denied"), "not assigned", UserNotAssigned),
    (Error("access_denied"), "administrator", AdminPolicy),
    (Error("access_denied"), "policy", AdminPolicy),
    // Mail.ru answers `token not found` without a standard name.
    (Any, "token not found", SignInExpired),
    (Any, "expired or revoked", SignInExpired),
    (Any, "refresh token+invalid", SignInExpired),
    (Any, "refresh token+expired", SignInExpired),
];
