//! Forwards: who may, which messages came inside one, and by what their originals are known.

use super::entity::{account, direction, forwarded, forwarder, grants, message, message_way, person};
use super::{Store, StoreError, Tx};
use crate::mime::{Written, Zone};
use domain::id::{MailboxId, MessageId, TicketId};
use domain::ticket::MessageKind;
use domain::time::Span;
use domain::{Address, Time};
use sea_orm::sea_query::{Expr, OnConflict, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::{HashMap, HashSet};

/// Who may forward to which mailbox.
#[derive(Clone, Debug, Default)]
pub struct Forwarders {
    everywhere: HashSet<String>,
    at: HashMap<MailboxId, HashSet<String>>,
}

impl Forwarders {
    /// Agents, the owners of sign-ins in use, and each mailbox's own list.
    pub async fn load(store: &Store) -> Result<Self, StoreError> {
        let mut all = Self::default();
        let agents: Vec<String> = person::Entity::find()
            .select_only()
            .column(person::Column::Email)
            .filter(person::Column::DisabledAt.is_null())
            .into_tuple()
            .all(store.read())
            .await?;
        let used = Query::select()
            .column(direction::Column::GrantId)
            .from(direction::Entity)
            .and_where(direction::Column::GrantId.is_not_null())
            .to_owned();
        let in_use = Query::select()
            .column(grants::Column::AccountId)
            .from(grants::Entity)
            .and_where(grants::Column::Id.in_subquery(used))
            .to_owned();
        let owners: Vec<String> = account::Entity::find()
            .select_only()
            .column(account::Column::Login)
            .filter(account::Column::Id.in_subquery(in_use))
            .into_tuple()
            .all(store.read())
            .await?;
        all.everywhere.extend(agents.into_iter().chain(owners).map(|address| address.to_lowercase()));
        for row in forwarder::Entity::find().all(store.read()).await? {
            all.at.entry(MailboxId(row.mailbox_id)).or_default().insert(row.address);
        }
        Ok(all)
    }

    pub fn may(&self, mailbox: MailboxId, address: &str) -> bool {
        self.everywhere.contains(address) || self.at.get(&mailbox).is_some_and(|list| list.contains(address))
    }
}

/// A mailbox's own list.
pub async fn list(store: &Store, mailbox: MailboxId) -> Result<Vec<Address>, StoreError> {
    let rows = forwarder::Entity::find()
        .filter(forwarder::Column::MailboxId.eq(mailbox.0))
        .order_by_asc(forwarder::Column::Address)
        .all(store.read())
        .await?;
    Ok(rows.iter().filter_map(|row| Address::parse(&row.address).ok()).collect())
}

/// Puts an address on a mailbox's list, once.
pub async fn allow(db: &impl ConnectionTrait, mailbox: MailboxId, address: &Address) -> Result<(), StoreError> {
    let row = forwarder::ActiveModel { mailbox_id: Set(mailbox.0), address: Set(address.as_str().into()) };
    let once = OnConflict::columns([forwarder::Column::MailboxId, forwarder::Column::Address]).do_nothing().to_owned();
    forwarder::Entity::insert(row).on_conflict(once).exec_without_returning(db).await?;
    Ok(())
}

/// Takes an address off the list.
pub async fn forbid(db: &impl ConnectionTrait, mailbox: MailboxId, address: &str) -> Result<(), StoreError> {
    forwarder::Entity::delete_by_id((mailbox.0, address.to_owned())).exec(db).await?;
    Ok(())
}

/// A message that came inside a forward.
#[derive(Clone, Debug)]
pub struct Came {
    pub message: MessageId,
    pub ticket: TicketId,
    pub alike: Vec<u8>,
    /// When it was written, on the forwarder's clock.
    pub written: Written,
    /// That clock, where it is known.
    pub zone: Option<Zone>,
}

/// Remembers one.
pub async fn remember(tx: &Tx, came: &Came) -> Result<(), StoreError> {
    let row = forwarded::ActiveModel {
        message_id: Set(came.message.0),
        ticket_id: Set(came.ticket.0),
        alike: Set(came.alike.clone()),
        written_at: Set(came.written.at.0),
        zoned: Set(came.written.zoned),
        zone: Set(came.zone.map(|zone| zone.minutes.into())),
        clock_changed: Set(came.zone.is_some_and(|zone| zone.changed)),
        adopted_at: Set(None),
    };
    forwarded::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Those that came inside a forward with these words.
pub async fn alike(tx: &Tx, alike: &[u8]) -> Result<Vec<Came>, StoreError> {
    Ok(with_words(tx, alike, false).await?.into_iter().map(came).collect())
}

/// Those of them whose original has not come.
pub async fn waiting(tx: &Tx, alike: &[u8]) -> Result<Vec<Came>, StoreError> {
    Ok(with_words(tx, alike, true).await?.into_iter().map(came).collect())
}

/// Of these words those that came inside a forward, and whose original has not come.
pub async fn any_waiting(tx: &Tx, alike: &[&[u8]]) -> Result<HashSet<Vec<u8>>, StoreError> {
    if alike.is_empty() {
        return Ok(HashSet::new());
    }
    let found: Vec<Vec<u8>> = forwarded::Entity::find()
        .select_only()
        .column(forwarded::Column::Alike)
        .filter(forwarded::Column::Alike.is_in(alike.iter().map(|one| one.to_vec())))
        .filter(forwarded::Column::AdoptedAt.is_null())
        .into_tuple()
        .all(tx)
        .await?;
    Ok(found.into_iter().collect())
}

/// The newest of them: it is with these that a message is compared.
async fn with_words(tx: &Tx, alike: &[u8], waiting: bool) -> Result<Vec<forwarded::Model>, StoreError> {
    let mut found = forwarded::Entity::find().filter(forwarded::Column::Alike.eq(alike.to_vec()));
    if waiting {
        found = found.filter(forwarded::Column::AdoptedAt.is_null());
    }
    Ok(found.order_by_desc(forwarded::Column::MessageId).limit(50).all(tx).await?)
}

fn came(row: forwarded::Model) -> Came {
    Came {
        message: MessageId(row.message_id),
        ticket: TicketId(row.ticket_id),
        alike: row.alike,
        written: Written { at: Time(row.written_at), zoned: row.zoned },
        zone: row
            .zone
            .and_then(|zone| i32::try_from(zone).ok())
            .map(|minutes| Zone { minutes, changed: row.clock_changed }),
    }
}

/// A message that came by itself: what its identity is made of.
pub struct Original {
    pub message: MessageId,
    pub ticket: TicketId,
    pub at: Time,
    pub subject: String,
    pub text: String,
}

/// What a sender wrote about this time, as far as it came by itself.
pub async fn written_about(tx: &Tx, sender: &str, at: Time, apart: Span) -> Result<Vec<Original>, StoreError> {
    let kinds = [MessageKind::Incoming, MessageKind::Automatic];
    let rows: Vec<(i64, i64, i64, String, String, Option<String>)> = message::Entity::find()
        .select_only()
        .columns([
            message::Column::Id,
            message::Column::TicketId,
            message::Column::At,
            message::Column::Subject,
            message::Column::Text,
            message::Column::Quoted,
        ])
        .filter(message::Column::FromAddress.eq(sender))
        .filter(message::Column::At.between((at - apart).0, (at + apart).0))
        .filter(message::Column::Kind.is_in(kinds.map(MessageKind::key)))
        .order_by_asc(message::Column::Id)
        .limit(200)
        .into_tuple()
        .all(tx)
        .await?;
    let original =
        |(id, ticket, at, subject, text, quoted): (i64, i64, i64, String, String, Option<String>)| Original {
            message: MessageId(id),
            ticket: TicketId(ticket),
            at: Time(at),
            subject,
            text: match quoted {
                Some(quoted) => format!("{text}\n{quoted}"),
                None => text,
            },
        };
    Ok(rows.into_iter().map(original).collect())
}

/// The original of a forwarded message came: the forward stands for no other, and the message is
/// known by its own Message-ID from now on.
pub async fn adopt(
    tx: &Tx,
    message: MessageId,
    header_id: Option<&str>,
    references: &[String],
    now: Time,
) -> Result<(), StoreError> {
    forwarded::Entity::update_many()
        .col_expr(forwarded::Column::AdoptedAt, Expr::value(now.0))
        .filter(forwarded::Column::MessageId.eq(message.0))
        .exec(tx)
        .await?;
    let Some(header_id) = header_id else { return Ok(()) };
    message::Entity::update_many()
        .col_expr(message::Column::HeaderId, Expr::value(header_id))
        .col_expr(message::Column::ReferenceList, Expr::value((!references.is_empty()).then(|| references.join(" "))))
        .filter(message::Column::Id.eq(message.0))
        .filter(message::Column::HeaderId.is_null())
        .exec(tx)
        .await?;
    Ok(())
}

/// Notes how a message came.
pub async fn note_way(tx: &Tx, message: MessageId, way: &str) -> Result<(), StoreError> {
    let row = message_way::ActiveModel { message_id: Set(message.0), way: Set(way.into()) };
    message_way::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// How these messages came, where there is something to tell.
pub async fn ways(store: &Store, messages: &[MessageId]) -> Result<HashMap<i64, String>, StoreError> {
    let mut ways = HashMap::new();
    for some in messages.chunks(500) {
        let rows = message_way::Entity::find()
            .filter(message_way::Column::MessageId.is_in(some.iter().map(|m| m.0)))
            .all(store.read())
            .await?;
        ways.extend(rows.into_iter().map(|row| (row.message_id, row.way)));
    }
    Ok(ways)
}
