//! The ledger's port.

use crate::store::wishes::Kind;
use crate::store::{find as rows, folders, ledger, mailboxes, people, receipts, vanished};
use crate::{Engine, clock, find, reconcile, wishes};
use async_trait::async_trait;
use domain::console::Ledger;
use domain::console::ledger::*;
use domain::console::people::Actor;
use domain::id::{FolderId, MailboxId, MessageId, TicketId};
use domain::time::Span;
use domain::{Address, Answer, Fault, Refusal, Time};
use std::sync::Arc;
use std::time::Duration;

/// For how long vanished UIDs are told of.
const TOLD: Span = Span::days(30);
const LONGEST: usize = 250;
/// How long intake may take before the page answers without its ticket.
const INTAKE: Duration = Duration::from_secs(5);

pub struct Port(pub Arc<Engine>);

impl Port {
    async fn mailbox(&self, id: MailboxId) -> Answer<mailboxes::Row> {
        mailboxes::get(&self.0.store, id).await?.filter(|row| !row.draft).ok_or(Refusal::NotFound)
    }
}

#[async_trait]
impl Ledger for Port {
    async fn page(&self, actor: &Actor, id: MailboxId) -> Answer<LedgerPage> {
        actor.admin()?;
        let (engine, store, now) = (&self.0, &self.0.store, clock::now());
        let row = self.mailbox(id).await?;
        let (done, newest) = ledger::last(store, id).await?;
        let broken_off = newest.as_ref().filter(|row| row.ended_at.is_none()).and_then(|row| {
            let said = row.said.clone()?;
            Some((Time(row.began_at), said))
        });
        let last = match done {
            Some(row) => {
                let by = match row.person_id {
                    Some(id) => people::get(store.read(), domain::id::PersonId(id)).await?.map(|p| p.name),
                    None => None,
                };
                let report = row.report.as_deref().and_then(|text| serde_json::from_str(text).ok());
                Some(Reconciled {
                    at: Time(row.ended_at.unwrap_or(row.began_at)),
                    by,
                    report: report.unwrap_or_default(),
                })
            }
            None => None,
        };
        let open = crate::store::wishes::open(store, id).await?;
        let asked = open.into_iter().find(|wish| wish.kind == Kind::Reconcile.key()).map(|wish| Time(wish.asked_at));
        let mut alerts = Vec::new();
        for (_, found_at, what) in ledger::unexplained(store).await?.remove(&id.0).unwrap_or_default() {
            alerts.extend(what.into_iter().map(|(folder, uid, gap)| Alert { folder, uid, gap, found_at }));
        }
        Ok(LedgerPage {
            address: Address::parse(&row.address).map_err(|_| Fault::AddressMalformed)?,
            now,
            last,
            broken_off,
            asked,
            alerts,
            vanished: vanished::since(store, id, now - TOLD).await?,
            unreadable: ledger::unreadable_of(store, id).await?,
            stays: folders::of(store, id).await?.into_iter().filter_map(|f| Some((f.name, f.left_there?))).collect(),
            next_at: reconcile::next_at(engine, id).await?,
        })
    }

    async fn reconcile(&self, actor: &Actor, id: MailboxId) -> Answer<()> {
        actor.admin()?;
        self.mailbox(id).await?;
        let nowhere = Spot { folder: String::new(), uid_validity: 0, uid: 0 };
        wishes::ask(&self.0, id, Kind::Reconcile, &nowhere, actor.person).await?;
        Ok(())
    }

    async fn look_up(&self, actor: &Actor, id: MailboxId, words: &str) -> Answer<Lookup> {
        actor.admin()?;
        let row = self.mailbox(id).await?;
        if words.chars().count() > LONGEST {
            return Err(Fault::TextTooLong.into());
        }
        find::look_up(&self.0, &row, words).await
    }

    async fn fetch_whole(&self, actor: &Actor, message: MessageId) -> Answer<Whole> {
        let store = &self.0.store;
        let receipt = rows::too_large(store, message).await?.ok_or(Refusal::NotFound)?;
        let folder = folders::get(store, FolderId(receipt.folder_id)).await?.ok_or(Refusal::NotFound)?;
        let spot = Spot {
            folder: folder.name,
            uid_validity: u32::try_from(receipt.uid_validity).unwrap_or(0),
            uid: u32::try_from(receipt.uid).unwrap_or(0),
        };
        let done = wishes::ask(&self.0, MailboxId(receipt.mailbox_id), Kind::Whole, &spot, actor.person).await?;
        Ok(match done {
            None => Whole::Waits,
            Some(wish) if wish.said.is_none() => Whole::Here,
            Some(wish) if wish.said.as_deref() == Some(wishes::GONE) => Whole::Not,
            Some(_) => Whole::Waits,
        })
    }

    async fn import(&self, actor: &Actor, id: MailboxId, spot: Spot) -> Answer<Imported> {
        actor.admin()?;
        self.mailbox(id).await?;
        if spot.folder.chars().count() > LONGEST || spot.folder.chars().any(char::is_control) || spot.uid == 0 {
            return Err(Refusal::NotFound);
        }
        let Some(wish) = wishes::ask(&self.0, id, Kind::Import, &spot, actor.person).await? else {
            return Ok(Imported::Waits);
        };
        if wish.said.as_deref() == Some(wishes::GONE) {
            return Ok(Imported::Gone);
        }
        if wish.said.is_some() {
            return Ok(Imported::Waits);
        }
        let end = tokio::time::Instant::now() + INTAKE;
        while tokio::time::Instant::now() < end {
            if let Some(ticket) = self.ticket_at(id, &spot).await? {
                return Ok(Imported::Ticket(ticket));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(Imported::Waits)
    }
}

impl Port {
    async fn ticket_at(&self, mailbox: MailboxId, spot: &Spot) -> Answer<Option<TicketId>> {
        let store = &self.0.store;
        let folder = folders::all(store, mailbox).await?.into_iter().find(|row| row.name == spot.folder);
        let Some(folder) = folder else { return Ok(None) };
        let receipt = receipts::get(store, FolderId(folder.id), spot.uid_validity, spot.uid).await?;
        match receipt {
            Some(receipt) => Ok(rows::ticket(store, &receipt).await?),
            None => Ok(None),
        }
    }
}
