//! Programs that answer each other stop; what comes back marks the reply.

use crate::desk::{By, Chosen, Desk};
use crate::inbox::{Inbox, SUPPORT, reply_form};
use crate::rig::{At, User, until};
use domain::acknowledge::{AT_MOST, BUSY_IN, ONCE_IN};
use domain::console::people::{Actor, Role};
use domain::console::tickets::NewTicketForm;
use domain::id::{MailboxId, PersonId, TicketId};
use domain::time::Span;
use engine::clock;
use engine::store::{deliveries, entity as e};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(30);

/// A mail of this minute.
fn letter(id: &str, from: &str, subject: &str, more: &str) -> String {
    format!("Message-ID: <{id}>\nFrom: {from}\nTo: {SUPPORT}\nSubject: {subject}\n{}{more}\nText of {id}.\n", date())
}

fn date() -> String {
    let c = clock::now().civil(0);
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = months[usize::from(c.month) - 1];
    format!("Date: {} {month} {} {:02}:{:02}:{:02} +0000\n", c.day, c.year, c.hour, c.minute, c.second)
}

async fn acknowledging(engine: &engine::Engine) {
    e::mailbox::Entity::update_many()
        .col_expr(e::mailbox::Column::Acknowledge, Expr::value(true))
        .exec(engine.store.write())
        .await
        .expect("switched on");
}

async fn deliveries_of(engine: &engine::Engine) -> Vec<e::delivery::Model> {
    e::delivery::Entity::find()
        .order_by_asc(e::delivery::Column::Id)
        .all(engine.store.read())
        .await
        .expect("deliveries")
}

async fn desk_of(at: At) -> (Desk, User, MailboxId) {
    let desk = Desk::open().await;
    let user = desk.rig.user("pair", at).await;
    let mailbox = desk.mailbox(&user, Chosen { by: By::Password, import_mode: "now", ..Chosen::default() }).await;
    acknowledging(&desk.engine).await;
    (desk, user, mailbox)
}

/// Somebody at one desk writes to the other.
async fn write(desk: &Desk, mailbox: MailboxId, to: &User) {
    let row = e::person::ActiveModel {
        name: Set("Bob".into()),
        email: Set("bob@desk-people.example".into()),
        role: Set(Role::Agent.key().into()),
        created_at: Set(clock::now().0),
        ..Default::default()
    };
    let id = e::person::Entity::insert(row).exec(desk.engine.store.write()).await.expect("a person").last_insert_id;
    let agent = Actor { person: PersonId(id), name: "Bob".into(), role: Role::Agent };
    let form = NewTicketForm {
        mailbox,
        to: to.email.clone(),
        cc: String::new(),
        subject: "From desk to desk".into(),
        text: "Hello.".into(),
        once: String::new(),
        files: Vec::new(),
    };
    desk.engine.console().tickets.create(&agent, form).await.expect("a ticket");
}

/// Nothing is on its way: all mail of the mailbox is taken in, and all that was written has left.
async fn still(desk: &Desk, user: &User) -> Option<(usize, usize)> {
    let there = desk.rig.list(user, "INBOX").await.len();
    let receipts = e::receipt::Entity::find().all(desk.engine.store.read()).await.expect("receipts");
    let out = deliveries_of(&desk.engine).await;
    let quiet = receipts.iter().all(|r| r.settled_at.is_some()) && out.iter().all(|d| d.state == "sent");
    (quiet && receipts.len() >= there).then_some((there, out.len()))
}

#[tokio::test]
async fn two_desks_that_acknowledge_each_other_stop() {
    let (mut one, here, first) = desk_of(At::Litware).await;
    let (mut other, there, _) = desk_of(At::Litware).await;
    one.start();
    other.start();
    // A folder begins where it stood: both have looked before anybody writes.
    for desk in [&one, &other] {
        until("both have looked", SOON, || async {
            let rows = e::folder::Entity::find().all(desk.engine.store.read()).await.expect("folders");
            rows.iter().any(|row| row.role == "inbox" && row.fetched_at.is_some()).then_some(())
        })
        .await;
    }
    write(&one, first, &there).await;
    // The other got a mail and acknowledged it; the first got the acknowledgement.
    let settled = |a: Option<(usize, usize)>, b: Option<(usize, usize)>| a.zip(b).filter(|(a, b)| a.0 >= 1 && b.0 >= 1);
    let counts = until("silence on both sides", SOON * 2, || async {
        settled(still(&one, &here).await, still(&other, &there).await)
    })
    .await;
    // What is not under way now never will be: both are asked again after a further mail.
    one.rig.send_all(&here, "A customer", 1, json!({})).await;
    until("a customer's mail", SOON, || async { still(&one, &here).await.filter(|(mails, _)| *mails > counts.0.0) })
        .await;
    let (mails, out) = until("silence again", SOON, || async { still(&other, &there).await }).await;
    assert_eq!((mails, out), (1, 1), "the other desk: a mail in, its acknowledgement out");
    assert_eq!(counts, ((1, 1), (1, 1)));
    let automatic = one.rig.list(&here, "INBOX").await;
    let subjects: Vec<&str> = automatic.iter().filter_map(|m| m["subject"].as_str()).collect();
    assert_eq!(subjects.iter().filter(|s| s.starts_with("Re: From desk to desk")).count(), 1, "{subjects:?}");
}

#[tokio::test]
async fn a_desk_with_a_new_address_for_every_answer_is_stopped() {
    let inbox = Inbox::open().await;
    acknowledging(&inbox.engine).await;
    // One mailbox with plus addresses is one correspondent.
    for n in 0..5 {
        inbox.mail(&letter(&format!("p{n}@o"), &format!("Desk <help+{n}@plus.example>"), "We got your mail", "")).await;
    }
    assert_eq!(deliveries_of(&inbox.engine).await.len(), 1);
    // Addresses of their own, and no mark that a program wrote them.
    let before = deliveries_of(&inbox.engine).await.len();
    for n in 0..usize::try_from(AT_MOST).expect("small") + 15 {
        inbox.mail(&letter(&format!("n{n}@o"), &format!("case{n}@other.example"), "We got your mail", "")).await;
    }
    assert_eq!(deliveries_of(&inbox.engine).await.len() - before, usize::try_from(AT_MOST).expect("small"));
    // Others are answered all the same.
    inbox.mail(&letter("k@c", "kim@customer.example", "Lamp", "")).await;
    assert_eq!(deliveries_of(&inbox.engine).await.len() - before, usize::try_from(AT_MOST).expect("small") + 1);
}

/// As when the clock goes on: all that was written lies so much longer back.
async fn later(inbox: &Inbox, by: Span) {
    for (table, column) in [("message", "created_at"), ("delivery", "created_at"), ("ticket", "updated_at")] {
        let sql = format!("UPDATE {table} SET {column} = {column} - {}", by.0);
        inbox.engine.store.write().execute_unprepared(&sql).await.expect("by hand");
    }
}

#[tokio::test]
async fn who_was_acknowledged_a_day_ago_is_acknowledged_again() {
    let inbox = Inbox::open().await;
    acknowledging(&inbox.engine).await;
    let nearly = Span(ONCE_IN.0 - Span::minutes(1).0);
    let times = [(Span(0), 1), (Span(0), 1), (nearly, 1), (Span::minutes(2), 2), (Span::minutes(1), 2)];
    for (n, (passed, count)) in times.into_iter().enumerate() {
        later(&inbox, passed).await;
        let taken = inbox.mail(&letter(&format!("{n}@c"), "anna@customer.example", "Lamp", "")).await;
        assert_eq!(taken.disposition, "ticket", "{n}");
        assert_eq!(deliveries_of(&inbox.engine).await.len(), count, "mail {n}");
    }
}

#[tokio::test]
async fn a_mail_domain_that_was_stopped_is_acknowledged_again_after_ten_minutes() {
    let inbox = Inbox::open().await;
    acknowledging(&inbox.engine).await;
    let most = usize::try_from(AT_MOST).expect("small");
    let mail = async |n: usize| {
        inbox.mail(&letter(&format!("n{n}@o"), &format!("case{n}@other.example"), "We got your mail", "")).await;
        deliveries_of(&inbox.engine).await.len()
    };
    for n in 0..most + 2 {
        mail(n).await;
    }
    assert_eq!(deliveries_of(&inbox.engine).await.len(), most);
    later(&inbox, Span(BUSY_IN.0 - Span::minutes(1).0)).await;
    assert_eq!(mail(100).await, most, "nine minutes are not ten");
    later(&inbox, Span::minutes(2)).await;
    assert_eq!(mail(101).await, most + 1, "it may be a customer's company");
}

#[tokio::test]
async fn an_answer_to_an_acknowledgement_is_not_acknowledged_whoever_gives_it() {
    let inbox = Inbox::open().await;
    acknowledging(&inbox.engine).await;
    let first = inbox.mail(&letter("1@c", "anna@customer.example", "Lamp", "")).await.ticket.expect("a ticket");
    assert_eq!(deliveries_of(&inbox.engine).await.len(), 1);
    let header = deliveries_of(&inbox.engine).await[0].header_id.clone();
    for (id, from, subject, more) in [
        ("2@o", "robot@one.example", format!("Case 77: Lamp [#{first}]"), String::new()),
        ("3@o", "robot@two.example", "Case 78".into(), format!("In-Reply-To: <{header}>\n")),
    ] {
        let taken = inbox.mail(&letter(id, from, &subject, &more)).await;
        assert_eq!(taken.disposition, "ticket", "{id}");
        assert_eq!(deliveries_of(&inbox.engine).await.len(), 1, "{id}");
    }
}

#[tokio::test]
async fn the_limit_looks_at_who_gets_it() {
    let inbox = Inbox::open().await;
    acknowledging(&inbox.engine).await;
    let to_victim = "Reply-To: victim@customer.example\n";
    for n in 0..4 {
        inbox.mail(&letter(&format!("{n}@e"), &format!("m{n}@evil{n}.example"), "x", to_victim)).await;
    }
    let out = deliveries_of(&inbox.engine).await;
    assert_eq!(out.len(), 1, "one to the same address, whoever asks for it");
    // And at who wrote, whatever Reply-To says.
    inbox.mail(&letter("9@e", "m0@evil0.example", "x", "Reply-To: another@customer.example\n")).await;
    assert_eq!(deliveries_of(&inbox.engine).await.len(), 1);
}

#[tokio::test]
async fn a_held_acknowledgement_never_leaves_late() {
    let inbox = Inbox::open().await;
    acknowledging(&inbox.engine).await;
    inbox.mail(&letter("1@c", "anna@customer.example", "Lamp", "")).await;
    inbox.mail(&letter("2@c", "ben@customer.example", "Chair", "")).await;
    let lease = deliveries::lease(&inbox.engine.store, inbox.support).await.expect("a question").expect("at work");
    let store = &inbox.engine.store;
    let out = deliveries_of(&inbox.engine).await;
    let id = |n: usize| domain::id::DeliveryId(out[n].id);
    let soon = clock::now() + Span::hours(3);
    assert!(deliveries::claim(store, &lease, id(0), soon).await.expect("a question").is_some());
    let late = clock::now() + Span::hours(5);
    assert!(deliveries::claim(store, &lease, id(1), late).await.expect("a question").is_none());
    let states: Vec<String> = deliveries_of(&inbox.engine).await.into_iter().map(|d| d.state).collect();
    assert_eq!(states, ["sending", "cancelled"]);
}

#[tokio::test]
async fn its_words_name_the_ticket() {
    let inbox = Inbox::open().await;
    acknowledging(&inbox.engine).await;
    e::mailbox::Entity::update_many()
        .col_expr(e::mailbox::Column::AcknowledgeText, Expr::value("Got \u{201c}{subject}\u{201d} as number {number}."))
        .exec(inbox.engine.store.write())
        .await
        .expect("words");
    let ticket = inbox.mail(&letter("1@c", "anna@customer.example", "Re: The {number} lamp", "")).await.ticket.unwrap();
    let words = inbox.messages(ticket).await.pop().unwrap().text;
    assert_eq!(words, format!("Got \u{201c}The {{number}} lamp\u{201d} as number {ticket}."));
}

#[tokio::test]
async fn what_servers_say_in_words_marks_the_reply() {
    for (name, state, said) in [
        ("qmail", "refused", "There is no such address. Remote host said: 550 5.1.1"),
        ("exim", "refused", "The mailbox is full. 552 Mailbox full"),
        ("exim-no-copy", "refused", "There is no such mail domain. Unrouteable address"),
        ("postfix-old", "refused", "There is no such mail domain. Host or domain name not found"),
        ("sendmail", "refused", "The recipient's server does not allow it."),
        ("exchange-words", "refused", "There is no such address."),
        ("web-provider-de", "refused", "The mailbox is full."),
        ("delayed", "accepted", ""),
    ] {
        let inbox = Inbox::open().await;
        let agent = inbox.actor("Bob", Role::Agent).await;
        let ticket = inbox.mail(&letter("1@c", "anna@customer.example", "Printer", "")).await.ticket.unwrap();
        let form = reply_form(ticket, "anna@customer.example", "Try turning it off.");
        inbox.engine.console().tickets.reply(&agent, form).await.expect("a reply");
        let delivery = deliveries_of(&inbox.engine).await.remove(0);
        // It had left.
        e::delivery::Entity::update_many()
            .col_expr(e::delivery::Column::State, Expr::value("sent"))
            .exec(inbox.engine.store.write())
            .await
            .unwrap();
        e::delivery_recipient::Entity::update_many()
            .col_expr(e::delivery_recipient::Column::State, Expr::value("accepted"))
            .exec(inbox.engine.store.write())
            .await
            .unwrap();
        let path = format!("{}/tests/returned/{name}.eml", env!("CARGO_MANIFEST_DIR"));
        let mail = std::fs::read_to_string(path).unwrap().replace("REPLY", &delivery.header_id);
        let taken = inbox.mail(&mail.replace("support@desk.example", SUPPORT)).await;
        assert_eq!((taken.disposition.as_str(), taken.ticket), ("bounce", Some(ticket)), "{name}");
        let row = e::delivery_recipient::Entity::find()
            .filter(e::delivery_recipient::Column::DeliveryId.eq(delivery.id))
            .one(inbox.engine.store.read())
            .await
            .unwrap()
            .unwrap();
        assert_eq!(row.state, state, "{name}");
        assert!(row.said.unwrap_or_default().starts_with(said), "{name}");
        assert_eq!(inbox.status(ticket).await, if state == "refused" { "open" } else { "waiting" }, "{name}");
    }
}

#[tokio::test]
async fn the_announced_test_mail_is_no_ticket_wherever_it_arrives() {
    let inbox = Inbox::open().await;
    let sales = inbox.mailbox("sales@desk.example").await;
    let third = inbox.mailbox("third@desk.example").await;
    // It only sends; its mail arrives at the first mailbox.
    e::mailbox::Entity::update_many()
        .col_expr(e::mailbox::Column::ArrivesAt, Expr::value(inbox.support.0))
        .filter(e::mailbox::Column::Id.eq(sales.0))
        .exec(inbox.engine.store.write())
        .await
        .unwrap();
    let row = e::posted::ActiveModel {
        mailbox_id: Set(sales.0),
        through_id: Set(sales.0),
        kind: Set("test".into()),
        header_id: Set("mailkeep-abc@desk.example".into()),
        to_address: Set("sales@desk.example".into()),
        posted_at: Set(clock::now().0),
        state: Set("accepted".into()),
        ..Default::default()
    };
    e::posted::Entity::insert(row).exec(inbox.engine.store.write()).await.unwrap();
    let mail = letter("mailkeep-abc@desk.example", "sales@desk.example", "Test", "Auto-Submitted: auto-generated\n");
    let first = inbox.mail(&mail).await;
    assert_eq!((first.disposition.as_str(), first.ticket), ("own", None));
    let row = e::posted::Entity::find().one(inbox.engine.store.read()).await.unwrap().unwrap();
    assert!(row.arrived_at.is_some(), "it is known to have arrived");
    let uid = inbox.put_bytes(third, mail.replace('\n', "\r\n").as_bytes()).await;
    inbox.take_in().await;
    let copy = inbox.taken(uid).await;
    assert_eq!((copy.disposition.as_str(), copy.ticket), ("own", None), "a copy to another mailbox");
}

#[tokio::test]
async fn a_server_that_does_not_let_us_delete_is_no_fault_of_fetching() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("readonly", At::Litware).await;
    let refusal = json!({ "kind": "answer", "on": "UID STORE", "times": -1, "line": "{tag} NO [NOPERM] This folder is read-only" });
    desk.rig.fault(&user, refusal).await;
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": "One" })).await;
    let mailbox = desk.mailbox(&user, Chosen { delete_after_fetch: true, ..Chosen::default() }).await;
    desk.start();
    until("it is put off", SOON, || async {
        let rows = e::receipt::Entity::find().all(desk.engine.store.read()).await.expect("receipts");
        let later = (clock::now() + Span::hours(5)).0;
        rows.iter().any(|r| r.mailbox_id == mailbox.0 && r.delete_due_at.is_some_and(|at| at > later)).then_some(())
    })
    .await;
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": "Two" })).await;
    desk.stored(mailbox, 2, SOON).await;
    let side = e::direction::Entity::find_by_id((mailbox.0, "incoming".to_owned()))
        .one(desk.engine.store.read())
        .await
        .expect("a question")
        .expect("the direction");
    assert_eq!((side.failing_since, side.failing_diagnosis), (None, None));
    assert_eq!(desk.rig.list(&user, "INBOX").await.len(), 2, "the mail is where it was");
}

#[tokio::test]
async fn what_was_answered_by_a_program_leaves_the_ticket_alone() {
    let inbox = Inbox::open().await;
    let ticket: TicketId = inbox.mail(&letter("1@c", "anna@customer.example", "Lamp", "")).await.ticket.unwrap();
    for (id, more) in [
        ("2@c", "Auto-Submitted: auto-replied\n"),
        ("3@c", "X-Autoreply: yes\n"),
        ("4@c", "Precedence: auto_reply\n"),
        ("5@c", "X-Autorespond: Away\n"),
        ("6@c", "Return-Path: <>\n"),
    ] {
        let away =
            inbox.mail(&letter(id, "anna@customer.example", "Away", &format!("In-Reply-To: <1@c>\n{more}"))).await;
        assert_eq!((away.disposition.as_str(), away.ticket), ("automatic", Some(ticket)), "{id}");
    }
}
