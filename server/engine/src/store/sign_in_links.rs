//! Sign-in links, found by the hash of their token.
//!
//! Invariant: a link is used up once, in the transaction that swaps what was signed in.

use super::entity::sign_in_link::{self, ActiveModel, Column, Entity};
use super::{Store, StoreError};
use domain::Time;
use domain::id::{AccountId, LinkId, MailboxId, PersonId};
use domain::signin::{CallbackRefusal, LinkEnd, LinkFacts, LinkFor, LinkState, link_state};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

pub use super::entity::sign_in_link::Model as Row;

impl Row {
    /// Whom it is for.
    pub fn who(&self) -> LinkFor {
        LinkFor::from_key(&self.who, self.named.as_deref().unwrap_or_default()).unwrap_or(LinkFor::Anyone)
    }

    /// How far it has come.
    pub fn state(&self, now: Time) -> LinkState {
        let facts = LinkFacts {
            expires_at: Time(self.expires_at),
            sent_at: self.sent_at.map(Time),
            opened_at: self.opened_at.map(Time),
            refused_at: self.refused_at.map(Time),
            completed_at: self.completed_at.map(Time),
            ended_at: self.ended_at.map(Time),
            ended: self.ended.as_deref().and_then(LinkEnd::from_key),
        };
        link_state(&facts, now)
    }
}

/// A link that is made.
pub struct New {
    pub token_hash: Vec<u8>,
    pub mailbox: MailboxId,
    pub who: LinkFor,
    pub account: Option<AccountId>,
    pub email: Option<String>,
    /// `None`: the desk by itself.
    pub by: Option<PersonId>,
    pub created_at: Time,
    pub expires_at: Time,
}

/// Writes a new link.
pub async fn add(db: &impl ConnectionTrait, new: New) -> Result<LinkId, StoreError> {
    let named = match &new.who {
        LinkFor::Named(name) => Some(name.clone()),
        LinkFor::Same | LinkFor::Anyone => None,
    };
    let row = ActiveModel {
        token_hash: Set(new.token_hash),
        mailbox_id: Set(new.mailbox.0),
        who: Set(new.who.key().into()),
        named: Set(named),
        account_id: Set(new.account.map(|a| a.0)),
        // Until a server took the mail it counts as not sent.
        not_sent: Set(new.email.is_some()),
        email: Set(new.email),
        person_id: Set(new.by.map(|p| p.0)),
        created_at: Set(new.created_at.0),
        expires_at: Set(new.expires_at.0),
        ..Default::default()
    };
    Ok(LinkId(Entity::insert(row).exec_with_returning(db).await?.id))
}

/// One link.
pub async fn get(store: &Store, id: LinkId) -> Result<Option<Row>, StoreError> {
    Ok(Entity::find_by_id(id.0).one(store.read()).await?)
}

/// The link of a token.
pub async fn by_token(store: &Store, token_hash: &[u8]) -> Result<Option<Row>, StoreError> {
    Ok(Entity::find().filter(Column::TokenHash.eq(token_hash.to_vec())).one(store.read()).await?)
}

/// The newest links first, of one mailbox or of all.
pub async fn list(store: &Store, mailbox: Option<MailboxId>, limit: u64) -> Result<Vec<Row>, StoreError> {
    let mut found = Entity::find().order_by_desc(Column::Id).limit(limit);
    if let Some(mailbox) = mailbox {
        found = found.filter(Column::MailboxId.eq(mailbox.0));
    }
    Ok(found.all(store.read()).await?)
}

/// A server took the mail.
pub async fn sent(db: &impl ConnectionTrait, id: LinkId, at: Time) -> Result<(), StoreError> {
    change(db, ActiveModel { id: Set(id.0), sent_at: Set(Some(at.0)), not_sent: Set(false), ..Default::default() })
        .await
}

/// Its button was pressed.
pub async fn opened(db: &impl ConnectionTrait, id: LinkId, at: Time) -> Result<(), StoreError> {
    change(db, ActiveModel { id: Set(id.0), opened_at: Set(Some(at.0)), ..Default::default() }).await
}

/// A sign-in by it was refused; it stays open.
pub async fn refused(
    db: &impl ConnectionTrait,
    id: LinkId,
    at: Time,
    why: CallbackRefusal,
    account: Option<&str>,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(id.0),
        refused_at: Set(Some(at.0)),
        refused: Set(Some(why.key().into())),
        account: Set(account.map(str::to_owned)),
        ..Default::default()
    };
    change(db, row).await
}

async fn change(db: &impl ConnectionTrait, row: ActiveModel) -> Result<(), StoreError> {
    Entity::update(row).exec(db).await?;
    Ok(())
}

fn open(now: Time) -> Condition {
    Condition::all().add(Column::CompletedAt.is_null()).add(Column::EndedAt.is_null()).add(Column::ExpiresAt.gt(now.0))
}

/// Uses it up; `false`: it was used, ended or too old by then.
pub async fn use_up(db: &impl ConnectionTrait, id: LinkId, now: Time, account: &str) -> Result<bool, StoreError> {
    let updated = sign_in_link::Entity::update_many()
        .col_expr(Column::CompletedAt, Expr::value(Some(now.0)))
        .col_expr(Column::Account, Expr::value(Some(account.to_owned())))
        .col_expr(Column::Refused, Expr::value(None::<String>))
        .filter(Column::Id.eq(id.0))
        .filter(open(now))
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Ends one link; `false`: it was no longer open.
pub async fn end(db: &impl ConnectionTrait, id: LinkId, now: Time, why: LinkEnd) -> Result<bool, StoreError> {
    let updated = ending(now, why).filter(Column::Id.eq(id.0)).exec(db).await?;
    Ok(updated.rows_affected == 1)
}

/// Ends a mailbox's open links: it works again, and what is not needed must not open anything.
pub async fn end_of(db: &impl ConnectionTrait, mailbox: MailboxId, now: Time) -> Result<(), StoreError> {
    ending(now, LinkEnd::NotNeeded).filter(Column::MailboxId.eq(mailbox.0)).exec(db).await?;
    Ok(())
}

fn ending(now: Time, why: LinkEnd) -> sea_orm::UpdateMany<Entity> {
    sign_in_link::Entity::update_many()
        .col_expr(Column::EndedAt, Expr::value(Some(now.0)))
        .col_expr(Column::Ended, Expr::value(Some(why.key())))
        .filter(open(now))
}
