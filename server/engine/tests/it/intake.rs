//! From source to ticket.

use crate::inbox::{Inbox, SUPPORT};
use domain::console::people::Role;
use domain::id::TicketId;
use domain::ticket::TicketStatus;
use engine::store::entity as e;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use std::time::Instant;

fn letter(id: &str, from: &str, subject: &str, more: &str) -> String {
    format!("Message-ID: <{id}>\nFrom: {from}\nTo: {SUPPORT}\nSubject: {subject}\n{more}\nThe text of {id}.\n")
}

#[tokio::test]
async fn answers_find_their_ticket() {
    let inbox = Inbox::open().await;
    let anna = "Anna <anna@customer.example>";
    let first = inbox.mail(&letter("1@c", anna, "Printer", "")).await;
    let ticket = first.ticket.expect("a ticket");
    assert_eq!(first.disposition, "ticket");
    let tag = format!("Re: Printer [#{ticket}]");
    let token =
        engine::intake::fresh_header_id(&inbox.engine, ticket, &domain::Address::parse(SUPPORT).expect("an address"));
    let forged = token.replace("mk.", "mk.9");
    let plus =
        engine::intake::plus_address(&inbox.engine, ticket, &domain::Address::parse(SUPPORT).expect("an address"));
    for (name, id, from, subject, more, joins) in [
        ("In-Reply-To", "2@c", anna, "Re: Printer", "In-Reply-To: <1@c>\n".to_owned(), true),
        ("References, deep", "3@c", anna, "Re: Printer", "References: <1@c> <unknown@c>\n".to_owned(), true),
        ("only the tag", "4@c", anna, tag.as_str(), String::new(), true),
        ("a signed Message-ID", "5@c", anna, "Changed", format!("In-Reply-To: <{token}>\n"), true),
        (
            "the same, folded by a relay",
            "6@c",
            anna,
            "Changed",
            format!("References: <{}>\n", token.to_uppercase()),
            true,
        ),
        ("a plus address", "7@c", anna, "Changed", format!("Cc: {plus}\n"), true),
        ("a forged signature", "8@c", anna, "Changed", format!("In-Reply-To: <{forged}>\n"), false),
        ("a stranger with the tag", "9@c", "Mallory <m@evil.example>", tag.as_str(), String::new(), false),
        (
            "a stranger with the Message-ID",
            "10@c",
            "Mallory <m@evil.example>",
            "Re: Printer",
            "In-Reply-To: <1@c>\n".to_owned(),
            false,
        ),
        (
            "a stranger with a signed one",
            "11@c",
            "Mallory <m@evil.example>",
            "x",
            format!("In-Reply-To: <{token}>\n"),
            false,
        ),
        ("a stranger with the plus address", "14@c", "Mallory <m@evil.example>", "x", format!("Cc: {plus}\n"), false),
        ("nothing points anywhere", "12@c", anna, "Re: Printer", String::new(), false),
    ] {
        let taken = inbox.mail(&letter(id, from, subject, &more)).await;
        assert_eq!(taken.ticket == Some(ticket), joins, "{name}: {taken:?}");
        assert_eq!(taken.disposition, if joins { "reply" } else { "ticket" }, "{name}");
    }
    // The stranger's tickets name Anna's Message-ID: her answer still finds her own.
    let again = inbox.mail(&letter("13@c", anna, "Re: Printer", "In-Reply-To: <1@c>\n")).await;
    assert_eq!(again.ticket, Some(ticket));
}

#[tokio::test]
async fn siblings_and_a_late_root_meet() {
    let inbox = Inbox::open().await;
    let anna = "Anna <anna@customer.example>";
    let one = inbox.mail(&letter("b@c", anna, "Re: x", "References: <root@c>\n")).await;
    let two = inbox.mail(&letter("c@c", anna, "Re: x", "References: <root@c>\n")).await;
    let root = inbox.mail(&letter("root@c", anna, "x", "")).await;
    assert_eq!((two.ticket, root.ticket), (one.ticket, one.ticket));
    assert_eq!(root.disposition, "reply");
}

#[tokio::test]
async fn one_message_is_one_message() {
    let inbox = Inbox::open().await;
    let sales = inbox.mailbox("sales@desk.example").await;
    let text = letter("1@c", "anna@customer.example", "Printer", "Date: Sun, 3 May 2026 10:00:00 +0200\n");
    let first = inbox.mail(&text).await;
    // Again in the same batch, rendered anew; in another mailbox.
    let anew = format!("Received: by x\n{}", text.replace("The text", "Other bytes, the text"));
    let (again, twice) = (inbox.put(&anew).await, inbox.put(&anew).await);
    let other = inbox.put_bytes(sales, text.replace('\n', "\r\n").as_bytes()).await;
    inbox.take_in().await;
    for uid in [again, twice, other] {
        let taken = inbox.taken(uid).await;
        assert_eq!(
            (taken.disposition.as_str(), taken.ticket, taken.message),
            ("duplicate", first.ticket, first.message)
        );
    }
    // The same Message-ID on another message.
    let second = inbox.mail(&text.replace("Subject: Printer", "Subject: Scanner")).await;
    assert_eq!(second.disposition, "ticket");
    assert_ne!(second.ticket, first.ticket);
    let without = "From: anna@customer.example\nSubject: no id\n\nsame\n";
    let (one, two) = (inbox.mail(without).await, inbox.mail(without).await);
    assert_eq!((one.disposition.as_str(), two.disposition.as_str()), ("ticket", "duplicate"));
    let counted: i64 = e::ticket_count::Entity::find()
        .all(inbox.engine.store.read())
        .await
        .expect("counters")
        .iter()
        .map(|c| c.tickets)
        .sum();
    assert_eq!(counted, 3);
}

#[tokio::test]
async fn automatic_mail_and_staff_join_without_reopening() {
    let inbox = Inbox::open().await;
    let agent = inbox.actor("Bob", Role::Agent).await;
    let anna = "Anna <anna@customer.example>";
    let ticket = inbox.mail(&letter("1@c", anna, "Printer", "")).await.ticket.expect("a ticket");
    let console = inbox.engine.console();
    console.tickets.set_status(&agent, ticket, TicketStatus::Closed).await.expect("closed");
    let away = inbox.mail(&letter("2@c", anna, "Away", "In-Reply-To: <1@c>\nAuto-Submitted: auto-replied\n")).await;
    assert_eq!((away.disposition.as_str(), away.ticket), ("automatic", Some(ticket)));
    assert_eq!(inbox.status(ticket).await, "closed");
    let stray = inbox.mail(&letter("3@c", anna, "Away", "Auto-Submitted: auto-replied\n")).await;
    assert_eq!((stray.disposition.as_str(), stray.ticket), ("automatic", None));
    inbox.at_google().await;
    let vouched =
        "Authentication-Results: mx.google.com; dmarc=pass header.from=desk-people.example\nIn-Reply-To: <1@c>\n";
    let staff = inbox.mail(&letter("4@c", "bob@desk-people.example", "Re: Printer", vouched)).await;
    assert_eq!((staff.disposition.as_str(), staff.ticket), ("answered_outside", Some(ticket)));
    assert_eq!(inbox.status(ticket).await, "closed");
    inbox.mail(&letter("5@c", anna, "Re: Printer", "In-Reply-To: <1@c>\n")).await;
    assert_eq!(inbox.status(ticket).await, "open");
}

#[tokio::test]
async fn a_bounce_marks_the_reply_it_names() {
    let inbox = Inbox::open().await;
    let ticket = inbox.mail(&letter("1@c", "anna@customer.example", "Printer", "")).await.ticket.expect("a ticket");
    let delivery = inbox.reply(ticket, "anna@customer.example, gone@customer.example").await;
    let report = |id: &str, about: &str, action: &str| {
        format!(
            "Message-ID: <{id}>\nReturn-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: {SUPPORT}\nSubject: Undelivered\n\
             Auto-Submitted: auto-replied\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n\
             --b\nContent-Type: text/plain\n\nIt could not be delivered.\n\
             --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n\
             Original-Recipient: rfc822;gone@customer.example\nFinal-Recipient: rfc822;other@elsewhere.example\nAction: {action}\n\
             Status: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User\n unknown\n\n\
             --b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{about}>\nSubject: x\n\n--b--\n"
        )
    };
    let late = inbox.mail(&report("b0@mx", &delivery.header_id, "delayed")).await;
    assert_eq!((late.disposition.as_str(), late.ticket), ("bounce", Some(ticket)));
    assert_eq!(inbox.status(ticket).await, "waiting");
    let taken = inbox.mail(&report("b1@mx", &delivery.header_id, "failed")).await;
    assert_eq!((taken.disposition.as_str(), taken.ticket), ("bounce", Some(ticket)));
    let recipients = e::delivery_recipient::Entity::find()
        .filter(e::delivery_recipient::Column::DeliveryId.eq(delivery.id))
        .all(inbox.engine.store.read())
        .await
        .expect("recipients");
    let gone = recipients.iter().find(|r| r.address.starts_with("gone")).expect("the recipient");
    assert_eq!(gone.state, "refused");
    assert_eq!(gone.said.as_deref(), Some("There is no such address. 550 5.1.1 User unknown"));
    assert!(recipients.iter().any(|r| r.address.starts_with("anna") && r.state == "waiting"));
    assert_eq!(inbox.status(ticket).await, "open");
    let stray = inbox.mail(&report("b2@mx", "nobody@elsewhere.example", "failed")).await;
    assert_eq!((stray.disposition.as_str(), stray.ticket), ("bounce", None));
}

#[tokio::test]
async fn our_own_mail_come_back_is_own() {
    let inbox = Inbox::open().await;
    let ticket = inbox.mail(&letter("1@c", "anna@customer.example", "Printer", "")).await.ticket.expect("a ticket");
    let delivery = inbox.reply(ticket, "anna@customer.example").await;
    let own = inbox.mail(&letter(&delivery.header_id, SUPPORT, "Re: Printer", "")).await;
    assert_eq!((own.disposition.as_str(), own.ticket), ("own", Some(ticket)));
    assert_eq!(inbox.messages(ticket).await.len(), 2);
    // The customer's answer to it, which names our Message-ID alone.
    let answer = inbox
        .mail(&letter("2@c", "anna@customer.example", "Re: x", &format!("In-Reply-To: <{}>\n", delivery.header_id)))
        .await;
    assert_eq!(answer.ticket, Some(ticket));
}

#[tokio::test]
async fn huge_and_deep_messages_let_the_next_one_pass() {
    let inbox = Inbox::open().await;
    let began = Instant::now();
    let mut huge = letter(
        "huge@c",
        "anna@customer.example",
        "huge",
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"b\"\n",
    );
    huge.push_str("--b\nContent-Type: text/plain\n\nThe printer jams.\n--b\nContent-Type: application/octet-stream; name=big.bin\nContent-Transfer-Encoding: base64\n\n");
    huge.push_str(&("QUJD".repeat(19) + "\n").repeat((60 << 20) / 78));
    huge.push_str("--b--\n");
    let headers = letter("headers@c", "anna@customer.example", "headers", &"X-Filler: some value\n".repeat(10_000));
    let deep = (0..3_000).fold(
        letter("deep@c", "anna@customer.example", "deep", "Content-Type: multipart/mixed; boundary=\"b0\"\n"),
        |mut out, n| {
            out.push_str(&format!("--b{n}\nContent-Type: multipart/mixed; boundary=\"b{}\"\n\n", n + 1));
            out
        },
    );
    let nested =
        letter("nested@c", "anna@customer.example", "nested", &"Content-Type: message/rfc822\n\n".repeat(30_000));
    let mut uids = Vec::new();
    for source in [huge, headers, deep, nested, letter("next@c", "anna@customer.example", "next", "")] {
        uids.push(inbox.put(&source).await);
    }
    inbox.take_in().await;
    let mut found = Vec::new();
    for uid in &uids {
        found.push(inbox.taken(*uid).await.disposition);
    }
    assert_eq!(found, ["ticket", "ticket", "ticket", "quarantined", "ticket"]);
    let message = inbox.taken(uids[0]).await.message.expect("a message");
    let file = e::attachment::Entity::find()
        .filter(e::attachment::Column::MessageId.eq(message.0))
        .one(inbox.engine.store.read())
        .await
        .expect("a question")
        .expect("the file");
    assert_eq!(file.bytes, (60 << 20) / 78 * 57);
    assert!(began.elapsed().as_secs() < 120, "{:?}", began.elapsed());
}

/// One that takes long to read, and two that wait behind it.
async fn three_in_hand(inbox: &Inbox) -> [i64; 3] {
    let anna = "anna@customer.example";
    let file =
        "MIME-Version: 1.0\nContent-Type: application/octet-stream; name=big.bin\nContent-Transfer-Encoding: base64\n";
    let slow = letter("1@c", anna, "Printer", file) + &("QUJD".repeat(19) + "\n").repeat((24 << 20) / 78);
    [
        inbox.put(&slow).await,
        inbox.put(&letter("2@c", anna, "Scanner", "")).await,
        inbox.put(&letter("3@c", anna, "Copier", "")).await,
    ]
}

async fn dispositions(inbox: &Inbox, uids: [i64; 3]) -> Vec<String> {
    inbox.take_in().await;
    let mut found = Vec::new();
    for uid in uids {
        found.push(inbox.taken(uid).await.disposition);
    }
    found
}

#[tokio::test]
async fn who_stands_in_hand_beside_others_when_the_process_is_killed_is_innocent() {
    let inbox = Inbox::open().await;
    let uids = three_in_hand(&inbox).await;
    for _ in 0..3 {
        inbox.dies().await;
    }
    assert_eq!(dispositions(&inbox, uids).await, ["ticket", "ticket", "ticket"]);
}

#[tokio::test]
async fn what_was_in_hand_alone_three_times_when_the_process_died_is_not_read_again() {
    let inbox = Inbox::open().await;
    let uids = three_in_hand(&inbox).await;
    // The first time beside the others, then alone.
    for _ in 0..4 {
        inbox.dies().await;
    }
    assert_eq!(dispositions(&inbox, uids).await, ["quarantined", "ticket", "ticket"]);
    let taken = inbox.taken(uids[0]).await;
    assert!(taken.ticket.is_none() && taken.reason.is_some());
}

/// A Date field so many minutes ago.
fn date(minutes: i64) -> String {
    let c = (engine::clock::now() - domain::time::Span::minutes(minutes)).civil(0);
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = months[usize::from(c.month) - 1];
    format!("Date: {} {month} {} {:02}:{:02}:{:02} +0000\n", c.day, c.year, c.hour, c.minute, c.second)
}

#[tokio::test]
async fn a_new_ticket_is_acknowledged_once_and_never_late_or_to_programs() {
    let inbox = Inbox::open().await;
    let deliveries = || async { e::delivery::Entity::find().all(inbox.engine.store.read()).await.expect("deliveries") };
    inbox.mail(&letter("off@c", "off@customer.example", "Off", &date(1))).await;
    assert!(deliveries().await.is_empty(), "off at first");
    e::mailbox::Entity::update_many()
        .col_expr(e::mailbox::Column::Acknowledge, sea_orm::sea_query::Expr::value(true))
        .exec(inbox.engine.store.write())
        .await
        .expect("switched on");
    let fresh = date(1);
    for (name, id, from, more, acknowledged) in [
        ("fresh", "1@c", "anna@customer.example", fresh.clone(), true),
        ("the same sender again", "2@c", "anna@customer.example", fresh.clone(), false),
        ("nearly four hours old", "3@c", "ben@customer.example", date(239), true),
        ("older than four hours", "4@c", "cara@customer.example", date(241), false),
        (
            "an automatic answer",
            "5@c",
            "dora@customer.example",
            format!("{fresh}Auto-Submitted: auto-replied\n"),
            false,
        ),
        ("a program's mail", "6@c", "shop@customer.example", format!("{fresh}Auto-Submitted: auto-generated\n"), false),
        ("a list", "7@c", "list@customer.example", format!("{fresh}List-Id: <l.customer.example>\n"), false),
        ("bulk", "8@c", "bulk@customer.example", format!("{fresh}Precedence: bulk\n"), false),
        (
            "one that asks for silence",
            "9@c",
            "q@customer.example",
            format!("{fresh}X-Auto-Response-Suppress: OOF, AutoReply\n"),
            false,
        ),
        ("one of ours", "10@c", SUPPORT, fresh.clone(), false),
    ] {
        let before = deliveries().await.len();
        let taken = inbox.mail(&letter(id, from, name, &more)).await;
        let now = deliveries().await;
        assert_eq!(now.len() - before, usize::from(acknowledged), "{name}: {taken:?}");
    }
    // Not to us: a blind copy, or a list's member.
    let hidden = letter("11@c", "eve@customer.example", "hidden", &fresh).replace(SUPPORT, "others@customer.example");
    let before = deliveries().await.len();
    inbox.mail(&hidden).await;
    assert_eq!(deliveries().await.len(), before);
    // It stands in the conversation, leaves the ticket open, and what answers it finds the ticket.
    let first = &deliveries().await[0];
    let ticket = TicketId(first.ticket_id);
    assert_eq!(inbox.status(ticket).await, "open");
    let kinds: Vec<String> = inbox.messages(ticket).await.into_iter().map(|m| m.kind).collect();
    assert_eq!(kinds, ["incoming", "automatic"]);
    let answer = format!("{fresh}In-Reply-To: <{}>\n", first.header_id);
    assert_eq!(inbox.mail(&letter("12@c", "anna@customer.example", "Re: x", &answer)).await.ticket, Some(ticket));
}

/// What was fetched may be nowhere else any more.
#[tokio::test]
async fn the_mail_of_a_deleted_mailbox_is_taken_in_to_the_last() {
    let inbox = Inbox::open().await;
    let uid = inbox.put(&letter("1@c", "anna@customer.example", "Printer", "")).await;
    engine::store::mailboxes::mark_deleted(inbox.engine.store.write(), inbox.support, engine::clock::now())
        .await
        .expect("deleted");
    inbox.take_in().await;
    assert_eq!(inbox.taken(uid).await.disposition, "ticket");
}
