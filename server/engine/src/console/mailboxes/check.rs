//! *Check again*: with a sign-in that is kept for a direction, else with what the direction has.

use crate::directions::{self, NoAccess};
use crate::login::Access;
use crate::store::mailboxes;
use crate::{Engine, clock, evidence, imap, signins, smtp};
use domain::console::mailboxes::CheckResult;
use domain::diagnosis::{Certainty, Finding};
use domain::id::MailboxId;
use domain::probe::{ProbeFailure, ProbeReport};
use domain::{Answer, Diagnosis, Direction};
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
                evidence::failed(engine, mailbox, direction, &fault).await?;
                unreached(direction, fault.finding.diagnosis, fault.said)
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
        None => evidence::proved(engine, mailbox, direction).await?,
        Some(failure) => {
            // One check is one sighting: whether it is definite is for the rule to say.
            let certainty = match failure.diagnosis.class() {
                domain::diagnosis::Class::Transient => Certainty::Passing,
                _ => Certainty::NeedsSecond,
            };
            let finding = Finding {
                diagnosis: failure.diagnosis,
                certainty,
                known: true,
                code: None,
                sentence: None,
                wait_ms: None,
            };
            let fault = crate::login::Fault { finding, said: failure.said.clone() };
            evidence::failed(engine, mailbox, direction, &fault).await?;
        }
    }
    Ok(report)
}

/// A check that ended before any server was reached.
fn unreached(direction: Direction, diagnosis: Diagnosis, said: String) -> ProbeReport {
    ProbeReport {
        direction,
        steps: Vec::new(),
        failure: Some(ProbeFailure { diagnosis, said }),
        backlog: None,
        transcript: Vec::new(),
        user: None,
    }
}
