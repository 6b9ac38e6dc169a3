//! The first import: counted and shown by headers alone, begun when somebody has looked, and never lost meanwhile.

use crate::access::*;
use crate::browser::Person;
use crate::desk::{By, Chosen, Desk};
use crate::rig::{At, until};
use domain::Time;
use domain::console::imports::Import;
use domain::console::mailboxes::{ImportFrom, Use};
use domain::folder::FolderRole;
use domain::id::MailboxId;
use domain::refusal::Conflict;
use domain::signin::Intent;
use domain::time::Span;
use engine::clock;
use engine::store::entity as e;
use engine::store::folders::{self, Beginning};
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use serde_json::json;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(40);

async fn counted(desk: &Desk, id: MailboxId, what: &str) -> Import {
    let imports = desk.engine.console().imports;
    until(what, SOON, || async {
        imports.show(&admin(), id).await.expect("an answer").filter(|import| import.count.is_some())
    })
    .await
}

#[tokio::test]
async fn nothing_older_comes_in_before_somebody_has_seen_how_much_it_is() {
    let mut desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let user = desk.rig.user("import", At::Microsoft).await;
    let now = clock::now();
    for (days, count, subject) in [(40, 3, "Ancient"), (9, 2, "Last week"), (1, 4, "Yesterday")] {
        let received = humane(now - Span::days(days));
        desk.rig.append(&user, "INBOX", count, json!({ "subject": subject, "received": received })).await;
    }
    desk.rig.append(&user, "Orders", 2, json!({ "subject": "Order", "received": humane(now - Span::days(2)) })).await;
    let console = desk.engine.console();
    let id = draft(&desk, &user.email, At::Microsoft).await;
    let wanted = Use {
        after_fetch: Default::default(),
        incoming: true,
        outgoing: true,
        delete_after_fetch: false,
        folder: "INBOX".into(),
        other_folders: vec!["Orders".into()],
        import: ImportFrom::Date(now - Span::days(12)),
        replies_through: None,
        arrives_at: None,
    };
    console.mailboxes.choose_use(&admin(), id, wanted).await.expect("chosen");
    sign_in(&desk, id, Intent::Connect, &Person::new(&user.email, &user.password)).await;
    desk.start();

    let import = counted(&desk, id, "the import is counted").await;
    let count = import.count.expect("a count");
    assert_eq!(import.from, ImportFrom::Date(now - Span::days(12)));
    let by_folder: Vec<_> = count.folders.iter().map(|f| (f.folder.as_str(), f.messages, f.of)).collect();
    assert_eq!(by_folder, [("INBOX", Some(6), 9), ("Orders", Some(2), 2)]);
    assert_eq!(count.messages(), 8);
    let subjects: Vec<&str> = count.sample.iter().map(|s| s.subject.as_str()).collect();
    assert_eq!(subjects.len(), 5, "{subjects:?}");
    assert!(subjects[..4].iter().all(|s| s.starts_with("Yesterday")), "the newest first: {subjects:?}");
    assert!(count.sample.iter().all(|s| !s.from.is_empty() && s.at.is_some()));

    // New mail comes in meanwhile, and nothing else; no body of what waits was asked for.
    desk.rig.send_all(&user, "Fresh", 1, json!({})).await;
    let stored = desk.stored(id, 1, SOON).await;
    assert_eq!(stored.len(), 1);
    assert_eq!(desk.rig.stats(&user).await["counts"]["imap"]["messages"], json!(1));

    // Another date is counted anew; it waits on.
    console.imports.change(&admin(), id, ImportFrom::Date(now - Span::days(5))).await.expect("changed");
    let import = until("it is counted anew", SOON, || async {
        let import = console.imports.show(&admin(), id).await.expect("an answer")?;
        import.count.as_ref().is_some_and(|count| count.messages() == 6).then_some(import)
    })
    .await;
    assert_eq!(import.from, ImportFrom::Date(now - Span::days(5)));
    assert_eq!(console.imports.begin(&agent(), id).await, Err(domain::Refusal::NotAllowed));

    // Let in: each once, what is older gets one mark and no receipt.
    console.imports.begin(&admin(), id).await.expect("begun");
    until("all of it is in, from both folders", SOON, || async {
        let all = e::receipt::Entity::find().all(desk.engine.store.read()).await.expect("receipts");
        (all.len() == 7).then_some(())
    })
    .await;
    let inbox = desk.folder(id).await;
    assert_eq!(inbox.import_before, 5, "{inbox:?}");
    assert!(desk.receipts_of(inbox.id).await.iter().all(|receipt| receipt.uid > 5));
    assert_eq!(console.imports.begin(&admin(), id).await, Err(Conflict::AlreadyDone.into()));
    assert_eq!(console.imports.show(&admin(), id).await, Ok(None));
}

/// Mail is not always in the order of its arrival.
#[tokio::test]
async fn what_was_left_out_before_somebody_had_looked_comes_in_afterwards() {
    let mut desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let user = desk.rig.user("order", At::Microsoft).await;
    for (days, subject) in [(1, "From tomorrow"), (-1, "From yesterday")] {
        let received = humane(clock::now() + Span::days(days));
        desk.rig.append(&user, "INBOX", 1, json!({ "subject": subject, "received": received })).await;
    }
    let console = desk.engine.console();
    let id = draft(&desk, &user.email, At::Microsoft).await;
    let row = e::mailbox::ActiveModel { id: Set(id.0), import_mode: Set("beginning".into()), ..Default::default() };
    e::mailbox::Entity::update(row).exec(desk.engine.store.write()).await.expect("an update");
    sign_in(&desk, id, Intent::Connect, &Person::new(&user.email, &user.password)).await;
    desk.start();
    counted(&desk, id, "counted").await;
    until("the older one is left out", SOON, || async {
        let all = desk.receipts(id).await;
        all.iter().any(|receipt| (receipt.uid, receipt.disposition.as_str()) == (2, "before_import")).then_some(())
    })
    .await;
    console.imports.begin(&admin(), id).await.expect("begun");
    assert_eq!(desk.stored(id, 2, SOON).await.iter().map(|receipt| receipt.uid).collect::<Vec<_>>(), [1, 2]);
}

/// A pass may be on its way while somebody chooses another beginning.
#[tokio::test]
async fn a_beginning_that_was_overtaken_changes_nothing() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("overtaken", At::Litware).await;
    let id = desk.mailbox(&user, Chosen { by: By::Password, ..Chosen::default() }).await;
    desk.start();
    until("it has begun", SOON, || async { desk.folder(id).await.uid_validity }).await;
    desk.stop().await;
    let db = desk.engine.store.write();
    let old = desk.folder(id).await;
    folders::import(db, id, &old.name, FolderRole::Inbox, Time(1_000), Time(2_000)).await.expect("another beginning");
    let reset = desk.folder(id).await;
    let beginning = Beginning { uid_validity: 7, before: 9, upto: 9, since: None, found: 0 };
    assert!(!folders::begin(db, &old, beginning).await.expect("an answer"));
    assert!(!folders::renumber(db, &old, 7).await.expect("an answer"));
    assert_eq!(desk.folder(id).await, reset);
    assert!(folders::begin(db, &reset, beginning).await.expect("an answer"));
    assert_eq!(desk.folder(id).await.cursor, 9);
}

#[tokio::test]
async fn whoever_wants_only_new_mail_after_all_gets_only_that() {
    let mut desk = Desk::open().await;
    App::register(&desk, At::Microsoft).await;
    let user = desk.rig.user("nothing", At::Microsoft).await;
    desk.rig.append(&user, "INBOX", 3, json!({ "received": humane(clock::now() - Span::days(3)) })).await;
    let console = desk.engine.console();
    let id = draft(&desk, &user.email, At::Microsoft).await;
    let row = e::mailbox::ActiveModel { id: Set(id.0), import_mode: Set("beginning".into()), ..Default::default() };
    e::mailbox::Entity::update(row).exec(desk.engine.store.write()).await.expect("an update");
    sign_in(&desk, id, Intent::Connect, &Person::new(&user.email, &user.password)).await;
    desk.start();
    assert_eq!(counted(&desk, id, "counted").await.count.expect("a count").messages(), 3);
    console.imports.change(&admin(), id, ImportFrom::Now).await.expect("changed");
    console.imports.begin(&admin(), id).await.expect("begun");
    desk.rig.send_all(&user, "Fresh", 1, json!({})).await;
    let stored = desk.stored(id, 1, SOON).await;
    assert_eq!((stored.len(), stored[0].uid), (1, 4));
}

/// As the rig takes a date.
fn humane(at: domain::Time) -> String {
    let c = at.civil(0);
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", c.year, c.month, c.day, c.hour, c.minute, c.second)
}
