//! A direction's way to its server: which endpoint, which login.

use crate::Engine;
use crate::clock;
use crate::grants;
use crate::login::{Access, Fault, Login, Proof};
use crate::net::Place;
use crate::notify;
use crate::store::{StoreError, directions, mailboxes, notice_way};
use domain::credential::CredentialKind;
use domain::id::{GrantId, MailboxId};
use domain::provider::ProviderKind;
use domain::{Address, Direction, Time};

/// Why there is no access now.
#[derive(Debug, thiserror::Error)]
pub enum NoAccess {
    /// Not used, paused, unfinished, or it waits for a person: nothing to attempt.
    #[error("not to be attempted")]
    NotNow,
    /// Not before this time.
    #[error("not yet")]
    NotBefore(Time),
    /// Getting a token failed.
    #[error("{0}")]
    Fault(#[from] Fault),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What to open a session of this direction with. Refreshes a token where needed.
///
/// # Errors
/// [`NoAccess`]; a `Fault` is evidence that the caller gives to [`crate::evidence::failed`].
pub async fn access(engine: &Engine, mailbox: MailboxId, direction: Direction) -> Result<Access, NoAccess> {
    let side = directions::get(engine.store.read(), mailbox, direction).await?.ok_or(NoAccess::NotNow)?;
    if side.failing_definite && side.next_attempt_at.is_none() {
        return Err(NoAccess::NotNow);
    }
    // Also after a first refusal, or a few of them lock the account; and while a busy server asks for rest.
    if let Some(due) = directions::waits_until(&side, clock::now()) {
        return Err(NoAccess::NotBefore(due));
    }
    access_now(engine, mailbox, direction).await
}

/// The same because a person asks: what waits for a person, or for its time, is tried as well.
///
/// # Errors
/// [`NoAccess`], but never `NotBefore`.
pub async fn access_now(engine: &Engine, mailbox: MailboxId, direction: Direction) -> Result<Access, NoAccess> {
    let row = mailboxes::get(&engine.store, mailbox).await?.ok_or(NoAccess::NotNow)?;
    let side = directions::get(engine.store.read(), mailbox, direction).await?.ok_or(NoAccess::NotNow)?;
    if row.draft || row.paused_at.is_some() {
        return Err(NoAccess::NotNow);
    }
    if !side.used {
        return by_system(engine, &row, direction).await;
    }
    let address = Address::parse(&row.address).map_err(|_| NoAccess::NotNow)?;
    let endpoint = side.endpoint().ok_or(NoAccess::NotNow)?;
    let user = side.user_name.clone().unwrap_or_else(|| row.address.clone());
    let mut owner = None;
    let proof = match side.credential_kind().ok_or(NoAccess::NotNow)? {
        CredentialKind::Grant => {
            let grant = GrantId(side.grant_id.ok_or(NoAccess::NotNow)?);
            owner = grants::owner(engine, grant).await?;
            Proof::Token(grants::access_token(engine, grant).await?)
        }
        CredentialKind::Password => {
            let sealed = side.password_sealed.as_deref().ok_or(NoAccess::NotNow)?;
            let opened = engine.vault.open(&password_purpose(mailbox, direction), sealed);
            Proof::Password(opened.map_err(|error| {
                tracing::error!(mailbox = mailbox.0, %error, "a password does not open");
                NoAccess::NotNow
            })?)
        }
    };
    Ok(Access {
        provider: kind_of(engine, &row.provider_key, &endpoint.host),
        endpoint,
        address,
        logins: vec![Login { user, proof }],
        owner,
    })
}

/// R4: a mailbox that only fetches may answer through the SMTP server that notices leave by.
async fn by_system(engine: &Engine, row: &mailboxes::Row, direction: Direction) -> Result<Access, NoAccess> {
    if direction != Direction::Outgoing || row.replies_through != Some(mailboxes::SYSTEM) {
        return Err(NoAccess::NotNow);
    }
    let ways = notice_way::get(&engine.store).await?;
    notify::system(engine, &ways).map(|(access, _)| access).ok_or(NoAccess::NotNow)
}

/// The family whose rules hold for a server: told by its name first (R2), then by the choice made.
pub fn kind_of(engine: &Engine, provider_key: &str, host: &str) -> ProviderKind {
    let entry = engine.providers.by_host(host).or_else(|| engine.providers.get(provider_key));
    entry.map_or(ProviderKind::Other, |entry| entry.kind)
}

/// Whose seat a session of this access takes: at its host, and under the provider's bound for its
/// account.
pub fn place(engine: &Engine, access: &Access) -> Place {
    let entry = engine.providers.by_host(&access.endpoint.host);
    Place {
        host: access.endpoint.host.clone(),
        account: access.logins.first().map(|login| login.user.clone()).unwrap_or_default(),
        most: entry.and_then(|entry| entry.sessions),
    }
}

/// What a direction's password is sealed for.
pub fn password_purpose(mailbox: MailboxId, direction: Direction) -> String {
    format!("direction:{mailbox}:{}:password", direction.key())
}
