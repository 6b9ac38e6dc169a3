//! One reply that waits, with what the customer wrote since.

use super::{ask, post, see};
use http::{Method, StatusCode};

#[tokio::test]
async fn a_reply_that_waited_for_days_is_read_before_it_leaves() {
    let list = see(2, "/outbox").await;
    assert!(list.contains("Waits for a look") && list.contains("href=\"/outbox/6\""), "{list}");
    assert!(list.contains("64 replies before it. Leaves "), "{list}");
    let page = see(2, "/outbox/6").await;
    let (newer, reply) = (page.find("It works again, thank you."), page.find("The part left today."));
    assert!(newer.is_some() && newer < reply, "what the customer wrote since stands first");
    for words in ["/api/outbox/release", "/api/outbox/take_back", "/api/outbox/send_through", "hello@litware.example"] {
        assert!(page.contains(words), "{words}");
    }
    let held = see(2, "/outbox/2").await;
    assert!(held.contains("Nothing came from the customer.") && !held.contains("/api/outbox/release"));
    let gone = ask(Method::GET, 2, "/outbox/1", "").await;
    assert_eq!(gone.0, StatusCode::NOT_FOUND, "it has left");
    let refused = post("/api/outbox/send_through", "delivery=6&mailbox=9").await;
    assert!(refused.starts_with("/outbox/6?") && refused.contains("NobodySends"), "{refused}");
}
