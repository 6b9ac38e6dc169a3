//! Which folder of sent mail proves a reply, and what stands in it: a mailbox may have one that the
//! server marks and another where copies really land.

use crate::desk::{By, Chosen, Desk};
use crate::folders::{SOON, folder_named, settled};
use crate::office::Office;
use crate::rig::{At, unique};
use domain::id::TicketId;
use domain::outbox::DeliveryState;
use engine::store::{entity as e, folders};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

/// Outlook's name for it in German, which the rig's server does not mark.
const REAL: &str = "Gesendete Elemente";

#[tokio::test]
async fn an_uncertain_reply_is_proved_by_the_folder_where_copies_really_land() {
    let mut office = Office::open(At::Microsoft, By::Token).await;
    // The marked folder gets nothing while this test runs.
    office.rig().call("/front/sent-delay", json!({ "user": office.user.email, "ms": 600_000 })).await;
    office.rig().append(&office.user, REAL, 2, json!({ "subject": "Of before" })).await;
    office.rig().fault(&office.user, json!({ "protocol": "smtp", "kind": "drop-after-data", "on": "BODY" })).await;
    let ticket = office.write(&office.customer.email, "Once", "text").await;
    office.desk.start();
    office.state(ticket, DeliveryState::Uncertain).await;
    let arrived = office.arrives(1).await;
    let uid = arrived[0]["uid"].as_u64().expect("a UID");
    let raw = office.rig().raw(&office.customer, "INBOX", uid).await;
    office.rig().append(&office.user, REAL, 1, json!({ "raw": raw, "flags": "S" })).await;
    let line = office.state(ticket, DeliveryState::Sent).await;
    assert_eq!((line.attempts, line.recipients), (1, 1), "{line:?}");
    assert_eq!(office.arrived().await.len(), 1, "it is not sent a second time");
    assert!(office.rig().list(&office.user, "Sent Items").await.is_empty(), "nothing else proved it");
    office.desk.stop().await;
}

#[tokio::test]
async fn an_answer_from_elsewhere_counts_in_whichever_folder_of_sent_mail_it_lies() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("outside", At::Microsoft).await;
    let (first, mia) = (unique(), "mia@customer.example");
    let mail = |id: &str, from: &str, to: &str, more: &str| {
        format!("Message-ID: <{id}@x.example>\nFrom: {from}\nTo: {to}\nSubject: Broken\n{more}\nText of {id}.\n")
    };
    desk.rig.append(&user, "Sent Items", 1, json!({ "subject": "Of before" })).await;
    desk.rig.append(&user, REAL, 1, json!({ "subject": "Of before, too" })).await;
    desk.rig.append(&user, "INBOX", 1, json!({ "raw": mail(&first, mia, &user.email, "") })).await;
    let mailbox = desk.mailbox(&user, Chosen { by: By::Token, ..Chosen::default() }).await;
    desk.start();
    desk.stored(mailbox, 1, SOON).await;
    let answer = mail(&format!("re-{first}"), &user.email, mia, &format!("In-Reply-To: <{first}@x.example>\n"));
    desk.rig.append(&user, REAL, 1, json!({ "raw": answer })).await;
    desk.engine.wake.mailbox(mailbox);
    let real = folder_named(&desk, mailbox, REAL).await;
    let receipts = settled(&desk, real.id, "answered_outside", 1).await;
    assert!(receipts.iter().any(|r| r.ticket_id.is_some()), "{receipts:?}");
    desk.stop().await;
}

async fn delivery(office: &Office, ticket: TicketId) -> e::delivery::Model {
    let found = e::delivery::Entity::find().filter(e::delivery::Column::TicketId.eq(ticket.0));
    found.one(office.desk.engine.store.read()).await.expect("a question").expect("a delivery")
}

/// Exchange marks no folder, and names it in the language of the first sign-in.
#[tokio::test]
async fn a_folder_of_sent_mail_that_nothing_names_is_found_by_looking_and_known_from_then_on() {
    let mut office = Office::open(At::Microsoft, By::Token).await;
    office.rig().call("/front/sent-delay", json!({ "user": office.user.email, "ms": 600_000 })).await;
    // The look that finds it: nobody knows the folder at the first one.
    for looks in [1, 0] {
        let ticket = office.write(&office.customer.email, "Once", "text").await;
        let header_id = delivery(&office, ticket).await.header_id;
        let copy = format!("Message-ID: <{header_id}>\nFrom: {}\nSubject: Once\n\ntext\n", office.user.email);
        office.rig().append(&office.user, "L&AOQ-hetetyt", 1, json!({ "raw": copy, "flags": "S" })).await;
        office.rig().fault(&office.user, json!({ "protocol": "smtp", "kind": "drop-after-data", "on": "BODY" })).await;
        office.desk.start();
        office.state(ticket, DeliveryState::Sent).await;
        let row = delivery(&office, ticket).await;
        assert_eq!((row.checks, row.attempts), (looks, 1));
        office.desk.crash().await;
    }
    let known = folders::sent(&office.desk.engine.store, office.mailbox).await.expect("folders");
    assert!(known.contains(&"L&AOQ-hetetyt".to_owned()), "{known:?}");
}
