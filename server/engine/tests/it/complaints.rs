//! What the users of other help desks complained about - threads that split, programs that answer
//! each other, forwards that belong to the wrong person - each under the number of its thread there.

use crate::inbox::{Inbox, SUPPORT};
use domain::console::people::Role;
use domain::ticket::TicketStatus;
use engine::store::entity as e;
use sea_orm::sea_query::Expr;
use sea_orm::{EntityTrait, PaginatorTrait};

const ANNA: &str = "Anna <anna@customer.example>";

fn letter(id: &str, from: &str, subject: &str, more: &str) -> String {
    let c = engine::clock::now().civil(0);
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = months[usize::from(c.month) - 1];
    let date = format!("Date: {} {month} {} {:02}:{:02}:{:02} +0000\n", c.day, c.year, c.hour, c.minute, c.second);
    format!("Message-ID: <{id}>\nFrom: {from}\nTo: {SUPPORT}\nSubject: {subject}\n{date}{more}\nThe text of {id}.\n")
}

async fn tickets(inbox: &Inbox) -> u64 {
    e::ticket::Entity::find().count(inbox.engine.store.read()).await.unwrap()
}

async fn acknowledging(inbox: &Inbox) {
    e::mailbox::Entity::update_many()
        .col_expr(e::mailbox::Column::Acknowledge, Expr::value(true))
        .exec(inbox.engine.store.write())
        .await
        .unwrap();
}

async fn acknowledged(inbox: &Inbox) -> u64 {
    e::delivery::Entity::find().count(inbox.engine.store.read()).await.unwrap()
}

// D: duplicates and wrong threads.

#[tokio::test]
async fn zammad_1662_zammad_78_osticket_494_the_same_mail_fetched_again_is_no_second_ticket() {
    let inbox = Inbox::open().await;
    let mail = letter("1@c", ANNA, "Printer", "");
    let first = inbox.mail(&mail).await;
    for _ in 0..3 {
        let again = inbox.mail(&mail).await;
        assert_eq!((again.disposition.as_str(), again.ticket), ("duplicate", first.ticket));
    }
    assert_eq!(tickets(&inbox).await, 1);
}

#[tokio::test]
async fn chatwoot_12054_chatwoot_10503_what_is_finished_does_not_come_back() {
    let inbox = Inbox::open().await;
    let agent = inbox.actor("Bob", Role::Agent).await;
    let mail = letter("1@c", ANNA, "Printer", "");
    let ticket = inbox.mail(&mail).await.ticket.unwrap();
    inbox.engine.console().tickets.set_status(&agent, ticket, TicketStatus::Closed).await.unwrap();
    assert_eq!(inbox.mail(&mail).await.disposition, "duplicate");
    assert_eq!((inbox.status(ticket).await.as_str(), tickets(&inbox).await), ("closed", 1));
}

#[tokio::test]
async fn zammad_1578_osticket_866_the_same_mail_to_two_mailboxes_is_one_message_with_two_receipts() {
    let inbox = Inbox::open().await;
    let sales = inbox.mailbox("sales@desk.example").await;
    let mail = letter("1@c", ANNA, "Printer", "Cc: sales@desk.example\n").replace('\n', "\r\n");
    let uids = [inbox.put_bytes(inbox.support, mail.as_bytes()).await, inbox.put_bytes(sales, mail.as_bytes()).await];
    inbox.take_in().await;
    let (one, two) = (inbox.taken(uids[0]).await, inbox.taken(uids[1]).await);
    assert_eq!((one.ticket, one.message), (two.ticket, two.message));
    let mut both = [one.disposition.as_str(), two.disposition.as_str()];
    both.sort_unstable();
    assert_eq!((both, tickets(&inbox).await), (["duplicate", "ticket"], 1));
}

#[tokio::test]
async fn chatwoot_10028_an_answer_of_staff_from_outlook_does_not_split_the_thread() {
    let inbox = Inbox::open().await;
    inbox.actor("Bob", Role::Agent).await;
    inbox.at_google().await;
    let ticket = inbox.mail(&letter("1@c", ANNA, "Printer", "")).await.ticket;
    let vouched = "Authentication-Results: mx.google.com; dmarc=pass header.from=desk-people.example\n";
    let outside =
        letter("2@d", "bob@desk-people.example", "RE: Printer", &format!("{vouched}In-Reply-To: <1@c>\nCc: {ANNA}\n"));
    let answer = inbox.mail(&outside).await;
    assert_eq!((answer.disposition.as_str(), answer.ticket), ("answered_outside", ticket));
    // The customer answers what she got from Outlook.
    let more = "In-Reply-To: <2@d>\nReferences: <1@c> <2@d>\n";
    let back = inbox.mail(&letter("3@c", ANNA, "AW: RE: Printer", more)).await;
    assert_eq!((back.disposition.as_str(), back.ticket), ("reply", ticket));
}

#[tokio::test]
async fn zammad_5716_answers_to_a_mail_that_never_came_meet_in_one_ticket() {
    let inbox = Inbox::open().await;
    let first = inbox.mail(&letter("b@c", ANNA, "Re: x", "In-Reply-To: <root@elsewhere>\n")).await;
    let second = inbox.mail(&letter("c@c", ANNA, "Re: x", "References: <root@elsewhere> <b@elsewhere>\n")).await;
    let third = inbox.mail(&letter("d@c", ANNA, "Re: x", "References: <zero@elsewhere> <b@elsewhere>\n")).await;
    assert_eq!((second.ticket, third.ticket), (first.ticket, first.ticket));
    // And the root itself, late.
    assert_eq!(inbox.mail(&letter("root@elsewhere", ANNA, "x", "")).await.ticket, first.ticket);
}

#[tokio::test]
async fn freescout_3465_freescout_2791_frappe_helpdesk_3638_answers_thread_whatever_the_program_leaves_of_the_header() {
    let inbox = Inbox::open().await;
    let us = domain::Address::parse(SUPPORT).unwrap();
    let ticket = inbox.mail(&letter("1@c", ANNA, "Printer", "")).await.ticket.unwrap();
    let ours = engine::intake::fresh_header_id(&inbox.engine, ticket, &us);
    let plus = engine::intake::plus_address(&inbox.engine, ticket, &us);
    for (id, subject, more) in [
        ("2@c", "Re: Printer".to_owned(), format!("In-Reply-To: <{ours}>\n")),
        ("3@c", "Re: Printer".into(), format!("References: <x@y>\n <{ours}> <z@y>\n")),
        ("4@c", "Printer".into(), format!("In-Reply-To: <{}>\n", ours.to_uppercase())),
        ("5@c", "Printer".into(), format!("Cc: {plus}\n")),
        ("6@c", format!("AW: Printer [#{ticket}]"), String::new()),
        ("7@c", "Something else".into(), "In-Reply-To: <1@c>\n".into()),
    ] {
        let taken = inbox.mail(&letter(id, ANNA, &subject, &more)).await;
        assert_eq!((taken.disposition.as_str(), taken.ticket), ("reply", Some(ticket)), "{id}");
    }
    // The same subject alone is no thread.
    assert_eq!(inbox.mail(&letter("8@c", ANNA, "Printer", "")).await.disposition, "ticket");
}

// F: loops.

#[tokio::test]
async fn freescout_3670_freescout_2445_frappe_helpdesk_3628_no_program_is_answered() {
    let inbox = Inbox::open().await;
    acknowledging(&inbox).await;
    for (n, header) in [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated",
        "Auto-Submitted: auto-notified; owner-email=\"x@y.example\"",
        "X-Autoreply: yes",
        "X-Autorespond: x",
        "X-Autoresponder: x",
        "X-Auto-Reply-From: x@y.example",
        "Precedence: bulk",
        "Precedence: list",
        "Precedence: junk",
        "Precedence: auto_reply",
        "X-Auto-Response-Suppress: All",
        "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply",
        "List-Id: <news.shop.example>",
        "List-Unsubscribe: <mailto:off@shop.example>",
        "Feedback-ID: 1:2:3:shop",
        "Return-Path: <>",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=x",
    ]
    .into_iter()
    .enumerate()
    {
        inbox.mail(&letter(&format!("{n}@c"), &format!("p{n}@shop{n}.example"), "Hello", &format!("{header}\n"))).await;
        assert_eq!(acknowledged(&inbox).await, 0, "{header}");
    }
    inbox.mail(&letter("person@c", ANNA, "Hello", "Auto-Submitted: no\n")).await;
    assert_eq!(acknowledged(&inbox).await, 1, "a person is");
}

#[tokio::test]
async fn osticket_1041_odoo_66329_our_own_mailboxes_are_not_answered() {
    let inbox = Inbox::open().await;
    inbox.mailbox("sales@desk.example").await;
    inbox.own_address("help@desk.example").await;
    acknowledging(&inbox).await;
    for (id, from) in [("1@d", SUPPORT), ("2@d", "sales@desk.example"), ("3@d", "help+x@desk.example")] {
        inbox.mail(&letter(id, from, "To ourselves", "")).await;
        assert_eq!(acknowledged(&inbox).await, 0, "{from}");
    }
    // Nor by way of Reply-To.
    inbox.mail(&letter("4@c", ANNA, "Hello", "Reply-To: sales@desk.example\n")).await;
    assert_eq!(acknowledged(&inbox).await, 0);
}

#[tokio::test]
async fn freescout_688_freescout_1403_chatwoot_5131_an_out_of_office_note_stays_a_note() {
    let inbox = Inbox::open().await;
    acknowledging(&inbox).await;
    let ticket = inbox.mail(&letter("1@c", ANNA, "Printer", "")).await.ticket.unwrap();
    let away = letter("2@c", ANNA, "Away", "In-Reply-To: <1@c>\nAuto-Submitted: auto-replied\n");
    let away = inbox.mail(&away).await;
    assert_eq!((away.disposition.as_str(), away.ticket), ("automatic", Some(ticket)));
    // One that names nothing begins nothing.
    let stray = inbox.mail(&letter("3@c", ANNA, "Away", "Auto-Submitted: auto-replied\n")).await;
    assert_eq!((stray.disposition.as_str(), stray.ticket), ("automatic", None));
    assert_eq!((tickets(&inbox).await, acknowledged(&inbox).await), (1, 1));
}

#[tokio::test]
async fn faveo_150_a_returned_acknowledgement_is_not_acknowledged() {
    let inbox = Inbox::open().await;
    acknowledging(&inbox).await;
    let ticket = inbox.mail(&letter("1@c", "gone@customer.example", "Printer", "")).await.ticket;
    let out = e::delivery::Entity::find().one(inbox.engine.store.read()).await.unwrap().unwrap();
    let report = format!(
        "Message-ID: <b@mx>\nFrom: MAILER-DAEMON@mx.example\nTo: {SUPPORT}\nSubject: failure notice\n\nI wasn't able to deliver your message.\n\n<gone@customer.example>:\n550 5.1.1 User unknown\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <{}>\n",
        out.header_id
    );
    for id in ["b@mx", "b2@mx", "b3@mx"] {
        let taken = inbox.mail(&report.replace("b@mx", id)).await;
        assert_eq!((taken.disposition.as_str(), taken.ticket), ("bounce", ticket));
    }
    assert_eq!((tickets(&inbox).await, acknowledged(&inbox).await), (1, 1));
}

// E48: forwards that belong to the wrong person.

#[tokio::test]
async fn osticket_3032_zammad_1065_freescout_290_posthog_56916_a_forward_is_its_customers() {
    let inbox = Inbox::open().await;
    let agent = inbox.actor("Bob", Role::Agent).await;
    let inline = "Begin forwarded message:\n\nFrom: Anna <anna@customer.example>\nSubject: Printer\nDate: 2 November 2026 at 15:04:37 CET\nTo: bob@desk-people.example\n\nIt is jammed.\n";
    let mail =
        format!("Message-ID: <f@d>\nFrom: bob@desk-people.example\nTo: {SUPPORT}\nSubject: Fwd: Printer\n\n{inline}");
    let taken = inbox.mail(&mail).await;
    let page = inbox.engine.console().tickets.show(&agent, taken.ticket.unwrap()).await.unwrap();
    assert_eq!((page.requester_address.as_str(), page.subject.as_str()), ("anna@customer.example", "Printer"));
    assert_eq!(page.reply_to, "anna@customer.example", "the answer goes to her");
    assert_eq!(page.messages[0].text, "It is jammed.");
    // Her answer finds it.
    let back = inbox.mail(&letter("2@c", ANNA, &format!("Re: Printer [#{}]", page.id), "")).await;
    assert_eq!((back.disposition.as_str(), back.ticket), ("reply", taken.ticket));
}

#[tokio::test]
async fn freescout_1177_freescout_5028_freescout_2813_a_customers_own_forward_stays_hers() {
    let inbox = Inbox::open().await;
    inbox.actor("Bob", Role::Agent).await;
    let inline = "---------- Forwarded message ---------\nFrom: Shop <shop@elsewhere.example>\nDate: Mon, Nov 2, 2026 at 3:04 PM\nSubject: Your order\nTo: <anna@customer.example>\n\n\nThank you.\n";
    let mail =
        format!("Message-ID: <f@c>\nFrom: {ANNA}\nTo: {SUPPORT}\nSubject: Fwd: Your order\n\nWhere is it?\n\n{inline}");
    let taken = inbox.mail(&mail).await;
    assert_eq!(taken.disposition, "ticket");
    let message = inbox.message(taken.message.unwrap()).await;
    assert_eq!(message.from_address.as_deref(), Some("anna@customer.example"));
    assert!(message.text.contains("Where is it?") && message.text.contains("Thank you."), "{}", message.text);
    assert_eq!(tickets(&inbox).await, 1);
}
