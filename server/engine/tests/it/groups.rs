//! Messages that are taken in together become what they become one by one.

use crate::inbox::{Inbox, SUPPORT};
use domain::console::people::Role;
use engine::store::entity as e;
use sea_orm::{ConnectionTrait as _, EntityTrait, QueryOrder, Statement};
use std::collections::BTreeMap;

/// Numbers that look drawn, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, many: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % many
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let many = from.len() as u64;
        from[self.below(many) as usize]
    }
}

/// Letters of few people about few things, so that they meet: answers, siblings of what never came, second copies,
/// Message-IDs used twice, forwards before and after their original, notes of machines, sent mail of our own.
fn letters(dice: &mut Dice, many: usize) -> Vec<String> {
    let people = [
        "Anna <anna@customer.example>",
        "Ben <ben@customer.example>",
        "Grace <grace@desk-people.example>",
        "<m@evil.example>",
        SUPPORT,
    ];
    let mut all: Vec<String> = Vec::new();
    for n in 0..many {
        if n > 0 && dice.below(8) == 0 {
            let again = dice.below(n as u64) as usize;
            all.push(all[again].clone());
            continue;
        }
        let id = if dice.below(6) == 0 { dice.below(many as u64) } else { n as u64 };
        let thing = dice.pick(&["lamp", "printer"]);
        let minute = dice.below(3);
        if dice.below(6) == 0 {
            let from = dice.pick(&["Grace <grace@desk-people.example>", "Anna <anna@customer.example>"]);
            all.push(format!(
                "Message-ID: <{id}@c>\nFrom: {from}\nTo: {SUPPORT}\nSubject: Fwd: The {thing} is broken\nDate: Tue, 17 Nov 2026 09:12:44 +0100\n\nLook at this.\n\n---------- Forwarded message ---------\nFrom: Mia Lind <mia@customer.example>\nDate: Mon, Nov 2, 2026 at 3:0{minute} PM\nSubject: The {thing} is broken\nTo: <{SUPPORT}>\n\n\nIt went dark and smells of smoke.\n"
            ));
            continue;
        }
        if dice.below(8) == 0 {
            all.push(format!(
                "Message-ID: <{id}@c>\nFrom: Mia Lind <mia@customer.example>\nTo: {SUPPORT}\nSubject: The {thing} is broken\nDate: Mon, 2 Nov 2026 15:0{minute}:30 +0100\n\nIt went dark and smells of smoke.\n"
            ));
            continue;
        }
        let mut more = String::new();
        let names: Vec<String> = (0..dice.below(4)).map(|_| format!("<{}@c>", dice.below(many as u64))).collect();
        if !names.is_empty() {
            more += &format!("References: {}\n", names.join(" "));
        }
        if dice.below(9) == 0 {
            more += "Auto-Submitted: auto-replied\n";
        }
        if dice.below(10) > 0 {
            more += &format!("Message-ID: <{id}@c>\n");
        }
        let (from, words) = (dice.pick(&people), dice.below(3));
        let text = format!("The text of {id}, {words}.");
        let head = format!("From: {from}\nTo: {SUPPORT}\nSubject: Re: {thing}\n{more}");
        all.push(match dice.below(4) {
            0 => format!(
                "{head}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=cut\n\n--cut\n\n{text}\n--cut\nContent-Type: text/csv\nContent-Disposition: attachment; filename={words}.csv\n\n{id};{thing}\n--cut--\n"
            ),
            _ => format!("{head}\n{text}\n"),
        });
    }
    all
}

/// What stands in the database, whatever its numbers are.
async fn picture(inbox: &Inbox) -> Vec<String> {
    let db = inbox.engine.store.read();
    let mut told = Vec::new();
    let mut tickets: BTreeMap<i64, usize> = BTreeMap::new();
    let mut messages: BTreeMap<i64, usize> = BTreeMap::new();
    for row in e::ticket::Entity::find().order_by_asc(e::ticket::Column::Id).all(db).await.expect("tickets") {
        tickets.insert(row.id, tickets.len());
    }
    for row in e::message::Entity::find().order_by_asc(e::message::Column::Id).all(db).await.expect("messages") {
        messages.insert(row.id, messages.len());
        told.push(format!(
            "message {} of {} is {}: {}",
            messages[&row.id], tickets[&row.ticket_id], row.kind, row.text
        ));
    }
    let (ticket, message) = (|id: Option<i64>| id.map(|id| tickets[&id]), |id: Option<i64>| id.map(|id| messages[&id]));
    let mut counted: BTreeMap<String, i64> = BTreeMap::new();
    let requesters = e::requester::Entity::find().all(db).await.expect("requesters");
    let requesters: BTreeMap<i64, String> = requesters.into_iter().map(|row| (row.id, row.address)).collect();
    for row in e::ticket::Entity::find().order_by_asc(e::ticket::Column::Id).all(db).await.expect("tickets") {
        let customer = (message(row.customer_message_id), row.customer_at.is_some(), row.reply_from);
        told.push(format!(
            "ticket {:?} {} of {} {customer:?}",
            ticket(Some(row.id)),
            row.status,
            requesters[&row.requester_id]
        ));
        *counted.entry(row.status).or_default() += 1;
    }
    let counts = e::ticket_count::Entity::find().all(db).await.expect("counts");
    let counts: BTreeMap<String, i64> =
        counts.into_iter().filter(|c| c.tickets != 0).map(|c| (c.status, c.tickets)).collect();
    assert_eq!(counts, counted, "the counters");
    for row in e::receipt::Entity::find().order_by_asc(e::receipt::Column::Uid).all(db).await.expect("receipts") {
        assert!(row.settled_at.is_some(), "UID {} waits", row.uid);
        let became = (ticket(row.ticket_id), message(row.message_id));
        told.push(format!("receipt {} {} {:?} {became:?}", row.uid, row.disposition, row.reason));
    }
    let mut known: Vec<String> = Vec::new();
    for row in e::known_id::Entity::find().all(db).await.expect("known ids") {
        // Where a message has none, one is made of its words.
        known.push(format!(
            "known {} {:?} {:?}",
            row.message_key,
            ticket(Some(row.ticket_id)),
            message(row.message_id)
        ));
    }
    known.sort();
    told.append(&mut known);
    let files = e::attachment::Entity::find().order_by_asc(e::attachment::Column::Id).all(db).await.expect("files");
    let mut files: Vec<String> = files
        .iter()
        .map(|row| format!("file of {:?} {} {:?}", message(Some(row.message_id)), row.name, row.part))
        .collect();
    files.sort();
    told.append(&mut files);
    let ways = e::message_way::Entity::find().order_by_asc(e::message_way::Column::MessageId).all(db).await;
    told.extend(ways.expect("ways").iter().map(|row| format!("way of {:?}", message(Some(row.message_id)))));
    told
}

#[tokio::test]
async fn what_is_taken_in_together_becomes_what_it_becomes_one_by_one() {
    for seed in 1..=6 {
        let letters = letters(&mut Dice(seed), 45);
        let (together, alone) = (Inbox::open().await, Inbox::open().await);
        for inbox in [&together, &alone] {
            inbox.actor("Grace", Role::Agent).await;
        }
        for letter in &letters {
            together.put(letter).await;
            alone.mail(letter).await;
        }
        together.take_in().await;
        assert_eq!(picture(&together).await, picture(&alone).await, "seed {seed}");
    }
}

#[tokio::test]
async fn a_statement_is_prepared_once_whatever_is_bound_to_its_limit() {
    let inbox = Inbox::open().await;
    let store = &inbox.engine.store;
    if !store.is_sqlite() {
        return;
    }
    let ask = Statement::from_string(store.backend(), "PRAGMA compile_options");
    let options = store.read().query_all_raw(ask).await.expect("an answer");
    let options: Vec<String> = options.iter().filter_map(|row| row.try_get_by_index(0).ok()).collect();
    assert!(options.iter().any(|option| option == "ENABLE_QPSG"), "{options:?}");
}
