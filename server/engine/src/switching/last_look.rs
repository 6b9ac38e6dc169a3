//! The old side of a mailbox that moves, fetched a last time.

use crate::Engine;
use crate::clock;
use crate::directions::{kind_of, password_purpose};
use crate::fetch::{self, Broken, Care, Job};
use crate::grants;
use crate::imap;
use crate::login::{Access, Login, Proof};
use crate::store::receipts::Claim;
use crate::store::switches::{self, FormerRow};
use crate::store::{StoreError, directions, folders, mailboxes, receipts};
use domain::console::mailboxes::{AfterFetch, ImportFrom};
use domain::folder::FolderRole;
use domain::id::{FolderId, GrantId, MailboxId};
use domain::provider::Endpoint;
use domain::switch::Drained;
use domain::{Address, Direction};
use std::time::Duration;

/// How long the watcher may take for a look that somebody waits for.
const BEFORE: Duration = Duration::from_secs(10);
/// How long the look after the swap may take.
const AFTER: Duration = Duration::from_secs(90);

/// Asks the watcher for one more pass, while the old side is still in use.
///
/// # Errors
/// The database's; a side that can't be fetched is a [`Drained::Not`].
pub async fn drain(engine: &Engine, mailbox: MailboxId) -> Result<Drained, StoreError> {
    let not = |why: &str| Ok(Drained::Not(why.to_owned()));
    let Some(row) = mailboxes::get(&engine.store, mailbox).await? else { return not("the mailbox is gone") };
    let Some(side) = directions::get(engine.store.read(), mailbox, Direction::Incoming).await? else {
        return not("it fetched nothing");
    };
    if !side.used || side.credential.is_none() {
        return not("it fetched nothing");
    }
    if row.paused_at.is_some() {
        return not("the mailbox is paused");
    }
    if side.failing_since.is_some() {
        let said = side.failing_said.clone().filter(|said| !said.is_empty());
        return Ok(Drained::Not(said.unwrap_or_else(|| "its server did not let us in".into())));
    }
    let asked = clock::now();
    engine.wake.mailbox(mailbox);
    let deadline = tokio::time::Instant::now() + BEFORE;
    while tokio::time::Instant::now() < deadline {
        let folder = folders::of(&engine.store, mailbox).await?.into_iter().next();
        if folder.is_some_and(|f| f.fetched_at.is_some_and(|at| at > asked.0)) {
            return Ok(Drained::Fetched(receipts::stored_since(&engine.store, mailbox, asked).await?));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    not("its server did not answer in time")
}

/// Looks at what the switch left once more, with what it replaced, and writes down what came of
/// both looks. The later one counts: it saw everything that arrived until the swap.
pub async fn after_the_swap(
    engine: &Engine,
    mailbox: MailboxId,
    switch: &switches::Row,
    before: Drained,
) -> Result<(), StoreError> {
    // Until it is done, what is known holds.
    switches::note_drained(engine.store.write(), switch.id, &before, clock::now()).await?;
    let together = match (before, timed(engine, mailbox, switch).await?) {
        (Drained::Fetched(first), Drained::Fetched(then)) => Drained::Fetched(first + then),
        (_, later) => later,
    };
    switches::note_drained(engine.store.write(), switch.id, &together, clock::now()).await
}

/// Looks at the left side again: mail exchangers are not changed in one moment, and what still
/// arrives there is fetched as long as its sign-in is kept.
pub async fn again(engine: &Engine, switch: &switches::Row) -> Result<(), StoreError> {
    let mailbox = MailboxId(switch.mailbox_id);
    let so_far = switch.drained().unwrap_or(Drained::Fetched(0));
    let found = match (so_far, timed(engine, mailbox, switch).await?) {
        (Drained::Fetched(before), Drained::Fetched(then)) => Drained::Fetched(before + then),
        (Drained::Not(_), found @ Drained::Fetched(_)) => found,
        // It was fetched after the swap; that it is closed by now changes nothing about that.
        (so_far, Drained::Not(_)) => so_far,
    };
    switches::note_drained(engine.store.write(), switch.id, &found, clock::now()).await
}

async fn timed(engine: &Engine, mailbox: MailboxId, switch: &switches::Row) -> Result<Drained, StoreError> {
    match tokio::time::timeout(AFTER, look(engine, mailbox, switch)).await {
        Ok(Ok(looked)) => Ok(looked),
        Ok(Err(Broken::Store(error))) => Err(error),
        Ok(Err(Broken::Session(fault))) => Ok(Drained::Not(fault.said)),
        Err(_) => Ok(Drained::Not("its server did not answer in time".into())),
    }
}

async fn look(engine: &Engine, mailbox: MailboxId, switch: &switches::Row) -> Result<Drained, Broken> {
    let not = |why: &str| Ok(Drained::Not(why.to_owned()));
    let sides = switches::directions_before(engine.store.read(), switch.id).await?;
    let side = sides.into_iter().find(|s| s.direction == Direction::Incoming.key());
    let (Some(side), Some(row)) = (side, mailboxes::get(&engine.store, mailbox).await?) else {
        return not("it fetched nothing");
    };
    let Some(before) = switch.before() else { return not("it fetched nothing") };
    let access = match access(engine, &side, &before.address, &before.provider_key).await {
        Ok(access) => access,
        Err(why) => return Ok(Drained::Not(why)),
    };
    let Some(node) = row.node_id else { return not("nobody watched it") };
    let mut fetched = 0;
    for folder in switches::left_folders(engine.store.read(), mailbox).await? {
        // What was imported once, or is not chosen any more, is not looked at: its mail was not wanted.
        if folder.former_switch_id != Some(switch.id) || folder.uid_validity.is_none() || !folder.watched {
            continue;
        }
        let mut session = imap::open(engine, &access).await?;
        let job = Job {
            claim: Claim { mailbox, node, epoch: row.epoch },
            provider: session.provider(),
            // It began long ago; what came since is new.
            import: ImportFrom::Beginning,
            role: FolderRole::from_key(&folder.role).unwrap_or(FolderRole::Other),
            upto: None,
            until: None,
            delete: false,
            after: AfterFetch::default(),
            outages: Vec::new(),
        };
        let selected = session.examine(&folder.name).await?;
        let passed =
            fetch::pass(engine, &job, &mut Care::default(), &mut session, FolderId(folder.id), selected).await?;
        session.logout().await;
        fetched += passed.stored;
        if passed.missing > 0 {
            return not("its server did not deliver everything");
        }
    }
    Ok(Drained::Fetched(fetched))
}

/// A former direction's way to its server.
pub async fn access(engine: &Engine, side: &FormerRow, address: &str, provider_key: &str) -> Result<Access, String> {
    let direction = Direction::from_key(&side.direction).ok_or("no such direction")?;
    let endpoint = endpoint(side).ok_or("no server is known")?;
    let address = Address::parse(address).map_err(|_| "no such address")?;
    let proof = match (side.grant_id, &side.password_sealed) {
        (Some(grant), _) => {
            Proof::Token(grants::access_token(engine, GrantId(grant)).await.map_err(|fault| fault.said)?)
        }
        (None, Some(sealed)) => {
            let purpose = password_purpose(MailboxId(side.mailbox_id), direction);
            Proof::Password(engine.vault.open(&purpose, sealed).map_err(|_| "its password does not open")?)
        }
        (None, None) => return Err("its sign-in was wiped".into()),
    };
    let user = side.user_name.clone().unwrap_or_else(|| address.to_string());
    let provider = kind_of(engine, provider_key, &endpoint.host);
    Ok(Access { provider, endpoint, address, logins: vec![Login { user, proof }], owner: None })
}

/// Where a former direction's server is.
pub fn endpoint(side: &FormerRow) -> Option<Endpoint> {
    directions::endpoint_of(side.host.as_deref(), side.port, side.tls.as_deref())
}
