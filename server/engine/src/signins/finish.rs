//! The end of a sign-in: prove with the new token, swap in one transaction, say what came of it.

use super::complete::Stopped;
use super::refuse::{drop_it, json, refuse, result_base};
use super::settle::{self, Settle};
use super::swap::{self, Outcome};
use super::{KEPT, others, prove, repaired};
use crate::Engine;
use crate::clock;
use crate::grants;
use crate::providers::ProviderEntry;
use crate::secret::Secret;
use crate::store::accounts::Row as Account;
use crate::store::directions::{self, Row};
use crate::store::grants::{self as grant_rows, Row as Grant};
use crate::store::mailboxes::{self, Row as Mailbox};
use crate::store::signins::{self, Settled};
use crate::store::{StoreError, Transaction, sign_in_links, switches};
use crate::switching;
use domain::console::signins::{DirectionResult, SignInResult};
use domain::id::{AccountId, GrantId, LinkId, MailboxId, PersonId, RegistrationId, SignInId};
use domain::provider::Endpoint;
use domain::signin::{CallbackRefusal, Intent, SignInState};
use domain::switch::{Case, Drained, Plan};
use domain::{Address, Answer, Diagnosis, Direction, Refusal, Time};
use std::sync::Arc;

/// The sign-in itself.
pub struct Frame {
    pub id: SignInId,
    pub mailbox: MailboxId,
    pub intent: Intent,
    pub person: Option<PersonId>,
    pub expected: Option<AccountId>,
    /// What came after it may have repaired the mailbox already.
    pub set_out_at: Time,
    /// The account is taken only if it proves able to open the mailbox.
    pub must_open: bool,
    /// The link it began by.
    pub link: Option<LinkId>,
    /// The login that the link was made for.
    pub named: Option<String>,
}

/// Who came back, with tokens in a grant of their own that nothing uses yet.
pub struct Candidate {
    pub grant: GrantId,
    pub account: Account,
    /// Mail scopes that were granted.
    pub scopes: Vec<String>,
    pub registration: RegistrationId,
    pub token: Secret,
    /// Another account than expected (R28).
    pub wrong: bool,
}

/// Proves and swaps; or refuses and leaves everything as it was.
pub async fn finish(engine: &Arc<Engine>, frame: &Frame, entry: &ProviderEntry, candidate: Candidate) -> Answer<()> {
    if candidate.wrong {
        let stopped = Stopped { refusal: CallbackRefusal::WrongAccount, said: String::new() };
        return refuse(engine, frame, &stopped, Some(&candidate)).await;
    }
    if frame.intent == Intent::Reauthorize && repaired::after(engine, frame.mailbox, frame.set_out_at).await?.is_some()
    {
        return drop_it(engine, frame, &candidate, CallbackRefusal::AlreadyRepaired, String::new()).await;
    }
    let mailbox = mailboxes::get(&engine.store, frame.mailbox).await?.ok_or(Refusal::NotFound)?;
    let plan = switching::planned(engine, frame.mailbox, frame.intent).await?;
    let address = match &plan {
        Some(plan) => plan.address.clone(),
        None => Address::parse(&mailbox.address).map_err(|_| Refusal::Unavailable)?,
    };
    // Elsewhere the folders may have other names; the inbox has not.
    let folder = match &plan {
        Some(plan) if plan.case.leaves_folders() => None,
        _ => signins::first_folder(&engine.store, frame.mailbox).await?,
    };
    let folder = folder.map_or_else(|| "INBOX".to_owned(), |(name, _)| name);
    let mut sides = Vec::new();
    for direction in Direction::BOTH {
        sides.extend(directions::get(engine.store.read(), frame.mailbox, direction).await?.filter(|row| row.used));
    }
    if !sides.iter().any(|row| covers(entry, row, &candidate.scopes)) {
        return drop_it(engine, frame, &candidate, CallbackRefusal::ConsentMissing, String::new()).await;
    }
    let probes = sides.iter().map(|row| probe(engine, entry, &candidate, row, &address, &folder));
    let outcomes: Vec<Outcome> = futures::future::join_all(probes).await.into_iter().flatten().collect();
    fail::fail_point!("sign-in-probed");
    if let Some(closed) = outcomes.first().filter(|first| frame.must_open && !first.report.ok()) {
        let said = closed.report.failure.as_ref().map(|failure| failure.said.clone()).unwrap_or_default();
        return drop_it(engine, frame, &candidate, CallbackRefusal::CannotOpen, said).await;
    }
    let whole = !switching::all_or_none(plan.as_ref()) || outcomes.iter().all(|o| o.report.ok());
    let drained = match &plan {
        Some(plan) if whole && plan.case.leaves_folders() => Some(switching::drain(engine, frame.mailbox).await?),
        _ => None,
    };
    let planned = Planned { plan: plan.as_ref(), whole };
    let swapped = match swap_in(engine, frame, entry, &candidate, &mailbox, &planned, outcomes).await? {
        Ok(swapped) => swapped,
        Err(late) => return drop_it(engine, frame, &candidate, late, String::new()).await,
    };
    tracing::info!(sign_in = frame.id.0, mailbox = frame.mailbox.0, "a sign-in completed");
    after(engine, frame, &candidate, swapped, drained).await
}

/// Whether the sign-in's scopes cover what a direction needs (Google lets people untick them).
fn covers(entry: &ProviderEntry, row: &Row, granted: &[String]) -> bool {
    let needed = match Direction::from_key(&row.direction) {
        Some(Direction::Incoming) => &entry.scopes.incoming,
        Some(Direction::Outgoing) => &entry.scopes.outgoing,
        None => return false,
    };
    holds(granted.iter().map(String::as_str), needed.iter().map(String::as_str))
}

/// Whether all needed scopes were granted.
fn holds<'a>(granted: impl Iterator<Item = &'a str> + Clone, needed: impl Iterator<Item = &'a str>) -> bool {
    let folded = |s: &str| s.trim_end_matches('/').to_ascii_lowercase();
    needed.into_iter().all(|n| granted.clone().any(|g| folded(g) == folded(n)))
}

async fn probe(
    engine: &Engine,
    entry: &ProviderEntry,
    candidate: &Candidate,
    row: &Row,
    address: &Address,
    folder: &str,
) -> Option<Outcome> {
    let direction = Direction::from_key(&row.direction)?;
    let endpoint = prove::endpoint(engine, entry, &candidate.account, row, direction, address);
    let users = prove::users(direction, address, &candidate.account.login);
    let user_name = users.first().cloned().unwrap_or_default();
    let covered = covers(entry, row, &candidate.scopes);
    let report = match &endpoint {
        _ if !covered => {
            prove::failed(direction, Diagnosis::ConsentMissing, "the permission was not given at the sign-in")
        }
        None => prove::failed(direction, Diagnosis::NameNotFound, "no server is known for this direction"),
        Some(endpoint) => {
            let proof = prove::token(&candidate.token);
            let access =
                prove::access(engine, &entry.key, endpoint.clone(), address, users, &proof, Some(&candidate.account));
            prove::probe(engine, direction, &access, folder).await
        }
    };
    let endpoint: Endpoint = endpoint.or_else(|| row.endpoint())?;
    let user_name = report.user.clone().unwrap_or(user_name);
    Some(Outcome { direction, report, endpoint, user_name, covered, settle: Settle::Leave })
}

/// What the transaction did.
struct Done {
    target: GrantId,
    outcomes: Vec<Outcome>,
    /// Directions of other mailboxes that may try again at once.
    released: Vec<MailboxId>,
    result: SignInResult,
}

/// The prepared switch that the sign-in carries out, and whether all its directions work.
struct Planned<'a> {
    plan: Option<&'a Plan>,
    whole: bool,
}

async fn swap_in(
    engine: &Engine,
    frame: &Frame,
    entry: &ProviderEntry,
    candidate: &Candidate,
    mailbox: &Mailbox,
    planned: &Planned<'_>,
    mut outcomes: Vec<Outcome>,
) -> Result<Result<Done, CallbackRefusal>, StoreError> {
    let now = clock::now();
    let held = mailboxes::due_replies(&engine.store).await?.get(&frame.mailbox.0).copied().unwrap_or(0);
    let base = result_base(engine, frame, mailbox, Some(&candidate.account)).await?;
    // Where it signed in, which a switch may have chosen.
    let provider = entry.view();
    let (provider_key, provider_name, provider_short) = (provider.key, provider.name, provider.short);
    let base = SignInResult { provider_key, provider_name, provider_short, ..base };
    let tx = engine.store.begin().await?;
    mailboxes::in_line(&tx, frame.mailbox).await?;
    if let Some(link) = frame.link
        && !sign_in_links::use_up(&tx, link, now, &candidate.account.login).await?
    {
        return Ok(Err(CallbackRefusal::LinkEnded));
    }
    // Two at once: the transactions stand in line, and the second finds what the first repaired.
    if frame.intent == Intent::Reauthorize && works(&tx, frame).await? {
        return Ok(Err(CallbackRefusal::AlreadyRepaired));
    }
    // So too for a switch: the second would carry it out again, from where the first has led.
    if let Some(plan) = planned.plan.filter(|_| planned.whole)
        && !switches::still_planned(&tx, frame.mailbox, plan).await?
    {
        return Ok(Err(CallbackRefusal::AlreadyRepaired));
    }
    let target = place(engine, &tx, candidate, frame.mailbox, now).await?;
    let any = planned.whole && outcomes.iter().any(|o| o.report.ok());
    let connected = !mailbox.draft || any;
    let (mut by_password, mut was_stopped) = (false, false);
    for outcome in &mut outcomes {
        let Some(row) = directions::get(&tx, frame.mailbox, outcome.direction).await? else { continue };
        let lost = match row.grant_id {
            // The tokens of a grant that was placed anew are these very ones.
            Some(id) if id == target.0 => true,
            Some(id) => grant_rows::get(&tx, GrantId(id)).await?.is_none_or(|g| g.lost_at.is_some()),
            None => false,
        };
        outcome.settle =
            settle::by_sign_in(&row, &outcome.report, outcome.covered, settle::is_dead(&row, lost), connected);
        if !planned.whole {
            outcome.settle = Settle::Leave;
        }
        if outcome.settle == Settle::Swap {
            by_password |= row.credential.as_deref() == Some("password");
            was_stopped |= outcome.direction == Direction::Outgoing && row.failing_definite;
        }
        let by =
            swap::By { person: frame.person, account: Some(&candidate.account.login), keep_until: Some(now + KEPT) };
        swap::write_by_plan(&tx, &row, outcome, swap::New::Grant(target), &by, planned.plan, now).await?;
    }
    signins::connect(&tx, frame.mailbox, any.then_some(&*entry.key), (mailbox.draft && any).then_some(now)).await?;
    if any {
        let event =
            swap::event(mailbox.draft, by_password, &candidate.account.login, cursor(engine, frame.mailbox).await?);
        match planned.plan.filter(|plan| plan.case != Case::Person) {
            Some(plan) => {
                let login = &candidate.account.login;
                switching::carry_out(&tx, mailbox, plan, login, &entry.name, frame.person, now).await?;
            }
            None => crate::store::events::note(&tx, frame.mailbox, now, &event, frame.person).await?,
        }
        sign_in_links::end_of(&tx, frame.mailbox, now).await?;
    }
    let released = grant_rows::release(&tx, &[target.0], now).await?;
    let mut result = SignInResult { state: SignInState::Completed, ..base };
    result.directions = outcomes.iter().map(|o| direction_result(o, now)).collect();
    // What waits is known for a mailbox that begins; for one at work the fetch will tell.
    result.backlog = outcomes.iter().filter(|_| mailbox.draft).find_map(|o| o.report.backlog);
    result.released = if was_stopped { held } else { 0 };
    let settled = Settled {
        state: SignInState::Completed,
        account: Some(candidate.account.id),
        grant: Some(target),
        refused: None,
        said: None,
        result: json(&result),
        adoptable_until: None,
    };
    signins::settle(&tx, frame.id, settled).await?;
    fail::fail_point!("sign-in-swapping");
    tx.commit().await?;
    let released = released.into_iter().map(|(id, _)| id).filter(|id| *id != frame.mailbox).collect();
    Ok(Ok(Done { target, outcomes, released, result }))
}

/// Whether somebody repaired the mailbox between our setting out and this transaction.
async fn works(tx: &Transaction, frame: &Frame) -> Result<bool, StoreError> {
    let repaired = crate::store::episodes::repaired_after(tx, frame.mailbox, frame.set_out_at).await?.is_some();
    let mut sides = Vec::new();
    for direction in Direction::BOTH {
        sides.extend(directions::get(tx, frame.mailbox, direction).await?.filter(|side| side.used));
    }
    Ok(repaired && sides.iter().all(|side| side.failing_since.is_none()))
}

async fn cursor(engine: &Engine, mailbox: MailboxId) -> Result<Option<u32>, StoreError> {
    let folder = signins::first_folder(&engine.store, mailbox).await?;
    Ok(folder.and_then(|(_, cursor)| u32::try_from(cursor).ok()).filter(|uid| *uid > 0))
}

/// Puts the new tokens into the grant that this account's mailboxes use already, so that one
/// sign-in repairs them all; into a row of its own where there is none, or where the living one
/// covers more than the new one does.
async fn place(
    engine: &Engine,
    tx: &Transaction,
    candidate: &Candidate,
    mailbox: MailboxId,
    now: Time,
) -> Result<GrantId, StoreError> {
    let Some(new) = grant_rows::get(tx, candidate.grant).await? else { return Ok(candidate.grant) };
    let all = grant_rows::of_account(tx, AccountId(candidate.account.id)).await?;
    let others: Vec<&Grant> =
        all.iter().filter(|g| g.id != new.id && g.registration_id == new.registration_id).collect();
    let users = grant_rows::referrers(tx, &others.iter().map(|g| g.id).collect::<Vec<_>>()).await?;
    let uses = |grant: &Grant, own: bool| {
        users.iter().any(|d| d.grant_id == Some(grant.id) && (!own || d.mailbox_id == mailbox.0))
    };
    let fits =
        |grant: &&&Grant| grant.lost_at.is_some() || holds(new.scopes.split(' '), grant.scopes.split_whitespace());
    let old = others
        .iter()
        .filter(fits)
        .find(|g| uses(g, true))
        .or_else(|| others.iter().filter(fits).find(|g| uses(g, false)));
    let Some(old) = old else { return Ok(candidate.grant) };
    let target = GrantId(old.id);
    let Some(tokens) = grants::moved(&engine.vault, &new, old) else {
        tracing::error!(grant = new.id, "new tokens do not open; they stay where they are");
        return Ok(candidate.grant);
    };
    grant_rows::renew(tx, target, tokens, now).await?;
    grant_rows::remove(tx, candidate.grant).await?;
    Ok(target)
}

/// Wakes who waits, repairs the account's other mailboxes, and completes the result.
async fn after(
    engine: &Arc<Engine>,
    frame: &Frame,
    candidate: &Candidate,
    done: Done,
    drained: Option<Drained>,
) -> Answer<()> {
    engine.wake.refresher.notify_one();
    engine.wake.outbox.notify_one();
    for mailbox in done.released.iter().chain([&frame.mailbox]) {
        engine.wake.mailbox(*mailbox);
        engine.changes.tell(format!("mailbox:{mailbox}"));
    }
    for key in ["mailboxes", "outbox", "tickets"] {
        engine.changes.tell(key);
    }
    if !done.outcomes.iter().any(|o| matches!(o.settle, Settle::Swap | Settle::SwapFailing)) {
        return Ok(());
    }
    switching::after(engine, frame.mailbox, drained).await;
    let others = others::repair(engine, frame, candidate, done.target).await;
    if !others.repaired.is_empty() || !others.failed.is_empty() {
        let result = SignInResult { also_repaired: others.repaired, not_repaired: others.failed, ..done.result };
        signins::amend(engine.store.write(), frame.id, json(&result)).await?;
    }
    Ok(())
}

fn direction_result(outcome: &Outcome, now: Time) -> DirectionResult {
    // A permission that was left out is not mended by a setting: nothing is kept for a later check.
    let kept = outcome.covered && matches!(outcome.settle, Settle::SwapFailing | Settle::Keep);
    DirectionResult {
        report: outcome.report.clone(),
        swapped: outcome.covered && matches!(outcome.settle, Settle::Swap | Settle::SwapFailing),
        kept_until: kept.then(|| now + KEPT),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_cover_or_do_not() {
        let cover = |granted: &str, needed: &str| holds(granted.split(' '), needed.split_whitespace());
        assert!(cover("https://mail.google.com/", "https://mail.google.com"));
        assert!(cover(
            "https://outlook.office.com/imap.accessasuser.all b",
            "https://outlook.office.com/IMAP.AccessAsUser.All"
        ));
        assert!(!cover("a", "a b"));
        assert!(cover("", ""));
    }
}
