//! Folders besides the first, what was sent from elsewhere, and what an outage left in other folders.

use crate::access::admin;
use crate::desk::{Chosen, Desk};
use crate::rig::{At, User, until};
use domain::folder::FolderRole;
use domain::id::MailboxId;
use engine::clock;
use engine::store::{entity as e, folders};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use std::time::Duration;

pub const SOON: Duration = Duration::from_secs(30);

/// A folder of a mailbox by its name, once it is there.
pub async fn folder_named(desk: &Desk, mailbox: MailboxId, name: &str) -> e::folder::Model {
    until(&format!("the folder {name}"), SOON, || async {
        let all = folders::all(&desk.engine.store, mailbox).await.expect("folders");
        all.into_iter().find(|row| row.name == name)
    })
    .await
}

pub fn names(list: &[&str]) -> Vec<String> {
    list.iter().map(|name| (*name).to_owned()).collect()
}

/// Waits until a folder has so many receipts of this disposition.
pub async fn settled(desk: &Desk, folder: i64, disposition: &str, count: usize) -> Vec<e::receipt::Model> {
    until(&format!("{count} receipts {disposition}"), SOON, || async {
        let all = desk.receipts_of(folder).await;
        (all.iter().filter(|r| r.disposition == disposition).count() >= count).then_some(all)
    })
    .await
}

#[tokio::test]
async fn chosen_folders_are_fetched_each_with_its_cursor() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("folders", At::Litware).await;
    desk.rig.append(&user, "INBOX", 1, json!({})).await;
    desk.rig.append(&user, "Orders", 2, json!({ "subject": "Order" })).await;
    desk.rig.append(&user, "Private", 1, json!({ "subject": "Private" })).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    folders::choose(desk.engine.store.write(), mailbox, &names(&["INBOX", "Orders", "Gone"]), None)
        .await
        .expect("chosen");
    desk.start();
    desk.stored(mailbox, 1, SOON).await;
    let orders = folder_named(&desk, mailbox, "Orders").await.id;
    settled(&desk, orders, "ticket", 2).await;
    // A folder that is not there stops nobody, and is named.
    until("the missing folder is noted", SOON, || async { folder_named(&desk, mailbox, "Gone").await.said }).await;
    desk.rig.append(&user, "Orders", 3, json!({ "subject": "Order again" })).await;
    desk.engine.wake.mailbox(mailbox);
    settled(&desk, orders, "ticket", 5).await;
    let row = folder_named(&desk, mailbox, "Orders").await;
    assert!(row.cursor >= 5 && row.uid_validity.is_some(), "{row:?}");
    // People choose among what is there.
    let choices = desk.engine.console().folders.choices(&admin(), mailbox).await.expect("choices");
    let found = |name: &str| choices.iter().find(|c| c.name == name).map(|c| (c.chosen, c.there));
    assert_eq!(found("Orders"), Some((true, true)), "{choices:?}");
    assert_eq!(found("Private"), Some((false, true)), "{choices:?}");
    assert_eq!(found("Gone"), Some((true, false)), "{choices:?}");
    assert_eq!(found("INBOX"), None);
    let subjects: Vec<String> = e::ticket::Entity::find()
        .all(desk.engine.store.read())
        .await
        .expect("tickets")
        .into_iter()
        .map(|t| t.subject)
        .collect();
    assert!(!subjects.iter().any(|s| s.starts_with("Private")), "{subjects:?}");
    desk.stop().await;
}

#[tokio::test]
async fn where_a_host_has_one_seat_the_other_folders_have_their_turn_on_it() {
    let mut desk = Desk::with(|config| config.limits.sessions_per_host = 1).await;
    let user = desk.rig.user("turns", At::Litware).await;
    desk.rig.append(&user, "INBOX", 1, json!({})).await;
    desk.rig.append(&user, "Orders", 2, json!({ "subject": "Order" })).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    folders::choose(desk.engine.store.write(), mailbox, &names(&["INBOX", "Orders"]), None).await.expect("chosen");
    desk.start();
    desk.stored(mailbox, 1, SOON).await;
    let orders = folder_named(&desk, mailbox, "Orders").await.id;
    settled(&desk, orders, "ticket", 2).await;
    // And the first one is watched again.
    desk.rig.append(&user, "INBOX", 1, json!({})).await;
    desk.stored(mailbox, 2, SOON).await;
    desk.stop().await;
}

#[tokio::test]
async fn a_folder_chosen_later_brings_what_comes_from_then_on() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("later", At::Litware).await;
    desk.rig.append(&user, "INBOX", 1, json!({})).await;
    desk.rig.append(&user, "Orders", 4, json!({ "subject": "Old" })).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    desk.start();
    desk.stored(mailbox, 1, SOON).await;
    let tomorrow = engine::clock::now() + domain::time::Span::days(1);
    folders::choose(desk.engine.store.write(), mailbox, &names(&["INBOX", "Orders"]), Some(tomorrow))
        .await
        .expect("chosen");
    desk.engine.wake.mailbox(mailbox);
    let row = until("it is begun", SOON, || async {
        let row = folder_named(&desk, mailbox, "Orders").await;
        row.fetched_at.is_some().then_some(row)
    })
    .await;
    assert_eq!((row.import_before, row.cursor), (4, 4), "{row:?}");
    assert!(desk.receipts_of(row.id).await.is_empty(), "the old ones get one mark, no receipts");
}

async fn conversation(desk: &Desk, ticket: i64) -> Vec<String> {
    let rows = e::message::Entity::find()
        .filter(e::message::Column::TicketId.eq(ticket))
        .order_by_asc(e::message::Column::At)
        .all(desk.engine.store.read())
        .await
        .expect("messages");
    rows.into_iter().map(|row| row.kind).collect()
}

async fn sent_folder(desk: &Desk, user: &User, mailbox: MailboxId) -> e::folder::Model {
    let sent = until("the folder of sent mail", SOON, || async {
        let all = folders::all(&desk.engine.store, mailbox).await.expect("folders");
        all.into_iter().find(|row| row.role == "sent")
    })
    .await;
    eprintln!("{} files sent mail in {}", user.email, sent.name);
    sent
}

#[tokio::test]
async fn an_answer_from_elsewhere_joins_the_conversation() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("outside", At::Litware).await;
    let mail = |id: &str, from: &str, to: &str, more: &str, at: &str| {
        format!(
            "Message-ID: <{id}@x.example>\nDate: {at}\nFrom: {from}\nTo: {to}\nSubject: Broken\n{more}\nText of {id}.\n"
        )
    };
    let (mia, us) = ("mia@customer.example", user.email.as_str());
    let date = |seconds: i64| {
        let at = engine::clock::now().0 / 1_000 - 600 + seconds;
        let c = domain::Time(at * 1_000).civil(0);
        format!("{} Nov {} {:02}:{:02}:{:02} +0000", c.day, c.year, c.hour, c.minute, c.second)
    };
    let id = |word: &str| format!("{word}-{}", crate::rig::unique());
    let (first, second, other) = (id("first"), id("second"), id("other"));
    // Both lie there when we come: asked, answered from Outlook; asked, answered, asked again.
    for (uid, at) in [(&first, 0), (&second, 10)] {
        desk.rig.append(&user, "INBOX", 1, json!({ "raw": mail(uid, mia, us, "", &date(at)) })).await;
    }
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    let listed = desk.rig.call("/mail/folders", json!({ "user": user.email })).await;
    let name = ["Sent", "Sent Items", "Sent Mail"]
        .into_iter()
        .find(|name| listed.to_string().contains(&format!("\"{name}\"")))
        .unwrap_or("Sent");
    for (of, at) in [(&first, 60), (&second, 70)] {
        let more = format!("In-Reply-To: <{of}@x.example>\n");
        let raw = mail(&format!("re-{of}"), us, mia, &more, &date(at));
        desk.rig.append(&user, name, 1, json!({ "raw": raw })).await;
    }
    desk.rig.append(&user, name, 1, json!({ "raw": mail(&other, us, "boss@elsewhere.example", "", &date(80)) })).await;
    let again = mail(
        &id("again"),
        mia,
        us,
        &format!("In-Reply-To: <re-{second}@x.example>\nReferences: <{second}@x.example>\n"),
        &date(120),
    );
    desk.rig.append(&user, "INBOX", 1, json!({ "raw": again })).await;
    desk.start();
    desk.stored(mailbox, 3, SOON).await;
    let sent = sent_folder(&desk, &user, mailbox).await;
    assert_eq!(sent.name, name);
    let receipts = settled(&desk, sent.id, "answered_outside", 2).await;
    let ignored = settled(&desk, sent.id, "ignored", 1).await;
    assert!(ignored.iter().any(|r| r.disposition == "ignored" && r.source_id.is_none()), "{ignored:?}");
    let mut states = Vec::new();
    for receipt in receipts.iter().filter(|r| r.disposition == "answered_outside") {
        let ticket = receipt.ticket_id.expect("a ticket");
        let row =
            e::ticket::Entity::find_by_id(ticket).one(desk.engine.store.read()).await.expect("a question").expect("it");
        states.push((conversation(&desk, ticket).await.join(" "), row.status));
    }
    states.sort();
    assert_eq!(
        states,
        [
            ("incoming outside".to_owned(), "waiting".to_owned()),
            // Asked again since: it is our turn.
            ("incoming outside incoming".to_owned(), "open".to_owned()),
        ]
    );
}

#[tokio::test]
async fn what_an_outage_left_in_other_folders_is_counted_and_comes_in_when_asked_for() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("missed", At::Litware).await;
    desk.rig.append(&user, "INBOX", 1, json!({})).await;
    desk.rig.append(&user, "Junk", 2, json!({ "subject": "Before" })).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    desk.start();
    desk.stored(mailbox, 1, SOON).await;
    // INTERNALDATE has whole seconds.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    desk.rig.call("/mail/password", json!({ "user": user.email, "password": "another" })).await;
    desk.rig.fault(&user, json!({ "kind": "cut" })).await;
    let side = || async {
        let found =
            engine::store::directions::get(desk.engine.store.read(), mailbox, domain::Direction::Incoming).await;
        found.expect("a question").expect("a row")
    };
    until("a definite refusal", Duration::from_secs(40), || async { side().await.failing_definite.then_some(()) })
        .await;
    desk.rig.append(&user, "INBOX", 2, json!({ "subject": "In time" })).await;
    desk.rig.append(&user, "Junk", 3, json!({ "subject": "Taken for junk" })).await;
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    desk.rig.call("/mail/password", json!({ "user": user.email, "password": user.password })).await;
    let report = desk.engine.console().mailboxes.check(&admin(), mailbox).await.expect("a check");
    assert!(report.reports.iter().any(|r| r.ok()), "{report:?}");
    desk.engine.wake.mailbox(mailbox);
    desk.stored(mailbox, 3, SOON).await;
    let console = desk.engine.console();
    let found = until("the count", SOON, || async {
        let found = console.folders.elsewhere(&admin(), mailbox).await.expect("a count");
        (!found.is_empty()).then_some(found)
    })
    .await;
    assert_eq!(found.iter().map(|one| (one.name.as_str(), one.messages)).collect::<Vec<_>>(), [("Junk", 3)]);
    assert!(console.folders.import(&admin(), mailbox, "INBOX".into()).await.is_err(), "only what was counted");
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    desk.rig.append(&user, "Junk", 1, json!({ "subject": "Afterwards" })).await;
    for _ in 0..2 {
        console.folders.import(&admin(), mailbox, "Junk".into()).await.expect("it is imported");
    }
    let junk = folder_named(&desk, mailbox, "Junk").await.id;
    settled(&desk, junk, "ticket", 3).await;
    until("the import is done", SOON, || async {
        folder_named(&desk, mailbox, "Junk").await.import_until.is_none().then_some(())
    })
    .await;
    assert_eq!(desk.receipts_of(junk).await.len(), 3, "neither what was before nor what came afterwards");
    assert!(console.folders.elsewhere(&admin(), mailbox).await.expect("a count")[0].imported);
}

#[tokio::test]
async fn a_large_message_goes_on_where_it_stopped() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("resume", At::Litware).await;
    let attachments = json!([{ "name": "big.bin", "bytes": 12 << 20 }]);
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": "Large", "attachments": attachments })).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    desk.rig.fault(&user, json!({ "kind": "slow", "on": "SELECT", "times": -1, "bytesPerSecond": 4 << 20 })).await;
    desk.rig.fault(&user, json!({ "kind": "slow", "on": "EXAMINE", "times": -1, "bytesPerSecond": 4 << 20 })).await;
    desk.start();
    let chunks =
        || async { e::source_chunk::Entity::find().all(desk.engine.store.read()).await.expect("chunks").len() };
    until("some of it", SOON, || async { (chunks().await >= 4).then_some(()) }).await;
    desk.rig.heal(&user).await;
    desk.rig.fault(&user, json!({ "kind": "cut" })).await;
    let begun = e::source::Entity::find().all(desk.engine.store.read()).await.expect("sources");
    assert_eq!((begun.len(), begun[0].complete), (1, false), "{begun:?}");
    desk.engine.wake.mailbox(mailbox);
    let receipts = desk.stored(mailbox, 1, Duration::from_secs(60)).await;
    assert_eq!(receipts[0].source_id, Some(begun[0].id), "the same source went on");
    let raw = desk.rig.raw(&user, "INBOX", 1).await;
    let stored = String::from_utf8_lossy(&desk.source(begun[0].id).await).replace("\r\n", "\n");
    assert!(stored == raw.replace("\r\n", "\n"), "{} and {} bytes", stored.len(), raw.len());
    let fetches = desk.rig.stats(&user).await["counts"]["imap"]["commands"]["UID FETCH"].as_u64().unwrap_or(0);
    // 17 parts and the empty one, sizes and headers twice, what was cut: not 17 parts once more.
    assert!(fetches <= 17 + 8, "{fetches}");
}

#[tokio::test]
async fn a_folder_that_a_server_lists_twice_is_one() {
    let desk = Desk::open().await;
    let user = desk.rig.user("twice", At::Litware).await;
    let id = desk.mailbox(&user, Chosen::default()).await;
    let names = [("INBOX".to_owned(), FolderRole::Inbox), ("INBOX".to_owned(), FolderRole::Other)];
    engine::store::listed::replace(desk.engine.store.write(), id, &names, clock::now()).await.expect("kept");
    let kept = engine::store::listed::of(&desk.engine.store, id).await.expect("folders");
    assert_eq!(kept.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["INBOX"]);
}
