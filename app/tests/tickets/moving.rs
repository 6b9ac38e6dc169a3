//! Moving a message to another ticket, and back.

use super::see;

#[tokio::test]
async fn a_possible_reply_can_be_moved_and_moved_back() {
    let html = see(2, "/tickets/4118").await;
    let message = html.split_once("id=\"m3\"").unwrap().1.split_once("</article>").unwrap().0;
    assert!(message.contains("Possible reply to #4102"), "{message}");
    assert!(message.contains("href=\"/tickets/4102\"") && message.contains("Move to #4102"));
    assert!(message.contains("Move to another ticket"));
    let ours = html.split_once("id=\"m2\"").unwrap().1.split_once("</article>").unwrap().0;
    assert!(!ours.contains("Move to another ticket"), "our own words stay");
    let refused = see(2, "/tickets/4118?form=move3&refused=invalid.TicketMissing").await;
    let message = refused.split_once("id=\"m3\"").unwrap().1.split_once("</article>").unwrap().0;
    assert!(message.contains("There is no ticket with this number. Nothing was moved."));
    let moved = see(2, "/tickets/4118?moved=3&from=4102").await;
    assert!(moved.contains("Moved here from #4102") && moved.contains("Move back"));
    for nonsense in ["moved=3", "moved=99&from=1", "moved=x&from=y"] {
        assert!(!see(2, &format!("/tickets/4118?{nonsense}")).await.contains("Move back"), "{nonsense}");
    }
}
