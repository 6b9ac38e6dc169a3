//! What the console shows of deliveries.

use crate::store::StoreError;
use crate::store::deliveries::{self, Shown};
use crate::{Engine, clock};
use domain::console::outbox::DeliveryLine;
use domain::id::{DeliveryId, MessageId};
use domain::mailbox::MailboxFacts;
use domain::outbox::{DeliveryState, needs_look};
use domain::{Direction, Time};
use std::collections::HashMap;

/// The lines under these messages.
///
/// # Errors
/// The database's.
pub async fn delivery_lines(
    engine: &Engine,
    messages: &[MessageId],
    facts: &[MailboxFacts],
) -> Result<HashMap<MessageId, DeliveryLine>, StoreError> {
    let ids: Vec<i64> = messages.iter().map(|m| m.0).collect();
    let found = deliveries::of_messages(&engine.store, &ids).await?;
    Ok(found.iter().map(|shown| (MessageId(shown.row.message_id), line(shown, facts))).collect())
}

/// One delivery's line. *Held*: it waits, and its outgoing direction needs a person.
pub fn line(shown: &Shown, facts: &[MailboxFacts]) -> DeliveryLine {
    let state = shown.state();
    let direction = facts.iter().find(|f| f.id.0 == shown.row.mailbox_id).map(|f| f.state_of(Direction::Outgoing));
    let held = direction
        .filter(|direction| state == DeliveryState::Waiting && direction.needs_person())
        .and_then(|direction| direction.trouble());
    let look = state == DeliveryState::Waiting
        && shown.row.server.is_none()
        && needs_look(Time(shown.row.created_at), shown.row.looked_at.map(Time), clock::now());
    let next_at = (state == DeliveryState::Waiting && held.is_none() && !look)
        .then_some(Time(shown.row.due_at.max(shown.row.created_at)));
    let said = match state {
        DeliveryState::Waiting | DeliveryState::Uncertain | DeliveryState::Refused => shown.row.said.clone(),
        _ => None,
    };
    DeliveryLine {
        id: DeliveryId(shown.row.id),
        state,
        held,
        look,
        at: Time(shown.row.state_at),
        next_at,
        attempts: u32::try_from(shown.row.attempts).unwrap_or(u32::MAX),
        server: shown.row.server.clone(),
        refused: shown.refused(),
        recipients: u32::try_from(shown.recipients.len()).unwrap_or(u32::MAX),
        said,
    }
}
