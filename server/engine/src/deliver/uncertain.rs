//! Replies that were handed over without an answer: looked for in the folder of sent mail, where
//! the provider itself files what it took.

use crate::directions::{self, NoAccess};
use crate::imap::Where;
use crate::login::{Access, Fault};
use crate::store::deliveries::{self, Attempt, Lease};
use crate::store::{self, StoreError, directions as rows, folders};
use crate::{Engine, clock, errand};
use domain::folder::FolderRole;
use domain::id::{DeliveryId, MailboxId};
use domain::outbox::OLD;
use domain::time::Span;
use domain::{Direction, Time};

/// When to look, counted from the loss of the link. After the last look a person decides.
const LOOKS: [Span; 7] = [
    Span::seconds(2),
    Span::seconds(10),
    Span::seconds(30),
    Span::minutes(1),
    Span::minutes(3),
    Span::minutes(6),
    Span::minutes(10),
];

/// Between two tries of a look that can't be made.
const SOONEST_TRY: Span = Span::seconds(2);
const LATEST_TRY: Span = Span::minutes(10);

/// Whether the provider files a copy of what a mailbox sends.
pub async fn keeps_sent_copy(engine: &Engine, mailbox: MailboxId) -> Result<bool, StoreError> {
    let side = rows::get(engine.store.read(), mailbox, Direction::Outgoing).await?;
    let host = side.and_then(|side| side.host).unwrap_or_default();
    Ok(engine.providers.by_host(&host).is_some_and(|entry| entry.keeps_sent_copy))
}

/// When to look first; never where no copy is kept, or where an earlier attempt left one.
pub async fn first_check(engine: &Engine, attempt: &Attempt, now: Time) -> Result<Time, StoreError> {
    let telling = !attempt.partial && keeps_sent_copy(engine, attempt.lease.mailbox).await?;
    Ok(if telling { now + LOOKS[0] } else { Time(i64::MAX) })
}

/// Looks once.
pub async fn check(engine: &Engine, lease: &Lease, id: DeliveryId) -> Result<(), StoreError> {
    let mailbox = lease.mailbox;
    let now = clock::now();
    let Some(shown) = deliveries::shown(&engine.store, id).await? else { return Ok(()) };
    if shown.partly_taken() || !keeps_sent_copy(engine, mailbox).await? {
        return deliveries::check_again(&engine.store, lease, id, true, None).await;
    }
    let lost_at = Time(shown.row.state_at);
    let next = next_look(lost_at, shown.row.checks, now);
    // Once soon, and once more before a person has to decide: it may be long on a large mailbox.
    let anywhere = shown.row.checks == 1 || next.is_none();
    match look(engine, mailbox, &shown.row.header_id, anywhere).await {
        Ok(true) => {
            if deliveries::found(&engine.store, Some(lease), id, "found in the folder of sent mail", now).await? {
                tracing::info!(mailbox = mailbox.0, delivery = id.0, "an uncertain reply had left");
                engine.wake.outbox.notify_one();
            }
        }
        Ok(false) => deliveries::check_again(&engine.store, lease, id, true, next).await?,
        Err(NoAccess::Store(error)) => return Err(error),
        // What cut the reply often keeps us from looking, too: a look that was not made is made later.
        Err(error) => {
            tracing::info!(mailbox = mailbox.0, delivery = id.0, %error, "the folder of sent mail can't be looked into");
            deliveries::check_again(&engine.store, lease, id, false, next_try(lost_at, now)).await?;
        }
    }
    engine.changes.tell(format!("ticket:{}", shown.row.ticket_id));
    engine.changes.tell("outbox");
    Ok(())
}

/// The look after `done` of them.
fn next_look(lost_at: Time, done: i64, now: Time) -> Option<Time> {
    let next = usize::try_from(done + 1).ok()?;
    let at = lost_at + *LOOKS.get(next)?;
    Some(if at <= now { now + Span::seconds(1) } else { at })
}

/// When a look is tried again that could not be made: after a quarter of the time since the loss, for some days.
fn next_try(lost_at: Time, now: Time) -> Option<Time> {
    let since = now.since(lost_at);
    (since < OLD).then(|| now + Span(since.0 / 4).clamp(SOONEST_TRY, LATEST_TRY))
}

/// In the mailbox's own folder, then, for a shared mailbox, in that of the person who signed in:
/// Exchange files there what was sent as somebody else, unless *MessageCopyForSentAs* is set.
async fn look(engine: &Engine, mailbox: MailboxId, header_id: &str, anywhere: bool) -> Result<bool, NoAccess> {
    let incoming = directions::access(engine, mailbox, Direction::Incoming).await;
    let outgoing = directions::access_now(engine, mailbox, Direction::Outgoing).await;
    let incoming = incoming?;
    let mut accesses = vec![incoming.clone()];
    if let (Ok(outgoing), Some(own)) = (&outgoing, incoming.logins.first())
        && let Some(person) = outgoing.logins.first().filter(|login| !login.user.eq_ignore_ascii_case(&own.user))
    {
        accesses.push(Access { logins: vec![person.clone()], ..incoming.clone() });
    }
    let known = folders::sent(&engine.store, mailbox).await?;
    let mut trouble: Option<Fault> = None;
    for access in &accesses {
        match found(engine, mailbox, access, header_id, &Where { known: &known, anywhere }).await {
            Ok(Some(folder)) => {
                // Kept for the next time; it is watched only if it says itself what it is for.
                let tx = engine.store.begin().await?;
                folders::ensure_unwatched(&tx, mailbox, &folder, FolderRole::Sent).await?;
                store::commit(tx).await?;
                return Ok(true);
            }
            Ok(None) => {}
            Err(fault) => trouble = Some(fault),
        }
    }
    trouble.map_or(Ok(false), |fault| Err(NoAccess::Fault(fault)))
}

async fn found(
    engine: &Engine,
    mailbox: MailboxId,
    access: &Access,
    header_id: &str,
    where_to: &Where<'_>,
) -> Result<Option<String>, Fault> {
    let mut turn = errand::turn(engine, mailbox, access).await?;
    let found = turn.session.find_in_sent(header_id, where_to).await?;
    turn.rest();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_for_ten_minutes_and_then_asks_a_person() {
        let lost = Time(1_000_000_000);
        assert_eq!(next_look(lost, 0, lost + Span::seconds(2)), Some(lost + Span::seconds(10)));
        assert_eq!(next_look(lost, 5, lost + Span::minutes(6)), Some(lost + Span::minutes(10)));
        assert_eq!(next_look(lost, 6, lost + Span::minutes(10)), None);
        let pause = |after: Span| next_try(lost, lost + after).map(|at| at.since(lost + after));
        assert_eq!(pause(Span(0)), Some(SOONEST_TRY));
        assert_eq!(pause(Span::minutes(2)), Some(Span::seconds(30)));
        assert_eq!(pause(Span::days(2)), Some(LATEST_TRY));
        assert_eq!(pause(OLD), None);
        // After a long stop the looks that were missed are not made all at once.
        let late = lost + Span::hours(1);
        assert_eq!(next_look(lost, 0, late), Some(late + Span::seconds(1)));
    }
}
