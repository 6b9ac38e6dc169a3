//! What is being written: a ticket that begins with our mail, and what of a conversation is new.

use crate::inbox::{Inbox, SUPPORT};
use domain::console::people::Role;
use domain::console::tickets::{Draft, DraftForm, NO_TICKET, NewTicketForm};
use engine::files;
use engine::store::entity as e;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

fn letter(id: &str, subject: &str, more: &str) -> String {
    format!(
        "Message-ID: <{id}>\nFrom: Anna Berg <anna@customer.example>\nTo: {SUPPORT}\nSubject: {subject}\n{more}\nThe printer jams, {id}.\n"
    )
}

#[tokio::test]
async fn a_new_ticket_begins_with_a_mailbox_that_can_send() {
    let inbox = Inbox::open().await;
    let agent = inbox.actor("Bob", Role::Agent).await;
    let other = inbox.mailbox("other@desk.example").await;
    e::direction::Entity::update_many()
        .col_expr(e::direction::Column::FailingDefinite, Expr::value(true))
        .filter(e::direction::Column::Direction.eq("outgoing"))
        .filter(e::direction::Column::MailboxId.eq(inbox.support.0))
        .exec(inbox.engine.store.write())
        .await
        .expect("its outgoing is blocked");
    let draft = inbox.engine.console().tickets.new_draft(&agent).await.expect("a draft");
    assert_eq!(draft.mailbox, Some(other));
}

#[tokio::test]
async fn a_new_ticket_keeps_its_draft_and_sends_its_files() {
    let inbox = Inbox::open().await;
    let agent = inbox.actor("Bob", Role::Agent).await;
    let tickets = inbox.engine.console().tickets;
    let kept = DraftForm {
        subject: Some("A question".into()),
        mailbox: Some(inbox.support),
        ..DraftForm::of_reply(NO_TICKET, "Half a th".into(), "anna@customer.example".into(), String::new())
    };
    tickets.keep_draft(&agent, kept).await.expect("kept");
    // What the script sends while somebody types has no subject: the kept one stays.
    tickets
        .keep_draft(
            &agent,
            DraftForm::of_reply(NO_TICKET, "Half a thought".into(), "anna@customer.example".into(), String::new()),
        )
        .await
        .expect("kept");
    let chunks = futures::stream::iter([Ok::<_, ()>(bytes::Bytes::from_static(b"abc"))]);
    let shown =
        files::upload(&inbox.engine, &agent, NO_TICKET, "a.txt", "text/plain", chunks).await.expect("an upload");
    let chunks = futures::stream::iter([Ok::<_, ()>(bytes::Bytes::from_static(b"x"))]);
    let elsewhere =
        files::upload(&inbox.engine, &agent, NO_TICKET, "b.txt", "text/plain", chunks).await.expect("an upload");
    let draft = tickets.new_draft(&agent).await.expect("a draft");
    assert_eq!((draft.subject.as_str(), draft.text.as_str()), ("A question", "Half a thought"));
    assert_eq!((draft.mailbox, draft.uploads.len()), (Some(inbox.support), 2));
    let other = inbox.actor("Eve", Role::Agent).await;
    let empty = Draft { mailbox: Some(inbox.support), ..Draft::default() };
    assert_eq!(tickets.new_draft(&other).await.expect("a draft"), empty, "drafts are their writer's");
    let form = NewTicketForm {
        mailbox: inbox.support,
        to: "anna@customer.example".into(),
        cc: String::new(),
        subject: "A question".into(),
        text: "A whole thought.".into(),
        once: "n1".into(),
        files: vec![shown],
    };
    let ticket = tickets.create(&agent, form).await.expect("a ticket");
    let page = tickets.show(&agent, ticket).await.expect("a page");
    assert_eq!(page.messages[0].files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["a.txt"]);
    // What another tab had uploaded for another mail did not go along.
    let left = tickets.new_draft(&agent).await.expect("a draft");
    assert_eq!(left.uploads.iter().map(|u| u.id).collect::<Vec<_>>(), [elsewhere]);
    assert_eq!((left.subject.as_str(), left.text.as_str()), ("", ""), "the rest is gone");
}

#[tokio::test]
async fn a_conversation_opens_at_what_is_new() {
    let inbox = Inbox::open().await;
    let agent = inbox.actor("Bob", Role::Agent).await;
    let tickets = inbox.engine.console().tickets;
    let id = inbox.mail(&letter("1@c", "Printer", "")).await.ticket.expect("a ticket");
    assert_eq!(tickets.show(&agent, id).await.expect("a page").first_new, None, "all of it is new");
    assert_eq!(tickets.show(&agent, id).await.expect("a page").first_new, None, "nothing is new");
    let second = inbox.mail(&letter("2@c", "Re: Printer", "In-Reply-To: <1@c>\n")).await;
    inbox.mail(&letter("3@c", "Re: Printer", "In-Reply-To: <1@c>\n")).await;
    assert_eq!(tickets.show(&agent, id).await.expect("a page").first_new, second.message);
}
