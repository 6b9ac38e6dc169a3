//! The setup before a switch, proved and put back.

use super::last_look;
use crate::signins::probe_report;
use crate::store::directions::{self, Credential, Swap};
use crate::store::switches::{self, Before, Doing, FormerRow};
use crate::store::{episodes, events, grants, mailboxes, set, signins};
use crate::{Engine, clock, signins as sign_ins, store};
use domain::console::Actor;
use domain::console::mailboxes::{CheckResult, Event, ImportFrom};
use domain::id::{GrantId, MailboxId};
use domain::probe::ProbeReport;
use domain::refusal::Conflict;
use domain::switch::Plan;
use domain::{Address, Answer, Direction, Refusal, Time};
use std::sync::Arc;

/// Proves the setup before the newest switch and puts it back: every direction, or none.
///
/// # Errors
/// [`Conflict::AlreadyDone`] when there is nothing to put back any more.
pub async fn put_back(engine: &Arc<Engine>, actor: &Actor, id: MailboxId) -> Answer<CheckResult> {
    let mailbox = mailboxes::get(&engine.store, id).await?.ok_or(Refusal::NotFound)?;
    let newest = switches::done(engine.store.read(), id).await?.into_iter().next();
    let alive = |row: &switches::Row| row.is_done() && row.wipe_at.is_some_and(|at| Time(at) > clock::now());
    let switch = newest.filter(alive).ok_or(Conflict::AlreadyDone)?;
    let (Some(plan), Some(to)) = (switch.plan(), switch.before()) else { return Err(Refusal::Unavailable) };
    let sides = switches::directions_before(engine.store.read(), switch.id).await?;
    if sides.is_empty() {
        return Err(Conflict::AlreadyDone.into());
    }
    let reports = prove(engine, &sides, &to).await;
    // Half a way back would leave a mailbox with two owners.
    let whole = reports.iter().all(ProbeReport::ok);
    let drained = match whole && plan.case.leaves_folders() {
        true => Some(super::drain(engine, id).await?),
        false => None,
    };
    let mut swapped = Vec::new();
    if whole {
        let returning = Returning { mailbox: &mailbox, switch: &switch, plan: &plan, to: &to };
        swapped = write(engine, actor, &returning, &sides).await?;
    }
    let check = CheckResult { mailbox: id, at: clock::now(), reports, swapped };
    let text = serde_json::to_string(&check).unwrap_or_default();
    signins::note_check(engine.store.write(), id, check.at, text).await?;
    sign_ins::finish_check(engine, &check);
    if !check.swapped.is_empty() {
        super::after(engine, id, drained).await;
    }
    Ok(check)
}

async fn prove(engine: &Engine, sides: &[FormerRow], to: &Before) -> Vec<ProbeReport> {
    let probes = sides.iter().map(|side| async {
        let direction = Direction::from_key(&side.direction).unwrap_or(Direction::Incoming);
        let access = last_look::access(engine, side, &to.address, &to.provider_key).await;
        probe_report(engine, direction, access).await
    });
    futures::future::join_all(probes).await
}

struct Returning<'a> {
    mailbox: &'a mailboxes::Row,
    switch: &'a switches::Row,
    plan: &'a Plan,
    to: &'a Before,
}

async fn write(engine: &Engine, actor: &Actor, back: &Returning<'_>, sides: &[FormerRow]) -> Answer<Vec<Direction>> {
    let (id, now) = (MailboxId(back.mailbox.id), clock::now());
    let Ok(address) = Address::parse(&back.to.address) else { return Ok(Vec::new()) };
    let there = Plan {
        case: back.plan.case,
        provider_key: back.to.provider_key.clone(),
        address: address.clone(),
        import: ImportFrom::Now,
    };
    let tx = engine.store.begin().await?;
    mailboxes::in_line(&tx, id).await?;
    // Two at once: the transactions stand in line, and the second finds what the first put back.
    if !switches::returned(&tx, back.switch).await? {
        return Err(Conflict::AlreadyDone.into());
    }
    let mut swapped = Vec::new();
    let mut this = None;
    for side in sides {
        let Some(direction) = Direction::from_key(&side.direction) else { continue };
        let (Some(row), Some(endpoint)) = (directions::get(&tx, id, direction).await?, last_look::endpoint(side))
        else {
            continue;
        };
        let credential = match (side.grant_id, &side.password_sealed) {
            (Some(grant), _) => Credential::Grant(GrantId(grant)),
            (None, Some(sealed)) => Credential::Password(sealed.clone()),
            (None, None) => continue,
        };
        if this.is_none() {
            let account = match row.grant_id {
                Some(grant) => grants::login(&tx, GrantId(grant)).await?,
                None => None,
            };
            let stopped = Some(&row).filter(|r| r.failing_definite && direction == Direction::Incoming);
            let doing = Doing {
                mailbox: back.mailbox,
                plan: &there,
                before: &super::before(back.mailbox, account),
                by: Some(actor.person),
                stopped_since: stopped.and_then(|r| r.failing_since),
                now,
            };
            this = Some(switches::begin(&tx, &doing).await?);
        }
        let Some(this) = this else { continue };
        if row.credential.is_some() {
            let last = match direction {
                Direction::Incoming => mailboxes::fetched_at(&tx, id).await?,
                Direction::Outgoing => row.last_at,
            };
            switches::keep_direction(&tx, this, &row, last.or(row.proved_at)).await?;
        }
        let user_name = side.user_name.clone().unwrap_or_else(|| back.to.address.clone());
        let swap = Swap { credential, user_name, endpoint, proved_at: Some(now) };
        directions::swap(&tx, &row, swap).await?;
        if let Some(grant) = side.grant_id {
            grants::awaken(&tx, GrantId(grant), now).await?;
        }
        episodes::end(&tx, id, direction, now, Some(actor.person.0), back.to.account.as_deref()).await?;
        swapped.push(direction);
    }
    let Some(this) = this else { return Ok(Vec::new()) };
    if back.plan.case.leaves_folders() {
        switches::leave_folders(&tx, id, this).await?;
        switches::resume_folders(&tx, id, back.switch.id).await?;
        let import = mailboxes::ActiveModel {
            id: set(id.0),
            import_mode: set(back.to.import_mode.clone()),
            import_from: set(back.to.import_from),
            ..Default::default()
        };
        mailboxes::update(&tx, import).await?;
    }
    if back.mailbox.address != back.to.address {
        switches::rename(&tx, back.mailbox, &address).await?;
    }
    signins::connect(&tx, id, Some(&back.to.provider_key), None).await?;
    events::note(&tx, id, now, &Event::PutBack, Some(actor.person)).await?;
    store::commit(tx).await?;
    Ok(swapped)
}
