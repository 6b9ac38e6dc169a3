//! IMAP. This module and those below it are the only ones that name async-imap.
//!
//! Invariants: a command has succeeded only when its tagged line said OK (async-imap reports
//! success on NO, BAD and a closed session); a session that timed out or was dropped in mid-answer
//! is never used again; a message is fetched by PEEK, so that nobody's unread mark changes.

mod append;
mod command;
mod date;
mod fault;
mod folders;
mod idle;
mod login;
mod messages;
mod probe;

pub use command::{Selected, Session};
pub use date::{internal_date, since};
pub use fault::is_refusal;
pub use folders::Listed;
pub use idle::News;
pub use login::open;
pub use messages::Fetched;
pub use probe::probe;

use crate::Engine;
use crate::login::{Access, Fault};

/// Whether the folder of sent mail holds a message with this Message-ID.
///
/// # Errors
/// A [`Fault`]; nothing is known then.
pub async fn find_in_sent(engine: &Engine, access: &Access, header_id: &str) -> Result<bool, Fault> {
    let mut session = open(engine, access).await?;
    let found = async {
        let Some(folder) = session.sent_folder().await? else { return Ok(false) };
        session.examine(&folder).await?;
        Ok(!session.search_message_id(header_id).await?.is_empty())
    }
    .await;
    session.logout().await;
    found
}

/// Files a copy of what was sent, marked as read, into the folder of sent mail; without such a
/// folder nothing happens.
///
/// # Errors
/// A [`Fault`]; the copy may or may not be there then.
pub async fn append_sent(engine: &Engine, access: &Access, bytes: &[u8]) -> Result<(), Fault> {
    let mut session = open(engine, access).await?;
    let filed = async {
        match session.sent_folder().await? {
            Some(folder) => session.append(&folder, "(\\Seen)", bytes).await,
            None => Ok(()),
        }
    }
    .await;
    session.logout().await;
    filed
}
