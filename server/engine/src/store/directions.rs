//! Direction rows: two per mailbox, written with it.

use super::entity::{direction, mailbox};
use super::{Store, StoreError};
use domain::credential::CredentialKind;
use domain::diagnosis::asked_wait;
use domain::id::{GrantId, MailboxId};
use domain::provider::{Endpoint, Tls};
use domain::time::Span;
use domain::{Direction, Time, backoff};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait};

pub use super::entity::direction::{ActiveModel, Model as Row};

/// When the next attempt of a failing direction may be made, where that lies ahead. A time further
/// off than the longest pause after such a failure comes from a clock that jumped: it is now.
pub fn waits_until(row: &Row, now: Time) -> Option<Time> {
    let due = Time(row.failing_since.and(row.next_attempt_at)?);
    let refused = row.failing_definite || row.refused_at.is_some();
    let longest = longest_pause(refused, row.failing_said.as_deref().unwrap_or_default());
    (due > now && due <= now + longest).then_some(due)
}

/// After a refusal the longest there is: a password tried too early may lock an account. What only
/// broke is tried again within a minute, unless the server asked for more rest.
fn longest_pause(refused: bool, said: &str) -> Span {
    let longest = backoff::PASSWORD.longest;
    if refused { longest } else { asked_wait(said).unwrap_or_default().min(longest).max(backoff::SESSION.longest) }
}

/// One direction of one mailbox.
pub async fn get(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    direction: Direction,
) -> Result<Option<Row>, StoreError> {
    Ok(direction::Entity::find_by_id((mailbox.0, direction.key().to_owned())).one(db).await?)
}

/// All directions of all mailboxes.
pub async fn all(store: &Store) -> Result<Vec<Row>, StoreError> {
    Ok(direction::Entity::find().all(store.read()).await?)
}

/// Every mailbox's host of one direction, where it is known.
pub async fn hosts(store: &Store, direction: Direction) -> Result<Vec<(MailboxId, String)>, StoreError> {
    let found: Vec<(i64, Option<String>)> = direction::Entity::find()
        .select_only()
        .columns([direction::Column::MailboxId, direction::Column::Host])
        .filter(direction::Column::Direction.eq(direction.key()))
        .into_tuple()
        .all(store.read())
        .await?;
    Ok(found.into_iter().filter_map(|(id, host)| Some((MailboxId(id), host?))).collect())
}

/// The first mailbox by whose outgoing direction mail can leave now, as far as is known.
pub async fn first_that_sends(store: &Store) -> Result<Option<MailboxId>, StoreError> {
    let at_work = mailbox::Entity::find()
        .select_only()
        .column(mailbox::Column::Id)
        .filter(mailbox::Column::Draft.eq(false))
        .filter(mailbox::Column::PausedAt.is_null())
        .filter(mailbox::Column::DeletedAt.is_null())
        .into_query();
    let row = direction::Entity::find()
        .filter(direction::Column::Direction.eq(Direction::Outgoing.key()))
        .filter(direction::Column::Used.eq(true))
        .filter(direction::Column::FailingDefinite.eq(false))
        .filter(direction::Column::MailboxId.in_subquery(at_work))
        .order_by_asc(direction::Column::MailboxId)
        .one(store.read())
        .await?;
    Ok(row.map(|row| MailboxId(row.mailbox_id)))
}

/// The directions that sign in by a grant.
pub async fn by_grant(store: &Store, grant: GrantId) -> Result<Vec<(MailboxId, Direction)>, StoreError> {
    let rows = direction::Entity::find().filter(direction::Column::GrantId.eq(grant.0)).all(store.read()).await?;
    Ok(rows.iter().filter_map(|row| Some((MailboxId(row.mailbox_id), Direction::from_key(&row.direction)?))).collect())
}

/// Writes the given columns; the row must be there.
pub async fn update(db: &impl ConnectionTrait, row: ActiveModel) -> Result<(), StoreError> {
    direction::Entity::update(row).exec(db).await?;
    Ok(())
}

/// What is written down about a failure.
pub struct Failing<'a> {
    pub since: Time,
    pub diagnosis: &'a str,
    pub definite: bool,
    pub said: &'a str,
    pub failures: i64,
    pub refused_at: Option<Time>,
    pub next_attempt_at: Option<Time>,
}

/// Writes a failure down.
pub async fn mark_failed(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    direction: Direction,
    failing: Failing<'_>,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        mailbox_id: Set(mailbox.0),
        direction: Set(direction.key().into()),
        failing_since: Set(Some(failing.since.0)),
        failing_diagnosis: Set(Some(failing.diagnosis.into())),
        failing_definite: Set(failing.definite),
        failing_said: Set(Some(failing.said.into())),
        failures: Set(failing.failures),
        refused_at: Set(failing.refused_at.map(|t| t.0)),
        next_attempt_at: Set(failing.next_attempt_at.map(|t| t.0)),
        ..Default::default()
    };
    update(db, row).await
}

/// Writes down that a credential proved itself: nothing is wrong any more.
pub async fn mark_proved(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    direction: Direction,
    at: Time,
) -> Result<(), StoreError> {
    update(db, ActiveModel { proved_at: Set(Some(at.0)), ..cleared(mailbox, direction) }).await
}

/// The same columns with a server's address.
pub fn at(row: ActiveModel, endpoint: Option<Endpoint>) -> ActiveModel {
    let (host, port, tls) = match endpoint {
        Some(e) => (Some(e.host), Some(i64::from(e.port)), Some(tls_key(e.tls).to_owned())),
        None => (None, None, None),
    };
    ActiveModel { host: Set(host), port: Set(port), tls: Set(tls), ..row }
}

/// The columns of a direction that nothing is wrong with.
pub fn cleared(mailbox: MailboxId, direction: Direction) -> ActiveModel {
    ActiveModel {
        mailbox_id: Set(mailbox.0),
        direction: Set(direction.key().into()),
        failing_since: Set(None),
        failing_diagnosis: Set(None),
        failing_definite: Set(false),
        failing_said: Set(None),
        failures: Set(0),
        refused_at: Set(None),
        next_attempt_at: Set(None),
        ..Default::default()
    }
}

/// A server's address from its columns.
pub fn endpoint_of(host: Option<&str>, port: Option<i64>, tls: Option<&str>) -> Option<Endpoint> {
    let tls = match tls? {
        "starttls" => Tls::StartTls,
        _ => Tls::Implicit,
    };
    Some(Endpoint { host: host?.to_owned(), port: u16::try_from(port?).ok()?, tls })
}

impl Row {
    pub fn endpoint(&self) -> Option<Endpoint> {
        endpoint_of(self.host.as_deref(), self.port, self.tls.as_deref())
    }

    pub fn credential_kind(&self) -> Option<CredentialKind> {
        match self.credential.as_deref()? {
            "grant" => Some(CredentialKind::Grant),
            _ => Some(CredentialKind::Password),
        }
    }
}

/// The word in the database.
pub fn tls_key(tls: Tls) -> &'static str {
    match tls {
        Tls::Implicit => "implicit",
        Tls::StartTls => "starttls",
    }
}

/// What a direction signs in with from now on.
pub enum Credential {
    Grant(GrantId),
    /// Sealed.
    Password(Vec<u8>),
}

/// A new way for a direction to its server.
pub struct Swap {
    pub credential: Credential,
    pub user_name: String,
    pub endpoint: Endpoint,
    /// When it proved itself; `None`: it did not yet, and the failing columns stay.
    pub proved_at: Option<Time>,
}

/// Puts a credential in the place of the former one, whatever that was.
pub async fn swap(db: &impl ConnectionTrait, row: &Row, swap: Swap) -> Result<(), StoreError> {
    let Some(direction) = Direction::from_key(&row.direction) else { return Ok(()) };
    let base = match swap.proved_at {
        Some(_) => cleared(MailboxId(row.mailbox_id), direction),
        None => ActiveModel::default(),
    };
    let (word, grant, password) = match swap.credential {
        Credential::Grant(grant) => ("grant", Some(grant.0), None),
        Credential::Password(sealed) => ("password", None, Some(sealed)),
    };
    let mut new = ActiveModel {
        mailbox_id: Set(row.mailbox_id),
        direction: Set(row.direction.clone()),
        credential: Set(Some(word.into())),
        grant_id: Set(grant),
        password_sealed: Set(password),
        user_name: Set(Some(swap.user_name)),
        host: Set(Some(swap.endpoint.host)),
        port: Set(Some(i64::from(swap.endpoint.port))),
        tls: Set(Some(tls_key(swap.endpoint.tls).into())),
        generation: Set(row.generation + 1),
        ..base
    };
    if let Some(at) = swap.proved_at {
        new.proved_at = Set(Some(at.0));
        new = forgotten(new);
    }
    update(db, new).await
}

/// Keeps a sign-in that failed here, so that it need not be made again once the cause is mended.
pub async fn keep(
    db: &impl ConnectionTrait,
    row: &Row,
    grant: GrantId,
    user_name: &str,
    until: Time,
) -> Result<(), StoreError> {
    let kept = ActiveModel {
        mailbox_id: Set(row.mailbox_id),
        direction: Set(row.direction.clone()),
        kept_grant_id: Set(Some(grant.0)),
        kept_user_name: Set(Some(user_name.into())),
        kept_until: Set(Some(until.0)),
        ..Default::default()
    };
    update(db, kept).await
}

/// Without a kept sign-in.
fn forgotten(row: ActiveModel) -> ActiveModel {
    ActiveModel { kept_grant_id: Set(None), kept_user_name: Set(None), kept_until: Set(None), ..row }
}

/// Keeps what was typed into a draft, so that coming back loses nothing. Never a password.
pub async fn typed(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    direction: Direction,
    endpoint: Endpoint,
    user_name: &str,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        mailbox_id: Set(mailbox.0),
        direction: Set(direction.key().into()),
        user_name: Set(Some(user_name.into())),
        ..Default::default()
    };
    update(db, at(row, Some(endpoint))).await
}

/// Wants a direction, or not; what it knows stays.
pub async fn use_it(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    direction: Direction,
    used: bool,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        mailbox_id: Set(mailbox.0),
        direction: Set(direction.key().into()),
        used: Set(used),
        ..Default::default()
    };
    update(db, row).await
}

/// Forgets a direction's credential for good.
pub async fn wipe(db: &impl ConnectionTrait, mailbox: MailboxId, direction: Direction) -> Result<(), StoreError> {
    let row = ActiveModel {
        credential: Set(None),
        user_name: Set(None),
        password_sealed: Set(None),
        grant_id: Set(None),
        kept_grant_id: Set(None),
        kept_user_name: Set(None),
        kept_until: Set(None),
        proved_at: Set(None),
        ..cleared(mailbox, direction)
    };
    update(db, row).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_failure_is_held_longer_than_its_like() {
        let throttled = "NO Request is throttled. Suggested Backoff Time: 600000 milliseconds";
        let endless = "NO Request is throttled. Suggested Backoff Time: 999999999999 milliseconds";
        for (refused, said, longest) in [
            (false, "", Span::minutes(1)),
            (false, "connection reset", Span::minutes(1)),
            (false, throttled, Span::minutes(10)),
            (false, endless, Span::hours(6)),
            (true, "", Span::hours(6)),
            (true, throttled, Span::hours(6)),
        ] {
            assert_eq!(longest_pause(refused, said), longest, "{said:?}");
        }
    }
}
