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
mod wire;

pub use command::{Selected, Session};
pub use date::internal_date;
pub use fault::{is_answer, is_refusal};
pub use folders::{FolderStatus, Listed, Where, all_sent_among};
pub use idle::News;
pub use login::open;
pub use messages::Fetched;
pub use probe::probe;
