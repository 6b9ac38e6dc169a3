//! Intake: a stored message becomes part of a ticket.
//!
//! Invariants: receipt, ticket, message, files, known ids and counters are settled in one
//! transaction, which changes nothing when another node has the mailbox; a receipt is settled once,
//! whoever else works on it; nothing that a message contains stops the next one. What can't be read is
//! quarantined with its source, and read again by a later parser.
//!
//! Messages are read off the async threads while those before them are written, group by group in
//! their order; a large one is alone in memory. A group that fails is rolled back and each of its
//! messages is settled alone, so that one can't take others with it. Tries are counted before they are
//! made: a message that was in hand alone three times when the process died is quarantined unread, and
//! read once more when the process stayed up. Whoever else was in hand when it died is innocent, and from
//! the second try on so is a message that was read before the process died.

mod acknowledge;
mod bounce;
mod by_hand;
mod forward;
mod memo;
mod pending;
mod read;
mod settle;
mod sign;
mod ties;

pub use by_hand::by_hand;
pub use sign::{fresh_header_id, plus_address, signed_ticket};

use crate::mime::{self, Broken, Mail, Proof};
use crate::store::forwards::Forwarders;
use crate::store::receipts::{self, Claim};
use crate::store::settling;
use crate::store::{self, StoreError, nodes, quarantine};
use crate::{Engine, clock};
use domain::id::{MailboxId, TicketId};
use domain::provider::ProviderKind;
use domain::{Address, Direction, receipt::Disposition};
use futures::FutureExt as _;
use memo::Memo;
use read::{Read, With};
use std::collections::{HashMap, HashSet};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_util::sync::CancellationToken;

/// Messages in hand together.
const BATCH: u64 = 64;
/// How long a transaction may hold the write lock before the rest of its batch waits.
const LOCK: Duration = Duration::from_millis(25);
/// Rows that a transaction may put off before the rest of its batch waits: they are written after that.
const ROWS: usize = 500;
/// What fetching may leave in a receipt for intake, as the reason.
pub const WORDS: [&str; 2] = [settle::TOO_LARGE, crate::fetch::ASKED];
/// Tries of a message alone, after which it is quarantined.
const TRIES: i64 = 3;
/// It looks by itself this often.
const ROUND: Duration = Duration::from_secs(60);
/// After the database refused.
const BREATHER: Duration = Duration::from_secs(2);

/// Runs until stopped.
pub async fn run(engine: Arc<Engine>, stop: CancellationToken) {
    match quarantine::reopen_unreadable(&engine.store, &WORDS, mime::PARSER).await {
        Ok(0) => {}
        Ok(messages) => tracing::info!(messages, "what an older parser could not read is read again"),
        Err(error) => tracing::warn!(%error, "unreadable messages stay for now"),
    }
    let mut last = MailboxId(0);
    let mut messages = 0;
    let mut looked = Instant::now();
    while !stop.is_cancelled() {
        if looked.elapsed() >= ROUND {
            looked = Instant::now();
            if let Err(error) = doubt(&engine).await {
                tracing::warn!(%error, "what may be readable stays unread for now");
            }
        }
        let woken = engine.wake.intake.notified();
        let pause = match turn(&engine, &mut last, &stop).await {
            Ok(Some(count)) => {
                messages += count;
                continue;
            }
            Ok(None) => {
                if messages > 0 {
                    tracing::info!(messages, "took in all that waited");
                }
                messages = 0;
                engine.wake.backlog(false);
                ROUND
            }
            Err(error) => {
                tracing::warn!(%error, "intake could not go on; trying again");
                engine.wake.backlog(false);
                BREATHER
            }
        };
        tokio::select! {
            () = woken => {}
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Lets be read once more what the machine may have been at fault for; how many. For `run`, which has stayed up for
/// a while then, and tests.
///
/// # Errors
/// The database's; they stay quarantined.
pub async fn doubt(engine: &Engine) -> Result<u64, StoreError> {
    let reasons = [Broken::Killed, Broken::TooSlow].map(|broken| broken.to_string());
    let messages = quarantine::reopen_in_doubt(&engine.store, &reasons, &WORDS, TRIES - 1, clock::now()).await?;
    if messages > 0 {
        engine.changes.tell("mailboxes");
        tracing::info!(messages, "what could not be read for the machine's sake is read again");
    }
    Ok(messages)
}

/// Works through one batch of the next mailbox; `false`: nothing waits. For `run` and tests.
///
/// # Errors
/// The database's; what was not settled waits.
pub async fn round(engine: &Arc<Engine>, last: &mut MailboxId, stop: &CancellationToken) -> Result<bool, StoreError> {
    Ok(turn(engine, last, stop).await?.is_some())
}

/// The same; how many messages it was, `None`: nothing waits.
async fn turn(
    engine: &Arc<Engine>,
    last: &mut MailboxId,
    stop: &CancellationToken,
) -> Result<Option<usize>, StoreError> {
    // Each node takes in what it fetched: the mailboxes that it has.
    let Some(here) = engine.node.get() else { return Ok(None) };
    let Some(mailbox) = settling::next_mailbox(&engine.store, here.id, *last).await? else { return Ok(None) };
    *last = mailbox;
    let Some(claim) = nodes::claim_of(&engine.store, here, mailbox).await? else { return Ok(Some(0)) };
    match AssertUnwindSafe(mailbox_round(engine, claim, stop)).catch_unwind().await {
        Ok(Err(StoreError::StaleEpoch)) => {
            engine.node.refused_late(mailbox, "taking in");
            Ok(Some(0))
        }
        Ok(done) => done.map(Some),
        // What panics over one mailbox is no end of the others' intake.
        Err(_) => {
            tracing::error!(mailbox = mailbox.0, "taking in broke off by a fault of the program");
            let _ = tokio::time::timeout(BREATHER, stop.cancelled()).await;
            Ok(Some(0))
        }
    }
}

/// One batch of one mailbox.
async fn mailbox_round(engine: &Arc<Engine>, claim: Claim, stop: &CancellationToken) -> Result<usize, StoreError> {
    let own = Own::load(engine).await?;
    let may = Forwarders::load(&engine.store).await?;
    let batch = settling::in_hand(&engine.store, claim, BATCH).await?;
    if batch.len() as u64 == BATCH {
        engine.wake.backlog(true);
    }
    let with = With { engine, claim, own: &own, may: &may };
    let mut done = Ok(());
    let mut ready: Vec<Read> = Vec::new();
    let mut rest = &batch[..];
    while !rest.is_empty() {
        // The first one is read all the same: that its try was counted says that it was.
        if rest.len() < batch.len() && stop.is_cancelled() {
            break;
        }
        let (group, others) = rest.split_at(read::group(rest).len());
        let large = group.iter().chain(ready.iter().map(|one| &one.waiting)).any(|one| !one.small);
        if large {
            done = both(done, settle_all(engine, claim, &own, std::mem::take(&mut ready)).await)?;
        }
        // Neither waits for the other: one needs the parser, the other the database.
        let (settled, read) =
            tokio::join!(settle_all(engine, claim, &own, std::mem::take(&mut ready)), with.read(group));
        done = both(done, settled)?;
        if let (Err(error), [alone]) = (&read, &batch[..])
            && error.is_passing()
        {
            // The database was away: no try of the message.
            settling::count(&engine.store, claim, alone, alone.tries_alone()).await?;
        }
        (ready, rest) = (read?, others);
    }
    both(done, settle_all(engine, claim, &own, ready).await)??;
    Ok(batch.len())
}

/// What fails for one group is no reason to leave the next, unless another node has the mailbox.
fn both(before: Result<(), StoreError>, now: Result<(), StoreError>) -> Result<Result<(), StoreError>, StoreError> {
    match now {
        Err(StoreError::StaleEpoch) => Err(StoreError::StaleEpoch),
        now => Ok(before.and(now)),
    }
}

/// The addresses that are ours, and the providers of our mailboxes.
pub(crate) struct Own {
    addresses: HashMap<Address, MailboxId>,
    providers: HashMap<MailboxId, ProviderKind>,
    /// Mailboxes that only send, with the one where their mail arrives (R4).
    arrive: HashMap<MailboxId, MailboxId>,
    /// The addresses of the desk's people.
    people: HashSet<String>,
    /// Mailboxes that acknowledge new tickets.
    acknowledging: HashSet<MailboxId>,
}

impl Own {
    pub(crate) async fn load(engine: &Engine) -> Result<Self, StoreError> {
        let rows = store::mailboxes::brief(&engine.store).await?;
        let addresses = store::mailboxes::own_addresses_of(&engine.store, &rows).await?;
        let hosts = store::directions::hosts(&engine.store, Direction::Incoming).await?;
        let providers = hosts.into_iter().filter_map(|(id, host)| Some((id, engine.providers.by_host(&host)?.kind)));
        let people = store::people::all(&engine.store).await?;
        let people = people.into_iter().filter(|row| row.disabled_at.is_none()).map(|row| row.email);
        let acknowledging = rows.iter().filter(|row| row.acknowledge).map(|row| MailboxId(row.id)).collect();
        let arrive = rows.into_iter().filter_map(|row| Some((MailboxId(row.id), MailboxId(row.arrives_at?)))).collect();
        let (providers, people) = (providers.collect(), people.collect());
        Ok(Self { addresses, providers, arrive, people, acknowledging })
    }

    /// Whether somebody of the desk has this address.
    pub(crate) fn is_person(&self, address: &str) -> bool {
        self.people.contains(address)
    }

    /// Whether the mailbox's provider vouches for a message's From.
    pub(crate) fn proof(&self, mailbox: MailboxId, mail: &Mail) -> Proof {
        let Some(from) = &mail.from else { return Proof::Unknown };
        let provider = self.providers.get(&mailbox).copied().unwrap_or(ProviderKind::Other);
        mime::proof(provider, &mail.vouched, &from.address)
    }

    /// Whether the mailbox's provider vouches for senders at all.
    pub(crate) fn vouches(&self, mailbox: MailboxId) -> bool {
        self.providers.get(&mailbox).is_some_and(|kind| *kind != ProviderKind::Other)
    }

    /// Whose address it is, plus addresses included (RFC 5233).
    pub(crate) fn mailbox(&self, address: &str) -> Option<MailboxId> {
        self.base(address).and_then(|base| self.addresses.get(&base).copied())
    }

    /// Whether what is written to an address arrives at this mailbox.
    pub(crate) fn arrives_at(&self, address: &str, mailbox: MailboxId) -> bool {
        self.mailbox(address).is_some_and(|owner| owner == mailbox || self.arrive.get(&owner) == Some(&mailbox))
    }

    /// The own address behind a plus address, or itself.
    pub(crate) fn base(&self, address: &str) -> Option<Address> {
        let address = Address::parse(address).ok()?;
        if self.addresses.contains_key(&address) {
            return Some(address);
        }
        let (local, _) = address.local().split_once('+')?;
        Address::parse(&format!("{local}@{}", address.domain())).ok().filter(|a| self.addresses.contains_key(a))
    }
}

/// What others are told after the commit.
#[derive(Default)]
struct Told {
    tickets: Vec<TicketId>,
    outbox: bool,
    /// Mailboxes whose test mail came in: it is removed by their watchers.
    arrived: Vec<MailboxId>,
    /// A mailbox with a message that can't be read.
    unreadable: Option<MailboxId>,
}

/// Settles a batch: together as long as the lock allows, one by one where that fails.
async fn settle_all(engine: &Arc<Engine>, claim: Claim, own: &Own, read: Vec<Read>) -> Result<(), StoreError> {
    let mut rest = &read[..];
    while !rest.is_empty() {
        match settle_some(engine, claim, own, rest).await {
            Err(StoreError::StaleEpoch) => return Err(StoreError::StaleEpoch),
            Ok(done) => rest = &rest[done.max(1)..],
            Err(error) if rest.len() > 1 => {
                tracing::debug!(%error, "a batch failed; each message goes alone");
                let mut failed = Ok(());
                for one in rest {
                    failed = failed.and(settle_one(engine, claim, own, one).await);
                }
                return failed;
            }
            Err(_) => return settle_one(engine, claim, own, &rest[0]).await,
        }
    }
    Ok(())
}

/// One transaction for the first of these, as many as the lock allows.
async fn settle_some(engine: &Arc<Engine>, claim: Claim, own: &Own, read: &[Read]) -> Result<usize, StoreError> {
    let tx = engine.store.begin().await?;
    receipts::hold_for_intake(&tx, claim).await?;
    let began = Instant::now();
    let mut told = Told::default();
    let mut done = 0;
    let mails: Vec<&Mail> = read.iter().filter_map(|one| one.mail.as_deref().ok()).collect();
    let memo = Memo::of(&tx, &mails, engine.store.is_sqlite()).await?;
    for one in read {
        settle::one(&tx, engine, own, &memo, one, &mut told).await?;
        done += 1;
        if began.elapsed() > LOCK || memo.rows() > ROWS {
            break;
        }
    }
    if !memo.write(&tx, clock::now()).await? {
        // Somebody else was first. Of several, each is to show alone which it was.
        return if done == 1 { Ok(1) } else { Err(StoreError::Taken) };
    }
    fail::fail_point!("before-intake-commit");
    store::commit(tx).await?;
    fail::fail_point!("after-intake-commit");
    tell(engine, told);
    Ok(done)
}

/// A message on its own. What the database refuses again and again is quarantined; until then the
/// error makes the loop wait a little, in case it is the database's and not the message's.
async fn settle_one(engine: &Arc<Engine>, claim: Claim, own: &Own, one: &Read) -> Result<(), StoreError> {
    // The second look finds what another node has just written.
    let mut last = None;
    for _ in 0..2 {
        match settle_some(engine, claim, own, std::slice::from_ref(one)).await {
            Ok(_) => return Ok(()),
            Err(StoreError::StaleEpoch) => return Err(StoreError::StaleEpoch),
            Err(error) => last = Some(error),
        }
    }
    let Some(error) = last else { return Ok(()) };
    tracing::warn!(mailbox = one.waiting.mailbox.0, uid = one.waiting.uid, %error, "a message could not be taken in");
    if error.is_passing() {
        return Err(error);
    }
    let tries = one.waiting.tries_alone() + 1;
    if tries < TRIES {
        settling::count(&engine.store, claim, &one.waiting, tries).await?;
        return Err(error);
    }
    let tx = engine.store.begin().await?;
    receipts::hold_for_intake(&tx, claim).await?;
    let settlement = settling::Settlement {
        disposition: Disposition::Quarantined,
        reason: Some("the database refused what it says".into()),
        ticket: None,
        message: None,
    };
    if settling::settle(&tx, &[(one.waiting.clone(), settlement)], clock::now()).await? {
        store::commit(tx).await?;
        engine.changes.tell(format!("mailbox:{}", one.waiting.mailbox));
        engine.changes.tell("mailboxes");
    }
    Ok(())
}

fn tell(engine: &Engine, told: Told) {
    engine.wake.search.notify_one();
    if !told.tickets.is_empty() {
        engine.changes.tell("tickets");
    }
    for ticket in told.tickets {
        engine.changes.tell(format!("ticket:{ticket}"));
    }
    if told.outbox {
        engine.wake.outbox.notify_one();
        engine.changes.tell("outbox");
    }
    if let Some(mailbox) = told.unreadable {
        engine.changes.tell(format!("mailbox:{mailbox}"));
        engine.changes.tell("mailboxes");
    }
    for mailbox in told.arrived {
        engine.changes.tell(format!("mailbox:{mailbox}"));
        engine.wake.mailbox(mailbox);
    }
}
