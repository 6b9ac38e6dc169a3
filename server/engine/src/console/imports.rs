//! The imports port.

use crate::Engine;
use crate::store::{Tx, commit, directions, events, imports, mailboxes};
use async_trait::async_trait;
use domain::console::imports::{Import, Imports};
use domain::console::mailboxes::{Event, ImportFrom};
use domain::console::people::Actor;
use domain::id::MailboxId;
use domain::refusal::Conflict;
use domain::{Answer, Direction, Refusal, Time};
use std::sync::Arc;

pub struct Port(pub Arc<Engine>);

impl Port {
    /// The mailbox, if its import waits.
    async fn waiting(&self, id: MailboxId) -> Answer<Option<(mailboxes::Row, Time)>> {
        let row = mailboxes::get(&self.0.store, id).await?.ok_or(Refusal::NotFound)?;
        let incoming = directions::get(self.0.store.read(), id, Direction::Incoming).await?;
        let asked = row.import_asked_at.filter(|_| incoming.is_some_and(|side| side.used));
        Ok(asked.map(|at| (row, Time(at))))
    }

    fn told(&self, id: MailboxId) {
        self.0.wake.mailbox(id);
        self.0.changes.tell(format!("mailbox:{id}"));
    }
}

/// The mailbox as it is now that nobody else changes it, if its import still waits.
async fn still(tx: &Tx, id: MailboxId) -> Answer<mailboxes::Row> {
    mailboxes::in_line(tx, id).await?;
    let row = mailboxes::in_tx(tx, id).await?.ok_or(Refusal::NotFound)?;
    if row.import_asked_at.is_none() {
        return Err(Conflict::AlreadyDone.into());
    }
    Ok(row)
}

#[async_trait]
impl Imports for Port {
    async fn show(&self, actor: &Actor, mailbox: MailboxId) -> Answer<Option<Import>> {
        actor.admin()?;
        Ok(self.waiting(mailbox).await?.map(|(row, asked_at)| Import {
            asked_at,
            from: imports::chosen(&row),
            count: row.import_count.as_deref().and_then(|text| serde_json::from_str(text).ok()),
        }))
    }

    async fn change(&self, actor: &Actor, mailbox: MailboxId, from: ImportFrom) -> Answer<()> {
        actor.admin()?;
        if self.waiting(mailbox).await?.is_none() {
            return Err(Conflict::AlreadyDone.into());
        }
        let tx = self.0.store.begin().await?;
        still(&tx, mailbox).await?;
        imports::change(&tx, mailbox, from).await?;
        commit(tx).await?;
        self.told(mailbox);
        Ok(())
    }

    async fn begin(&self, actor: &Actor, mailbox: MailboxId) -> Answer<()> {
        actor.admin()?;
        if self.waiting(mailbox).await?.is_none() {
            return Err(Conflict::AlreadyDone.into());
        }
        let tx = self.0.store.begin().await?;
        let row = still(&tx, mailbox).await?;
        imports::begin(&tx, &row).await?;
        events::note(&tx, mailbox, crate::clock::now(), &Event::ImportBegun, Some(actor.person)).await?;
        commit(tx).await?;
        tracing::info!(mailbox = mailbox.0, person = actor.person.0, "the first import was let begin");
        self.told(mailbox);
        Ok(())
    }
}
