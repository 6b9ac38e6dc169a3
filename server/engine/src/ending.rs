//! The end of a mailbox: disconnected, or deleted.
//!
//! Invariants: credentials are wiped in the transaction that ends their use. A grant is withdrawn
//! at its provider only after that, and only if no other mailbox uses the account: Google's
//! revoke takes away everything that the account gave this app. Tickets stay. A reply that has
//! not left goes back to whoever wrote it, with a note in its ticket.

use crate::oauth;
use crate::secret::Secret;
use crate::store::{
    self, StoreError, Tx, deliveries, directions, episodes, events, grants as rows, mailboxes, messages, people,
    registrations, switches, tickets,
};
use crate::{Engine, clock, grants};
use domain::console::mailboxes::Event;
use domain::console::people::Actor;
use domain::id::{AccountId, GrantId, MailboxId, RegistrationId, TicketId};
use domain::{Direction, Time};

/// Wipes a mailbox's credentials.
///
/// # Errors
/// The database's; nothing was changed then.
pub async fn disconnect(engine: &Engine, actor: &Actor, id: MailboxId) -> Result<(), StoreError> {
    let now = clock::now();
    let used = Used::by(engine, id).await?;
    let tx = engine.store.begin().await?;
    wipe(&tx, actor, id, now).await?;
    events::note(&tx, id, now, &Event::Disconnected, Some(actor.person)).await?;
    store::commit(tx).await?;
    used.let_go(engine).await
}

/// The same, and frees its address. The tickets whose replies did not leave.
///
/// # Errors
/// The database's; nothing was changed then.
pub async fn delete(engine: &Engine, actor: &Actor, row: &mailboxes::Row) -> Result<Vec<TicketId>, StoreError> {
    let (id, now) = (MailboxId(row.id), clock::now());
    let used = Used::by(engine, id).await?;
    let tx = engine.store.begin().await?;
    wipe(&tx, actor, id, now).await?;
    // From here on no worker claims or hands over for it.
    mailboxes::mark_deleted(&tx, id, now).await?;
    let mut told = Vec::new();
    for withdrawn in deliveries::withdraw(&tx, id, now).await? {
        let text = note(&tx, &row.address, actor, &withdrawn).await?;
        let new = messages::New::note_by(actor, withdrawn.ticket, text, now);
        messages::insert(&tx, new, now).await?;
        tickets::touch(&tx, withdrawn.ticket, now).await?;
        told.push(withdrawn.ticket);
    }
    store::commit(tx).await?;
    used.let_go(engine).await?;
    Ok(told)
}

async fn wipe(tx: &Tx, actor: &Actor, id: MailboxId, now: Time) -> Result<(), StoreError> {
    for direction in Direction::BOTH {
        directions::wipe(tx, id, direction).await?;
        episodes::end(tx, id, direction, now, Some(actor.person.0), None).await?;
    }
    switches::end(tx, id).await
}

/// What the ticket says about a reply that did not leave.
async fn note(tx: &Tx, address: &str, actor: &Actor, withdrawn: &deliveries::Withdrawn) -> Result<String, StoreError> {
    let start = format!("{} deleted the mailbox {address}", actor.name);
    Ok(match (withdrawn.draft_of, withdrawn.partly) {
        (_, true) => format!("{start} while a reply had reached only some of its recipients. It goes to no others."),
        (Some(person), false) => {
            let name = people::get(tx, person).await?.map(|p| p.name).unwrap_or_default();
            format!("{start} before a reply had left. It was not sent; it is {name}'s draft again.")
        }
        (None, false) => format!("{start} before a reply had left. It was not sent."),
    })
}

/// The grants that a mailbox signs in by, with what it takes to withdraw them.
struct Used(Vec<(rows::Row, Option<Secret>)>);

impl Used {
    async fn by(engine: &Engine, id: MailboxId) -> Result<Self, StoreError> {
        let mut used = Vec::new();
        let mut ids = switches::grants_kept(engine.store.read(), id).await?;
        for direction in Direction::BOTH {
            if let Some(side) = directions::get(engine.store.read(), id, direction).await? {
                ids.extend(side.grant_id.into_iter().chain(side.kept_grant_id));
            }
        }
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            if let Some(row) = rows::get(engine.store.read(), GrantId(id)).await? {
                let token = grants::revocable(engine, &row);
                used.push((row, token));
            }
        }
        Ok(Self(used))
    }

    /// After the wipe: forgets what nobody uses, and tells a provider that has a revoke.
    async fn let_go(self, engine: &Engine) -> Result<(), StoreError> {
        for (row, token) in self.0 {
            if !rows::forget_unused(engine.store.write(), GrantId(row.id)).await? {
                continue;
            }
            let others: Vec<i64> = rows::of_account(engine.store.read(), AccountId(row.account_id))
                .await?
                .into_iter()
                .filter(|other| other.registration_id == row.registration_id)
                .map(|other| other.id)
                .collect();
            if rows::any_of_use(engine.store.read(), &others).await? {
                continue;
            }
            let registration = registrations::get(&engine.store, RegistrationId(row.registration_id)).await?;
            let entry = registration.and_then(|r| engine.providers.get(&r.provider_key));
            if let (Some(url), Some(token)) = (entry.and_then(|entry| entry.revoke_url.as_deref()), token) {
                let done = oauth::revoke(engine, url, &token).await;
                tracing::info!(grant = row.id, done, "a grant that no mailbox uses any more was withdrawn");
            }
        }
        Ok(())
    }
}
