//! Waiting for news (RFC 2177). Written out here: async-imap's own wait sleeps through an EXISTS
//! that comes before the server's `+`, and takes a dropped link for a wanted stop.

use super::command::Session;
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

/// What came while waiting.
enum Heard {
    News,
    Bye,
    /// The end of the wait, which nobody asked for.
    End,
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
        let tag = self.wire.command("IDLE").await?;
        timeout(ANSWER, self.invited(&tag)).await.map_err(|_| late())??;
        self.wire.stream_mut().set_read_timeout(longest + ANSWER);
        let end = Instant::now() + longest;
        tokio::pin!(interrupt);
        let news = loop {
            if self.news {
                break News::Arrived;
            }
            let (exists, news) = (&mut self.exists, &mut self.news);
            let heard = self.wire.read(|response| {
                Self::hear(exists, news, response);
                match response {
                    Response::Data { status: Status::Bye, .. } => Heard::Bye,
                    Response::Done { .. } => Heard::End,
                    _ => Heard::News,
                }
            });
            tokio::select! {
                heard = heard => match heard? {
                    Heard::Bye => return Err(self.wire.closed()),
                    Heard::End => return Err(self.wire.refused()),
                    Heard::News => {}
                },
                () = &mut interrupt => break News::Interrupted,
                () = sleep_until(end) => break News::Quiet,
            }
        };
        self.wire.stream_mut().set_read_timeout(self.answer_within);
        let done = async {
            self.wire.write(b"DONE\r\n").await?;
            self.read_to(&tag, |_| ()).await
        };
        timeout(ANSWER, done).await.map_err(|_| late())??;
        Ok(if self.news { News::Arrived } else { news })
    }

    /// Reads up to the server's `+`. What it tells before counts.
    async fn invited(&mut self, tag: &str) -> Result<(), Fault> {
        let (exists, news) = (&mut self.exists, &mut self.news);
        match self.wire.invited(tag, |response| Self::hear(exists, news, response)).await? {
            true => Ok(()),
            // Over before it began.
            false => Err(self.wire.refused()),
        }
    }
}
