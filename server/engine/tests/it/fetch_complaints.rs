//! What users of other help desks complain about in fetching, deleting, size and parsing: one test
//! for each, named after the project and the number of the complaint there.

use crate::access::{admin, agent};
use crate::desk::{Chosen, Desk};
use crate::inbox::Inbox;
use crate::rig::{At, User, until};
use domain::id::MailboxId;
use engine::store::entity as e;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(90);
const DAY: i64 = 86_400_000;

async fn desk(name: &str, chosen: Chosen, before: usize) -> (Desk, User, MailboxId) {
    let desk = Desk::open().await;
    let user = desk.rig.user(name, At::Litware).await;
    if before > 0 {
        desk.rig.append(&user, "INBOX", before, json!({ "subject": "Before" })).await;
    }
    let mailbox = desk.mailbox(&user, chosen).await;
    (desk, user, mailbox)
}

/// As the rig takes INTERNALDATE: so many days ago.
fn days_ago(days: i64) -> Value {
    let at = engine::clock::now().0 - days * DAY;
    let c = domain::Time(at).civil(0);
    json!(format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", c.year, c.month, c.day, c.hour, c.minute, c.second))
}

/// Every UID there has a receipt with its bytes, each once.
async fn each_once(desk: &Desk, user: &User, mailbox: MailboxId) {
    let receipts = desk.receipts(mailbox).await;
    let known: HashSet<i64> = receipts.iter().filter(|r| r.source_id.is_some()).map(|r| r.uid).collect();
    assert_eq!(known.len(), receipts.iter().filter(|r| r.source_id.is_some()).count(), "none twice");
    for message in desk.rig.list(user, "INBOX").await {
        assert!(known.contains(&message["uid"].as_i64().expect("a UID")), "{message}");
    }
}

/// Mail of all ages comes while the network is down.
async fn outage(count: usize, ages: &[i64], flags: &str) {
    let (mut desk, user, mailbox) = desk("outage", Chosen::default(), 1).await;
    desk.start();
    desk.stored(mailbox, 1, SOON).await;
    desk.rig.network(&user, true).await;
    for age in ages {
        let more = json!({ "subject": "Missed", "received": days_ago(*age), "flags": flags });
        desk.rig.append(&user, "INBOX", count, more).await;
    }
    desk.rig.network(&user, false).await;
    desk.engine.wake.mailbox(mailbox);
    desk.stored(mailbox, 1 + count * ages.len(), SOON).await;
    each_once(&desk, &user, mailbox).await;
}

#[tokio::test]
async fn chatwoot_10429_mail_older_than_a_day_comes_in_after_an_outage() {
    outage(2, &[1, 3, 40], "").await;
}

#[tokio::test]
async fn chatwoot_9234_more_than_the_last_36_hours_come_in() {
    outage(3, &[2, 8], "").await;
}

#[tokio::test]
async fn chatwoot_6604_more_than_the_last_ten_come_in() {
    outage(14, &[0, 1], "").await;
}

#[tokio::test]
async fn freescout_717_mail_older_than_three_days_that_somebody_read_comes_in() {
    outage(2, &[4, 9], "S").await;
}

#[tokio::test]
async fn chatwoot_3891_older_mail_is_imported_from_a_date() {
    let from = engine::clock::now().0 - 30 * DAY;
    let (mut desk, user, mailbox) =
        desk("import", Chosen { import_mode: "date", import_from: Some(from), ..Chosen::default() }, 0).await;
    for age in [400, 31, 29, 2] {
        desk.rig
            .append(&user, "INBOX", 1, json!({ "subject": format!("{age} days"), "received": days_ago(age) }))
            .await;
    }
    desk.start();
    let receipts = desk.stored(mailbox, 2, SOON).await;
    let uids: Vec<i64> = receipts.iter().filter(|r| r.source_id.is_some()).map(|r| r.uid).collect();
    assert_eq!(uids.len(), 2, "{uids:?}");
}

#[tokio::test]
async fn freescout_2001_nothing_is_marked_as_read_and_every_message_has_its_ticket() {
    let (mut desk, user, mailbox) = desk("unread", Chosen::default(), 12).await;
    desk.start();
    let tickets = || async {
        desk.receipts(mailbox).await.iter().filter(|r| r.disposition == "ticket" && r.ticket_id.is_some()).count()
    };
    until("twelve tickets", SOON, || async { (tickets().await == 12).then_some(()) }).await;
    for message in desk.rig.list(&user, "INBOX").await {
        assert!(!message["flags"].to_string().contains("Seen"), "{message}");
    }
}

#[tokio::test]
async fn freescout_4624_the_newest_are_not_cut_off_by_pages() {
    let (mut desk, user, mailbox) = desk("pages", Chosen::default(), 520).await;
    desk.start();
    desk.stored(mailbox, 520, SOON).await;
    each_once(&desk, &user, mailbox).await;
}

#[tokio::test]
async fn osticket_6979_no_second_message_is_removed_without_a_ticket() {
    let (mut desk, user, mailbox) = desk("second", Chosen { delete_after_fetch: true, ..Chosen::default() }, 31).await;
    desk.start();
    until("an empty mailbox", SOON, || async { desk.rig.list(&user, "INBOX").await.is_empty().then_some(()) }).await;
    let tickets = || async { desk.receipts(mailbox).await.iter().filter(|r| r.ticket_id.is_some()).count() };
    until("31 tickets", SOON, || async { (tickets().await == 31).then_some(()) }).await;
}

#[tokio::test]
async fn osticket_5645_a_message_is_moved_to_the_archive_once() {
    let (mut desk, user, mailbox) = desk("archive", Chosen::default(), 3).await;
    let sql = format!("UPDATE mailbox SET after_fetch = 'move', after_fetch_folder = 'Archive' WHERE id = {mailbox}");
    sea_orm::ConnectionTrait::execute_unprepared(desk.engine.store.write(), &sql).await.expect("chosen");
    desk.rig
        .fault(&user, json!({ "kind": "answer", "on": "UID MOVE", "times": 3, "line": "{tag} NO [OVERQUOTA] Full" }))
        .await;
    desk.start();
    let stays = || async { desk.engine.console().ledger.page(&admin(), mailbox).await.expect("a page").stays };
    until("it is said", SOON, || async { stays().await.iter().any(|(_, word)| word == "refused").then_some(()) }).await;
    desk.rig.heal(&user).await;
    // Asked again once the pause is over.
    until("all are moved", SOON, || async {
        desk.engine.wake.mailbox(mailbox);
        desk.rig.list(&user, "INBOX").await.is_empty().then_some(())
    })
    .await;
    assert_eq!(desk.rig.list(&user, "Archive").await.len(), 3);
    assert_eq!(desk.receipts(mailbox).await.len(), 3);
}

#[tokio::test]
async fn zammad_243_what_could_not_be_stored_is_not_deleted() {
    let (mut desk, user, mailbox) = desk("import", Chosen { delete_after_fetch: true, ..Chosen::default() }, 5).await;
    desk.rig.fault(&user, json!({ "kind": "no", "on": "UID FETCH", "after": 2, "times": -1 })).await;
    desk.start();
    until("some attempts", SOON, || async {
        let stats = desk.rig.stats(&user).await;
        (stats["counts"]["imap"]["commands"]["UID FETCH"].as_u64().unwrap_or(0) >= 3).then_some(())
    })
    .await;
    let stored = desk.receipts(mailbox).await.iter().filter(|r| r.source_id.is_some()).count();
    assert!(desk.rig.list(&user, "INBOX").await.len() + stored >= 5, "what is gone there is here");
    desk.rig.heal(&user).await;
    desk.engine.wake.mailbox(mailbox);
    until("all is here", SOON, || async {
        let here = desk.receipts(mailbox).await.iter().filter(|r| r.source_id.is_some()).count();
        (here == 5).then_some(())
    })
    .await;
}

#[tokio::test]
async fn emailengine_104_127_flags_that_others_set_announce_nothing_and_hide_nothing() {
    let (mut desk, user, mailbox) = desk("flags", Chosen::default(), 2).await;
    desk.start();
    desk.stored(mailbox, 2, SOON).await;
    // Another client reads one before we look.
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": "Read by hand", "flags": "S" })).await;
    desk.stored(mailbox, 3, SOON).await;
    for _ in 0..3 {
        desk.engine.wake.mailbox(mailbox);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(desk.receipts(mailbox).await.len(), 3, "nothing old is announced again");
}

#[tokio::test]
async fn itop_253_a_renumbered_folder_brings_nothing_twice_and_loses_nothing() {
    let (mut desk, user, mailbox) = desk("numbers", Chosen::default(), 4).await;
    desk.start();
    desk.stored(mailbox, 4, SOON).await;
    desk.stop().await;
    desk.rig.call("/mail/uidvalidity", json!({ "user": user.email })).await;
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": "New" })).await;
    desk.crash().await;
    desk.start();
    desk.stored(mailbox, 5, SOON).await;
    each_once(&desk, &user, mailbox).await;
    assert_eq!(desk.receipts(mailbox).await.len(), 5);
}

#[tokio::test]
async fn chatwoot_8968_no_session_is_left_open() {
    let (mut desk, user, mailbox) = desk("leak", Chosen::default(), 1).await;
    desk.start();
    for n in 0..5 {
        desk.stored(mailbox, 1 + n, SOON).await;
        desk.rig.fault(&user, json!({ "kind": "cut" })).await;
        desk.rig.append(&user, "INBOX", 1, json!({ "subject": "Next" })).await;
        desk.engine.wake.mailbox(mailbox);
    }
    desk.stored(mailbox, 6, SOON).await;
    let open = desk.rig.stats(&user).await["open"].clone();
    let count = open.as_array().map_or_else(|| open.as_u64().unwrap_or(0), |all| all.len() as u64);
    assert!(count <= 2, "one that watches and one for errands: {open}");
}

#[tokio::test]
async fn zammad_2754_one_bad_mail_blocks_no_other() {
    let inbox = Inbox::open().await;
    let good =
        |n: u32| format!("Message-ID: <{n}@c>\nFrom: Anna <anna@customer.example>\nSubject: Good {n}\n\nText.\n");
    let before = inbox.put(&good(1)).await;
    let bad = inbox.put_bytes(inbox.support, b"\0\0\0").await;
    let after = inbox.put(&good(2)).await;
    inbox.take_in().await;
    let mut became = Vec::new();
    for uid in [before, bad, after] {
        became.push(inbox.taken(uid).await.disposition);
    }
    assert_eq!(became, ["ticket", "quarantined", "ticket"]);
}

#[tokio::test]
async fn osticket_3504_mail_without_a_sender_is_a_ticket_and_no_endless_error() {
    let inbox = Inbox::open().await;
    let uid = inbox.put("Message-ID: <nobody@c>\nSubject: Who wrote this\n\nText.\n").await;
    inbox.take_in().await;
    inbox.take_in().await;
    assert_eq!(inbox.taken(uid).await.disposition, "ticket");
    assert_eq!(e::ticket::Entity::find().all(inbox.engine.store.read()).await.expect("tickets").len(), 1);
}

#[tokio::test]
async fn chatwoot_6250_mail_in_other_alphabets_does_not_vanish() {
    let inbox = Inbox::open().await;
    for (id, charset, body, words) in [
        ("jp", "iso-2022-jp", &b"\x1b$B$3$s$K$A$O\x1b(B"[..], "こんにちは"),
        ("ru", "koi8-r", &b"\xf0\xd2\xc9\xd7\xc5\xd4"[..], "Привет"),
        ("cn", "gb18030", &b"\xc4\xe3\xba\xc3"[..], "你好"),
        ("none", "x-no-such-charset", &b"Hello"[..], "Hello"),
    ] {
        let mut source = format!(
            "Message-ID: <{id}@c>\r\nFrom: a@customer.example\r\nSubject: {id}\r\nContent-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        )
        .into_bytes();
        source.extend_from_slice(body);
        let uid = inbox.put_bytes(inbox.support, &source).await;
        inbox.take_in().await;
        let message = inbox.taken(uid).await.message.unwrap_or_else(|| panic!("{charset} vanished"));
        assert!(inbox.message(message).await.text.contains(words), "{charset}");
    }
}

#[tokio::test]
async fn zammad_2092_a_mail_over_the_limit_is_a_ticket_that_says_so() {
    let mut desk = Desk::with(|config| config.limits.message_bytes = 2 << 20).await;
    let user = desk.rig.user("size", At::Litware).await;
    let attachments = json!([{ "name": "big.bin", "bytes": 3 << 20 }]);
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": "Too large", "attachments": attachments })).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    desk.start();
    until("a ticket", SOON, || async {
        let all = desk.receipts(mailbox).await;
        all.iter().any(|r| r.disposition == "too_large" && r.ticket_id.is_some()).then_some(())
    })
    .await;
    let found = desk.engine.console().ledger.look_up(&admin(), mailbox, "Too large").await.expect("a search");
    assert!(found.found[0].ticket.is_some(), "{found:?}");
    assert_eq!(desk.rig.list(&user, "INBOX").await.len(), 1, "the whole of it stays on the server");
    // Its files come on demand.
    let before = desk.receipts(mailbox).await.remove(0);
    let message = domain::id::MessageId(before.message_id.expect("a message"));
    let files = || async { e::attachment::Entity::find().all(desk.engine.store.read()).await.expect("files") };
    assert!(files().await.is_empty(), "no half files");
    let shortened = || async {
        let row = e::message::Entity::find_by_id(message.0).one(desk.engine.store.read()).await.expect("a question");
        row.expect("the message").shortened
    };
    assert!(shortened().await, "the ticket says so");
    let console = desk.engine.console();
    let done = console.ledger.fetch_whole(&agent(), message).await.expect("an answer");
    assert_eq!(done, domain::console::ledger::Whole::Here);
    let all = files().await;
    assert_eq!(all.iter().map(|f| (f.name.as_str(), f.bytes)).collect::<Vec<_>>(), [("big.bin", 3 << 20)]);
    let bytes = engine::files::bytes_of(&desk.engine, &all[0]).await.expect("its bytes");
    assert_eq!(bytes.len(), 3 << 20);
    let after = desk.receipts(mailbox).await.remove(0);
    assert_eq!((after.disposition.as_str(), after.ticket_id), ("too_large", before.ticket_id));
    assert!(!shortened().await, "and no longer when the whole is here");
    let raw = desk.rig.raw(&user, "INBOX", 1).await.replace("\r\n", "\n");
    let stored = desk.source(after.source_id.expect("a source")).await;
    assert_eq!(String::from_utf8_lossy(&stored).replace("\r\n", "\n").len(), raw.len());
}
