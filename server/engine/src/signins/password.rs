//! A password given by a person (R12): proved per direction, under the same rule as a sign-in.

use super::settle::{self, Settle};
use super::swap::{self, By, Outcome};
use super::{finish_check, prove};
use crate::Engine;
use crate::clock;
use crate::directions::password_purpose;
use crate::login::Proof;
use crate::secret::Secret;
use crate::store::directions::{self, Row};
use crate::store::{self, events, grants as grant_rows, mailboxes, sign_in_links, signins, switches};
use crate::switching;
use domain::address::is_domain;
use domain::console::Actor;
use domain::console::mailboxes::{CheckResult, Event, PasswordForm};
use domain::id::{GrantId, MailboxId};
use domain::probe::ProbeReport;
use domain::provider::Endpoint;
use domain::refusal::{Conflict, Fault};
use domain::signin::Intent;
use domain::switch::{Case, Plan};
use domain::{Address, Answer, Direction, Refusal};
use std::net::IpAddr;
use std::sync::Arc;

/// Proves a password per direction, and swaps those where it proved itself.
///
/// # Errors
/// [`Fault`] for input that makes no sense; a refused password is in the result.
pub async fn apply_password(
    engine: &Arc<Engine>,
    actor: &Actor,
    mailbox: MailboxId,
    form: PasswordForm,
) -> Answer<CheckResult> {
    apply(engine, actor, mailbox, form, None).await
}

/// The same for the switch that was prepared: it happens as a whole, or not at all.
///
/// # Errors
/// [`Refusal::NotFound`] when none was prepared.
pub async fn switch_by_password(
    engine: &Arc<Engine>,
    actor: &Actor,
    mailbox: MailboxId,
    form: PasswordForm,
) -> Answer<CheckResult> {
    let plan = switching::planned(engine, mailbox, Intent::Switch).await?.ok_or(Refusal::NotFound)?;
    apply(engine, actor, mailbox, form, Some(plan)).await
}

async fn apply(
    engine: &Arc<Engine>,
    actor: &Actor,
    mailbox: MailboxId,
    form: PasswordForm,
    plan: Option<Plan>,
) -> Answer<CheckResult> {
    let row = mailboxes::get(&engine.store, mailbox).await?.ok_or(Refusal::NotFound)?;
    let address = match &plan {
        Some(plan) => plan.address.clone(),
        None => Address::parse(&row.address).map_err(|_| Refusal::Unavailable)?,
    };
    let provider_key = plan.as_ref().map_or(&row.provider_key, |plan| &plan.provider_key).clone();
    let user = form.user.trim().to_owned();
    let password = Secret::new(form.password);
    if user.is_empty() {
        return Err(Fault::UserMissing.into());
    }
    if password.reveal().is_empty() {
        return Err(Fault::PasswordMissing.into());
    }
    if user.len() > 1_024
        || password.reveal().len() > 1_024
        || user.contains(char::is_control)
        || password.reveal().contains('\0')
    {
        return Err(Fault::TextTooLong.into());
    }
    let mut sides: Vec<(Row, Direction, Endpoint)> = Vec::new();
    for (direction, endpoint) in [(Direction::Incoming, form.incoming), (Direction::Outgoing, form.outgoing)] {
        let Some(side) = directions::get(engine.store.read(), mailbox, direction).await?.filter(|s| s.used) else {
            continue;
        };
        let there = || engine.providers.get(&provider_key)?.endpoint(direction, &address);
        // A switch leaves the present server; else it is the one to go on with.
        let customary = || match &plan {
            Some(plan) if plan.case.leaves_folders() => there(),
            _ => side.endpoint().or_else(there),
        };
        let endpoint = checked(engine, endpoint.or_else(customary).ok_or(Fault::HostMissing)?)?;
        sides.push((side, direction, endpoint));
    }
    if sides.is_empty() {
        return Err(Fault::NoDirection.into());
    }
    let folder = match &plan {
        Some(plan) if plan.case.leaves_folders() => None,
        _ => signins::first_folder(&engine.store, mailbox).await?,
    };
    let folder = folder.map_or_else(|| "INBOX".to_owned(), |(name, _)| name);
    let proof = Proof::Password(password.clone());
    let probes = sides.iter().map(|(_, direction, endpoint)| {
        let access = prove::access(engine, &provider_key, endpoint.clone(), &address, vec![user.clone()], &proof, None);
        let folder = &folder;
        async move { prove::probe(engine, *direction, &access, folder).await }
    });
    let reports = futures::future::join_all(probes).await;
    let whole = !switching::all_or_none(plan.as_ref()) || reports.iter().all(ProbeReport::ok);
    let drained = match &plan {
        Some(plan) if whole && plan.case.leaves_folders() => Some(switching::drain(engine, mailbox).await?),
        _ => None,
    };
    let outcomes = sides.iter().zip(reports).map(|((_, direction, endpoint), report)| Outcome {
        direction: *direction,
        report,
        endpoint: endpoint.clone(),
        user_name: user.clone(),
        covered: true,
        settle: Settle::Leave,
    });
    let given = Given { mailbox: &row, password: &password, plan: plan.as_ref().filter(|_| whole), whole };
    let check = write(engine, actor, &given, outcomes.collect()).await?;
    finish_check(engine, &check);
    if !check.swapped.is_empty() && !row.draft {
        switching::after(engine, mailbox, drained).await;
    }
    Ok(check)
}

/// A server's address that may be asked for.
pub(crate) fn checked(engine: &Engine, endpoint: Endpoint) -> Answer<Endpoint> {
    let host = endpoint.host.trim().trim_end_matches('.').to_ascii_lowercase();
    let literal: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    if host.is_empty() {
        return Err(Fault::HostMissing.into());
    }
    if literal.is_none() && !is_domain(&host) {
        return Err(Fault::HostMalformed.into());
    }
    if endpoint.port == 0 {
        return Err(Fault::PortOutOfRange.into());
    }
    if literal.is_some_and(|ip| !engine.config.network.reaches(&host, ip)) {
        return Err(Fault::HostNotAllowed.into());
    }
    Ok(Endpoint { host, ..endpoint })
}

/// What was given, and for what.
struct Given<'a> {
    mailbox: &'a mailboxes::Row,
    password: &'a Secret,
    plan: Option<&'a Plan>,
    /// Nothing that has to change together stands in the way.
    whole: bool,
}

async fn write(engine: &Engine, actor: &Actor, given: &Given<'_>, mut outcomes: Vec<Outcome>) -> Answer<CheckResult> {
    let (mailbox, draft, now) = (MailboxId(given.mailbox.id), given.mailbox.draft, clock::now());
    let tx = engine.store.begin().await?;
    mailboxes::in_line(&tx, mailbox).await?;
    // Two at once: the transactions stand in line, and the second finds the switch done.
    if let Some(plan) = given.plan
        && !switches::still_planned(&tx, mailbox, plan).await?
    {
        return Err(Conflict::AlreadyDone.into());
    }
    let any = given.whole && outcomes.iter().any(|o| o.report.ok());
    let mut swapped = Vec::new();
    for outcome in &mut outcomes {
        let Some(row) = directions::get(&tx, mailbox, outcome.direction).await? else { continue };
        let lost = match row.grant_id {
            Some(id) => grant_rows::get(&tx, GrantId(id)).await?.is_none_or(|g| g.lost_at.is_some()),
            None => false,
        };
        outcome.settle = settle::by_password(&row, &outcome.report, settle::is_dead(&row, lost), any);
        if !given.whole {
            outcome.settle = Settle::Leave;
        }
        let sealed = engine.vault.seal(&password_purpose(mailbox, outcome.direction), given.password);
        let by = By { person: Some(actor.person), account: Some(&outcome.user_name), keep_until: None };
        swap::write_by_plan(&tx, &row, outcome, swap::New::Password(sealed), &by, given.plan, now).await?;
        if outcome.settle == Settle::Swap {
            swapped.push(outcome.direction);
        }
    }
    if any {
        signins::connect(&tx, mailbox, given.plan.map(|p| &*p.provider_key), draft.then_some(now)).await?;
        sign_in_links::end_of(&tx, mailbox, now).await?;
        match given.plan.filter(|plan| plan.case != Case::Person) {
            Some(plan) => {
                let user = outcomes.first().map(|o| o.user_name.clone()).unwrap_or_default();
                let provider = engine.providers.view(&plan.provider_key).name;
                switching::carry_out(&tx, given.mailbox, plan, &user, &provider, Some(actor.person), now).await?;
            }
            None => {
                let event = if draft { Event::Connected { account: None } } else { Event::PasswordGiven };
                events::note(&tx, mailbox, now, &event, Some(actor.person)).await?;
            }
        }
    }
    if draft && !any {
        for outcome in &outcomes {
            directions::typed(&tx, mailbox, outcome.direction, outcome.endpoint.clone(), &outcome.user_name).await?;
        }
    }
    let reports = outcomes.into_iter().map(|o| o.report).collect();
    let check = CheckResult { mailbox, at: now, reports, swapped };
    signins::note_check(&tx, mailbox, now, serde_json::to_string(&check).unwrap_or_default()).await?;
    fail::fail_point!("password-swapping");
    store::commit(tx).await?;
    Ok(check)
}
