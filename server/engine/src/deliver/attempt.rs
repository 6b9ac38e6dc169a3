//! One attempt on one reply, over an open session.

use super::outcome::{self, Next};
use super::{cut, letter, uncertain};
use crate::login::Fault;
use crate::smtp::{Lost, Mail, RecipientAnswer, Refused, Reply, Session};
use crate::store::StoreError;
use crate::store::deliveries::{self, Attempt, Outcome};
use crate::{Engine, clock};
use domain::diagnosis::Stage;
use domain::id::DeliveryId;
use domain::outbox::DeliveryState;
use domain::time::Span;
use domain::{Address, Time};

/// What follows for the worker.
pub enum After {
    /// The server took it.
    Sent,
    /// The reply is settled or put off; the session is good.
    Settled,
    /// The session is of no use any more.
    LinkLost,
    /// The whole direction is at fault.
    Direction(Fault),
    /// A test cut it off.
    Gone,
    /// Another node has the mailbox: nothing was handed over.
    Late,
}

/// The session did not open: the reply stays due.
pub async fn give_back(engine: &Engine, attempt: &Attempt, fault: &Fault) -> Result<(), StoreError> {
    settle(engine, attempt, &[], Outcome::Fault { said: fault.said.clone() }).await.map(|_| ())
}

/// Sends one reply.
pub async fn send(
    engine: &Engine,
    attempt: &Attempt,
    session: &mut Session,
    address: &Address,
) -> Result<After, StoreError> {
    let composed = match letter::compose(engine, DeliveryId(attempt.delivery.id)).await {
        Ok(composed) => composed,
        Err(letter::NoLetter::Store(error)) => return Err(error),
        Err(never) => return refuse(engine, attempt, &[], never.to_string()).await,
    };
    if attempt.recipients.is_empty() {
        return refuse(engine, attempt, &[], "no recipient is left".into()).await;
    }
    let mail = Mail { from: &composed.from, recipients: &attempt.recipients, message: &composed.bytes };
    let answers = match session.begin(&mail).await {
        Ok(answers) => answers,
        Err(refused) => return not_begun(engine, attempt, session, &[], refused, Stage::Sender).await,
    };
    if !answers.contains(&RecipientAnswer::Accepted) {
        return nobody(engine, attempt, session, &answers).await;
    }
    if cut("before-data", address.as_str()) {
        return Ok(After::Gone);
    }
    if let Err(refused) = session.data().await {
        return not_begun(engine, attempt, session, &answers, refused, Stage::Data).await;
    }
    match deliveries::hand_over(&engine.store, attempt, &answers, clock::now()).await {
        Ok(()) => {}
        // Another node has the mailbox: the session is dropped in DATA, which sends nothing.
        Err(StoreError::StaleEpoch) => return Ok(After::Late),
        Err(error) => return Err(error),
    }
    if cut("handing-over", address.as_str()) {
        return Ok(After::Gone);
    }
    let answer = session.hand_over(&composed.bytes).await;
    if cut("after-data", address.as_str()) {
        return Ok(After::Gone);
    }
    match answer {
        Ok(reply) if reply.is_positive() => sent(engine, attempt, session, reply, address).await,
        Ok(reply) => {
            let fault = session.fault(Stage::Data, &reply);
            refused_with(engine, attempt, &[], fault).await
        }
        Err(lost) => lost_in_hand_over(engine, attempt, session, &lost).await,
    }
}

async fn sent(
    engine: &Engine,
    attempt: &Attempt,
    session: &Session,
    reply: Reply,
    address: &Address,
) -> Result<After, StoreError> {
    let now = clock::now();
    let keeps = uncertain::keeps_sent_copy(engine, attempt.lease.mailbox).await?;
    let outcome = Outcome::Sent {
        server: session.server().to_owned(),
        said: reply.text(),
        copy: !keeps,
        later: again(engine, attempt, None, now).await?.unwrap_or(now),
    };
    let state = settle(engine, attempt, &[], outcome).await?;
    tracing::info!(mailbox = attempt.lease.mailbox.0, delivery = attempt.delivery.id, ?state, "a server took a reply");
    if cut("after-sent", address.as_str()) {
        return Ok(After::Gone);
    }
    Ok(After::Sent)
}

/// Handed over without an answer: only the Sent folder or a person knows.
async fn lost_in_hand_over(
    engine: &Engine,
    attempt: &Attempt,
    session: &Session,
    lost: &Lost,
) -> Result<After, StoreError> {
    let check_at = uncertain::first_check(engine, attempt, clock::now()).await?;
    let said = format!("{}: {lost}", session.server());
    settle(engine, attempt, &[], Outcome::Uncertain { said, check_at }).await?;
    Ok(After::LinkLost)
}

/// Refused before anything was handed over.
async fn not_begun(
    engine: &Engine,
    attempt: &Attempt,
    session: &mut Session,
    answers: &[RecipientAnswer],
    refused: Refused,
    stage: Stage,
) -> Result<After, StoreError> {
    let fault = match refused {
        Refused::Lost(lost) => {
            let fault = session.lost(&lost);
            settle(engine, attempt, answers, Outcome::Fault { said: fault.said.clone() }).await?;
            return Ok(After::Direction(fault));
        }
        Refused::TooLarge(_) => return refuse(engine, attempt, answers, refused.to_string()).await,
        Refused::Sender(reply) | Refused::Data(reply) => session.fault(stage, &reply),
    };
    let after = refused_with(engine, attempt, answers, fault).await?;
    Ok(if session.reset().await.is_ok() { after } else { link_lost(after) })
}

/// No recipient was taken.
async fn nobody(
    engine: &Engine,
    attempt: &Attempt,
    session: &mut Session,
    answers: &[RecipientAnswer],
) -> Result<After, StoreError> {
    let later = answers.iter().find_map(|answer| match answer {
        RecipientAnswer::Later(said) => Some(said.clone()),
        _ => None,
    });
    let after = match later {
        None => {
            let said = answers.iter().find_map(|answer| match answer {
                RecipientAnswer::Refused(said) => Some(said.clone()),
                _ => None,
            });
            refuse(engine, attempt, answers, said.unwrap_or_default()).await?
        }
        Some(said) => put_off(engine, attempt, answers, said, None).await?,
    };
    Ok(if session.reset().await.is_ok() { after } else { link_lost(after) })
}

fn link_lost(after: After) -> After {
    match after {
        After::Settled => After::LinkLost,
        other => other,
    }
}

async fn refused_with(
    engine: &Engine,
    attempt: &Attempt,
    answers: &[RecipientAnswer],
    fault: Fault,
) -> Result<After, StoreError> {
    match outcome::next(&fault.finding) {
        Next::Refuse => refuse(engine, attempt, answers, fault.said).await,
        Next::Later => {
            let asked = fault.finding.wait_ms.and_then(|ms| i64::try_from(ms).ok()).map(Span::millis);
            put_off(engine, attempt, answers, fault.said, asked).await
        }
        Next::Direction => {
            settle(engine, attempt, answers, Outcome::Fault { said: fault.said.clone() }).await?;
            Ok(After::Direction(fault))
        }
    }
}

async fn refuse(
    engine: &Engine,
    attempt: &Attempt,
    answers: &[RecipientAnswer],
    said: String,
) -> Result<After, StoreError> {
    settle(engine, attempt, answers, Outcome::Refused { said }).await?;
    Ok(After::Settled)
}

async fn put_off(
    engine: &Engine,
    attempt: &Attempt,
    answers: &[RecipientAnswer],
    said: String,
    asked: Option<Span>,
) -> Result<After, StoreError> {
    match again(engine, attempt, asked, clock::now()).await? {
        Some(due) => {
            settle(engine, attempt, answers, Outcome::Later { due, said }).await?;
            Ok(After::Settled)
        }
        None => refuse(engine, attempt, answers, format!("put off for 48 hours, last: {said}")).await,
    }
}

async fn again(engine: &Engine, attempt: &Attempt, asked: Option<Span>, now: Time) -> Result<Option<Time>, StoreError> {
    let (first, times) = deliveries::put_off(&engine.store, attempt.delivery.id).await?;
    Ok(outcome::again_at(first, times, asked, now, rand::random()))
}

async fn settle(
    engine: &Engine,
    attempt: &Attempt,
    answers: &[RecipientAnswer],
    outcome: Outcome,
) -> Result<DeliveryState, StoreError> {
    let state = deliveries::settle(&engine.store, attempt, answers, &outcome, clock::now()).await?;
    if matches!(state, DeliveryState::Refused | DeliveryState::Uncertain) {
        engine.changes.tell("tickets");
    }
    Ok(state)
}
