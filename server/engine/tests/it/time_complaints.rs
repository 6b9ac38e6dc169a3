//! Complaints about fetching that stands still, and about days that begin elsewhere: one test for
//! each, named after the project and the number of the complaint there.

use crate::desk::{Chosen, Desk};
use crate::rig::{At, until};
use domain::id::MailboxId;
use domain::time::Span;
use domain::{Direction, Time};
use engine::clock;
use engine::store::directions;
use sea_orm::ConnectionTrait;
use serde_json::json;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(30);
const DAY: i64 = 86_400_000;

#[tokio::test]
async fn zammad_1861_a_session_that_hangs_is_given_up_and_its_mail_comes_in() {
    let mut desk = Desk::with(|config| config.limits.answer_within = Duration::from_secs(3)).await;
    let user = desk.rig.user("hangs", At::Litware).await;
    desk.rig.append(&user, "INBOX", 3, json!({})).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    let hang = json!({ "kind": "stall", "on": "UID FETCH" });
    desk.rig.fault(&user, hang.clone()).await;
    desk.start();
    // Nobody heals it, rings, or starts anything again.
    desk.stored(mailbox, 3, SOON).await;
    // And later, in a session that has worked.
    desk.rig.fault(&user, hang).await;
    desk.rig.append(&user, "INBOX", 1, json!({ "subject": "Later" })).await;
    desk.stored(mailbox, 4, SOON).await;
    let stats = desk.rig.stats(&user).await;
    let logins = stats["counts"]["imap"]["logins"].as_u64().unwrap_or(0);
    assert!(logins >= 3, "each that hung was followed by another: {stats}");
    desk.stop().await;
}

async fn incoming(desk: &Desk, mailbox: MailboxId) -> directions::Row {
    let row = directions::get(desk.engine.store.read(), mailbox, Direction::Incoming).await;
    row.expect("a question").expect("the direction")
}

#[tokio::test]
async fn freescout_4646_a_clock_that_was_ahead_holds_no_mailbox_for_hours() {
    let mut desk = Desk::open().await;
    let user = desk.rig.user("ahead", At::Litware).await;
    desk.rig.append(&user, "INBOX", 2, json!({})).await;
    let mailbox = desk.mailbox(&user, Chosen::default()).await;
    // Its session broke, and then the clock was set back by three hours.
    let ahead = (clock::now() + Span::hours(3)).0;
    let sql = format!(
        "UPDATE direction SET failing_since = {ahead}, failing_said = 'no answer in time', failures = 1, \
         next_attempt_at = {ahead} WHERE mailbox_id = {mailbox} AND direction = 'incoming'"
    );
    desk.engine.store.write().execute_unprepared(&sql).await.expect("by hand");
    let broken = incoming(&desk, mailbox).await;
    assert_eq!(directions::waits_until(&broken, clock::now()), None);
    // A refused password is not tried early for that.
    let refused = directions::Row { failing_definite: true, ..broken };
    assert_eq!(directions::waits_until(&refused, clock::now()), Some(Time(ahead)));
    desk.start();
    desk.stored(mailbox, 2, SOON).await;
    until("it works", SOON, || async { incoming(&desk, mailbox).await.failing_since.is_none().then_some(()) }).await;
    desk.stop().await;
}

/// As the rig takes INTERNALDATE.
fn moment(at: Time) -> String {
    let c = at.civil(0);
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", c.year, c.month, c.day, c.hour, c.minute, c.second)
}

#[tokio::test]
async fn node_imap_919_what_arrived_after_a_midnight_anywhere_comes_in_and_nothing_before() {
    let midnight = Time(clock::now().0 / DAY * DAY - 10 * DAY);
    for (zone, from) in [("+1400", midnight - Span::hours(14)), ("-1200", midnight + Span::hours(12))] {
        let chosen = Chosen { import_mode: "date", import_from: Some(from.0), ..Chosen::default() };
        let mut desk = Desk::open().await;
        let user = desk.rig.user("midnight", At::Litware).await;
        // Not in the order of their arrival.
        for seconds in [0, -1, 3_600, -26 * 3_600, 26 * 3_600, -3_600, 1, -13 * 3_600, 13 * 3_600] {
            let subject = if seconds < 0 { "Before" } else { "After" };
            let received = moment(from + Span::seconds(seconds));
            desk.rig.append(&user, "INBOX", 1, json!({ "subject": subject, "received": received })).await;
        }
        let mailbox = desk.mailbox(&user, chosen).await;
        desk.start();
        desk.stored(mailbox, 5, SOON).await;
        until("the pass has ended", SOON, || async { desk.folder(mailbox).await.fetched_at }).await;
        let there = desk.rig.list(&user, "INBOX").await;
        let after = there.iter().filter(|m| m["subject"] == "After").filter_map(|m| m["uid"].as_i64());
        let mut wanted: Vec<i64> = after.collect();
        wanted.sort_unstable();
        let receipts = desk.receipts(mailbox).await;
        let stored: Vec<i64> = receipts.iter().filter(|r| r.source_id.is_some()).map(|r| r.uid).collect();
        assert_eq!(stored, wanted, "midnight at {zone}: {there:?}");
        desk.stop().await;
    }
}
