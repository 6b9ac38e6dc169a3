//! Answers of token and authorize endpoints that stand in no file.

use crate::cases::check;
use domain::diagnosis::{Certainty, Class, Diagnosis, correlation_id, diagnose_oauth};
use domain::provider::ProviderKind::{Google, Microsoft};

#[test]
fn oauth_answers_have_their_class() {
    check(include_str!("../cases/oauth.tsv"), |provider, status, text| diagnose_oauth(text, status, provider));
}

#[test]
fn exact_names_where_the_page_depends_on_them() {
    for (provider, text, diagnosis) in [
        (Microsoft, "AADSTS50173", Diagnosis::SignInRevoked),
        (Microsoft, "AADSTS700082", Diagnosis::SignInInactive),
        (Microsoft, "AADSTS7000222", Diagnosis::ClientSecretExpired),
        (Microsoft, "AADSTS7000215", Diagnosis::ClientSecretWrong),
        (Microsoft, "AADSTS700084", Diagnosis::SpaRegistration),
        (Microsoft, "AADSTS50194", Diagnosis::RegistrationSingleTenant),
        (Microsoft, "AADSTS50020", Diagnosis::WrongTenant),
        (
            Google,
            r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked."}"#,
            Diagnosis::SignInExpired,
        ),
        (
            Google,
            r#"{"error":"invalid_client","error_description":"The OAuth client was not found."}"#,
            Diagnosis::RegistrationUnknown,
        ),
    ] {
        let found = diagnose_oauth(text, Some(400), provider);
        assert_eq!(found.diagnosis, diagnosis, "{text}");
        assert_eq!((found.certainty, found.known), (Certainty::Definite, true), "{text}");
    }
}

#[test]
fn a_number_nobody_has_written_down_is_not_known_and_keeps_its_class() {
    for (text, class) in [
        (
            r#"{"error":"invalid_grant","error_description":"AADSTS599999: Something new.","error_codes":[599999]}"#,
            Class::SignInAgain,
        ),
        (r#"{"error":"temporarily_unavailable","error_description":"AADSTS99999999: Busy."}"#, Class::Transient),
        (
            r#"{"error":"invalid_client","error_description":"AADSTS7999999: The key is odd."}"#,
            Class::FixAppRegistration,
        ),
        (
            r#"{"error":"invalid_grant","suberror":"consent_required","error_description":"AADSTS659999: x"}"#,
            Class::SignInAgain,
        ),
        ("AADSTS599999: Need admin approval", Class::AdminConsent),
    ] {
        let found = diagnose_oauth(text, Some(400), Microsoft);
        assert_eq!((found.diagnosis.class(), found.known), (class, false), "{text} {:?}", found.diagnosis);
    }
}

#[test]
fn the_correlation_id_is_only_ever_an_id() {
    let id = "5a7d3f8e-1111-2222-3333-444455556666";
    assert_eq!(correlation_id(&format!(r#"{{"correlation_id":"{id}"}}"#)).as_deref(), Some(id));
    assert_eq!(correlation_id(&format!("Trace ID: x Correlation ID: {id} Timestamp: y")).as_deref(), Some(id));
    assert_eq!(correlation_id(r#"{"correlation_id":"<script>alert(1)</script>aaaaaaaaaaaaaaaaaaa"}"#), None);
}
