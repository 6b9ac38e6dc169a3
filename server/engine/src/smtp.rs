//! SMTP. This module and those below it are, with `compose`, the only ones that name lettre.
//!
//! lettre gives the commands and reads the replies; the stream, the time-outs and the transcript
//! are ours. Its own session always sends XOAUTH2 as an initial response (over 2,048 octets
//! Postfix answers 535), loses the 535 behind a 334, hides SIZE and has no time-out once
//! connected; and it owns its stream, so nothing can be watched from outside.
//!
//! Invariants: a password or token is written only under TLS; whatever ends in [`Lost`] has left
//! the stream in mid-reply, so the session is dropped with it.

mod auth;
mod features;
mod finding;
mod post;
mod probe;
mod reply;
mod session;
mod transaction;
mod wire;

pub(crate) use post::{NotPosted, Taken, post};
pub(crate) use probe::check_sender;
pub use probe::probe;
pub(crate) use reply::Reply;
pub(crate) use session::{NotOpened, Session};
pub(crate) use transaction::{Mail, RecipientAnswer, Refused};
pub(crate) use wire::Lost;

use std::time::Duration;

/// RFC 5321 4.5.3.2 gives the longest that a server may take; where ours is shorter, no
/// submission server was seen to need more.
mod limits {
    use super::Duration;

    pub const GREETING: Duration = Duration::from_secs(30);
    pub const COMMAND: Duration = Duration::from_secs(60);
    /// AUTH: Exchange slows failing sign-ins down.
    pub const AUTH: Duration = Duration::from_secs(60);
    pub const MAIL: Duration = Duration::from_secs(120);
    pub const RCPT: Duration = Duration::from_secs(120);
    pub const DATA: Duration = Duration::from_secs(120);
    /// For every piece of the message.
    pub const BLOCK: Duration = Duration::from_secs(180);
    /// After the last dot: the server may scan and store before it answers.
    pub const DATA_END: Duration = Duration::from_secs(300);
    /// Before a rested session is used again.
    pub const RESTED: Duration = Duration::from_secs(5);
    pub const QUIT: Duration = Duration::from_secs(2);
}
