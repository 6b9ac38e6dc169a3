//! The ledger adds up: comparisons with the server, what vanished, why a mail is not a ticket.

use crate::access::{admin, agent};
use crate::desk::{Chosen, Desk};
use crate::rig::{At, User, until};
use domain::console::ledger::{Found, Imported, Why};
use domain::folder::FolderRole;
use domain::id::MailboxId;
use domain::ledger::Gap;
use domain::provider::ProviderKind;
use domain::receipt::Disposition;
use engine::fetch::Job;
use engine::store::receipts::Claim;
use engine::store::{entity as e, ledger, mailboxes};
use engine::{imap, reconcile};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::json;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(60);

/// Enough that the first ones lie below what every pass looks at again: it heals what is lost there.
const MANY: usize = 56;

/// A mailbox of so many messages, all of them tickets.
async fn desk_with(messages: usize) -> (Desk, User, MailboxId) {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("ledger", At::Litware).await;
    let first = messages.min(3);
    desk.rig.append(&user, "INBOX", first, json!({ "subject": "Which size fits" })).await;
    if messages > first {
        desk.rig.append(&user, "INBOX", messages - first, json!({ "subject": "Another matter" })).await;
    }
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    desk.start();
    tickets(&desk, mailbox, messages).await;
    (desk, user, mailbox)
}

async fn tickets(desk: &Desk, mailbox: MailboxId, count: usize) {
    until(&format!("{count} tickets"), SOON, || async {
        let all = desk.receipts(mailbox).await;
        (all.iter().filter(|r| r.disposition == "ticket").count() >= count).then_some(())
    })
    .await;
}

/// What a comparison on a session of its own is told.
async fn job(desk: &Desk, mailbox: MailboxId) -> Job {
    let row = mailboxes::get(&desk.engine.store, mailbox).await.expect("a question").expect("the mailbox");
    Job {
        claim: Claim { mailbox, node: row.node_id.expect("a node has it"), epoch: row.epoch },
        provider: ProviderKind::Other,
        import: domain::console::mailboxes::ImportFrom::Now,
        role: FolderRole::Inbox,
        upto: None,
        until: None,
        delete: false,
        after: Default::default(),
        outages: Vec::new(),
    }
}

async fn sql(desk: &Desk, sql: String) {
    desk.engine.store.write().execute_unprepared(&sql).await.expect("by hand");
}

/// The source and the ticket of a UID, deleted behind everybody's back.
async fn delete_by_hand(desk: &Desk, mailbox: MailboxId) {
    let all = desk.receipts(mailbox).await;
    let of = |uid: i64| all.iter().find(|r| r.uid == uid).expect("a receipt");
    sql(desk, format!("DELETE FROM receipt WHERE folder_id = {} AND uid = 1", of(1).folder_id)).await;
    sql(desk, format!("DELETE FROM source WHERE id = {}", of(2).source_id.expect("a source"))).await;
    let ticket = of(3).ticket_id.expect("a ticket");
    let messages = format!("(SELECT id FROM message WHERE ticket_id = {ticket})");
    sql(desk, format!("DELETE FROM attachment WHERE message_id IN {messages}")).await;
    sql(desk, format!("DELETE FROM message WHERE ticket_id = {ticket}")).await;
    sql(desk, format!("DELETE FROM ticket WHERE id = {ticket}")).await;
}

#[tokio::test]
async fn a_receipt_a_source_and_a_ticket_deleted_by_hand_are_three_alerts_each_naming_the_uid() {
    let (desk, user, mailbox) = desk_with(MANY).await;
    desk.rig.append(&user, "Junk", 2, json!({ "subject": "Taken for junk" })).await;
    let console = desk.engine.console();
    console.ledger.reconcile(&admin(), mailbox).await.expect("it is compared");
    let page = console.ledger.page(&admin(), mailbox).await.expect("a page");
    let last = page.last.clone().expect("a comparison");
    let inbox = last.report.folders.iter().find(|f| f.name == "INBOX").and_then(|f| f.sum.clone()).expect("INBOX");
    assert!(inbox.adds_up() && inbox.there == MANY as u32 && inbox.unexplained == 0, "{inbox:?}");
    assert_eq!(inbox.by, [(Disposition::Ticket, MANY as u32)]);
    let junk: Vec<u32> = last.report.elsewhere.iter().filter(|f| f.1 == FolderRole::Junk).map(|f| f.2).collect();
    assert_eq!(junk, [2], "Junk is counted: {:?}", last.report);
    assert!(last.report.elsewhere.iter().all(|f| f.0 != "INBOX"), "nothing is counted twice: {:?}", last.report);
    assert!(page.alerts.is_empty() && page.broken_off.is_none(), "{page:?}");

    delete_by_hand(&desk, mailbox).await;
    console.ledger.reconcile(&admin(), mailbox).await.expect("it is compared");
    let page = console.ledger.page(&admin(), mailbox).await.expect("a page");
    let mut alerts: Vec<(u32, Gap)> = page.alerts.iter().map(|a| (a.uid, a.gap)).collect();
    alerts.sort();
    assert_eq!(alerts, [(1, Gap::NoReceipt), (2, Gap::NoSource), (3, Gap::NoTicket)], "{page:?}");
    // They are told, each UID by its number, and once.
    let facts = engine::evidence::facts(&desk.engine).await.expect("facts");
    let wanted = domain::notice::wanted(&facts, engine::clock::now());
    let told: Vec<_> = wanted.iter().filter(|w| w.subject.starts_with("ledger:")).collect();
    assert_eq!(told.len(), 1, "{wanted:?}");
    assert!(matches!(&told[0].content.event, domain::notice::Event::Unexplained { what, .. } if what.len() == 3));
    let junk =
        console.ledger.page(&admin(), mailbox).await.expect("a page").last.expect("a comparison").report.elsewhere;
    assert!(junk.iter().any(|f| f.1 == FolderRole::Junk && f.2 == 2), "in every comparison: {junk:?}");
    console.ledger.reconcile(&admin(), mailbox).await.expect("again");
    assert_eq!(console.ledger.page(&admin(), mailbox).await.expect("a page").alerts.len(), 3, "no alert comes twice");
    assert!(console.ledger.reconcile(&agent(), mailbox).await.is_err(), "admins only");

    // All three lie on the server still: imported again, they are tickets, and the alerts are over.
    let found = console.ledger.look_up(&admin(), mailbox, "Which size fits").await.expect("a search");
    for uid in 1..=3 {
        let one = found.found.iter().find(|f| f.spot.as_ref().is_some_and(|s| s.uid == uid)).expect("it is found");
        if uid == 2 {
            // Its ticket is there; the bytes are fetched again all the same.
            assert!(one.ticket.is_some() && !one.importable, "{one:?}");
        } else {
            assert!(one.ticket.is_none() && one.importable, "{one:?}");
        }
        let spot = one.spot.clone().expect("a place");
        let done = console.ledger.import(&admin(), mailbox, spot).await.expect("it is imported");
        assert!(matches!(done, Imported::Ticket(_)), "{uid}: {done:?}");
    }
    console.ledger.reconcile(&admin(), mailbox).await.expect("again");
    let page = console.ledger.page(&admin(), mailbox).await.expect("a page");
    assert!(page.alerts.is_empty(), "{:?}", page.alerts);
    assert_eq!(desk.rig.list(&user, "INBOX").await.len(), MANY);
}

#[tokio::test]
async fn a_folder_that_was_numbered_anew_leaves_no_alert_of_before() {
    let (desk, _, mailbox) = desk_with(MANY).await;
    delete_by_hand(&desk, mailbox).await;
    let console = desk.engine.console();
    console.ledger.reconcile(&admin(), mailbox).await.expect("it is compared");
    // As if they had been found under the numbering before.
    let former = e::ledger_alert::Entity::update_many()
        .col_expr(e::ledger_alert::Column::UidValidity, Expr::value(1_i64))
        .exec(desk.engine.store.write())
        .await
        .expect("the alerts");
    assert_eq!(former.rows_affected, 3);
    console.ledger.reconcile(&admin(), mailbox).await.expect("again");
    let alerts = console.ledger.page(&admin(), mailbox).await.expect("a page").alerts;
    assert_eq!(alerts.len(), 3, "each once, by its present number: {alerts:?}");
}

#[tokio::test]
async fn no_comparison_believes_a_failed_or_partial_search() {
    let (desk, user, mailbox) = desk_with(MANY).await;
    delete_by_hand(&desk, mailbox).await;
    let access = desk.access(&user, domain::Direction::Incoming, crate::desk::By::Password).await;
    let job = job(&desk, mailbox).await;
    let by = None;
    for fault in [
        json!({ "kind": "no", "on": "UID SEARCH" }),
        json!({ "kind": "bad", "on": "UID SEARCH" }),
        json!({ "kind": "cut", "on": "UID SEARCH" }),
        json!({ "kind": "answer", "on": "UID SEARCH", "times": 3, "line": "* SEARCH 4 5\r\n{tag} OK Search completed." }),
        json!({ "kind": "answer", "on": "UID SEARCH", "times": 3, "line": "{tag} OK Search completed." }),
        json!({ "kind": "no", "on": "EXAMINE" }),
        json!({ "kind": "cut", "on": "STATUS" }),
    ] {
        let mut session = imap::open(&desk.engine, &access).await.expect("a session");
        desk.rig.fault(&user, fault.clone()).await;
        let done = reconcile::reconcile(&desk.engine, &job, &mut session, by).await;
        assert!(done.is_err(), "{fault} was believed");
        desk.rig.heal(&user).await;
        let open = ledger::unexplained(&desk.engine.store).await.expect("alerts");
        assert!(open.is_empty(), "{fault}: {open:?}");
        let (finished, newest) = ledger::last(&desk.engine.store, mailbox).await.expect("comparisons");
        assert!(finished.is_none() && newest.is_some_and(|row| row.said.is_some()), "{fault} is written down");
    }
    let mut session = imap::open(&desk.engine, &access).await.expect("a session");
    reconcile::reconcile(&desk.engine, &job, &mut session, by).await.expect("it goes through");
    let open = ledger::unexplained(&desk.engine.store).await.expect("alerts");
    assert_eq!(open[&mailbox.0].iter().map(|(_, _, what)| what.len()).sum::<usize>(), 3, "{open:?}");
    // A later one that breaks off does not end what stands.
    desk.rig.fault(&user, json!({ "kind": "no", "on": "UID SEARCH" })).await;
    assert!(reconcile::reconcile(&desk.engine, &job, &mut session, by).await.is_err());
    assert_eq!(ledger::unexplained(&desk.engine.store).await.expect("alerts"), open);
}

#[tokio::test]
async fn uids_that_vanish_before_we_saw_them_are_counted_and_named() {
    let (mut desk, user, mailbox) = desk_with(2).await;
    let vanished = async |desk: &Desk| {
        let page = desk.engine.console().ledger.page(&admin(), mailbox).await.expect("a page");
        page.vanished.iter().map(|v| (v.first, v.last, v.messages)).collect::<Vec<_>>()
    };
    assert!(vanished(&desk).await.is_empty(), "what is deleted before the import is nobody's");
    desk.stop().await;
    // Three come and two of them go while we look away; then one more that stays.
    desk.rig.append(&user, "INBOX", 4, json!({ "subject": "Taken away" })).await;
    for uid in [3, 4] {
        desk.rig.call("/mail/expunge", json!({ "user": user.email, "folder": "INBOX", "uid": uid })).await;
    }
    desk.crash().await;
    desk.start();
    tickets(&desk, mailbox, 4).await;
    until("the gap", SOON, || async { (!vanished(&desk).await.is_empty()).then_some(()) }).await;
    assert_eq!(vanished(&desk).await, [(3, 4, 2)]);
    desk.stop().await;
    // At the end nothing but UIDNEXT tells.
    desk.rig.append(&user, "INBOX", 3, json!({ "subject": "Taken away" })).await;
    for uid in [7, 8, 9] {
        desk.rig.call("/mail/expunge", json!({ "user": user.email, "folder": "INBOX", "uid": uid })).await;
    }
    desk.crash().await;
    desk.start();
    until("the second gap", SOON, || async { (vanished(&desk).await.len() == 2).then_some(()) }).await;
    assert_eq!(vanished(&desk).await, [(7, 9, 3), (3, 4, 2)]);
    // What we delete ourselves is no riddle, and no comparison makes it one.
    desk.engine.console().ledger.reconcile(&admin(), mailbox).await.expect("it is compared");
    assert_eq!(vanished(&desk).await.len(), 2);
    let page = desk.engine.console().ledger.page(&admin(), mailbox).await.expect("a page");
    assert!(page.alerts.is_empty(), "{:?}", page.alerts);
}

async fn find(desk: &Desk, mailbox: MailboxId, words: &str) -> Vec<Found> {
    let found = desk.engine.console().ledger.look_up(&admin(), mailbox, words).await.expect("a search");
    assert!(found.not_searched.is_none(), "{:?}", found.not_searched);
    assert!(found.folders >= 2, "{found:?}");
    found.found
}

#[tokio::test]
async fn why_a_mail_is_not_a_ticket_is_said_and_it_is_imported() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("lookup", At::Litware).await;
    let old = json!({ "subject": "Long ago", "from": "Otto Alt <otto@customer.example>" });
    desk.rig.append(&user, "INBOX", 1, old).await;
    let mailbox = desk.mailbox(&user, Chosen { import_mode: "now", ..Chosen::default() }).await;
    sql(&desk, format!("UPDATE mailbox SET acknowledge = TRUE WHERE id = {mailbox}")).await;
    desk.start();
    until("the beginning", SOON, || async { (desk.folder(mailbox).await.import_before == 1).then_some(()) }).await;
    let junk = "Message-ID: <lost-in-junk@customer.example>\nFrom: Mia <mia@customer.example>\nTo: us\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?= from Junk\n\nHello.\n";
    desk.rig.append(&user, "Junk", 1, json!({ "raw": junk })).await;
    let absent = "Message-ID: <away@x.example>\nFrom: Ben <ben@customer.example>\nTo: us\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nI am away.\n";
    desk.rig.append(&user, "INBOX", 1, json!({ "raw": absent })).await;
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": "A ticket" })).await;
    desk.engine.wake.mailbox(mailbox);
    tickets(&desk, mailbox, 1).await;
    assert!(find(&desk, mailbox, "no such words anywhere").await.is_empty());
    for (words, why) in [
        ("lost-in-junk@customer.example", Why::NotWatched { role: FolderRole::Junk }),
        ("<lost-in-junk@customer.example>", Why::NotWatched { role: FolderRole::Junk }),
        ("Grüße", Why::NotWatched { role: FolderRole::Junk }),
        ("otto@customer.example", Why::BeforeImport),
        ("Long ago", Why::BeforeImport),
        (
            "Out of office",
            Why::Receipt {
                disposition: Disposition::Automatic,
                reason: Some("an automatic answer that belongs to no ticket".into()),
            },
        ),
        ("A ticket", Why::Receipt { disposition: Disposition::Ticket, reason: None }),
    ] {
        let found = find(&desk, mailbox, words).await;
        assert_eq!(found.len(), 1, "{words}: {found:?}");
        assert_eq!(found[0].why, why, "{words}");
        assert_eq!(found[0].importable, found[0].ticket.is_none(), "{words}");
        let Some(spot) = found[0].spot.clone().filter(|_| found[0].importable) else { continue };
        if words.starts_with('<') || words == "lost-in-junk@customer.example" || words == "otto@customer.example" {
            continue;
        }
        let done = desk.engine.console().ledger.import(&admin(), mailbox, spot.clone()).await.expect("an import");
        let Imported::Ticket(ticket) = done else { panic!("{words}: {done:?}") };
        let again = find(&desk, mailbox, words).await;
        assert_eq!(again[0].ticket, Some(ticket), "{words}: {again:?}");
        // A second click finds the ticket that the first one made.
        let twice = desk.engine.console().ledger.import(&admin(), mailbox, spot).await.expect("an import");
        assert_eq!(twice, Imported::Ticket(ticket), "{words}");
    }
    let count = e::ticket::Entity::find().all(desk.engine.store.read()).await.expect("tickets").len();
    assert_eq!(count, 4, "one each");
    let answers = e::delivery::Entity::find().all(desk.engine.store.read()).await.expect("deliveries");
    let subjects: Vec<i64> = answers.iter().map(|d| d.ticket_id).collect();
    assert!(subjects.len() <= 1, "what is imported by hand gets no automatic reply: {subjects:?}");
    let bad = domain::console::ledger::Spot { folder: "No\r\nsuch".into(), uid_validity: 1, uid: 1 };
    assert!(desk.engine.console().ledger.import(&admin(), mailbox, bad).await.is_err());
    let gone = domain::console::ledger::Spot { folder: "INBOX".into(), uid_validity: 1, uid: 4_000 };
    let done = desk.engine.console().ledger.import(&admin(), mailbox, gone).await.expect("an answer");
    assert_eq!(done, Imported::Gone);
    assert!(desk.engine.console().ledger.look_up(&agent(), mailbox, "A ticket").await.is_err(), "admins only");
}

#[tokio::test]
async fn the_ledger_answers_where_the_server_can_not_be_asked() {
    let (mut desk, _, mailbox) = desk_with(1).await;
    desk.stop().await;
    sql(&desk, format!("UPDATE mailbox SET paused_at = 1 WHERE id = {mailbox}")).await;
    let found = desk.engine.console().ledger.look_up(&admin(), mailbox, "Which size").await.expect("an answer");
    assert!(found.not_searched.is_some());
    assert_eq!(found.found.len(), 1, "{found:?}");
    assert!(found.found[0].ticket.is_some() && found.found[0].spot.is_none());
}

/// The session that watches gives way, and comes back.
#[tokio::test]
async fn where_a_host_has_one_seat_the_server_is_asked_all_the_same() {
    let mut desk = Desk::with(|config| config.limits.sessions_per_host = 1).await;
    let user = desk.rig.user("seat", At::Litware).await;
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": "Which size fits" })).await;
    desk.rig.append(&user, "Elsewhere", 1, json!({ "subject": "A tent" })).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    desk.start();
    tickets(&desk, mailbox, 1).await;
    let began = std::time::Instant::now();
    let found = desk.engine.console().ledger.look_up(&admin(), mailbox, "A tent").await.expect("an answer");
    let took = began.elapsed();
    assert_eq!(found.not_searched, None, "{took:?}");
    let folders: Vec<_> = found.found.iter().filter_map(|f| f.spot.as_ref()).map(|spot| spot.folder.as_str()).collect();
    assert_eq!(folders, ["Elsewhere"]);
    assert!(took < Duration::from_secs(10), "{took:?}");
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": "Another" })).await;
    let back = Duration::from_secs(20);
    until("it is fetched", back, || async { (desk.receipts(mailbox).await.len() == 2).then_some(()) }).await;
}

#[tokio::test]
async fn the_nightly_comparison_runs_by_itself() {
    let (desk, _, mailbox) = desk_with(2).await;
    let (done, _) = ledger::last(&desk.engine.store, mailbox).await.expect("comparisons");
    assert!(done.is_none(), "not before the night");
    sql(&desk, format!("UPDATE mailbox SET created_at = created_at - 172800000 WHERE id = {mailbox}")).await;
    desk.engine.wake.mailbox(mailbox);
    until("the comparison", SOON, || async {
        let (done, _) = ledger::last(&desk.engine.store, mailbox).await.expect("comparisons");
        done.filter(|row| row.person_id.is_none())
    })
    .await;
    let rows = e::reconciliation::Entity::find()
        .filter(e::reconciliation::Column::MailboxId.eq(mailbox.0))
        .all(desk.engine.store.read())
        .await
        .expect("comparisons");
    assert_eq!(rows.len(), 1, "once a night");
}
