//! Our own copy in the folder of sent mail, where the provider keeps none.

use super::letter;
use crate::directions::{self, NoAccess};
use crate::imap::Where;
use crate::store::StoreError;
use crate::store::deliveries::{self, Lease};
use crate::{Engine, clock, errand};
use domain::id::{DeliveryId, MailboxId};
use domain::time::Span;
use domain::{Direction, Time};

/// A copy that can't be filed for so long is left out.
const GIVE_UP_AFTER: Span = Span::days(2);
const PAUSE: Span = Span::minutes(5);

/// Files one copy, or puts it off.
pub async fn file(engine: &Engine, lease: &Lease, id: DeliveryId) -> Result<(), StoreError> {
    let mailbox = lease.mailbox;
    let now = clock::now();
    let Some(shown) = deliveries::shown(&engine.store, id).await? else { return Ok(()) };
    let done = match filed(engine, mailbox, id, &shown.row.header_id).await {
        Ok(done) => done,
        Err(NoAccess::Store(error)) => return Err(error),
        Err(NoAccess::NotNow) => false,
        Err(error) => {
            tracing::info!(mailbox = mailbox.0, delivery = id.0, %error, "a sent copy can't be filed yet");
            false
        }
    };
    let over = now.since(Time(shown.row.state_at)) >= GIVE_UP_AFTER;
    let next = (!done && !over).then_some(now + PAUSE);
    deliveries::copy_due(&engine.store, lease, id, next).await
}

/// Looked for first: an earlier try may have filed it before its answer was lost.
async fn filed(engine: &Engine, mailbox: MailboxId, id: DeliveryId, header_id: &str) -> Result<bool, NoAccess> {
    let side = crate::store::directions::get(engine.store.read(), mailbox, Direction::Incoming).await?;
    if !side.is_some_and(|side| side.used) {
        return Ok(true);
    }
    let access = directions::access(engine, mailbox, Direction::Incoming).await?;
    let mut turn = errand::turn(engine, mailbox, &access).await?;
    if turn.session.find_in_sent(header_id, &Where::default()).await?.is_some() {
        turn.rest();
        return Ok(true);
    }
    let composed = match letter::compose(engine, id).await {
        Ok(composed) => composed,
        Err(letter::NoLetter::Store(error)) => return Err(error.into()),
        Err(_) => {
            turn.rest();
            return Ok(true);
        }
    };
    turn.session.append_sent(&composed.bytes).await?;
    turn.rest();
    Ok(true)
}
