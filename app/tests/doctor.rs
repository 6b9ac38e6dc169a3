//! The doctor's page, and what a check tells elsewhere.
#![allow(clippy::unwrap_used)]

mod fake;

use axum::body::{Body, to_bytes};
use fake::{Scene, router};
use http::{Method, Request, StatusCode};
use tower::ServiceExt;

/// The page's text, tags and comments taken out.
fn text(html: &str) -> String {
    let mut out = String::new();
    for piece in html.split('<') {
        let rest = piece.split_once('>').map_or(piece, |(_, rest)| rest);
        out.push(' ');
        out.push_str(rest);
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

async fn ask(visitor: i64, request: Request<Body>) -> (StatusCode, String, String) {
    let response = router(Scene::default(), Some(visitor)).oneshot(request).await.unwrap();
    let to = response.headers().get("location").map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
    let status = response.status();
    let bytes = to_bytes(response.into_body(), 8 << 20).await.unwrap();
    (status, to, String::from_utf8(bytes.to_vec()).unwrap())
}

async fn page(path: &str) -> String {
    let request = Request::builder().uri(path).header("accept", "text/html").body(Body::empty()).unwrap();
    let (status, _, html) = ask(1, request).await;
    assert_eq!(status, StatusCode::OK, "{path}");
    html
}

async fn post(visitor: i64, path: &str, form: &str) -> (StatusCode, String) {
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("referer", "http://localhost/somewhere")
        .body(Body::from(form.to_owned()))
        .unwrap();
    let (status, to, _) = ask(visitor, request).await;
    (status, to)
}

#[tokio::test]
async fn the_card_can_be_sent_copied_and_mailed() {
    let html = page("/admin/channels/email/5/check").await;
    let words = text(&html);
    for part in [
        "Outgoing does not work: SMTP AUTH is off",
        "An admin of contoso.example at Microsoft.",
        "Tick Authenticated SMTP",
        "Set-CASMailbox -Identity billing@contoso.example -SmtpClientAuthenticationDisabled $false",
        "Check again",
        "Send this card",
        "Last sent to it@contoso.example",
    ] {
        assert!(words.contains(part), "{part}");
    }
    assert!(html.contains("href=\"mailto:?subject=billing%40contoso.example"));
    let sent = post(1, "/api/doctor/card", "id=5&to=admin@contoso.example").await;
    assert_eq!(sent, (StatusCode::SEE_OTHER, "/admin/channels/email/5/check?done=sent".into()));
    let refused = post(1, "/api/doctor/card", "id=5&to=nobody").await;
    assert_eq!(refused.1, "/admin/channels/email/5/check?form=card&refused=invalid.RecipientMalformed");
    assert!(text(&page(&refused.1).await).contains("not a whole email address"));
    let agent = post(2, "/api/doctor/card", "id=5&to=admin@contoso.example").await;
    assert!(agent.1.contains("refused=not_allowed"), "{agent:?}");
}

#[tokio::test]
async fn one_cause_is_one_card() {
    let words = text(&page("/admin/channels/email/14/check").await);
    assert!(words.contains("2 mailboxes do not work: App secret expired"), "{words}");
    assert!(words.contains("The same stops shop@northwind.example; one remedy mends them all."));
}

#[tokio::test]
async fn the_test_mail_is_announced_and_its_end_is_told() {
    let words = text(&page("/admin/channels/email/1/check").await);
    assert!(words.contains("Mailkeep sends one from support@contoso.example to itself"), "{words}");
    assert!(words.contains("Send As proved") && words.contains("arrived and recognised, no ticket, and removed"));
    let words = text(&page("/admin/channels/email/9/check").await);
    assert!(words.contains("Send As refused") && words.contains("554 5.2.252 SendAsDenied"));
    assert_eq!(post(1, "/api/doctor/test", "id=9").await.1, "/admin/channels/email/9/check#send-as");
    assert!(post(2, "/api/doctor/test", "id=9").await.1.contains("refused=not_allowed"));
}

#[tokio::test]
async fn two_faults_of_a_password_are_two_sentences() {
    let words = text(&page("/admin/channels/email/10/set-up/password?tried=1").await);
    assert!(words.contains("The incoming server refuses this user name or password."), "{words}");
    assert!(words.contains("Outgoing: ") && words.contains("Connection refused (os error 111)"), "{words}");
    let words = text(&page("/admin/channels/email/13/set-up/password?tried=1").await);
    assert!(words.contains("The server refuses this user name or password. Nothing was saved."));
}

#[tokio::test]
async fn a_failing_direction_is_not_in_use_now() {
    let words = text(&page("/admin/sign-ins/2").await);
    assert!(words.contains("Kept; in use as soon as it works."), "{words}");
    assert_eq!(words.matches("In use now").count(), 1, "incoming alone: {words}");
}
