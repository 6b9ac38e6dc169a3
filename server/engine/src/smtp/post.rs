//! One mail that belongs to no ticket: opened, handed over, closed.

use super::finding;
use super::session::Session;
use super::transaction::{Mail, RecipientAnswer, Refused};
use crate::Engine;
use crate::login::{Access, Fault};
use crate::net::{Steps, finding as own_finding};
use domain::Diagnosis;
use domain::diagnosis::{Protocol, Stage, diagnose_reply};

/// Why a mail was not taken.
#[derive(Debug)]
pub enum NotPosted {
    /// Refused, or not handed over.
    Refused(Fault),
    /// Handed over without an answer.
    Unsure(Fault),
}

/// Sends one mail; gives the server's own name.
///
/// # Errors
/// [`NotPosted`], with what the server said.
pub async fn post(engine: &Engine, access: &Access, mail: &Mail<'_>) -> Result<String, NotPosted> {
    let mut session = Session::open(&engine.net, access, &mut Steps::new())
        .await
        .map_err(|not_opened| NotPosted::Refused(access.exact(not_opened.fault)))?;
    let done = transact(&mut session, mail).await;
    let server = session.server().to_owned();
    session.close().await;
    done.map(|()| server)
}

async fn transact(session: &mut Session, mail: &Mail<'_>) -> Result<(), NotPosted> {
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
        Ok(reply) if reply.is_positive() => Ok(()),
        Ok(reply) => Err(NotPosted::Refused(session.fault(Stage::Data, &reply))),
        Err(lost) => Err(NotPosted::Unsure(finding::of_lost(&lost))),
    }
}

fn not_begun(session: &Session, refused: &Refused, stage: Stage) -> NotPosted {
    NotPosted::Refused(match refused {
        Refused::Lost(lost) => session.lost(lost),
        Refused::TooLarge(_) => Fault { finding: own_finding(Diagnosis::MessageTooLarge), said: refused.to_string() },
        Refused::Sender(reply) | Refused::Data(reply) => session.fault(stage, reply),
    })
}
