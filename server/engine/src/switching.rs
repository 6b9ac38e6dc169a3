//! Giving a mailbox another sign-in, address or provider, and taking it back.
//!
//! Invariants: nothing changes before the new setup proved itself; where address or folders change,
//! all directions change together or none does; what a switch replaced lies sealed for 30 days.

mod former;
mod last_look;
mod put_back;

use crate::Engine;
use crate::clock;
use crate::store::switches::{self, Before, Doing};
use crate::store::{StoreError, Transaction, events, folders, mailboxes, set};
use domain::console::mailboxes::{Event, ImportFrom};
use domain::id::{MailboxId, PersonId};
use domain::signin::Intent;
use domain::switch::{Case, Drained, Plan};
use domain::time::Span;
use domain::{Direction, Time};
use std::sync::Arc;
use std::time::Duration;

pub use former::{Replacing, keep};
pub use last_look::drain;
pub use put_back::put_back;

/// How long a confirmation waits for the first look with the new sign-in.
const WAIT: Duration = Duration::from_secs(6);
/// Mail exchangers follow within moments: the left side is looked at again after these seconds.
const AGAIN: [u64; 3] = [4, 12, 30];
/// How long that look may take before its time is no pause any more but an outage.
const FIRST_LOOK: Duration = Duration::from_secs(120);

/// The prepared switch that a sign-in with this intent carries out.
pub async fn planned(engine: &Engine, mailbox: MailboxId, intent: Intent) -> Result<Option<Plan>, StoreError> {
    if intent != Intent::Switch {
        return Ok(None);
    }
    Ok(switches::planned(engine.store.read(), mailbox).await?.map(|(_, plan)| plan))
}

/// Whether all directions must have proved themselves before one of them is switched.
pub fn all_or_none(plan: Option<&Plan>) -> bool {
    plan.is_some_and(|plan| plan.case != Case::Person)
}

/// Changes what a plan changes beside the directions, in the transaction that swapped them.
pub async fn carry_out(
    tx: &Transaction,
    mailbox: &mailboxes::Row,
    plan: &Plan,
    account: &str,
    provider: &str,
    by: Option<PersonId>,
    now: Time,
) -> Result<(), StoreError> {
    let id = MailboxId(mailbox.id);
    // A mailbox that was disconnected had nothing to keep: its switch begins here.
    let before = before(mailbox, None);
    let switch = switches::begin(tx, &Doing { mailbox, plan, before: &before, by, stopped_since: None, now }).await?;
    if plan.case.leaves_folders() {
        switches::leave_folders(tx, id, switch).await?;
        switches::new_folders(tx, id, switch, plan.case.recognises()).await?;
    }
    if plan.case == Case::Different {
        mailboxes::update(tx, imported(id, plan.import, now)).await?;
    }
    if plan.case.renames() {
        switches::rename(tx, mailbox, &plan.address).await?;
    }
    let event = Event::Switched {
        case: plan.case,
        account: account.to_owned(),
        address: plan.address.to_string(),
        former_address: mailbox.address.clone(),
        provider: provider.to_owned(),
    };
    events::note(tx, id, now, &event, by).await
}

/// The columns of an import that begins now.
fn imported(id: MailboxId, import: ImportFrom, now: Time) -> mailboxes::ActiveModel {
    let (mode, from) = match import {
        // "From now on" begins here. Servers stamp arrivals to the second.
        ImportFrom::Now => ("now", Some(now.0 - now.0.rem_euclid(1_000))),
        ImportFrom::Date(at) => ("date", Some(at.0)),
        ImportFrom::Beginning => ("beginning", None),
    };
    mailboxes::ActiveModel {
        id: set(id.0),
        import_mode: set(mode.to_owned()),
        import_from: set(from),
        ..Default::default()
    }
}

/// The mailbox as it is before a switch.
fn before(mailbox: &mailboxes::Row, account: Option<String>) -> Before {
    Before {
        address: mailbox.address.clone(),
        provider_key: mailbox.provider_key.clone(),
        import_mode: mailbox.import_mode.clone(),
        import_from: mailbox.import_from,
        account,
    }
}

/// After the commit: looks at the old side a last time, measures the pause, and waits for both
/// as long as somebody may wait for a page.
pub async fn after(engine: &Arc<Engine>, mailbox: MailboxId, drained: Option<Drained>) {
    let newest = match switches::done(engine.store.read(), mailbox).await {
        Ok(rows) => rows.into_iter().next(),
        Err(error) => {
            tracing::error!(mailbox = mailbox.0, %error, "a switch can't be read");
            return;
        }
    };
    let fresh = |row: &switches::Row| row.switched_at.is_some_and(|at| clock::now().since(Time(at)) < Span::minutes(1));
    let Some(switch) = newest.filter(fresh).filter(|row| row.incoming_pause.is_none()) else { return };
    let moved = drained.is_some();
    let (engine, then) = (engine.clone(), engine.clone());
    let task = tokio::spawn(async move {
        let measured = pause(&engine, mailbox, &switch);
        let looked = async {
            match drained {
                Some(before) => last_look::after_the_swap(&engine, mailbox, &switch, before).await,
                None => Ok(()),
            }
        };
        let (measured, looked) = tokio::join!(measured, looked);
        for result in [measured, looked] {
            if let Err(error) = result {
                tracing::error!(mailbox = mailbox.0, %error, "a switch's report is not complete");
            }
        }
        engine.changes.tell(format!("mailbox:{mailbox}"));
    });
    let _ = tokio::time::timeout(WAIT, task).await;
    if moved {
        tokio::spawn(async move {
            for seconds in AGAIN {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                let left = switches::left(&then.store, clock::now()).await.unwrap_or_default();
                let Some(row) = left.into_iter().find(|row| row.mailbox_id == mailbox.0) else { return };
                if let Err(error) = last_look::again(&then, &row).await {
                    tracing::error!(mailbox = mailbox.0, %error, "the left side was not looked at");
                }
            }
        });
    }
}

/// How long nobody looked: the old session lived until the swap, the first pass with the new
/// sign-in ends it.
async fn pause(engine: &Engine, mailbox: MailboxId, switch: &switches::Row) -> Result<(), StoreError> {
    let swapped = Time(switch.switched_at.unwrap_or(0));
    let incoming = switches::directions_before(engine.store.read(), switch.id).await?;
    let switched = incoming.iter().any(|row| row.direction == Direction::Incoming.key());
    if !switched || switch.stopped_since.is_some() {
        return Ok(());
    }
    let deadline = tokio::time::Instant::now() + FIRST_LOOK;
    while tokio::time::Instant::now() < deadline {
        let folder = folders::of(&engine.store, mailbox).await?.into_iter().next();
        if let Some(at) = folder.and_then(|f| f.fetched_at).filter(|at| *at > swapped.0) {
            return switches::note_pause(engine.store.write(), switch.id, Time(at).since(swapped)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// In the first hour after a switch the left side is looked at this often, ...
const SOON: Span = Span::minutes(1);
/// ... and later this often, as long as its sign-in is kept.
const LATER: Span = Span::minutes(15);

/// Looks at the sides that switches left, where it is time.
///
/// # Errors
/// The database's.
pub async fn look_back(engine: &Engine) -> Result<(), StoreError> {
    let now = clock::now();
    for row in switches::left(&engine.store, now).await? {
        let every = match row.switched_at {
            Some(at) if now.since(Time(at)) < Span::hours(1) => SOON,
            _ => LATER,
        };
        let due = row.looked_at.is_none_or(|at| now.since(Time(at)) >= every);
        let mailbox = mailboxes::get(&engine.store, MailboxId(row.mailbox_id)).await?;
        // Whoever watches the mailbox looks; a paused one rests on both sides.
        let here = engine.node.get().map(|node| node.id);
        let ours = mailbox.is_some_and(|m| m.paused_at.is_none() && m.node_id.is_some() && m.node_id == here);
        if due && ours {
            last_look::again(engine, &row).await?;
        }
    }
    Ok(())
}

/// Wipes the setups before switches whose time is over.
///
/// # Errors
/// The database's.
pub async fn wipe_due(engine: &Engine) -> Result<(), StoreError> {
    let now = clock::now();
    for mailbox in switches::wipe_due(&engine.store, now).await? {
        events::note(engine.store.write(), mailbox, now, &Event::FormerWiped, None).await?;
        engine.changes.tell(format!("mailbox:{mailbox}"));
        tracing::info!(mailbox = mailbox.0, "the setup before a switch is wiped");
    }
    Ok(())
}
