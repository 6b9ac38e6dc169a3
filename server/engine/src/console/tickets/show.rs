//! A conversation.

use super::list;
use super::recipients;
use crate::files::{self, Thing};
use crate::intake::Own;
use crate::store::{attachments, drafts, forwards, mailboxes, messages, notice_way, tickets, uploads};
use crate::{Engine, clock, evidence, notify};
use domain::console::people::Actor;
use domain::console::tickets::*;
use domain::id::*;
use domain::mailbox::MailboxFacts;
use domain::ticket::{MessageKind, TicketStatus};
use domain::{Address, Answer, Direction, Refusal, Time};
use std::collections::HashMap;

/// Tickets of the same requester beside the conversation.
const EARLIER: u64 = 5;

pub async fn show(engine: &Engine, actor: &Actor, id: TicketId) -> Answer<TicketPage> {
    let store = &engine.store;
    let now = clock::now();
    let row = tickets::get(store.read(), id).await?.ok_or(Refusal::NotFound)?;
    let rows = messages::of_ticket(store, id).await?;
    let own = evidence::own_shown(engine).await?;
    let requester = tickets::requesters(store, std::slice::from_ref(&row)).await?.remove(&row.requester_id);
    let people = tickets::people(store).await?;
    let facts = evidence::shown(engine).await?;
    let mailbox = sender_of(engine, &row, &facts, &own).await?;
    let newest = rows.last().map(|m| MessageId(m.id));
    let mut first_new = None;
    if let Some(newest) = newest {
        let before = tickets::seen(store, actor.person, &[id.0]).await?;
        // Who sees a conversation for the first time begins at its beginning.
        first_new = before.get(&id.0).and_then(|seen| rows.iter().find(|m| m.id > *seen)).map(|m| MessageId(m.id));
        if before.get(&id.0).is_none_or(|seen| *seen < newest.0) {
            tickets::mark_seen(store.write(), id, actor.person, newest).await?;
        }
    }
    let requester_address = requester.as_ref().map(|r| r.address.clone()).unwrap_or_default();
    let (reply_to, reply_all_cc) = answer_lines(&rows, &own, &requester_address);
    let earlier = tickets::earlier(store, &row, EARLIER).await?;
    let status = |key: &str| TicketStatus::from_key(key).unwrap_or(TicketStatus::Open);
    Ok(TicketPage {
        now,
        id,
        subject: row.subject.clone(),
        status: status(&row.status),
        requester: requester.map(|r| r.label().to_owned()).unwrap_or_default(),
        requester_address,
        mailbox: mailbox.as_ref().map(|s| (s.mailbox, s.address.clone())),
        assignee: row
            .assignee_id
            .and_then(|id| people.iter().find(|(p, ..)| p.0 == id).map(|(p, name, _)| (*p, name.clone()))),
        agents: people.iter().filter(|(.., disabled)| !disabled).map(|(p, name, _)| (*p, name.clone())).collect(),
        created_at: Time(row.created_at),
        messages: views(engine, rows, &facts, now).await?,
        newest,
        first_new,
        earlier: earlier
            .into_iter()
            .map(|t| EarlierTicket {
                id: TicketId(t.id),
                subject: t.subject,
                status: status(&t.status),
                at: Time(t.updated_at),
            })
            .collect(),
        draft: draft(engine, actor, id).await?,
        reply_from: mailbox.as_ref().map(|s| s.reply_from.clone()),
        reply_to,
        reply_all_cc,
        held_since: match &mailbox {
            Some(sender) => list::lost_since(&facts).get(&sender.mailbox).copied(),
            None => None,
        },
        no_outgoing: !mailbox.is_some_and(|s| s.sends),
    })
}

/// The mailbox of a ticket as the sender of its replies.
pub struct Sender {
    pub mailbox: MailboxId,
    /// The mailbox's address.
    pub address: Address,
    /// The own address that the customer wrote to, else the mailbox's.
    pub reply_from: Address,
    /// It has an outgoing direction.
    pub sends: bool,
}

pub async fn sender(engine: &Engine, ticket: &tickets::Row) -> Answer<Option<Sender>> {
    sender_of(engine, ticket, &evidence::facts(engine).await?, &Own::load(engine).await?).await
}

async fn sender_of(
    engine: &Engine,
    ticket: &tickets::Row,
    facts: &[MailboxFacts],
    own: &Own,
) -> Answer<Option<Sender>> {
    let Some(mailbox) = ticket.mailbox_id.map(MailboxId) else { return Ok(None) };
    let Some(mut sender) = among(facts, mailbox) else { return Ok(None) };
    let left = mailboxes::receives_only(&engine.store).await?;
    let written_to = ticket.reply_from.as_deref().filter(|a| own.mailbox(a) == Some(mailbox));
    if let Some(address) = written_to.and_then(|a| Address::parse(a).ok()).filter(|a| !left.contains(a)) {
        sender.reply_from = address;
    }
    // R4: written to an address that only sends, and whose mail arrives here: answered from there.
    let wrote_to = ticket.reply_from.as_deref().and_then(|a| own.mailbox(a));
    let rows = mailboxes::some(&engine.store, [Some(mailbox), wrote_to].into_iter().flatten()).await?;
    let sends_only = rows.iter().find(|row| wrote_to == Some(MailboxId(row.id)) && row.arrives_at == Some(mailbox.0));
    // R4: what only fetches answers through another mailbox.
    let through = rows.iter().find(|row| row.id == mailbox.0 && !sender.sends).and_then(|row| row.replies_through);
    match sends_only.map(|row| row.id).or(through) {
        Some(mailboxes::SYSTEM) => Ok(Some(by_system(engine, sender).await?)),
        Some(other) => Ok(among(facts, MailboxId(other)).filter(|s| s.sends).or(Some(sender))),
        None => Ok(Some(sender)),
    }
}

/// R4: through the SMTP server that notices leave by, from its address; answers come back to the mailbox.
async fn by_system(engine: &Engine, sender: Sender) -> Answer<Sender> {
    let ways = notice_way::get(&engine.store).await?;
    Ok(match notify::system(engine, &ways) {
        Some((_, from)) => Sender { reply_from: from, sends: true, ..sender },
        None => sender,
    })
}

pub async fn mailbox_sender(engine: &Engine, mailbox: MailboxId) -> Answer<Option<Sender>> {
    Ok(among(&evidence::facts(engine).await?, mailbox))
}

fn among(facts: &[MailboxFacts], mailbox: MailboxId) -> Option<Sender> {
    facts.iter().find(|f| f.id == mailbox).map(|facts| {
        let outgoing = facts.direction(Direction::Outgoing);
        Sender {
            mailbox,
            reply_from: facts.address.clone(),
            sends: !facts.draft && outgoing.used && outgoing.credential.is_some(),
            address: facts.address.clone(),
        }
    })
}

/// To whom a reply goes, and who else when all get it, without our own addresses.
fn answer_lines(rows: &[messages::Row], own: &Own, requester: &str) -> (String, String) {
    let Some(last) = rows.iter().rev().find(|m| m.kind == MessageKind::Incoming.key() && m.from_address.is_some())
    else {
        // Ours so far: the same people again.
        let ours = rows.iter().rev().find(|m| m.kind == MessageKind::Reply.key());
        return match ours {
            Some(ours) => (messages::list_of(&ours.to_list).join(", "), messages::list_of(&ours.cc_list).join(", ")),
            None => (requester.to_owned(), String::new()),
        };
    };
    let foreign = |line: &String| recipients::typed(line).filter(|t| own.base(t.address.as_str()).is_none());
    let to = last.reply_to.as_ref().and_then(foreign).map(|t| t.line);
    let to = to.or_else(|| last.from_address.clone()).unwrap_or_default();
    let answered = messages::address_of(&to);
    let mut all: Vec<recipients::Typed> = Vec::new();
    for line in messages::list_of(&last.to_list).iter().chain(&messages::list_of(&last.cc_list)) {
        let fresh =
            foreign(line).filter(|t| t.address.as_str() != answered && !all.iter().any(|a| a.address == t.address));
        all.extend(fresh);
    }
    (to, all.into_iter().map(|t| t.line).collect::<Vec<_>>().join(", "))
}

async fn views(
    engine: &Engine,
    rows: Vec<messages::Row>,
    facts: &[MailboxFacts],
    now: Time,
) -> Answer<Vec<MessageView>> {
    let ids: Vec<MessageId> = rows.iter().map(|m| MessageId(m.id)).collect();
    let mut files: HashMap<i64, Vec<File>> = HashMap::new();
    for file in attachments::of_messages(&engine.store, &ids).await? {
        // What the formatted body shows in place is not listed again.
        let formatted = rows.iter().any(|m| m.id == file.message_id && m.html.is_some());
        if file.inline && formatted {
            continue;
        }
        let id = AttachmentId(file.id);
        files.entry(file.message_id).or_default().push(File {
            id,
            url: files::address(&engine.vault, Thing::Attachment(id), now),
            name: file.name,
            mime: file.mime,
            bytes: u64::try_from(file.bytes).unwrap_or(0),
        });
    }
    let ways = forwards::ways(&engine.store, &ids).await?;
    let mut lines = crate::deliver::delivery_lines(engine, &ids, facts).await?;
    let views = rows.into_iter().map(|m| {
        let id = MessageId(m.id);
        let url = |images| m.html.is_some().then(|| files::body_address(&engine.vault, id, images, now));
        MessageView {
            id,
            kind: MessageKind::from_key(&m.kind).unwrap_or(MessageKind::Note),
            html_url: url(false),
            html_with_images_url: url(true),
            author: m.author,
            from: m.from_address,
            to: messages::list_of(&m.to_list),
            cc: messages::list_of(&m.cc_list),
            at: Time(m.at),
            text: m.text,
            quoted: m.quoted,
            remote_images: u32::try_from(m.remote_images).unwrap_or(0),
            files: files.remove(&m.id).unwrap_or_default(),
            way: ways.get(&m.id).and_then(|way| serde_json::from_str(way).ok()),
            shortened: m.shortened,
            delivery: lines.remove(&id),
        }
    });
    Ok(views.collect())
}

pub async fn draft(engine: &Engine, actor: &Actor, ticket: TicketId) -> Answer<Draft> {
    let kept = drafts::get(&engine.store, ticket, actor.person).await?;
    let waiting = uploads::waiting(engine.store.read(), ticket, actor.person).await?;
    let uploads = waiting.into_iter().map(|row| Upload {
        id: UploadId(row.id),
        name: row.name,
        bytes: u64::try_from(row.bytes).unwrap_or(0),
    });
    let uploads = uploads.collect();
    Ok(match kept {
        Some(row) => Draft {
            text: row.text,
            to: line(row.to_list),
            cc: line(row.cc_list),
            uploads,
            kept_at: Some(Time(row.kept_at)),
            subject: row.subject.unwrap_or_default(),
            mailbox: row.mailbox_id.map(MailboxId),
        },
        None => Draft { uploads, ..Draft::default() },
    })
}

/// A draft that was a reply before it was taken back holds its people as the message had them.
fn line(kept: String) -> String {
    if kept.starts_with('[') { messages::list_of(&kept).join(", ") } else { kept }
}
