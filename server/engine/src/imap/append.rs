//! Filing a message (RFC 9051 6.3.12).

use super::command::{Session, quoted};
use crate::login::Fault;
use crate::net;
use std::time::Duration;
use tokio::time::timeout;

/// For the whole of it.
const LONGEST: Duration = Duration::from_secs(5 * 60);

impl Session {
    /// Files a message into a folder with flags as in `(\Seen)`.
    ///
    /// # Errors
    /// A [`Fault`]; after a closed session the message may be there.
    pub async fn append(&mut self, folder: &str, flags: &str, message: &[u8]) -> Result<(), Fault> {
        let done = timeout(LONGEST, self.hand_over(folder, flags, message)).await;
        done.unwrap_or_else(|_| Err(net::of_io(&std::io::ErrorKind::TimedOut.into())))
    }

    async fn hand_over(&mut self, folder: &str, flags: &str, message: &[u8]) -> Result<(), Fault> {
        let command = format!("APPEND {} {flags} {{{}}}", quoted(folder), message.len());
        let tag = self.wire.command(&command).await?;
        // The server invites the literal, or refuses before it was sent.
        let (exists, news) = (&mut self.exists, &mut self.news);
        if !self.wire.invited(&tag, |response| Self::hear(exists, news, response)).await? {
            return Ok(());
        }
        self.wire.write(message).await?;
        self.wire.write(b"\r\n").await?;
        self.read_to(&tag, |_| ()).await
    }
}
