//! Filing a message (RFC 9051 6.3.12).

use super::command::{Session, quoted};
use super::fault::{self, Stage};
use crate::login::Fault;
use crate::net;
use async_imap::imap_proto::{Response, Status};
use std::time::Duration;
use tokio::io::AsyncWriteExt;
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
        let tag = self.inner.run_command(&command).await.map_err(|e| self.broken(e))?;
        // The server invites the literal, or refuses before it was sent.
        loop {
            let response = match self.inner.read_response().await {
                Ok(Some(response)) => response,
                Ok(None) => return Err(fault::closed(self.provider, Stage::Mailbox, &self.farewell())),
                Err(error) => return Err(fault::of_io(&error, self.provider, Stage::Mailbox, &self.farewell())),
            };
            match response.parsed() {
                Response::Continue(_) => break,
                Response::Done { tag: theirs, status, .. } if *theirs == tag => {
                    return match status {
                        Status::Ok => Ok(()),
                        _ => Err(fault::refused(self.provider, Stage::Mailbox, &self.said())),
                    };
                }
                other => Self::hear(&mut self.exists, &mut self.news, other),
            }
        }
        let written = async {
            let stream = self.inner.get_mut();
            stream.write_all(message).await?;
            stream.write_all(b"\r\n").await?;
            stream.flush().await
        };
        written.await.map_err(|e| fault::of_io(&e, self.provider, Stage::Mailbox, ""))?;
        self.read_to(&tag.0, |_| ()).await
    }
}
