//! Nodes: leases on the database's clock, and which node has which mailbox.

use super::entity::{mailbox, node};
use super::receipts::Claim;
use super::{Store, StoreError};
use domain::id::MailboxId;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement};

/// A node's own row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    pub id: i64,
    pub epoch: i64,
}

/// How long a lease lasts. Milliseconds.
pub const LEASE: i64 = 15_000;

/// Now, by the database's clock, in milliseconds.
pub(super) fn clock(store: &Store) -> &'static str {
    if store.is_sqlite() {
        "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
    } else {
        "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
    }
}

/// Enters a node with a fresh lease. `alone`: no other node can be alive, so their rows go.
pub async fn enter(store: &Store, name: &str, alone: bool) -> Result<Node, StoreError> {
    let tx = store.begin().await?;
    if alone {
        node::Entity::delete_many().exec(&tx).await?;
    } else {
        let past = format!("lease_until < {} - 86400000", clock(store));
        node::Entity::delete_many().filter(Expr::cust(past)).exec(&tx).await?;
    }
    let row = node::ActiveModel {
        name: Set(name.into()),
        epoch: Set(1),
        lease_until: Set(0),
        started_at: Set(0),
        vault_keys: Set(String::new()),
        ..Default::default()
    };
    let id = node::Entity::insert(row).exec(&tx).await?.last_insert_id;
    let now = clock(store);
    tx.execute_unprepared(&format!(
        "UPDATE node SET lease_until = {now} + {LEASE}, started_at = {now} WHERE id = {id}"
    ))
    .await?;
    super::commit(tx).await?;
    Ok(Node { id, epoch: 1 })
}

/// Renews the lease; `false`: it ran out, and others may have taken the mailboxes. On SQLite the
/// file's lock keeps others away, so that a clock that jumped takes nothing from us.
pub async fn renew(store: &Store, node: Node) -> Result<bool, StoreError> {
    let now = clock(store);
    let alive = if store.is_sqlite() { String::new() } else { format!(" AND lease_until > {now}") };
    let sql = format!(
        "UPDATE node SET lease_until = {now} + {LEASE} WHERE id = {} AND epoch = {}{alive}",
        node.id, node.epoch
    );
    Ok(store.write().execute_unprepared(&sql).await?.rows_affected() == 1)
}

/// How many mailboxes are a node's fair share: all of them, divided among the living, rounded up.
/// Together the shares are never fewer than the mailboxes, so that none is left to nobody.
pub async fn share(store: &Store) -> Result<u64, StoreError> {
    let sql = format!(
        "SELECT (SELECT COUNT(*) FROM mailbox WHERE deleted_at IS NULL AND draft = FALSE) AS mailboxes,
           (SELECT COUNT(*) FROM node WHERE lease_until > {}) AS living",
        clock(store)
    );
    let row = store.read().query_one_raw(Statement::from_string(store.backend(), sql)).await?;
    let Some(row) = row else { return Ok(0) };
    let (mailboxes, living): (i64, i64) = (row.try_get("", "mailboxes")?, row.try_get("", "living")?);
    Ok(u64::try_from(mailboxes).unwrap_or(0).div_ceil(u64::try_from(living).unwrap_or(0).max(1)))
}

/// Takes mailboxes that no living node has, at most so many. Deleted ones, too, while mail of theirs
/// is still to be taken in: it may be nowhere else any more.
pub async fn claim(store: &Store, node: Node, at_most: u64) -> Result<Vec<Claim>, StoreError> {
    let now = clock(store);
    let skip = if store.is_sqlite() { "" } else { "FOR UPDATE SKIP LOCKED" };
    let sql = format!(
        "UPDATE mailbox SET node_id = {id}, epoch = epoch + 1 WHERE id IN (
           SELECT m.id FROM mailbox m WHERE m.draft = FALSE
             AND (m.deleted_at IS NULL OR EXISTS (
               SELECT 1 FROM receipt r WHERE r.mailbox_id = m.id AND r.disposition = 'stored'))
             AND (m.node_id IS NULL OR (m.node_id <> {id} AND NOT EXISTS (
               SELECT 1 FROM node n WHERE n.id = m.node_id AND n.lease_until > {now})))
           ORDER BY m.id LIMIT {at_most} {skip})
         RETURNING id, epoch",
        id = node.id
    );
    let rows = store.write().query_all_raw(Statement::from_string(store.backend(), sql)).await?;
    rows.iter()
        .map(|row| {
            let mailbox = MailboxId(row.try_get("", "id")?);
            Ok(Claim { mailbox, node: node.id, epoch: row.try_get("", "epoch")? })
        })
        .collect()
}

/// The mailboxes that a node has, with their epochs.
pub async fn claims(store: &Store, node: Node) -> Result<Vec<Claim>, StoreError> {
    let rows = mailbox::Entity::find()
        .filter(mailbox::Column::NodeId.eq(node.id))
        .filter(mailbox::Column::DeletedAt.is_null())
        .filter(mailbox::Column::Draft.eq(false))
        .all(store.read())
        .await?;
    Ok(rows.iter().map(|row| Claim { mailbox: MailboxId(row.id), node: node.id, epoch: row.epoch }).collect())
}

/// A node's claim on one mailbox, if it has it; also on a deleted one, whose mail is still taken in.
pub async fn claim_of(store: &Store, node: Node, id: MailboxId) -> Result<Option<Claim>, StoreError> {
    let row = mailbox::Entity::find_by_id(id.0).one(store.read()).await?;
    let row = row.filter(|row| row.node_id == Some(node.id));
    Ok(row.map(|row| Claim { mailbox: id, node: node.id, epoch: row.epoch }))
}

/// Says which vault keys a node knows: their ids, the one it seals with first.
pub async fn tell_keys(store: &Store, node: Node, keys: &str) -> Result<(), StoreError> {
    node::Entity::update_many()
        .col_expr(node::Column::VaultKeys, Expr::value(keys))
        .filter(node::Column::Id.eq(node.id))
        .exec(store.write())
        .await?;
    Ok(())
}

/// The vault keys of every living node.
pub async fn living_keys(store: &Store) -> Result<Vec<String>, StoreError> {
    let alive = Expr::cust(format!("lease_until > {}", clock(store)));
    let rows = node::Entity::find().filter(alive).all(store.read()).await?;
    Ok(rows.into_iter().map(|row| row.vault_keys).collect())
}

/// Lets go of everything: the node stops.
pub async fn leave(store: &Store, node: Node) -> Result<(), StoreError> {
    mailbox::Entity::update_many()
        .col_expr(mailbox::Column::NodeId, Expr::value(Option::<i64>::None))
        .filter(mailbox::Column::NodeId.eq(node.id))
        .exec(store.write())
        .await?;
    node::Entity::delete_by_id(node.id).exec(store.write()).await?;
    Ok(())
}
