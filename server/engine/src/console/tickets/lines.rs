//! What stands under a reply: where it is on its way out.

use crate::Engine;
use crate::evidence;
use crate::store::bounces;
use domain::console::outbox::DeliveryLine;
use domain::direction::State;
use domain::id::{MailboxId, MessageId, TicketId};
use domain::{Answer, Diagnosis, Direction, Time};
use std::collections::HashMap;

/// The lines of a ticket's replies, by message.
pub async fn of_ticket(engine: &Engine, ticket: TicketId) -> Answer<HashMap<MessageId, DeliveryLine>> {
    let lines = bounces::lines(&engine.store, ticket).await?;
    if lines.is_empty() {
        return Ok(HashMap::new());
    }
    let lost: HashMap<MailboxId, (Time, Diagnosis)> = evidence::facts(engine)
        .await?
        .iter()
        .filter_map(|facts| match facts.state_of(Direction::Outgoing) {
            State::Stopped { since, diagnosis } | State::Blocked { since, diagnosis, .. } => {
                Some((facts.id, (since, diagnosis)))
            }
            _ => None,
        })
        .collect();
    Ok(lines
        .into_iter()
        .map(|(message, mailbox, mut line)| {
            if line.state == domain::outbox::DeliveryState::Waiting {
                line.held = lost.get(&mailbox).copied();
            }
            (message, line)
        })
        .collect())
}
