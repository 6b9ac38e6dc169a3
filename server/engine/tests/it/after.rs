//! What becomes of mail on the server once it is stored here.

use crate::access::admin;
use crate::desk::{Chosen, Desk};
use crate::rig::{At, User, until};
use domain::id::MailboxId;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(60);

async fn sql(desk: &Desk, sql: &str) {
    desk.engine.store.write().execute_unprepared(sql).await.expect("by hand");
}

async fn stays(desk: &Desk, mailbox: MailboxId) -> Vec<(String, String)> {
    desk.engine.console().ledger.page(&admin(), mailbox).await.expect("a page").stays
}

async fn left(desk: &Desk, user: &User, count: usize) -> Vec<Value> {
    until(&format!("{count} messages on the server"), SOON, || async {
        let there = desk.rig.list(user, "INBOX").await;
        (there.len() == count).then_some(there)
    })
    .await
}

#[tokio::test]
async fn what_is_deleted_on_the_server_is_on_disk_here_first() {
    let desk = Desk::open().await;
    let store = &desk.engine.store;
    let ask = |sql: &str| Statement::from_string(store.backend(), sql);
    if store.is_sqlite() {
        // On the very connections: the writer's own, its transactions, and every reader.
        let tx = store.begin().await.expect("a transaction");
        let row = tx.query_one_raw(ask("PRAGMA synchronous")).await.expect("an answer").expect("a row");
        assert_eq!(row.try_get_by_index::<i64>(0).expect("a number"), 2, "FULL");
        engine::store::commit(tx).await.expect("it ends");
        for db in [store.write(), store.read(), store.read(), store.read(), store.read()] {
            let row = db.query_one_raw(ask("PRAGMA synchronous")).await.expect("an answer").expect("a row");
            assert_eq!(row.try_get_by_index::<i64>(0).expect("a number"), 2, "FULL");
            let row = db.query_one_raw(ask("PRAGMA journal_mode")).await.expect("an answer").expect("a row");
            assert_eq!(row.try_get_by_index::<String>(0).expect("a word"), "wal");
        }
    } else {
        let tx = store.begin().await.expect("a transaction");
        let row = tx.query_one_raw(ask("SHOW synchronous_commit")).await.expect("an answer").expect("a row");
        assert_eq!(row.try_get_by_index::<String>(0).expect("a word"), "on");
        engine::store::commit(tx).await.expect("it ends");
    }
}

#[tokio::test]
async fn without_uidplus_it_says_so_and_leaves_the_mail() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("plain", At::Litware).await;
    desk.rig.append(&user, "INBOX", 2, json!({})).await;
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": "Marked by hand", "flags": "T" })).await;
    let mailbox = desk.mailbox(&user, Chosen { delete_after_fetch: true, ..Chosen::default() }).await;
    let line = "* CAPABILITY IMAP4rev1 IDLE SPECIAL-USE\r\n{tag} OK Capability completed.";
    desk.rig.fault(&user, json!({ "kind": "answer", "on": "CAPABILITY", "times": -1, "line": line })).await;
    desk.start();
    desk.stored(mailbox, 3, SOON).await;
    until("the word", SOON, || async { (!stays(&desk, mailbox).await.is_empty()).then_some(()) }).await;
    assert_eq!(stays(&desk, mailbox).await, [("INBOX".to_owned(), "uidplus".to_owned())]);
    assert_eq!(desk.rig.list(&user, "INBOX").await.len(), 3, "nothing was deleted, marked by us or by others");
    let commands = desk.rig.stats(&user).await["counts"]["imap"]["commands"].clone();
    for command in ["EXPUNGE", "UID EXPUNGE", "CLOSE", "UID STORE"] {
        assert!(commands[command].is_null(), "{command}: {commands}");
    }
    // Once the server can, what is due goes; what somebody else marked goes with what we stored of it.
    desk.rig.heal(&user).await;
    desk.rig.fault(&user, json!({ "kind": "close" })).await;
    left(&desk, &user, 0).await;
    until("the word is taken back", SOON, || async { stays(&desk, mailbox).await.is_empty().then_some(()) }).await;
}

#[tokio::test]
async fn without_move_and_uidplus_it_says_so_and_leaves_the_mail() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("unmoved", At::Litware).await;
    desk.rig.append(&user, "INBOX", 2, json!({})).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    let chosen = "UPDATE mailbox SET after_fetch = 'move', after_fetch_folder = 'Done' WHERE id =";
    sql(&desk, &format!("{chosen} {mailbox}")).await;
    let line = "* CAPABILITY IMAP4rev1 IDLE SPECIAL-USE\r\n{tag} OK Capability completed.";
    desk.rig.fault(&user, json!({ "kind": "answer", "on": "CAPABILITY", "times": -1, "line": line })).await;
    desk.start();
    desk.stored(mailbox, 2, SOON).await;
    until("the word", SOON, || async { (!stays(&desk, mailbox).await.is_empty()).then_some(()) }).await;
    assert_eq!(stays(&desk, mailbox).await, [("INBOX".to_owned(), "move".to_owned())]);
    assert_eq!(desk.rig.list(&user, "INBOX").await.len(), 2, "it is where it was");
    let commands = desk.rig.stats(&user).await["counts"]["imap"]["commands"].clone();
    for command in ["UID MOVE", "UID COPY", "UID STORE", "UID EXPUNGE", "EXPUNGE", "CLOSE"] {
        assert!(commands[command].is_null(), "{command}: {commands}");
    }
    // Once the server can, it is moved.
    desk.rig.heal(&user).await;
    desk.rig.fault(&user, json!({ "kind": "close" })).await;
    left(&desk, &user, 0).await;
    assert_eq!(desk.rig.list(&user, "Done").await.len(), 2);
    until("the word is taken back", SOON, || async { stays(&desk, mailbox).await.is_empty().then_some(()) }).await;
}

#[tokio::test]
async fn where_the_server_refuses_it_says_so_and_leaves_the_mail() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("refused", At::Litware).await;
    desk.rig.append(&user, "INBOX", 2, json!({})).await;
    let mailbox = desk.mailbox(&user, Chosen { delete_after_fetch: true, ..Chosen::default() }).await;
    desk.rig.fault(&user, json!({ "kind": "no", "on": "UID STORE", "times": -1 })).await;
    desk.start();
    desk.stored(mailbox, 2, SOON).await;
    until("the word", SOON, || async { (!stays(&desk, mailbox).await.is_empty()).then_some(()) }).await;
    assert_eq!(stays(&desk, mailbox).await, [("INBOX".to_owned(), "refused".to_owned())]);
    assert_eq!(desk.rig.list(&user, "INBOX").await.len(), 2);
    let later = engine::clock::now().0 + 5 * 3_600_000;
    let all = desk.receipts(mailbox).await;
    assert!(all.iter().all(|r| r.deleted_at.is_none() && r.delete_due_at.is_some_and(|at| at > later)), "{all:?}");
    // Asked again later: then the word is taken back.
    desk.rig.heal(&user).await;
    sql(&desk, "UPDATE receipt SET delete_due_at = 1 WHERE delete_due_at IS NOT NULL").await;
    desk.engine.wake.mailbox(mailbox);
    left(&desk, &user, 0).await;
    until("the word is taken back", SOON, || async { stays(&desk, mailbox).await.is_empty().then_some(()) }).await;
}

#[tokio::test]
async fn another_client_s_deleted_mail_is_never_expunged() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("others", At::Litware).await;
    desk.rig.append(&user, "INBOX", 2, json!({ "subject": "Marked by hand", "flags": "T" })).await;
    let chosen = Chosen { delete_after_fetch: true, import_mode: "now", ..Chosen::default() };
    let mailbox = desk.mailbox(&user, chosen).await;
    desk.start();
    until("the beginning", SOON, || async { (desk.folder(mailbox).await.import_before == 2).then_some(()) }).await;
    desk.rig.append(&user, "INBOX", 3, json!({ "subject": "New" })).await;
    desk.stored(mailbox, 3, SOON).await;
    let there = left(&desk, &user, 2).await;
    let uids: Vec<i64> = there.iter().filter_map(|m| m["uid"].as_i64()).collect();
    assert_eq!(uids, [1, 2], "what somebody else marked stays: {there:?}");
    assert!(there.iter().all(|m| m["flags"].to_string().contains("Deleted")), "and stays marked: {there:?}");
}

#[tokio::test]
async fn mail_is_marked_as_read_or_moved_or_deleted_after_days_of_grace() {
    let mut desk = Desk::open().await;
    let (read, moved, grace) = (
        desk.rig.user("read", At::Litware).await,
        desk.rig.user("moved", At::Litware).await,
        desk.rig.user("grace", At::Litware).await,
    );
    let mut boxes = Vec::new();
    for user in [&read, &moved, &grace] {
        desk.rig.append(user, "INBOX", 2, json!({})).await;
        let delete_after_fetch = user.email == grace.email;
        boxes.push(desk.mailbox(user, Chosen { delete_after_fetch, ..Chosen::default() }).await);
    }
    sql(&desk, &format!("UPDATE mailbox SET after_fetch = 'read' WHERE id = {}", boxes[0])).await;
    sql(
        &desk,
        &format!(
            "UPDATE mailbox SET after_fetch = 'move', after_fetch_folder = 'Done by Mailkeep' WHERE id = {}",
            boxes[1]
        ),
    )
    .await;
    sql(&desk, &format!("UPDATE mailbox SET grace_days = 3 WHERE id = {}", boxes[2])).await;
    desk.start();
    for mailbox in &boxes {
        desk.stored(*mailbox, 2, SOON).await;
    }
    until("the marks", SOON, || async {
        let there = desk.rig.list(&read, "INBOX").await;
        there
            .iter()
            .all(|m| m["flags"].to_string().contains("Seen") || m["flags"].to_string().contains('S'))
            .then_some(())
    })
    .await;
    left(&desk, &moved, 0).await;
    assert_eq!(desk.rig.list(&moved, "Done by Mailkeep").await.len(), 2);
    assert_eq!(desk.rig.list(&grace, "INBOX").await.len(), 2, "not before its days of grace");
    let due = desk.receipts(boxes[2]).await;
    assert!(due.iter().all(|r| r.delete_due_at.is_some_and(|at| at > engine::clock::now().0 + 2 * 86_400_000)));
    sql(&desk, "UPDATE receipt SET delete_due_at = delete_due_at - 259200000 WHERE delete_due_at IS NOT NULL").await;
    desk.engine.wake.mailbox(boxes[2]);
    left(&desk, &grace, 0).await;
    // What we moved ourselves is no gap, and nobody else took it.
    desk.engine.console().ledger.reconcile(&admin(), boxes[1]).await.expect("it is compared");
    let page = desk.engine.console().ledger.page(&admin(), boxes[1]).await.expect("a page");
    let sum = page.last.expect("a comparison").report.folders[0].sum.clone().expect("INBOX");
    assert_eq!((sum.there, sum.deleted, sum.removed), (0, 2, 0));
    assert!(page.alerts.is_empty() && page.vanished.is_empty());
}

#[tokio::test]
async fn mail_can_not_be_moved_to_a_folder_that_is_fetched_from() {
    use domain::console::mailboxes::{AfterFetch, MailboxForm, Tidy};
    let desk = Desk::open().await;
    let user = desk.rig.user("form", At::Litware).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    let console = desk.engine.console();
    let page = console.mailboxes.show(&admin(), mailbox).await.expect("a page");
    let form = |to: &str| {
        let after_fetch = AfterFetch { grace_days: 7, tidy: Tidy::MoveTo(to.into()) };
        let wanted = domain::console::mailboxes::Use { after_fetch, ..page.wanted.clone() };
        let (name, from_name) = (page.row.name.clone(), page.from_name.clone());
        MailboxForm {
            name,
            from_name,
            signature: String::new(),
            acknowledge: false,
            acknowledge_text: String::new(),
            wanted,
        }
    };
    for bad in ["INBOX", "inbox", "", "a\r\nA1 LOGOUT"] {
        assert!(console.mailboxes.change(&admin(), mailbox, form(bad)).await.is_err(), "{bad:?}");
    }
    console.mailboxes.change(&admin(), mailbox, form("Archive")).await.expect("it is saved");
    let kept = console.mailboxes.show(&admin(), mailbox).await.expect("a page").wanted.after_fetch;
    assert_eq!(kept, AfterFetch { grace_days: 7, tidy: Tidy::MoveTo("Archive".into()) });
}
