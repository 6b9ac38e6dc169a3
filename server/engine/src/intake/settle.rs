//! What becomes of one message, in the transaction that its batch shares.

use super::forward::Forwarded;
use super::memo::Memo;
use super::read::Read;
use super::sign::signed_ticket;
use super::ties::{self, By, Sender};
use super::{Own, Proof, Told, acknowledge, bounce};
use crate::mime::{Automatic, Mail, Party};
use crate::store::known::{self, Known};
use crate::store::settling::{self, Settlement, Waiting};
use crate::store::touched::Touched;
use crate::store::{StoreError, Tx, forwards, messages, posted, quarantine, relays, tickets, whole};
use crate::{Engine, clock};
use domain::Time;
use domain::console::tickets::NO_TICKET;
use domain::console::tickets::Way;
use domain::id::{MailboxId, MessageId, SourceId, TicketId};
use domain::receipt::Disposition;
use domain::thread::base_subject;
use domain::ticket::{MessageKind, TicketStatus};
use domain::time::Span;

/// How far a Date field may stand from the arrival and still be believed.
const PLAUSIBLE: (Span, Span) = (Span::days(30), Span::minutes(10));

/// The word of the fetch for a message of which only head and text were taken.
pub const TOO_LARGE: &str = "too_large";

/// A message inside a forward: where its bytes are, and when it says that it was written.
#[derive(Clone, Copy)]
pub struct Inside {
    pub source: Option<SourceId>,
    pub date: Option<Time>,
}

/// What settling one message needs.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub tx: &'a Tx,
    pub waiting: &'a Waiting,
    pub own: &'a Own,
    pub memo: &'a Memo,
    pub now: Time,
    /// A message that came inside a forward.
    pub inside: Option<Inside>,
    /// It lies in the folder of sent mail: somebody of the desk wrote it.
    pub sent: bool,
}

/// Settles one receipt.
pub async fn one(
    tx: &Tx,
    engine: &Engine,
    own: &Own,
    memo: &Memo,
    read: &Read,
    told: &mut Told,
) -> Result<(), StoreError> {
    let now = clock::now();
    let sent = read.waiting.sent;
    let cx = Context { tx, waiting: &read.waiting, own, memo, now, inside: None, sent };
    let settlement = match &read.mail {
        Ok(mail) => cx.mail(engine, mail, &read.forwarded, told).await?,
        // Of what we sent ourselves nothing is missing.
        Err(_) if sent => settled(Disposition::Ignored, Some("sent mail that can't be read"), None, None),
        Err(unreadable) => {
            told.unreadable = Some(read.waiting.mailbox);
            let reason = quarantine::worded(&unreadable.reason, read.waiting.reason.as_deref());
            settled(Disposition::Quarantined, Some(&reason), None, None)
        }
    };
    if sent && settlement.disposition == Disposition::Ignored {
        // What people write about other things is none of the desk's business.
        settling::forget_source(tx, &read.waiting).await?;
    }
    told.tickets.extend(settlement.ticket.filter(|t| !told.tickets.contains(t)));
    tracing::info!(
        mailbox = read.waiting.mailbox.0,
        uid = read.waiting.uid,
        ticket = settlement.ticket.map(|t| t.0),
        disposition = settlement.disposition.key(),
        "took a message in"
    );
    memo.settled(&read.waiting, settlement);
    Ok(())
}

pub fn settled(
    disposition: Disposition,
    reason: Option<&str>,
    ticket: Option<TicketId>,
    message: Option<MessageId>,
) -> Settlement {
    Settlement { disposition, reason: reason.map(str::to_owned), ticket, message }
}

impl Context<'_> {
    async fn mail(
        &self,
        engine: &Engine,
        mail: &Mail,
        forwarded: &Forwarded,
        told: &mut Told,
    ) -> Result<Settlement, StoreError> {
        if signed_ticket(&engine.vault, &mail.identity.key) == Some(NO_TICKET) {
            // R4: one that came by way of a forwarded address proves that it is forwarded.
            // The sender's own copy proves nothing.
            if !self.sent {
                let to = mail.to.iter().map(|p| p.address.to_lowercase()).collect();
                relays::seen(self.tx, self.waiting.mailbox, to, self.now).await?;
            }
            return Ok(settled(Disposition::Own, Some("a test mail of ours"), None, None));
        }
        let from_us = mail.from.as_ref().is_some_and(|from| self.own.base(&from.address).is_some());
        if from_us && !self.sent {
            let about = posted::recognise(self.tx, self.waiting, &mail.identity.key, self.now).await?;
            if let Some(about) = about {
                told.arrived.extend([self.waiting.mailbox, about]);
                return Ok(settled(Disposition::Own, Some("our test mail to this address"), None, None));
            }
        }
        let asked = self.asked();
        if asked {
            // What stood for a ticket that is gone must not stand in the way of a new one.
            let keys = keys(mail);
            known::forget_missing(self.tx, &keys).await?;
            self.memo.forget(&keys);
        }
        let known = self.memo.known(self.tx, &keys(mail)).await?;
        if let Some(settlement) = self.seen_before(mail, &known) {
            return Ok(settlement);
        }
        if self.sent {
            return self.sent_from_elsewhere(engine, mail, &known).await;
        }
        if let Forwarded::Yes(bundle) = forwarded {
            return self.forward(engine, mail, bundle, told).await;
        }
        if let Some(came) = self.came_inside(mail).await? {
            self.adopt(mail, &came).await?;
            let reason = "somebody had forwarded it before";
            return Ok(settled(Disposition::Duplicate, Some(reason), Some(came.ticket), Some(came.message)));
        }
        let about = match mail.automatic {
            Automatic::Bounce => match bounce::about(mail, &known).and_then(|k| Some((k.ticket, k.message?))) {
                None => bounce::by_recipient(self, mail).await?,
                named => named,
            },
            _ => None,
        };
        // A person wants a ticket even of a bounce that names no reply of ours.
        if mail.automatic == Automatic::Bounce && !(asked && about.is_none()) {
            return match about {
                Some((ticket, reply)) => {
                    let (message, disposition) = bounce::keep(self, mail, ticket, reply, told).await?;
                    Ok(settled(disposition, None, Some(ticket), Some(message)))
                }
                None => Ok(settled(Disposition::Bounce, Some("it names no reply of ours"), None, None)),
            };
        }
        let proved = self.own.proof(self.waiting.mailbox, mail) == Proof::Proved;
        let by = if proved { By::Proved } else { By::Anybody };
        let ties = ties::find(self, engine, mail, &known, by).await?;
        let unproved = matches!(forwarded, Forwarded::Unproved);
        let too_large = self.waiting.reason.as_deref() == Some(TOO_LARGE);
        let by_size = |otherwise| if too_large { Disposition::TooLarge } else { otherwise };
        match (ties.joins, mail.automatic) {
            (Some((ticket, _)), Automatic::Answer | Automatic::Generated) => {
                let message = self.write(mail, ticket, MessageKind::Automatic).await?;
                tickets::touch(self.tx, ticket, self.at(mail)).await?;
                Ok(settled(Disposition::Automatic, None, Some(ticket), Some(message)))
            }
            // Nobody asks for an out-of-office note as a ticket; the ledger and the source keep it.
            (None, Automatic::Answer) if !asked => {
                Ok(settled(Disposition::Automatic, Some("an automatic answer that belongs to no ticket"), None, None))
            }
            (Some((ticket, Sender::Staff)), _) => self.outside(mail, ticket).await,
            (Some((ticket, sender @ (Sender::Customer | Sender::Unproved))), _) => {
                let message = self.write(mail, ticket, MessageKind::Incoming).await?;
                if unproved || sender == Sender::Unproved {
                    self.note_way(message, &Way::Unproved).await?;
                }
                self.memo.touch(ticket, Touched::new(self.at(mail), message, self.written_to(mail), true));
                Ok(settled(by_size(Disposition::Reply), self.waiting.reason.as_deref(), Some(ticket), Some(message)))
            }
            (None, _) => {
                let (ticket, message) = self.begin(mail).await?;
                match ties.possible {
                    _ if unproved => self.note_way(message, &Way::Unproved).await?,
                    Some(other) => self.note_way(message, &Way::PossibleReply { ticket: other }).await?,
                    None => {}
                }
                acknowledge::acknowledge(self, engine, mail, ticket, ties.possible.is_some(), told).await?;
                Ok(settled(by_size(Disposition::Ticket), self.waiting.reason.as_deref(), Some(ticket), Some(message)))
            }
        }
    }

    /// A message in the folder of sent mail that is not ours: an answer from Outlook, or about
    /// something else.
    async fn sent_from_elsewhere(
        &self,
        engine: &Engine,
        mail: &Mail,
        known: &[Known],
    ) -> Result<Settlement, StoreError> {
        match ties::find(self, engine, mail, known, By::TheDesk).await?.ticket() {
            Some(ticket) => self.outside(mail, ticket).await,
            None => Ok(settled(Disposition::Ignored, Some("sent, and about no ticket"), None, None)),
        }
    }

    /// Somebody of the desk answered by another program.
    async fn outside(&self, mail: &Mail, ticket: TicketId) -> Result<Settlement, StoreError> {
        let message = self.write(mail, ticket, MessageKind::Outside).await?;
        tickets::touch(self.tx, ticket, self.at(mail)).await?;
        self.answered_outside(ticket, self.at(mail)).await?;
        Ok(settled(Disposition::AnsweredOutside, None, Some(ticket), Some(message)))
    }

    async fn note_way(&self, message: MessageId, way: &Way) -> Result<(), StoreError> {
        forwards::note_way(self.tx, message, &serde_json::to_string(way).unwrap_or_default()).await
    }

    /// Our own reply come back, or a message that came another way already.
    pub fn seen_before(&self, mail: &Mail, known: &[Known]) -> Option<Settlement> {
        let ours = known.iter().find(|k| k.ours && k.key == mail.identity.key && k.message.is_some());
        let from_us = mail.from.as_ref().is_some_and(|from| self.own.base(&from.address).is_some());
        if let Some(ours) = ours.filter(|_| from_us || self.sent) {
            return Some(settled(Disposition::Own, None, Some(ours.ticket), ours.message));
        }
        let second = known::second_key(&mail.identity.key, &mail.identity.digest);
        let same = known.iter().find(|k| {
            k.message.is_some()
                && (k.key == mail.identity.key || k.key == second)
                && k.digest.as_deref() == Some(&mail.identity.digest)
        })?;
        Some(settled(Disposition::Duplicate, None, Some(same.ticket), same.message))
    }

    /// Whether a person wants a ticket of this message.
    pub fn asked(&self) -> bool {
        self.waiting.reason.as_deref() == Some(crate::fetch::ASKED)
    }

    /// A ticket of its own.
    pub async fn begin(&self, mail: &Mail) -> Result<(TicketId, MessageId), StoreError> {
        let nobody = Party { name: String::new(), address: String::new() };
        let from = mail.from.as_ref().unwrap_or(&nobody);
        let requester = self.memo.requester_of(self.tx, &from.address, &from.name).await?;
        let reply_from = self.written_to(mail);
        let new = tickets::New {
            subject: base_subject(&mail.subject),
            status: TicketStatus::Open,
            mailbox: Some(self.mailbox_of(mail)),
            requester: requester.id,
            assignee: None,
            at: self.moved_at(mail),
            reply_from: reply_from.clone(),
        };
        let ticket = self.memo.begin(self.tx, new, self.now).await?;
        let message = self.write(mail, ticket, MessageKind::Incoming).await?;
        self.memo.touch(ticket, Touched::new(self.moved_at(mail), message, reply_from, false));
        Ok((ticket, message))
    }

    /// Message, files and known ids.
    pub async fn write(&self, mail: &Mail, ticket: TicketId, kind: MessageKind) -> Result<MessageId, StoreError> {
        let lines = |list: &[Party]| list.iter().map(Party::line).collect::<Vec<_>>();
        let mut references = mail.ancestors.clone();
        references.reverse();
        let new = messages::New {
            ticket,
            kind,
            person: None,
            author: mail.from.as_ref().map(|p| p.label().to_owned()).unwrap_or_default(),
            from_address: mail.from.as_ref().map(|p| p.address.clone()),
            to: lines(&mail.to),
            cc: lines(&mail.cc),
            reply_to: mail.reply_to.first().map(Party::line),
            subject: mail.subject.clone(),
            text: mail.text.clone(),
            quoted: mail.quoted.clone(),
            html: mail.html.clone(),
            remote_images: mail.remote_images,
            source: self.inside.map_or(self.waiting.source, |inside| inside.source),
            at: self.at(mail),
            header_id: mail.identity.given.then(|| mail.identity.key.clone()),
            in_reply_to: mail.ancestors.first().cloned(),
            references,
            once_hash: None,
        };
        let message = self.memo.message(self.tx, new, self.now).await?;
        if self.waiting.reason.as_deref() == Some(TOO_LARGE) && self.inside.is_none() {
            // What is listed of a part of a message is not whole: its files are fetched on demand.
            whole::shortened(self.tx, message).await?;
        } else {
            self.memo.parts(message, &mail.parts);
        }
        self.memo.remember(self.tx, &mail.identity, &mail.ancestors, (ticket, message)).await?;
        Ok(message)
    }

    /// It is the customer's turn, unless he wrote again since.
    async fn answered_outside(&self, ticket: TicketId, at: Time) -> Result<(), StoreError> {
        self.memo.flush(self.tx).await?;
        if let Some(row) = tickets::get(self.tx, ticket).await?
            && row.status == TicketStatus::Open.key()
            && row.customer_at.is_none_or(|customer| customer <= at.0)
        {
            tickets::set_status(self.tx, ticket, TicketStatus::Waiting).await?;
        }
        Ok(())
    }

    /// Whose ticket it becomes: what was forwarded belongs to the mailbox it was written to.
    fn mailbox_of(&self, mail: &Mail) -> MailboxId {
        let written_to = || mail.to.iter().chain(&mail.cc).find_map(|p| self.own.mailbox(&p.address));
        self.inside.and_then(|_| written_to()).unwrap_or(self.waiting.mailbox)
    }

    /// The own address of this mailbox that the customer wrote to.
    pub fn written_to(&self, mail: &Mail) -> Option<String> {
        let mailbox = self.mailbox_of(mail);
        let places = mail.to.iter().chain(&mail.cc).map(|p| p.address.as_str());
        places
            .chain(mail.delivered_to.iter().map(String::as_str))
            .find(|address| self.own.arrives_at(address, mailbox))
            .and_then(|address| self.own.base(address))
            .map(|address| address.as_str().to_owned())
    }

    /// When it was written, if that can be believed, else when it arrived.
    pub fn at(&self, mail: &Mail) -> Time {
        let arrived = self.waiting.arrived_at.min(self.now);
        if let Some(inside) = self.inside {
            return inside.date.map_or(arrived, |date| date.min(arrived));
        }
        mail.date
            .filter(|date| *date >= arrived - PLAUSIBLE.0 && *date <= arrived + PLAUSIBLE.1)
            .map_or(arrived, |date| date.min(self.now))
    }
}

impl Context<'_> {
    /// When its ticket moves: what was forwarded weeks later is news today.
    pub fn moved_at(&self, mail: &Mail) -> Time {
        if self.inside.is_some() { self.waiting.arrived_at.min(self.now) } else { self.at(mail) }
    }
}

/// Every Message-ID that matters to this message.
pub fn keys(mail: &Mail) -> Vec<String> {
    let mut keys = vec![mail.identity.key.clone(), known::second_key(&mail.identity.key, &mail.identity.digest)];
    keys.extend(mail.ancestors.iter().cloned());
    keys.extend(mail.report.iter().flat_map(|report| report.about.iter().cloned()));
    keys.sort();
    keys.dedup();
    keys
}
