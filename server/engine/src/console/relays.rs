//! The relays port.

use crate::store::{StoreError, commit, directions, events, mailboxes, relays};
use crate::{Engine, clock, lookup, test_mail};
use async_trait::async_trait;
use domain::console::mailboxes::Event;
use domain::console::people::Actor;
use domain::console::relays::{Relay, Relays};
use domain::id::MailboxId;
use domain::refusal::Conflict;
use domain::{Address, Answer, Direction, Fault, Refusal, Time};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

impl Port {
    async fn mailbox(&self, id: MailboxId) -> Answer<mailboxes::Row> {
        mailboxes::get(&self.0.store, id).await?.ok_or(Refusal::NotFound)
    }

    /// The mailbox itself where it sends, else another one that does.
    async fn sender(&self, id: MailboxId) -> Answer<mailboxes::Row> {
        let sends = async |row: &mailboxes::Row| -> Result<bool, StoreError> {
            let side = directions::get(self.0.store.read(), MailboxId(row.id), Direction::Outgoing).await?;
            let able = side.is_some_and(|s| s.used && s.credential.is_some() && !s.failing_definite);
            Ok(able && !row.draft && row.paused_at.is_none())
        };
        let mut rows = mailboxes::all(&self.0.store).await?;
        rows.sort_by_key(|row| row.id != id.0);
        for row in rows {
            if sends(&row).await? {
                return Ok(row);
            }
        }
        Err(Fault::NoDirection.into())
    }
}

#[async_trait]
impl Relays for Port {
    async fn list(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Vec<Relay>> {
        actor.admin()?;
        let rows = relays::of(&self.0.store, mailbox).await?;
        let shown = rows.into_iter().filter_map(|row| {
            Some(Relay {
                address: Address::parse(&row.address).ok()?,
                sent_at: row.forward_sent_at.map(Time),
                seen_at: row.forward_seen_at.map(Time),
            })
        });
        Ok(shown.collect())
    }

    async fn forward(&self, actor: &Actor, draft: MailboxId, to: MailboxId) -> Answer<()> {
        actor.admin()?;
        let (row, target) = (self.mailbox(draft).await?, self.mailbox(to).await?);
        if !row.draft || target.draft || draft == to {
            return Err(Conflict::NotADraft.into());
        }
        let incoming = directions::get(self.0.store.read(), to, Direction::Incoming).await?;
        if !incoming.is_some_and(|side| side.used) {
            return Err(Fault::NoDirection.into());
        }
        let address = Address::parse(&row.address).map_err(|_| Refusal::Unavailable)?;
        let tx = self.0.store.begin().await?;
        for direction in Direction::BOTH {
            directions::wipe(&tx, draft, direction).await?;
        }
        mailboxes::mark_deleted(&tx, draft, clock::now()).await?;
        relays::add(&tx, to, &address).await?;
        events::note(&tx, to, clock::now(), &Event::SettingsChanged, Some(actor.person)).await?;
        commit(tx).await?;
        self.0.changes.tell("mailboxes");
        self.0.changes.tell(format!("mailbox:{to}"));
        Ok(())
    }

    async fn check(&self, actor: &Actor, mailbox: MailboxId, address: Address) -> Answer<()> {
        actor.admin()?;
        let known = relays::of(&self.0.store, mailbox).await?;
        if !known.iter().any(|row| row.address == address.as_str()) {
            return Err(Refusal::NotFound);
        }
        let sender = self.sender(mailbox).await?;
        relays::sent(self.0.store.write(), &address, clock::now()).await?;
        test_mail::send(&self.0, actor, sender, address, test_mail::What::Test).await?;
        self.0.changes.tell(format!("mailbox:{mailbox}"));
        Ok(())
    }

    async fn own_server(&self, actor: &Actor, mailbox: MailboxId, address: Address) -> Answer<MailboxId> {
        actor.admin()?;
        let known = relays::of(&self.0.store, mailbox).await?;
        if !known.iter().any(|row| row.address == address.as_str()) {
            return Err(Refusal::NotFound);
        }
        let found = lookup::find(&self.0, &address).await;
        let tx = self.0.store.begin().await?;
        relays::remove(&tx, mailbox, &address).await?;
        let new = mailboxes::NewMailbox {
            address: &address,
            name: "",
            provider_key: &found.provider_key,
            endpoints: found.endpoints,
            by: actor.person,
            now: clock::now(),
        };
        let id = mailboxes::insert(&tx, new).await?;
        events::note(&tx, id, clock::now(), &Event::Created, Some(actor.person)).await?;
        commit(tx).await?;
        self.0.changes.tell("mailboxes");
        Ok(id)
    }
}
