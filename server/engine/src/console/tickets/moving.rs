//! A message moves to the ticket where it belongs.

use crate::store::touched::{self, Touched};
use crate::store::{self, messages, moving, tickets};
use crate::{Engine, clock};
use domain::console::people::Actor;
use domain::id::{MessageId, TicketId};
use domain::refusal::Conflict;
use domain::ticket::{MessageKind, TicketStatus};
use domain::{Answer, Fault, Refusal, Time};

/// Moves it, and says so in both tickets. The one that is left without a conversation is closed.
pub async fn move_message(engine: &Engine, actor: &Actor, id: MessageId, to: TicketId) -> Answer<TicketId> {
    let now = clock::now();
    let tx = engine.store.begin().await?;
    let row = messages::get_in(&tx, id).await?.filter(moving::movable).ok_or(Refusal::NotFound)?;
    let from = TicketId(row.ticket_id);
    if from == to {
        return Err(Conflict::AlreadyDone.into());
    }
    let target = tickets::get(&tx, to).await?.ok_or(Fault::TicketMissing)?;
    if !moving::to(&tx, id, from, to).await? {
        return Err(Conflict::AlreadyDone.into());
    }
    if row.kind == MessageKind::Incoming.key() {
        if target.customer_at.is_none_or(|at| at < row.at) {
            touched::one(&tx, to, Touched::new(Time(row.at), id, None, true)).await?;
        } else {
            tickets::set_status(&tx, to, TicketStatus::Open).await?;
        }
    }
    for (ticket, words) in [
        (from, format!("Moved a message from {} to ticket #{to}.", row.author)),
        (to, format!("Moved a message from {} here from ticket #{from}.", row.author)),
    ] {
        messages::insert(&tx, messages::New::note_by(actor, ticket, words, now), now).await?;
        tickets::touch(&tx, ticket, now).await?;
    }
    if !moving::is_left(&tx, from).await? {
        tickets::set_status(&tx, from, TicketStatus::Closed).await?;
    }
    store::commit(tx).await?;
    tracing::info!(message = id.0, from = from.0, to = to.0, person = actor.person.0, "moved a message");
    engine.wake.search.notify_one();
    super::tell(engine, from);
    super::tell(engine, to);
    Ok(from)
}
