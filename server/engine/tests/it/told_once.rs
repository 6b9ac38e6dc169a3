//! Notices: whom one reached is told once that it is over.

use crate::inbox::Inbox;
use domain::time::Span;
use engine::clock;
use engine::store::entity as e;
use engine::store::notices::{self as rows, New, Recovered, To};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

const SUBJECT: &str = "mailbox:1";

async fn written(inbox: &Inbox) -> i64 {
    let to = ["ada@desk.example", "bob@desk.example"].map(|recipient| To {
        channel: rows::EMAIL,
        recipient: recipient.into(),
        audience: "admin".into(),
        header_id: format!("lost-{recipient}"),
    });
    let new = New { subject: SUBJECT, step: "lost", content: "It stopped.".into(), closed: false };
    let id = rows::write(&inbox.engine.store, &new, &to, clock::now()).await.expect("an answer").expect("written");
    // Only Ada was reached.
    e::notice_delivery::Entity::update_many()
        .col_expr(e::notice_delivery::Column::State, Expr::value(rows::SENT))
        .filter(e::notice_delivery::Column::Recipient.eq("ada@desk.example"))
        .exec(inbox.engine.store.write())
        .await
        .expect("it left");
    id
}

async fn over(inbox: &Inbox, notice: i64) -> Result<bool, engine::store::StoreError> {
    let recovered = Recovered { notice, content: "It works.".into(), header_id: &|| "works".to_owned() };
    rows::over(&inbox.engine.store, SUBJECT, Some(recovered), clock::now() + Span::seconds(1)).await
}

/// Who is told what, and whether it still waits.
async fn told(inbox: &Inbox) -> Vec<(String, String, String)> {
    let newest = rows::newest(&inbox.engine.store, 20).await.expect("deliveries");
    newest.into_iter().rev().map(|(to, notice)| (notice.step, to.recipient, to.state)).collect()
}

fn expected() -> Vec<(String, String, String)> {
    [("lost", "ada", "sent"), ("lost", "bob", "dropped"), ("recovered", "ada", "waiting")]
        .map(|(step, who, state)| (step.into(), format!("{who}@desk.example"), state.into()))
        .to_vec()
}

#[tokio::test]
async fn that_it_works_again_is_told_once_however_often_it_is_found() {
    let inbox = Inbox::open().await;
    let lost = written(&inbox).await;
    assert!(over(&inbox, lost).await.expect("an answer"));
    // Another node found the same, and comes late.
    assert!(!over(&inbox, lost).await.expect("an answer"));
    assert_eq!(told(&inbox).await, expected());
    assert!(rows::open(&inbox.engine.store).await.expect("notices").is_empty());
}

#[tokio::test]
async fn that_it_works_again_is_told_once_although_the_notice_could_not_be_closed_at_first() {
    let inbox = Inbox::open().await;
    if !inbox.engine.store.is_sqlite() {
        // The same statements in the same transaction; only the trigger is written otherwise.
        return;
    }
    let lost = written(&inbox).await;
    let sql = |text: &'static str| inbox.engine.store.write().execute_unprepared(text);
    sql("CREATE TRIGGER no BEFORE UPDATE OF closed_at ON notice BEGIN SELECT RAISE(ABORT, 'no'); END")
        .await
        .expect("no");
    for _ in 0..2 {
        assert!(over(&inbox, lost).await.is_err());
    }
    sql("DROP TRIGGER no").await.expect("yes");
    assert!(over(&inbox, lost).await.expect("an answer"));
    assert_eq!(told(&inbox).await, expected());
}
