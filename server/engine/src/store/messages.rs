//! Messages of tickets.

use super::entity::message;
use super::{Store, StoreError, Tx};
use domain::Time;
use domain::console::people::Actor;
use domain::id::{MessageId, PersonId, SourceId, TicketId};
use domain::ticket::MessageKind;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, Iterable, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
};
use std::collections::HashMap;

/// A message's row.
pub type Row = message::Model;

/// A message that is written now.
#[derive(Clone, Debug)]
pub struct New {
    pub ticket: TicketId,
    pub kind: MessageKind,
    pub person: Option<PersonId>,
    /// Who wrote it, as people read it.
    pub author: String,
    pub from_address: Option<String>,
    /// As in `Anna <anna@x.example>`.
    pub to: Vec<String>,
    pub cc: Vec<String>,
    pub reply_to: Option<String>,
    pub subject: String,
    pub text: String,
    pub quoted: Option<String>,
    pub html: Option<String>,
    pub remote_images: u32,
    pub source: Option<SourceId>,
    pub at: Time,
    /// Message-ID without angle brackets.
    pub header_id: Option<String>,
    pub in_reply_to: Option<String>,
    /// The References field, oldest first.
    pub references: Vec<String>,
    pub once_hash: Option<Vec<u8>>,
}

impl New {
    /// A note that nobody signed: what most of our own messages begin as.
    pub fn note(ticket: TicketId, text: String, at: Time) -> Self {
        Self {
            ticket,
            kind: MessageKind::Note,
            person: None,
            author: String::new(),
            from_address: None,
            to: Vec::new(),
            cc: Vec::new(),
            reply_to: None,
            subject: String::new(),
            text,
            quoted: None,
            html: None,
            remote_images: 0,
            source: None,
            at,
            header_id: None,
            in_reply_to: None,
            references: Vec::new(),
            once_hash: None,
        }
    }

    /// The same, by a person of the desk.
    pub fn note_by(actor: &Actor, ticket: TicketId, text: String, at: Time) -> Self {
        Self { person: Some(actor.person), author: actor.name.clone(), ..Self::note(ticket, text, at) }
    }
}

/// Writes a message and asks for it to be indexed.
///
/// # Errors
/// [`StoreError::Taken`]: the same person sent it before (`once_hash`).
pub async fn insert(tx: &Tx, new: New, now: Time) -> Result<MessageId, StoreError> {
    let id = add(tx, new, now).await?;
    super::search::due(tx, &[id]).await?;
    Ok(id)
}

/// The same for those who list it for the search index themselves.
pub async fn add(tx: &Tx, new: New, now: Time) -> Result<MessageId, StoreError> {
    let row = message::ActiveModel {
        ticket_id: Set(new.ticket.0),
        kind: Set(new.kind.key().into()),
        person_id: Set(new.person.map(|p| p.0)),
        author: Set(new.author),
        from_address: Set(new.from_address),
        to_list: Set(list_text(&new.to)),
        cc_list: Set(list_text(&new.cc)),
        subject: Set(new.subject),
        text: Set(new.text),
        quoted: Set(new.quoted),
        html: Set(new.html),
        remote_images: Set(new.remote_images.into()),
        source_id: Set(new.source.map(|s| s.0)),
        at: Set(new.at.0),
        created_at: Set(now.0),
        header_id: Set(new.header_id),
        in_reply_to: Set(new.in_reply_to),
        reference_list: Set((!new.references.is_empty()).then(|| new.references.join(" "))),
        reply_to: Set(new.reply_to),
        once_hash: Set(new.once_hash),
        shortened: Set(false),
        ..Default::default()
    };
    // Only its number comes back: the texts need not travel twice.
    Ok(MessageId(message::Entity::insert(row).exec(tx).await?.last_insert_id))
}

/// A list of people as a column holds it: a JSON array of `Anna <anna@x.example>`.
pub fn list_text(list: &[String]) -> String {
    serde_json::to_string(list).unwrap_or_else(|_| "[]".into())
}

/// The list in a column.
pub fn list_of(text: &str) -> Vec<String> {
    serde_json::from_str(text).unwrap_or_default()
}

pub async fn get(store: &Store, id: MessageId) -> Result<Option<Row>, StoreError> {
    Ok(message::Entity::find_by_id(id.0).one(store.read()).await?)
}

/// The same within a transaction.
pub async fn get_in(tx: &Tx, id: MessageId) -> Result<Option<Row>, StoreError> {
    Ok(message::Entity::find_by_id(id.0).one(tx).await?)
}

/// The conversation, oldest first. Formatted bodies are left out, an empty one stands for them:
/// they are shown from their own address.
pub async fn of_ticket(store: &Store, ticket: TicketId) -> Result<Vec<Row>, StoreError> {
    Ok(conversation(ticket).all(store.read()).await?)
}

fn conversation(ticket: TicketId) -> Select<message::Entity> {
    light().filter(message::Column::TicketId.eq(ticket.0)).order_by_asc(message::Column::Id)
}

/// Messages without their formatted bodies.
fn light() -> Select<message::Entity> {
    let columns = message::Column::iter().filter(|column| !matches!(column, message::Column::Html));
    message::Entity::find()
        .select_only()
        .columns(columns)
        .column_as(Expr::cust("CASE WHEN html IS NULL THEN NULL ELSE '' END"), "html")
}

/// These messages by id, as a conversation has them.
pub async fn some(store: &Store, ids: &[i64]) -> Result<HashMap<i64, Row>, StoreError> {
    let rows = light().filter(message::Column::Id.is_in(ids.iter().copied())).all(store.read()).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// How SQLite goes about a conversation, for the test that reads query plans.
pub async fn conversation_plan(store: &Store, ticket: TicketId) -> Result<Vec<String>, StoreError> {
    super::tickets::explain(store, conversation(ticket).build(store.backend())).await
}

/// The newest message of a ticket that this person did not write.
pub async fn newest_of_others(
    db: &impl ConnectionTrait,
    ticket: TicketId,
    person: PersonId,
) -> Result<Option<MessageId>, StoreError> {
    let id = message::Entity::find()
        .select_only()
        .column(message::Column::Id)
        .filter(message::Column::TicketId.eq(ticket.0))
        .filter(message::Column::PersonId.is_null().or(message::Column::PersonId.ne(person.0)))
        .order_by_desc(message::Column::Id)
        .limit(1)
        .into_tuple::<i64>()
        .one(db)
        .await?;
    Ok(id.map(MessageId))
}

/// Everybody who wrote or got a message of the ticket: addresses in lower case.
pub async fn participants(tx: &Tx, ticket: TicketId) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(Option<String>, String, String, Option<String>)> = message::Entity::find()
        .select_only()
        .column(message::Column::FromAddress)
        .column(message::Column::ToList)
        .column(message::Column::CcList)
        .column(message::Column::ReplyTo)
        .filter(message::Column::TicketId.eq(ticket.0))
        .order_by_desc(message::Column::Id)
        .limit(200)
        .into_tuple()
        .all(tx)
        .await?;
    let mut all = Vec::new();
    for (from, to, cc, reply_to) in rows {
        all.extend(from);
        all.extend(reply_to.iter().map(|one| address_of(one)));
        for one in list_of(&to).iter().chain(&list_of(&cc)) {
            all.push(address_of(one));
        }
    }
    all.sort();
    all.dedup();
    Ok(all)
}

/// The address in `Anna <anna@x.example>`, in lower case.
pub fn address_of(line: &str) -> String {
    let inner = line.rsplit_once('<').map_or(line, |(_, rest)| rest.trim_end().trim_end_matches('>'));
    inner.trim().to_lowercase()
}

/// The message that this person sent with this key before.
pub async fn sent_once(
    db: &impl ConnectionTrait,
    person: PersonId,
    once_hash: &[u8],
) -> Result<Option<(MessageId, TicketId)>, StoreError> {
    let found = message::Entity::find()
        .filter(message::Column::PersonId.eq(person.0))
        .filter(message::Column::OnceHash.eq(once_hash.to_vec()))
        .filter(message::Column::OnceHash.is_not_null())
        .one(db)
        .await?;
    Ok(found.map(|row| (MessageId(row.id), TicketId(row.ticket_id))))
}

/// What a reply answers: the newest message from outside, else our newest.
pub async fn answered(tx: &Tx, ticket: TicketId) -> Result<Option<Row>, StoreError> {
    for kinds in [&[MessageKind::Incoming, MessageKind::Outside][..], &[MessageKind::Reply][..]] {
        let found = message::Entity::find()
            .filter(message::Column::TicketId.eq(ticket.0))
            .filter(message::Column::Kind.is_in(kinds.iter().map(|k| k.key())))
            .filter(message::Column::HeaderId.is_not_null())
            .order_by_desc(message::Column::Id)
            .one(tx)
            .await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}
