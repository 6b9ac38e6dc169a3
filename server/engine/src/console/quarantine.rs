//! The port of unreadable mail.

use crate::files::{self, Thing};
use crate::store::wishes::Kind;
use crate::store::{commit, find, folders, mailboxes, quarantine as rows, receipts, settling};
use crate::{Engine, clock, intake, mime, wishes};
use async_trait::async_trait;
use domain::console::Quarantine;
use domain::console::ledger::Spot;
use domain::console::people::Actor;
use domain::console::quarantine::*;
use domain::id::{FolderId, MailboxId, SourceId, TicketId};
use domain::receipt::Disposition;
use domain::{Address, Answer, Refusal, Time};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

const PAGE: usize = 50;
/// How long reading again may take before the page answers.
const INTAKE: Duration = Duration::from_secs(8);

pub struct Port(pub Arc<Engine>);

impl Port {
    /// The receipt, while nobody can read its message.
    async fn row(&self, numbers: Numbers) -> Answer<receipts::Row> {
        let found = receipts::get(&self.0.store, numbers.folder, numbers.uid_validity, numbers.uid).await?;
        let unreadable =
            |row: &receipts::Row| row.disposition == Disposition::Quarantined.key() && row.ticket_id.is_none();
        found.filter(unreadable).ok_or(Refusal::NotFound)
    }

    fn told(&self, mailbox: i64) {
        self.0.changes.tell(format!("mailbox:{mailbox}"));
        self.0.changes.tell("mailboxes");
    }
}

#[async_trait]
impl Quarantine for Port {
    async fn page(&self, actor: &Actor) -> Answer<QuarantinePage> {
        actor.admin()?;
        let (engine, store, now) = (&self.0, &self.0.store, clock::now());
        let mut found = rows::unreadable(store, PAGE as u64 + 1).await?;
        let more = found.len() > PAGE;
        found.truncate(PAGE);
        let mut shown = Vec::new();
        for row in found {
            let Some(mailbox) = mailboxes::get(store, MailboxId(row.mailbox_id)).await? else { continue };
            let Ok(address) = Address::parse(&mailbox.address) else { continue };
            let folder = folders::get(store, FolderId(row.folder_id)).await?.map(|f| f.name).unwrap_or_default();
            let (mut bytes, mut beginning, mut raw) = (None, String::new(), None);
            if let Some(id) = row.source_id {
                bytes = settling::source_size(store, id).await?;
                let first = crate::store::sources::chunk(store, SourceId(id), 0).await?;
                beginning = first.map(|first| mime::salvage(&first)).unwrap_or_default();
                raw = bytes.map(|_| files::address(&engine.vault, Thing::Raw(SourceId(id)), now));
            }
            shown.push(Unreadable {
                numbers: Numbers {
                    folder: FolderId(row.folder_id),
                    uid_validity: u32::try_from(row.uid_validity).unwrap_or(0),
                    uid: u32::try_from(row.uid).unwrap_or(0),
                },
                mailbox: MailboxId(row.mailbox_id),
                address,
                folder,
                arrived_at: Time(row.arrived_at),
                tried_at: Time(row.settled_at.unwrap_or(row.stored_at)),
                reason: row.reason.unwrap_or_default(),
                bytes,
                beginning,
                raw,
            });
        }
        Ok(QuarantinePage { rows: shown, more })
    }

    async fn replay(&self, actor: &Actor, numbers: Numbers) -> Answer<Replayed> {
        actor.admin()?;
        let (engine, row) = (&self.0, self.row(numbers).await?);
        if row.source_id.is_none() {
            let folder = folders::get(&engine.store, numbers.folder).await?.ok_or(Refusal::NotFound)?;
            let spot = Spot { folder: folder.name, uid_validity: numbers.uid_validity, uid: numbers.uid };
            wishes::ask(engine, MailboxId(row.mailbox_id), Kind::Import, &spot, actor.person).await?;
        } else {
            let tx = engine.store.begin().await?;
            let word = rows::word_of(row.reason.as_deref(), &intake::WORDS);
            receipts::reopen(&tx, &row, word).await?;
            commit(tx).await?;
            engine.wake.intake.notify_one();
        }
        let end = Instant::now() + INTAKE;
        while Instant::now() < end {
            let now = receipts::get(&engine.store, numbers.folder, numbers.uid_validity, numbers.uid).await?;
            let Some(now) = now else { return Err(Refusal::NotFound) };
            if let Some(ticket) = find::ticket(&engine.store, &now).await? {
                self.told(row.mailbox_id);
                return Ok(Replayed::Ticket(ticket));
            }
            match Disposition::from_key(&now.disposition) {
                Some(Disposition::Stored) => {}
                Some(Disposition::Quarantined) if now.settled_at == row.settled_at => {}
                Some(Disposition::Quarantined) => return Ok(Replayed::Still),
                _ => {
                    self.told(row.mailbox_id);
                    return Ok(Replayed::Read);
                }
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(Replayed::Waits)
    }

    async fn by_hand(&self, actor: &Actor, numbers: Numbers) -> Answer<TicketId> {
        actor.admin()?;
        let (engine, row) = (&self.0, self.row(numbers).await?);
        let source = SourceId(row.source_id.ok_or(Refusal::NotFound)?);
        let bytes = settling::source_bytes(&engine.store, source).await?.ok_or(Refusal::NotFound)?;
        let (salvage, now) = (mime::salvage(&bytes), clock::now());
        let at = Time(row.arrived_at).min(now);
        let tx = engine.store.begin().await?;
        let made = intake::by_hand(&tx, MailboxId(row.mailbox_id), source, bytes.len(), salvage, at, now).await?;
        let reason = format!("a ticket was made by {}", actor.name);
        // Somebody was quicker: nothing of this is kept.
        if !rows::by_person(&tx, &row, Disposition::Ticket, &reason, Some(made)).await? {
            return Err(Refusal::NotFound);
        }
        commit(tx).await?;
        engine.wake.search.notify_one();
        engine.changes.tell("tickets");
        self.told(row.mailbox_id);
        Ok(made.0)
    }

    async fn set_aside(&self, actor: &Actor, numbers: Numbers) -> Answer<()> {
        actor.admin()?;
        let row = self.row(numbers).await?;
        let tx = self.0.store.begin().await?;
        let reason = format!("it can't be read; {} set it aside", actor.name);
        if !rows::by_person(&tx, &row, Disposition::Ignored, &reason, None).await? {
            return Err(Refusal::NotFound);
        }
        commit(tx).await?;
        self.told(row.mailbox_id);
        Ok(())
    }
}
