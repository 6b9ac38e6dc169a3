//! Catching up: much at once, fetched and taken in while what came before it is written.

use crate::desk::{Chosen, Desk};
use crate::inbox::{Inbox, SUPPORT};
use crate::rig::{At, until};
use domain::id::MailboxId;
use engine::intake;
use engine::store::nodes;
use sea_orm::{ConnectionTrait, DatabaseBackend};
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const SOON: Duration = Duration::from_secs(30);

/// The server stands still amid the second batch, and the process dies.
#[tokio::test]
async fn what_came_is_written_while_the_next_is_waited_for() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("still", At::Litware).await;
    desk.rig.append(&user, "INBOX", 250, json!({})).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    // Sizes and the first bodies come, slowly enough to be no fault.
    let slow = json!({ "kind": "slow", "on": "UID FETCH", "bytesPerSecond": 1_000_000_000, "times": 2 });
    desk.rig.fault(&user, slow).await;
    desk.rig.fault(&user, json!({ "kind": "stall", "on": "UID FETCH", "ms": 600_000 })).await;
    desk.start();
    until("the first batch", SOON, || async { (desk.receipts(mailbox).await.len() == 200).then_some(()) }).await;
    assert_eq!(desk.folder(mailbox).await.cursor, 200, "up to what is written, and no further");
    desk.crash().await;
    desk.start();
    desk.stored(mailbox, 250, SOON).await;
    let receipts = desk.receipts(mailbox).await;
    assert!(receipts.iter().all(|receipt| receipt.source_id.is_some()));
    let sources: HashSet<_> = receipts.iter().filter_map(|receipt| receipt.source_id).collect();
    assert_eq!((receipts.len(), sources.len()), (250, 250), "each once");
    assert_eq!(desk.folder(mailbox).await.cursor, 250);
    desk.stop().await;
}

fn letter(n: usize, subject: &str, more: &str) -> String {
    let from = "Anna <anna@customer.example>";
    format!("Message-ID: <{n}@chain>\nFrom: {from}\nTo: {SUPPORT}\nSubject: {subject}\n{more}\nThe text of {n}.\n")
}

#[tokio::test]
async fn many_at_once_are_taken_in_in_their_order() {
    let inbox = Inbox::open().await;
    let mut uids = Vec::new();
    let mut unreadable = 0;
    for n in 0..150 {
        // Each answers the one before it.
        let more = if n == 0 { String::new() } else { format!("In-Reply-To: <{}@chain>\n", n - 1) };
        let mut source = letter(n, "Re: Printer", &more);
        match n {
            // Too large to be read with others.
            40 | 41 | 90 => source.push_str(&"It still jams.\n".repeat(30_000)),
            60 => unreadable = inbox.put("").await,
            _ => {}
        }
        uids.push(inbox.put(&source).await);
    }
    inbox.take_in().await;
    let ticket = inbox.taken(uids[0]).await.ticket.expect("a ticket");
    let mut messages = Vec::new();
    for uid in uids {
        let taken = inbox.taken(uid).await;
        assert_eq!(taken.ticket, Some(ticket), "UID {uid}: {taken:?}");
        messages.extend(taken.message);
    }
    assert_eq!(messages.len(), 150);
    assert!(messages.is_sorted(), "{messages:?}");
    assert_eq!(inbox.taken(unreadable).await.disposition, "quarantined");
}

#[tokio::test]
async fn what_the_database_refuses_keeps_no_other_waiting() {
    let inbox = Inbox::open().await;
    let db = inbox.engine.store.write();
    let refuse = match db.get_database_backend() {
        DatabaseBackend::Postgres => {
            "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$; \
             CREATE TRIGGER no BEFORE INSERT ON message FOR EACH ROW WHEN (NEW.subject = 'Refused') EXECUTE FUNCTION no()"
        }
        _ => {
            "CREATE TRIGGER no BEFORE INSERT ON message WHEN NEW.subject = 'Refused' \
             BEGIN SELECT RAISE(ABORT, 'no'); END"
        }
    };
    db.execute_unprepared(refuse).await.expect("a trigger");
    let mut uids = Vec::new();
    for n in 0..40 {
        uids.push(inbox.put(&letter(n, if n == 5 { "Refused" } else { "Printer" }, "")).await);
    }
    let node = inbox.engine.node.get().expect("a node");
    nodes::claim(&inbox.engine.store, node, 200).await.expect("it claims");
    let (mut last, stop) = (MailboxId(0), CancellationToken::new());
    intake::round(&inbox.engine, &mut last, &stop).await.expect_err("one was refused");
    for (n, uid) in uids.iter().enumerate() {
        let taken = inbox.taken(*uid).await;
        assert_eq!(taken.ticket.is_some(), n != 5, "{n}: {taken:?}");
    }
    assert_eq!(inbox.taken(uids[5]).await.disposition, "stored", "it may have been the database's fault");
    while let Err(_) | Ok(true) = intake::round(&inbox.engine, &mut last, &stop).await {}
    assert_eq!(inbox.taken(uids[5]).await.disposition, "quarantined");
}
