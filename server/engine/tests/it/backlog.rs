//! Catching up: much at once, fetched while what came before it is written.

use crate::desk::{Chosen, Desk};
use crate::rig::{At, until};
use serde_json::json;
use std::collections::HashSet;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(30);

/// The server stands still amid the second batch, and the process dies.
#[tokio::test]
async fn what_came_is_written_while_the_next_is_waited_for() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("still", At::Litware).await;
    desk.rig.append(&user, "INBOX", 250, json!({})).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    // Sizes and the first bodies come, slowly enough to be no fault.
    let slow = json!({ "kind": "slow", "on": "UID FETCH", "bytesPerSecond": 1_000_000_000, "times": 2 });
    desk.rig.fault(&user, slow).await;
    desk.rig.fault(&user, json!({ "kind": "stall", "on": "UID FETCH", "ms": 600_000 })).await;
    desk.start();
    until("the first batch", SOON, || async { (desk.receipts(mailbox).await.len() == 200).then_some(()) }).await;
    assert_eq!(desk.folder(mailbox).await.cursor, 200, "up to what is written, and no further");
    desk.crash().await;
    desk.start();
    desk.stored(mailbox, 250, SOON).await;
    let receipts = desk.receipts(mailbox).await;
    assert!(receipts.iter().all(|receipt| receipt.source_id.is_some()));
    let sources: HashSet<_> = receipts.iter().filter_map(|receipt| receipt.source_id).collect();
    assert_eq!((receipts.len(), sources.len()), (250, 250), "each once");
    assert_eq!(desk.folder(mailbox).await.cursor, 250);
    desk.stop().await;
}
