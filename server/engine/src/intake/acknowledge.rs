//! The acknowledgement of a new ticket: written in the transaction that begins it, sent by the
//! outbox like any reply, marked as automatic (RFC 3834).

use super::Told;
use super::settle::Context;
use super::sign::fresh_header_id;
use crate::Engine;
use crate::mime::{Automatic, Mail};
use crate::store::deliveries::{self, Recipient, RecipientKind};
use crate::store::{StoreError, acknowledged, directions, known, mailboxes, messages, settling};
use domain::acknowledge::{BUSY_IN, Facts, ONCE_IN, QUIET_AFTER, silence, words};
use domain::id::{MessageId, TicketId};
use domain::thread::{base_subject, reply_subject};
use domain::ticket::MessageKind;
use domain::{Address, Direction};

/// Acknowledges the ticket that this mail began, if the rules allow it. `possible_reply`: it may
/// belong to another ticket.
pub async fn acknowledge(
    cx: &Context<'_>,
    engine: &Engine,
    mail: &Mail,
    ticket: TicketId,
    possible_reply: bool,
    told: &mut Told,
) -> Result<(), StoreError> {
    let id = cx.waiting.mailbox;
    if !cx.own.acknowledging.contains(&id) {
        return Ok(());
    }
    let Some(mailbox) = mailboxes::in_tx(cx.tx, id).await?.filter(|row| row.acknowledge) else { return Ok(()) };
    let side = directions::get(cx.tx, id, Direction::Outgoing).await?;
    let sends = side.is_some_and(|side| side.used && side.credential.is_some());
    let to = mail.reply_to.first().or(mail.from.as_ref());
    let (Some(to), true) = (to.and_then(|party| Address::parse(&party.address).ok()), sends) else { return Ok(()) };
    let written_to = cx.written_to(mail);
    // Whom this mailbox wrote to lately is asked of what is written.
    cx.memo.flush(cx.tx).await?;
    let facts = Facts {
        on: true,
        from_outside: cx.own.base(to.as_str()).is_none(),
        automatic: mail.automatic != Automatic::No,
        hushed: mail.hushed,
        addressed: written_to.is_some(),
        imported: cx.asked() || settling::is_imported(cx.tx, cx.waiting).await?,
        age: cx.now.since(cx.at(mail)),
        lately: acknowledged::lately(cx.tx, &to, mail.from.as_ref().map(|p| p.address.as_str()), cx.now - ONCE_IN)
            .await?,
        to_domain: acknowledged::to_domain(cx.tx, to.domain(), cx.now - BUSY_IN).await?,
        possible_reply,
    };
    if let Some(why) = silence(&facts) {
        tracing::debug!(mailbox = id.0, ticket = ticket.0, ?why, "no acknowledgement");
        return Ok(());
    }
    let from = written_to.unwrap_or_else(|| mailbox.address.clone());
    let Ok(from) = Address::parse(&from) else { return Ok(()) };
    let header_id = fresh_header_id(engine, ticket, &from);
    let answered = mail.identity.given.then(|| mail.identity.key.clone());
    let text = words(&mailbox.acknowledge_text, &ticket.to_string(), &base_subject(&mail.subject));
    let new = messages::New {
        ticket,
        kind: MessageKind::Automatic,
        person: None,
        author: mailbox.from_name.clone(),
        from_address: Some(from.as_str().to_owned()),
        to: vec![to.as_str().to_owned()],
        cc: Vec::new(),
        reply_to: None,
        subject: reply_subject(&mail.subject, ticket),
        text,
        quoted: None,
        html: None,
        remote_images: 0,
        source: None,
        at: cx.now,
        header_id: Some(header_id.clone()),
        in_reply_to: answered.clone(),
        references: answered.into_iter().collect(),
        once_hash: None,
    };
    let message: MessageId = cx.memo.message(cx.tx, new, cx.now).await?;
    known::remember_ours(cx.tx, &header_id, ticket, message).await?;
    let recipient = Recipient { address: to, kind: RecipientKind::To };
    let delivery = deliveries::create(cx.tx, message, ticket, id, &header_id, &[recipient], cx.now).await?;
    // Held by an outage, it would leave as late as it must not be written.
    deliveries::drop_after(cx.tx, delivery, cx.at(mail) + QUIET_AFTER).await?;
    told.outbox = true;
    Ok(())
}
