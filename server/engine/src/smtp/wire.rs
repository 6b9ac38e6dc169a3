//! Lines to and from an SMTP server, each under its own time-out.

use super::reply::Reply;
use crate::net::Stream;
use crate::secret::Secret;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Display;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

/// A reply line above this is not SMTP's (RFC 5321 4.5.3.1.5 says 512).
const LONGEST_LINE: usize = 4096;
const LONGEST_REPLY: usize = 64 * 1024;

/// The link ended, or the time did.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    #[error("no answer within {} s", .0.as_secs())]
    TimedOut(Duration),
    #[error("the server closed the connection")]
    Closed,
    #[error("the connection broke: {0}")]
    Broke(std::io::ErrorKind),
    /// What came is no SMTP reply.
    #[error("not an SMTP reply: {0}")]
    Garbled(String),
}

/// The stream of one session.
pub struct Wire {
    stream: Stream,
    /// Bytes read beyond the last reply.
    ahead: Vec<u8>,
    /// What must never stand in what the server is quoted with, raw and in base64.
    hidden: Vec<Secret>,
}

impl Wire {
    pub fn new(stream: Stream) -> Self {
        Self { stream, ahead: Vec::new(), hidden: Vec::new() }
    }

    /// From now on hides this secret wherever a server might echo it.
    pub fn hide(&mut self, secret: &Secret) {
        self.hidden.push(secret.clone());
        self.hidden.push(Secret::new(STANDARD.encode(secret.reveal())));
    }

    /// The text without any secret of this session.
    pub fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in self.hidden.iter().filter(|secret| secret.reveal().len() > 3) {
            if text.contains(secret.reveal()) {
                text = text.replace(secret.reveal(), "\u{2026}");
            }
        }
        text
    }

    /// Sends a command and reads its reply.
    pub async fn ask(&mut self, command: impl Display, limit: Duration) -> Result<Reply, Lost> {
        let line = command.to_string();
        self.write(line.as_bytes(), limit).await?;
        self.reply(limit).await
    }

    /// Sends a line that holds a secret; the stream keeps it out of the transcript.
    pub async fn ask_secretly(&mut self, line: &Secret, limit: Duration) -> Result<Reply, Lost> {
        let bytes = zeroize::Zeroizing::new(format!("{}\r\n", line.reveal()));
        self.write(bytes.as_bytes(), limit).await?;
        self.reply(limit).await
    }

    pub async fn write(&mut self, bytes: &[u8], limit: Duration) -> Result<(), Lost> {
        let writing = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        match timeout(limit, writing).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Lost::Broke(error.kind())),
            Err(_) => Err(Lost::TimedOut(limit)),
        }
    }

    /// Reads one reply, all of its lines.
    pub async fn reply(&mut self, limit: Duration) -> Result<Reply, Lost> {
        let raw = match timeout(limit, self.read_reply()).await {
            Ok(raw) => raw?,
            Err(_) => return Err(Lost::TimedOut(limit)),
        };
        let mut reply = Reply::read(&raw).map_err(|line| Lost::Garbled(self.redact(&line)))?;
        for line in &mut reply.lines {
            *line = self.redact(line);
        }
        Ok(reply)
    }

    /// Whether bytes came that nobody asked for: after STARTTLS a sign of somebody in between.
    pub fn is_ahead(&self) -> bool {
        !self.ahead.is_empty()
    }

    /// The session's lines so far, without secrets.
    pub fn transcript(&self) -> Vec<String> {
        self.stream.told().lines()
    }

    /// To be wrapped in TLS.
    pub fn stream(&mut self) -> &mut Stream {
        &mut self.stream
    }

    /// The bytes of one reply: lines `250-..` up to `250 ..` (RFC 5321 4.2.1).
    async fn read_reply(&mut self) -> Result<Vec<u8>, Lost> {
        let mut reply: Vec<u8> = Vec::new();
        loop {
            let line = self.read_line().await?;
            let goes_on = line.get(3) == Some(&b'-');
            let sound = line.len() >= 3 && line[..3].iter().all(u8::is_ascii_digit);
            if !sound {
                let text = String::from_utf8_lossy(&line).into_owned();
                return Err(Lost::Garbled(self.redact(&text)));
            }
            reply.extend_from_slice(&line);
            reply.extend_from_slice(b"\r\n");
            if !goes_on {
                return Ok(reply);
            }
            if reply.len() > LONGEST_REPLY {
                return Err(Lost::Garbled("an endless reply".into()));
            }
        }
    }

    async fn read_line(&mut self) -> Result<Vec<u8>, Lost> {
        loop {
            if let Some(end) = self.ahead.iter().position(|&b| b == b'\n') {
                let mut line: Vec<u8> = self.ahead.drain(..=end).collect();
                while line.last().is_some_and(|b| b"\r\n".contains(b)) {
                    line.pop();
                }
                return Ok(line);
            }
            if self.ahead.len() > LONGEST_LINE {
                let text = String::from_utf8_lossy(&self.ahead[..80]).into_owned();
                return Err(Lost::Garbled(text));
            }
            let mut piece = [0; 2048];
            match self.stream.read(&mut piece).await {
                Ok(0) if self.ahead.is_empty() => return Err(Lost::Closed),
                // The last words without a line's end.
                Ok(0) => return Ok(std::mem::take(&mut self.ahead)),
                Ok(n) => self.ahead.extend_from_slice(&piece[..n]),
                Err(error) => return Err(Lost::Broke(error.kind())),
            }
        }
    }
}
