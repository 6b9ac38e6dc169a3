//! What customers wrote to several tickets, written together.

use crate::inbox::{Inbox, SUPPORT};
use domain::Time;
use domain::id::{MessageId, TicketId};
use domain::ticket::TicketStatus;
use engine::store::touched::{self, Touched};
use engine::store::{self, tickets};
use std::collections::BTreeMap;

#[test]
fn of_two_messages_the_later_counts_and_nothing_is_lost_of_the_first() {
    let message = |n| MessageId(n);
    let first = Touched::new(Time(900), message(1), Some("support@desk.example".into()), true);
    // Its date lies before the first one's.
    let both = first.and(Touched::new(Time(500), message(2), None, false));
    assert_eq!(both.reply_from.as_deref(), Some("support@desk.example"));
    assert_eq!((both.at, both.message, both.latest, both.opens), (Time(500), message(2), Time(900), true));
    let other = both.and(Touched::new(Time(700), message(3), Some("sales@desk.example".into()), false));
    assert_eq!((other.reply_from.as_deref(), other.latest), (Some("sales@desk.example"), Time(900)));
}

#[tokio::test]
async fn each_ticket_moves_up_and_those_that_were_answered_are_open() {
    let inbox = Inbox::open().await;
    let store = &inbox.engine.store;
    let mut ids: Vec<TicketId> = Vec::new();
    // More than one statement takes.
    for n in 0..60 {
        let letter =
            format!("Message-ID: <{n}@c>\nFrom: anna@customer.example\nTo: {SUPPORT}\nSubject: {n}\n\nText.\n");
        let uid = inbox.put(&letter).await;
        inbox.take_in().await;
        ids.push(inbox.taken(uid).await.ticket.expect("a ticket"));
    }
    let tx = store.begin().await.expect("a transaction");
    for id in [ids[1], ids[2]] {
        assert!(tickets::set_status(&tx, id, TicketStatus::Closed).await.expect("closed"));
    }
    store::commit(tx).await.expect("it ends");
    let before = tickets::get(store.read(), ids[3]).await.expect("an answer").expect("a ticket");
    let message = |id: TicketId| MessageId(id.0 + 1_000);
    let mut all: BTreeMap<TicketId, Touched> = BTreeMap::new();
    for id in &ids {
        all.insert(*id, Touched::new(Time(before.updated_at + 5_000), message(*id), None, *id != ids[2]));
    }
    // What moved it before is later than this.
    all.insert(ids[3], Touched::new(Time(5), message(ids[3]), Some("sales@desk.example".into()), true));
    let tx = store.begin().await.expect("a transaction");
    touched::write(&tx, &all).await.expect("written");
    store::commit(tx).await.expect("it ends");
    for (n, id) in ids.iter().enumerate() {
        let row = tickets::get(store.read(), *id).await.expect("an answer").expect("a ticket");
        let status = if n == 2 { TicketStatus::Closed } else { TicketStatus::Open };
        assert_eq!((row.status.as_str(), row.customer_message_id), (status.key(), Some(message(*id).0)), "{n}");
        let (at, moved, from) = match n {
            3 => (5, before.updated_at, "sales@desk.example"),
            _ => (before.updated_at + 5_000, before.updated_at + 5_000, SUPPORT),
        };
        assert_eq!((row.customer_at, row.updated_at), (Some(at), moved), "{n}");
        assert_eq!(row.reply_from.as_deref(), Some(from), "{n}");
    }
    let counts = tickets::counts(store).await.expect("counts");
    assert_eq!((counts[&TicketStatus::Open], counts[&TicketStatus::Closed]), (59, 1));
}
