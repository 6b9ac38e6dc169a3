//! Where waiting replies stand in the line of their mailbox.

use crate::store::{StoreError, deliveries, directions};
use crate::{Engine, clock, deliver};
use domain::Direction;
use domain::console::outbox::{OutboxRow, Queue};
use domain::id::MailboxId;
use domain::mailbox::MailboxFacts;
use domain::outbox::DeliveryState;
use std::collections::BTreeSet;

/// Gives each of these its place, where it waits for its turn and for nothing else.
pub async fn stand(engine: &Engine, rows: &mut [OutboxRow], facts: &[MailboxFacts]) -> Result<(), StoreError> {
    let now = clock::now();
    let trouble = |id: MailboxId| {
        facts.iter().find(|f| f.id == id).is_none_or(|f| f.state_of(Direction::Outgoing).needs_person())
    };
    let waiting = rows.iter().filter(|row| row.line.state == DeliveryState::Waiting);
    let mailboxes: BTreeSet<MailboxId> =
        waiting.filter_map(|row| row.mailbox.as_ref().map(|(id, _)| *id)).filter(|id| !trouble(*id)).collect();
    for mailbox in mailboxes {
        let order = deliveries::line_up(&engine.store, mailbox, now).await?;
        if order.is_empty() {
            continue;
        }
        let side = directions::get(engine.store.read(), mailbox, Direction::Outgoing).await?;
        let host = side.and_then(|side| side.host).unwrap_or_default();
        let per_minute = engine.providers.by_host(&host).and_then(|entry| entry.send_per_minute);
        let recent = deliveries::recent_hand_overs(&engine.store, mailbox, now).await?;
        for row in rows.iter_mut() {
            let Some(ahead) = order.iter().position(|id| *id == row.line.id.0) else { continue };
            let leaves_at = deliver::leaves_at(&recent, per_minute, ahead, now);
            row.queue = Some(Queue { ahead: u32::try_from(ahead).unwrap_or(u32::MAX), per_minute, leaves_at });
        }
    }
    Ok(())
}
