//! One sign-in repairs every mailbox of the same account (R27).

use super::finish::{Candidate, Frame};
use super::prove;
use super::settle::Settle;
use super::swap::{self, By, Outcome};
use crate::Engine;
use crate::clock;
use crate::secret::Secret;
use crate::store::accounts::Row as Account;
use crate::store::directions::{self, Row};
use crate::store::{StoreError, events, grants, mailboxes, registrations, signins};
use domain::console::mailboxes::Event;
use domain::console::signins::NotRepaired;
use domain::id::{AccountId, GrantId, MailboxId, PersonId, RegistrationId};
use domain::{Address, Direction};
use futures::StreamExt as _;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long the callback waits for the others; the rest is repaired without it.
const WAIT: Duration = Duration::from_secs(8);
/// Mailboxes probed at a time.
const ABREAST: usize = 6;

struct Repair {
    target: GrantId,
    token: Secret,
    account: Account,
    registration: RegistrationId,
    person: Option<PersonId>,
}

/// What became of the account's other mailboxes.
#[derive(Default)]
pub struct Others {
    pub repaired: Vec<String>,
    pub failed: Vec<NotRepaired>,
}

/// Proves the new sign-in for the account's other mailboxes that wait for one, each on its own and
/// in a transaction of its own; those that are settled within a short while.
pub async fn repair(engine: &Arc<Engine>, frame: &Frame, candidate: &Candidate, target: GrantId) -> Others {
    let waiting = match waiting(engine, AccountId(candidate.account.id), target, frame.mailbox).await {
        Ok(waiting) if waiting.is_empty() => return Others::default(),
        Ok(waiting) => waiting,
        Err(error) => {
            tracing::error!(%error, "the account's other mailboxes can't be read");
            return Others::default();
        }
    };
    let repaired = Arc::new(Mutex::new(Others::default()));
    let (engine, done) = (engine.clone(), repaired.clone());
    let repair = Repair {
        target,
        token: candidate.token.clone(),
        account: candidate.account.clone(),
        registration: candidate.registration,
        person: frame.person,
    };
    let task = tokio::spawn(async move {
        let (engine, repair, done) = (&engine, &repair, &done);
        futures::stream::iter(waiting)
            .for_each_concurrent(ABREAST, |(mailbox, rows)| async move {
                match one(engine, repair, mailbox, rows).await {
                    Ok(None) => {}
                    Ok(Some((address, failed))) => {
                        let mut done = done.lock().unwrap_or_else(PoisonError::into_inner);
                        match failed {
                            None => done.repaired.push(address),
                            Some(failed) => done.failed.push(failed),
                        }
                    }
                    Err(error) => {
                        tracing::error!(mailbox = mailbox.0, %error, "another mailbox of the account was not repaired")
                    }
                }
            })
            .await;
    });
    let _ = tokio::time::timeout(WAIT, task).await;
    let mut others = std::mem::take(&mut *repaired.lock().unwrap_or_else(PoisonError::into_inner));
    others.repaired.sort();
    others.failed.sort_by(|a, b| a.address.cmp(&b.address));
    others
}

/// The directions of other mailboxes that wait: on a lost grant of the account, or failing on the
/// one that lives again.
async fn waiting(
    engine: &Engine,
    account: AccountId,
    target: GrantId,
    but: MailboxId,
) -> Result<BTreeMap<MailboxId, Vec<Row>>, StoreError> {
    let db = engine.store.read();
    let all = grants::of_account(db, account).await?;
    let lost: Vec<i64> = all.iter().filter(|g| g.lost_at.is_some() && g.id != target.0).map(|g| g.id).collect();
    let ids: Vec<i64> = lost.iter().copied().chain([target.0]).collect();
    let mut waiting: BTreeMap<MailboxId, Vec<Row>> = BTreeMap::new();
    for row in grants::referrers(db, &ids).await? {
        let on_lost = row.grant_id.is_some_and(|id| lost.contains(&id));
        let failing = row.grant_id == Some(target.0) && row.failing_since.is_some();
        if row.used && row.mailbox_id != but.0 && (on_lost || failing) {
            waiting.entry(MailboxId(row.mailbox_id)).or_default().push(row);
        }
    }
    Ok(waiting)
}

/// Proves one mailbox: its address, and what still fails there.
async fn one(
    engine: &Engine,
    repair: &Repair,
    id: MailboxId,
    rows: Vec<Row>,
) -> Result<Option<(String, Option<NotRepaired>)>, StoreError> {
    let Some(mailbox) = mailboxes::get(&engine.store, id).await? else { return Ok(None) };
    let (Ok(address), Some(registration)) =
        (Address::parse(&mailbox.address), registrations::get(&engine.store, repair.registration).await?)
    else {
        return Ok(None);
    };
    let Some(entry) = engine.providers.get(&registration.provider_key) else { return Ok(None) };
    let folder = signins::first_folder(&engine.store, id).await?.map_or_else(|| "INBOX".to_owned(), |(name, _)| name);
    let probes = rows.into_iter().map(|row| async {
        let direction = Direction::from_key(&row.direction)?;
        let endpoint = prove::endpoint(engine, entry, &repair.account, &row, direction, &address)?;
        let mut users = prove::users(direction, &address, &repair.account.login);
        // What worked last goes first.
        if let Some(known) = row.user_name.clone().filter(|_| direction == Direction::Outgoing) {
            users.retain(|u| *u != known);
            users.insert(0, known);
        }
        let proof = prove::token(&repair.token);
        let access =
            prove::access(engine, &entry.key, endpoint.clone(), &address, users, &proof, Some(&repair.account));
        let report = prove::probe(engine, direction, &access, &folder).await;
        let user_name = report.user.clone().or(row.user_name.clone()).unwrap_or_else(|| mailbox.address.clone());
        Some((
            row,
            Outcome {
                direction,
                settle: if report.ok() { Settle::Swap } else { Settle::Leave },
                report,
                endpoint,
                user_name,
                covered: true,
            },
        ))
    });
    let proved: Vec<(Row, Outcome)> = futures::future::join_all(probes).await.into_iter().flatten().collect();
    let failed = proved.iter().find_map(|(_, outcome)| {
        let failure = outcome.report.failure.as_ref()?;
        let (direction, diagnosis) = (outcome.direction, failure.diagnosis);
        Some(NotRepaired { mailbox: id, address: mailbox.address.clone(), direction, diagnosis })
    });
    if !proved.iter().any(|(_, outcome)| outcome.report.ok()) {
        return Ok(Some((mailbox.address, failed)));
    }
    let now = clock::now();
    let tx = engine.store.begin().await?;
    let by = By { person: repair.person, account: Some(&repair.account.login), keep_until: None };
    for (read, outcome) in &proved {
        // Whoever swapped it meanwhile knew better.
        let Some(row) = directions::get(&tx, id, outcome.direction).await?.filter(|row| row.grant_id == read.grant_id)
        else {
            continue;
        };
        swap::write(&tx, &row, outcome, swap::New::Grant(repair.target), &by, now).await?;
    }
    events::note(&tx, id, now, &Event::SignedIn { account: repair.account.login.clone() }, repair.person).await?;
    tx.commit().await?;
    engine.wake.mailbox(id);
    engine.wake.outbox.notify_one();
    engine.changes.tell(format!("mailbox:{id}"));
    engine.changes.tell("mailboxes");
    tracing::info!(mailbox = id.0, "repaired by the sign-in of another mailbox");
    Ok(Some((mailbox.address, failed)))
}
