//! Who repaired what, from the episodes that a sign-in ended.

use crate::store::{StoreError, episodes, mailboxes, people, traffic};
use crate::{Engine, clock, evidence};
use domain::console::signins::{Repaired, RepairedAccount};
use domain::id::{MailboxId, PersonId};
use domain::time::Span;
use domain::{Answer, Direction, Time};
use std::collections::HashMap;

/// How far back the queue shows what is done.
const LATELY: Span = Span::hours(12);
/// What begins to work so soon after a sign-in of its account works by it.
const ALONG: Span = Span::minutes(2);
/// A page may be this old when its button is pressed.
const PAGE: Span = Span::hours(12);

/// The repair of a mailbox that works now, if a sign-in or a password made it after this time.
pub(super) async fn after(engine: &Engine, mailbox: MailboxId, since: Time) -> Result<Option<Repaired>, StoreError> {
    for direction in Direction::BOTH {
        let side = crate::store::directions::get(engine.store.read(), mailbox, direction).await?;
        if side.is_some_and(|side| side.used && (side.failing_since.is_some() || side.credential.is_none())) {
            return Ok(None);
        }
    }
    match episodes::repaired_after(engine.store.read(), mailbox, since).await? {
        Some(row) => told(engine, &row).await,
        None => Ok(None),
    }
}

async fn told(engine: &Engine, row: &episodes::Row) -> Result<Option<Repaired>, StoreError> {
    let (Some(at), Some(account)) = (row.ended_at.map(Time), row.account.clone()) else { return Ok(None) };
    let by = match row.ended_by {
        Some(id) => people::get(engine.store.read(), PersonId(id)).await?.map(|p| p.name),
        None => None,
    };
    Ok(Some(Repaired { at, by, account }))
}

/// Whether a mailbox that a page still shows as stopped was repaired meanwhile.
///
/// # Errors
/// The database's.
pub async fn repaired(engine: &Engine, mailbox: MailboxId) -> Answer<Option<Repaired>> {
    Ok(after(engine, mailbox, clock::now() - PAGE).await?)
}

/// Repairs of the last hours by account, newest first.
///
/// # Errors
/// The database's.
pub async fn lately(engine: &Engine) -> Answer<Vec<RepairedAccount>> {
    let now = clock::now();
    let store = &engine.store;
    let mut accounts: Vec<RepairedAccount> = Vec::new();
    let ended = episodes::all_ended_after(store, now - LATELY).await?;
    let by_sign_in = ended.iter().filter(|row| row.account.is_some());
    // A mailbox on the same grant may work before its own proof is written down.
    let signs_in: HashMap<MailboxId, String> =
        evidence::facts(engine).await?.into_iter().filter_map(|f| Some((f.id, f.account?.1))).collect();
    let along = ended.iter().filter(|row| row.account.is_none()).filter(|row| {
        let login = signs_in.get(&MailboxId(row.mailbox_id));
        ended.iter().any(|of| {
            let apart = row.ended_at.unwrap_or(0) - of.ended_at.unwrap_or(0);
            of.account.is_some() && of.account.as_ref() == login && (-ALONG.0..=ALONG.0).contains(&apart)
        })
    });
    for row in by_sign_in.chain(along) {
        let id = MailboxId(row.mailbox_id);
        let Some(mailbox) = mailboxes::get(store, id).await? else { continue };
        let row = match row.account {
            Some(_) => row.clone(),
            None => episodes::Row { account: signs_in.get(&id).cloned(), ..row.clone() },
        };
        let Some(repaired) = told(engine, &row).await? else { continue };
        let (from, to) = (Time(row.began_at), repaired.at);
        let (came, left) = match Direction::from_key(&row.direction) {
            Some(Direction::Incoming) => (traffic::arrived_between(store, id, from, to).await?.by.values().sum(), 0),
            Some(Direction::Outgoing) => (0, traffic::released_after(store, id, from, to).await?),
            None => continue,
        };
        let at = accounts.iter().position(|a| a.repaired.account == repaired.account);
        let account = match at {
            Some(at) => &mut accounts[at],
            None => {
                accounts.push(RepairedAccount { repaired, mailboxes: Vec::new() });
                let last = accounts.len() - 1;
                &mut accounts[last]
            }
        };
        match account.mailboxes.iter_mut().find(|(known, ..)| *known == id) {
            Some((_, _, known_came, known_left)) => {
                *known_came = (*known_came).max(came);
                *known_left = (*known_left).max(left);
            }
            None => account.mailboxes.push((id, mailbox.address, came, left)),
        }
    }
    Ok(accounts)
}
