//! Messages that can't be read: why, as they came, read again, a ticket by hand.

use crate::access::{admin, agent};
use crate::inbox::Inbox;
use domain::console::quarantine::{Numbers, Replayed, Unreadable};
use domain::id::FolderId;
use engine::store::entity as e;
use engine::{files, intake, mime};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const NOISE: &[u8] = b"The printer jams and nobody wrote a header\n";

async fn listed(inbox: &Inbox) -> Vec<Unreadable> {
    inbox.engine.console().quarantine.page(&admin()).await.expect("a page").rows
}

async fn receipt(inbox: &Inbox, uid: i64) -> e::receipt::Model {
    let found = e::receipt::Entity::find().filter(e::receipt::Column::Uid.eq(uid)).one(inbox.engine.store.read()).await;
    found.expect("a question").expect("the receipt")
}

async fn sql(inbox: &Inbox, sql: &str) {
    inbox.engine.store.write().execute_unprepared(sql).await.expect("by hand");
}

/// Reads what waits while somebody asks.
async fn with_intake<T>(inbox: &Inbox, asking: impl Future<Output = T>) -> T {
    let stop = CancellationToken::new();
    let running = tokio::spawn(intake::run(inbox.engine.clone(), stop.clone()));
    let answer = asking.await;
    stop.cancel();
    running.await.expect("intake ends");
    answer
}

#[tokio::test]
async fn what_can_not_be_read_is_kept_as_it_came_and_made_a_ticket_by_hand() {
    let inbox = Inbox::open().await;
    let uid = inbox.put_bytes(inbox.support, NOISE).await;
    inbox.take_in().await;
    let rows = listed(&inbox).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    let row = &rows[0];
    assert_eq!((i64::from(row.numbers.uid), row.reason.as_str()), (uid, "it is empty, or has no header"));
    assert_eq!(row.bytes, Some(NOISE.len() as u64));
    let tickets = e::ticket::Entity::find().all(inbox.engine.store.read()).await.expect("tickets");
    assert!(tickets.is_empty(), "no ticket by itself");
    // Somebody is told.
    let facts = engine::evidence::facts(&inbox.engine).await.expect("facts");
    assert_eq!(facts[0].mail.unreadable.map(|(_, n)| n), Some(1));
    // Byte for byte, by an address that proves itself.
    let key = row.raw.as_deref().and_then(|raw| raw.strip_prefix("/files/")).expect("an address");
    let file = files::open(&inbox.engine, key).await.expect("the file");
    assert_eq!(file.bytes, NOISE);
    assert!(!file.inline && file.mime == "message/rfc822");
    assert!(files::open(&inbox.engine, &format!("A{key}")).await.is_err());

    let console = inbox.engine.console();
    let again = with_intake(&inbox, console.quarantine.replay(&admin(), row.numbers)).await.expect("an answer");
    assert_eq!(again, Replayed::Still);
    let ticket = console.quarantine.by_hand(&admin(), row.numbers).await.expect("a ticket");
    let messages = inbox.messages(ticket).await;
    assert_eq!(messages.len(), 1);
    assert!(messages[0].text.contains("nobody wrote a header"), "{:?}", messages[0].text);
    let files = e::attachment::Entity::find().all(inbox.engine.store.read()).await.expect("files");
    assert_eq!(files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["message.eml"]);
    assert!(listed(&inbox).await.is_empty());
    assert!(console.quarantine.by_hand(&admin(), row.numbers).await.is_err(), "once");
    let taken = receipt(&inbox, uid).await;
    assert_eq!((taken.disposition.as_str(), taken.ticket_id), ("ticket", Some(ticket.0)));
}

#[tokio::test]
async fn an_upgrade_reads_again_by_itself_what_an_older_parser_gave_up_on() {
    let inbox = Inbox::open().await;
    let letter = "Message-ID: <1@c>\nFrom: Anna <anna@customer.example>\nTo: support@desk.example\nSubject: Printer\n\nIt jams.\n";
    let uid = inbox.put(letter).await;
    let noise = inbox.put_bytes(inbox.support, NOISE).await;
    // In hand beside others when we were killed, and then alone three times.
    sql(&inbox, &format!("UPDATE receipt SET tries = 4 WHERE uid = {uid}")).await;
    inbox.take_in().await;
    for uid in [uid, noise] {
        let kept = receipt(&inbox, uid).await;
        assert_eq!((kept.disposition.as_str(), kept.parser), ("quarantined", mime::PARSER));
    }
    // The same program starts again: nothing is tried again.
    let tried = receipt(&inbox, noise).await.settled_at;
    with_intake(&inbox, tokio::time::sleep(Duration::from_millis(300))).await;
    assert_eq!(receipt(&inbox, noise).await.settled_at, tried);
    // A newer one does, by itself.
    sql(&inbox, "UPDATE receipt SET parser = parser - 1").await;
    with_intake(&inbox, async {
        crate::rig::until("a ticket", Duration::from_secs(20), || async {
            (receipt(&inbox, uid).await.disposition == "ticket").then_some(())
        })
        .await;
        crate::rig::until("the other one", Duration::from_secs(20), || async {
            let row = receipt(&inbox, noise).await;
            (row.disposition == "quarantined" && row.parser == mime::PARSER).then_some(())
        })
        .await;
    })
    .await;
    assert_eq!(listed(&inbox).await.len(), 1);
}

#[tokio::test]
async fn what_was_in_hand_when_the_program_was_killed_is_read_again_when_it_stays_up() {
    let inbox = Inbox::open().await;
    let letter = "Message-ID: <1@c>\nFrom: Anna <anna@customer.example>\nTo: support@desk.example\nSubject: Printer\n\nIt jams.\n";
    let uid = inbox.put(letter).await;
    let noise = inbox.put_bytes(inbox.support, NOISE).await;
    sql(&inbox, "UPDATE receipt SET tries = 4").await;
    inbox.take_in().await;
    sql(&inbox, &format!("UPDATE receipt SET reason = 'it is empty, or has no header' WHERE uid = {noise}")).await;
    assert_eq!(intake::doubt(&inbox.engine).await.expect("a look"), 0, "it was given up just now");
    // Given up a minute ago, two minutes after it came.
    let ago = |settled: i64, stored: i64| {
        format!(
            "UPDATE receipt SET settled_at = settled_at - {}, stored_at = settled_at - {}",
            settled * 1_000,
            stored * 1_000
        )
    };
    sql(&inbox, &ago(61, 181)).await;
    assert_eq!(intake::doubt(&inbox.engine).await.expect("a look"), 0, "the longer it was tried, the longer it waits");
    sql(&inbox, &ago(900, 1_020)).await;
    assert_eq!(intake::doubt(&inbox.engine).await.expect("a look"), 1);
    // It kills the program once more: no third and fourth time. And fetching had left a word for it.
    sql(&inbox, &format!("UPDATE receipt SET tries = tries + 1, reason = 'too_large' WHERE uid = {uid}")).await;
    inbox.take_in().await;
    assert_eq!(receipt(&inbox, uid).await.disposition, "quarantined");
    // It was the machine.
    sql(&inbox, &ago(61, 62)).await;
    assert_eq!(intake::doubt(&inbox.engine).await.expect("a look"), 1);
    inbox.take_in().await;
    assert_eq!(receipt(&inbox, uid).await.disposition, "too_large", "the word was kept");
    let rows = listed(&inbox).await;
    assert_eq!(rows.iter().map(|row| i64::from(row.numbers.uid)).collect::<Vec<_>>(), [noise], "what is no mail stays");
}

#[tokio::test]
async fn what_an_update_reads_again_keeps_the_word_of_its_fetch() {
    let inbox = Inbox::open().await;
    let letter = "Message-ID: <1@c>\nFrom: Anna <anna@customer.example>\nTo: support@desk.example\nSubject: Printer\n\nIt jams.\n";
    let (large, plain) = (inbox.put(letter).await, inbox.put(&letter.replace("1@c", "2@c")).await);
    sql(&inbox, "UPDATE receipt SET tries = 4").await;
    sql(&inbox, &format!("UPDATE receipt SET reason = 'too_large' WHERE uid = {large}")).await;
    inbox.take_in().await;
    let again = async || {
        let store = &inbox.engine.store;
        engine::store::quarantine::reopen_unreadable(store, &intake::WORDS, mime::PARSER).await.expect("a look")
    };
    assert_eq!(again().await, 0, "this parser gave them up");
    sql(&inbox, "UPDATE receipt SET parser = 0").await;
    assert_eq!(again().await, 2);
    inbox.take_in().await;
    assert_eq!(receipt(&inbox, large).await.disposition, "too_large");
    assert_eq!(receipt(&inbox, plain).await.disposition, "ticket");
}

#[tokio::test]
async fn unreadable_mail_is_set_aside_by_admins_alone() {
    let inbox = Inbox::open().await;
    let uid = inbox.put_bytes(inbox.support, NOISE).await;
    inbox.take_in().await;
    let console = inbox.engine.console();
    let numbers = listed(&inbox).await[0].numbers;
    assert!(console.quarantine.page(&agent()).await.is_err());
    assert!(console.quarantine.set_aside(&agent(), numbers).await.is_err());
    assert!(console.quarantine.by_hand(&agent(), numbers).await.is_err());
    assert!(console.quarantine.replay(&agent(), numbers).await.is_err());
    let other = Numbers { folder: FolderId(99), ..numbers };
    assert!(console.quarantine.set_aside(&admin(), other).await.is_err());
    console.quarantine.set_aside(&admin(), numbers).await.expect("it is set aside");
    assert!(listed(&inbox).await.is_empty());
    let row = receipt(&inbox, uid).await;
    assert_eq!(row.disposition, "ignored");
    assert!(row.source_id.is_some() && row.reason.is_some_and(|why| why.contains("Ada")));
}
