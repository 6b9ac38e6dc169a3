//! Writing: replies, notes, new tickets.
//!
//! Invariant: message, Message-ID, delivery, status, draft and files change in one transaction. The
//! outbox is woken after it.

use super::recipients::{self, Typed};
use super::show::{self, Sender};
use super::{RECIPIENTS, TEXT, tell};
use crate::store::deliveries::{self, Recipient, RecipientKind};
use crate::store::{self, StoreError, Tx, drafts, known, messages, requesters, tickets, uploads};
use crate::{Engine, clock, intake};
use domain::console::people::Actor;
use domain::console::tickets::{NO_TICKET, NewTicketForm, ReplyForm};
use domain::id::{MessageId, TicketId};
use domain::refusal::Conflict;
use domain::thread::reply_subject;
use domain::ticket::{MessageKind, TicketStatus};
use domain::{Answer, Fault, Refusal, Time};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// Characters of a new ticket's subject.
const SUBJECT: usize = 250;
/// Message-IDs of a References field: its first and its last ones (RFC 5322 3.6.4).
const REFERENCES: usize = 30;

pub async fn reply(engine: &Arc<Engine>, actor: &Actor, form: ReplyForm) -> Answer<MessageId> {
    let text = text_of(&form.text)?;
    let row = tickets::get(engine.store.read(), form.ticket).await?.ok_or(Refusal::NotFound)?;
    let once = once_hash(&form.once, &["reply", &form.ticket.to_string(), &text]);
    if let Some(hash) = &once
        && let Some((message, _)) = messages::sent_once(engine.store.read(), actor.person, hash).await?
    {
        return Ok(message);
    }
    let files = uploads::shown(engine.store.read(), form.ticket, actor.person, &form.files).await?;
    if text.is_empty() && (form.note || files.is_empty()) {
        return Err(Fault::MessageEmpty.into());
    }
    if form.note {
        return note(engine, actor, form, text, once).await;
    }
    let (to, cc) = (people(&form.to)?, people(&form.cc)?);
    if to.is_empty() {
        return Err(Fault::RecipientMissing.into());
    }
    let bytes: i64 = files.iter().map(|row| row.bytes).sum();
    if u64::try_from(bytes).unwrap_or(0) > engine.config.limits.reply_bytes {
        return Err(Fault::AttachmentsTooLarge.into());
    }
    let sender = show::sender(engine, &row).await?.filter(|s| s.sends).ok_or(Fault::NoDirection)?;
    let now = clock::now();
    let tx = engine.store.begin().await?;
    if !form.anyway {
        nothing_newer(&tx, actor, &form).await?;
    }
    let letter = Letter {
        ticket: form.ticket,
        subject: reply_subject(&row.subject, form.ticket),
        text,
        to,
        cc,
        sender,
        once: once.clone(),
    };
    let message = match letter.write(&tx, engine, actor, now).await {
        // The same click came twice, and the other one was quicker.
        Err(StoreError::Taken) if once.is_some() => {
            drop(tx);
            return again(engine, actor, once.as_deref()).await.map(|(message, _)| message);
        }
        outcome => outcome?,
    };
    uploads::attach(&tx, form.ticket, actor.person, &form.files, message).await?;
    drafts::forget(&tx, form.ticket, actor.person).await?;
    let status = if form.close { TicketStatus::Closed } else { TicketStatus::Waiting };
    tickets::set_status(&tx, form.ticket, status).await?;
    tickets::touch(&tx, form.ticket, now).await?;
    tickets::mark_seen(&tx, form.ticket, actor.person, message).await?;
    fail::fail_point!("before-reply-commit", |_| Err(Refusal::Unavailable));
    store::commit(tx).await?;
    sent(engine, form.ticket);
    tracing::info!(ticket = form.ticket.0, message = message.0, person = actor.person.0, "a reply was written");
    Ok(message)
}

async fn note(
    engine: &Arc<Engine>,
    actor: &Actor,
    form: ReplyForm,
    text: String,
    once: Option<Vec<u8>>,
) -> Answer<MessageId> {
    let now = clock::now();
    let tx = engine.store.begin().await?;
    let new = messages::New {
        kind: MessageKind::Note,
        once_hash: once.clone(),
        ..messages::New::note_by(actor, form.ticket, text, now)
    };
    let message = match messages::insert(&tx, new, now).await {
        Err(StoreError::Taken) if once.is_some() => {
            drop(tx);
            return again(engine, actor, once.as_deref()).await.map(|(message, _)| message);
        }
        outcome => outcome?,
    };
    uploads::attach(&tx, form.ticket, actor.person, &form.files, message).await?;
    drafts::forget(&tx, form.ticket, actor.person).await?;
    if form.close {
        tickets::set_status(&tx, form.ticket, TicketStatus::Closed).await?;
    }
    tickets::touch(&tx, form.ticket, now).await?;
    tickets::mark_seen(&tx, form.ticket, actor.person, message).await?;
    store::commit(tx).await?;
    engine.wake.search.notify_one();
    tell(engine, form.ticket);
    Ok(message)
}

pub async fn create(engine: &Arc<Engine>, actor: &Actor, form: NewTicketForm) -> Answer<TicketId> {
    let text = text_of(&form.text)?;
    if text.is_empty() {
        return Err(Fault::MessageEmpty.into());
    }
    let subject = form.subject.split_whitespace().collect::<Vec<_>>().join(" ").replace('\0', "");
    if subject.is_empty() {
        return Err(Fault::SubjectMissing.into());
    }
    if subject.chars().count() > SUBJECT {
        return Err(Fault::TextTooLong.into());
    }
    let (to, cc) = (people(&form.to)?, people(&form.cc)?);
    let first = to.first().cloned().ok_or(Fault::RecipientMissing)?;
    let once = once_hash(&form.once, &["create", &form.mailbox.to_string(), &form.to, &subject, &text]);
    if let Some(hash) = &once
        && let Some((_, ticket)) = messages::sent_once(engine.store.read(), actor.person, hash).await?
    {
        return Ok(ticket);
    }
    let now = clock::now();
    let files = uploads::shown(engine.store.read(), NO_TICKET, actor.person, &form.files).await?;
    let bytes: i64 = files.iter().map(|row| row.bytes).sum();
    if u64::try_from(bytes).unwrap_or(0) > engine.config.limits.reply_bytes {
        return Err(Fault::AttachmentsTooLarge.into());
    }
    let sender = show::mailbox_sender(engine, form.mailbox).await?.filter(|s| s.sends).ok_or(Fault::NoDirection)?;
    let tx = engine.store.begin().await?;
    let name = first.line.rsplit_once(" <").map_or("", |(name, _)| name);
    let requester = requesters::of(&tx, first.address.as_str(), name).await?;
    let new = tickets::New {
        subject: subject.clone(),
        status: TicketStatus::Waiting,
        mailbox: Some(form.mailbox),
        requester: requester.id,
        assignee: Some(actor.person),
        at: now,
        reply_from: None,
    };
    let ticket = tickets::insert(&tx, new, now).await?;
    let letter = Letter { ticket, subject: format!("{subject} [#{ticket}]"), text, to, cc, sender, once: once.clone() };
    let message = match letter.write(&tx, engine, actor, now).await {
        Err(StoreError::Taken) if once.is_some() => {
            drop(tx);
            return again(engine, actor, once.as_deref()).await.map(|(_, ticket)| ticket);
        }
        outcome => outcome?,
    };
    uploads::attach(&tx, NO_TICKET, actor.person, &form.files, message).await?;
    drafts::forget(&tx, NO_TICKET, actor.person).await?;
    tickets::mark_seen(&tx, ticket, actor.person, message).await?;
    fail::fail_point!("before-ticket-commit", |_| Err(Refusal::Unavailable));
    store::commit(tx).await?;
    sent(engine, ticket);
    tracing::info!(ticket = ticket.0, person = actor.person.0, "began a ticket");
    Ok(ticket)
}

/// Mail of ours.
struct Letter {
    ticket: TicketId,
    subject: String,
    text: String,
    to: Vec<Typed>,
    cc: Vec<Typed>,
    sender: Sender,
    once: Option<Vec<u8>>,
}

impl Letter {
    /// Message, its final Message-ID, and its delivery.
    async fn write(self, tx: &Tx, engine: &Engine, actor: &Actor, now: Time) -> Result<MessageId, StoreError> {
        let header_id = intake::fresh_header_id(engine, self.ticket, &self.sender.reply_from);
        let answered = messages::answered(tx, self.ticket).await?;
        let in_reply_to = answered.as_ref().and_then(|m| m.header_id.clone());
        let references = references(answered.as_ref());
        let lines = |list: &[Typed]| list.iter().map(|t| t.line.clone()).collect::<Vec<_>>();
        let new = messages::New {
            kind: MessageKind::Reply,
            from_address: Some(self.sender.reply_from.as_str().to_owned()),
            to: lines(&self.to),
            cc: lines(&self.cc),
            subject: self.subject,
            header_id: Some(header_id.clone()),
            in_reply_to,
            references,
            once_hash: self.once,
            ..messages::New::note_by(actor, self.ticket, self.text, now)
        };
        let message = messages::insert(tx, new, now).await?;
        known::remember_ours(tx, &header_id, self.ticket, message).await?;
        let to = self.to.iter().map(|t| Recipient { address: t.address.clone(), kind: RecipientKind::To });
        let cc = self.cc.iter().map(|t| Recipient { address: t.address.clone(), kind: RecipientKind::Cc });
        let all: Vec<Recipient> = to.chain(cc).collect();
        deliveries::create(tx, message, self.ticket, self.sender.mailbox, &header_id, &all, now).await?;
        Ok(message)
    }
}

/// The References of an answer: the parent's, and the parent.
fn references(parent: Option<&messages::Row>) -> Vec<String> {
    let Some(parent) = parent else { return Vec::new() };
    let mut all: Vec<String> =
        parent.reference_list.iter().flat_map(|list| list.split(' ')).map(str::to_owned).collect();
    all.extend(parent.header_id.clone());
    if all.len() > REFERENCES {
        let cut = all.len() - REFERENCES + 1;
        all.drain(1..=cut);
    }
    all
}

/// Nobody else wrote since the writer's page was drawn.
async fn nothing_newer(tx: &Tx, actor: &Actor, form: &ReplyForm) -> Answer<()> {
    let newer = messages::newest_of_others(tx, form.ticket, actor.person).await?;
    match newer {
        Some(newest) if form.seen.is_none_or(|seen| seen < newest) => Err(Conflict::NewerMessage.into()),
        _ => Ok(()),
    }
}

async fn again(engine: &Engine, actor: &Actor, once: Option<&[u8]>) -> Answer<(MessageId, TicketId)> {
    let hash = once.ok_or(Refusal::Unavailable)?;
    messages::sent_once(engine.store.read(), actor.person, hash).await?.ok_or(Refusal::Unavailable)
}

fn sent(engine: &Engine, ticket: TicketId) {
    engine.wake.outbox.notify_one();
    engine.wake.search.notify_one();
    engine.changes.tell("outbox");
    tell(engine, ticket);
}

fn text_of(typed: &str) -> Answer<String> {
    if typed.len() > TEXT {
        return Err(Fault::TextTooLong.into());
    }
    Ok(typed.replace("\r\n", "\n").replace('\0', "").trim_end().to_owned())
}

fn people(typed: &str) -> Answer<Vec<Typed>> {
    if typed.len() > RECIPIENTS {
        return Err(Fault::TextTooLong.into());
    }
    Ok(recipients::parse(typed)?)
}

/// The composer's key and what it sends, as one hash; `None` without a key.
fn once_hash(key: &str, what: &[&str]) -> Option<Vec<u8>> {
    if key.is_empty() {
        return None;
    }
    let mut hash = Sha256::new();
    for part in std::iter::once(&key).chain(what) {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    Some(hash.finalize().to_vec())
}
