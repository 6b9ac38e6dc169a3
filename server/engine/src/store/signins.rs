//! Sign-ins on their way through a provider, and the last check of a mailbox.

use super::entity::{folder, mailbox, mailbox_check, sign_in};
use super::{Store, StoreError};
use domain::Time;
use domain::id::{AccountId, GrantId, LinkId, MailboxId, PersonId, RegistrationId, SignInId};
use domain::signin::{Intent, SignInState};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::entity::sign_in::ActiveModel;
pub use super::entity::sign_in::Model as Row;

/// A sign-in that sets out.
pub struct New {
    pub state_hash: Vec<u8>,
    pub browser_hash: Vec<u8>,
    pub nonce_hash: Vec<u8>,
    pub verifier_sealed: Option<Vec<u8>>,
    pub intent: Intent,
    pub mailbox: MailboxId,
    pub registration: RegistrationId,
    pub person: Option<PersonId>,
    pub expected: Option<AccountId>,
    pub created_at: Time,
    pub expires_at: Time,
    /// It begins by a link.
    pub link: Option<LinkId>,
}

/// Writes a new sign-in.
pub async fn add(db: &impl ConnectionTrait, new: New) -> Result<SignInId, StoreError> {
    let row = ActiveModel {
        state_hash: Set(new.state_hash),
        browser_hash: Set(new.browser_hash),
        nonce_hash: Set(new.nonce_hash),
        verifier_sealed: Set(new.verifier_sealed),
        intent: Set(new.intent.key().into()),
        state: Set(SignInState::Created.key().into()),
        mailbox_id: Set(new.mailbox.0),
        registration_id: Set(new.registration.0),
        person_id: Set(new.person.map(|p| p.0)),
        expected_account_id: Set(new.expected.map(|a| a.0)),
        created_at: Set(new.created_at.0),
        expires_at: Set(new.expires_at.0),
        link_id: Set(new.link.map(|l| l.0)),
        ..Default::default()
    };
    Ok(SignInId(sign_in::Entity::insert(row).exec_with_returning(db).await?.id))
}

/// One sign-in.
pub async fn get(store: &Store, id: SignInId) -> Result<Option<Row>, StoreError> {
    Ok(sign_in::Entity::find_by_id(id.0).one(store.read()).await?)
}

/// The sign-in that set out with this state.
pub async fn by_state(store: &Store, state_hash: &[u8]) -> Result<Option<Row>, StoreError> {
    Ok(sign_in::Entity::find().filter(sign_in::Column::StateHash.eq(state_hash.to_vec())).one(store.read()).await?)
}

/// Uses the sign-in up: of two callbacks at a time one gets `true`. The verifier goes with it.
pub async fn use_up(store: &Store, id: SignInId, now: Time) -> Result<bool, StoreError> {
    let updated = sign_in::Entity::update_many()
        .col_expr(sign_in::Column::SettledAt, Expr::value(now.0))
        .col_expr(sign_in::Column::VerifierSealed, Expr::value(None::<Vec<u8>>))
        .filter(sign_in::Column::Id.eq(id.0))
        .filter(sign_in::Column::State.eq(SignInState::Created.key()))
        .filter(sign_in::Column::SettledAt.is_null())
        .exec(store.write())
        .await?;
    Ok(updated.rows_affected == 1)
}

/// What came of a sign-in.
pub struct Settled<'a> {
    pub state: SignInState,
    pub account: Option<i64>,
    /// The grant it made: in use, or kept for *adopt*.
    pub grant: Option<GrantId>,
    pub refused: Option<&'a str>,
    pub said: Option<&'a str>,
    /// The result page, as JSON.
    pub result: String,
    /// Until when a kept grant may be adopted.
    pub adoptable_until: Option<Time>,
}

/// Writes down what came of a sign-in.
pub async fn settle(db: &impl ConnectionTrait, id: SignInId, settled: Settled<'_>) -> Result<(), StoreError> {
    let expires_at = settled.adoptable_until.map_or(NotSet, |at| Set(at.0));
    let row = ActiveModel {
        id: Set(id.0),
        expires_at,
        state: Set(settled.state.key().into()),
        verifier_sealed: Set(None),
        account_id: Set(settled.account),
        grant_id: Set(settled.grant.map(|g| g.0)),
        refused: Set(settled.refused.map(str::to_owned)),
        said: Set(settled.said.map(str::to_owned)),
        result: Set(Some(settled.result)),
        ..Default::default()
    };
    sign_in::Entity::update(row).exec(db).await?;
    Ok(())
}

/// Adds to the result what was done after the swap.
pub async fn amend(db: &impl ConnectionTrait, id: SignInId, result: String) -> Result<(), StoreError> {
    let row = ActiveModel { id: Set(id.0), result: Set(Some(result)), ..Default::default() };
    sign_in::Entity::update(row).exec(db).await?;
    Ok(())
}

/// Takes the kept grant of a refused sign-in: of two at a time one gets it.
pub async fn take_grant(db: &impl ConnectionTrait, id: SignInId, grant: GrantId) -> Result<bool, StoreError> {
    let updated = sign_in::Entity::update_many()
        .col_expr(sign_in::Column::GrantId, Expr::value(None::<i64>))
        .filter(sign_in::Column::Id.eq(id.0))
        .filter(sign_in::Column::GrantId.eq(grant.0))
        .exec(db)
        .await?;
    Ok(updated.rows_affected == 1)
}

/// Sign-ins that nobody came back from end, and their verifiers go.
pub async fn expire(store: &Store, now: Time) -> Result<u64, StoreError> {
    let updated = sign_in::Entity::update_many()
        .col_expr(sign_in::Column::State, Expr::value(SignInState::Expired.key()))
        .col_expr(sign_in::Column::VerifierSealed, Expr::value(None::<Vec<u8>>))
        .filter(sign_in::Column::State.eq(SignInState::Created.key()))
        .filter(sign_in::Column::ExpiresAt.lt(now.0))
        .exec(store.write())
        .await?;
    Ok(updated.rows_affected)
}

/// Keeps a mailbox's last check, to show after a redirect.
pub async fn note_check(
    db: &impl ConnectionTrait,
    mailbox: MailboxId,
    at: Time,
    result: String,
) -> Result<(), StoreError> {
    let row = mailbox_check::ActiveModel { mailbox_id: Set(mailbox.0), at: Set(at.0), result: Set(result) };
    let or_update = OnConflict::column(mailbox_check::Column::MailboxId)
        .update_columns([mailbox_check::Column::At, mailbox_check::Column::Result])
        .to_owned();
    mailbox_check::Entity::insert(row).on_conflict(or_update).exec_without_returning(db).await?;
    Ok(())
}

/// A credential proved itself: the mailbox belongs to this provider, and is no draft any more.
pub async fn connect(
    db: &impl ConnectionTrait,
    id: MailboxId,
    provider_key: Option<&str>,
    leave_draft_at: Option<Time>,
) -> Result<(), StoreError> {
    let mut row = mailbox::ActiveModel { id: Set(id.0), ..Default::default() };
    if let Some(key) = provider_key {
        row.provider_key = Set(key.into());
    }
    if leave_draft_at.is_some() {
        row.draft = Set(false);
    }
    if provider_key.is_some() || leave_draft_at.is_some() {
        mailbox::Entity::update(row).exec(db).await?;
    }
    if let Some(at) = leave_draft_at {
        // "From now on" begins here, not at the first fetch. Servers stamp arrivals to the second.
        mailbox::Entity::update_many()
            .col_expr(mailbox::Column::ImportFrom, Expr::value(at.0 - at.0.rem_euclid(1_000)))
            .filter(mailbox::Column::Id.eq(id.0))
            .filter(mailbox::Column::ImportMode.eq("now"))
            .exec(db)
            .await?;
        // What is older is counted and shown first.
        mailbox::Entity::update_many()
            .col_expr(mailbox::Column::ImportAskedAt, Expr::value(at.0 - at.0.rem_euclid(1_000)))
            .filter(mailbox::Column::Id.eq(id.0))
            .filter(mailbox::Column::ImportMode.ne("now"))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// The folder that a mailbox watches first, and its cursor.
pub async fn first_folder(store: &Store, id: MailboxId) -> Result<Option<(String, i64)>, StoreError> {
    let row = folder::Entity::find()
        .filter(folder::Column::MailboxId.eq(id.0))
        .filter(folder::Column::FormerSwitchId.is_null())
        .filter(folder::Column::Watched.eq(true))
        .filter(folder::Column::Role.ne("sent"))
        .order_by_asc(folder::Column::Place)
        .order_by_asc(folder::Column::Id)
        .one(store.read())
        .await?;
    Ok(row.map(|f| (f.name, f.cursor)))
}
