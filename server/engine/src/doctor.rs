//! What the doctor asks and sends: everything at once for the command line, the announced test mail, and the card for whoever can help.
//!
//! Invariant: what is sent is written down before the network is touched, and sent once.

use crate::compose::{self, notice::Notice};
use crate::directions::{self, NoAccess};
use crate::login::Fault;
use crate::providers::ProviderEntry;
use crate::smtp::{self, Mail, NotPosted};
use crate::store::posted::{self, Kind};
use crate::store::{StoreError, mailboxes};
use crate::{Engine, clock, evidence, vault};
use domain::console::Actor;
use domain::console::doctor::Card;
use domain::id::MailboxId;
use domain::mailbox::MailboxFacts;
use domain::probe::ProbeReport;
use domain::refusal::Fault as Invalid;
use domain::time::Span;
use domain::{Address, Answer, Direction, Refusal, Time};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// A second press of the button is not a second test mail.
const APART: Span = Span::seconds(3);

/// Sends a mailbox's test mail to itself. What the server says is evidence about the direction.
///
/// # Errors
/// [`Invalid::NoDirection`] where the mailbox does not send; a refusal of the server is none.
pub async fn send_test(engine: &Engine, actor: &Actor, mailbox: MailboxId, card: &Card) -> Answer<()> {
    let now = clock::now();
    let last = posted::last(&engine.store, mailbox, Kind::Test).await?;
    if last.is_some_and(|last| last.state != "refused" && now.since(Time(last.posted_at)) < APART) {
        return Ok(());
    }
    let row = mailboxes::get(&engine.store, mailbox).await?.ok_or(Refusal::NotFound)?;
    let address = Address::parse(&row.address).map_err(|_| Refusal::Unavailable)?;
    let sending = Sending { about: mailbox, through: mailbox, kind: Kind::Test, from: &address, to: &address };
    match post(engine, actor, &sending, card).await {
        Ok(()) => evidence::proved(engine, mailbox, Direction::Outgoing).await?,
        Err(Failed::Fault(fault)) => {
            evidence::failed(engine, mailbox, Direction::Outgoing, evidence::Tried::Present, &fault).await?;
        }
        Err(Failed::Unsure) => {}
        Err(Failed::Refusal(refusal)) => return Err(refusal),
    }
    engine.changes.tell(format!("mailbox:{mailbox}"));
    Ok(())
}

/// Sends a card about one mailbox through another one that works.
///
/// # Errors
/// [`Invalid::RecipientMalformed`], [`Invalid::NobodySends`], or that the server refused.
pub async fn send_card(engine: &Engine, actor: &Actor, mailbox: MailboxId, to: &str, card: &Card) -> Answer<Address> {
    let to = to.trim();
    if to.is_empty() {
        return Err(Invalid::RecipientMissing.into());
    }
    let to = Address::parse(to).map_err(|_| Invalid::RecipientMalformed)?;
    mailboxes::get(&engine.store, mailbox).await?.ok_or(Refusal::NotFound)?;
    let through = evidence::facts(engine)
        .await?
        .into_iter()
        .filter(|facts| !facts.draft && facts.outgoing.used && !facts.outgoing.paused && facts.id != mailbox)
        .find(|facts| facts.outgoing.proved_at.is_some() && facts.outgoing.failing.is_none())
        .ok_or(Invalid::NobodySends)?;
    let sending = Sending { about: mailbox, through: through.id, kind: Kind::Card, from: &through.address, to: &to };
    match post(engine, actor, &sending, card).await {
        Ok(()) => {
            tracing::info!(mailbox = mailbox.0, through = through.id.0, "sent the doctor's card");
            Ok(through.address)
        }
        Err(Failed::Refusal(refusal)) => Err(refusal),
        Err(Failed::Fault(_) | Failed::Unsure) => Err(Invalid::NobodySends.into()),
    }
}

/// A mailbox as every check found it.
pub struct Examined {
    pub facts: MailboxFacts,
    /// Of the directions that could be asked.
    pub reports: Vec<ProbeReport>,
}

/// Signs in for every direction in use, and writes down what was found, as *Check again* does.
///
/// # Errors
/// The database's.
pub async fn everything(engine: &Arc<Engine>) -> Answer<Vec<Examined>> {
    let mut all = Vec::new();
    for facts in evidence::facts(engine).await? {
        let mut examined = Examined { reports: Vec::new(), facts };
        if !examined.facts.draft && !engine.silence.is() {
            examined.reports = crate::console::examine(engine, examined.facts.id).await?.reports;
        }
        all.push(examined);
    }
    // As it is now, after the checks.
    let mut now: HashMap<MailboxId, MailboxFacts> =
        evidence::facts(engine).await?.into_iter().map(|f| (f.id, f)).collect();
    for examined in &mut all {
        if let Some(facts) = now.remove(&examined.facts.id) {
            examined.facts = facts;
        }
    }
    Ok(all)
}

/// Whether a provider's token endpoint answers, whatever it says; `None`: it has none.
pub async fn answers(engine: &Engine, provider: &ProviderEntry) -> Option<Result<(), String>> {
    let url = provider.token_url.as_deref()?;
    let Some(http) = engine.net.http() else { return Some(Err(crate::net::SHUT.into())) };
    // The path has a place for a tenant, which any word fills.
    let url = url.replace("{tenant}", "common");
    let asked = tokio::time::timeout(Duration::from_secs(10), http.get(&url).send()).await;
    Some(match asked {
        Ok(Ok(_)) => Ok(()),
        // The error's own words name the address, which is in the providers file.
        Ok(Err(error)) if error.is_connect() => Err("it can't be reached".into()),
        Ok(Err(_)) => Err("it broke off".into()),
        Err(_) => Err("it did not answer within 10 s".into()),
    })
}

struct Sending<'a> {
    about: MailboxId,
    through: MailboxId,
    kind: Kind,
    from: &'a Address,
    to: &'a Address,
}

enum Failed {
    Fault(Fault),
    Unsure,
    Refusal(Refusal),
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Failed::Refusal(error.into())
    }
}

async fn post(engine: &Engine, actor: &Actor, sending: &Sending<'_>, card: &Card) -> Result<(), Failed> {
    let now = clock::now();
    let header_id = format!("mailkeep-{}@{}", vault::token().to_ascii_lowercase(), sending.from.domain());
    let bytes = composed(sending, card, &header_id, now).map_err(|_| Failed::Refusal(Refusal::Unavailable))?;
    let new = posted::New {
        mailbox: sending.about,
        through: sending.through,
        kind: sending.kind,
        header_id: &header_id,
        to: sending.to.as_str(),
        person: actor.person,
        at: now,
    };
    let access = match directions::access_now(engine, sending.through, Direction::Outgoing).await {
        Ok(access) => Ok(access),
        Err(NoAccess::Fault(fault)) => Err(fault),
        Err(NoAccess::Store(error)) => return Err(error.into()),
        Err(NoAccess::NotNow | NoAccess::NotBefore(_)) => {
            return Err(Failed::Refusal(Invalid::NoDirection.into()));
        }
    };
    let id = posted::begin(&engine.store, new).await?;
    let recipients = [sending.to.clone()];
    let mail = Mail { from: sending.from, recipients: &recipients, message: &bytes };
    let done = match access {
        Ok(access) => smtp::post(engine, &access, &mail).await,
        Err(fault) => Err(NotPosted::NotOpened(fault)),
    };
    match done {
        Ok(taken) => {
            posted::settle(&engine.store, id, "accepted", None, Some(&taken.server)).await?;
            Ok(())
        }
        Err(NotPosted::NotOpened(fault) | NotPosted::Refused(fault)) => {
            let diagnosis = fault.finding.diagnosis.name();
            posted::settle(&engine.store, id, "refused", Some(diagnosis), Some(&fault.said)).await?;
            Err(Failed::Fault(fault))
        }
        Err(NotPosted::Unsure(fault)) => {
            posted::settle(&engine.store, id, "unsure", None, Some(&fault.said)).await?;
            Err(Failed::Unsure)
        }
    }
}

/// The bytes; marked so that no other program answers them (RFC 3834 5).
fn composed(sending: &Sending<'_>, card: &Card, header_id: &str, at: Time) -> Result<Vec<u8>, compose::ComposeError> {
    compose::notice::notice(&Notice {
        from_name: "",
        from: sending.from,
        to: sending.to,
        subject: &card.subject,
        text: &card.text,
        header_id,
        at,
    })
}
