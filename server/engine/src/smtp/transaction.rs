//! One mail transaction (RFC 5321 3.3): MAIL, RCPT, DATA, and the message.

use super::limits;
use super::reply::Reply;
use super::session::Session;
use super::wire::Lost;
use domain::Address;
use lettre::transport::smtp::commands;
use lettre::transport::smtp::extension::{MailBodyParameter, MailParameter};

/// What is to be sent.
pub struct Mail<'a> {
    pub from: &'a Address,
    pub recipients: &'a [Address],
    /// The whole message with CRLF line ends.
    pub message: &'a [u8],
}

/// A server's word on one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecipientAnswer {
    Accepted,
    /// 4yz.
    Later(String),
    /// 5yz, or an address that this server can't be given.
    Refused(String),
}

/// Why a transaction stopped before the message was handed over.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error(transparent)]
    Lost(#[from] Lost),
    /// The message is above the server's limit, in bytes.
    #[error("larger than the server's limit of {0} bytes")]
    TooLarge(u64),
    #[error("{}", .0.text())]
    Sender(Reply),
    #[error("{}", .0.text())]
    Data(Reply),
}

impl Session {
    /// MAIL and RCPT: what the server says of each recipient, in their order.
    ///
    /// # Errors
    /// [`Refused`]; unless the link is lost, the session can be used again after [`Session::reset`].
    pub async fn begin(&mut self, mail: &Mail<'_>) -> Result<Vec<RecipientAnswer>, Refused> {
        if let Some(limit) = self.features.size.filter(|&limit| (mail.message.len() as u64) > limit) {
            return Err(Refused::TooLarge(limit));
        }
        // RFC 6531 3.4: announced when an address or a header needs it.
        let header_end = mail.message.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(mail.message.len());
        let needs_utf8 = !mail.from.local().is_ascii() || !mail.message[..header_end].is_ascii();
        let mut parameters = Vec::new();
        if self.features.sizes {
            parameters.push(MailParameter::Size(mail.message.len()));
        }
        if self.features.eight_bit && !mail.message.is_ascii() {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let utf8 = self.features.utf8 && (needs_utf8 || mail.recipients.iter().any(|r| !r.local().is_ascii()));
        if utf8 {
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let sender = self.sender(mail.from, parameters).await?;
        if !sender.is_positive() {
            return Err(Refused::Sender(sender));
        }
        let mut answers = Vec::with_capacity(mail.recipients.len());
        for recipient in mail.recipients {
            answers.push(self.recipient(recipient, utf8).await?);
        }
        Ok(answers)
    }

    /// MAIL FROM.
    pub async fn sender(&mut self, from: &Address, parameters: Vec<MailParameter>) -> Result<Reply, Lost> {
        let Some(path) = path(from) else {
            let lines = vec!["5.1.7 not an address that can send".to_owned()];
            return Ok(Reply { code: 553, lines });
        };
        self.wire.ask(commands::Mail::new(Some(path), parameters), limits::MAIL).await
    }

    async fn recipient(&mut self, recipient: &Address, utf8: bool) -> Result<RecipientAnswer, Lost> {
        let Some(path) = path(recipient).filter(|_| utf8 || recipient.local().is_ascii()) else {
            let said = "553 5.6.7 this server takes no such address (RFC 6531)";
            return Ok(RecipientAnswer::Refused(said.to_owned()));
        };
        let reply = self.wire.ask(commands::Rcpt::new(path, vec![]), limits::RCPT).await?;
        Ok(match reply {
            reply if reply.is_positive() => RecipientAnswer::Accepted,
            reply if reply.is_passing() => RecipientAnswer::Later(reply.text()),
            reply => RecipientAnswer::Refused(reply.text()),
        })
    }

    /// DATA: the server is ready for the message.
    ///
    /// # Errors
    /// [`Refused`] when it is not.
    pub async fn data(&mut self) -> Result<(), Refused> {
        let reply = self.wire.ask(commands::Data, limits::DATA).await?;
        if reply.code == 354 { Ok(()) } else { Err(Refused::Data(reply)) }
    }

    /// The message, and the server's answer to it. When this fails nobody knows whether the
    /// message went.
    ///
    /// # Errors
    /// [`Lost`] when no answer came.
    pub async fn hand_over(&mut self, message: &[u8]) -> Result<Reply, Lost> {
        let mut stuffing = Stuffing::default();
        for block in message.chunks(BLOCK) {
            self.wire.write(&stuffing.block(block), limits::BLOCK).await?;
        }
        self.wire.write(stuffing.end(), limits::BLOCK).await?;
        self.wire.reply(limits::DATA_END).await
    }

    /// RSET: forgets the transaction.
    ///
    /// # Errors
    /// [`Lost`]; so is the session.
    pub async fn reset(&mut self) -> Result<(), Lost> {
        let reply = self.wire.ask(commands::Rset, limits::RESTED).await?;
        if reply.is_positive() { Ok(()) } else { Err(Lost::Closed) }
    }
}

/// An address as lettre's commands take it; the domain in ASCII (RFC 5891).
fn path(address: &Address) -> Option<lettre::Address> {
    let domain = crate::compose::ascii_domain(address.domain());
    lettre::Address::new(address.local(), domain).ok()
}

/// Bytes of a message that are written at a time.
const BLOCK: usize = 64 << 10;

/// Dots doubled at line starts (RFC 5321 4.5.2), block by block: a second copy of a large message
/// would be as large.
#[derive(Default)]
struct Stuffing {
    /// The last two bytes.
    last: [u8; 2],
    begun: bool,
}

impl Stuffing {
    fn block(&mut self, block: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(block.len() + block.len() / 64 + 8);
        for &byte in block {
            if byte == b'.' && (!self.begun || self.last[1] == b'\n') {
                out.push(b'.');
            }
            (self.last, self.begun) = ([self.last[1], byte], true);
            out.push(byte);
        }
        out
    }

    /// The end mark, on a line of its own.
    fn end(&self) -> &'static [u8] {
        if self.last == *b"\r\n" { b".\r\n" } else { b"\r\n.\r\n" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_at_line_starts_are_doubled() {
        for (message, wire) in [
            ("a\r\n", "a\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            (".a\r\n.\r\n..b\r\n", "..a\r\n..\r\n...b\r\n.\r\n"),
            ("a.\r\nb.c\r\n", "a.\r\nb.c\r\n.\r\n"),
        ] {
            for size in 1..=message.len() {
                let mut stuffing = Stuffing::default();
                let mut out: Vec<u8> =
                    message.as_bytes().chunks(size).flat_map(|block| stuffing.block(block)).collect();
                out.extend_from_slice(stuffing.end());
                assert_eq!(String::from_utf8_lossy(&out), wire, "{message:?} by {size}");
            }
        }
    }
}
