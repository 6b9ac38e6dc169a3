//! A panic at every step, then a new engine on the same database.

use crate::access;
use crate::desk::{By, Chosen, Desk};
use crate::rig::{At, User, unique, until};
use domain::Direction;
use domain::console::people::{Actor, Role};
use domain::console::tickets::NewTicketForm;
use domain::id::{GrantId, MailboxId, PersonId, TicketId};
use engine::store::entity as e;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(40);

/// What is under way when it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    /// Small messages are fetched, taken in, and deleted on the server.
    Fetch,
    /// A message that comes in parts.
    Large,
    /// A folder whose numbers mean nothing any more.
    Renumber,
    /// A reply leaves.
    Send,
    /// An agent writes a new mail.
    Write,
    /// A token is renewed.
    Refresh,
}

/// Every point, once. `uncertain`: a reply that was cut there may have left, and is never resent.
const POINTS: [(&str, Work, bool); 19] = [
    ("after-fetch", Work::Fetch, false),
    ("before-store-commit", Work::Fetch, false),
    ("after-store-commit", Work::Fetch, false),
    ("after-parse", Work::Fetch, false),
    ("before-intake-commit", Work::Fetch, false),
    ("after-intake-commit", Work::Fetch, false),
    ("before-delete", Work::Fetch, false),
    ("after-delete", Work::Fetch, false),
    ("on-news", Work::Fetch, false),
    ("after-chunk", Work::Large, false),
    ("amid-renumber", Work::Renumber, false),
    ("attempt", Work::Send, false),
    ("before-data", Work::Send, false),
    ("handing-over", Work::Send, true),
    ("after-data", Work::Send, true),
    ("after-sent", Work::Send, false),
    ("before-ticket-commit", Work::Write, false),
    ("refresh-answered", Work::Refresh, false),
    ("refresh-stored", Work::Refresh, false),
];

/// Panics the first time that the point is met, and says so.
fn arm(point: &'static str) -> Arc<AtomicBool> {
    let met = Arc::new(AtomicBool::new(false));
    let flag = met.clone();
    fail::cfg_callback(point, move || {
        if !flag.swap(true, Ordering::SeqCst) {
            // Without the hook: a panic that is meant needs no trace.
            std::panic::resume_unwind(Box::new(format!("crashed at {point}")));
        }
    })
    .expect("the point is armed");
    met
}

async fn meets(point: &str, met: &AtomicBool) {
    until(&format!("{point} is met"), SOON, || async { met.load(Ordering::SeqCst).then_some(()) }).await;
}

/// Tickets by subject, with how many messages each has.
async fn tickets(desk: &Desk) -> BTreeMap<String, Vec<u64>> {
    let mut found: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for ticket in e::ticket::Entity::find().all(desk.engine.store.read()).await.expect("tickets") {
        let messages = e::message::Entity::find()
            .filter(e::message::Column::TicketId.eq(ticket.id))
            .count(desk.engine.store.read())
            .await
            .expect("a number");
        found.entry(ticket.subject).or_default().push(messages);
    }
    found
}

fn once(word: &str, count: usize) -> BTreeMap<String, Vec<u64>> {
    (1..=count).map(|n| (format!("{word} {n}"), vec![1])).collect()
}

async fn all_once(desk: &Desk, point: &str, word: &str, count: usize) {
    let wanted = once(word, count);
    until(&format!("{point}: each of {count} is a ticket"), SOON, || async {
        (tickets(desk).await.len() >= wanted.len()).then_some(())
    })
    .await;
    assert_eq!(tickets(desk).await, wanted, "{point}: nothing lost, nothing twice");
}

pub fn agent() -> Actor {
    Actor { person: PersonId(1), name: "Bob".into(), role: Role::Agent }
}

pub async fn hire(desk: &Desk) {
    use sea_orm::ActiveValue::Set;
    let row = e::person::ActiveModel {
        id: Set(1),
        name: Set("Bob".into()),
        email: Set("bob@desk.example".into()),
        role: Set("agent".into()),
        created_at: Set(engine::clock::now().0),
        ..Default::default()
    };
    e::person::Entity::insert(row).exec_without_returning(desk.engine.store.write()).await.expect("a person");
}

pub async fn write(desk: &Desk, mailbox: MailboxId, to: &User, subject: &str) -> Result<TicketId, domain::Refusal> {
    let form = NewTicketForm {
        mailbox,
        to: to.email.clone(),
        cc: String::new(),
        subject: subject.into(),
        text: "Text.".into(),
        once: subject.into(),
        files: Vec::new(),
    };
    let console = desk.engine.console();
    tokio::spawn(async move { console.tickets.create(&agent(), form).await })
        .await
        .unwrap_or(Err(domain::Refusal::Unavailable))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_is_lost_or_twice_wherever_it_crashes() {
    let _alone = crate::POINTS.lock().await;
    let named: std::collections::HashSet<&str> = POINTS.iter().map(|(point, ..)| *point).collect();
    assert_eq!(named.len(), POINTS.len(), "each point once");
    for (point, work, uncertain) in POINTS {
        let began = std::time::Instant::now();
        match work {
            Work::Fetch => fetch(point).await,
            Work::Large => large(point).await,
            Work::Renumber => renumber(point).await,
            Work::Send => send(point, uncertain).await,
            Work::Write => written(point).await,
            Work::Refresh => refresh(point).await,
        }
        fail::remove(point);
        eprintln!("{point}: as it should be, in {:?}", began.elapsed());
    }
}

async fn fetch(point: &'static str) {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("crash", At::Litware).await;
    let word = format!("Crash {}", unique());
    desk.rig.append(&user, "INBOX", 5, json!({ "subject": word })).await;
    let mailbox = desk.mailbox(&user, Chosen { delete_after_fetch: true, ..Chosen::default() }).await;
    let met = arm(point);
    desk.start();
    let mut count = 5;
    if point == "on-news" {
        // It is met when the server tells of a message.
        all_once(&desk, point, &word, 5).await;
        until("IDLE", SOON, || async {
            let stats = desk.rig.stats(&user).await;
            (stats["counts"]["imap"]["commands"]["IDLE"].as_u64().unwrap_or(0) > 0).then_some(())
        })
        .await;
        desk.rig.append(&user, "INBOX", 1, json!({ "subject": format!("{word} 6") })).await;
        count = 6;
    }
    meets(point, &met).await;
    desk.crash().await;
    desk.start();
    all_once(&desk, point, &word, count).await;
    let receipts = desk.receipts(mailbox).await;
    assert_eq!(receipts.len(), count, "{point}: one receipt a message: {receipts:#?}");
    until(&format!("{point}: the server is empty"), SOON, || async {
        desk.rig.list(&user, "INBOX").await.is_empty().then_some(())
    })
    .await;
    desk.stop().await;
}

async fn large(point: &'static str) {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("crash", At::Litware).await;
    let word = format!("Large {}", unique());
    let attachments = json!([{ "name": "big.bin", "bytes": 3 << 20 }]);
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": format!("{word} 1"), "attachments": attachments })).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    let met = arm(point);
    desk.start();
    meets(point, &met).await;
    desk.crash().await;
    let begun = e::source::Entity::find().all(desk.engine.store.read()).await.expect("sources");
    desk.start();
    all_once(&desk, point, &word, 1).await;
    let receipts = desk.receipts(mailbox).await;
    assert_eq!((begun.len(), receipts[0].source_id), (1, Some(begun[0].id)), "it went on where it stopped");
    let raw = desk.rig.raw(&user, "INBOX", 1).await;
    let stored = String::from_utf8_lossy(&desk.source(begun[0].id).await).replace("\r\n", "\n");
    assert!(stored == raw.replace("\r\n", "\n"), "byte for byte");
    desk.stop().await;
}

async fn renumber(point: &'static str) {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("crash", At::Litware).await;
    let word = format!("Renumbered {}", unique());
    desk.rig.append(&user, "INBOX", 5, json!({ "subject": word })).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    desk.start();
    all_once(&desk, point, &word, 5).await;
    desk.stop().await;
    desk.rig.call("/mail/uidvalidity", json!({ "user": user.email })).await;
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": format!("{word} 6") })).await;
    let met = arm(point);
    desk.start();
    meets(point, &met).await;
    desk.crash().await;
    desk.start();
    all_once(&desk, point, &word, 6).await;
    assert_eq!(desk.receipts(mailbox).await.len(), 6);
    desk.stop().await;
}

async fn states(desk: &Desk) -> Vec<String> {
    let rows = e::delivery::Entity::find().all(desk.engine.store.read()).await.expect("deliveries");
    rows.into_iter().map(|row| row.state).collect()
}

async fn send(point: &'static str, uncertain: bool) {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("crash", At::Litware).await;
    let customer = desk.rig.user("mia", At::Customer).await;
    let mailbox = desk.mailbox(&user, Chosen { import_mode: "now", ..Chosen::default() }).await;
    hire(&desk).await;
    let met = arm(point);
    desk.start();
    write(&desk, mailbox, &customer, "To be cut").await.expect("it is written");
    meets(point, &met).await;
    desk.crash().await;
    desk.start();
    // The later one is not held up, and shows that the outbox went on.
    write(&desk, mailbox, &customer, "The next one").await.expect("it is written");
    let arrived = || async {
        let all = desk.rig.list(&customer, "INBOX").await;
        all.iter().filter_map(|m| m["subject"].as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    until(&format!("{point}: the next one arrives"), SOON, || async {
        arrived().await.iter().any(|s| s.contains("The next one")).then_some(())
    })
    .await;
    if uncertain {
        until(&format!("{point}: it is uncertain"), SOON, || async {
            states(&desk).await.contains(&"uncertain".to_owned()).then_some(())
        })
        .await;
    } else {
        until(&format!("{point}: it arrives"), SOON, || async {
            arrived().await.iter().any(|s| s.contains("To be cut")).then_some(())
        })
        .await;
    }
    let subjects = arrived().await;
    let times = subjects.iter().filter(|s| s.contains("To be cut")).count();
    assert!(if uncertain { times <= 1 } else { times == 1 }, "{point}: {subjects:?}");
    desk.stop().await;
}

async fn written(point: &'static str) {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("crash", At::Litware).await;
    let customer = desk.rig.user("mia", At::Customer).await;
    let mailbox = desk.mailbox(&user, Chosen { import_mode: "now", ..Chosen::default() }).await;
    hire(&desk).await;
    let met = arm(point);
    desk.start();
    assert!(write(&desk, mailbox, &customer, "Written").await.is_err(), "the page says that it was not sent");
    meets(point, &met).await;
    desk.crash().await;
    assert!(states(&desk).await.is_empty(), "nothing of it was kept");
    desk.start();
    for _ in 0..2 {
        write(&desk, mailbox, &customer, "Written").await.expect("the same again, and a second click");
    }
    until("it arrives", SOON, || async { (!desk.rig.list(&customer, "INBOX").await.is_empty()).then_some(()) }).await;
    assert_eq!(states(&desk).await.len(), 1);
    desk.stop().await;
}

/// A token is renewed and the process dies. The lease of the dead keeps nobody waiting.
async fn refresh(point: &'static str) {
    for rotate in ["lenient", "none", "strict"] {
        renewed(point, rotate).await;
    }
}

async fn renewed(point: &'static str, rotate: &str) {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("crash", At::Microsoft).await;
    let word = format!("Refreshed {}", unique());
    desk.rig.append(&user, "INBOX", 2, json!({ "subject": word })).await;
    let mailbox = desk.mailbox(&user, Chosen { by: By::Token, ..Chosen::default() }).await;
    let id = GrantId(access::side(&desk, mailbox, Direction::Incoming).await.grant_id.expect("a grant"));
    desk.rig.call("/idp/config", json!({ "account": user.email, "rotate": rotate })).await;
    access::wear_out(&desk, id).await;
    let met = arm(point);
    desk.start();
    meets(point, &met).await;
    desk.crash().await;
    desk.start();
    if point == "refresh-answered" && rotate == "strict" {
        // The provider took the old token back and the new one never reached us: nobody but a
        // person can help, and so it is said.
        until("the loss is told", SOON, || async { access::grant(&desk, id).await.lost_at }).await;
        until("the mailbox says so", SOON, || async {
            let side = access::side(&desk, mailbox, Direction::Incoming).await;
            (side.failing_definite && side.next_attempt_at.is_none()).then_some(())
        })
        .await;
    } else {
        all_once(&desk, point, &word, 2).await;
        let row = access::grant(&desk, id).await;
        assert!(row.lost_at.is_none(), "{point}, {rotate}: a token lives: {row:?}");
    }
    fail::remove(point);
    desk.stop().await;
}

/// A process that is killed again and again meets the same message each time, and no message is to blame
/// for what happens after it was read.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_message_that_was_read_is_innocent_of_every_death_after_that() {
    let _alone = crate::POINTS.lock().await;
    let mut desk = Desk::open().await;
    let user = desk.rig.user("crash", At::Litware).await;
    let word = format!("Innocent {}", unique());
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": format!("{word} 1") })).await;
    desk.mailbox(&user, Chosen::default()).await;
    for _ in 0..5 {
        let met = Arc::new(AtomicBool::new(false));
        let flag = met.clone();
        fail::cfg_callback("before-intake-commit", move || {
            flag.store(true, Ordering::SeqCst);
            std::panic::resume_unwind(Box::new("killed before the commit"));
        })
        .expect("the point is armed");
        desk.start();
        meets("before-intake-commit", &met).await;
        desk.crash().await;
        fail::remove("before-intake-commit");
    }
    desk.start();
    all_once(&desk, "after five deaths", &word, 1).await;
    desk.stop().await;
}
