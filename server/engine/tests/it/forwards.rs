//! Forwards: what somebody who may sends on becomes what its own sender wrote, once.

use crate::inbox::{Inbox, SUPPORT, Taken};
use domain::Time;
use domain::console::people::Role;
use domain::console::tickets::Way;
use domain::id::TicketId;
use engine::store::entity as e;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

const AGENT: &str = "Bob <bob@desk-people.example>";

/// A desk with an agent, who may forward.
async fn desk() -> Inbox {
    let mut inbox = Inbox::open().await;
    // The day on which the forwards below were written.
    inbox.arrived = Some(Time(1_794_906_000_000));
    inbox.actor("Bob", Role::Agent).await;
    inbox
}

fn original(id: &str, minute: u32, text: &str) -> String {
    format!(
        "Message-ID: <{id}>\nFrom: Mia Lind <mia@customer.example>\nTo: {SUPPORT}\nSubject: The lamp is broken\nDate: Mon, 2 Nov 2026 14:{minute:02}:37 +0000\n\n{text}\n"
    )
}

/// As Gmail forwards it from a clock an hour ahead.
fn inline(id: &str, from: &str, minute: u32, text: &str) -> String {
    format!(
        "Message-ID: <{id}>\nFrom: {from}\nTo: {SUPPORT}\nSubject: Fwd: The lamp is broken\nDate: Tue, 17 Nov 2026 09:12:44 +0100\n\nLook at this.\n\n---------- Forwarded message ---------\nFrom: Mia Lind <mia@customer.example>\nDate: Mon, Nov 2, 2026 at 3:{minute:02} PM\nSubject: The lamp is broken\nTo: <{SUPPORT}>\n\n\n{text}\n"
    )
}

fn attached(id: &str, from: &str, messages: &[String]) -> String {
    let parts: String = messages.iter().map(|one| format!("--b1\nContent-Type: message/rfc822\n\n{one}\n")).collect();
    format!(
        "Message-ID: <{id}>\nFrom: {from}\nTo: {SUPPORT}\nSubject: FW: some mails\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b1\n\n--b1\nContent-Type: text/plain\n\n\n{parts}--b1--\n"
    )
}

async fn tickets(inbox: &Inbox) -> usize {
    e::ticket::Entity::find().all(inbox.engine.store.read()).await.unwrap().len()
}

fn said(taken: &Taken) -> (&str, &str) {
    (taken.disposition.as_str(), taken.reason.as_deref().unwrap_or_default())
}

#[tokio::test]
async fn an_inline_forward_is_its_original_whichever_comes_first() {
    for original_first in [true, false] {
        let inbox = desk().await;
        let (own, fwd) = (original("1@c", 4, "It does not light."), inline("f@d", AGENT, 4, "It does not\nlight."));
        let (first, second) = if original_first { (&own, &fwd) } else { (&fwd, &own) };
        let first = inbox.mail(first).await;
        let second = inbox.mail(second).await;
        assert_eq!(first.ticket, second.ticket, "one ticket");
        assert_eq!(tickets(&inbox).await, 1);
        let forward = if original_first { &second } else { &first };
        let expected = if original_first { "1 known already" } else { "1 new ticket" };
        assert_eq!(said(forward), ("forward", &*format!("forwarded by bob@desk-people.example: {expected}")));
        let other = if original_first { &first } else { &second };
        assert_eq!(other.disposition, if original_first { "ticket" } else { "duplicate" });
        let message = inbox.message(first.message.unwrap()).await;
        assert_eq!(message.from_address.as_deref(), Some("mia@customer.example"));
        assert_eq!(message.header_id.as_deref(), Some("1@c"), "an answer names the customer's own Message-ID");
        // An answer to the original finds the ticket.
        let answer =
            inbox.mail(&original("2@c", 50, "Any news?").replace("Subject:", "In-Reply-To: <1@c>\nSubject: Re:")).await;
        assert_eq!((answer.disposition.as_str(), answer.ticket), ("reply", first.ticket));
    }
}

#[tokio::test]
async fn the_same_words_at_another_time_are_another_message() {
    let inbox = desk().await;
    inbox.mail(&original("1@c", 4, "Any news?")).await;
    let later = inbox.mail(&inline("f@d", AGENT, 31, "Any news?")).await;
    assert_eq!(said(&later), ("forward", "forwarded by bob@desk-people.example: 1 new ticket"));
    let again = inbox.mail(&inline("g@d", "mia@customer.example", 31, "Any news?")).await;
    assert_eq!(again.disposition, "ticket", "a customer's forward is her own mail");
    assert_eq!(tickets(&inbox).await, 3);
    let other = inbox.mail(&inline("h@d", AGENT, 32, "Any other news?")).await;
    assert_eq!(said(&other).1, "forwarded by bob@desk-people.example: 1 new ticket");
    let twice = inbox.mail(&inline("i@d", AGENT, 32, "Any other news?")).await;
    assert_eq!((said(&twice).1, twice.ticket), ("forwarded by bob@desk-people.example: 1 known already", other.ticket));
}

#[tokio::test]
async fn several_attached_and_weeks_old_are_a_ticket_each() {
    let inbox = desk().await;
    let known = inbox.mail(&original("1@c", 4, "One.")).await;
    let mut messages: Vec<String> = (2..=4).map(|n| original(&format!("{n}@c"), n, "Old.")).collect();
    messages.push(original("1@c", 4, "One."));
    let forward = inbox.mail(&attached("f@d", AGENT, &messages)).await;
    assert_eq!(said(&forward), ("forward", "forwarded by bob@desk-people.example: 3 new tickets, 1 known already"));
    assert_eq!(tickets(&inbox).await, 4);
    let first = inbox.message(forward.message.unwrap()).await;
    assert_eq!((first.author.as_str(), first.header_id.as_deref()), ("Mia Lind", Some("2@c")));
    assert!(first.at < known_at(&inbox, known.ticket.unwrap()).await, "it keeps the date on which it was written");
    assert!(first.source_id.is_some(), "with its own source");
    let late = inbox.mail(&original("3@c", 3, "Old.")).await;
    assert_eq!(late.disposition, "duplicate", "the original comes after its forward");
    assert_eq!(tickets(&inbox).await, 4);
}

async fn known_at(inbox: &Inbox, ticket: TicketId) -> i64 {
    let row = e::ticket::Entity::find_by_id(ticket.0).one(inbox.engine.store.read()).await.unwrap().unwrap();
    row.created_at
}

#[tokio::test]
async fn what_the_forwarder_wrote_is_a_note_and_the_way_is_told() {
    let inbox = desk().await;
    let taken = inbox.mail(&inline("f@d", AGENT, 4, "It does not light.")).await;
    let messages = inbox.messages(taken.ticket.unwrap()).await;
    let kinds: Vec<(&str, &str)> = messages.iter().map(|m| (m.kind.as_str(), m.text.as_str())).collect();
    assert_eq!(kinds, [("incoming", "It does not light."), ("note", "Look at this.")]);
    let way = e::message_way::Entity::find_by_id(messages[0].id).one(inbox.engine.store.read()).await.unwrap().unwrap();
    assert!(matches!(serde_json::from_str(&way.way).unwrap(), Way::Forwarded { by, .. } if by == "Bob"));
}

#[tokio::test]
async fn agents_and_a_list_may_forward_and_others_may_not() {
    let inbox = desk().await;
    let admin = inbox.actor("Ada", Role::Admin).await;
    let port = inbox.engine.console().forwarders;
    let kim = "kim@partner.example";
    let before = inbox.mail(&inline("f1@d", kim, 4, "One.")).await;
    assert_eq!(before.disposition, "ticket");
    assert_eq!(inbox.message(before.message.unwrap()).await.from_address.as_deref(), Some(kim));
    port.allow(&admin, inbox.support, kim.to_uppercase()).await.unwrap();
    assert_eq!(inbox.mail(&inline("f2@d", kim, 5, "Two.")).await.disposition, "forward");
    port.forbid(&admin, inbox.support, kim.into()).await.unwrap();
    assert_eq!(inbox.mail(&inline("f3@d", kim, 6, "Three.")).await.disposition, "ticket");
    let agent = inbox.actor("Eve", Role::Agent).await;
    assert!(port.allow(&agent, inbox.support, kim.into()).await.is_err(), "agents don't change the list");
}

#[tokio::test]
async fn a_forged_colleague_is_no_colleague() {
    let inbox = desk().await;
    let taken = inbox.mail(&original("1@c", 4, "It does not light.")).await;
    let forged = |id: &str, more: &str| {
        format!(
            "Message-ID: <{id}>\nFrom: {AGENT}\nTo: {SUPPORT}\nSubject: Re: The lamp is broken\n{more}In-Reply-To: <1@c>\n\nPay to this account.\n"
        )
    };
    let vouched = "Authentication-Results: mx.google.com; dmarc=pass header.from=desk-people.example\n";
    // Nobody but the provider's own server vouches, and this one's does not.
    for (id, more) in [("2@e", ""), ("3@e", vouched)] {
        let forged = inbox.mail(&forged(id, more)).await;
        assert_eq!((forged.disposition.as_str(), forged.ticket), ("reply", taken.ticket));
        let message = inbox.message(forged.message.unwrap()).await;
        assert_eq!(message.kind, "incoming", "never an agent's message");
        let way = e::message_way::Entity::find_by_id(message.id).one(inbox.engine.store.read()).await.unwrap().unwrap();
        assert_eq!(serde_json::from_str::<Way>(&way.way).unwrap(), Way::Unproved);
        assert_eq!(inbox.status(taken.ticket.unwrap()).await, "open");
    }
    inbox.at_google().await;
    let real = inbox.mail(&forged("4@d", vouched)).await;
    assert_eq!(real.disposition, "answered_outside");
    let failed = "Authentication-Results: mx.google.com; dmarc=fail header.from=desk-people.example\n";
    let forward = inline("5@e", AGENT, 9, "x").replace("Subject:", &format!("{failed}Subject:"));
    assert_eq!(inbox.mail(&forward).await.disposition, "ticket", "and a forged forwarder is none");
}

#[tokio::test]
async fn a_forward_stands_for_one_original_only() {
    let inbox = desk().await;
    let forward = inbox.mail(&inline("f@d", AGENT, 4, "Any news?")).await;
    let first = inbox.mail(&original("1@c", 4, "Any news?")).await;
    assert_eq!((first.disposition.as_str(), first.ticket), ("duplicate", forward.ticket));
    // The same words two hours later, and a quarter of an hour: mail of its own.
    for (id, time) in [("2@c", "16:04"), ("3@c", "14:19")] {
        let again = inbox.mail(&original(id, 4, "Any news?").replace("14:04", time)).await;
        assert_eq!(again.disposition, "ticket", "{id}");
    }
    assert_eq!(tickets(&inbox).await, 3);
    // What has found its original is known when it is forwarded once more.
    let twice = inbox.mail(&inline("g@d", AGENT, 4, "Any news?")).await;
    assert_eq!(
        (said(&twice).1, twice.ticket),
        ("forwarded by bob@desk-people.example: 1 known already", forward.ticket)
    );
}

#[tokio::test]
async fn yesterdays_report_is_not_todays() {
    let inbox = desk().await;
    inbox.mail(&original("1@c", 4, "The backup is done.").replace("2 Nov", "1 Nov")).await;
    let forward = inbox.mail(&inline("f@d", AGENT, 4, "The backup is done.")).await;
    assert_eq!(said(&forward).1, "forwarded by bob@desk-people.example: 1 new ticket");
    let other = inbox.mail(&original("3@c", 4, "The backup is done.").replace("2 Nov", "3 Nov")).await;
    assert_eq!(other.disposition, "ticket");
    let hour = inbox.mail(&original("4@c", 4, "The backup is done.").replace("14:04", "15:04")).await;
    assert_eq!(hour.disposition, "ticket", "the forwarder's clock is an hour ahead of UTC, as its Date field says");
}

#[tokio::test]
async fn a_forward_with_its_zone_is_compared_to_the_minute() {
    let inbox = desk().await;
    let zoned = inline("f@d", AGENT, 4, "Any news?")
        .replace("Date: Mon, Nov 2, 2026 at 3:04 PM", "Date: Mon, 2 Nov 2026 15:04 +0100");
    let forward = inbox.mail(&zoned).await;
    let before = inbox.mail(&original("0@c", 3, "Any news?").replace("14:03:37", "14:03:59")).await;
    assert_eq!(before.disposition, "ticket");
    let own = inbox.mail(&original("1@c", 4, "Any news?").replace("14:04:37", "14:04:59")).await;
    assert_eq!((own.disposition.as_str(), own.ticket), ("duplicate", forward.ticket));
}

/// A mail without words, with a scan.
fn scan(header: &str, text: &str, file: &str) -> String {
    format!(
        "{header}MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b2\n\n--b2\nContent-Type: text/plain\n\n{text}\n--b2\nContent-Type: application/pdf; name={file}.pdf\nContent-Disposition: attachment; filename={file}.pdf\n\n%PDF {file}\n--b2--\n"
    )
}

#[tokio::test]
async fn scans_without_words_are_never_taken_for_each_other() {
    let inbox = desk().await;
    let (head, body) = split(&inline("f@d", AGENT, 4, ""));
    let forward = inbox.mail(&scan(&head, body.trim_start(), "one")).await;
    assert_eq!(said(&forward).1, "forwarded by bob@desk-people.example: 1 new ticket");
    let (head, _) = split(&original("1@c", 4, ""));
    let other = inbox.mail(&scan(&head, "", "two")).await;
    assert_eq!(other.disposition, "ticket");
    let (head, body) = split(&inline("g@d", AGENT, 4, ""));
    let third = inbox.mail(&scan(&head, body.trim_start(), "three")).await;
    assert_eq!(said(&third).1, "forwarded by bob@desk-people.example: 1 new ticket");
}

fn split(mail: &str) -> (String, String) {
    let (head, body) = mail.split_once("\n\n").expect("a head");
    (format!("{head}\n"), body.to_owned())
}

/// The files of a message, by name.
async fn files(inbox: &Inbox, message: i64) -> Vec<String> {
    let rows = e::attachment::Entity::find()
        .filter(e::attachment::Column::MessageId.eq(message))
        .order_by_asc(e::attachment::Column::Id)
        .all(inbox.engine.store.read())
        .await
        .unwrap();
    rows.into_iter().map(|row| row.name).collect()
}

#[tokio::test]
async fn nothing_of_a_forward_is_lost() {
    let inbox = desk().await;
    let actor = inbox.actor("Cy", Role::Agent).await;
    let known = inbox.mail(&original("1@c", 4, "One.")).await;
    let ours = format!(
        "Message-ID: <9@d>\nFrom: {SUPPORT}\nTo: mia@customer.example\nSubject: Ours\nDate: Mon, 2 Nov 2026 15:00:00 +0000\n\nOurs.\n"
    );
    let mixed = |id: &str, messages: &[String]| {
        attached(id, AGENT, messages)
            .replace("\nContent-Type: text/plain\n\n\n", "\nContent-Type: text/plain\n\nTwo notes of mine.\n")
            .replace("--b1--", "--b1\nContent-Type: application/octet-stream; name=odd.eml\n\n\n--b1\nContent-Type: text/csv; name=list.csv\n\na;b\n--b1--")
    };
    let new = inbox.mail(&mixed("f@d", &[original("2@c", 5, "Two."), ours.clone()])).await;
    assert_eq!(said(&new).1, "forwarded by bob@desk-people.example: 1 new ticket");
    let messages = inbox.messages(new.ticket.unwrap()).await;
    let kinds: Vec<(&str, &str)> = messages.iter().map(|m| (m.kind.as_str(), m.text.as_str())).collect();
    assert_eq!(kinds, [("incoming", "Two."), ("note", "Two notes of mine.")]);
    assert_eq!(files(&inbox, messages[1].id).await, ["Ours.eml", "odd.eml", "list.csv"]);
    // Each can be read.
    let page = inbox.engine.console().tickets.show(&actor, new.ticket.unwrap()).await.unwrap();
    for file in &page.messages[1].files {
        let key = file.url.split('/').nth(2).unwrap();
        let bytes = engine::files::open(&inbox.engine, key).await.unwrap().bytes;
        assert!(file.name == "odd.eml" || !bytes.is_empty(), "{}", file.name);
    }
    // Known already: what he wrote and sent along is kept there, once.
    for again in ["g@d", "g@d"] {
        let taken = inbox.mail(&mixed(again, &[original("1@c", 4, "One.")])).await;
        assert_eq!(taken.ticket, known.ticket);
        let messages = inbox.messages(known.ticket.unwrap()).await;
        let kinds: Vec<(&str, &str)> = messages.iter().map(|m| (m.kind.as_str(), m.text.as_str())).collect();
        assert_eq!(kinds, [("incoming", "One."), ("note", "Two notes of mine.")]);
        assert_eq!(files(&inbox, messages[1].id).await, ["odd.eml", "list.csv"]);
    }
    let inline = inbox.mail(&inline("h@d", AGENT, 4, "One.")).await;
    assert_eq!(
        (said(&inline).1, inline.ticket),
        ("forwarded by bob@desk-people.example: 1 known already", known.ticket)
    );
    let last = inbox.messages(known.ticket.unwrap()).await.pop().unwrap();
    assert_eq!((last.kind.as_str(), last.text.as_str()), ("note", "Look at this."));
}

#[tokio::test]
async fn where_the_provider_vouches_an_unproved_forwarder_is_none() {
    let inbox = desk().await;
    inbox.at_google().await;
    let forward = |id: &str, minute: u32, results: &str| {
        inline(id, AGENT, minute, &format!("Number {minute}.")).replacen("Subject:", &format!("{results}Subject:"), 1)
    };
    let quoted =
        "Authentication-Results: mx.google.com; spf=none smtp.helo=\"x; dmarc=pass header.from=desk-people.example\"\n";
    for (id, minute, results) in [("1@d", 1, ""), ("2@d", 2, quoted)] {
        let taken = inbox.mail(&forward(id, minute, results)).await;
        assert_eq!(taken.disposition, "ticket", "{id}");
        let message = inbox.message(taken.message.unwrap()).await;
        assert_eq!(message.from_address.as_deref(), Some("bob@desk-people.example"));
        let way = e::message_way::Entity::find_by_id(message.id).one(inbox.engine.store.read()).await.unwrap().unwrap();
        assert_eq!(serde_json::from_str::<Way>(&way.way).unwrap(), Way::Unproved, "{id}: it is said");
    }
    for (id, minute, results) in [
        ("3@d", 3, "Authentication-Results: mx.google.com; dmarc=pass header.from=desk-people.example\n"),
        ("4@d", 4, "Authentication-Results: mx.google.com; dkim=pass header.i=@desk-people.example\n"),
        ("5@d", 5, "Authentication-Results: mx.google.com; spf=pass smtp.mailfrom=bob@desk-people.example\n"),
    ] {
        assert_eq!(inbox.mail(&forward(id, minute, results)).await.disposition, "forward", "{id}");
    }
}

#[tokio::test]
async fn forwarded_inline_and_then_attached_it_is_one_ticket() {
    let inbox = desk().await;
    let first = inbox.mail(&inline("f@d", AGENT, 4, "It does not\nlight.")).await;
    let second = inbox.mail(&attached("g@d", AGENT, &[original("1@c", 4, "It does not light.")])).await;
    assert_eq!(said(&second), ("forward", "forwarded by bob@desk-people.example: 1 known already"));
    assert_eq!((second.ticket, tickets(&inbox).await), (first.ticket, 1));
}
