//! A silent copy: the question on every page, and for whom.

use super::fake::Scene;
use super::fake::seen::{admin, get_as, post, text};

const COPIED: Scene = Scene { first_start: false, empty: false, demo: false, unregistered: false, copied: true };

#[tokio::test]
async fn every_page_of_a_copy_asks_an_admin_and_tells_an_agent() {
    for path in ["/tickets", "/outbox", "/admin/channels/email", "/admin/server", "/help", "/me"] {
        let seen = get_as(COPIED, Some(1), path).await;
        let words = text(&seen.html);
        assert!(words.contains("This is a copy, and it is silent"), "{path}");
        assert!(words.contains("copied from /var/lib/mailkeep/mailkeep.db"), "{path}");
        assert!(words.contains("Switch the other installation off first") && words.contains("Take over"), "{path}");
        assert!(words.contains("Stay silent") && words.contains("What is written here waits"), "{path}");
        assert_eq!(seen.html.matches("<h1").count(), 1, "{path}");
    }
    for path in ["/tickets", "/outbox"] {
        let words = text(&get_as(COPIED, Some(2), path).await.html);
        assert!(words.contains("This copy of Mailkeep is silent"), "{path}");
        assert!(!words.contains("Take over"), "{path}");
    }
    assert!(!text(&admin("/tickets").await.html).contains("silent"));
}

#[tokio::test]
async fn only_an_admin_answers() {
    for action in ["/api/installation/take-over", "/api/installation/stay-silent"] {
        let seen = post(Some(1), action, "").await;
        assert!(seen.to.as_deref().is_some_and(|to| to.contains("done=")), "{action}: {:?}", seen.to);
        let seen = post(Some(2), action, "").await;
        assert!(!seen.to.as_deref().is_some_and(|to| to.contains("done=")), "{action}: {:?}", seen.to);
    }
}
