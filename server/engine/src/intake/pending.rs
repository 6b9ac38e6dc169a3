//! What a transaction has yet to write for all its messages together.

use crate::mime::Part;
use crate::store::known::{self, Known};
use crate::store::settling::{self, Settlement, Waiting};
use crate::store::touched::{self, Touched};
use crate::store::{StoreError, Tx, attachments, search, tickets};
use domain::Time;
use domain::id::{MessageId, TicketId};
use domain::ticket::TicketStatus;
use std::collections::BTreeMap;

#[derive(Default)]
pub struct Pending {
    /// To be indexed for the search.
    pub due: Vec<MessageId>,
    /// Tickets to be counted.
    pub begun: i64,
    pub settled: Vec<(Waiting, Settlement)>,
    pub rows: Rows,
}

/// Whoever asks the database for any of these writes them first.
#[derive(Default)]
pub struct Rows {
    parts: Vec<(MessageId, Part)>,
    known: Vec<Known>,
    touched: BTreeMap<TicketId, Touched>,
}

impl Pending {
    /// The files of a message.
    pub fn parts(&mut self, message: MessageId, parts: &[Part]) {
        self.rows.parts.extend(parts.iter().map(|part| (message, part.clone())));
    }

    /// Message-IDs that nobody knew.
    pub fn known(&mut self, new: &[Known]) {
        self.rows.known.extend_from_slice(new);
    }

    /// A customer's message moved a ticket.
    pub fn touch(&mut self, ticket: TicketId, touched: Touched) {
        let touched = match self.rows.touched.remove(&ticket) {
            Some(before) => before.and(touched),
            None => touched,
        };
        self.rows.touched.insert(ticket, touched);
    }

    /// Writes it all. `false`: somebody else settled one of the receipts; nothing of this transaction may be committed
    /// then.
    pub async fn write(self, tx: &Tx, now: Time) -> Result<bool, StoreError> {
        self.rows.write(tx).await?;
        if self.begun > 0 {
            tickets::count(tx, &[(TicketStatus::Open, self.begun)]).await?;
        }
        search::due(tx, &self.due).await?;
        settling::settle(tx, &self.settled, now).await
    }
}

impl Rows {
    pub fn len(&self) -> usize {
        self.parts.len() + self.known.len()
    }

    pub async fn write(self, tx: &Tx) -> Result<(), StoreError> {
        attachments::insert_parts(tx, &self.parts).await?;
        known::insert(tx, &self.known).await?;
        touched::write(tx, &self.touched).await
    }
}
