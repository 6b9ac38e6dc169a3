//! Writing down what a probe decided: swap, keep or leave, with episodes, in the caller's transaction.

use super::settle::{Settle, of_credential};
use crate::evidence;
use crate::store::directions::{self, Credential, Failing, Row, Swap};
use crate::store::{StoreError, Transaction, episodes, grants};
use crate::switching;
use domain::console::mailboxes::Event;
use domain::credential::CredentialKind;
use domain::id::{GrantId, MailboxId, PersonId};
use domain::probe::ProbeReport;
use domain::provider::Endpoint;
use domain::remedy::Remedy;
use domain::switch::Plan;
use domain::{Direction, Time, backoff};

/// A probe and what follows from it.
pub struct Outcome {
    pub direction: Direction,
    pub report: ProbeReport,
    pub endpoint: Endpoint,
    pub user_name: String,
    /// What was granted covers this direction.
    pub covered: bool,
    pub settle: Settle,
}

/// What is put in.
#[derive(Clone)]
pub enum New {
    Grant(GrantId),
    /// Sealed.
    Password(Vec<u8>),
}

/// Whose act it is.
pub struct By<'a> {
    pub person: Option<PersonId>,
    pub account: Option<&'a str>,
    /// A sign-in that failed here is kept until then.
    pub keep_until: Option<Time>,
}

/// Writes one direction's outcome. A setup that it replaces is kept (R7).
pub async fn write(
    tx: &Transaction,
    row: &Row,
    outcome: &Outcome,
    new: New,
    by: &By<'_>,
    now: Time,
) -> Result<(), StoreError> {
    write_by_plan(tx, row, outcome, new, by, None, now).await
}

/// The same, where a switch was prepared.
pub async fn write_by_plan(
    tx: &Transaction,
    row: &Row,
    outcome: &Outcome,
    new: New,
    by: &By<'_>,
    plan: Option<&Plan>,
    now: Time,
) -> Result<(), StoreError> {
    if matches!(outcome.settle, Settle::Swap | Settle::SwapFailing) {
        let with = switching::Replacing {
            new: &new,
            endpoint: &outcome.endpoint,
            user_name: &outcome.user_name,
            plan,
            by: by.person,
            now,
        };
        switching::keep(tx, row, &with).await?;
    }
    let mailbox = MailboxId(row.mailbox_id);
    let kind = match new {
        New::Grant(_) => CredentialKind::Grant,
        New::Password(_) => CredentialKind::Password,
    };
    let put_in = |proved_at| Swap {
        credential: match new.clone() {
            New::Grant(grant) => Credential::Grant(grant),
            New::Password(sealed) => Credential::Password(sealed),
        },
        user_name: outcome.user_name.clone(),
        endpoint: outcome.endpoint.clone(),
        proved_at,
    };
    match outcome.settle {
        Settle::Swap => {
            directions::swap(tx, row, put_in(Some(now))).await?;
            episodes::end(tx, mailbox, outcome.direction, now, by.person.map(|p| p.0), by.account).await?;
            if let New::Grant(grant) = new {
                grants::awaken(tx, grant, now).await?;
            }
        }
        Settle::SwapFailing => {
            directions::swap(tx, row, put_in(None)).await?;
            fail(tx, row, outcome, kind, now).await?;
        }
        Settle::Keep | Settle::Leave => {}
    }
    // A permission that was left out is not mended by a setting.
    if let (Settle::SwapFailing | Settle::Keep, New::Grant(grant), Some(until)) = (outcome.settle, &new, by.keep_until)
        && outcome.covered
    {
        directions::keep(tx, row, *grant, &outcome.user_name, until).await?;
    }
    Ok(())
}

/// The probe's failure is what is known of the direction now.
async fn fail(
    tx: &Transaction,
    row: &Row,
    outcome: &Outcome,
    kind: CredentialKind,
    now: Time,
) -> Result<(), StoreError> {
    let Some(failure) = &outcome.report.failure else { return Ok(()) };
    let remedy = failure.diagnosis.remedy(kind);
    let definite = remedy != Remedy::Wait;
    let next_attempt_at = match (definite, of_credential(remedy)) {
        // Only a person helps; *Check again* and the slow probe use the kept sign-in.
        (true, true) => None,
        (true, false) => Some(now + backoff::POLICY.pause(1, rand::random())),
        (false, _) => Some(now + backoff::NETWORK.pause(1, 0.0)),
    };
    let since = Time(row.failing_since.unwrap_or(now.0));
    let key = evidence::key(failure.diagnosis);
    let failing = Failing {
        since,
        diagnosis: &key,
        definite,
        said: &failure.said,
        failures: row.failures + 1,
        refused_at: Some(now),
        next_attempt_at,
    };
    let mailbox = MailboxId(row.mailbox_id);
    directions::mark_failed(tx, mailbox, outcome.direction, failing).await?;
    episodes::go_on(tx, mailbox, outcome.direction, since, &key, definite, &failure.said).await
}

/// What the timeline tells of a sign-in that proved itself.
pub fn event(was_draft: bool, by_password: bool, account: &str, uid: Option<u32>) -> Event {
    let account = account.to_owned();
    match (was_draft, by_password) {
        (true, _) => Event::Connected { account: Some(account) },
        (false, true) => Event::MovedToSignIn { account, uid },
        (false, false) => Event::SignedIn { account },
    }
}
