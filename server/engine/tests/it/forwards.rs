//! Forwards: what somebody who may sends on becomes what its own sender wrote, once.

use crate::inbox::{Inbox, SUPPORT, Taken};
use domain::console::people::Role;
use domain::console::tickets::Way;
use domain::id::TicketId;
use engine::store::entity as e;
use sea_orm::EntityTrait;

const AGENT: &str = "Bob <bob@desk-people.example>";

/// A desk with an agent, who may forward.
async fn desk() -> Inbox {
    let inbox = Inbox::open().await;
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
