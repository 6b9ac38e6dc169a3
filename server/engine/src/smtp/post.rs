//! One mail that belongs to no ticket: opened, handed over, closed.

use super::finding;
use super::session::Session;
use super::transaction::{Mail, RecipientAnswer, Refused};
use crate::Engine;
use crate::directions;
use crate::login::{Access, Fault};
use crate::net::{Steps, finding as own_finding};
use domain::Diagnosis;
use domain::diagnosis::{Protocol, Stage, diagnose_reply};

/// A server took it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The server's own name.
    pub server: String,
    /// Its answer.
    pub said: String,
}

/// Why a mail was not taken.
#[derive(Debug)]
pub enum NotPosted {
    /// No session, or it broke before anything was handed over.
    NotOpened(Fault),
    /// The server refused it.
    Refused(Fault),
    /// Handed over without an answer.
    Unsure(Fault),
}

impl NotPosted {
    /// What is known of it.
    pub fn fault(&self) -> &Fault {
        match self {
            NotPosted::NotOpened(fault) | NotPosted::Refused(fault) | NotPosted::Unsure(fault) => fault,
        }
    }
}

/// Sends one mail over a session of its own, in its turn at the host. Everything that leaves the
/// desk without being a reply or a notice leaves here.
///
/// # Errors
/// [`NotPosted`], with what the server said.
pub async fn post(engine: &Engine, access: &Access, mail: &Mail<'_>) -> Result<Taken, NotPosted> {
    let _seat = engine.net.seats().take(&directions::place(engine, access)).await;
    let mut session = Session::open(&engine.net, access, &mut Steps::new())
        .await
        .map_err(|not_opened| NotPosted::NotOpened(access.exact(not_opened.fault)))?;
    let done = transact(&mut session, mail).await;
    let server = session.server().to_owned();
    session.close().await;
    done.map(|said| Taken { server, said })
}

async fn transact(session: &mut Session, mail: &Mail<'_>) -> Result<String, NotPosted> {
    let answers = session.begin(mail).await.map_err(|refused| not_begun(session, &refused, Stage::Sender))?;
    if !answers.contains(&RecipientAnswer::Accepted) {
        let said = answers.into_iter().find_map(|answer| match answer {
            RecipientAnswer::Later(said) | RecipientAnswer::Refused(said) => Some(said),
            RecipientAnswer::Accepted => None,
        });
        let said = said.unwrap_or_default();
        let finding = diagnose_reply(Protocol::Smtp, session.provider, Stage::Recipient, &said);
        return Err(NotPosted::Refused(Fault { finding, said }));
    }
    session.data().await.map_err(|refused| not_begun(session, &refused, Stage::Data))?;
    match session.hand_over(mail.message).await {
        Ok(reply) if reply.is_positive() => Ok(reply.text()),
        Ok(reply) => Err(NotPosted::Refused(session.fault(Stage::Data, &reply))),
        Err(lost) => Err(NotPosted::Unsure(finding::of_lost(&lost))),
    }
}

fn not_begun(session: &Session, refused: &Refused, stage: Stage) -> NotPosted {
    NotPosted::Refused(match refused {
        Refused::Lost(lost) => return NotPosted::NotOpened(session.lost(lost)),
        Refused::TooLarge(_) => Fault { finding: own_finding(Diagnosis::MessageTooLarge), said: refused.to_string() },
        Refused::Sender(reply) | Refused::Data(reply) => session.fault(stage, reply),
    })
}
