//! What is asked once a minute for all watchers: nothing that they go by may change unseen.

use crate::inbox::Inbox;
use domain::Time;
use domain::id::MailboxId;
use engine::pool::Marks;
use engine::store::{marks, nodes};
use futures::FutureExt as _;
use sea_orm::ConnectionTrait;

const NOW: Time = Time(1_700_000_000_000);

async fn mark(inbox: &Inbox, at: i64) -> u64 {
    let store = &inbox.engine.store;
    let here = inbox.engine.node.get().expect("entered");
    *marks::of_node(store, here, Time(NOW.0 + at)).await.expect("marks").get(&inbox.support).expect("a mark")
}

#[tokio::test]
async fn what_a_watcher_goes_by_changes_its_mark_and_what_it_writes_does_not() {
    let inbox = Inbox::open().await;
    let store = &inbox.engine.store;
    let db = store.write();
    let here = inbox.engine.node.get().expect("entered");
    nodes::claim(store, here, 10).await.expect("claimed");
    let id = inbox.support;
    let (of_mailbox, of_side) = (format!("id = {id}"), format!("mailbox_id = {id} AND direction = 'incoming'"));
    let of_folders = format!("mailbox_id = {id}");
    let mut before = mark(&inbox, 0).await;
    for (table, row, change, seen) in [
        ("mailbox", &of_mailbox, "paused_at = 5", true),
        ("mailbox", &of_mailbox, "epoch = epoch + 1", true),
        ("mailbox", &of_mailbox, "delete_after_fetch = TRUE", true),
        ("mailbox", &of_mailbox, "after_fetch = 'move'", true),
        ("mailbox", &of_mailbox, "after_fetch_folder = 'Done'", true),
        ("mailbox", &of_mailbox, "grace_days = 9", true),
        ("mailbox", &of_mailbox, "import_mode = 'date'", true),
        ("mailbox", &of_mailbox, "import_from = 9", true),
        ("mailbox", &of_mailbox, "import_asked_at = 9", true),
        ("mailbox", &of_mailbox, "import_count = '{}'", true),
        ("mailbox", &of_mailbox, "deleted_at = 9", true),
        ("mailbox", &of_mailbox, "signature = 'Kind regards'", false),
        ("direction", &of_side, "generation = generation + 1", true),
        ("direction", &of_side, "host = 'mail.other.example'", true),
        ("direction", &of_side, "port = 1993", true),
        ("direction", &of_side, "tls = 'starttls'", true),
        ("direction", &of_side, "user_name = 'somebody'", true),
        ("direction", &of_side, "used = FALSE", true),
        ("direction", &of_side, "next_attempt_at = 9", true),
        ("direction", &of_side, "proved_at = 9", false),
        ("folder", &of_folders, "import_since = 9", true),
        ("folder", &of_folders, "import_until = 9", true),
        ("folder", &of_folders, "name = 'Elsewhere'", true),
        ("folder", &of_folders, "role = 'chosen'", true),
        ("folder", &of_folders, "place = 3", true),
        ("folder", &of_folders, "watched = FALSE", true),
        ("folder", &of_folders, "cursor = 99, moved_at = 9, seen_next = 9, fetched_at = 9", false),
    ] {
        let done = db.execute_unprepared(&format!("UPDATE {table} SET {change} WHERE {row}")).await.expect(change);
        assert!(done.rows_affected() > 0, "{table}: {change}");
        let after = mark(&inbox, 0).await;
        assert_eq!(after != before, seen, "{table}: {change}");
        before = after;
    }
    let wish = "INSERT INTO wish (mailbox_id, kind, folder, uid_validity, uid, asked_at)";
    db.execute_unprepared(&format!("{wish} VALUES ({id}, 'reconcile', '', 0, 0, 9)")).await.expect("a wish");
    let wished = mark(&inbox, 0).await;
    assert_ne!(wished, before, "somebody wants something");
    db.execute_unprepared("UPDATE wish SET done_at = 10").await.expect("done");
    db.execute_unprepared(&format!("{wish} VALUES ({id}, 'reconcile', '', 0, 0, 9)")).await.expect("another");
    assert_ne!(mark(&inbox, 0).await, wished, "and then something else");
}

#[tokio::test]
async fn where_incoming_mail_fails_there_is_another_mark_every_minute() {
    let inbox = Inbox::open().await;
    let store = &inbox.engine.store;
    nodes::claim(store, inbox.engine.node.get().expect("entered"), 10).await.expect("claimed");
    assert_eq!(mark(&inbox, 0).await, mark(&inbox, 600_000).await);
    let failing = format!("UPDATE direction SET failing_since = 9 WHERE mailbox_id = {}", inbox.support);
    store.write().execute_unprepared(&failing).await.expect("it fails");
    assert_ne!(mark(&inbox, 0).await, mark(&inbox, 60_000).await);
}

/// Whether somebody rang for a mailbox since this was last asked.
fn rung(inbox: &Inbox, mailbox: MailboxId) -> bool {
    inbox.engine.wake.watcher(mailbox).notified().now_or_never().is_some()
}

#[tokio::test]
async fn what_was_changed_behind_a_watcher_s_back_rings_its_bell_and_no_other() {
    let inbox = Inbox::open().await;
    let store = &inbox.engine.store;
    let here = inbox.engine.node.get().expect("entered");
    let (support, sales) = (inbox.support, inbox.mailbox("sales@desk.example").await);
    nodes::claim(store, here, 10).await.expect("claimed");
    let mut marks = Marks::default();
    let change = |id: MailboxId| format!("UPDATE mailbox SET paused_at = COALESCE(paused_at, 0) + 1 WHERE id = {id}");
    marks.compare(&inbox.engine, here).await.expect("compared");
    assert_eq!((rung(&inbox, support), rung(&inbox, sales)), (false, false), "nobody is watched yet");
    store.write().execute_unprepared(&change(support)).await.expect("by another node");
    marks.compare(&inbox.engine, here).await.expect("compared");
    assert_eq!((rung(&inbox, support), rung(&inbox, sales)), (true, false));
    marks.compare(&inbox.engine, here).await.expect("compared");
    assert_eq!((rung(&inbox, support), rung(&inbox, sales)), (false, false), "once");
    // Claimed after the first comparison: it was not seen before.
    let late = inbox.mailbox("late@desk.example").await;
    nodes::claim(store, here, 10).await.expect("claimed");
    marks.compare(&inbox.engine, here).await.expect("compared");
    assert!(rung(&inbox, late));
}
