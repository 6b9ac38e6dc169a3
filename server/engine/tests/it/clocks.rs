//! What a clock that was ahead wrote down does not hold replies once it is right again.

use crate::desk::By;
use crate::office::{Office, SOON};
use crate::rig::{At, until};
use domain::outbox::DeliveryState;
use domain::time::Span;
use engine::clock;
use engine::store::entity as e;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;

impl Office {
    /// As when a reply's due time was written so far ahead.
    async fn due_in(&self, ticket: domain::id::TicketId, span: Span) {
        e::delivery::Entity::update_many()
            .col_expr(e::delivery::Column::DueAt, Expr::value((clock::now() + span).0))
            .filter(e::delivery::Column::TicketId.eq(ticket.0))
            .exec(self.desk.engine.store.write())
            .await
            .expect("its delivery");
    }
}

#[tokio::test]
async fn a_reply_due_further_off_than_the_longest_pause_leaves_now() {
    let mut office = Office::open(At::Microsoft, By::Token).await;
    let ahead = office.write(&office.customer.email, "Ahead", "text").await;
    let later = office.write(&office.customer.email, "Later", "text").await;
    office.due_in(ahead, Span::days(1)).await;
    // Within the pauses of a reply that was put off: this one waits.
    office.due_in(later, Span::hours(1)).await;
    // The direction failed while the clock was ahead.
    let now = clock::now();
    e::direction::Entity::update_many()
        .col_expr(e::direction::Column::FailingSince, Expr::value((now + Span::days(1)).0))
        .col_expr(e::direction::Column::NextAttemptAt, Expr::value((now + Span::days(2)).0))
        .filter(e::direction::Column::Direction.eq("outgoing"))
        .exec(office.desk.engine.store.write())
        .await
        .expect("the direction");
    office.desk.start();
    office.state(ahead, DeliveryState::Sent).await;
    // Proved again, it holds nobody up.
    let again = office.write(&office.customer.email, "Again", "text").await;
    office.state(again, DeliveryState::Sent).await;
    assert_eq!(office.arrives(2).await.len(), 2);
    let waiting = office.lines(later).await.remove(0);
    assert_eq!((waiting.state, waiting.attempts), (DeliveryState::Waiting, 0), "{waiting:?}");
    assert!(waiting.next_at.is_some_and(|at| at > clock::now()));
    office.desk.stop().await;
}

/// Exchange's thirty a minute count what was handed over lately, not what seems to lie ahead.
#[tokio::test]
async fn what_was_handed_over_ahead_of_the_clock_takes_nobody_s_place() {
    let mut office = Office::open(At::Microsoft, By::Token).await;
    let first = office.write(&office.customer.email, "First", "text").await;
    office.desk.start();
    let line = office.state(first, DeliveryState::Sent).await;
    let at = (clock::now() + Span::days(1)).0;
    for _ in 0..30 {
        let row = e::delivery_attempt::ActiveModel {
            delivery_id: Set(line.id.0),
            began_at: Set(at),
            epoch: Set(0),
            handing_over_at: Set(Some(at)),
            ended_at: Set(Some(at)),
            outcome: Set(Some("sent".into())),
            ..Default::default()
        };
        e::delivery_attempt::Entity::insert(row).exec(office.desk.engine.store.write()).await.expect("an attempt");
    }
    let second = office.write(&office.customer.email, "Second", "text").await;
    office.state(second, DeliveryState::Sent).await;
    office.desk.stop().await;
}

/// An uncertain reply is looked for now, and an own copy is filed now.
#[tokio::test]
async fn what_follows_a_reply_is_done_now() {
    let mut office = Office::open(At::Microsoft, By::Token).await;
    office.rig().fault(&office.user, json!({ "protocol": "smtp", "kind": "drop-after-data", "on": "BODY" })).await;
    office.rig().call("/front/sent-delay", json!({ "user": office.user.email, "ms": 0 })).await;
    let ticket = office.write(&office.customer.email, "Uncertain", "text").await;
    office.desk.start();
    office.state(ticket, DeliveryState::Uncertain).await;
    office.due_in(ticket, Span::days(1)).await;
    office.desk.engine.wake.outbox.notify_one();
    office.state(ticket, DeliveryState::Sent).await;
    office.desk.stop().await;

    let mut office = Office::open(At::Litware, By::Password).await;
    let ticket = office.write(&office.customer.email, "Copied", "text").await;
    // Its copy is not filed at the first try, and waits.
    office.rig().fault(&office.user, json!({ "protocol": "imap", "kind": "cut", "on": "APPEND" })).await;
    office.desk.start();
    office.state(ticket, DeliveryState::Sent).await;
    let copy = || async {
        let found = e::delivery::Entity::find().one(office.desk.engine.store.read()).await;
        found.expect("a question").expect("a delivery").sent_copy_due_at
    };
    until("the copy was put off", SOON, || async { copy().await.filter(|at| *at > clock::now().0) }).await;
    e::delivery::Entity::update_many()
        .col_expr(e::delivery::Column::SentCopyDueAt, Expr::value((clock::now() + Span::days(1)).0))
        .exec(office.desk.engine.store.write())
        .await
        .expect("its copy");
    office.desk.engine.wake.outbox.notify_one();
    until("the copy is filed", SOON, || async { copy().await.is_none().then_some(()) }).await;
    assert_eq!(office.rig().list(&office.user, "Sent").await.len(), 1);
    office.desk.stop().await;
}
