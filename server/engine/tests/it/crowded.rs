//! A host that grants fewer sessions than the mailboxes there would like.

use crate::desk::{Chosen, Desk};
use crate::folders::{SOON, folder_named, names, settled};
use crate::rig::{At, User, until};
use domain::id::MailboxId;
use engine::store::folders;
use serde_json::json;

/// A mailbox with one message in its first folder and two in another that is chosen, too.
async fn with_orders(desk: &Desk, name: &str) -> (User, MailboxId) {
    let user = desk.rig.user(name, At::Litware).await;
    desk.rig.append(&user, "INBOX", 1, json!({})).await;
    desk.rig.append(&user, "Orders", 2, json!({ "subject": "Order" })).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    folders::choose(desk.engine.store.write(), mailbox, &names(&["INBOX", "Orders"]), None).await.expect("chosen");
    (user, mailbox)
}

#[tokio::test]
async fn with_a_single_seat_the_chosen_folders_have_their_turn_on_the_watching_session() {
    let mut desk = Desk::with(|config| config.limits.sessions_per_host = 1).await;
    let (user, mailbox) = with_orders(&desk, "alone").await;
    desk.start();
    desk.stored(mailbox, 1, SOON).await;
    let orders = folder_named(&desk, mailbox, "Orders").await.id;
    settled(&desk, orders, "ticket", 2).await;
    // The first folder is watched again afterwards: by IDLE, nobody rings.
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": "After" })).await;
    desk.stored(mailbox, 2, SOON).await;
    desk.rig.append(&user, "Orders", 1, json!({ "subject": "Another order" })).await;
    desk.engine.wake.mailbox(mailbox);
    settled(&desk, orders, "ticket", 3).await;
    let stats = desk.rig.stats(&user).await;
    assert_eq!(stats["counts"]["imap"]["logins"], 1, "all of it on one session: {stats}");
    desk.stop().await;
}

#[tokio::test]
async fn mailboxes_that_share_a_single_seat_each_have_their_folders_fetched() {
    let mut desk = Desk::with(|config| config.limits.sessions_per_host = 1).await;
    let (_, one) = with_orders(&desk, "one").await;
    let (_, two) = with_orders(&desk, "two").await;
    desk.start();
    for mailbox in [one, two] {
        let orders = folder_named(&desk, mailbox, "Orders").await.id;
        until("its folders are fetched", SOON, || async {
            // In place of the minute for which the others have the seat.
            desk.engine.wake.mailbox(one);
            desk.engine.wake.mailbox(two);
            let tickets = desk.receipts_of(orders).await.iter().filter(|r| r.disposition == "ticket").count();
            (tickets == 2 && desk.receipts(mailbox).await.len() == 1).then_some(())
        })
        .await;
    }
    desk.stop().await;
}
