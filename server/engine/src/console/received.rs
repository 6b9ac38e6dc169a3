//! The port of the ledger: what came to a mailbox.

use crate::Engine;
use crate::store::{mailboxes, received};
use async_trait::async_trait;
use domain::console::people::Actor;
use domain::console::received::*;
use domain::id::{MailboxId, TicketId};
use domain::receipt::Disposition;
use domain::{Address, Answer, Fault, Refusal, Time};
use std::sync::Arc;

/// Rows of a page.
const PAGE: usize = 100;

pub struct Port(pub Arc<Engine>);

#[async_trait]
impl Receipts for Port {
    async fn received(&self, actor: &Actor, mailbox: MailboxId, window: Window) -> Answer<ReceivedPage> {
        actor.admin()?;
        let store = &self.0.store;
        let row = mailboxes::get(store, mailbox).await?.ok_or(Refusal::NotFound)?;
        let mut found = received::in_window(store, mailbox, window.from, window.until, PAGE as u64 + 1).await?;
        let more = found.len() > PAGE;
        found.truncate(PAGE);
        let rows = found.into_iter().map(|(row, said)| {
            let (from, subject) = said.unzip();
            Received {
                uid: u32::try_from(row.uid).unwrap_or(0),
                arrived_at: Time(row.arrived_at),
                stored_at: Time(row.stored_at),
                late: row.late,
                disposition: Disposition::from_key(&row.disposition).unwrap_or(Disposition::Stored),
                reason: row.reason,
                from,
                subject,
                ticket: row.ticket_id.map(TicketId),
            }
        });
        Ok(ReceivedPage {
            address: Address::parse(&row.address).map_err(|_| Fault::AddressMalformed)?,
            rows: rows.collect(),
            more,
        })
    }
}
