//! Waiting for news (RFC 2177). Written out here: async-imap's own wait sleeps through an EXISTS
//! that comes before the server's `+`, and takes a dropped link for a wanted stop.

use super::command::Session;
use super::fault::{self, Stage};
use crate::login::Fault;
use crate::net;
use async_imap::imap_proto::{Response, Status};
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout};

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// The server told of a message.
    Arrived,
    /// Nothing for so long; the session is alive.
    Quiet,
    /// The caller's own reason came.
    Interrupted,
}

const ANSWER: Duration = Duration::from_secs(30);

impl Session {
    /// Waits until the server tells of a new message, at most `longest` (keep it under 29
    /// minutes, after which servers log off), or until `interrupt`.
    ///
    /// # Errors
    /// A [`Fault`] when the server ended the session or the link dropped.
    pub async fn idle(&mut self, longest: Duration, interrupt: impl Future<Output = ()>) -> Result<News, Fault> {
        if self.news {
            return Ok(News::Arrived);
        }
        let late = || net::of_io(&std::io::ErrorKind::TimedOut.into());
        let tag = self.inner.run_command("IDLE").await.map_err(|e| self.broken(e))?;
        timeout(ANSWER, self.invited(&tag.0)).await.map_err(|_| late())??;
        self.inner.get_mut().set_read_timeout(longest + ANSWER);
        let end = Instant::now() + longest;
        tokio::pin!(interrupt);
        let news = loop {
            if self.news {
                break News::Arrived;
            }
            // Reading is safe to abandon: what came so far stays in the session's buffer.
            tokio::select! {
                response = self.inner.read_response() => match response {
                    Ok(Some(response)) => match response.parsed() {
                        Response::Data { status: Status::Bye, .. } => {
                            return Err(fault::closed(self.provider, Stage::Mailbox, &self.farewell()));
                        }
                        Response::Done { .. } => {
                            return Err(fault::refused(self.provider, Stage::Mailbox, &self.said()));
                        }
                        other => Self::hear(&mut self.exists, &mut self.news, other),
                    },
                    Ok(None) => return Err(fault::closed(self.provider, Stage::Mailbox, &self.farewell())),
                    Err(error) => return Err(fault::of_io(&error, self.provider, Stage::Mailbox, &self.farewell())),
                },
                () = &mut interrupt => break News::Interrupted,
                () = sleep_until(end) => break News::Quiet,
            }
        };
        self.inner.get_mut().set_read_timeout(self.answer_within);
        let done = async {
            self.inner.run_command_untagged("DONE").await.map_err(|e| self.broken(e))?;
            self.read_to(&tag.0, |_| ()).await
        };
        timeout(ANSWER, done).await.map_err(|_| late())??;
        Ok(if self.news { News::Arrived } else { news })
    }

    /// Reads up to the server's `+`. What it tells before counts.
    async fn invited(&mut self, tag: &str) -> Result<(), Fault> {
        loop {
            let response = match self.inner.read_response().await {
                Ok(Some(response)) => response,
                Ok(None) => return Err(fault::closed(self.provider, Stage::Mailbox, &self.farewell())),
                Err(error) => return Err(fault::of_io(&error, self.provider, Stage::Mailbox, &self.farewell())),
            };
            match response.parsed() {
                Response::Continue(_) => return Ok(()),
                Response::Done { tag: theirs, .. } if theirs.0 == tag => {
                    return Err(fault::refused(self.provider, Stage::Mailbox, &self.said()));
                }
                other => Self::hear(&mut self.exists, &mut self.news, other),
            }
        }
    }
}
