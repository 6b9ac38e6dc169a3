//! Servers that refuse a command which others take: mail comes in all the same, and nothing is asked over and over.

use crate::access::admin;
use crate::desk::{By, Chosen, Desk};
use crate::fetch::idles;
use crate::rig::{At, User, until};
use domain::id::MailboxId;
use engine::store::episodes;
use sea_orm::ConnectionTrait;
use serde_json::json;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(60);

async fn desk(chosen: Chosen) -> (Desk, User, MailboxId) {
    let desk = Desk::open().await;
    let user = desk.rig.user("refuses", At::Litware).await;
    desk.rig.append(&user, "INBOX", 3, json!({ "subject": "Before" })).await;
    let mailbox = desk.mailbox(&user, chosen).await;
    (desk, user, mailbox)
}

/// How often a command came.
async fn commands(desk: &Desk, user: &User, name: &str) -> u64 {
    desk.rig.stats(user).await["counts"]["imap"]["commands"][name].as_u64().unwrap_or(0)
}

async fn outages(desk: &Desk, mailbox: MailboxId) -> usize {
    episodes::of(&desk.engine.store, mailbox, 20).await.expect("episodes").len()
}

#[tokio::test]
async fn a_server_that_searches_for_nothing_still_gives_its_mail() {
    let from = Some(engine::clock::now().0 - 86_400_000);
    let (mut desk, user, mailbox) = desk(Chosen { import_mode: "date", import_from: from, ..Chosen::default() }).await;
    let line = "{tag} BAD Unknown command";
    desk.rig.fault(&user, json!({ "kind": "answer", "on": "UID SEARCH", "times": -1, "line": line })).await;
    desk.start();
    desk.stored(mailbox, 3, SOON).await;
    desk.rig.append(&user, "INBOX", 2, json!({ "subject": "After" })).await;
    desk.stored(mailbox, 5, SOON).await;
    assert!(commands(&desk, &user, "UID SEARCH").await > 0);
    assert_eq!(outages(&desk, mailbox).await, 0, "nothing is wrong with the mailbox");
}

#[tokio::test]
async fn a_server_that_tells_no_sizes_still_gives_its_mail() {
    let (mut desk, user, mailbox) = desk(Chosen::default()).await;
    let line = "{tag} NO [SERVERBUG] Sizes are not known";
    desk.rig.fault(&user, json!({ "kind": "answer", "on": "UID FETCH", "times": 1, "line": line })).await;
    desk.start();
    let receipts = desk.stored(mailbox, 3, SOON).await;
    assert_eq!(outages(&desk, mailbox).await, 0, "nothing is wrong with the mailbox");
    for receipt in receipts {
        let ours = String::from_utf8_lossy(&desk.source(receipt.source_id.expect("a source")).await).into_owned();
        let theirs = desk.rig.raw(&user, "INBOX", u64::try_from(receipt.uid).expect("a UID")).await;
        assert_eq!(ours.replace("\r\n", "\n"), theirs.replace("\r\n", "\n"));
    }
}

/// One message of which the server tells nothing at all is found, set aside with a page, and holds no other up.
#[tokio::test]
async fn a_message_of_which_nothing_is_told_blocks_no_other() {
    let (mut desk, user, mailbox) = desk(Chosen::default()).await;
    // Sizes and times of all three; then, one by one, three times of the first.
    let line = "{tag} NO [SERVERBUG] Internal error";
    desk.rig.fault(&user, json!({ "kind": "answer", "on": "UID FETCH", "times": 8, "line": line })).await;
    desk.start();
    let all = until("three receipts", SOON, || async {
        desk.engine.wake.mailbox(mailbox);
        let all = desk.receipts(mailbox).await;
        (all.len() == 3 && all.iter().all(|r| r.disposition != "stored")).then_some(all)
    })
    .await;
    let became: Vec<&str> = all.iter().map(|r| r.disposition.as_str()).collect();
    assert_eq!(became, ["quarantined", "ticket", "ticket"]);
    assert_eq!(all[0].reason.as_deref(), Some("unfetchable"));
}

#[tokio::test]
async fn a_refused_mark_is_not_asked_for_with_every_pass() {
    let (mut desk, user, mailbox) = desk(Chosen::default()).await;
    let read = format!("UPDATE mailbox SET after_fetch = 'read' WHERE id = {mailbox}");
    desk.engine.store.write().execute_unprepared(&read).await.expect("chosen");
    let line = "{tag} NO [NOPERM] Read only";
    desk.rig.fault(&user, json!({ "kind": "answer", "on": "UID STORE", "times": -1, "line": line })).await;
    desk.start();
    let stays = || async { desk.engine.console().ledger.page(&admin(), mailbox).await.expect("a page").stays };
    let refused = [("INBOX".to_owned(), "refused".to_owned())];
    until("it is said", SOON, || async { (stays().await == refused).then_some(()) }).await;
    for count in 4..8 {
        desk.rig.append(&user, "INBOX", 1, json!({ "subject": "Another" })).await;
        desk.stored(mailbox, count, SOON).await;
        // The pass went through to its end.
        let before = commands(&desk, &user, "UID SEARCH").await;
        until("another pass", SOON, || async {
            desk.engine.wake.mailbox(mailbox);
            (commands(&desk, &user, "UID SEARCH").await > before).then_some(())
        })
        .await;
        assert_eq!(stays().await, refused, "and it stays said");
    }
    assert_eq!(commands(&desk, &user, "UID STORE").await, 1, "once, until its pause is over");
    // Something else is wanted: that is tried at once.
    desk.rig.heal(&user).await;
    let moved = format!("UPDATE mailbox SET after_fetch = 'move', after_fetch_folder = 'Done' WHERE id = {mailbox}");
    desk.engine.store.write().execute_unprepared(&moved).await.expect("chosen");
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": "The last" })).await;
    until("it is moved", Duration::from_secs(10), || async {
        desk.engine.wake.mailbox(mailbox);
        (desk.rig.list(&user, "Done").await.len() == 1).then_some(())
    })
    .await;
    // And back: what was to be marked before is marked now.
    let read = format!("UPDATE mailbox SET after_fetch = 'read', after_fetch_folder = '' WHERE id = {mailbox}");
    desk.engine.store.write().execute_unprepared(&read).await.expect("chosen");
    until("all are marked, and it is said no more", SOON, || async {
        desk.engine.wake.mailbox(mailbox);
        let there = desk.rig.list(&user, "INBOX").await;
        (there.iter().all(|m| m["flags"].to_string().contains('S')) && stays().await.is_empty()).then_some(())
    })
    .await;
}

/// What the server said is told, and not that the session ended by it.
#[tokio::test]
async fn a_server_that_announces_too_much_is_told_so() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("liar", At::Litware).await;
    let mailbox = desk.mailbox(&user, Chosen { by: By::Password, ..Chosen::default() }).await;
    desk.start();
    idles(&desk, &user).await;
    desk.rig.fault(&user, json!({ "kind": "literal", "on": "UID FETCH", "times": -1 })).await;
    desk.rig.append(&user, "INBOX", 1, json!({})).await;
    let side = until("a failure", SOON, || async {
        let found =
            engine::store::directions::get(desk.engine.store.read(), mailbox, domain::Direction::Incoming).await;
        found.expect("a question").filter(|side| side.failures > 0)
    })
    .await;
    assert_eq!(side.failing_diagnosis.as_deref(), Some("provider_fault"), "{side:?}");
    desk.stop().await;
}
