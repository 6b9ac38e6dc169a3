//! What users of other help desks complain about when replies leave: a test each, named after the
//! complaint, and the terms that servers set.

use crate::desk::{By, Chosen, Desk};
use crate::office::{Office, SOON};
use crate::rig::{At, unique, until};
use domain::outbox::DeliveryState;
use engine::store::entity as e;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use std::time::Duration;

impl Office {
    /// As when the clock goes on: what was handed over lies so much longer back.
    async fn later(&self, by: domain::time::Span) {
        e::delivery_attempt::Entity::update_many()
            .col_expr(
                e::delivery_attempt::Column::HandingOverAt,
                Expr::col(e::delivery_attempt::Column::HandingOverAt).sub(by.0),
            )
            .filter(e::delivery_attempt::Column::HandingOverAt.is_not_null())
            .exec(self.desk.engine.store.write())
            .await
            .expect("the attempts");
        self.desk.engine.wake.outbox.notify_one();
    }
}

/// A worker that rests with the lease of before is no reason to wait.
#[tokio::test]
async fn a_reply_leaves_at_once_after_its_mailbox_was_claimed_anew() {
    let mut office = Office::open(At::Litware, By::Password).await;
    office.desk.start();
    let ticket = office.write(&office.customer.email, "First", "1").await;
    office.state(ticket, DeliveryState::Sent).await;
    // The worker rests on its open session now. The lease ran out meanwhile, and was taken again.
    e::mailbox::Entity::update_many()
        .col_expr(e::mailbox::Column::Epoch, Expr::col(e::mailbox::Column::Epoch).add(1))
        .filter(e::mailbox::Column::Id.eq(office.mailbox.0))
        .exec(office.desk.engine.store.write())
        .await
        .expect("a new epoch");
    office.reply(ticket, "2").await;
    office.arrives(2).await;
    office.desk.stop().await;
}

/// freescout #3607: 25 copies of one reply. Neither rings nor restarts send a second one.
#[tokio::test]
async fn freescout_3607_no_ring_and_no_restart_sends_a_copy() {
    let mut office = Office::open(At::Microsoft, By::Token).await;
    let ticket = office.write(&office.customer.email, "Once", "text").await;
    for _ in 0..3 {
        office.desk.start();
        for _ in 0..10 {
            office.desk.engine.wake.outbox.notify_one();
            tokio::task::yield_now().await;
        }
        office.state(ticket, DeliveryState::Sent).await;
        office.desk.crash().await;
    }
    assert_eq!(office.arrives(1).await.len(), 1, "{:?}", office.subjects().await);
    assert_eq!(office.lines(ticket).await[0].attempts, 1);
}

/// freescout #1041, #3585, #3632: the link breaks before the message went, and the reply comes twice.
#[tokio::test]
async fn freescout_1041_a_link_that_breaks_before_data_is_tried_again_and_arrives_once() {
    let mut office = Office::open(At::Microsoft, By::Token).await;
    office.rig().fault(&office.user, json!({ "protocol": "smtp", "kind": "cut", "on": "RCPT" })).await;
    let ticket = office.write(&office.customer.email, "Once", "text").await;
    office.desk.start();
    let line = office.line(ticket, "put back", |l| l.said.is_some() || l.state == DeliveryState::Sent).await;
    assert_ne!(line.state, DeliveryState::Uncertain, "nothing was handed over");
    office.desk.engine.console().outbox.retry(&office.agent, line.id).await.ok();
    office.state(ticket, DeliveryState::Sent).await;
    assert_eq!(office.arrives(1).await.len(), 1);
    office.desk.stop().await;
}

/// chatwoot #10513: mail of a mailbox that signs in can't be sent unless a server of the whole
/// installation is set, too.
#[tokio::test]
async fn chatwoot_10513_a_signed_in_mailbox_sends_without_a_system_server() {
    let mut office = Office::open(At::Google, By::Token).await;
    let ways = engine::store::notice_way::get(&office.desk.engine.store).await.expect("the ways");
    assert!(ways.host.is_none(), "no server of the installation");
    office.desk.start();
    let ticket = office.write(&office.customer.email, "By token", "text").await;
    office.state(ticket, DeliveryState::Sent).await;
    assert_eq!(office.arrives(1).await.len(), 1);
    office.desk.stop().await;
}

/// freescout #636, #2686, #3327, zammad #5675: nobody sees that sending failed, or why.
#[tokio::test]
async fn freescout_636_a_reply_that_failed_stands_in_the_outbox_with_the_servers_own_words() {
    let mut office = Office::open(At::Litware, By::Password).await;
    let said = "554 5.7.1 Message rejected by rule 4711 of the house";
    office.rig().fault(&office.user, json!({ "protocol": "smtp", "kind": "answer", "on": "BODY", "line": said })).await;
    let ticket = office.write(&office.customer.email, "Refused", "text").await;
    office.desk.start();
    let line = office.state(ticket, DeliveryState::Refused).await;
    assert!(line.said.as_deref().is_some_and(|shown| shown.contains("rule 4711")), "{line:?}");
    assert!(line.refused.iter().all(|(address, words)| *address == office.customer.email && words.contains("4711")));
    let page = office.desk.engine.console().outbox.page(&office.agent).await.expect("the page");
    assert_eq!(page.rows.first().map(|row| row.ticket), Some(ticket), "what failed stands first");
    office.desk.stop().await;
}

/// zammad #2342, #2092: what is too large is refused somewhere on the way, and nobody hears of it.
#[tokio::test]
async fn zammad_2342_what_is_above_the_servers_size_is_refused_before_it_is_sent() {
    // Gmail says SIZE 35882577.
    let desk = Desk::with(|config| config.limits.reply_bytes = 64 << 20).await;
    let user = desk.rig.user("desk", At::Google).await;
    let mut office = Office::on(desk, user, By::Token).await;
    office.desk.start();
    let ticket = office.write(&office.customer.email, "Large", "text").await;
    office.state(ticket, DeliveryState::Sent).await;
    let pieces = (0..27).map(|_| Ok::<_, ()>(bytes::Bytes::from(vec![7_u8; 1 << 20])));
    let engine = office.desk.engine.clone();
    let file = engine::files::upload(
        &engine,
        &office.agent,
        ticket,
        "a.bin",
        "application/x-thing",
        futures::stream::iter(pieces),
    )
    .await;
    office.reply_with(ticket, "With a file", vec![file.expect("an upload")]).await;
    let line = office.state(ticket, DeliveryState::Refused).await;
    assert!(line.said.as_deref().is_some_and(|said| said.contains("35882577")), "{line:?}");
    let stats = office.rig().stats(&office.user).await;
    assert_eq!(stats["counts"]["smtp"]["commands"]["MAIL"], 1, "the large one was not even announced: {stats}");
    office.desk.stop().await;
}

/// What a server puts off again and again is refused after two days, with its last words.
#[tokio::test]
async fn what_is_put_off_for_two_days_is_refused() {
    let mut office = Office::open(At::Litware, By::Password).await;
    let later = json!({ "protocol": "smtp", "kind": "answer", "on": "MAIL", "times": -1, "line": "452 4.3.1 Insufficient system storage" });
    office.rig().fault(&office.user, later).await;
    let ticket = office.write(&office.customer.email, "Later", "text").await;
    office.desk.start();
    let line = office.line(ticket, "put off", |l| l.said.is_some()).await;
    // Two days later.
    e::delivery_attempt::Entity::update_many()
        .col_expr(
            e::delivery_attempt::Column::EndedAt,
            Expr::col(e::delivery_attempt::Column::EndedAt).sub(48 * 3_600_000_i64),
        )
        .exec(office.desk.engine.store.write())
        .await
        .expect("the attempts");
    let outbox = office.desk.engine.console().outbox;
    outbox.retry(&office.agent, line.id).await.expect("tried");
    let line = office.state(ticket, DeliveryState::Refused).await;
    assert!(line.said.as_deref().is_some_and(|said| said.contains("48 hours") && said.contains("452")), "{line:?}");
    office.desk.stop().await;
}

/// Composing takes its share of the memory budget: files in base64 are what an outgoing mail costs.
#[tokio::test]
async fn composing_waits_for_its_share_of_the_memory() {
    let desk = Desk::with(|config| config.limits.memory_bytes = 8 << 20).await;
    let user = desk.rig.user("desk", At::Litware).await;
    let mut office = Office::on(desk, user, By::Password).await;
    let engine = office.desk.engine.clone();
    let all = engine.net.memory(8 << 20).await;
    let ticket = office.write(&office.customer.email, "Waits", "text").await;
    office.desk.start();
    office.state(ticket, DeliveryState::Sending).await;
    let rested = tokio::time::timeout(Duration::from_millis(700), office.arrives(1)).await;
    assert!(rested.is_err(), "nothing is composed while nothing is left");
    drop(all);
    office.state(ticket, DeliveryState::Sent).await;
    office.desk.stop().await;
}

/// Exchange takes 30 a minute: the fourth handful of a hundred leaves after three minutes, in order.
#[tokio::test]
async fn a_hundred_replies_take_more_than_three_minutes_at_thirty_a_minute() {
    let mut office = Office::open(At::Microsoft, By::Token).await;
    let mut tickets = Vec::new();
    for n in 0..10 {
        tickets.push(office.write(&office.customer.email, &format!("T{n} {}", unique()), "0").await);
    }
    for n in 1..10 {
        for ticket in &tickets {
            office.reply(*ticket, &format!("{n}")).await;
        }
    }
    office.desk.start();
    let handed = || async {
        let all = e::delivery_attempt::Entity::find()
            .filter(e::delivery_attempt::Column::HandingOverAt.is_not_null())
            .all(office.desk.engine.store.read())
            .await
            .expect("attempts");
        all.len()
    };
    let wait = Duration::from_secs(60);
    let mut minutes = 0;
    for wanted in [30, 60, 90, 100] {
        until(&format!("{wanted} handed over"), wait, || async { (handed().await >= wanted).then_some(()) }).await;
        if wanted == 100 {
            break;
        }
        until("a pause", SOON, || async {
            let page = office.desk.engine.console().outbox.page(&office.agent).await.expect("the page");
            let waiting: Vec<_> = page.rows.iter().filter(|row| row.line.state == DeliveryState::Waiting).collect();
            let places: Vec<_> = waiting.iter().filter_map(|row| row.queue).collect();
            (waiting.len() == 100 - wanted).then(|| {
                assert_eq!(places.len(), waiting.len(), "everybody sees a place");
                let last = places.into_iter().max_by_key(|place| place.ahead).expect("a place");
                assert_eq!((last.ahead as usize, last.per_minute), (99 - wanted, Some(30)));
                assert!(last.leaves_at.is_some_and(|at| at > engine::clock::now()));
            })
        })
        .await;
        assert_eq!(handed().await, wanted, "no more than 30 in a minute");
        office.later(domain::time::Span::seconds(61)).await;
        minutes += 1;
    }
    assert_eq!(minutes, 3);
    until("all sent", wait, || async {
        let rows = e::delivery::Entity::find().all(office.desk.engine.store.read()).await.expect("deliveries");
        rows.iter().all(|row| row.state == "sent").then_some(())
    })
    .await;
    let mut attempts =
        e::delivery_attempt::Entity::find().all(office.desk.engine.store.read()).await.expect("attempts");
    attempts.sort_by_key(|attempt| attempt.id);
    let order: Vec<i64> = attempts.iter().map(|attempt| attempt.delivery_id).collect();
    assert!(order.windows(2).all(|pair| pair[0] < pair[1]), "in the order in which they were written: {order:?}");
    let stats = office.rig().stats(&office.user).await;
    assert_eq!(stats["counts"]["smtp"]["messages"], 100, "{stats}");
    office.desk.stop().await;
}

/// What was written four days ago: the customer may have written since.
#[tokio::test]
async fn a_reply_that_waited_for_days_leaves_after_a_look() {
    let mut office = Office::open(At::Litware, By::Password).await;
    let old = office.write(&office.customer.email, "Old", "As of Monday").await;
    e::delivery::Entity::update_many()
        .col_expr(e::delivery::Column::CreatedAt, Expr::col(e::delivery::Column::CreatedAt).sub(4 * 86_400_000_i64))
        .exec(office.desk.engine.store.write())
        .await
        .expect("the delivery");
    office.reply(old, "And another").await;
    office.desk.start();
    let new = office.write(&office.customer.email, "New", "text").await;
    office.state(new, DeliveryState::Sent).await;
    let lines = office.lines(old).await;
    assert!(lines.iter().all(|line| line.state == DeliveryState::Waiting), "the later one of its ticket waits, too");
    assert!(lines[0].look && !lines[1].look, "{lines:?}");
    let outbox = office.desk.engine.console().outbox;
    let shown = outbox.waiting(&office.agent, lines[0].id).await.expect("its page");
    assert_eq!((shown.text.as_str(), shown.newer.len()), ("As of Monday", 0));
    // The customer has not waited.
    until("fetching has begun", SOON, || async { office.desk.folder(office.mailbox).await.uid_validity }).await;
    let written = e::delivery::Entity::find_by_id(lines[0].id.0).one(office.desk.engine.store.read()).await;
    let (from, to) = (&office.customer.email, &office.user.email);
    let answers = written.expect("a question").expect("the delivery").header_id;
    let raw = format!(
        "Message-ID: <settled-{}@customer.example>\nFrom: {from}\nTo: {to}\nSubject: Re: Old\nIn-Reply-To: <{answers}>\n\nIt works again.\n",
        unique()
    );
    office.rig().append(&office.user, "INBOX", 1, json!({ "raw": raw })).await;
    let newer = until("the customer's newer mail is shown", SOON, || async {
        let shown = outbox.waiting(&office.agent, lines[0].id).await.expect("its page");
        (!shown.newer.is_empty()).then_some(shown.newer)
    })
    .await;
    assert_eq!((newer.len(), newer[0].text.as_str()), (1, "It works again."));
    let waits = office.lines(old).await;
    assert!(waits[0].look && waits[0].state == DeliveryState::Waiting, "it waits on: {waits:?}");
    outbox.release(&office.agent, lines[0].id).await.expect("released");
    until("both sent", SOON, || async {
        office.lines(old).await.iter().all(|line| line.state == DeliveryState::Sent).then_some(())
    })
    .await;
    assert!(outbox.release(&office.agent, lines[0].id).await.is_err(), "it has left");
    assert_eq!(office.arrives(3).await.len(), 3);
    office.desk.stop().await;
}

#[tokio::test]
async fn a_held_reply_is_read_and_leaves_through_another_mailbox() {
    let mut office = Office::open(At::Litware, By::Password).await;
    let other = office.rig().user("other", At::Litware).await;
    let through = office.desk.mailbox(&other, Chosen { import_mode: "now", ..Chosen::default() }).await;
    engine::evidence::proved(&office.desk.engine, through, domain::Direction::Outgoing).await.expect("written");
    office.rig().call("/mail/password", json!({ "user": office.user.email, "password": "changed" })).await;
    let ticket = office.write(&office.customer.email, "Held", "one").await;
    office.desk.start();
    let line = office.line(ticket, "held", |l| l.held.is_some()).await;
    let outbox = office.desk.engine.console().outbox;
    let shown = outbox.waiting(&office.agent, line.id).await.expect("its page");
    assert_eq!(shown.text, "one");
    assert_eq!(shown.through.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [through]);
    let refused = outbox.send_through(&office.agent, line.id, office.mailbox).await;
    assert!(refused.is_err(), "that one does not send: {refused:?}");
    outbox.send_through(&office.agent, line.id, through).await.expect("it goes");
    office.state(ticket, DeliveryState::Sent).await;
    let arrived = office.arrives(1).await;
    assert!(arrived[0]["from"].to_string().contains(&other.email), "{arrived:?}");
    let headers = arrived[0]["headers"].to_string();
    assert!(headers.contains(&office.user.email), "answers come to the ticket's mailbox: {headers}");
    office.desk.stop().await;
}
