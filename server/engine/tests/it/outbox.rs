//! Replies on their way out, against real servers: each once, whatever breaks.

use crate::desk::{By, Desk};
use crate::inbox::Inbox;
use crate::office::{Office, SOON};
use crate::rig::{At, unique, until};
use domain::console::outbox::Verdict;
use domain::outbox::DeliveryState;
use domain::{Address, Diagnosis, Direction};
use engine::clock;
use engine::store::{deliveries, entity as e};
use mail_parser::{MessageParser, MimeHeaders};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ActiveValue::Set, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
};
use serde_json::json;

#[tokio::test]
async fn a_reply_arrives_once_threaded_and_byte_for_byte() {
    let mut office = Office::open(At::Litware, By::Password).await;
    office.desk.start();
    let subject = "Größe — 日本語 ✓";
    let ticket = office.write(&format!("Mïa Lind <{}>", office.customer.email), subject, "Grüße!\n.\nEnde").await;
    let first = office.state(ticket, DeliveryState::Sent).await;
    assert!(first.server.is_some() && first.attempts == 1 && first.recipients == 1, "{first:?}");
    let bytes: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    let chunks = futures::stream::iter([Ok::<_, ()>(bytes::Bytes::from(bytes.clone()))]);
    let engine = &office.desk.engine;
    let file =
        engine::files::upload(engine, &office.agent, ticket, "Übersicht – größer.bin", "application/x-thing", chunks)
            .await
            .expect("an upload");
    office.reply_with(ticket, "Second.", vec![file]).await;
    office.state(ticket, DeliveryState::Sent).await;
    let all = office.arrives(2).await;
    assert_eq!(all.len(), 2, "each once");
    let raws = [&all[0], &all[1]].map(|m| m["uid"].as_u64().expect("a UID"));
    let mut mails = Vec::new();
    for uid in raws {
        mails.push(office.rig().raw(&office.customer, "INBOX", uid).await);
    }
    mails.sort_by_key(|raw| raw.len());
    let read: Vec<_> =
        mails.iter().map(|raw| MessageParser::default().parse(raw.as_bytes()).expect("it parses")).collect();
    assert!(read[0].subject().expect("a subject").starts_with(subject), "{:?}", read[0].subject());
    let to = read[0].to().and_then(|t| t.first()).expect("a recipient");
    assert_eq!(to.name(), Some("Mïa Lind"));
    assert_eq!(read[0].from().and_then(|f| f.first()).and_then(|f| f.address()), Some(office.user.email.as_str()));
    assert_eq!(read[0].body_text(0).expect("a text").replace("\r\n", "\n"), "Grüße!\n.\nEnde\n");
    assert_eq!(read[1].in_reply_to().as_text(), read[0].message_id(), "threaded");
    assert_eq!(read[1].attachment(0).expect("a file").contents(), bytes);
    assert_eq!(read[1].attachment(0).and_then(|a| a.attachment_name()), Some("Übersicht – größer.bin"));
    // Litware keeps no copy of its own: ours is filed, once each.
    let sent = until("two copies in Sent", SOON, || async {
        let sent = office.rig().list(&office.user, "Sent").await;
        (sent.len() >= 2).then_some(sent)
    })
    .await;
    assert_eq!(sent.len(), 2);
    office.desk.stop().await;
}

#[tokio::test]
async fn replies_of_a_ticket_leave_in_order_over_one_session() {
    let mut office = Office::open(At::Microsoft, By::Token).await;
    let ticket = office.write(&office.customer.email, "First", "1").await;
    for n in 2..=6 {
        office.reply(ticket, &format!("{n}")).await;
    }
    office.desk.start();
    office.arrives(6).await;
    until("all sent", SOON, || async {
        office.lines(ticket).await.iter().all(|l| l.state == DeliveryState::Sent).then_some(())
    })
    .await;
    let lines = office.lines(ticket).await;
    assert!(lines.windows(2).all(|pair| pair[0].at <= pair[1].at), "{lines:?}");
    assert_eq!(office.arrived().await.len(), 6);
    office.desk.stop().await;
}

#[tokio::test]
async fn freescout_5457_lost_after_data_is_found_in_sent_and_sent_once() {
    let mut office = Office::open(At::Microsoft, By::Token).await;
    office.rig().fault(&office.user, json!({ "protocol": "smtp", "kind": "drop-after-data", "on": "BODY" })).await;
    let ticket = office.write(&office.customer.email, "Once", "text").await;
    office.desk.start();
    office.state(ticket, DeliveryState::Uncertain).await;
    let line = office.state(ticket, DeliveryState::Sent).await;
    assert_eq!(line.attempts, 1);
    assert_eq!(office.arrives(1).await.len(), 1);
    office.desk.stop().await;
}

#[tokio::test]
async fn a_look_that_could_not_be_made_is_made_later() {
    let mut office = Office::open(At::Microsoft, By::Token).await;
    let cut = json!({ "protocol": "smtp", "kind": "drop-after-data", "on": "BODY" });
    let shut = json!({ "protocol": "imap", "kind": "close", "on": "AUTHENTICATE", "times": -1 });
    office.rig().fault(&office.user, cut).await;
    office.rig().fault(&office.user, shut).await;
    let ticket = office.write(&office.customer.email, "Unseen", "text").await;
    office.desk.start();
    office.state(ticket, DeliveryState::Uncertain).await;
    let row = async || {
        let rows = e::delivery::Entity::find().all(office.desk.engine.store.read()).await.expect("deliveries");
        rows.into_iter().next().expect("the reply")
    };
    let first = row().await;
    let later = until("the look is put off", SOON, || async {
        let now = row().await;
        (now.due_at != first.due_at).then_some(now)
    })
    .await;
    assert_eq!(later.checks, 0, "what was not looked at is not counted as not found");
    office.rig().heal(&office.user).await;
    office.state(ticket, DeliveryState::Sent).await;
    office.desk.stop().await;
}

#[tokio::test]
async fn without_a_sent_copy_a_person_decides() {
    let mut office = Office::open(At::Litware, By::Password).await;
    office.rig().fault(&office.user, json!({ "protocol": "smtp", "kind": "drop-before-data", "on": "BODY" })).await;
    let ticket = office.write(&office.customer.email, "Unknown", "text").await;
    office.desk.start();
    let line = office.state(ticket, DeliveryState::Uncertain).await;
    office.rig().heal(&office.user).await;
    office.desk.engine.wake.outbox.notify_one();
    office.reply(ticket, "Another").await;
    office.arrives(1).await;
    let lines = office.lines(ticket).await;
    assert_eq!(lines[0].state, DeliveryState::Uncertain, "no timer resends it");
    let outbox = office.desk.engine.console().outbox;
    outbox.settle(&office.agent, line.id, Verdict::SendAgain).await.expect("settled");
    assert!(outbox.settle(&office.agent, line.id, Verdict::Arrived).await.is_err(), "settled already");
    office.arrives(2).await;
    until("sent", SOON, || async { (office.lines(ticket).await[0].state == DeliveryState::Sent).then_some(()) }).await;
    office.desk.stop().await;
}

#[tokio::test]
async fn killed_while_handing_over() {
    let mut office = Office::open(At::Microsoft, By::Token).await;
    office.rig().fault(&office.user, json!({ "protocol": "smtp", "kind": "stall", "on": "BODY" })).await;
    let ticket = office.write(&office.customer.email, "Killed", "text").await;
    office.desk.start();
    office.state(ticket, DeliveryState::HandingOver).await;
    office.desk.crash().await;
    office.rig().heal(&office.user).await;
    office.desk.start();
    // Uncertain, then settled by what stands in Sent; never sent a second time.
    let line =
        office.line(ticket, "settled", |l| matches!(l.state, DeliveryState::Uncertain | DeliveryState::Sent)).await;
    assert_eq!(line.attempts, 1);
    let arrived = office.arrived().await.len();
    assert!(arrived <= 1);
    office.desk.stop().await;
}

#[tokio::test]
async fn chatwoot_13021_smtp_auth_off_holds_replies_and_lets_each_out_once() {
    let mut office = Office::open(At::Microsoft, By::Token).await;
    office.rig().call("/front/smtp-auth", json!({ "user": office.user.email, "enabled": false })).await;
    let ticket = office.write(&office.customer.email, "Held", "one").await;
    office.desk.start();
    let line = office.line(ticket, "held", |l| l.held.is_some()).await;
    assert_eq!(line.state, DeliveryState::Waiting);
    let (_, diagnosis) = line.held.expect("held");
    assert!(
        matches!(diagnosis, Diagnosis::SmtpAuthDisabledMailbox | Diagnosis::SmtpAuthDisabledTenant),
        "{diagnosis:?}"
    );
    office.reply(ticket, "two").await;
    office.rig().call("/front/smtp-auth", json!({ "user": office.user.email, "enabled": true })).await;
    assert!(office.arrived().await.is_empty());
    // What a swap or *Check again* does.
    engine::evidence::proved(&office.desk.engine, office.mailbox, Direction::Outgoing).await.expect("written");
    office.desk.engine.wake.outbox.notify_one();
    office.arrives(2).await;
    until("both sent", SOON, || async {
        office.lines(ticket).await.iter().all(|l| l.state == DeliveryState::Sent && l.held.is_none()).then_some(())
    })
    .await;
    assert_eq!(office.arrived().await.len(), 2, "each once: {:?}", office.subjects().await);
    office.desk.stop().await;
}

#[tokio::test]
async fn emailengine_eauth_a_wrong_password_stops_the_direction_not_the_reply() {
    let mut office = Office::open(At::Litware, By::Password).await;
    office.rig().call("/mail/password", json!({ "user": office.user.email, "password": "changed" })).await;
    let ticket = office.write(&office.customer.email, "Held", "one").await;
    office.desk.start();
    let line = office.line(ticket, "held", |l| l.held.is_some()).await;
    assert_eq!(line.state, DeliveryState::Waiting);
    let outgoing = engine::evidence::facts(&office.desk.engine).await.expect("facts").remove(0).outgoing;
    assert!(outgoing.failing.expect("failing").definite);
    office.desk.stop().await;
}

#[tokio::test]
async fn each_recipient_has_an_answer_of_its_own() {
    let mut office = Office::open(At::Litware, By::Password).await;
    // The server knows no such user.
    let to = format!("nobody-{}@customer.example, {}", unique(), office.customer.email);
    let ticket = office.write(&to, "Two", "text").await;
    office.desk.start();
    let line = office.state(ticket, DeliveryState::Sent).await;
    assert_eq!((line.recipients, line.refused.len()), (2, 1), "{line:?}");
    assert!(line.refused[0].1.contains("5.1.1"), "{line:?}");
    // One alone that is refused: the reply is refused.
    office
        .rig()
        .fault(
            &office.user,
            json!({ "protocol": "smtp", "kind": "answer", "on": "RCPT", "line": "550 5.1.1 no such user here" }),
        )
        .await;
    let ticket = office.write(&office.customer.email, "One", "text").await;
    let line = office.state(ticket, DeliveryState::Refused).await;
    assert_eq!(line.refused.len(), 1, "{line:?}");
    office.desk.stop().await;
}

#[tokio::test]
async fn a_server_that_puts_off_is_asked_again() {
    let mut office = Office::open(At::Litware, By::Password).await;
    office
        .rig()
        .fault(&office.user, json!({ "protocol": "smtp", "kind": "answer", "on": "MAIL", "line": "452 4.3.1 Insufficient system storage" }))
        .await;
    let ticket = office.write(&office.customer.email, "Later", "text").await;
    office.desk.start();
    let line = office.line(ticket, "put off", |l| l.said.as_deref().is_some_and(|s| s.starts_with("452"))).await;
    assert_eq!((line.state, line.attempts), (DeliveryState::Waiting, 1), "{line:?}");
    assert!(line.next_at.is_some_and(|at| at > clock::now()));
    let outbox = office.desk.engine.console().outbox;
    outbox.retry(&office.agent, line.id).await.expect("tried now");
    assert_eq!(office.state(ticket, DeliveryState::Sent).await.attempts, 2);
    assert!(outbox.cancel(&office.agent, line.id).await.is_err(), "it has left");
    office.desk.stop().await;
}

#[tokio::test]
async fn a_waiting_reply_becomes_a_draft_again() {
    let office = Office::open(At::Litware, By::Password).await;
    let ticket = office.write(&office.customer.email, "Draft", "Take me back").await;
    let line = office.lines(ticket).await.remove(0);
    let console = office.desk.engine.console();
    assert_eq!(console.outbox.cancel(&office.agent, line.id).await, Ok(ticket));
    let page = console.tickets.show(&office.agent, ticket).await.expect("the page");
    assert_eq!(page.draft.text, "Take me back");
    assert!(page.draft.to.contains(&office.customer.email), "{:?}", page.draft.to);
    assert!(console.outbox.cancel(&office.agent, line.id).await.is_err());
    assert!(office.lines(ticket).await.is_empty());
}

#[tokio::test]
async fn a_shared_mailbox_sends_as_the_person_and_is_found_in_their_sent() {
    let desk = Desk::open().await;
    let anna = desk.rig.user("anna", At::Microsoft).await;
    let shared = desk.rig.shared("support", &[&anna]).await;
    let grant = desk.grant(&anna).await;
    let mut office = Office::on(desk, shared, By::Password).await;
    // The person's grant in place of a password that nobody has.
    for (direction, user) in [(Direction::Incoming, &office.user.email), (Direction::Outgoing, &anna.email)] {
        let row = e::direction::ActiveModel {
            mailbox_id: Set(office.mailbox.0),
            direction: Set(direction.key().into()),
            user_name: Set(Some(user.clone())),
            credential: Set(Some("grant".into())),
            grant_id: Set(Some(grant.0)),
            ..Default::default()
        };
        e::direction::Entity::update(row).exec(office.desk.engine.store.write()).await.expect("a direction");
    }
    office.rig().fault(&anna, json!({ "protocol": "smtp", "kind": "drop-after-data", "on": "BODY" })).await;
    let ticket = office.write(&office.customer.email, "Shared", "text").await;
    office.desk.start();
    office.state(ticket, DeliveryState::Uncertain).await;
    office.state(ticket, DeliveryState::Sent).await;
    let all = office.arrives(1).await;
    assert_eq!(all.len(), 1);
    let from = all[0]["from"].to_string();
    assert!(from.contains(&office.user.email), "{from}");
    assert!(Address::parse(&office.user.email).is_ok());
    office.desk.stop().await;
}

/// What leaves just while the outbox is read stands there once, with whom it goes to.
#[tokio::test]
async fn what_leaves_while_the_outbox_is_read_stands_there_once() {
    let inbox = Inbox::open().await;
    let taken = inbox.mail("Message-ID: <a@c>\nFrom: mia@customer.example\nSubject: Hello\n\nHello.\n").await;
    let id = inbox.reply(taken.ticket.expect("a ticket"), "mia@customer.example").await.id;
    let store = inbox.engine.store.clone();
    let leaving = tokio::spawn(async move {
        loop {
            for state in [DeliveryState::Sent, DeliveryState::Waiting] {
                e::delivery::Entity::update_many()
                    .col_expr(e::delivery::Column::State, Expr::value(state.key()))
                    .filter(e::delivery::Column::Id.eq(id))
                    .exec(store.write())
                    .await
                    .expect("it moves");
            }
        }
    });
    for _ in 0..1_000 {
        let found = deliveries::recent(&inbox.engine.store, 100).await.expect("the outbox");
        let seen: Vec<usize> = found.iter().map(|(shown, ..)| shown.recipients.len()).collect();
        assert!(seen.is_empty() || seen == [1], "recipients of each line of one reply: {seen:?}");
    }
    leaving.abort();
}

/// However long its history is, the outbox asks an index.
#[tokio::test]
async fn what_is_asked_before_every_reply_scans_nothing() {
    let inbox = Inbox::open().await;
    if !inbox.engine.store.is_sqlite() {
        // PostgreSQL plans by the rows it has; the indexes are the same.
        return;
    }
    let plans = deliveries::plans(&inbox.engine.store, inbox.support, clock::now()).await.expect("plans");
    assert_eq!(plans.len(), 7);
    for plan in plans {
        assert!(!plan.is_empty());
        for step in plan {
            assert!(!step.starts_with("SCAN") || step.contains("USING"), "{step}");
        }
    }
}

/// They wait for a person, perhaps for weeks.
#[tokio::test]
async fn thousands_that_wait_for_a_look_hold_nothing_newer_back() {
    let inbox = Inbox::open().await;
    let mail = |n: u32| format!("Message-ID: <{n}@c>\nFrom: anna@customer.example\nSubject: {n}\n\nText.\n");
    let ticket = inbox.mail(&mail(1)).await.ticket.expect("a ticket");
    let held = inbox.reply(ticket, "anna@customer.example").await;
    let old = (clock::now() - domain::time::Span::days(4)).0;
    let db = inbox.engine.store.write();
    let row = e::delivery::ActiveModel { created_at: Set(old), ..held.clone().into_active_model() };
    e::delivery::Entity::update(row.clone().reset_all()).exec(db).await.expect("written long ago");
    let row = e::delivery::ActiveModel { id: NotSet, ..row.reset_all() };
    for _ in 0..21 {
        e::delivery::Entity::insert_many(vec![row.clone(); 100]).exec_without_returning(db).await.expect("many");
    }
    let next =
        || async { deliveries::next(&inbox.engine.store, inbox.support, clock::now()).await.expect("an answer") };
    assert!(matches!(next().await, deliveries::Due::Nothing(_)), "all of them wait for a person");
    let other = inbox.mail(&mail(2)).await.ticket.expect("a ticket");
    let behind = inbox.reply(ticket, "anna@customer.example").await;
    let fresh = inbox.reply(other, "anna@customer.example").await;
    assert!(behind.id < fresh.id);
    assert_eq!(next().await, deliveries::Due::Send { id: domain::id::DeliveryId(fresh.id), pressed: false });
}
