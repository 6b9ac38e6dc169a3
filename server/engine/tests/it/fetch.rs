//! Fetching: nothing is lost, nothing comes twice, whatever the server and the network do.

use crate::desk::{By, Chosen, Desk};
use crate::rig::{At, User, until};
use domain::console::mailboxes::Event;
use domain::id::MailboxId;
use engine::store::events;
use serde_json::json;
use std::collections::HashSet;
use std::time::{Duration, Instant};

const SOON: Duration = Duration::from_secs(30);

/// Every message of the mailbox is stored once, byte for byte.
async fn all_there(desk: &Desk, mailbox: MailboxId, user: &User) {
    let there = desk.rig.list(user, "INBOX").await;
    let receipts = desk.receipts(mailbox).await;
    let uids: Vec<i64> = receipts.iter().map(|r| r.uid).collect();
    let unique: HashSet<&i64> = uids.iter().collect();
    assert_eq!(unique.len(), uids.len(), "a UID has two receipts: {uids:?}");
    for message in &there {
        let uid = message["uid"].as_i64().expect("a UID");
        let receipt = receipts.iter().find(|r| r.uid == uid).unwrap_or_else(|| panic!("UID {uid} is lost: {uids:?}"));
        let source = receipt.source_id.unwrap_or_else(|| panic!("UID {uid} has no source: {receipt:?}"));
        let raw = desk.rig.raw(user, "INBOX", uid as u64).await;
        let stored = String::from_utf8_lossy(&desk.source(source).await).replace("\r\n", "\n");
        assert_eq!(stored, raw.replace("\r\n", "\n"), "UID {uid} differs");
    }
    let highest = there.iter().filter_map(|m| m["uid"].as_i64()).max().unwrap_or(0);
    assert!(desk.folder(mailbox).await.cursor >= highest, "the cursor lags behind");
}

#[tokio::test]
async fn what_is_there_and_what_comes_is_stored() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("fetch", At::Litware).await;
    desk.rig.append(&user, "INBOX", 30, json!({ "subject": "Old" })).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    desk.start();
    desk.stored(mailbox, 30, SOON).await;
    desk.rig.send_all(&user, "New", 3, json!({})).await;
    desk.stored(mailbox, 33, SOON).await;
    all_there(&desk, mailbox, &user).await;
    assert!(desk.receipts(mailbox).await.iter().all(|r| !r.late), "nothing was missed");
    assert!(desk.folder(mailbox).await.fetched_at.is_some());
    desk.stop().await;
}

#[tokio::test]
async fn news_is_stored_within_a_second_of_the_server_s_word() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("quick", At::Litware).await;
    desk.rig.append(&user, "INBOX", 1, json!({})).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    desk.start();
    desk.stored(mailbox, 1, SOON).await;
    idles(&desk, &user).await;
    let began = Instant::now();
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": "Now" })).await;
    desk.stored(mailbox, 2, SOON).await;
    // Dovecot gathers changes for half a second before it tells.
    eprintln!("stored {:?} after the delivery", began.elapsed());
    assert!(began.elapsed() < Duration::from_millis(1_700), "{:?}", began.elapsed());
}

/// Waits until the user's session is in IDLE.
pub async fn idles(desk: &Desk, user: &User) {
    until("IDLE", SOON, || async {
        let stats = desk.rig.stats(user).await;
        let idle = stats["counts"]["imap"]["commands"]["IDLE"].as_u64().unwrap_or(0);
        (idle > 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_import_begins_where_it_was_told_to() {
    let mut desk = Desk::open().await;
    let now_user = desk.rig.user("now", At::Litware).await;
    desk.rig.append(&now_user, "INBOX", 5, json!({})).await;
    let from_now = desk.mailbox(&now_user, Chosen { import_mode: "now", ..Chosen::default() }).await;
    let date_user = desk.rig.user("date", At::Litware).await;
    desk.rig.append(&date_user, "INBOX", 5, json!({})).await;
    let tomorrow = engine::clock::now().0 + 86_400_000;
    let from_tomorrow = Chosen { import_mode: "date", import_from: Some(tomorrow), ..Chosen::default() };
    let from_date = desk.mailbox(&date_user, from_tomorrow).await;
    let old_user = desk.rig.user("yesterday", At::Litware).await;
    desk.rig.append(&old_user, "INBOX", 5, json!({})).await;
    let from_yesterday =
        Chosen { import_mode: "date", import_from: Some(tomorrow - 2 * 86_400_000), ..Chosen::default() };
    let from_old = desk.mailbox(&old_user, from_yesterday).await;
    desk.start();
    for (user, mailbox) in [(&now_user, from_now), (&date_user, from_date)] {
        idles(&desk, user).await;
        assert_eq!(desk.receipts(mailbox).await.len(), 0, "{}", user.email);
        assert_eq!(desk.folder(mailbox).await.import_before, 5);
        desk.rig.append(user, "INBOX", 1, json!({ "subject": "After" })).await;
        desk.stored(mailbox, 1, SOON).await;
    }
    desk.stored(from_old, 5, SOON).await;
    let stats = desk.rig.stats(&now_user).await;
    let fetches = stats["counts"]["imap"]["commands"]["UID FETCH"].as_u64().unwrap_or(0);
    assert!(fetches <= 4, "no body of the old ones was fetched: {fetches}");
}

#[tokio::test]
async fn a_fetch_that_breaks_half_way_loses_nothing() {
    for fault in [
        json!({ "kind": "cut", "on": "UID FETCH", "after": 7 }),
        json!({ "kind": "close", "on": "UID FETCH", "after": 3 }),
        json!({ "kind": "no", "on": "UID FETCH", "after": 5, "times": 2 }),
        json!({ "kind": "bad", "on": "UID FETCH", "after": 5 }),
        json!({ "kind": "no", "on": "UID SEARCH" }),
        json!({ "kind": "literal", "on": "UID FETCH" }),
        json!({ "kind": "bye", "on": "IDLE" }),
        json!({ "kind": "answer", "on": "UID FETCH", "line": "Server Unavailable.", "close": true }),
    ] {
        let mut desk = Desk::open().await;
        let user = desk.rig.user("broken", At::Litware).await;
        desk.rig.append(&user, "INBOX", 20, json!({})).await;
        let mailbox = desk.mailbox(&user, Chosen::default()).await;
        desk.rig.fault(&user, fault.clone()).await;
        desk.start();
        desk.stored(mailbox, 20, Duration::from_secs(60)).await;
        desk.rig.append(&user, "INBOX", 2, json!({})).await;
        desk.stored(mailbox, 22, Duration::from_secs(60)).await;
        all_there(&desk, mailbox, &user).await;
        eprintln!("{fault}: nothing lost");
        desk.stop().await;
    }
}

#[tokio::test]
async fn what_is_settled_first_does_not_leave_the_rest_behind() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("behind", At::Litware).await;
    desk.rig.append(&user, "INBOX", 120, json!({})).await;
    // The last one is older than the import: its receipt needs no bytes, and is written before the others'.
    desk.rig.append(&user, "INBOX", 1, json!({ "received": "2020-01-01T10:00:00Z" })).await;
    let yesterday = engine::clock::now().0 - 86_400_000;
    let chosen = Chosen { import_mode: "date", import_from: Some(yesterday), ..Chosen::default() };
    let mailbox = desk.mailbox(&user, chosen).await;
    // The sizes come, for the beginning and for the pass: two faults that do not hurt. The bodies are cut off.
    desk.rig
        .fault(&user, json!({ "kind": "slow", "on": "UID FETCH", "bytesPerSecond": 1_000_000_000, "times": 2 }))
        .await;
    desk.rig.fault(&user, json!({ "kind": "cut", "on": "UID FETCH" })).await;
    desk.start();
    until("the old one's receipt", SOON, || async {
        desk.receipts(mailbox).await.iter().any(|r| r.uid == 121).then_some(())
    })
    .await;
    desk.stored(mailbox, 120, Duration::from_secs(60)).await;
    let receipts = desk.receipts(mailbox).await;
    let uids: Vec<i64> = receipts.iter().filter(|r| r.source_id.is_some()).map(|r| r.uid).collect();
    assert_eq!(uids.iter().collect::<HashSet<_>>().len(), 120, "{uids:?}");
    desk.stop().await;
}

/// It lets us in, and fails afterwards: no new outage every two seconds.
#[tokio::test]
async fn a_server_that_fails_after_every_sign_in_is_one_outage_with_growing_pauses() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("shaky", At::Litware).await;
    let mailbox = desk.mailbox(&user, Chosen { by: By::Password, ..Chosen::default() }).await;
    desk.rig.fault(&user, json!({ "kind": "literal", "on": "UID FETCH", "times": -1 })).await;
    desk.rig.append(&user, "INBOX", 3, json!({})).await;
    desk.start();
    let side = || async {
        let found =
            engine::store::directions::get(desk.engine.store.read(), mailbox, domain::Direction::Incoming).await;
        found.expect("a question").expect("a row")
    };
    let failing = until("three failures in a row", SOON, || async {
        let side = side().await;
        (side.failures >= 3).then_some(side)
    })
    .await;
    assert!(!failing.failing_definite && failing.failing_since.is_some());
    let episodes = engine::store::episodes::of(&desk.engine.store, mailbox, 20).await.expect("episodes");
    assert_eq!(episodes.len(), 1, "{episodes:?}");
    desk.rig.call("/front/fault", json!({ "clear": true, "user": user.email })).await;
    desk.stored(mailbox, 3, SOON).await;
    until("it works again", SOON, || async { side().await.failing_since.is_none().then_some(()) }).await;
    desk.stop().await;
}

#[tokio::test]
async fn a_network_that_goes_and_comes_is_caught_up_with() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("down", At::Litware).await;
    desk.rig.append(&user, "INBOX", 2, json!({})).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    desk.start();
    desk.stored(mailbox, 2, SOON).await;
    idles(&desk, &user).await;
    desk.rig.network(&user, true).await;
    until("an episode", SOON, || async {
        let episodes = engine::store::episodes::of(&desk.engine.store, mailbox, 5).await.expect("episodes");
        (!episodes.is_empty()).then_some(())
    })
    .await;
    desk.rig.append(&user, "INBOX", 5, json!({ "subject": "Meanwhile" })).await;
    desk.rig.network(&user, false).await;
    desk.engine.wake.mailbox(mailbox);
    let receipts = desk.stored(mailbox, 7, Duration::from_secs(60)).await;
    assert_eq!(receipts.iter().filter(|r| r.late).count(), 5, "{receipts:#?}");
    all_there(&desk, mailbox, &user).await;
}

#[tokio::test]
async fn a_killed_engine_goes_on_where_it_was() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("killed", At::Litware).await;
    desk.rig.append(&user, "INBOX", 600, json!({})).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    desk.start();
    desk.stored(mailbox, 1, SOON).await;
    desk.crash().await;
    let before = desk.receipts(mailbox).await.len();
    desk.start();
    desk.stored(mailbox, 600, Duration::from_secs(60)).await;
    eprintln!("{before} of 600 were stored before the kill");
    let uids: HashSet<i64> = desk.receipts(mailbox).await.iter().map(|r| r.uid).collect();
    assert_eq!(uids.len(), 600);
    assert_eq!(desk.folder(mailbox).await.cursor, 600);
}

#[tokio::test]
async fn a_large_message_comes_in_parts_and_whole() {
    let mut desk = Desk::open().await;
    for at in [At::Litware, At::Microsoft] {
        let user = desk.rig.user("large", at).await;
        let attachments = json!([{ "name": "big.bin", "bytes": 22 << 20 }]);
        desk.rig.append(&user, "INBOX", 1, json!({ "subject": "Large", "attachments": attachments })).await;
        desk.rig.append(&user, "INBOX", 1, json!({ "subject": "After it" })).await;
        let mailbox = desk.mailbox(&user, Chosen::default()).await;
        if at == At::Litware {
            desk.start();
        } else {
            desk.engine.wake.pool.notify_one();
        }
        let began = Instant::now();
        desk.stored(mailbox, 2, Duration::from_secs(90)).await;
        let large = desk.receipts(mailbox).await[0].clone();
        let bytes = desk.source(large.source_id.expect("a source")).await;
        eprintln!("{at:?}: {} bytes in {:?}", bytes.len(), began.elapsed());
        assert!(bytes.len() > 29 << 20, "{}", bytes.len());
        all_there(&desk, mailbox, &user).await;
    }
}

#[tokio::test]
async fn a_message_over_the_limit_is_stored_short() {
    let mut desk = Desk::with(|config| config.limits.message_bytes = 3 << 20).await;
    let user = desk.rig.user("over", At::Litware).await;
    let attachments = json!([{ "name": "big.bin", "bytes": 4 << 20 }]);
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": "Too large", "attachments": attachments })).await;
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": "After it" })).await;
    let mailbox = desk.mailbox(&user, Chosen { delete_after_fetch: true, ..Chosen::default() }).await;
    desk.start();
    desk.stored(mailbox, 2, SOON).await;
    let receipts = desk.receipts(mailbox).await;
    assert_eq!(receipts[0].reason.as_deref(), Some("too_large"));
    let text = String::from_utf8_lossy(&desk.source(receipts[0].source_id.expect("a source")).await).into_owned();
    assert!(text.contains("Subject: Too large") && text.contains("big.bin"), "{}", &text[..200]);
    assert!(text.len() < 600 << 10, "{}", text.len());
    // What is not stored whole stays on the server.
    until("the sweep", SOON, || async { (desk.rig.list(&user, "INBOX").await.len() == 1).then_some(()) }).await;
    assert_eq!(desk.rig.list(&user, "INBOX").await[0]["subject"], "Too large");
}

#[tokio::test]
async fn deleting_follows_storing() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("delete", At::Litware).await;
    desk.rig.append(&user, "INBOX", 12, json!({})).await;
    // Somebody else's mark: it must survive.
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": "Marked by hand", "flags": "T" })).await;
    let mailbox =
        desk.mailbox(&user, Chosen { delete_after_fetch: true, import_mode: "now", ..Chosen::default() }).await;
    desk.start();
    idles(&desk, &user).await;
    desk.rig.append(&user, "INBOX", 4, json!({ "subject": "New" })).await;
    desk.stored(mailbox, 4, SOON).await;
    until("the sweep", SOON, || async { (desk.rig.list(&user, "INBOX").await.len() == 13).then_some(()) }).await;
    until("the ledger", SOON, || async {
        desk.receipts(mailbox).await.iter().all(|r| r.deleted_at.is_some()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_renumbered_folder_is_known_again() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("renumbered", At::Litware).await;
    desk.rig.append(&user, "INBOX", 4, json!({ "subject": "Before the import" })).await;
    let mailbox = desk.mailbox(&user, Chosen { import_mode: "now", ..Chosen::default() }).await;
    desk.start();
    idles(&desk, &user).await;
    // INTERNALDATE has whole seconds: what comes in the very second of the import would be new.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    desk.rig.append(&user, "INBOX", 6, json!({ "subject": "Known" })).await;
    desk.stored(mailbox, 6, SOON).await;
    desk.stop().await;
    let sources: HashSet<Option<i64>> = desk.receipts(mailbox).await.iter().map(|r| r.source_id).collect();
    let renumbered = desk.rig.call("/mail/uidvalidity", json!({ "user": user.email })).await;
    desk.rig.append(&user, "INBOX", 2, json!({ "subject": "New" })).await;
    desk.start();
    desk.stored(mailbox, 8, SOON).await;
    let receipts = desk.receipts(mailbox).await;
    let validity = renumbered["uidvalidity"].as_i64().expect("a number");
    assert!(receipts.iter().all(|r| r.uid_validity == validity), "{receipts:#?}");
    let kept = receipts.iter().filter(|r| sources.contains(&r.source_id) && r.source_id.is_some()).count();
    assert_eq!(kept, 6, "known messages keep their sources");
    assert_eq!(receipts.iter().filter(|r| r.disposition == "before_import").count(), 4);
    let noted = events::of(&desk.engine.store, mailbox, 10).await.expect("events");
    let noted: Vec<Event> = noted.iter().filter_map(|e| serde_json::from_str(&e.event).ok()).collect();
    assert!(noted.contains(&Event::Renumbered { folder: "INBOX".into(), known: 6, new: 2 }), "{noted:?}");
}

#[tokio::test]
async fn a_refused_password_stops_and_a_new_one_goes_on() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("password", At::Litware).await;
    desk.rig.append(&user, "INBOX", 1, json!({})).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    desk.start();
    desk.stored(mailbox, 1, SOON).await;
    desk.rig.call("/mail/password", json!({ "user": user.email, "password": "another" })).await;
    desk.rig.fault(&user, json!({ "kind": "cut" })).await;
    let side = || async {
        let found =
            engine::store::directions::get(desk.engine.store.read(), mailbox, domain::Direction::Incoming).await;
        found.expect("a question").expect("a row")
    };
    until("a definite refusal", Duration::from_secs(40), || async { side().await.failing_definite.then_some(()) })
        .await;
    let refused = desk.rig.stats(&user).await["counts"]["imap"]["refused"].as_u64().unwrap_or(0);
    assert!((2..=4).contains(&refused), "two refusals suffice, more lock accounts: {refused}");
    desk.rig.append(&user, "INBOX", 3, json!({ "subject": "Held" })).await;
    desk.rig.call("/mail/password", json!({ "user": user.email, "password": user.password })).await;
    // As a swap does it: the row is cleared, the watcher rung.
    let cleared = engine::store::directions::cleared(mailbox, domain::Direction::Incoming);
    engine::store::directions::update(desk.engine.store.write(), cleared).await.expect("cleared");
    desk.engine.wake.mailbox(mailbox);
    desk.stored(mailbox, 4, SOON).await;
    all_there(&desk, mailbox, &user).await;
}

#[tokio::test]
async fn a_refused_token_is_refreshed_before_it_counts() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("refresh", At::Microsoft).await;
    desk.rig.append(&user, "INBOX", 1, json!({})).await;
    let mailbox = desk.mailbox(&user, Chosen { by: By::Token, ..Chosen::default() }).await;
    desk.rig.call("/idp/expire-access", json!({ "account": user.email })).await;
    desk.start();
    desk.stored(mailbox, 1, SOON).await;
    let refused = desk.rig.stats(&user).await["counts"]["imap"]["refused"].as_u64();
    assert_eq!(refused, Some(1), "the old token was tried once");
    let episodes = engine::store::episodes::of(&desk.engine.store, mailbox, 5).await.expect("episodes");
    assert!(episodes.is_empty(), "nobody was troubled: {episodes:?}");
}

#[tokio::test]
async fn a_panic_is_one_mailbox_s_fault_alone() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("panic", At::Litware).await;
    let other = desk.rig.user("calm", At::Litware).await;
    desk.rig.append(&user, "INBOX", 1, json!({})).await;
    desk.rig.append(&other, "INBOX", 1, json!({})).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    let calm = desk.mailbox(&other, Chosen::default()).await;
    // The parser slices this line in the middle of a character.
    desk.rig
        .fault(&user, json!({ "kind": "answer", "on": "UID SEARCH", "line": "* OK [ALERT]é\r\n{tag} OK done" }))
        .await;
    desk.start();
    desk.stored(calm, 1, SOON).await;
    desk.stored(mailbox, 1, SOON).await;
}

#[tokio::test]
async fn a_second_process_on_the_same_file_does_not_start() {
    if std::env::var("MAILKEEP_TEST_DATABASE").is_ok_and(|d| d != "sqlite") {
        return;
    }
    let mut desk = Desk::open().await;
    desk.start();
    let second = desk.engine.start();
    assert!(matches!(second, Err(engine::StartError::InUse(_))));
    desk.stop().await;
    assert!(desk.engine.start().is_ok());
}
