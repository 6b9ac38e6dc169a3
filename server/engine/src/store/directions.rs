//! Direction rows: two per mailbox, written with it.

use super::entity::direction;
use super::{Store, StoreError};
use domain::{Direction, Time};
use domain::credential::CredentialKind;
use domain::id::{GrantId, MailboxId};
use domain::provider::{Endpoint, Tls};
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

pub use super::entity::direction::{ActiveModel, Model as Row};

/// One direction of one mailbox.
pub async fn get(db: &impl ConnectionTrait, mailbox: MailboxId, direction: Direction) -> Result<Option<Row>, StoreError> {
    Ok(direction::Entity::find_by_id((mailbox.0, direction.key().to_owned())).one(db).await?)
}

/// All directions of all mailboxes.
pub async fn all(store: &Store) -> Result<Vec<Row>, StoreError> {
    Ok(direction::Entity::find().all(store.read()).await?)
}

/// The directions that sign in by a grant.
pub async fn by_grant(store: &Store, grant: GrantId) -> Result<Vec<(MailboxId, Direction)>, StoreError> {
    let rows = direction::Entity::find()
        .filter(direction::Column::GrantId.eq(grant.0))
        .all(store.read())
        .await?;
    Ok(rows
        .iter()
        .filter_map(|row| Some((MailboxId(row.mailbox_id), Direction::from_key(&row.direction)?)))
        .collect())
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
pub async fn mark_failed(db: &impl ConnectionTrait, mailbox: MailboxId, direction: Direction, failing: Failing<'_>) -> Result<(), StoreError> {
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
pub async fn mark_proved(db: &impl ConnectionTrait, mailbox: MailboxId, direction: Direction, at: Time) -> Result<(), StoreError> {
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

impl Row {
    pub fn endpoint(&self) -> Option<Endpoint> {
        let tls = match self.tls.as_deref()? {
            "starttls" => Tls::StartTls,
            _ => Tls::Implicit,
        };
        let port = u16::try_from(self.port?).ok()?;
        Some(Endpoint { host: self.host.clone()?, port, tls })
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

/// Wants a direction, or not; what it knows stays.
pub async fn use_it(db: &impl ConnectionTrait, mailbox: MailboxId, direction: Direction, used: bool) -> Result<(), StoreError> {
    let row = ActiveModel { mailbox_id: Set(mailbox.0), direction: Set(direction.key().into()), used: Set(used), ..Default::default() };
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
