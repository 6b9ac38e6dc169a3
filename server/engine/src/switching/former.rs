//! What a swap replaced, kept for 30 days.

use crate::signins::New;
use crate::store::directions::{self, Row};
use crate::store::switches::{self, Doing};
use crate::store::{StoreError, Transaction, grants, mailboxes};
use domain::console::mailboxes::ImportFrom;
use domain::id::{GrantId, MailboxId, PersonId};
use domain::provider::Endpoint;
use domain::switch::{Case, Plan};
use domain::{Address, Direction, Time};

/// What is put into a direction.
pub struct Replacing<'a> {
    pub new: &'a New,
    pub endpoint: &'a Endpoint,
    pub user_name: &'a str,
    pub plan: Option<&'a Plan>,
    pub by: Option<PersonId>,
    pub now: Time,
}

/// Keeps a direction's setup where a swap puts something else in its place: another kind of
/// credential, another account, another server. The same account signing in again is no switch.
pub async fn keep(tx: &Transaction, row: &Row, with: &Replacing<'_>) -> Result<(), StoreError> {
    if row.credential.is_none() || (with.plan.is_none() && !differs(tx, row, with).await?) {
        return Ok(());
    }
    let id = MailboxId(row.mailbox_id);
    let Some(mailbox) = mailboxes::in_tx(tx, id).await? else { return Ok(()) };
    let Ok(address) = Address::parse(&mailbox.address) else { return Ok(()) };
    let same =
        Plan { case: Case::Person, provider_key: mailbox.provider_key.clone(), address, import: ImportFrom::Now };
    let account = match row.grant_id {
        Some(grant) => grants::login(tx, GrantId(grant)).await?,
        None => None,
    };
    let incoming = directions::get(tx, id, Direction::Incoming).await?;
    let stopped = incoming.filter(|i| i.used && i.failing_definite).and_then(|i| i.failing_since);
    let doing = Doing {
        mailbox: &mailbox,
        plan: with.plan.unwrap_or(&same),
        before: &super::before(&mailbox, account),
        by: with.by,
        stopped_since: stopped,
        now: with.now,
    };
    let switch = switches::begin(tx, &doing).await?;
    let fetched = match Direction::from_key(&row.direction) {
        Some(Direction::Incoming) => mailboxes::fetched_at(tx, id).await?,
        _ => row.last_at,
    };
    switches::keep_direction(tx, switch, row, fetched.or(row.proved_at)).await
}

async fn differs(tx: &Transaction, row: &Row, with: &Replacing<'_>) -> Result<bool, StoreError> {
    if row.host.as_deref() != Some(with.endpoint.host.as_str()) {
        return Ok(true);
    }
    Ok(match (with.new, row.grant_id.map(GrantId)) {
        (New::Grant(_), None) | (New::Password(_), Some(_)) => true,
        (New::Password(_), None) => row.user_name.as_deref() != Some(with.user_name),
        (New::Grant(new), Some(old)) if *new == old => false,
        (New::Grant(new), Some(old)) => {
            let (new, old) = (grants::get(tx, *new).await?, grants::get(tx, old).await?);
            new.map(|g| g.account_id) != old.map(|g| g.account_id)
        }
    })
}
