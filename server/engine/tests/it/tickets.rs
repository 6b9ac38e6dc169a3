//! The tickets port.

use crate::inbox::{Inbox, SUPPORT};
use domain::console::people::{Actor, Role};
use domain::console::tickets::{DraftForm, NewTicketForm, ReplyForm, TicketFilter};
use domain::id::TicketId;
use domain::outbox::DeliveryState;
use domain::refusal::Conflict;
use domain::ticket::{MessageKind, TicketStatus};
use domain::{Fault, Refusal};
use engine::files;
use engine::store::entity as e;
use engine::store::search::Among;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

fn letter(id: &str, subject: &str, more: &str) -> String {
    format!(
        "Message-ID: <{id}>\nFrom: Anna Berg <anna@customer.example>\nTo: {SUPPORT}\nSubject: {subject}\n{more}\nThe printer jams, {id}.\n"
    )
}

fn form(ticket: TicketId, text: &str) -> ReplyForm {
    ReplyForm {
        ticket,
        text: text.into(),
        to: "Anna Berg <anna@customer.example>".into(),
        cc: String::new(),
        note: false,
        close: false,
        seen: None,
        anyway: false,
        once: String::new(),
        files: Vec::new(),
    }
}

async fn list(inbox: &Inbox, actor: &Actor, words: &str) -> Vec<TicketId> {
    let filter = TicketFilter { words: words.into(), ..TicketFilter::default() };
    let list = inbox.engine.console().tickets.list(actor, filter).await.expect("a list");
    list.rows.iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn the_list_pages_counts_and_marks_unread() {
    let inbox = Inbox::open().await;
    let agent = inbox.actor("Bob", Role::Agent).await;
    let tickets = inbox.engine.console().tickets;
    for n in 0..120 {
        inbox.put(&letter(&format!("{n}@c"), &format!("Ticket {n}"), "")).await;
    }
    inbox.take_in().await;
    let mut filter = TicketFilter { status: Some(TicketStatus::Open), ..TicketFilter::default() };
    let mut seen = std::collections::HashSet::new();
    let mut pages = Vec::new();
    loop {
        let page = tickets.list(&agent, filter.clone()).await.expect("a page");
        assert_eq!((page.open, page.waiting, page.closed), (120, 0, 0));
        pages.push(page.rows.len());
        for row in &page.rows {
            assert!(seen.insert(row.id) && row.unread);
            assert_eq!(
                (row.requester.as_str(), row.requester_address.as_str()),
                ("Anna Berg", "anna@customer.example")
            );
            assert_eq!(row.mailbox.as_ref().map(|a| a.as_str()), Some(SUPPORT));
        }
        filter.after = page.cursor;
        if filter.after.is_none() {
            break;
        }
    }
    assert_eq!(pages, [50, 50, 20]);
    let one = *seen.iter().next().expect("a ticket");
    tickets.show(&agent, one).await.expect("a page");
    filter.after = None;
    let unread =
        |list: domain::console::tickets::TicketList| list.rows.into_iter().find(|r| r.id == one).map(|r| r.unread);
    let mut found = None;
    loop {
        let page = tickets.list(&agent, filter.clone()).await.expect("a page");
        filter.after.clone_from(&page.cursor);
        found = unread(page).or(found);
        if filter.after.is_none() {
            break;
        }
    }
    assert_eq!(found, Some(false));
    tickets.set_status(&agent, one, TicketStatus::Closed).await.expect("closed");
    tickets.assign(&agent, one, Some(agent.person)).await.expect("assigned");
    let closed =
        TicketFilter { status: Some(TicketStatus::Closed), assignee: Some(agent.person), ..TicketFilter::default() };
    let closed = tickets.list(&agent, closed).await.expect("a page");
    assert_eq!((closed.open, closed.closed, closed.rows.len()), (119, 1, 1));
    assert_eq!(closed.rows[0].assignee.as_deref(), Some("Bob"));
}

#[tokio::test]
async fn a_reply_is_written_with_its_delivery() {
    let inbox = Inbox::open().await;
    inbox.own_address("help@desk.example").await;
    let agent = inbox.actor("Bob", Role::Agent).await;
    let tickets = inbox.engine.console().tickets;
    let source = letter("1@c", "Printer", "Cc: Carl <carl@customer.example>, help@desk.example\nReply-To: Anna <anna@private.example>\nReferences: <0@c>\n")
        .replace(&format!("To: {SUPPORT}"), "To: Help <help@desk.example>, dora@customer.example");
    let id = inbox.mail(&source).await.ticket.expect("a ticket");
    let page = tickets.show(&agent, id).await.expect("a page");
    assert_eq!(page.reply_from.as_ref().map(|a| a.as_str()), Some("help@desk.example"));
    assert_eq!(page.reply_to, "Anna <anna@private.example>");
    assert_eq!(page.reply_all_cc, "dora@customer.example, Carl <carl@customer.example>");
    assert!(!page.no_outgoing && page.held_since.is_none());

    tickets
        .keep_draft(&agent, DraftForm::of_reply(id, "Half a th".into(), page.reply_to.clone(), String::new()))
        .await
        .expect("kept");
    let chunks = futures::stream::iter((0..3).map(|_| Ok::<_, ()>(bytes::Bytes::from(vec![7_u8; 200_000]))));
    let upload = files::upload(&inbox.engine, &agent, id, "../a.bin", "application/x-thing; q=1", chunks)
        .await
        .expect("an upload");
    let draft = tickets.show(&agent, id).await.expect("a page").draft;
    assert_eq!((draft.text.as_str(), draft.uploads.len(), draft.uploads[0].bytes), ("Half a th", 1, 600_000));
    assert_eq!((draft.uploads[0].id, draft.uploads[0].name.as_str()), (upload, "_a.bin"));

    let reply = ReplyForm {
        cc: page.reply_all_cc.clone(),
        seen: page.newest,
        once: "k1".into(),
        files: vec![upload],
        ..form(id, "Turn it off.")
    };
    let message = tickets.reply(&agent, reply.clone()).await.expect("a reply");
    assert_eq!(tickets.reply(&agent, reply.clone()).await, Ok(message), "the same click");
    let other = ReplyForm { text: "And on.".into(), ..reply };
    assert_ne!(tickets.reply(&agent, other).await, Ok(message), "another text");

    let page = tickets.show(&agent, id).await.expect("a page");
    assert_eq!(page.status, TicketStatus::Waiting);
    assert_eq!(page.draft, domain::console::tickets::Draft::default());
    let shown = page.messages.iter().find(|m| m.id == message).expect("the reply");
    assert_eq!((shown.kind, shown.author.as_str(), shown.files.len()), (MessageKind::Reply, "Bob", 1));
    let line = shown.delivery.as_ref().expect("a delivery");
    assert_eq!((line.state, line.recipients, line.attempts), (DeliveryState::Waiting, 3, 0));
    let row = inbox.message(message).await;
    assert_eq!(row.subject, format!("Re: Printer [#{id}]"));
    assert_eq!((row.in_reply_to.as_deref(), row.reference_list.as_deref()), (Some("1@c"), Some("0@c 1@c")));
    let header_id = row.header_id.expect("a Message-ID");
    assert!(header_id.ends_with("@desk.example"));
    assert_eq!(engine::intake::signed_ticket(&inbox.engine.vault, &header_id), Some(id));
    let delivery = e::delivery::Entity::find()
        .filter(e::delivery::Column::MessageId.eq(message.0))
        .one(inbox.engine.store.read())
        .await;
    assert_eq!(delivery.expect("a question").expect("a delivery").header_id, header_id);
    let file = files::open(&inbox.engine, shown.files[0].url.trim_start_matches("/files/")).await.expect("the file");
    assert_eq!((file.bytes.len(), file.mime.as_str(), file.inline), (600_000, "application/x-thing", false));
}

#[tokio::test]
async fn bad_replies_are_refused_and_change_nothing() {
    let inbox = Inbox::open().await;
    let agent = inbox.actor("Bob", Role::Agent).await;
    let tickets = inbox.engine.console().tickets;
    let id = inbox.mail(&letter("1@c", "Printer", "")).await.ticket.expect("a ticket");
    let seen = tickets.show(&agent, id).await.expect("a page").newest;
    inbox.mail(&letter("2@c", "Re: Printer", "In-Reply-To: <1@c>\n")).await;
    for (name, form, wanted) in [
        ("newer mail", ReplyForm { seen, ..form(id, "x") }, Refusal::Conflict(Conflict::NewerMessage)),
        ("page unknown", form(id, "x"), Refusal::Conflict(Conflict::NewerMessage)),
        ("empty", form(id, "  \n"), Refusal::Invalid(Fault::MessageEmpty)),
        ("nobody", ReplyForm { to: " , ".into(), ..form(id, "x") }, Refusal::Invalid(Fault::RecipientMissing)),
        ("bad To", ReplyForm { to: "anna".into(), ..form(id, "x") }, Refusal::Invalid(Fault::RecipientMalformed)),
        ("bad Cc", ReplyForm { cc: "a@b@c".into(), ..form(id, "x") }, Refusal::Invalid(Fault::RecipientMalformed)),
        (
            "injection",
            ReplyForm { to: "a@x.example\nBcc: b@x.example".into(), ..form(id, "x") },
            Refusal::Invalid(Fault::RecipientMalformed),
        ),
        ("too long", form(id, &"x".repeat(500_000)), Refusal::Invalid(Fault::TextTooLong)),
        ("no ticket", form(TicketId(9_999), "x"), Refusal::NotFound),
    ] {
        assert_eq!(tickets.reply(&agent, form).await, Err(wanted), "{name}");
    }
    assert_eq!(inbox.messages(id).await.len(), 2);
    assert_eq!(inbox.status(id).await, "open");
    tickets.reply(&agent, ReplyForm { seen, anyway: true, close: true, ..form(id, "x") }).await.expect("anyway");
    assert_eq!(inbox.status(id).await, "closed");

    let big = futures::stream::iter((0..20).map(|_| Ok::<_, ()>(bytes::Bytes::from(vec![0_u8; 100_000]))));
    let refused = files::upload(&inbox.engine, &agent, id, "big", "x/y", big).await;
    assert_eq!(refused, Err(Refusal::Invalid(Fault::AttachmentsTooLarge)));
    assert!(e::upload::Entity::find().all(inbox.engine.store.read()).await.expect("uploads").is_empty());

    e::person::Entity::update_many()
        .col_expr(e::person::Column::DisabledAt, sea_orm::sea_query::Expr::value(1))
        .filter(e::person::Column::Id.eq(agent.person.0))
        .exec(inbox.engine.store.write())
        .await
        .expect("disabled");
    assert_eq!(tickets.show(&agent, id).await.err(), Some(Refusal::SignedOut));
}

#[tokio::test]
async fn notes_and_new_tickets() {
    let inbox = Inbox::open().await;
    let admin = inbox.actor("Ada", Role::Admin).await;
    let tickets = inbox.engine.console().tickets;
    let id = inbox.mail(&letter("1@c", "Printer", "")).await.ticket.expect("a ticket");
    let note = ReplyForm { note: true, to: String::new(), ..form(id, "Call her.") };
    let note = tickets.reply(&admin, note).await.expect("a note");
    assert_eq!(inbox.message(note).await.kind, "note");
    assert_eq!(inbox.status(id).await, "open");
    assert!(e::delivery::Entity::find().all(inbox.engine.store.read()).await.expect("deliveries").is_empty());

    let form = NewTicketForm {
        mailbox: inbox.support,
        to: "Eve <eve@customer.example>".into(),
        cc: String::new(),
        subject: "Your  order".into(),
        text: "It is ready.".into(),
        once: "k".into(),
        files: Vec::new(),
    };
    let new = tickets.create(&admin, form.clone()).await.expect("a ticket");
    assert_eq!(tickets.create(&admin, form.clone()).await, Ok(new));
    let page = tickets.show(&admin, new).await.expect("a page");
    assert_eq!(
        (page.subject.as_str(), page.requester.as_str(), page.status),
        ("Your order", "Eve", TicketStatus::Waiting)
    );
    assert_eq!(page.reply_to, "Eve <eve@customer.example>");
    let sent = &inbox.messages(new).await[0];
    assert_eq!(sent.subject, format!("Your order [#{new}]"));
    // Her answer joins.
    let answer =
        letter("9@c", "Re: Your order", &format!("In-Reply-To: <{}>\n", sent.header_id.as_deref().expect("an id")));
    let answer = inbox.mail(&answer.replace("Anna Berg <anna@customer.example>", "eve@customer.example")).await;
    assert_eq!(answer.ticket, Some(new));
    assert_eq!(inbox.status(new).await, "open");
    let none = NewTicketForm { subject: " ".into(), once: String::new(), ..form };
    assert_eq!(tickets.create(&admin, none).await, Err(Refusal::Invalid(Fault::SubjectMissing)));
}

#[tokio::test]
async fn files_and_formatted_bodies_have_addresses_of_their_own() {
    let inbox = Inbox::open().await;
    let agent = inbox.actor("Bob", Role::Agent).await;
    let tickets = inbox.engine.console().tickets;
    let read =
        |name: &str| std::fs::read(format!("{}/tests/mail/{name}.eml", env!("CARGO_MANIFEST_DIR"))).expect("a message");
    let uid = inbox.put_bytes(inbox.support, &read("attachments")).await;
    inbox.take_in().await;
    let id = inbox.taken(uid).await.ticket.expect("a ticket");
    let page = tickets.show(&agent, id).await.expect("a page");
    let files: Vec<_> = page.messages[0].files.iter().map(|f| (f.name.as_str(), f.mime.as_str())).collect();
    assert_eq!(
        files,
        [
            ("länder.csv", "text/csv"),
            ("_.._etc_passwd", "application/pdf"),
            ("forwarded inside.eml", "message/rfc822"),
            ("part-5.ics", "text/calendar")
        ]
    );
    let mut bytes = Vec::new();
    for file in &page.messages[0].files {
        let body = files::open(&inbox.engine, file.url.trim_start_matches("/files/")).await.expect("a file");
        assert_eq!(body.bytes.len() as u64, file.bytes, "{}", file.name);
        assert!(!body.inline);
        bytes.push(body.bytes);
    }
    assert_eq!(bytes[0].trim_ascii_end(), b"K\xf6ln;1", "in the charset it came in");
    assert_eq!(bytes[1], b"%PDF-1.4\n");
    assert!(bytes[2].starts_with(b"Message-ID: <inner@customer.example>"));

    let uid = inbox.put_bytes(inbox.support, &read("alternative-inline-image")).await;
    inbox.take_in().await;
    let id = inbox.taken(uid).await.ticket.expect("a ticket");
    let page = tickets.show(&agent, id).await.expect("a page");
    let shown = &page.messages[0];
    assert!(shown.files.is_empty(), "the image stands in the body");
    let url = shown.html_url.as_deref().expect("a formatted body");
    let key = url.strip_prefix("/messages/").and_then(|u| u.strip_suffix("/body")).expect("its key");
    let body = files::body(&inbox.engine, key, false).await.expect("the body");
    let html = String::from_utf8(body.bytes).expect("UTF-8");
    let image = html.split("src=\"/files/").nth(1).and_then(|rest| rest.split('"').next()).expect("the image");
    let image = files::open(&inbox.engine, image).await.expect("the image");
    assert!(image.inline && image.mime == "image/png" && image.bytes.starts_with(b"\x89PNG"));
    assert!(body.csp.contains("default-src 'none'") && !body.csp.contains("https:"));
    for wrong in ["", "x", &key[1..], &format!("{key}A")] {
        assert_eq!(files::body(&inbox.engine, wrong, false).await.err(), Some(Refusal::NotFound));
    }
    assert_eq!(files::open(&inbox.engine, key).await.err(), Some(Refusal::NotFound), "a body's key opens no file");
}

#[tokio::test]
async fn search_finds_words_people_and_numbers() {
    let inbox = Inbox::open().await;
    let agent = inbox.actor("Bob", Role::Agent).await;
    let first = inbox.mail(&letter("1@c", "Drücker klemmt", "")).await.ticket.expect("a ticket");
    let second = inbox
        .mail(&letter("2@c", "Invoice", "").replace("The printer jams, 2@c.", "About the printer cable."))
        .await
        .ticket
        .expect("a ticket");
    let third = inbox
        .mail(
            &letter("3@c", "Printer", "")
                .replace("anna@customer.example", "zoe.long@other.example")
                .replace("The printer jams, 3@c.", "On fire"),
        )
        .await
        .ticket
        .expect("a ticket");
    assert_eq!(list(&inbox, &agent, "drucker").await, [first]);
    assert_eq!(list(&inbox, &agent, "Drücker klemmt").await, [first]);
    assert_eq!(list(&inbox, &agent, "cable").await, [second]);
    assert_eq!(list(&inbox, &agent, "zoe.long@other.example").await, [third]);
    assert_eq!(list(&inbox, &agent, "zoe.long@other.exa").await, [third], "an address may be unfinished");
    assert_eq!(list(&inbox, &agent, "printer").await.first(), Some(&third), "a subject counts more than a text");
    assert_eq!(list(&inbox, &agent, "printer").await.len(), 3);
    assert_eq!(list(&inbox, &agent, "printer cable nowhere").await, []);
    assert_eq!(list(&inbox, &agent, &format!("#{second}")).await.first(), Some(&second));
    assert_eq!(list(&inbox, &agent, "\" OR ' ; DROP").await, []);
    let filter = TicketFilter { words: "cable".into(), ..TicketFilter::default() };
    let found = inbox.engine.console().tickets.list(&agent, filter).await.expect("a list");
    assert_eq!(found.rows[0].excerpt.as_deref(), Some("About the printer cable."));
}

#[tokio::test]
async fn lists_search_and_conversations_go_by_index() {
    let inbox = Inbox::open().await;
    if !inbox.engine.store.is_sqlite() {
        return;
    }
    let store = &inbox.engine.store;
    let open = Some(TicketStatus::Open);
    for among in [
        Among::default(),
        Among { status: open, ..Among::default() },
        Among { status: open, mailbox: Some(1), ..Among::default() },
        Among { status: open, assignee: Some(1), ..Among::default() },
        Among { status: open, mailbox: Some(1), assignee: Some(1) },
    ] {
        for plan in [
            engine::store::tickets::page_plan(store, among).await.expect("a plan"),
            engine::store::search::plan(store, "printer", among).await.expect("a plan"),
            engine::store::messages::conversation_plan(store, TicketId(1)).await.expect("a plan"),
        ] {
            assert!(!plan.is_empty());
            for step in plan {
                // The hits that are ranked were found by the index.
                let by_index = step.contains("VIRTUAL TABLE INDEX") || step.starts_with("SCAN (subquery");
                assert!(!step.starts_with("SCAN") || by_index, "{among:?}: {step}");
            }
        }
        let list = engine::store::tickets::page_plan(store, among).await.expect("a plan").join("\n");
        assert!(!list.contains("TEMP B-TREE"), "{among:?} sorts: {list}");
    }
}

#[tokio::test]
async fn the_outbox_and_the_mailboxes_read_no_history() {
    let inbox = Inbox::open().await;
    if !inbox.engine.store.is_sqlite() {
        return;
    }
    let store = &inbox.engine.store;
    let mut plans = engine::store::deliveries::recent_plans(store).await.expect("plans");
    plans.extend(engine::store::traffic::plans(store, domain::Time(1)).await.expect("plans"));
    assert_eq!(plans.len(), 4);
    for step in plans.iter().flatten() {
        assert!(!["SCAN receipt", "SCAN delivery"].iter().any(|scan| step.starts_with(scan)), "{step}");
    }
}
