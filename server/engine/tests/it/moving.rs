//! A message that may belong to another ticket, and the way there.

use crate::inbox::{Inbox, SUPPORT};
use domain::console::people::Role;
use domain::console::tickets::{TicketFilter, Way};
use domain::id::{MessageId, TicketId};
use domain::refusal::Conflict;
use domain::{Fault, Refusal};
use engine::store::entity as e;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

fn letter(id: &str, from: &str, subject: &str, more: &str) -> String {
    format!("Message-ID: <{id}>\nFrom: {from}\nTo: {SUPPORT}\nSubject: {subject}\n{more}\nThe text of {id}.\n")
}

async fn way(inbox: &Inbox, message: MessageId) -> Option<Way> {
    let row = e::message_way::Entity::find_by_id(message.0).one(inbox.engine.store.read()).await.unwrap();
    row.map(|row| serde_json::from_str(&row.way).unwrap())
}

async fn texts(inbox: &Inbox, ticket: TicketId) -> Vec<(String, String)> {
    inbox.messages(ticket).await.into_iter().map(|m| (m.kind, m.text)).collect()
}

#[tokio::test]
async fn a_stranger_who_guesses_is_a_possible_reply() {
    let inbox = Inbox::open().await;
    let ticket = inbox.mail(&letter("1@c", "anna@customer.example", "Printer", "")).await.ticket.unwrap();
    let support = domain::Address::parse(SUPPORT).unwrap();
    let signed = engine::intake::fresh_header_id(&inbox.engine, ticket, &support);
    let plus = engine::intake::plus_address(&inbox.engine, ticket, &support);
    for (id, subject, more) in [
        ("2@e", format!("Re: Printer [#{ticket}]"), String::new()),
        ("3@e", "Re: Printer".into(), "In-Reply-To: <1@c>\n".into()),
        ("4@e", "x".into(), format!("References: <a@b> <{signed}>\n")),
        ("8@e", "x".into(), format!("Cc: {plus}\n")),
    ] {
        let taken = inbox.mail(&letter(id, "mallory@evil.example", &subject, &more)).await;
        assert_eq!(taken.disposition, "ticket", "{id}");
        assert_ne!(taken.ticket, Some(ticket), "{id}");
        assert_eq!(way(&inbox, taken.message.unwrap()).await, Some(Way::PossibleReply { ticket }), "{id}");
    }
    for (id, subject, more) in
        [("5@e", "Printer", ""), ("6@e", "x [#999999]", ""), ("7@e", "x", "In-Reply-To: <no@x>\n")]
    {
        let taken = inbox.mail(&letter(id, "kim@elsewhere.example", subject, more)).await;
        assert_eq!(way(&inbox, taken.message.unwrap()).await, None, "{id}");
    }
}

#[tokio::test]
async fn a_message_over_the_size_limit_is_a_possible_reply_all_the_same() {
    let inbox = Inbox::open().await;
    let ticket = inbox.mail(&letter("1@c", "anna@customer.example", "Printer", "")).await.ticket.unwrap();
    let uid = inbox.put(&letter("2@e", "mallory@evil.example", &format!("Re: Printer [#{ticket}]"), "")).await;
    let sql = format!("UPDATE receipt SET reason = 'too_large' WHERE uid = {uid}");
    inbox.engine.store.write().execute_unprepared(&sql).await.unwrap();
    inbox.take_in().await;
    let all = e::receipt::Entity::find().filter(e::receipt::Column::Uid.eq(uid)).all(inbox.engine.store.read()).await;
    let taken = all.unwrap().remove(0);
    assert_eq!(taken.disposition, "too_large");
    let message = MessageId(taken.message_id.unwrap());
    assert_eq!(way(&inbox, message).await, Some(Way::PossibleReply { ticket }));
    let row = e::message::Entity::find_by_id(message.0).one(inbox.engine.store.read()).await.unwrap().unwrap();
    assert!(row.shortened && row.ticket_id != ticket.0);
}

#[tokio::test]
async fn a_moved_message_takes_its_answers_along_and_can_go_back() {
    let inbox = Inbox::open().await;
    let agent = inbox.actor("Bob", Role::Agent).await;
    let port = inbox.engine.console().tickets;
    let ticket = inbox.mail(&letter("1@c", "anna@customer.example", "Printer", "")).await.ticket.unwrap();
    let stray = inbox.mail(&letter("2@p", "anna@private.example", &format!("Re: Printer [#{ticket}]"), "")).await;
    let (own, message) = (stray.ticket.unwrap(), stray.message.unwrap());
    // Bad input changes nothing.
    assert_eq!(
        port.move_message(&agent, message, TicketId(999_999)).await,
        Err(Refusal::Invalid(Fault::TicketMissing))
    );
    assert_eq!(port.move_message(&agent, message, own).await, Err(Refusal::Conflict(Conflict::AlreadyDone)));
    assert_eq!(port.move_message(&agent, MessageId(999_999), ticket).await, Err(Refusal::NotFound));
    assert_eq!(texts(&inbox, own).await.len(), 1);

    assert_eq!(port.move_message(&agent, message, ticket).await, Ok(own));
    assert_eq!(
        texts(&inbox, ticket).await,
        [
            ("incoming".to_owned(), "The text of 1@c.".to_owned()),
            ("incoming".to_owned(), "The text of 2@p.".to_owned()),
            ("note".to_owned(), format!("Moved a message from anna@private.example here from ticket #{own}.")),
        ]
    );
    assert_eq!(
        texts(&inbox, own).await,
        [("note".to_owned(), format!("Moved a message from anna@private.example to ticket #{ticket}."))]
    );
    assert_eq!((inbox.status(ticket).await.as_str(), inbox.status(own).await.as_str()), ("open", "closed"));
    let receipt = e::receipt::Entity::find()
        .filter(e::receipt::Column::MessageId.eq(message.0))
        .one(inbox.engine.store.read())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(receipt.ticket_id, Some(ticket.0), "the ledger says where it is");
    // Whoever was moved in takes part now, and answers to the message come along.
    let again = inbox.mail(&letter("3@p", "anna@private.example", "Re: Printer", "In-Reply-To: <2@p>\n")).await;
    assert_eq!((again.disposition.as_str(), again.ticket), ("reply", Some(ticket)));
    let same = inbox.mail(&letter("2@p", "anna@private.example", &format!("Re: Printer [#{ticket}]"), "")).await;
    assert_eq!((same.disposition.as_str(), same.ticket), ("duplicate", Some(ticket)));
    let filter = |words: &str| TicketFilter { words: words.into(), ..TicketFilter::default() };
    let found = port.list(&agent, filter("2@p")).await.unwrap().rows;
    assert!(found.iter().any(|row| row.id == ticket), "search finds it where it is");

    assert_eq!(port.move_message(&agent, message, own).await, Ok(ticket));
    assert_eq!(inbox.status(own).await, "open");
    assert!(texts(&inbox, own).await.iter().any(|(_, text)| text == "The text of 2@p."));
    assert_eq!(
        inbox.mail(&letter("4@p", "anna@private.example", "Re", "In-Reply-To: <2@p>\n")).await.ticket,
        Some(own)
    );
    // Our own words stay where they were written.
    let note = inbox.messages(own).await.into_iter().find(|m| m.kind == "note").unwrap();
    assert_eq!(port.move_message(&agent, MessageId(note.id), ticket).await, Err(Refusal::NotFound));
}

#[tokio::test]
async fn a_message_moves_to_a_ticket_that_has_another_of_the_same_id() {
    let inbox = Inbox::open().await;
    let agent = inbox.actor("Bob", Role::Agent).await;
    let port = inbox.engine.console().tickets;
    let one = inbox.mail(&letter("1@c", "anna@customer.example", "Printer", "")).await;
    let other = inbox.mail(&letter("1@c", "kim@elsewhere.example", "Lamp", "")).await;
    let (here, there) = (one.ticket.unwrap(), other.ticket.unwrap());
    assert_ne!(here, there);
    assert_eq!(port.move_message(&agent, other.message.unwrap(), here).await, Ok(there));
    let kinds: Vec<String> = texts(&inbox, here).await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["incoming", "incoming", "note"]);
    let answer = inbox.mail(&letter("2@c", "anna@customer.example", "Re: Printer", "In-Reply-To: <1@c>\n")).await;
    assert_eq!((answer.disposition.as_str(), answer.ticket), ("reply", Some(here)));
}

#[tokio::test]
async fn a_ticket_with_a_reply_of_ours_stays_open_when_its_mail_moves() {
    let inbox = Inbox::open().await;
    let agent = inbox.actor("Bob", Role::Agent).await;
    let port = inbox.engine.console().tickets;
    let target = inbox.mail(&letter("1@c", "anna@customer.example", "Printer", "")).await.ticket.unwrap();
    let stray = inbox.mail(&letter("2@c", "kim@elsewhere.example", "Lamp", "")).await;
    let ticket = stray.ticket.unwrap();
    inbox.reply(ticket, "kim@elsewhere.example").await;
    let before = inbox.status(ticket).await;
    assert_eq!(port.move_message(&agent, stray.message.unwrap(), target).await, Ok(ticket));
    assert_eq!(inbox.status(ticket).await, before);
}
