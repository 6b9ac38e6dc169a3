//! Sign-in links, and sign-ins by several people.

use super::*;

#[tokio::test]
async fn a_sign_in_link_says_who_asks_for_what_and_needs_no_account() {
    let guest = |path: &'static str| get_as(Scene::default(), None, path);
    let seen = guest("/s/open").await;
    let words = text(&seen.html);
    assert_eq!(seen.status, StatusCode::OK);
    for said in [
        "Ada Lindqvist asks you",
        "Please sign in once for support@contoso.example",
        "Contoso help desk reads this mailbox and answers from it.",
        "Sign in as it@contoso.example",
        "Read and send mail of support@contoso.example. Nothing else of your account.",
        "Mailkeep never sees it.",
        "You need no account here.",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    // The token stands in hidden fields of the two forms, never in an address that a click sends on.
    assert_eq!(seen.html.matches("name=\"token\" value=\"open\"").count(), 2);
    assert!(!seen.html.contains("href=\"/s/") && !seen.html.contains("action=\"/s/"));
    let named = guest("/s/named").await;
    assert!(!named.html.contains("<script>alert") && text(&named.html).contains("Only "));
    assert!(text(&guest("/s/anyone").await.html).contains("Use an account of yours that can open"));
    for (path, status, said) in [
        ("/s/used", StatusCode::OK, "This was done already"),
        ("/s/revoked", StatusCode::OK, "This link was taken back"),
        ("/s/old", StatusCode::OK, "This link is too old"),
        ("/s/nonsense", StatusCode::NOT_FOUND, "This link has ended"),
        ("/sign-in-link/1", StatusCode::OK, "Done, you may close this page"),
        ("/sign-in-link/2", StatusCode::OK, "this mailbox waits for it@contoso.example"),
        ("/sign-in-link/3", StatusCode::OK, "This account can&#x27;t open the mailbox"),
        ("/sign-in-link/9", StatusCode::NOT_FOUND, "Nothing to see here"),
    ] {
        let seen = guest(path).await;
        assert_eq!(seen.status, status, "{path}");
        assert!(text(&seen.html).replace("'", "&#x27;").contains(said), "{path}: {}", text(&seen.html));
        assert!(!seen.html.contains("<script>alert") && !seen.html.contains("href=\"/admin"), "{path}");
    }
}

#[tokio::test]
async fn a_new_link_is_chosen_made_and_followed() {
    let words = text(&admin("/admin/channels/email/1/link").await.html);
    for said in [
        "The same person: it@contoso.example",
        "Another person, named",
        "Anyone who can open this mailbox",
        "Leaves from desk@litware.example",
        "Made",
        "Sent",
        "Opened",
        "Refused",
        "Completed",
        "Expired",
        "Revoked",
        "Take back",
    ] {
        assert!(words.contains(said), "{said}: {words}");
    }
    // A leaver is not offered again, and without a mailbox that sends the link is copied.
    let left = text(&admin("/admin/channels/email/2/link").await.html);
    assert!(left.contains("can't sign in any more") || left.contains("can&#x27;t sign in any more"), "{left}");
    assert!(!left.contains("The same person") && left.contains("can only be copied"), "{left}");
    let make = |form: &'static str| post(Some(1), "/api/sign_in_links/make", form);
    let copied = make("mailbox=1&who=anyone&by=copy").await;
    assert_eq!(copied.to.as_deref(), Some("/admin/channels/email/1/link?done=made"));
    assert!(copied.cookies.iter().any(|c| c.contains("HttpOnly")) && !copied.html.contains("/s/token"));
    let mailed = make("mailbox=1&who=same&by=email&email=it@contoso.example").await;
    assert_eq!(mailed.to.as_deref(), Some("/admin/channels/email/1/link?done=sent"));
    let empty = make("mailbox=1&who=same&by=email&email=").await;
    assert!(empty.to.unwrap().ends_with("refused=invalid.AddressMalformed"));
    let agent = post(Some(2), "/api/sign_in_links/make", "mailbox=1&who=same&by=copy").await;
    assert!(agent.to.unwrap().contains("refused=not_allowed"));
}

#[tokio::test]
async fn two_at_once_are_told_and_other_mailboxes_are_proved_one_by_one() {
    let seen = text(&admin("/admin/sign-ins/7").await.html);
    assert!(seen.contains("Already repaired by Ben Okafor") && seen.contains("nothing was changed by it"), "{seen}");
    let seen = text(&admin("/admin/sign-ins/8").await.html);
    assert!(seen.contains("Not repaired by this sign-in") && seen.contains("billing@contoso.example"), "{seen}");
    let queue = text(&admin("/admin/channels/email/queue").await.html);
    assert!(queue.contains("done.") && queue.contains("Signed in as care@northwind.example"), "{queue}");
    let people = text(&admin("/admin/people").await.html);
    assert!(people.contains("Whose sign-ins carry the mailboxes"), "{people}");
}
