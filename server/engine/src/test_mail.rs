//! *Send a test mail*: one message from a mailbox to an address that an admin typed in, or the
//! mailbox's automatic reply to the admin.
//!
//! Written down before the network is touched, and never sent twice: there is no second attempt.
//! It is no reply and has no ticket; what proves or fails by it is evidence as any other.

use crate::compose::{self, Letter, Person};
use crate::directions::{self, NoAccess};
use crate::intake::fresh_header_id;
use crate::login::Fault;
use crate::smtp::{Mail, NotOpened, RecipientAnswer, Refused, Session};
use crate::store::{StoreError, commit, events, mailboxes, test_mails};
use crate::{Engine, clock, evidence, net};
use domain::acknowledge::words;
use domain::console::mailboxes::Event;
use domain::console::people::Actor;
use domain::console::test_mails::{Outcome, TestMail};
use domain::console::tickets::NO_TICKET;
use domain::diagnosis::Stage;
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
    let mut letter = letter(engine, actor, &row, &from, &to);
    if what == What::Acknowledgement {
        letter.subject = "Automatic reply, as customers get it".into();
        letter.text = words(&row.acknowledge_text, "123", "An example");
        letter.automatic = true;
    }
    test.outcome = attempt(engine, id, letter).await?;
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

fn letter(engine: &Engine, actor: &Actor, row: &mailboxes::Row, from: &Address, to: &Address) -> Letter {
    Letter {
        from_name: row.from_name.clone(),
        from: from.clone(),
        reply_to: None,
        to: vec![Person { name: None, address: to.clone() }],
        cc: Vec::new(),
        subject: format!("Test mail from {from}"),
        header_id: fresh_header_id(engine, NO_TICKET, from),
        references: Vec::new(),
        in_reply_to: None,
        at: clock::now(),
        text: format!(
            "This message shows that {from} can send mail. {} sent it from the help desk to try that out.\n\nNothing has to be done about it.",
            actor.name
        ),
        signature: row.signature.clone(),
        files: Vec::new(),
        automatic: false,
    }
}

async fn attempt(engine: &Engine, id: MailboxId, letter: Letter) -> Result<Outcome, StoreError> {
    let access = match directions::access_now(engine, id, Direction::Outgoing).await {
        Ok(access) => access,
        Err(NoAccess::NotNow | NoAccess::NotBefore(_)) => return Ok(Outcome::NotUsed),
        Err(NoAccess::Store(error)) => return Err(error),
        Err(NoAccess::Fault(fault)) => return failed(engine, id, &fault).await,
    };
    let (from, to) = (letter.from.clone(), letter.to.iter().map(|p| p.address.clone()).collect::<Vec<_>>());
    let message = match compose::compose(&letter) {
        Ok(message) => message,
        Err(error) => {
            return Ok(Outcome::Refused { diagnosis: Diagnosis::RecipientRefused, said: error.to_string() });
        }
    };
    let _seat = engine.net.seats().take(&directions::place(engine, &access)).await;
    let mut session = match Session::open(&engine.net, &access, &mut net::Steps::new()).await {
        Ok(session) => session,
        Err(NotOpened { fault, .. }) => return failed(engine, id, &fault).await,
    };
    let mail = Mail { from: &from, recipients: &to, message: &message };
    let outcome = transact(&mut session, &mail).await;
    session.close().await;
    if matches!(outcome, Outcome::Accepted { .. }) {
        evidence::proved(engine, id, Direction::Outgoing).await?;
        engine.wake.outbox.notify_one();
    }
    Ok(outcome)
}

/// No session: the direction is at fault, and what is known of it is written down.
async fn failed(engine: &Engine, id: MailboxId, fault: &Fault) -> Result<Outcome, StoreError> {
    evidence::failed(engine, id, Direction::Outgoing, fault).await?;
    Ok(Outcome::NotSent { diagnosis: fault.finding.diagnosis, said: fault.said.clone() })
}

async fn transact(session: &mut Session, mail: &Mail<'_>) -> Outcome {
    let refused = |fault: Fault| Outcome::Refused { diagnosis: fault.finding.diagnosis, said: fault.said };
    let stopped = |session: &Session, no: Refused, stage| match no {
        Refused::Lost(lost) => {
            let fault = session.lost(&lost);
            Outcome::NotSent { diagnosis: fault.finding.diagnosis, said: fault.said }
        }
        Refused::TooLarge(_) => Outcome::Refused { diagnosis: Diagnosis::MessageTooLarge, said: no.to_string() },
        Refused::Sender(reply) | Refused::Data(reply) => refused(session.fault(stage, &reply)),
    };
    match session.begin(mail).await {
        Err(no) => return stopped(session, no, Stage::Sender),
        Ok(answers) => {
            for answer in answers {
                if let RecipientAnswer::Later(said) | RecipientAnswer::Refused(said) = answer {
                    return Outcome::Refused { diagnosis: Diagnosis::RecipientRefused, said };
                }
            }
        }
    }
    if let Err(no) = session.data().await {
        return stopped(session, no, Stage::Data);
    }
    match session.hand_over(mail.message).await {
        Ok(reply) if reply.is_positive() => {
            Outcome::Accepted { server: session.server().to_owned(), said: reply.text() }
        }
        Ok(reply) => refused(session.fault(Stage::Data, &reply)),
        Err(_) => Outcome::Uncertain,
    }
}
