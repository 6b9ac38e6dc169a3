//! What pages share: as long as nothing is told to have changed, and gathered anew beside them.

use crate::inbox::Inbox;
use std::sync::Arc;
use std::time::{Duration, Instant};

#[tokio::test]
async fn pages_share_what_is_known_of_mailboxes_until_something_changes() {
    let inbox = Inbox::open().await;
    let engine = &inbox.engine;
    let shown = async || engine::evidence::shown(engine).await.expect("facts");
    assert!(!Arc::ptr_eq(&shown().await, &shown().await), "nothing is kept before anybody said for how long");
    engine.shown.keep(engine, Duration::from_secs(3_600));
    let first = shown().await;
    engine.changes.tell("tickets");
    assert!(Arc::ptr_eq(&first, &shown().await));
    engine.changes.tell("mailboxes");
    let second = shown().await;
    assert!(!Arc::ptr_eq(&first, &second));
    engine.shown.forget();
    assert!(!Arc::ptr_eq(&second, &shown().await));
}

#[tokio::test]
async fn what_merely_grew_old_is_gathered_anew_beside_the_pages() {
    let inbox = Inbox::open().await;
    let engine = &inbox.engine;
    let shown = async || engine::evidence::shown(engine).await.expect("facts");
    let (lasts, began) = (Duration::from_secs(1), Instant::now());
    engine.shown.keep(engine, lasts);
    let first = shown().await;
    let mut asked = Duration::ZERO;
    loop {
        let at = began.elapsed();
        if !Arc::ptr_eq(&first, &shown().await) {
            break;
        }
        asked = at;
        tokio::task::yield_now().await;
    }
    assert!(asked >= lasts, "who asked after {asked:?} had to wait");
}
