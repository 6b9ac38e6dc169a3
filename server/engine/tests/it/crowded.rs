//! A host that grants fewer sessions than the mailboxes there would like.

use crate::desk::{By, Chosen, Desk};
use crate::folders::{SOON, folder_named, names, settled};
use crate::office::Office;
use crate::rig::{At, User, until};
use domain::Direction;
use domain::id::MailboxId;
use domain::outbox::DeliveryState;
use engine::store::{entity as e, folders};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

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

/// Five shared mailboxes that a person sends for: one account to Exchange, which grants it three sessions.
async fn teams() -> (Office, User, Vec<MailboxId>) {
    let desk = Desk::open().await;
    let anna = desk.rig.user("anna", At::Microsoft).await;
    let grant = desk.grant(&anna).await;
    let mut shared = Vec::new();
    for n in 1..=5 {
        shared.push(desk.rig.shared(&format!("team{n}"), &[&anna]).await);
    }
    let office = Office::on(desk, shared[0].clone(), By::Password).await;
    let mut boxes = vec![office.mailbox];
    for user in &shared[1..] {
        let chosen = Chosen { import_mode: "now", ..Chosen::default() };
        boxes.push(office.desk.mailbox(user, chosen).await);
    }
    // The person's grant in place of passwords that nobody has.
    for (mailbox, user) in boxes.iter().zip(&shared) {
        for (direction, login) in [(Direction::Incoming, &user.email), (Direction::Outgoing, &anna.email)] {
            let row = e::direction::ActiveModel {
                mailbox_id: Set(mailbox.0),
                direction: Set(direction.key().into()),
                user_name: Set(Some(login.clone())),
                credential: Set(Some("grant".into())),
                grant_id: Set(Some(grant.0)),
                ..Default::default()
            };
            e::direction::Entity::update(row).exec(office.desk.engine.store.write()).await.expect("a direction");
        }
    }
    (office, anna, boxes)
}

#[tokio::test]
async fn five_shared_mailboxes_of_a_person_hand_over_three_replies_at_once_at_most() {
    let (mut office, anna, boxes) = teams().await;
    // Slow enough that all who may hand over at once are seen doing so.
    let slow = json!({ "protocol": "smtp", "kind": "slow", "on": "BODY", "ms": 2_000, "times": -1 });
    office.rig().fault(&anna, slow).await;
    for mailbox in boxes {
        office.mailbox = mailbox;
        office.write(&office.customer.email, "From a team", "text").await;
    }
    office.desk.start();
    let most = AtomicU64::new(0);
    until("all have left", Duration::from_secs(60), || async {
        let smtp = office.rig().stats(&anna).await["counts"]["smtp"].clone();
        let begun = smtp["commands"]["DATA"].as_u64().unwrap_or(0);
        let taken = smtp["messages"].as_u64().unwrap_or(0);
        most.fetch_max(begun - taken, Ordering::Relaxed);
        (taken == 5).then_some(())
    })
    .await;
    assert_eq!(most.load(Ordering::Relaxed), 3, "all that the provider grants, and no more");
    assert_eq!(office.arrives(5).await.len(), 5);
    office.desk.stop().await;
}

#[tokio::test]
async fn a_reply_does_not_wait_for_sessions_that_rest() {
    let (mut office, _, boxes) = teams().await;
    office.desk.start();
    // The first three have no more to do, and keep their sessions for a minute.
    for mailbox in boxes {
        office.mailbox = mailbox;
        let ticket = office.write(&office.customer.email, "From a team", "text").await;
        office.state(ticket, DeliveryState::Sent).await;
    }
    assert_eq!(office.arrives(5).await.len(), 5);
    office.desk.stop().await;
}
