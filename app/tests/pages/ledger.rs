//! The ledger's pages: what can't be explained, why a mail is not a ticket, what can't be read.

use crate::fake::seen::{admin, post, text};

#[tokio::test]
async fn what_can_not_be_explained_is_named() {
    let seen = text(&admin("/admin/channels/email/1/ledger").await.html);
    for part in [
        "3 messages can't be explained",
        "UID 47,701 in Inbox",
        "It became a ticket, and that ticket is gone.",
        "Something else takes mail from this mailbox",
        "UIDs 47,710 to 47,712 in Inbox",
        "8,410 tickets",
        "3 not explained",
        "The next comparison runs by itself",
        "The last comparison did not go through",
    ] {
        assert!(seen.contains(part), "{part}: {seen}");
    }
    let page = text(&admin("/admin/channels/email/1").await.html);
    assert!(page.contains("UIDs 47,701, 47,702 and 47,703"), "{page}");
    let silent = text(&admin("/admin/channels/email/10").await.html);
    assert!(silent.contains("No mail comes") && silent.contains("The last message came 4 d ago"), "{silent}");
}

#[tokio::test]
async fn a_mail_that_is_no_ticket_says_why_and_can_be_imported() {
    let seen = admin("/admin/channels/email/1/lookup?words=Hanna").await;
    let words = text(&seen.html);
    for part in [
        "The mail provider took it for junk: it lies in Junk, which is not fetched from.",
        "It arrived before the date from which this mailbox is imported.",
        "It joined a ticket as a reply.",
        "An automatic mail. An automatic answer that belongs to no ticket.",
        "Searched here and in 9 folders on the server.",
    ] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert_eq!(words.matches("Import now").count(), 3, "{words}");
    let form = "id=1&folder=Junk&uid_validity=14&uid=7&words=Hanna";
    assert_eq!(post(Some(1), "/api/ledger/import", form).await.to.as_deref(), Some("/tickets/4711?done=imported"));
    let gone = "id=1&folder=Junk&uid_validity=14&uid=8&words=Hanna%20L";
    let back = post(Some(1), "/api/ledger/import", gone).await.to.unwrap();
    assert_eq!(back, "/admin/channels/email/1/lookup?words=Hanna%20L&done=gone");
    let nothing = text(&admin("/admin/channels/email/1/lookup?words=nobody").await.html);
    assert!(nothing.contains("No such mail") && nothing.contains("nobody"), "{nothing}");
}

#[tokio::test]
async fn unreadable_mail_has_a_reason_its_bytes_and_three_ways_out() {
    let seen = admin("/admin/unreadable").await;
    let words = text(&seen.html);
    for part in ["The parser gave up on it.", "Make a ticket", "Read it again", "Fetch it again", "Set aside"] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert!(seen.html.contains("href=\"/files/raw\""), "{}", seen.html);
    for (act, to) in [
        ("by_hand", "/tickets/4711"),
        ("replay", "/admin/unreadable?done=still"),
        ("set_aside", "/admin/unreadable?done=aside"),
    ] {
        let seen = post(Some(1), &format!("/api/quarantine/{act}"), "numbers=1.14.47702").await;
        assert_eq!(seen.to.as_deref(), Some(to), "{act}");
        let bad = post(Some(1), &format!("/api/quarantine/{act}"), "numbers=%3Cscript%3E").await;
        assert_eq!(bad.to.as_deref(), Some("/admin/unreadable?refused=not_found"), "{act}");
    }
}
