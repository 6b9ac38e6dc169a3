//! *Check again*: with a sign-in that is kept for a direction, else with what the direction has.

use crate::directions::{self, NoAccess};
use crate::login::Access;
use crate::store::{directions as directions_of, mailboxes};
use crate::{Engine, clock, deliver, evidence, imap, signins, smtp};
use domain::console::mailboxes::CheckResult;
use domain::diagnosis::Finding;
use domain::id::MailboxId;
use domain::probe::ProbeReport;
use domain::{Answer, Direction};
use std::sync::Arc;

/// Checks every direction in use and writes down what was found.
pub async fn check(engine: &Arc<Engine>, mailbox: MailboxId) -> Answer<CheckResult> {
    let mut result = signins::retry_kept(engine, mailbox).await?;
    for direction in Direction::BOTH {
        if result.reports.iter().any(|report| report.direction == direction) {
            continue;
        }
        let report = match directions::access_now(engine, mailbox, direction).await {
            Ok(access) => probe(engine, mailbox, direction, &access).await?,
            Err(NoAccess::Fault(fault)) => {
                evidence::failed(engine, mailbox, direction, evidence::Tried::Present, &fault).await?;
                signins::unreached(direction, fault.failure())
            }
            Err(NoAccess::Store(error)) => return Err(error.into()),
            Err(NoAccess::NotNow | NoAccess::NotBefore(_)) => continue,
        };
        result.reports.push(report);
    }
    result.at = clock::now();
    result.reports.sort_by_key(|report| report.direction);
    Ok(result)
}

async fn probe(engine: &Arc<Engine>, mailbox: MailboxId, direction: Direction, access: &Access) -> Answer<ProbeReport> {
    let folder = mailboxes::folder(&engine.store, mailbox).await?;
    let folder = folder.map_or_else(|| "INBOX".to_owned(), |f| f.name);
    let report = match direction {
        Direction::Incoming => imap::probe(engine, access, &folder).await,
        Direction::Outgoing => smtp::probe(engine, access).await,
    };
    match &report.failure {
        // A missing right to send as this address shows only when a message is sent.
        None if waits_for_a_mail(engine, mailbox, direction).await? => {}
        None => evidence::proved(engine, mailbox, direction).await?,
        Some(failure) => {
            let finding = Finding {
                diagnosis: failure.diagnosis,
                certainty: failure.certainty,
                known: true,
                code: None,
                sentence: None,
                wait_ms: None,
            };
            let fault = crate::login::Fault { finding, said: failure.said.clone() };
            evidence::failed(engine, mailbox, direction, evidence::Tried::Present, &fault).await?;
        }
    }
    Ok(report)
}

/// Whether the direction fails for a reason that a sign-in does not disprove.
async fn waits_for_a_mail(engine: &Engine, mailbox: MailboxId, direction: Direction) -> Answer<bool> {
    let side = directions_of::get(engine.store.read(), mailbox, direction).await?;
    let failing = side.and_then(|side| side.failing_diagnosis).as_deref().and_then(evidence::diagnosis);
    Ok(direction == Direction::Outgoing && failing.is_some_and(deliver::is_about_sender))
}
