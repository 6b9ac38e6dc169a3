//! A plain mail of the desk's own, to one person: not a reply of a ticket.
//!
//! It leaves through a healthy mailbox that is not the one it speaks of. What it says is kept
//! nowhere here: it may hold a link.

use crate::compose::{self, notice::Notice};
use crate::directions;
use crate::intake::fresh_header_id;
use crate::smtp::{self, Mail};
use crate::store::StoreError;
use crate::{Engine, clock, evidence};
use domain::console::tickets::NO_TICKET;
use domain::direction::State;
use domain::id::MailboxId;
use domain::{Address, Direction};
use std::time::Duration;

/// All of it: signing in, handing over, the answer.
const WHOLE: Duration = Duration::from_secs(20);

/// What is said, and to whom.
pub struct Note {
    pub to: Address,
    pub subject: String,
    pub text: String,
}

/// Why it was not sent. Nobody is told by it.
#[derive(Debug, thiserror::Error)]
pub enum NotPosted {
    #[error("no mailbox can send now")]
    NoWay,
    /// The server's or the network's words.
    #[error("{0}")]
    Failed(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The mailbox through which a note about another one would leave.
///
/// # Errors
/// The database's.
pub async fn way(engine: &Engine, but: MailboxId) -> Result<Option<(MailboxId, Address)>, StoreError> {
    let all = evidence::facts(engine).await?;
    Ok(all
        .into_iter()
        .find(|f| f.id != but && !f.draft && matches!(f.state_of(Direction::Outgoing), State::Works))
        .map(|f| (f.id, f.address)))
}

/// Sends a note about a mailbox, not through it. Under 20 s.
///
/// # Errors
/// [`NotPosted`]; when the link broke after the handing over it may have left all the same.
pub async fn post(engine: &Engine, about: MailboxId, note: &Note) -> Result<(), NotPosted> {
    let (through, from) = way(engine, about).await?.ok_or(NotPosted::NoWay)?;
    match tokio::time::timeout(WHOLE, hand_over(engine, through, from, note)).await {
        Ok(done) => done,
        Err(_) => Err(NotPosted::Failed("the server did not answer in time".into())),
    }
}

async fn hand_over(engine: &Engine, through: MailboxId, from: Address, note: &Note) -> Result<(), NotPosted> {
    let desk = crate::store::settings::get(&engine.store, crate::store::settings::DESK_NAME).await?;
    let failed = |error: &dyn std::fmt::Display| NotPosted::Failed(error.to_string());
    let message = compose::notice::notice(&Notice {
        from_name: desk.as_deref().unwrap_or("Help desk"),
        from: &from,
        to: &note.to,
        subject: &note.subject,
        text: &note.text,
        // Signed by us: where a copy of it is fetched it is known as our own.
        header_id: &fresh_header_id(engine, NO_TICKET, &from),
        at: clock::now(),
    })
    .map_err(|error| failed(&error))?;
    let access = directions::access_now(engine, through, Direction::Outgoing).await.map_err(|error| failed(&error))?;
    let recipients = [note.to.clone()];
    let mail = Mail { from: &from, recipients: &recipients, message: &message };
    smtp::post(engine, &access, &mail).await.map(|_| ()).map_err(|not| failed(&not.fault().said))
}
