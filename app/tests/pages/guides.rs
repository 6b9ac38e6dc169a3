//! App registrations: their guide, their test, and waiting for approval.

use super::fake::Scene;
use super::{admin, agent, get_as, text};
use http::StatusCode;

#[tokio::test]
async fn a_guide_is_for_anybody_and_takes_nothing() {
    let open = get_as(Scene::default(), None, "/app-guide/microsoft?whose=several").await;
    assert_eq!(open.status, StatusCode::OK);
    let words = text(&open.html);
    for said in ["Contoso", "/oauth/callback", "Multiple Entra ID tenants", "Value, not Secret ID"] {
        assert!(words.contains(said), "{said}: {words}");
    }
    assert!(!open.html.contains("<input") && !open.html.contains("href=\"/admin"), "the open guide takes nothing");
    for nowhere in ["/app-guide/nobody", "/address/wrong"] {
        let seen = get_as(Scene::default(), None, nowhere).await;
        assert!(!seen.html.contains("<form"), "{nowhere}");
    }
    assert_eq!(agent("/admin/registrations/guide/microsoft").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_test_names_the_field_and_the_provider_s_words() {
    let words = text(&admin("/admin/registrations?tested=2").await.html);
    for said in ["Test of Northwind tenant", "The client secret is wrong", "AADSTS7000215", "New secret refused"] {
        assert!(words.contains(said), "{said}: {words}");
    }
}

#[tokio::test]
async fn an_approval_says_since_when_and_what_was_shown() {
    let waiting = text(&admin("/admin/channels/email/2/approval").await.html);
    assert!(waiting.contains("Waiting for approval since") && waiting.contains("adminconsent"), "{waiting}");
    let shown = admin("/admin/channels/email/1/approval").await;
    let words = text(&shown.html);
    assert!(words.contains("has not come back") && words.contains("by AADSTS90094"), "{words}");
    assert!(!shown.html.contains("<script>alert"));
}
