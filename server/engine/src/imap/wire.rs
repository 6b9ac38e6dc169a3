//! A session's wire: async-imap reads, we write.
//!
//! A command is written whole. async-imap writes its tag, its words and its end one by one, each a TLS record and a
//! packet of its own; and its `Session` keeps a queue of 100 answers that nobody here would read, some 15 KB.

use super::fault::{self, Stage};
use crate::login::Fault;
use crate::net::{Stream, Transcript};
use async_imap::Client;
use async_imap::imap_proto::{Response, Status};
use domain::provider::ProviderKind;
use std::io;
use std::sync::MutexGuard;
use tokio::io::AsyncWriteExt;
use zeroize::Zeroizing;

/// Both directions of a session, before and after somebody signed in.
pub(super) struct Wire {
    client: Client<Stream>,
    /// Whose words the server speaks.
    provider: ProviderKind,
    /// What the session is about to do.
    pub stage: Stage,
    /// Commands so far: the number in the next tag.
    commands: u32,
}

impl Wire {
    pub fn new(stream: Stream, provider: ProviderKind, stage: Stage) -> Self {
        Self { client: Client::new(stream), provider, stage, commands: 0 }
    }

    pub fn stream(&self) -> &Stream {
        self.client.get_ref()
    }

    pub fn stream_mut(&mut self) -> &mut Stream {
        self.client.get_mut()
    }

    pub fn into_stream(self) -> Stream {
        self.client.into_inner()
    }

    pub fn told(&self) -> MutexGuard<'_, Transcript> {
        self.stream().told()
    }

    /// Writes a command; the tag by which its end is known.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn command(&mut self, text: &str) -> Result<String, Fault> {
        self.commands += 1;
        let tag = format!("M{}", self.commands);
        // May hold a password.
        let line = Zeroizing::new(format!("{tag} {text}\r\n"));
        self.write(line.as_bytes()).await?;
        Ok(tag)
    }

    /// Writes bytes that go on with a command: a line with its end, or a literal.
    ///
    /// # Errors
    /// A [`Fault`].
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let stream = self.client.get_mut();
        let written = match stream.write_all(bytes).await {
            Ok(()) => stream.flush().await,
            broken => broken,
        };
        written.map_err(|error| self.broken(&error))
    }

    /// What `look` makes of the next response. Safe to abandon: what came so far stays here.
    ///
    /// # Errors
    /// A [`Fault`], also when the session is over.
    pub async fn read<T>(&mut self, look: impl FnOnce(&Response<'_>) -> T) -> Result<T, Fault> {
        match self.client.read_response().await {
            Ok(Some(response)) => Ok(look(response.parsed())),
            Ok(None) => Err(self.closed()),
            Err(error) => Err(self.broken(&error)),
        }
    }

    /// Reads up to the tagged line; `each` sees every response before it.
    ///
    /// # Errors
    /// A [`Fault`], also when the line is a refusal.
    pub async fn read_to(&mut self, tag: &str, mut each: impl FnMut(&Response<'_>)) -> Result<(), Fault> {
        loop {
            let end = self.read(|response| {
                let end = ended(response, tag);
                if end.is_none() {
                    each(response);
                }
                end
            });
            match end.await? {
                Some(true) => return Ok(()),
                Some(false) => return Err(self.refused()),
                None => {}
            }
        }
    }

    /// Reads up to the server's `+`; `false`: the command ended well without one. `each` sees every response.
    ///
    /// # Errors
    /// As [`Wire::read_to`].
    pub async fn invited(&mut self, tag: &str, mut each: impl FnMut(&Response<'_>)) -> Result<bool, Fault> {
        loop {
            let heard = self.read(|response| {
                each(response);
                (matches!(response, Response::Continue(_)), ended(response, tag))
            });
            match heard.await? {
                (true, _) => return Ok(true),
                (_, Some(true)) => return Ok(false),
                (_, Some(false)) => return Err(self.refused()),
                _ => {}
            }
        }
    }

    /// What the server's last answer means as a refusal.
    pub fn refused(&self) -> Fault {
        fault::refused(self.provider, self.stage, self.told().answer())
    }

    /// What it means that the session is over.
    pub fn closed(&self) -> Fault {
        fault::closed(self.provider, self.stage, self.told().farewell())
    }

    /// What the server's goodbye means as a refusal.
    pub fn dismissed(&self) -> Fault {
        fault::refused(self.provider, self.stage, self.told().farewell())
    }

    fn broken(&self, error: &io::Error) -> Fault {
        fault::of_io(error, self.provider, self.stage, self.told().farewell())
    }
}

/// Whether the command with this tag succeeded, where this is its end.
fn ended(response: &Response<'_>, tag: &str) -> Option<bool> {
    match response {
        Response::Done { tag: theirs, status, .. } if theirs.0 == tag => Some(*status == Status::Ok),
        _ => None,
    }
}
