//! A session's stream: time-outs on every read and write, the guard on what a server announces,
//! and the transcript.

use super::guard::Guard;
use super::transcript::{Protocol, Transcript};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};
use tokio_rustls::client::TlsStream;

/// A TCP or TLS session with a server.
pub struct Stream {
    inner: Inner,
    peer: SocketAddr,
    /// Bytes to be read before the server's next ones.
    unread: Vec<u8>,
    guard: Option<Guard>,
    /// Of SMTP, whose lines need no guard: the part of a line that came so far.
    partial: Vec<u8>,
    transcript: Arc<Mutex<Transcript>>,
    read: Deadline,
    write: Deadline,
}

enum Inner {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    /// Between the two.
    Gone,
}

/// How long one wait may last.
struct Deadline {
    after: Duration,
    running: Option<Pin<Box<Sleep>>>,
}

impl Deadline {
    fn new(after: Duration) -> Self {
        Self { after, running: None }
    }

    fn over(&mut self) {
        self.running = None;
    }

    /// Ready when the wait has lasted too long.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let after = self.after;
        let sleep = self.running.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + after)));
        ready!(sleep.as_mut().poll(cx));
        self.running = None;
        Poll::Ready(io::ErrorKind::TimedOut.into())
    }
}

impl Stream {
    pub(super) fn new(tcp: TcpStream, peer: SocketAddr, protocol: Protocol, read: Duration, write: Duration) -> Self {
        Self {
            inner: Inner::Plain(tcp),
            peer,
            unread: Vec::new(),
            guard: (protocol == Protocol::Imap).then(Guard::default),
            partial: Vec::new(),
            transcript: Arc::new(Mutex::new(Transcript::new(protocol))),
            read: Deadline::new(read),
            write: Deadline::new(write),
        }
    }

    /// Takes the TCP stream out, to put it back under TLS.
    pub(super) fn take_plain(&mut self) -> Option<TcpStream> {
        match std::mem::replace(&mut self.inner, Inner::Gone) {
            Inner::Plain(tcp) => Some(tcp),
            other => {
                self.inner = other;
                None
            }
        }
    }

    /// From here on encrypted. Whatever was read in clear and not yet used is forgotten, so that
    /// nobody in between can slip answers in (RFC 3207 5, RFC 9051 6.2.1).
    pub(super) fn put_tls(&mut self, tls: TlsStream<TcpStream>) {
        self.unread.clear();
        self.partial.clear();
        self.guard = self.guard.take().map(|_| Guard::default());
        self.inner = Inner::Tls(Box::new(tls));
    }

    /// Whether what is sent is encrypted: no credential may be sent otherwise.
    pub fn is_encrypted(&self) -> bool {
        matches!(self.inner, Inner::Tls(_))
    }

    pub fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// How long the server may be silent while something is awaited; IDLE waits longer.
    pub fn set_read_timeout(&mut self, after: Duration) {
        self.read = Deadline::new(after);
    }

    /// How much the next answer may announce in literals: the largest one, and all together.
    pub fn allow(&mut self, largest: u64, total: u64) {
        if let Some(guard) = &mut self.guard {
            guard.allow(largest, total);
        }
    }

    /// Puts bytes before the server's next ones, for a client that insists on a greeting which
    /// was read already.
    pub fn unread(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
    }

    /// The lines so far; outlives the stream.
    pub fn transcript(&self) -> Arc<Mutex<Transcript>> {
        self.transcript.clone()
    }

    pub(crate) fn told(&self) -> MutexGuard<'_, Transcript> {
        self.transcript.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut transcript = self.transcript.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(guard) = &mut self.guard {
            return guard.look(bytes, |line, continued| transcript.server(line, continued));
        }
        for piece in bytes.split_inclusive(|b| *b == b'\n') {
            let room = 1024_usize.saturating_sub(self.partial.len()).min(piece.len());
            self.partial.extend_from_slice(&piece[..room]);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.partial);
                transcript.server(line.trim_ascii_end(), false);
            }
        }
        Ok(())
    }
}

impl AsyncRead for Stream {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if !this.unread.is_empty() {
            let part = this.unread.len().min(buf.remaining());
            buf.put_slice(&this.unread[..part]);
            this.unread.drain(..part);
            return Poll::Ready(Ok(()));
        }
        let before = buf.filled().len();
        let read = match &mut this.inner {
            Inner::Plain(tcp) => Pin::new(tcp).poll_read(cx, buf),
            Inner::Tls(tls) => Pin::new(tls).poll_read(cx, buf),
            Inner::Gone => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        };
        match read {
            Poll::Ready(Ok(())) => {
                this.read.over();
                let looked = this.look(&buf.filled()[before..]);
                if looked.is_err() {
                    // What announces too much never reaches the parser.
                    buf.set_filled(before);
                }
                Poll::Ready(looked)
            }
            Poll::Ready(Err(error)) => {
                this.read.over();
                Poll::Ready(Err(error))
            }
            Poll::Pending => this.read.poll(cx).map(Err),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let written = match &mut this.inner {
            Inner::Plain(tcp) => Pin::new(tcp).poll_write(cx, bytes),
            Inner::Tls(tls) => Pin::new(tls).poll_write(cx, bytes),
            Inner::Gone => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        };
        match written {
            Poll::Ready(done) => {
                this.write.over();
                if let Ok(count) = done {
                    let mut transcript = this.transcript.lock().unwrap_or_else(PoisonError::into_inner);
                    transcript.client(&bytes[..count]);
                }
                Poll::Ready(done)
            }
            Poll::Pending => this.write.poll(cx).map(Err),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let flushed = match &mut this.inner {
            Inner::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Inner::Tls(tls) => Pin::new(tls).poll_flush(cx),
            Inner::Gone => Poll::Ready(Err(io::ErrorKind::NotConnected.into())),
        };
        match flushed {
            Poll::Ready(done) => {
                this.write.over();
                Poll::Ready(done)
            }
            Poll::Pending => this.write.poll(cx).map(Err),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.inner {
            Inner::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Inner::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
            Inner::Gone => Poll::Ready(Ok(())),
        }
    }
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream").field("encrypted", &self.is_encrypted()).finish_non_exhaustive()
    }
}
