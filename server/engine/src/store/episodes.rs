//! Episodes: one outage of one direction, from the first failure to the recovery.

use super::entity::episode;
use super::{Store, StoreError};
use domain::id::MailboxId;
use domain::{Direction, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

pub use super::entity::episode::Model as Row;

/// Begins an episode, or sharpens the running one's diagnosis.
pub async fn go_on(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    direction: Direction,
    began_at: Time,
    diagnosis: &str,
    definite: bool,
    said: &str,
) -> Result<(), StoreError> {
    let updated = running(mailbox, direction)
        .col_expr(episode::Column::Diagnosis, Expr::value(diagnosis))
        .col_expr(episode::Column::Definite, Expr::value(definite))
        .col_expr(episode::Column::Said, Expr::value(said))
        .exec(db)
        .await?;
    if updated.rows_affected == 0 {
        let row = episode::ActiveModel {
            mailbox_id: Set(mailbox.0),
            direction: Set(direction.key().into()),
            began_at: Set(began_at.0),
            diagnosis: Set(diagnosis.into()),
            definite: Set(definite),
            said: Set(Some(said.into())),
            ..Default::default()
        };
        episode::Entity::insert(row).exec(db).await?;
    }
    Ok(())
}

/// Ends the running episode, if one runs. `by` is the person whose act ended it.
pub async fn end(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    direction: Direction,
    at: Time,
    by: Option<i64>,
    account: Option<&str>,
) -> Result<bool, StoreError> {
    let updated = running(mailbox, direction)
        .col_expr(episode::Column::EndedAt, Expr::value(at.0))
        .col_expr(episode::Column::EndedBy, Expr::value(by))
        .col_expr(episode::Column::Account, Expr::value(account.map(str::to_owned)))
        .exec(db)
        .await?;
    Ok(updated.rows_affected > 0)
}

fn running(mailbox: MailboxId, direction: Direction) -> sea_orm::UpdateMany<episode::Entity> {
    episode::Entity::update_many()
        .filter(episode::Column::MailboxId.eq(mailbox.0))
        .filter(episode::Column::Direction.eq(direction.key()))
        .filter(episode::Column::EndedAt.is_null())
}

/// The newest episodes of a mailbox first.
pub async fn of(store: &Store, mailbox: MailboxId, limit: u64) -> Result<Vec<Row>, StoreError> {
    Ok(episode::Entity::find()
        .filter(episode::Column::MailboxId.eq(mailbox.0))
        .order_by_desc(episode::Column::BeganAt)
        .limit(limit)
        .all(store.read())
        .await?)
}

/// The last repair of a mailbox by a sign-in or password, if it came after this time.
pub async fn repaired_after(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    after: Time,
) -> Result<Option<Row>, StoreError> {
    Ok(episode::Entity::find()
        .filter(episode::Column::MailboxId.eq(mailbox.0))
        .filter(episode::Column::EndedAt.gt(after.0))
        .filter(episode::Column::Account.is_not_null())
        .order_by_desc(episode::Column::EndedAt)
        .limit(1)
        .one(db)
        .await?)
}

/// All episodes that ended after this time, newest first.
pub async fn all_ended_after(store: &Store, after: Time) -> Result<Vec<Row>, StoreError> {
    Ok(episode::Entity::find()
        .filter(episode::Column::EndedAt.gt(after.0))
        .order_by_desc(episode::Column::EndedAt)
        .limit(1_000)
        .all(store.read())
        .await?)
}
