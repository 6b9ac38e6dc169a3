//! Pages as a browser gets them: words, actions, roles, and what a refused form shows.
#![allow(clippy::unwrap_used)]

#[path = "pages/copied.rs"]
mod copied;
mod fake;
#[path = "pages/guides.rs"]
mod guides;
#[path = "pages/ledger.rs"]
mod ledger;
#[path = "pages/links.rs"]
mod links;

use axum::body::Body;
use fake::Scene;
use fake::seen::{admin, agent, ask, get_as, post, text};
use http::{Request, StatusCode};

const ADMIN_PAGES: [&str; 47] = [
    "/admin/unreadable",
    "/admin/channels/email/1/ledger",
    "/admin/channels/email/9/ledger",
    "/admin/channels/email/1/lookup",
    "/admin/channels/email/1/lookup?words=Hanna",
    "/admin/notices",
    "/admin/ends",
    "/admin/channels/email",
    "/admin/channels/email/queue",
    "/admin/channels/email/new",
    "/admin/channels/email/1",
    "/admin/channels/email/1/edit",
    "/admin/channels/email/5/check",
    "/admin/channels/email/7/check",
    "/admin/channels/email/1/disconnect",
    "/admin/channels/email/1/delete",
    "/admin/channels/email/1/received",
    "/admin/channels/email/12/set-up/provider",
    "/admin/channels/email/12/set-up/use",
    "/admin/channels/email/12/set-up/sign-in",
    "/admin/channels/email/13/set-up/password",
    "/admin/channels/email/12/set-up/result",
    "/admin/channels/email/3/set-up/import",
    "/admin/channels/email/4/set-up/import",
    "/admin/registrations/discover",
    "/admin/registrations/discover?mailbox=12",
    "/admin/registrations/discover?provider=own-1&mailbox=12",
    "/admin/registrations/discover?provider=own-2",
    "/admin/sign-ins/1",
    "/admin/sign-ins/2",
    "/admin/sign-ins/3",
    "/admin/sign-ins/7",
    "/admin/sign-ins/8",
    "/admin/channels/email/1/link",
    "/admin/channels/email/2/link",
    "/admin/registrations",
    "/admin/registrations?tested=2",
    "/admin/registrations/guide/microsoft",
    "/admin/registrations/guide/google?whose=personal",
    "/admin/channels/email/1/approval",
    "/admin/channels/email/2/approval",
    "/admin/server/address",
    "/admin/people",
    "/admin/server",
    "/admin/registrations?edit=2",
    "/me",
    "/help/sign-in-expired",
];

#[tokio::test]
async fn every_page_is_whole_and_safe() {
    for path in ADMIN_PAGES {
        let seen = admin(path).await;
        assert_eq!(seen.status, StatusCode::OK, "{path}");
        assert!(seen.html.contains("</html>"), "{path} is cut off");
        assert_eq!(seen.html.matches("<h1").count(), 1, "{path}: one h1");
        assert!(seen.html.contains("<title>") && seen.html.contains(" - Mailkeep</title>"), "{path}: title");
        assert!(!seen.html.contains("<script>alert"), "{path}: hostile text came out as markup");
        assert!(!seen.html.contains(" style=\""), "{path}: a style attribute breaks the CSP");
        assert!(!seen.html.contains(" onclick="), "{path}: an inline handler breaks the CSP");
        for tag in seen.html.split("<script").skip(1) {
            let tag = &tag[..tag.find('>').unwrap()];
            assert!(tag.contains("nonce=") || tag.contains("src="), "{path}: a script without nonce: {tag}");
        }
    }
}

#[tokio::test]
async fn agents_see_no_admin_page_and_no_link_to_one() {
    for path in ADMIN_PAGES.iter().filter(|p| p.starts_with("/admin")) {
        let seen = agent(path).await;
        assert!(
            matches!(seen.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND)
                || *path == "/admin/channels/email/new",
            "{path}: {}",
            seen.status
        );
    }
    let seen = agent("/me").await;
    assert!(!seen.html.contains("href=\"/admin"), "an agent's page links to admin pages");
    assert!(text(&seen.html).contains("are held."), "agents learn that replies are held");
    assert!(!text(&seen.html).contains("Please reauthorize"));
}

#[tokio::test]
async fn the_banner_is_r1_word_for_word_with_r13() {
    let words = text(&admin("/me").await.html);
    assert!(
        words.contains(
            "Please reauthorize your Email settings. Learn more about it here or finish the setup in Email settings."
        ),
        "{words}"
    );
    assert!(words.contains("support@ and returns@contoso.example: Your Microsoft Office 365 credentials have expired. Please sign in again."), "{words}");
    assert!(words.contains("more mailboxes need you"), "the rest is counted");
    let html = admin("/me").await.html;
    assert!(html.contains("aria-describedby=\"banner-words\""));
    assert_eq!(html.matches("class=\"banner\"").count(), 1, "one banner at a time");
}

#[tokio::test]
async fn a_mailbox_says_what_happened_and_offers_one_action() {
    let seen = admin("/admin/channels/email/1").await;
    let words = text(&seen.html);
    assert!(words.contains("Your Microsoft Office 365 credentials have expired. Please sign in again."));
    assert!(words.contains("Microsoft revoked the sign-in of it@contoso.example. Since 11:05, 3 h ago."), "{words}");
    assert!(words.contains("usually about 40 a day") && words.contains("4 replies are held here. Nothing is lost."));
    assert!(seen.html.contains("action=\"/oauth/begin\"") && seen.html.contains("value=\"reauthorize\""));
    assert!(words.contains("AADSTS50173"), "the provider's own words stand there, folded");
    let password = text(&admin("/admin/channels/email/4").await.html);
    assert!(password.contains("Reauthorization required") && password.contains("Give password"), "R12");
    let retired = admin("/admin/channels/email/3").await;
    assert!(
        retired.html.contains("value=\"switch\"")
            && text(&retired.html).contains("Microsoft ended sign-in by password on 23 Nov"),
        "R2"
    );
    let healthy = text(&admin("/admin/channels/email/9").await.html);
    assert!(healthy.contains("No end expected") && !healthy.contains("Show remedy"));
}

#[tokio::test]
async fn a_mailbox_page_tells_evidence_days_outage_and_history() {
    let seen = admin("/admin/channels/email/1").await;
    let words = text(&seen.html);
    for part in [
        "Next attemptAfter the sign-in",
        "Evidence2 attempts refused, the first at 11:05:00",
        "EvidenceThe same sign-in as incoming",
        "WaitingNew mail at Microsoft, usually about 40 a day",
        "Last proved",
        "in 30 days",
        "Disconnected 3 d 4 h: 47 arrived, 47 accounted for",
        "39 tickets",
        "Checked against UIDs 47,702 to 47,748 of the mailbox.",
        "See all 47",
        "Sign-in refreshed 412 times",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert_eq!(seen.html.matches("class=\"outage\"").count(), 1, "the outage is a band");
    assert!(seen.html.contains("Disconnected 8 Nov, 10:05 to 11 Nov, 14:05."), "and is said in words");
    assert!(seen.html.contains("class=\"bar late\""), "what came late is told apart");
    let ledger = text(&admin("/admin/channels/email/1/received?from=1&until=1791368600000").await.html);
    assert!(ledger.contains("New ticket") && ledger.contains("Known already") && ledger.contains("47,748"), "{ledger}");
}

#[tokio::test]
async fn a_test_mail_says_what_came_of_it() {
    for (id, part) in [
        (9, "Sent to ada@contoso.example"),
        (1, "No message left."),
        (5, "Not sent to ada@contoso.example"),
        (10, "Perhaps sent to ada@contoso.example"),
    ] {
        let seen = admin(&format!("/admin/channels/email/{id}?done=tested")).await;
        assert!(text(&seen.html).contains(part), "{part}");
    }
    let seen = post(Some(1), "/api/test_mails/send", "id=9&to=nobody").await;
    assert!(seen.to.unwrap().contains("form=test&refused=invalid.RecipientMalformed"));
    let seen = admin("/admin/channels/email/9?form=test&refused=invalid.RecipientMalformed").await;
    assert!(seen.html.contains("aria-invalid") && text(&seen.html).contains("Nothing was sent."));
}

/// Where a page links to help.
fn helps(html: &str) -> Vec<String> {
    html.split("href=\"/help/").skip(1).filter_map(|rest| rest.split('"').next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn every_learn_more_leads_to_an_article() {
    let mut linked = std::collections::BTreeSet::new();
    for path in ADMIN_PAGES {
        linked.extend(helps(&admin(path).await.html));
    }
    // Every state of a mailbox, and every card.
    for id in 1..=15 {
        for page in ["", "/check", "/edit"] {
            linked.extend(helps(&admin(&format!("/admin/channels/email/{id}{page}")).await.html));
        }
    }
    for diagnosis in domain::Diagnosis::ALL {
        linked.insert(app::wording::diagnoses::article(diagnosis).to_owned());
    }
    linked.extend(helps(&admin("/help").await.html));
    assert!(linked.len() > 25, "{linked:?}");
    for key in linked {
        let seen = admin(&format!("/help/{key}")).await;
        assert_eq!(seen.status, StatusCode::OK, "{key}");
        assert!(seen.html.contains("<article"), "{key}");
    }
    assert_eq!(admin("/help/nothing-of-the-kind").await.status, StatusCode::NOT_FOUND);
    assert!(helps(&admin("/admin/channels/email/12/set-up/provider").await.html).contains(&"own-servers".into()));
    assert_eq!(agent("/help/held-replies").await.status, StatusCode::OK, "help is for agents as well");
}

#[tokio::test]
async fn a_mailbox_is_deleted_only_by_its_name() {
    let seen = post(Some(1), "/api/mailboxes/delete", "id=9&typed=sales").await;
    assert!(seen.to.unwrap().ends_with("/delete?refused=invalid.ConfirmationWrong"));
    let seen = admin("/admin/channels/email/9/delete?refused=invalid.ConfirmationWrong").await;
    assert!(text(&seen.html).contains("This is not the mailbox's address. Nothing was deleted."));
    let seen = post(Some(1), "/api/mailboxes/delete", "id=9&typed=sales@contoso.example").await;
    assert!(seen.to.unwrap().contains("done=deleted"));
    let words = text(&admin("/admin/channels/email?done=deleted").await.html);
    assert!(words.contains("The mailbox is deletedIts tickets stay."), "{words}");
}

#[tokio::test]
async fn the_remedy_is_exact() {
    let words = text(&admin("/admin/channels/email/5/check").await.html);
    for part in [
        "Outgoing does not work: SMTP AUTH is off",
        "Incoming mail works.",
        "An admin of contoso.example at Microsoft.",
        "Signing in again does not help.",
        "Tick Authenticated SMTP",
        "Set-CASMailbox -Identity billing@contoso.example -SmtpClientAuthenticationDisabled $false",
        "Check again",
        "Not reached",
        "535 5.7.139",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
}

#[tokio::test]
async fn results_of_sign_ins() {
    let connected = text(&admin("/admin/sign-ins/1").await.html);
    assert!(
        connected.contains("Saved: service@contoso.example is connected")
            && connected.contains("8,412 messages found in the mailbox")
    );
    let half = text(&admin("/admin/sign-ins/2").await.html);
    assert!(half.contains("only incoming works") && half.contains("Check again needs no second one"), "{half}");
    let wrong = admin("/admin/sign-ins/3").await;
    let words = text(&wrong.html);
    assert!(words.contains("You signed in as jonas.weber@contoso.example; this mailbox uses it@contoso.example"));
    assert!(words.contains("Nothing was changed") && words.contains("Use jonas.weber@contoso.example from now on"));
    assert!(wrong.html.contains("name=\"pick\" value=\"1\""), "Try again forces the account picker");
    assert!(text(&admin("/admin/sign-ins/6").await.html).contains("Also repaired: returns@contoso.example."));
    for key in domain::signin::CallbackRefusal::ALL.map(|r| r.key()) {
        let seen = get_as(Scene::default(), None, &format!("/sign-in-refused/{key}")).await;
        assert!(text(&seen.html).contains("Nothing was changed"), "{key}");
    }
}

#[tokio::test]
async fn signed_out_people_come_back_to_their_page() {
    let seen = get_as(Scene::default(), None, "/admin/people").await;
    assert_eq!((seen.status, seen.to.as_deref()), (StatusCode::SEE_OTHER, Some("/sign-in?next=/admin/people")));
    // With its query; what a form said there is over by then.
    let seen = get_as(Scene::default(), None, "/tickets?q=a%26b%20c&status=closed&done=saved&refused=slow.3").await;
    assert_eq!(seen.to.as_deref(), Some("/sign-in?next=/tickets%3Fq%3Da%2526b%2520c%26status%3Dclosed"));
    let page = get_as(Scene::default(), None, seen.to.as_deref().unwrap()).await;
    assert!(page.html.contains("name=\"next\" value=\"/tickets?q=a%26b%20c&amp;status=closed\""), "{}", page.html);
    let first = Scene { first_start: true, ..Scene::default() };
    assert_eq!(get_as(first, None, "/tickets").await.to.as_deref(), Some("/first-start"));
    assert_eq!(get_as(first, None, "/sign-in").await.to.as_deref(), Some("/first-start"));
    let page = get_as(Scene::default(), None, "/sign-in?next=/admin/people").await;
    assert!(page.html.contains("name=\"next\" value=\"/admin/people\""));
    assert!(!get_as(Scene::default(), None, "/sign-in?next=//evil.example").await.html.contains("evil"));
    let seen = post(None, "/api/people/sign_in", "email=ada@contoso.example&password=right&next=/admin/people").await;
    assert_eq!((seen.status, seen.to.as_deref()), (StatusCode::SEE_OTHER, Some("/admin/people")));
    let seen = post(None, "/api/people/sign_in", "email=a&password=right&next=https://evil.example").await;
    assert_eq!(seen.to.as_deref(), Some("/tickets"));
}

#[tokio::test]
async fn a_refused_form_says_so_at_its_field_and_keeps_no_secret_in_the_address() {
    let seen = post(None, "/api/people/sign_in", "email=ada@contoso.example&password=hunter2").await;
    assert_eq!(seen.to.as_deref(), Some("/sign-in?refused=invalid.EmailOrPasswordWrong"));
    let page = get_as(Scene::default(), None, "/sign-in?refused=invalid.EmailOrPasswordWrong").await;
    assert!(text(&page.html).contains("Email and password do not match."));
    assert!(page.html.contains("aria-invalid=\"true\"") && page.html.contains("aria-describedby=\"password-error\""));
    let slow = post(None, "/api/people/sign_in", "email=a&password=often").await;
    assert_eq!(slow.to.as_deref(), Some("/sign-in?refused=slow.300"));
    assert!(text(&get_as(Scene::default(), None, "/sign-in?refused=slow.300").await.html).contains("Wait 5 minutes"));
    let secret = post(
        Some(1),
        "/api/registrations/save",
        "provider_key=microsoft&name=x&client_id=y&secret=00000000-0000-0000-0000-000000000000",
    )
    .await;
    assert_eq!(secret.to.as_deref(), Some("/admin/registrations?new=microsoft&refused=invalid.SecretIsAnId"));
    assert!(text(&admin(secret.to.as_deref().unwrap()).await.html).contains("Copy the column Value instead."));
    let twice = post(Some(1), "/api/mailboxes/start", "address=support@contoso.example&name=").await;
    assert!(
        text(&admin(twice.to.as_deref().unwrap()).await.html)
            .contains("Another mailbox has this address already. Nothing was saved.")
    );
    let hostile = admin("/admin/people?refused=%3Cscript%3Ealert(1)%3C/script%3E&q=%22%3E%3Cscript%3Ealert(1)").await;
    assert_eq!(hostile.status, StatusCode::OK);
    let found = admin("/admin/channels/email?q=%22%3E%3Cscript%3Ealert(1)").await;
    assert!(!found.html.contains("<script>alert"));
}

#[tokio::test]
async fn forms_answer_with_a_redirect() {
    let seen = post(Some(1), "/api/mailboxes/start", "address=service@contoso.example").await;
    assert_eq!(
        (seen.status, seen.to.as_deref()),
        (StatusCode::SEE_OTHER, Some("/admin/channels/email/12/set-up/provider"))
    );
    let seen =
        post(Some(1), "/api/mailboxes/choose_use", "id=12&used=both&folder=INBOX&import=date&import_date=2026-02-30")
            .await;
    assert_eq!(seen.to.as_deref(), Some("/admin/channels/email/12/set-up/use?refused=invalid.DateMalformed"));
    let seen = post(
        Some(1),
        "/api/mailboxes/give_password",
        "id=13&user=u&password=p&in_host=mail.adatum.example&in_port=993&in_tls=implicit",
    )
    .await;
    assert_eq!(
        seen.to.as_deref(),
        Some("/admin/channels/email/13/set-up/password?tried=1"),
        "nothing works: back to the form"
    );
    let seen = post(Some(1), "/api/mailboxes/give_password", "id=9&user=u&password=p").await;
    assert_eq!(seen.to.as_deref(), Some("/admin/channels/email/9/set-up/result"));
    let seen = post(Some(2), "/api/mailboxes/pause", "id=1&paused=true").await;
    assert_eq!(seen.to.as_deref(), Some("/admin/channels/email/1?refused=not_allowed"));
    let seen = post(None, "/api/mailboxes/pause", "id=1&paused=true").await;
    assert_eq!(seen.to.as_deref(), Some("/sign-in?next=/admin/channels/email/1"));
    let seen = post(Some(1), "/api/people/invite", "name=Mei&email=mei@contoso.example&role=agent").await;
    assert_eq!(seen.to.as_deref(), Some("/admin/people?done=invited"), "the link is not in the address");
    assert!(
        seen.cookies.iter().any(|c| c.starts_with("once=") && c.contains("HttpOnly") && c.contains("SameSite=Strict"))
    );
}

#[tokio::test]
async fn a_link_is_shown_once() {
    let request = |cookie: &str| {
        Request::builder()
            .uri("/admin/people?done=invited")
            .header("accept", "text/html")
            .header("cookie", cookie)
            .body(Body::empty())
            .unwrap()
    };
    let seen = ask(Scene::default(), Some(1), request("once=https%3A//help.contoso.example/welcome/abc")).await;
    assert!(seen.html.contains("https://help.contoso.example/welcome/abc"));
    assert!(seen.cookies.iter().any(|c| c.starts_with("once=;") && c.contains("Max-Age=0")));
    let seen = ask(Scene::default(), Some(1), request("other=1")).await;
    assert!(text(&seen.html).contains("It is shown only once"));
}

#[tokio::test]
async fn demo_empty_and_missing() {
    let demo = Scene { demo: true, ..Scene::default() };
    assert!(get_as(demo, Some(1), "/me").await.html.contains("no mail leaves this machine"));
    assert!(get_as(demo, None, "/sign-in").await.html.contains("no mail leaves this machine"));
    let empty = Scene { empty: true, ..Scene::default() };
    let seen = get_as(empty, Some(1), "/admin/channels/email").await;
    assert!(text(&seen.html).contains("Connect your first support email") && !seen.html.contains("class=\"banner\""));
    assert_eq!(admin("/nowhere").await.status, StatusCode::NOT_FOUND);
    assert_eq!(admin("/admin/channels/email/999").await.status, StatusCode::NOT_FOUND);
    assert_eq!(admin("/admin/channels/email/abc").await.status, StatusCode::NOT_FOUND);
    let unregistered = Scene { unregistered: true, ..Scene::default() };
    assert!(
        text(&get_as(unregistered, Some(1), "/admin/channels/email/12/set-up/sign-in").await.html)
            .contains("does not know this server yet")
    );
}

#[tokio::test]
async fn times_follow_the_reader() {
    let request = Request::builder()
        .uri("/admin/channels/email/1")
        .header("accept", "text/html")
        .header("cookie", "tz=60; theme=dark")
        .body(Body::empty())
        .unwrap();
    let seen = ask(Scene::default(), Some(1), request).await;
    assert!(text(&seen.html).contains("Since 12:05, 3 h ago"));
    assert!(seen.html.contains("data-theme=\"dark\""));
}
