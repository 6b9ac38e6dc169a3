//! Switching to another server and back: nothing is lost on either side, and a second click does
//! nothing.

use crate::access::{admin, mailbox as row};
use crate::desk::{Chosen, Desk};
use crate::folders::folder_named;
use crate::rig::{At, User, unique, until};
use domain::console::mailboxes::{CheckResult, Event, ImportFrom, PasswordForm};
use domain::console::switches::SwitchForm;
use domain::id::MailboxId;
use domain::refusal::Conflict;
use domain::switch::Case;
use domain::time::Span;
use domain::{Answer, Direction};
use engine::clock;
use engine::store::{entity as e, events, folders};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use std::time::Duration;

const SOON: Duration = Duration::from_secs(30);

/// Prepares that the mailbox moved with its mail.
async fn prepare(desk: &Desk, id: MailboxId) {
    let form = SwitchForm {
        case: Case::Moved,
        provider_key: At::Litware.key().into(),
        address: String::new(),
        import: ImportFrom::Now,
    };
    desk.engine.console().switches.prepare(&admin(), id, form).await.expect("it is prepared");
}

/// Carries it out, as this user.
async fn give(desk: &Desk, id: MailboxId, to: &User) -> Answer<CheckResult> {
    let form = PasswordForm { user: to.email.clone(), password: to.password.clone(), incoming: None, outgoing: None };
    desk.engine.console().switches.give_password(&admin(), id, form).await
}

/// The server lets nobody send as the address of before: only incoming moves.
async fn incoming_only(desk: &Desk, id: MailboxId) {
    e::direction::Entity::update_many()
        .col_expr(e::direction::Column::Used, Expr::value(false))
        .filter(e::direction::Column::MailboxId.eq(id.0))
        .filter(e::direction::Column::Direction.eq(Direction::Outgoing.key()))
        .exec(desk.engine.store.write())
        .await
        .expect("outgoing is not used");
}

async fn inbox(desk: &Desk, id: MailboxId) -> e::folder::Model {
    folder_named(desk, id, "INBOX").await
}

/// Waits until what is known on the new side was recognised, and the rest fetched.
async fn recognised(desk: &Desk, id: MailboxId, left: i64) -> e::folder::Model {
    until("the new side is recognised", SOON, || async {
        let row = inbox(desk, id).await;
        (row.id != left && !row.recognises && row.fetched_at.is_some()).then_some(row)
    })
    .await
}

fn subjects(list: &[Value]) -> Vec<&str> {
    let mut all: Vec<&str> = list.iter().filter_map(|m| m["subject"].as_str()).collect();
    all.sort_unstable();
    all
}

/// One of two clicks did it, the other was told that somebody was quicker.
fn once(one: Answer<CheckResult>, two: Answer<CheckResult>) {
    let (done, other) = if one.is_ok() { (one, two) } else { (two, one) };
    assert_eq!(done.expect("one of them does it").swapped, [Direction::Incoming]);
    assert_eq!(other, Err(Conflict::AlreadyDone.into()));
}

#[tokio::test]
async fn what_is_not_here_as_a_whole_stays_on_every_side() {
    let mut desk = Desk::with(|config| config.limits.message_bytes = 1 << 20).await;
    let a = desk.rig.user("first", At::Litware).await;
    let b = desk.rig.user("second", At::Litware).await;
    let c = desk.rig.user("third", At::Litware).await;
    let word = unique();
    let mail = |subject: &str, lines: usize| {
        let text = "A line that is about as long as the lines of most messages are.\n".repeat(lines);
        format!(
            "Message-ID: <{subject}-{word}@x.example>\nDate: Mon, 2 Nov 2026 10:00:00 +0000\nFrom: mia@customer.example\nTo: {}\nSubject: {subject}\n\n{text}",
            a.email
        )
    };
    let hour_ago = (clock::now() - Span::hours(1)).0;
    for user in [&a, &b, &c] {
        desk.rig.append(user, "INBOX", 1, json!({ "raw": mail("old", 3), "received": hour_ago })).await;
    }
    for user in [&a, &b] {
        desk.rig.append(user, "Orders", 1, json!({ "raw": mail("old-order", 3), "received": hour_ago })).await;
    }
    let id = desk.mailbox(&a, Chosen { delete_after_fetch: true, import_mode: "now", ..Chosen::default() }).await;
    incoming_only(&desk, id).await;
    desk.start();
    let first = until("the import has begun", SOON, || async {
        let row = inbox(&desk, id).await;
        row.fetched_at.is_some().then_some(row)
    })
    .await;
    // Chosen later: its import begins at another time than the first folder's.
    let names = ["INBOX".to_owned(), "Orders".to_owned()];
    folders::choose(desk.engine.store.write(), id, &names, Some(clock::now() - Span::minutes(30)))
        .await
        .expect("chosen");
    for user in [&a, &b, &c] {
        desk.rig.append(user, "INBOX", 1, json!({ "raw": mail("large", 20_000) })).await;
        desk.rig.append(user, "INBOX", 1, json!({ "raw": mail("small", 3) })).await;
    }
    desk.engine.wake.mailbox(id);
    desk.stored(id, 2, SOON).await;
    until("the sweep", SOON, || async { (desk.rig.list(&a, "INBOX").await.len() == 2).then_some(()) }).await;

    let mut left = first.id;
    for to in [&b, &c] {
        prepare(&desk, id).await;
        assert_eq!(give(&desk, id, to).await.expect("a check").swapped, [Direction::Incoming]);
        let new = recognised(&desk, id, left).await;
        assert_eq!(new.import_since, first.import_since, "the import began when the first folder's did");
        until("the sweep", SOON, || async { (desk.rig.list(to, "INBOX").await.len() < 3).then_some(()) }).await;
        assert_eq!(subjects(&desk.rig.list(to, "INBOX").await), ["large", "old"], "{}", to.email);
        let receipts = desk.receipts_of(new.id).await;
        let mut found: Vec<_> =
            receipts.iter().map(|r| (r.disposition.as_str(), r.reason.as_deref(), r.delete_due_at.is_some())).collect();
        found.sort_unstable();
        let moved = |due| ("duplicate", Some("moved"), due);
        assert_eq!(found, [("before_import", None, false), moved(false), moved(true)]);
        left = new.id;
        if to.email == b.email {
            // What was chosen is chosen here too, and only what is new there comes in.
            desk.rig.append(to, "Orders", 1, json!({ "raw": mail("new-order", 3) })).await;
            desk.engine.wake.mailbox(id);
            let orders = folder_named(&desk, id, "Orders").await.id;
            let receipts = until("the new order", SOON, || async {
                let all = desk.receipts_of(orders).await;
                all.iter().any(|r| r.disposition == "ticket").then_some(all)
            })
            .await;
            assert_eq!(receipts.iter().filter(|r| r.source_id.is_some()).count(), 1, "{receipts:?}");
        }
    }
    desk.stop().await;
}

#[tokio::test]
async fn a_second_click_finds_the_switch_done() {
    let mut desk = Desk::open().await;
    let a = desk.rig.user("left", At::Litware).await;
    let b = desk.rig.user("new", At::Litware).await;
    desk.rig.append(&a, "INBOX", 1, json!({})).await;
    let id = desk.mailbox(&a, Chosen::default()).await;
    incoming_only(&desk, id).await;
    desk.start();
    desk.stored(id, 1, SOON).await;
    let first = inbox(&desk, id).await;
    let switches = desk.engine.console().switches;
    let in_use = || async {
        let all = folders::all(&desk.engine.store, id).await.expect("folders");
        all.into_iter().filter(|row| row.name == "INBOX").map(|row| row.id).collect::<Vec<_>>()
    };

    prepare(&desk, id).await;
    let (one, two) = tokio::join!(give(&desk, id, &b), give(&desk, id, &b));
    once(one, two);
    let former = switches.former(&admin(), id).await.expect("the setup before");
    assert!(former.len() == 1 && former[0].can_return, "{former:?}");
    assert!(in_use().await.len() == 1 && in_use().await != [first.id]);

    let as_admin = admin();
    let (one, two) = tokio::join!(switches.put_back(&as_admin, id), switches.put_back(&as_admin, id));
    once(one, two);
    assert_eq!(in_use().await, [first.id], "the folder goes on where it stopped");
    let noted = events::of(&desk.engine.store, id, 50).await.expect("events");
    let noted = noted.iter().filter_map(|e| serde_json::from_str(&e.event).ok());
    assert_eq!(noted.filter(|e| matches!(e, Event::PutBack)).count(), 1);
    let former = switches.former(&admin(), id).await.expect("the setup before");
    assert!(former.first().is_some_and(|f| f.can_return), "there is a way back from here too: {former:?}");
    desk.rig.append(&a, "INBOX", 1, json!({ "subject": "After" })).await;
    desk.engine.wake.mailbox(id);
    until("what came afterwards", SOON, || async { (desk.receipts_of(first.id).await.len() == 2).then_some(()) }).await;
    desk.stop().await;
}

#[tokio::test]
async fn a_disconnected_mailbox_switches_as_a_whole() {
    let mut desk = Desk::open().await;
    let a = desk.rig.user("ended", At::Litware).await;
    let b = desk.rig.user("begun", At::Litware).await;
    desk.rig.append(&b, "INBOX", 1, json!({})).await;
    let id = desk.mailbox(&a, Chosen::default()).await;
    let first = inbox(&desk, id).await;
    desk.engine.console().mailboxes.disconnect(&admin(), id).await.expect("it is disconnected");
    desk.start();
    let form = SwitchForm {
        case: Case::Different,
        provider_key: At::Litware.key().into(),
        address: b.email.clone(),
        import: ImportFrom::Beginning,
    };
    desk.engine.console().switches.prepare(&admin(), id, form).await.expect("it is prepared");
    assert_eq!(give(&desk, id, &b).await.expect("a check").swapped, Direction::BOTH);
    assert_eq!(row(&desk, id).await.address, b.email);
    let new = inbox(&desk, id).await;
    assert_ne!(new.id, first.id, "the old folder is left");
    until("its mail", SOON, || async { (desk.receipts_of(new.id).await.len() == 1).then_some(()) }).await;
    assert_eq!(desk.engine.console().switches.plan(&admin(), id).await, Ok(None), "the plan is carried out");
    desk.stop().await;
}
