//! What one transaction looked up for all its messages at once, and has yet to write for all of them: a statement
//! a message is what taking in costs.

use super::pending::Pending;
use crate::mime::{Identity, Mail, Part};
use crate::store::known::{self, Known};
use crate::store::settling::{Settlement, Waiting};
use crate::store::touched::Touched;
use crate::store::{StoreError, Tx, forwards, messages, requesters, tickets};
use domain::Time;
use domain::id::{MessageId, TicketId};
use domain::ticket::TicketStatus;
use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Everything that a transaction asks for is remembered here, and so is what it writes. On SQLite nobody else writes
/// meanwhile; on PostgreSQL another node does, and what messages are known is asked anew for each.
#[derive(Default)]
pub struct Memo(Mutex<Notes>);

#[derive(Default)]
struct Notes {
    /// By Message-ID.
    known: HashMap<String, Vec<Known>>,
    /// By address; `None`: nobody has it.
    requesters: HashMap<String, Option<requesters::Row>>,
    /// What forwards brought and no original came for, of what was looked up; `None`: anything may have been forwarded.
    alike: Option<HashSet<Vec<u8>>>,
    /// Nobody else writes.
    alone: bool,
    /// Who began a ticket.
    began_by: HashMap<TicketId, i64>,
    pending: Pending,
}

impl Memo {
    /// Looks up what the messages will ask for.
    /// `alone`: nobody else writes until the transaction ends.
    pub async fn of(tx: &Tx, mails: &[&Mail], alone: bool) -> Result<Self, StoreError> {
        let memo = Self(Mutex::new(Notes { alone, ..Notes::default() }));
        let from: HashSet<&str> = mails.iter().filter_map(|mail| Some(mail.from.as_ref()?.address.as_str())).collect();
        let found = requesters::by_addresses(tx, &from).await?;
        let mut rows: HashMap<String, Option<requesters::Row>> =
            from.into_iter().map(|a| (a.to_owned(), None)).collect();
        rows.extend(found.into_iter().map(|row| (row.address.clone(), Some(row))));
        memo.notes().requesters = rows;
        if !alone {
            return Ok(memo);
        }
        let keys: Vec<String> = mails.iter().flat_map(|mail| super::settle::keys(mail)).collect();
        let known = memo.known(tx, &keys).await?;
        let tickets: Vec<TicketId> = known.iter().map(|known| known.ticket).collect();
        if !tickets.is_empty() {
            memo.notes().began_by = tickets::began_by(tx, &tickets).await?;
        }
        let alike: Vec<&[u8]> = mails.iter().filter_map(|mail| mail.alike.as_deref()).collect();
        let alike = forwards::any_waiting(tx, &alike).await?;
        memo.notes().alike = Some(alike);
        Ok(memo)
    }

    /// Never held across an await.
    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who knows any of these Message-IDs, messages before mere mentions, the newest ticket first.
    pub async fn known(&self, tx: &Tx, keys: &[String]) -> Result<Vec<Known>, StoreError> {
        let keys: HashSet<&String> = keys.iter().collect();
        let new: Vec<String> = {
            let mut notes = self.notes();
            if !notes.alone {
                notes.known.clear();
            }
            keys.iter().filter(|key| !notes.known.contains_key(**key)).map(|key| (*key).clone()).collect()
        };
        if !new.is_empty() {
            self.flush(tx).await?;
        }
        let found = known::find(tx, &new).await?;
        let mut notes = self.notes();
        notes.known.extend(new.into_iter().map(|key| (key, Vec::new())));
        for one in found {
            notes.known.entry(one.key.clone()).or_default().push(one);
        }
        let mut found: Vec<Known> =
            keys.into_iter().filter_map(|key| notes.known.get(key)).flatten().cloned().collect();
        known::sort(&mut found);
        Ok(found)
    }

    /// Somebody changed what is known of these.
    pub fn forget(&self, keys: &[String]) {
        let mut notes = self.notes();
        for key in keys {
            notes.known.remove(key);
        }
    }

    /// Remembers a message that came, and the Message-IDs that it names.
    pub async fn remember(
        &self,
        tx: &Tx,
        identity: &Identity,
        names: &[String],
        (ticket, message): (TicketId, MessageId),
    ) -> Result<(), StoreError> {
        let mut keys = names.to_vec();
        keys.push(identity.key.clone());
        let known = self.known(tx, &keys).await?;
        let (new, named) = known::new_of(&known, identity, names, (ticket, message));
        if let Some(named) = &named {
            self.flush(tx).await?;
            known::came(tx, named).await?;
        }
        let mut notes = self.notes();
        notes.pending.known(&new);
        for one in new.into_iter().chain(named) {
            // What was not looked up stays so.
            if let Some(there) = notes.known.get_mut(&one.key) {
                there.retain(|known| known.ticket != one.ticket);
                there.push(one);
            }
        }
        Ok(())
    }

    /// The requester with an address.
    pub async fn requester(&self, tx: &Tx, address: &str) -> Result<Option<requesters::Row>, StoreError> {
        if let Some(row) = self.notes().requesters.get(address) {
            return Ok(row.clone());
        }
        let row = requesters::by_addresses(tx, &HashSet::from([address])).await?.pop();
        self.notes().requesters.insert(address.to_owned(), row.clone());
        Ok(row)
    }

    /// The same, made if need be. A name is taken where none was known.
    pub async fn requester_of(&self, tx: &Tx, address: &str, name: &str) -> Result<requesters::Row, StoreError> {
        if let Some(row) = self.requester(tx, address).await?
            && (!row.name.is_empty() || name.is_empty())
        {
            return Ok(row);
        }
        // Nobody has it, and nobody else can make it meanwhile.
        let new = {
            let notes = self.notes();
            notes.alone && matches!(notes.requesters.get(address), Some(None))
        };
        let row = match new {
            true => requesters::add(tx, address, name).await?,
            false => requesters::of(tx, address, name).await?,
        };
        self.notes().requesters.insert(address.to_owned(), Some(row.clone()));
        Ok(row)
    }

    /// Whether a forward may have brought a mail like this before.
    pub fn may_have_come_inside(&self, alike: &[u8]) -> bool {
        self.notes().alike.as_ref().is_none_or(|waiting| waiting.contains(alike))
    }

    /// A forward was taken apart.
    pub fn forwarded(&self) {
        self.notes().alike = None;
    }

    /// The requester of a ticket; `None`: there is no such ticket.
    pub async fn began_by(&self, tx: &Tx, ticket: TicketId) -> Result<Option<i64>, StoreError> {
        if let Some(requester) = self.notes().began_by.get(&ticket) {
            return Ok(Some(*requester));
        }
        Ok(tickets::get(tx, ticket).await?.map(|row| row.requester_id))
    }

    /// Begins a ticket, which is counted by [`Memo::write`].
    pub async fn begin(&self, tx: &Tx, new: tickets::New, now: Time) -> Result<TicketId, StoreError> {
        debug_assert_eq!(new.status, TicketStatus::Open);
        let requester = new.requester;
        let ticket = tickets::add(tx, new, now).await?;
        let mut notes = self.notes();
        notes.pending.begun += 1;
        notes.began_by.insert(ticket, requester);
        Ok(ticket)
    }

    /// Writes a message, which is listed for the search index by [`Memo::write`].
    pub async fn message(&self, tx: &Tx, new: messages::New, now: Time) -> Result<MessageId, StoreError> {
        let message = messages::add(tx, new, now).await?;
        self.notes().pending.due.push(message);
        Ok(message)
    }

    /// The files of a message, which [`Memo::write`] writes.
    pub fn parts(&self, message: MessageId, parts: &[Part]) {
        self.notes().pending.parts(message, parts);
    }

    /// A customer's message moved a ticket, which [`Memo::write`] writes.
    pub fn touch(&self, ticket: TicketId, touched: Touched) {
        self.notes().pending.touch(ticket, touched);
    }

    /// What a receipt became, which [`Memo::write`] writes.
    pub fn settled(&self, waiting: &Waiting, settlement: Settlement) {
        self.notes().pending.settled.push((waiting.clone(), settlement));
    }

    /// How many rows of files and Message-IDs were put off.
    pub fn rows(&self) -> usize {
        self.notes().pending.rows.len()
    }

    /// Writes what was put off so far, for who asks the database for it.
    pub async fn flush(&self, tx: &Tx) -> Result<(), StoreError> {
        let rows = std::mem::take(&mut self.notes().pending.rows);
        rows.write(tx).await
    }

    /// Writes what was put off. `false`: somebody else settled one of the receipts; nothing of this transaction may
    /// be committed then.
    pub async fn write(self, tx: &Tx, now: Time) -> Result<bool, StoreError> {
        let notes = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        notes.pending.write(tx, now).await
    }
}
