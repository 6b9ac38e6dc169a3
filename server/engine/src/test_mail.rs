//! *Send a test mail*: one message from a mailbox to an address that an admin typed in, or the
//! mailbox's automatic reply to the admin.
//!
//! Written down before the network is touched, and never sent twice: there is no second attempt.
//! It is no reply and has no ticket; what proves or fails by it is evidence as any other.

use crate::compose::{self, ComposeError, notice::Notice};
use crate::directions::{self, NoAccess};
use crate::intake::fresh_header_id;
use crate::login::Fault;
use crate::smtp::{self, Mail, NotPosted, Taken};
use crate::store::{StoreError, commit, events, mailboxes, test_mails};
use crate::{Engine, clock, evidence};
use domain::acknowledge::words;
use domain::console::mailboxes::Event;
use domain::console::people::Actor;
use domain::console::test_mails::{Outcome, TestMail};
use domain::console::tickets::NO_TICKET;
use domain::id::MailboxId;
use domain::time::Span;
use domain::{Address, Answer, Diagnosis, Direction, Refusal};

/// No attempt takes longer: the sum of all waits of a session is below it.
pub const LONGEST: Span = Span::minutes(15);

/// What a test mail says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// That it is one.
    Test,
    /// What a customer gets who begins a ticket.
    Acknowledgement,
}

/// Sends it and waits for the server's answer.
///
/// # Errors
/// [`Refusal::Unavailable`] when the database does not answer. A refusing server is a result.
pub async fn send(engine: &Engine, actor: &Actor, row: mailboxes::Row, to: Address, what: What) -> Answer<TestMail> {
    let (id, at) = (MailboxId(row.id), clock::now());
    let from = Address::parse(&row.address).map_err(|_| Refusal::Unavailable)?;
    let mut test = TestMail { to: to.to_string(), at, millis: 0, outcome: Outcome::Sending };
    keep(engine, id, &test).await?;
    let began = tokio::time::Instant::now();
    let composed = composed(engine, actor, &row, &from, &to, what);
    test.outcome = attempt(engine, id, composed, &from, to).await?;
    test.millis = u32::try_from(began.elapsed().as_millis()).unwrap_or(u32::MAX);
    let sent = matches!(test.outcome, Outcome::Accepted { .. });
    tracing::info!(mailbox = id.0, sent, "a test mail was tried");
    let tx = engine.store.begin().await?;
    test_mails::keep(&tx, id, at, serde_json::to_string(&test).unwrap_or_default()).await?;
    if test.outcome != Outcome::NotUsed {
        let event = Event::TestMail { to: test.to.clone(), sent };
        events::note(&tx, id, clock::now(), &event, Some(actor.person)).await?;
    }
    commit(tx).await?;
    engine.changes.tell(format!("mailbox:{id}"));
    Ok(test)
}

async fn keep(engine: &Engine, id: MailboxId, test: &TestMail) -> Result<(), StoreError> {
    test_mails::keep(engine.store.write(), id, test.at, serde_json::to_string(test).unwrap_or_default()).await
}

/// A mail by a program, with the signature that replies of this mailbox have.
fn composed(
    engine: &Engine,
    actor: &Actor,
    row: &mailboxes::Row,
    from: &Address,
    to: &Address,
    what: What,
) -> Result<Vec<u8>, ComposeError> {
    let (subject, text) = match what {
        What::Test => (
            format!("Test mail from {from}"),
            format!(
                "This message shows that {from} can send mail. {} sent it from the help desk to try that out.\n\nNothing has to be done about it.",
                actor.name
            ),
        ),
        What::Acknowledgement => {
            ("Automatic reply, as customers get it".to_owned(), words(&row.acknowledge_text, "123", "An example"))
        }
    };
    compose::notice::notice(&Notice {
        from_name: &row.from_name,
        from,
        to,
        subject: &subject,
        text: &compose::with_signature(&text, &row.signature),
        header_id: &fresh_header_id(engine, NO_TICKET, from),
        at: clock::now(),
    })
}

async fn attempt(
    engine: &Engine,
    id: MailboxId,
    composed: Result<Vec<u8>, ComposeError>,
    from: &Address,
    to: Address,
) -> Result<Outcome, StoreError> {
    let access = match directions::access_now(engine, id, Direction::Outgoing).await {
        Ok(access) => access,
        Err(NoAccess::NotNow | NoAccess::NotBefore(_)) => return Ok(Outcome::NotUsed),
        Err(NoAccess::Store(error)) => return Err(error),
        Err(NoAccess::Fault(fault)) => return failed(engine, id, &fault).await,
    };
    let message = match composed {
        Ok(message) => message,
        Err(error) => {
            return Ok(Outcome::Refused { diagnosis: Diagnosis::RecipientRefused, said: error.to_string() });
        }
    };
    let mail = Mail { from, recipients: &[to], message: &message };
    match smtp::post(engine, &access, &mail).await {
        Ok(Taken { server, said }) => {
            evidence::proved(engine, id, Direction::Outgoing).await?;
            engine.wake.outbox.notify_one();
            Ok(Outcome::Accepted { server, said })
        }
        Err(NotPosted::NotOpened(fault)) => failed(engine, id, &fault).await,
        Err(NotPosted::Refused(Fault { finding, said })) => Ok(Outcome::Refused { diagnosis: finding.diagnosis, said }),
        Err(NotPosted::Unsure(_)) => Ok(Outcome::Uncertain),
    }
}

/// No session: the direction is at fault, and what is known of it is written down.
async fn failed(engine: &Engine, id: MailboxId, fault: &Fault) -> Result<Outcome, StoreError> {
    evidence::failed(engine, id, Direction::Outgoing, evidence::Tried::Present, fault).await?;
    Ok(Outcome::NotSent { diagnosis: fault.finding.diagnosis, said: fault.said.clone() })
}
