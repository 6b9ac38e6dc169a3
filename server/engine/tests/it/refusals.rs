//! Servers that refuse a command which others take: mail comes in all the same, and nothing is asked over and over.

use crate::access::admin;
use crate::desk::{Chosen, Desk};
use crate::rig::{At, User, until};
use domain::id::MailboxId;
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
