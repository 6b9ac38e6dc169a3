//! Grants: every write names the generation it read, and changes nothing when that moved on.

use super::entity::{account, direction, former_direction, grants, mailbox, sign_in};
use super::{Store, StoreError};
use domain::id::{AccountId, GrantId, MailboxId, RegistrationId};
use domain::time::Span;
use domain::{Direction, Time};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

pub use super::entity::grants::Model as Row;

/// Tokens, sealed for one grant.
#[derive(Clone)]
pub struct Sealed {
    /// `None` in a refresh: the old one goes on.
    pub refresh: Option<Vec<u8>>,
    pub access: Vec<u8>,
    pub access_expires_at: Time,
    /// Mail scopes, separated by blanks.
    pub scopes: Option<String>,
    pub window_ends_at: Option<Time>,
    pub fixed_end_at: Option<Time>,
    pub refresh_due_at: Time,
}

/// One grant.
pub async fn get(db: &impl ConnectionTrait, id: GrantId) -> Result<Option<Row>, StoreError> {
    Ok(grants::Entity::find_by_id(id.0).one(db).await?)
}

/// A row without tokens: they are sealed for its id, which is known only now.
pub async fn begin(
    db: &impl ConnectionTrait,
    registration: RegistrationId,
    account: AccountId,
    now: Time,
) -> Result<GrantId, StoreError> {
    let row = grants::ActiveModel {
        registration_id: Set(registration.0),
        account_id: Set(account.0),
        generation: Set(0),
        access_expires_at: Set(now.0),
        scopes: Set(String::new()),
        granted_at: Set(now.0),
        refreshed_at: Set(now.0),
        refresh_due_at: Set(now.0 + Span::hours(1).0),
        failed_refreshes: Set(0),
        ..Default::default()
    };
    Ok(GrantId(grants::Entity::insert(row).exec_with_returning(db).await?.id))
}

/// Puts the tokens of a sign-in in, whatever was there: a lost grant lives again.
pub async fn renew(db: &impl ConnectionTrait, id: GrantId, tokens: Sealed, now: Time) -> Result<(), StoreError> {
    grants::Entity::update_many()
        .col_expr(grants::Column::Generation, Expr::col(grants::Column::Generation).add(1))
        .col_expr(grants::Column::RefreshSealed, Expr::value(tokens.refresh))
        .col_expr(grants::Column::AccessSealed, Expr::value(Some(tokens.access)))
        .col_expr(grants::Column::AccessExpiresAt, Expr::value(tokens.access_expires_at.0))
        .col_expr(grants::Column::Scopes, Expr::value(tokens.scopes.unwrap_or_default()))
        .col_expr(grants::Column::GrantedAt, Expr::value(now.0))
        .col_expr(grants::Column::RefreshedAt, Expr::value(now.0))
        .col_expr(grants::Column::WindowEndsAt, Expr::value(tokens.window_ends_at.map(|t| t.0)))
        .col_expr(grants::Column::FixedEndAt, Expr::value(tokens.fixed_end_at.map(|t| t.0)))
        .col_expr(grants::Column::RefreshDueAt, Expr::value(tokens.refresh_due_at.0))
        .col_expr(grants::Column::FailedRefreshes, Expr::value(0_i64))
        .col_expr(grants::Column::LostAt, Expr::value(None::<i64>))
        .col_expr(grants::Column::LostDiagnosis, Expr::value(None::<String>))
        .col_expr(grants::Column::LostSaid, Expr::value(None::<String>))
        .filter(grants::Column::Id.eq(id.0))
        .exec(db)
        .await?;
    Ok(())
}

/// Takes the row's lease for a refresh; `false` when another node has it or the generation moved.
/// An owner is `NODE/TOKEN`: what a node took that is no longer alive is free at once, so that a
/// death in mid-refresh does not keep its mailboxes waiting for the lease.
pub async fn lease(store: &Store, row: &Row, owner: &str, now: Time, life: Span) -> Result<bool, StoreError> {
    let dead = format!(
        "lease_owner LIKE '%/%' AND NOT EXISTS (SELECT 1 FROM node n
           WHERE n.lease_until > {} AND lease_owner LIKE CAST(n.id AS TEXT) || '/%')",
        super::nodes::clock(store)
    );
    let free = Condition::any()
        .add(grants::Column::LeaseOwner.is_null())
        .add(grants::Column::LeaseOwner.eq(owner))
        .add(Expr::cust(dead))
        .add(grants::Column::LeaseUntil.lt(now.0))
        // A lease further off than its own length comes from a clock that jumped.
        .add(grants::Column::LeaseUntil.gt(now.0 + 2 * life.0));
    let updated = grants::Entity::update_many()
        .col_expr(grants::Column::LeaseOwner, Expr::value(Some(owner)))
        .col_expr(grants::Column::LeaseUntil, Expr::value(Some(now.0 + life.0)))
        .filter(at(row))
        .filter(grants::Column::LostAt.is_null())
        .filter(free)
        .exec(store.write())
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Stores what a refresh brought, rotated refresh token included, in one statement.
pub async fn refreshed(store: &Store, row: &Row, tokens: Sealed, now: Time) -> Result<bool, StoreError> {
    let mut update = grants::Entity::update_many()
        .col_expr(grants::Column::Generation, Expr::value(row.generation + 1))
        .col_expr(grants::Column::AccessSealed, Expr::value(Some(tokens.access)))
        .col_expr(grants::Column::AccessExpiresAt, Expr::value(tokens.access_expires_at.0))
        .col_expr(grants::Column::RefreshedAt, Expr::value(now.0))
        .col_expr(grants::Column::WindowEndsAt, Expr::value(tokens.window_ends_at.map(|t| t.0)))
        .col_expr(grants::Column::FixedEndAt, Expr::value(tokens.fixed_end_at.map(|t| t.0)))
        .col_expr(grants::Column::RefreshDueAt, Expr::value(tokens.refresh_due_at.0))
        .col_expr(grants::Column::FailedRefreshes, Expr::value(0_i64))
        .col_expr(grants::Column::LostDiagnosis, Expr::value(None::<String>))
        .col_expr(grants::Column::LostSaid, Expr::value(None::<String>))
        .col_expr(grants::Column::LeaseOwner, Expr::value(None::<String>))
        .col_expr(grants::Column::LeaseUntil, Expr::value(None::<i64>));
    if let Some(refresh) = tokens.refresh {
        update = update.col_expr(grants::Column::RefreshSealed, Expr::value(Some(refresh)));
    }
    let updated = update.filter(at(row)).exec(store.write()).await?;
    Ok(updated.rows_affected == 1)
}

/// Why a refresh did not work, and when to try again.
pub struct Setback<'a> {
    pub failed_refreshes: i64,
    pub due_at: Time,
    /// A refusal that a setting elsewhere will end; `None`: it passes by itself.
    pub cause: Option<(&'a str, &'a str)>,
}

/// Notes a refresh that did not work. The grant lives on.
pub async fn put_off(store: &Store, row: &Row, setback: Setback<'_>) -> Result<bool, StoreError> {
    let (diagnosis, said) = setback.cause.unzip();
    let updated = grants::Entity::update_many()
        .col_expr(grants::Column::FailedRefreshes, Expr::value(setback.failed_refreshes))
        .col_expr(grants::Column::RefreshDueAt, Expr::value(setback.due_at.0))
        .col_expr(grants::Column::LostDiagnosis, Expr::value(diagnosis))
        .col_expr(grants::Column::LostSaid, Expr::value(said))
        .col_expr(grants::Column::LeaseOwner, Expr::value(None::<String>))
        .col_expr(grants::Column::LeaseUntil, Expr::value(None::<i64>))
        .filter(at(row))
        .exec(store.write())
        .await?;
    Ok(updated.rows_affected == 1)
}

/// The provider no longer accepts it: both tokens go, the cause stays.
pub async fn lose(store: &Store, row: &Row, diagnosis: &str, said: &str, now: Time) -> Result<bool, StoreError> {
    let updated = grants::Entity::update_many()
        .col_expr(grants::Column::Generation, Expr::value(row.generation + 1))
        .col_expr(grants::Column::LostAt, Expr::value(Some(now.0)))
        .col_expr(grants::Column::LostDiagnosis, Expr::value(Some(diagnosis)))
        .col_expr(grants::Column::LostSaid, Expr::value(Some(said)))
        .col_expr(grants::Column::RefreshSealed, Expr::value(None::<Vec<u8>>))
        .col_expr(grants::Column::AccessSealed, Expr::value(None::<Vec<u8>>))
        .col_expr(grants::Column::LeaseOwner, Expr::value(None::<String>))
        .col_expr(grants::Column::LeaseUntil, Expr::value(None::<i64>))
        .filter(at(row))
        .exec(store.write())
        .await?;
    Ok(updated.rows_affected == 1)
}

fn at(row: &Row) -> Condition {
    Condition::all().add(grants::Column::Id.eq(row.id)).add(grants::Column::Generation.eq(row.generation))
}

/// The living grants whose refresh is due.
pub async fn due(store: &Store, now: Time, limit: u64) -> Result<Vec<GrantId>, StoreError> {
    let ids: Vec<i64> = grants::Entity::find()
        .select_only()
        .column(grants::Column::Id)
        .filter(grants::Column::LostAt.is_null())
        .filter(grants::Column::RefreshSealed.is_not_null())
        .filter(grants::Column::RefreshDueAt.lte(now.0))
        .order_by_asc(grants::Column::RefreshDueAt)
        .limit(limit)
        .into_tuple()
        .all(store.read())
        .await?;
    Ok(ids.into_iter().map(GrantId).collect())
}

/// When the next refresh is due.
pub async fn next_due(store: &Store) -> Result<Option<Time>, StoreError> {
    let due: Option<i64> = grants::Entity::find()
        .select_only()
        .column(grants::Column::RefreshDueAt)
        .filter(grants::Column::LostAt.is_null())
        .filter(grants::Column::RefreshSealed.is_not_null())
        .order_by_asc(grants::Column::RefreshDueAt)
        .limit(1)
        .into_tuple()
        .one(store.read())
        .await?;
    Ok(due.map(Time))
}

/// Whether a mailbox at work signs in by this grant.
pub async fn is_used(db: &impl ConnectionTrait, id: GrantId) -> Result<bool, StoreError> {
    let working = Query::select()
        .column(mailbox::Column::Id)
        .from(mailbox::Entity)
        .and_where(mailbox::Column::DeletedAt.is_null())
        .and_where(mailbox::Column::PausedAt.is_null())
        .to_owned();
    Ok(direction::Entity::find()
        .filter(direction::Column::GrantId.eq(id.0))
        .filter(direction::Column::Used.eq(true))
        .filter(direction::Column::MailboxId.in_subquery(working))
        .limit(1)
        .one(db)
        .await?
        .is_some())
}

/// The login of the account behind a grant.
pub async fn login(db: &impl ConnectionTrait, id: GrantId) -> Result<Option<String>, StoreError> {
    let Some(grant) = get(db, id).await? else { return Ok(None) };
    Ok(account::Entity::find_by_id(grant.account_id).one(db).await?.map(|account| account.login))
}

/// All grants of an account, newest first.
pub async fn of_account(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<Row>, StoreError> {
    Ok(grants::Entity::find()
        .filter(grants::Column::AccountId.eq(account.0))
        .order_by_desc(grants::Column::Id)
        .all(db)
        .await?)
}

/// All grants.
pub async fn all(store: &Store) -> Result<Vec<Row>, StoreError> {
    Ok(grants::Entity::find().order_by_asc(grants::Column::Id).all(store.read()).await?)
}

/// All living grants under a registration.
pub async fn of_registration(store: &Store, registration: RegistrationId) -> Result<Vec<Row>, StoreError> {
    Ok(grants::Entity::find()
        .filter(grants::Column::RegistrationId.eq(registration.0))
        .filter(grants::Column::LostAt.is_null())
        .order_by_asc(grants::Column::Id)
        .all(store.read())
        .await?)
}

/// Which directions use any of these grants, now or kept.
pub async fn referrers(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<direction::Model>, StoreError> {
    let either = Condition::any()
        .add(direction::Column::GrantId.is_in(ids.to_vec()))
        .add(direction::Column::KeptGrantId.is_in(ids.to_vec()));
    Ok(direction::Entity::find().filter(either).all(db).await?)
}

/// An idle grant came into use: its next refresh is not a week away any more.
pub async fn awaken(db: &impl ConnectionTrait, id: GrantId, now: Time) -> Result<(), StoreError> {
    grants::Entity::update_many()
        .col_expr(grants::Column::RefreshDueAt, Expr::value(now.0))
        .filter(grants::Column::Id.eq(id.0))
        .filter(grants::Column::LostAt.is_null())
        .filter(grants::Column::RefreshDueAt.gt(now.0 + Span::days(1).0))
        .exec(db)
        .await?;
    Ok(())
}

/// Makes the refreshes of a registration's grants due now: its fault may be gone.
pub async fn hasten(store: &Store, registration: RegistrationId, now: Time) -> Result<(), StoreError> {
    grants::Entity::update_many()
        .col_expr(grants::Column::RefreshDueAt, Expr::value(now.0))
        .col_expr(grants::Column::LostDiagnosis, Expr::value(None::<String>))
        .col_expr(grants::Column::LostSaid, Expr::value(None::<String>))
        .filter(grants::Column::RegistrationId.eq(registration.0))
        .filter(grants::Column::LostAt.is_null())
        .filter(grants::Column::FailedRefreshes.gt(0))
        .exec(store.write())
        .await?;
    Ok(())
}

/// Lets the failing directions of these grants try again at once; a proof will clear them.
pub async fn release(
    db: &impl ConnectionTrait,
    ids: &[i64],
    now: Time,
) -> Result<Vec<(MailboxId, Direction)>, StoreError> {
    let waiting = Condition::all()
        .add(direction::Column::GrantId.is_in(ids.to_vec()))
        .add(direction::Column::FailingSince.is_not_null());
    let rows = direction::Entity::find().filter(waiting.clone()).all(db).await?;
    direction::Entity::update_many()
        .col_expr(direction::Column::NextAttemptAt, Expr::value(Some(now.0)))
        .filter(waiting)
        .exec(db)
        .await?;
    Ok(rows.iter().filter_map(|r| Some((MailboxId(r.mailbox_id), Direction::from_key(&r.direction)?))).collect())
}

/// Removes one grant.
pub async fn remove(db: &impl ConnectionTrait, id: GrantId) -> Result<(), StoreError> {
    grants::Entity::delete_by_id(id.0).exec(db).await?;
    Ok(())
}

/// Whether any of these grants is of use: to a direction, now or kept, or to go back to.
pub async fn any_of_use(db: &impl ConnectionTrait, ids: &[i64]) -> Result<bool, StoreError> {
    let former = former_direction::Entity::find().filter(former_direction::Column::GrantId.is_in(ids.to_vec()));
    Ok(!referrers(db, ids).await?.is_empty() || former.limit(1).one(db).await?.is_some())
}

/// Removes a grant with its tokens, unless it is of use.
pub async fn forget_unused(db: &impl ConnectionTrait, id: GrantId) -> Result<bool, StoreError> {
    if any_of_use(db, &[id.0]).await? {
        return Ok(false);
    }
    Ok(grants::Entity::delete_by_id(id.0).exec(db).await?.rows_affected > 0)
}

/// Wipes kept sign-ins past their time, and grants that nothing refers to any more: neither a
/// direction, now or before a switch, nor a sign-in that could still be adopted. Never told to the provider: at Google that
/// would kill every token the account gave us.
pub async fn sweep(store: &Store, now: Time) -> Result<u64, StoreError> {
    direction::Entity::update_many()
        .col_expr(direction::Column::KeptGrantId, Expr::value(None::<i64>))
        .col_expr(direction::Column::KeptUserName, Expr::value(None::<String>))
        .col_expr(direction::Column::KeptUntil, Expr::value(None::<i64>))
        .filter(direction::Column::KeptUntil.lt(now.0))
        .exec(store.write())
        .await?;
    let column = |column: direction::Column| {
        Query::select().column(column).from(direction::Entity).and_where(column.is_not_null()).to_owned()
    };
    let adoptable = Query::select()
        .column(sign_in::Column::GrantId)
        .from(sign_in::Entity)
        .and_where(sign_in::Column::GrantId.is_not_null())
        .and_where(sign_in::Column::ExpiresAt.gt(now.0))
        .to_owned();
    let former = Query::select()
        .column(former_direction::Column::GrantId)
        .from(former_direction::Entity)
        .and_where(former_direction::Column::GrantId.is_not_null())
        .to_owned();
    let deleted = grants::Entity::delete_many()
        .filter(grants::Column::GrantedAt.lt(now.0 - Span::minutes(15).0))
        .filter(grants::Column::Id.not_in_subquery(former))
        .filter(grants::Column::Id.not_in_subquery(column(direction::Column::GrantId)))
        .filter(grants::Column::Id.not_in_subquery(column(direction::Column::KeptGrantId)))
        .filter(grants::Column::Id.not_in_subquery(adoptable))
        .exec(store.write())
        .await?;
    Ok(deleted.rows_affected)
}

/// Mailboxes that have a kept sign-in.
pub async fn mailboxes_with_kept(store: &Store) -> Result<Vec<MailboxId>, StoreError> {
    let ids: Vec<i64> = direction::Entity::find()
        .select_only()
        .column(direction::Column::MailboxId)
        .distinct()
        .filter(direction::Column::KeptGrantId.is_not_null())
        .into_tuple()
        .all(store.read())
        .await?;
    Ok(ids.into_iter().map(MailboxId).collect())
}
